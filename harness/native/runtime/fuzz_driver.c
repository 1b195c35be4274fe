/*
 * Fuzzes a library consumer in its own process: libFuzzer, as the package atheris ships it inside
 * its AddressSanitizer library, calls the consumer directly.
 *
 *   driver BUNDLE_FD PAGE_FD FOLDER HANG_MS MEMORY_MB CARE REPAIRS WORDS LIBRARY BLOCKS VALIDATOR
 *          ORDER [OPTION...]
 *
 * The bundle (see driver.c) holds companions and events. The page is shared with the supervisor;
 * faults are written to FOLDER. One execution loads the content, feeds each event and unloads.
 * Every CARE-th execution (0: none) does all of it twice, on fresh copies of every input, and what
 * the consumer says must be the same.
 *
 * Content lies in a block of exactly its size, filled for each execution. So do companions and
 * events, whose blocks are filled anew for each careful execution. BLOCKS is `heap` or `guard`; see
 * fuzz_blocks.c. LIBRARY is a consumer that others built, or empty where it is linked in.
 *
 * VALIDATOR is the compiled schema that verdicts are held against, or empty; ORDER are the names of
 * the companions that it takes, with commas between them.
 */
#define _GNU_SOURCE
#include "fuzz_faults.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BUNDLE_MAGIC = 0x314e4248, PAGE_MAGIC = 0x5a465348, COMPANION = 1, EVENT = 2 };
enum { MOST_JUDGED_COMPANIONS = 8, NAME_BYTES = 64, OWN_WORDS = 13, CANNOT_START = 112 };

typedef struct {
    uint32_t kind, reserved;
    uint64_t offset, size;
    char name[NAME_BYTES];
} bundle_entry;

typedef struct {
    char name[NAME_BYTES];
    uint8_t *kept; /* what the block is filled with */
    fuzz_block copy;
} input;

fuzz_shared *harness_fuzz_page;

static input *companions, *events;
static harness_companion *offered;
static size_t companion_count, event_count;
static uint64_t care;
static uint64_t said; /* a hash of all that the consumer says in one cycle */
static int reject_code;
static sigjmp_buf landing;

int LLVMFuzzerRunDriver(int *count, char ***words, int (*one)(const uint8_t *, size_t));
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/*
 * Without the first three AddressSanitizer stops at a fault, or reports each place once and a
 * replay looks like a repair. Names for addresses are found later: in the process it hangs.
 */
const char *__asan_default_options(void) {
    return "halt_on_error=0:suppress_equal_pcs=0:detect_leaks=0:symbolize=0:"
           "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0:handle_abort=0:"
           "detect_stack_use_after_return=0:allocator_may_return_null=1:"
           "print_summary=0:print_legend=0:quarantine_size_mb=16:use_sigaltstack=0";
}

const char *__ubsan_default_options(void) {
    return "halt_on_error=0:symbolize=0:print_summary=0";
}

void harness_fuzz_fail(const char *why) {
    fprintf(stderr, "harness-fuzz: %s\n", why);
    __real__exit(CANNOT_START);
}

void harness_fuzz_leave(void) { siglongjmp(landing, 1); }

/* --- inputs ------------------------------------------------------------------------------ */

static void read_exactly(int fd, void *into, size_t size, uint64_t offset) {
    uint8_t *next = into;
    while (size > 0) {
        ssize_t got = pread(fd, next, size, (off_t)offset);
        if (got <= 0) harness_fuzz_fail("the bundle of inputs is cut short");
        next += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
}

static void keep(int fd, const bundle_entry *entry, input *to) {
    memcpy(to->name, entry->name, NAME_BYTES);
    to->name[NAME_BYTES - 1] = '\0';
    to->kept = malloc(entry->size + 1);
    if (to->kept == NULL) harness_fuzz_fail("no memory for the inputs");
    read_exactly(fd, to->kept, (size_t)entry->size, entry->offset);
    harness_fuzz_fill_block(&to->copy, to->kept, (size_t)entry->size);
}

static void keep_all(int fd) {
    uint32_t header[2];
    read_exactly(fd, header, sizeof header, 0);
    if (header[0] != BUNDLE_MAGIC) harness_fuzz_fail("the inputs are of another version");
    companions = calloc(header[1] + 1u, sizeof *companions);
    events = calloc(header[1] + 1u, sizeof *events);
    offered = calloc(header[1] + 1u, sizeof *offered);
    if (companions == NULL || events == NULL || offered == NULL)
        harness_fuzz_fail("no memory for the inputs");
    for (uint32_t i = 0; i < header[1]; i++) {
        bundle_entry entry;
        read_exactly(fd, &entry, sizeof entry, sizeof header + i * sizeof entry);
        if (entry.kind == COMPANION) keep(fd, &entry, &companions[companion_count++]);
        if (entry.kind == EVENT) keep(fd, &entry, &events[event_count++]);
    }
}

static void renew(input *list, size_t count) {
    for (size_t i = 0; i < count; i++) {
        harness_fuzz_empty_block(&list[i].copy);
        harness_fuzz_fill_block(&list[i].copy, list[i].kept, list[i].copy.size);
    }
}

static void offer_companions(void) {
    for (size_t i = 0; i < companion_count; i++)
        offered[i] = (harness_companion){companions[i].name, companions[i].copy.data,
                                         companions[i].copy.size};
}

/* --- what the consumer says -------------------------------------------------------------- */

static void hear(uint64_t value) { said = (said ^ value) * 0x100000001b3 + 1; }

static void hear_name(const char *name) {
    while (*name != '\0') hear((uint8_t)*name++);
}

static void observe(void *context, const char *name, uint64_t value) {
    (void)context;
    hear_name(name);
    hear(value);
}

static void observe_at(void *context, const char *name, uint64_t index, uint64_t value) {
    (void)context;
    hear_name(name);
    hear(index);
    hear(value);
}

static void at(enum fuzz_phase phase, size_t index) {
    harness_fuzz_page->phase = phase;
    harness_fuzz_page->index = index;
}

/* --- one execution ----------------------------------------------------------------------- */

enum verdict { ACCEPTED, REJECTED, UNSAID };

static enum verdict load_and_use(const fuzz_block *content, const harness_observer *observer) {
    const fuzz_consumer *c = &harness_fuzz_consumer;
    at(FUZZ_LOAD, 0);
    void *loaded = c->load(content->data, content->size, observer);
    hear(loaded == NULL);
    if (loaded == NULL) return REJECTED;
    for (size_t i = 0; i < event_count; i++) {
        at(FUZZ_EVENT, i);
        int result = c->event(loaded, events[i].copy.data, events[i].copy.size, observer);
        hear((uint64_t)(int64_t)result);
        harness_fuzz_said(32 + (size_t)(result & 15));
    }
    harness_fuzz_page->events += event_count;
    at(FUZZ_UNLOAD, 0);
    if (c->unload != NULL) c->unload(loaded);
    return ACCEPTED;
}

static enum verdict consume(const fuzz_block *content, const harness_observer *observer) {
    const fuzz_consumer *c = &harness_fuzz_consumer;
    at(FUZZ_CONSUME, 0);
    if (c->consume == NULL) {
        c->fuzzer(content->data, content->size);
        return UNSAID;
    }
    int code = c->consume(content->data, content->size, observer);
    hear((uint64_t)(int64_t)code);
    reject_code = code;
    harness_fuzz_said(2 + (size_t)(code & 15));
    return code == 0 ? ACCEPTED : REJECTED;
}

static enum verdict cycle(const uint8_t *data, size_t size) {
    harness_observer observer = {
        .abi = HARNESS_CONSUMER_ABI,
        .observe = observe,
        .observe_at = observe_at,
        .companions = offered,
        .companion_count = companion_count,
    };
    static fuzz_block content; /* after a leap it is filled again */
    said = 0xcbf29ce484222325;
    harness_fuzz_fill_block(&content, data, size);
    enum verdict verdict = harness_fuzz_consumer.load != NULL ? load_and_use(&content, &observer)
                                                              : consume(&content, &observer);
    harness_fuzz_empty_block(&content);
    return verdict;
}

static void reload(const uint8_t *data, size_t size, enum verdict first) {
    uint64_t said_first = said;
    harness_fuzz_page->reloads++;
    harness_fuzz_page->cycle = 1;
    renew(companions, companion_count);
    renew(events, event_count);
    offer_companions();
    enum verdict second = cycle(data, size);
    harness_fuzz_page->cycle = 0;
    if (second != first) harness_fuzz_state_differs("verdict");
    else if (said != said_first) harness_fuzz_state_differs("values");
}

/* Lends the supervisor what was just executed, if the last one was taken. */
static void lend_sample(const uint8_t *data, size_t size, bool accepted) {
    static size_t next;
    next = (next + 1) % (FUZZ_SAMPLES / 2);
    fuzz_sample *sample =
        &harness_fuzz_page->samples[next + (accepted ? 0 : FUZZ_SAMPLES / 2)];
    if (__atomic_load_n(&sample->full, __ATOMIC_ACQUIRE) || size > FUZZ_SAMPLE_BYTES) return;
    sample->accepted = accepted;
    sample->size = size;
    memcpy(sample->data, data, size);
    __atomic_store_n(&sample->full, 1, __ATOMIC_RELEASE);
}

static void count_verdict(const uint8_t *data, size_t size, enum verdict verdict) {
    harness_fuzz_said(verdict);
    if (verdict == UNSAID) return;
    *(verdict == ACCEPTED ? &harness_fuzz_page->accepted : &harness_fuzz_page->rejected) += 1;
    lend_sample(data, size, verdict == ACCEPTED);
}

static int one_input(const uint8_t *data, size_t size) {
    fuzz_shared *page = harness_fuzz_page;
    if (size > FUZZ_INPUT_BYTES) return -1;
    page->input_size = size;
    if (size > 0) __real_memcpy(page->input, data, size);
    page->executions++;
    page->cycle = 0;
    harness_fuzz_begin();
    bool is_careful = care != 0 && page->executions % care == 0;
    volatile int result = -1; /* an execution that was broken off does not enter the corpus */
    volatile enum verdict said_of_it = UNSAID;
    if (sigsetjmp(landing, 0) == 0) {
        enum verdict verdict = cycle(data, size);
        if (is_careful) reload(data, size, verdict);
        count_verdict(data, size, verdict);
        said_of_it = verdict;
        result = 0;
    }
    harness_fuzz_end();
    if (said_of_it != UNSAID)
        harness_fuzz_judge(page->input, size, said_of_it == ACCEPTED, reject_code);
    return result;
}

/* --- start ------------------------------------------------------------------------------- */

static void map_page(int fd) {
    void *page = mmap(NULL, sizeof(fuzz_shared), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page == MAP_FAILED) harness_fuzz_fail("the supervisor's page cannot be mapped");
    harness_fuzz_page = page;
    if (harness_fuzz_page->magic != PAGE_MAGIC ||
        harness_fuzz_page->version != FUZZ_SHARED_VERSION)
        harness_fuzz_fail("the supervisor's page is of another version");
    harness_fuzz_page->busy = 0;
    harness_fuzz_page->judging = 0;
}

static void check_events(void) {
    const fuzz_consumer *c = &harness_fuzz_consumer;
    if (event_count > 0 && (c->load == NULL || c->event == NULL))
        harness_fuzz_fail("there are events, and it does not define harness_load and "
                          "harness_event");
}

/* Judging goes by copies that the consumer never saw; without one of them it is left to others. */
static bool start_judging(const char *library, char *order) {
    fuzz_kept kept[MOST_JUDGED_COMPANIONS];
    size_t count = 0;
    for (char *rest = order, *name; (name = strsep(&rest, ",")) != NULL && *name != '\0'; count++) {
        size_t i = 0;
        while (i < companion_count && strcmp(companions[i].name, name) != 0) i++;
        if (i == companion_count || count == MOST_JUDGED_COMPANIONS) return false;
        kept[count] = (fuzz_kept){companions[i].kept, companions[i].copy.size};
    }
    return harness_fuzz_start_oracle(library, kept, count);
}

/* A worker does not outlive its supervisor, and leaves no core files. */
static void restrain(pid_t supervisor) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    if (getppid() != supervisor && getppid() == 1) __real__exit(CANNOT_START);
}

int main(int count, char **words) {
    if (count < OWN_WORDS) return CANNOT_START;
    int bundle = atoi(words[1]), page = atoi(words[2]);
    restrain(getppid());
    map_page(page);
    harness_fuzz_guard_blocks(strcmp(words[10], "guard") == 0);
    keep_all(bundle);
    close(bundle);
    close(page);
    offer_companions();
    harness_fuzz_find_consumer(words[9]);
    check_events();
    care = strtoull(words[6], NULL, 10);
    harness_fuzz_start_repairs(words[7]);
    harness_fuzz_start_words(words[8]);
    harness_fuzz_start_coverage(getenv("HARNESS_COMMAND") == NULL ? FUZZ_BEHAVIOURS
                                                                  : FUZZ_MANY_BEHAVIOURS,
                                start_judging(words[11], words[12]) ? FUZZ_OPINIONS : 0);
    harness_fuzz_limit_memory(strtoull(words[5], NULL, 10) << 20);
    harness_fuzz_start_stacks(__builtin_frame_address(0));
    harness_fuzz_start_telling(words[3]);
    harness_fuzz_watch_signals(strtoull(words[4], NULL, 10));
    words[OWN_WORDS - 1] = words[0];
    int left = count - (OWN_WORDS - 1);
    char **rest = words + (OWN_WORDS - 1);
    return LLVMFuzzerRunDriver(&left, &rest, one_input);
}
