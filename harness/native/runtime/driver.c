/*
 * Runs a library consumer through its phases and writes each step to a descriptor as it happens:
 * a consumer that dies takes nothing with it that was already told.
 *
 *   driver BUNDLE_FD RECORD_FD CYCLES [LIBRARY]
 *
 * The bundle holds content, companions and events; each is copied into a block of its own for
 * every cycle. Records, one line and one write each; names are %-escaped:
 *
 *   hello ABI ENTRY BLOCKS        which entry point serves; heap or guard
 *   fail WHY                      the consumer cannot be run at all
 *   begin CYCLE PHASE INDEX       PHASE is consume, load, event or unload
 *   value NAME VALUE | at NAME INDEX VALUE
 *   end CYCLE PHASE INDEX RESULT
 *   done
 *
 * Built with -DHARNESS_DRIVER_OPENS_LIBRARY it opens LIBRARY; else the consumer is linked in.
 */
#define _GNU_SOURCE
#include "harness_consumer.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define HEAP_BLOCKS 1
#else
#define HEAP_BLOCKS 0
#endif

enum { BUNDLE_MAGIC = 0x314e4248, CONTENT = 0, COMPANION = 1, EVENT = 2, NAME_BYTES = 64 };

/* As the harness writes it, in the machine's own byte order. */
typedef struct {
    uint32_t kind;
    uint32_t reserved;
    uint64_t offset, size;
    char name[NAME_BYTES];
} bundle_entry;

typedef struct {
    uint32_t magic, count;
} bundle_header;

typedef struct {
    uint8_t *data;
    size_t size;
    void *base; /* what is given back */
    size_t base_size;
} block;

typedef int consume_function(const uint8_t *, size_t, const harness_observer *);
typedef void *load_function(const uint8_t *, size_t, const harness_observer *);
typedef int event_function(void *, const uint8_t *, size_t, const harness_observer *);
typedef void unload_function(void *);
typedef int fuzzer_function(const uint8_t *, size_t);
typedef int fuzzer_start_function(int *, char ***);

typedef struct {
    consume_function *consume;
    load_function *load;
    event_function *event;
    unload_function *unload;
    fuzzer_function *fuzzer;
    fuzzer_start_function *fuzzer_start;
} consumer;

static int record_fd = -1;

/* --- records ---------------------------------------------------------------------------- */

static void write_line(const char *line, size_t size) {
    while (size > 0) {
        ssize_t written = write(record_fd, line, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return; /* nobody listens any more */
        line += written;
        size -= (size_t)written;
    }
}

static void record(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void record(const char *format, ...) {
    char line[1024];
    va_list values;
    va_start(values, format);
    int size = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    if (size < 0) return;
    size_t used = (size_t)size < sizeof line - 2 ? (size_t)size : sizeof line - 2;
    line[used++] = '\n';
    write_line(line, used);
}

static __attribute__((noreturn)) void fail(const char *why) {
    record("fail %s", why);
    exit(0);
}

typedef struct {
    char text[3 * NAME_BYTES + 1];
} escaped;

static escaped escape(const char *name) {
    static const char digits[] = "0123456789abcdef";
    escaped result;
    size_t used = 0;
    if (name == NULL) name = "(null)";
    for (size_t i = 0; i < NAME_BYTES && name[i] != '\0'; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c > ' ' && c < 0x7f && c != '%') {
            result.text[used++] = (char)c;
        } else {
            result.text[used++] = '%';
            result.text[used++] = digits[c >> 4];
            result.text[used++] = digits[c & 15];
        }
    }
    result.text[used] = '\0';
    return result;
}

static void observe(void *context, const char *name, uint64_t value) {
    (void)context;
    record("value %s %" PRIu64, escape(name).text, value);
}

static void observe_at(void *context, const char *name, uint64_t index, uint64_t value) {
    (void)context;
    record("at %s %" PRIu64 " %" PRIu64, escape(name).text, index, value);
}

/* --- blocks ----------------------------------------------------------------------------- */

#if HEAP_BLOCKS
/* Exactly the size that is asked for, since AddressSanitizer guards what lies around a block. */
static block new_block(size_t size) {
    block b = {.size = size, .base_size = size > 0 ? size : 1};
    b.base = malloc(b.base_size);
    if (b.base == NULL) fail("no memory for the inputs");
    b.data = (uint8_t *)b.base + (b.base_size - size); /* an empty input starts at the guard */
    return b;
}

static void seal_block(const block *b) { (void)b; }
static void free_block(block *b) { free(b->base); }
#else
/* Without a sanitizer: the last byte lies flush against a page that cannot be touched. */
static block new_block(size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t inner = (size + page - 1) / page * page;
    block b = {.size = size, .base_size = inner + 2 * page};
    b.base = mmap(NULL, b.base_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (b.base == MAP_FAILED) fail("no memory for the inputs");
    uint8_t *start = (uint8_t *)b.base + page;
    if (inner > 0 && mprotect(start, inner, PROT_READ | PROT_WRITE) != 0)
        fail("no memory for the inputs");
    b.data = start + (inner - size);
    return b;
}

/* Inputs are `const`: writing to one is a fault as well. */
static void seal_block(const block *b) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (b->base_size > 2 * page)
        mprotect((uint8_t *)b->base + page, b->base_size - 2 * page, PROT_READ);
}
static void free_block(block *b) { munmap(b->base, b->base_size); }
#endif

static void read_exactly(int fd, void *into, size_t size, uint64_t offset) {
    uint8_t *next = into;
    while (size > 0) {
        ssize_t got = pread(fd, next, size, (off_t)offset);
        if (got <= 0) fail("the bundle of inputs is cut short");
        next += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
}

static block block_of(int bundle, const bundle_entry *entry) {
    block b = new_block((size_t)entry->size);
    read_exactly(bundle, b.data, b.size, entry->offset);
    seal_block(&b);
    return b;
}

/* --- the consumer ----------------------------------------------------------------------- */

#ifdef HARNESS_DRIVER_OPENS_LIBRARY
/* POSIX lets dlsym's result be a function; ISO C knows no such conversion. */
#define FIND(member, name) memcpy(&found.member, &(void *){dlsym(library, name)}, sizeof(void *))

static consumer find_consumer(const char *path) {
    consumer found = {NULL, NULL, NULL, NULL, NULL, NULL};
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) fail(dlerror());
    FIND(consume, "harness_consume");
    FIND(load, "harness_load");
    FIND(event, "harness_event");
    FIND(unload, "harness_unload");
    FIND(fuzzer, "LLVMFuzzerTestOneInput");
    FIND(fuzzer_start, "LLVMFuzzerInitialize");
    return found;
}
#else
#pragma weak harness_consume
#pragma weak harness_load
#pragma weak harness_event
#pragma weak harness_unload
#pragma weak LLVMFuzzerTestOneInput
#pragma weak LLVMFuzzerInitialize
extern int LLVMFuzzerInitialize(int *, char ***);

static consumer find_consumer(const char *path) {
    (void)path;
    return (consumer){harness_consume, harness_load, harness_event, harness_unload,
                      LLVMFuzzerTestOneInput, LLVMFuzzerInitialize};
}
#endif

/* --- the phases ------------------------------------------------------------------------- */

typedef struct {
    int bundle;
    bundle_header header;
    bundle_entry *entries;
    consumer consumer;
    unsigned cycle;
} run;

static const bundle_entry *content_of(const run *r) {
    for (uint32_t i = 0; i < r->header.count; i++)
        if (r->entries[i].kind == CONTENT) return &r->entries[i];
    fail("the bundle holds no content");
}

static size_t count_of(const run *r, uint32_t kind) {
    size_t count = 0;
    for (uint32_t i = 0; i < r->header.count; i++) count += r->entries[i].kind == kind;
    return count;
}

static void step_begins(const run *r, const char *phase, size_t index) {
    record("begin %u %s %zu", r->cycle, phase, index);
}

static void step_ends(const run *r, const char *phase, size_t index, int result) {
    record("end %u %s %zu %d", r->cycle, phase, index, result);
}

static void feed_events(const run *r, void *content, const harness_observer *observer) {
    size_t index = 0;
    for (uint32_t i = 0; i < r->header.count; i++) {
        if (r->entries[i].kind != EVENT) continue;
        block event = block_of(r->bundle, &r->entries[i]);
        step_begins(r, "event", index);
        int result = r->consumer.event(content, event.data, event.size, observer);
        step_ends(r, "event", index++, result);
        free_block(&event);
    }
}

static void load_and_use(const run *r, const block *b, const harness_observer *observer) {
    step_begins(r, "load", 0);
    void *content = r->consumer.load(b->data, b->size, observer);
    step_ends(r, "load", 0, content == NULL);
    if (content == NULL) return;
    feed_events(r, content, observer);
    step_begins(r, "unload", 0);
    if (r->consumer.unload != NULL) r->consumer.unload(content);
    step_ends(r, "unload", 0, 0);
}

static void consume(const run *r, const block *b, const harness_observer *observer) {
    step_begins(r, "consume", 0);
    int result = r->consumer.consume != NULL ? r->consumer.consume(b->data, b->size, observer)
                                             : r->consumer.fuzzer(b->data, b->size);
    step_ends(r, "consume", 0, result);
}

static void one_cycle(const run *r) {
    size_t count = count_of(r, COMPANION), next = 0;
    harness_companion *companions = calloc(count + 1, sizeof *companions);
    block *blocks = calloc(count + 1, sizeof *blocks);
    if (companions == NULL || blocks == NULL) fail("no memory for the inputs");
    for (uint32_t i = 0; i < r->header.count; i++) {
        if (r->entries[i].kind != COMPANION) continue;
        blocks[next] = block_of(r->bundle, &r->entries[i]);
        const block *b = &blocks[next];
        companions[next++] = (harness_companion){r->entries[i].name, b->data, b->size};
    }
    harness_observer observer = {HARNESS_CONSUMER_ABI, NULL, observe, observe_at, companions,
                                 count};
    block content = block_of(r->bundle, content_of(r));
    if (r->consumer.load != NULL)
        load_and_use(r, &content, &observer);
    else
        consume(r, &content, &observer);
    free_block(&content);
    for (size_t i = 0; i < count; i++) free_block(&blocks[i]);
    free(blocks);
    free(companions);
}

static void check(const run *r) {
    const consumer *c = &r->consumer;
    if (c->load == NULL && c->consume == NULL && c->fuzzer == NULL)
        fail("it defines none of harness_load, harness_consume, LLVMFuzzerTestOneInput");
    if (count_of(r, EVENT) > 0 && (c->load == NULL || c->event == NULL))
        fail("there are events, and it does not define harness_load and harness_event");
    const char *entry = c->load != NULL ? "load" : c->consume != NULL ? "consume" : "fuzzer";
    record("hello %d %s %s", HARNESS_CONSUMER_ABI, entry, HEAP_BLOCKS ? "heap" : "guard");
}

int main(int count, char **words) {
    if (count < 4) return 2;
    static run r;
    r.bundle = atoi(words[1]);
    record_fd = atoi(words[2]);
    unsigned cycles = (unsigned)atoi(words[3]);
    fcntl(r.bundle, F_SETFD, FD_CLOEXEC);
    fcntl(record_fd, F_SETFD, FD_CLOEXEC);
    read_exactly(r.bundle, &r.header, sizeof r.header, 0);
    if (r.header.magic != BUNDLE_MAGIC) fail("the inputs are of another version of the harness");
    r.entries = calloc(r.header.count, sizeof *r.entries);
    if (r.entries == NULL) fail("no memory for the inputs");
    read_exactly(r.bundle, r.entries, r.header.count * sizeof *r.entries, sizeof r.header);
    r.consumer = find_consumer(count > 4 ? words[4] : NULL);
    check(&r);
    if (r.consumer.load == NULL && r.consumer.consume == NULL && r.consumer.fuzzer_start != NULL)
        r.consumer.fuzzer_start(&count, &words);
    for (r.cycle = 0; r.cycle < cycles; r.cycle++) one_cycle(&r);
    record("done");
    return 0;
}
