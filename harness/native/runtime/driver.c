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
 *   fault NAME OFFSET SIZE        a byte of a guard page was touched, beside the input of that name
 *   end CYCLE PHASE INDEX RESULT
 *   done
 *
 * Built with -DHARNESS_DRIVER_OPENS_LIBRARY it opens LIBRARY; else the consumer is linked in.
 */
#define _GNU_SOURCE
#include "driver.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUNDLE_MAGIC = 0x314e4248, CONTENT = 0, COMPANION = 1, EVENT = 2 };

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

/* --- the inputs ------------------------------------------------------------------------- */

static void read_exactly(int fd, void *into, size_t size, uint64_t offset) {
    uint8_t *next = into;
    while (size > 0) {
        ssize_t got = pread(fd, next, size, (off_t)offset);
        if (got <= 0) harness_driver_fail("the bundle of inputs is cut short");
        next += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
}

static block block_of(int bundle, const bundle_entry *entry) {
    block b = harness_driver_new_block(entry->name, (size_t)entry->size);
    read_exactly(bundle, b.data, b.size, entry->offset);
    harness_driver_seal_block(&b);
    return b;
}

/* --- the consumer ----------------------------------------------------------------------- */

#ifdef HARNESS_DRIVER_OPENS_LIBRARY
/* POSIX lets dlsym's result be a function; ISO C knows no such conversion. */
#define FIND(member, name) memcpy(&found.member, &(void *){dlsym(library, name)}, sizeof(void *))

static consumer find_consumer(const char *path) {
    consumer found = {NULL, NULL, NULL, NULL, NULL, NULL};
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) harness_driver_fail(dlerror());
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
    harness_driver_fail("the bundle holds no content");
}

static size_t count_of(const run *r, uint32_t kind) {
    size_t count = 0;
    for (uint32_t i = 0; i < r->header.count; i++) count += r->entries[i].kind == kind;
    return count;
}

static void step_begins(const run *r, const char *phase, size_t index) {
    harness_driver_record("begin %u %s %zu", r->cycle, phase, index);
}

static void step_ends(const run *r, const char *phase, size_t index, int result) {
    harness_driver_record("end %u %s %zu %d", r->cycle, phase, index, result);
}

static void feed_events(const run *r, void *content, const harness_observer *observer) {
    size_t index = 0;
    for (uint32_t i = 0; i < r->header.count; i++) {
        if (r->entries[i].kind != EVENT) continue;
        block event = block_of(r->bundle, &r->entries[i]);
        step_begins(r, "event", index);
        int result = r->consumer.event(content, event.data, event.size, observer);
        step_ends(r, "event", index++, result);
        harness_driver_free_block(&event);
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
    if (companions == NULL || blocks == NULL) harness_driver_fail("no memory for the inputs");
    for (uint32_t i = 0; i < r->header.count; i++) {
        if (r->entries[i].kind != COMPANION) continue;
        blocks[next] = block_of(r->bundle, &r->entries[i]);
        const block *b = &blocks[next];
        companions[next++] = (harness_companion){r->entries[i].name, b->data, b->size};
    }
    harness_observer observer = {
        .abi = HARNESS_CONSUMER_ABI,
        .observe = harness_driver_observe,
        .observe_at = harness_driver_observe_at,
        .companions = companions,
        .companion_count = count,
    };
    block content = block_of(r->bundle, content_of(r));
    if (r->consumer.load != NULL)
        load_and_use(r, &content, &observer);
    else
        consume(r, &content, &observer);
    harness_driver_free_block(&content);
    for (size_t i = 0; i < count; i++) harness_driver_free_block(&blocks[i]);
    free(blocks);
    free(companions);
}

static void check(const run *r) {
    const consumer *c = &r->consumer;
    if (c->load == NULL && c->consume == NULL && c->fuzzer == NULL)
        harness_driver_fail(
            "it defines none of harness_load, harness_consume, LLVMFuzzerTestOneInput");
    if (count_of(r, EVENT) > 0 && (c->load == NULL || c->event == NULL))
        harness_driver_fail(
            "there are events, and it does not define harness_load and harness_event");
    const char *entry = c->load != NULL ? "load" : c->consume != NULL ? "consume" : "fuzzer";
    const char *blocks = HEAP_BLOCKS ? "heap" : "guard";
    harness_driver_record("hello %d %s %s", HARNESS_CONSUMER_ABI, entry, blocks);
}

int main(int count, char **words) {
    if (count < 4) return 2;
    static run r;
    r.bundle = atoi(words[1]);
    harness_driver_records_go_to(atoi(words[2]));
    unsigned cycles = (unsigned)atoi(words[3]);
    fcntl(r.bundle, F_SETFD, FD_CLOEXEC);
    read_exactly(r.bundle, &r.header, sizeof r.header, 0);
    if (r.header.magic != BUNDLE_MAGIC)
        harness_driver_fail("the inputs are of another version of the harness");
    r.entries = calloc(r.header.count, sizeof *r.entries);
    if (r.entries == NULL) harness_driver_fail("no memory for the inputs");
    read_exactly(r.bundle, r.entries, r.header.count * sizeof *r.entries, sizeof r.header);
    r.consumer = find_consumer(count > 4 ? words[4] : NULL);
    check(&r);
    harness_driver_watch_guards();
    if (r.consumer.load == NULL && r.consumer.consume == NULL && r.consumer.fuzzer_start != NULL)
        r.consumer.fuzzer_start(&count, &words);
    for (r.cycle = 0; r.cycle < cycles; r.cycle++) one_cycle(&r);
    harness_driver_record("done");
    return 0;
}
