/*
 * The oracle in a worker: what was executed is read by the compiled schema, and the verdict of the
 * consumer is held against what that finds.
 *
 * What is told here is a suspicion. The consumer lives in the same memory and may have scribbled
 * over anything, so the supervisor has the content read again before anything comes of it.
 */
#define _GNU_SOURCE
#include "fuzz_faults.h"
#include "engine/types.h"

#include <dlfcn.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum { MOST_COMPANIONS = 8, GUARD_BYTES = 1 << 16 };
enum { MOST_RECORDS = 16, RECORD_BYTES = 1 << 14, HEAD_WORDS = 9, STEP_WORDS = 3 };
enum { SOURCES = FUZZ_OPINIONS - 8 };           /* of the first finding, beside the verdicts */
enum { MOST_TOLD_OF_MANY = 512, MOST_RETOLD = 1024 };
enum { PERIOD = 64, MOST_EVERY = 1024 };        /* executions */
enum { BUSY_PERCENT = 30, IDLE_PERCENT = 12 };  /* of the time, spent here */

static const size_t SCRATCH_BYTES = (size_t)512 << 20, KEPT_BYTES = (size_t)64 << 20;

typedef enum { VALID, INVALID, OUT_OF_CONTRACT, UNJUDGED } validity;

static int (*check)(hv_ctx *, const uint8_t *, size_t, hv_request *);
static hv_ctx *context;
static uint8_t *scratch, records[RECORD_BYTES];
static uint64_t every = 1; /* so many rejections, of which one is judged */
static uint64_t told_of_many;

/* --- start ------------------------------------------------------------------------------- */

/* POSIX lets dlsym's result be a function; ISO C knows no such conversion. */
#define FIND(function, name)                                                   \
    memcpy(&(function), &(void *){dlsym(library, name)}, sizeof(void *));      \
    if ((function) == NULL) harness_fuzz_fail("the compiled schema has no `" name "`")

static void *new_scratch(void) {
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    uint8_t *pages = mmap(NULL, SCRATCH_BYTES + 2 * GUARD_BYTES, PROT_NONE, flags, -1, 0);
    if (pages == MAP_FAILED ||
        mprotect(pages + GUARD_BYTES, SCRATCH_BYTES, PROT_READ | PROT_WRITE) != 0)
        harness_fuzz_fail("no memory for the compiled schema");
    return pages + GUARD_BYTES;
}

bool harness_fuzz_start_oracle(const char *path, const fuzz_kept *companions, size_t count) {
    uint32_t (*abi)(void);
    hv_ctx *(*open)(void *, size_t);
    int (*give)(hv_ctx *, uint32_t, const uint8_t *, size_t);
    if (*path == '\0') return false;
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) harness_fuzz_fail(dlerror());
    FIND(abi, "hv_abi");
    FIND(open, "hv_open");
    FIND(give, "hv_give_companion");
    FIND(check, "hv_check");
    if (abi() != HV_ABI) harness_fuzz_fail("the compiled schema is of another version");
    scratch = new_scratch();
    context = open(scratch, SCRATCH_BYTES);
    for (size_t i = 0; i < count; i++) {
        int status = give(context, (uint32_t)i, companions[i].data, companions[i].size);
        if (status != HV_DONE && status != HV_LIMIT) return context = NULL, false;
    }
    harness_fuzz_page->judging = context != NULL;
    return context != NULL;
}

/* --- how much is judged ------------------------------------------------------------------ */

static uint64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/*
 * Judging must not slow the search down by more than its share. One in so many executions is timed;
 * where judging takes too much of the time, fewer rejections are judged, then fewer acceptances,
 * of which each is worth more: most content that is made is rejected, and rightly so.
 */
static void pace(uint64_t judge_ns, uint64_t period_ns, uint64_t judged_in_period) {
    uint64_t percent = judge_ns * judged_in_period * 100 / (period_ns + 1);
    if (percent > BUSY_PERCENT && every < MOST_EVERY) every *= 2;
    if (percent < IDLE_PERCENT && every > 1) every /= 2;
}

static bool is_judged(bool accepted) {
    static uint64_t rejections, acceptances;
    if (!accepted) return ++rejections % every == 0;
    return every <= 16 || ++acceptances % (every / 16) == 0;
}

/* --- what is said of one content ---------------------------------------------------------- */

static validity validity_of(int status, const hv_request *r) {
    if (status != HV_DONE && status != HV_LIMIT) return UNJUDGED;
    if (r->errors > r->contract_errors) return INVALID;
    return r->errors > 0 ? OUT_OF_CONTRACT : VALID;
}

static uint64_t mixed(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint32_t word(size_t at) {
    uint32_t value;
    memcpy(&value, records + at, sizeof value);
    return value;
}

/* Which rule it breaks, and at which place: indexes in lists are left out. */
static uint64_t key_of_record(size_t at) {
    uint64_t key = mixed(word(at + 4), word(at + 8));
    size_t steps = word(at + 28), step = at + HEAD_WORDS * 4;
    for (; steps > 0 && step + 8 <= RECORD_BYTES; steps--, step += STEP_WORDS * 4)
        key = mixed(mixed(key, word(step)), word(step + 4));
    return key;
}

/* The same for any order, and however often a rule is broken at a place. */
static uint64_t key_of_records(size_t used, size_t *count) {
    uint64_t seen[MOST_RECORDS], key = 0x61636365;
    *count = 0;
    for (size_t at = 0, size; *count < MOST_RECORDS && at < used; at += size) {
        size = word(at);
        if (size < HEAD_WORDS * 4 || size > used - at) break; /* scribbled over */
        uint64_t one = key_of_record(at);
        size_t i = 0;
        while (i < *count && seen[i] != one) i++;
        if (i < *count) continue;
        seen[(*count)++] = one;
        key += mixed(one, 1);
    }
    return key != 0 ? key : 1;
}

/* --- telling ------------------------------------------------------------------------------ */

static void tell_acceptance(validity found, const hv_request *r) {
    size_t count;
    uint64_t key = key_of_records(r->used, &count);
    if (harness_fuzz_times(key) != 1) return;
    if (count > 1 && told_of_many++ >= MOST_TOLD_OF_MANY) return;
    const char *what = found == INVALID ? "accepted-invalid" : "accepted-out-of-contract";
    harness_fuzz_tell("verdict", what, key, "");
}

/* One rejection of valid content says little of the next: it is told again, less and less often. */
static void tell_rejection(int code) {
    uint64_t key = mixed(0x72656a65, (uint64_t)(int64_t)code), times = harness_fuzz_times(key);
    if (times > 0 && times <= MOST_RETOLD && (times & (times - 1)) == 0)
        harness_fuzz_tell("verdict", "rejected-valid", key, "");
}

static void judge(const uint8_t *data, size_t size, bool accepted, int code) {
    hv_request r = {.max_findings = accepted ? MOST_RECORDS : 1,
                    .findings = records, .findings_size = sizeof records};
    validity found = validity_of(check(context, data, size, &r), &r);
    fuzz_shared *page = harness_fuzz_page;
    page->judged += found != UNJUDGED;
    page->valid += found == VALID;
    harness_fuzz_judged((size_t)found * 2 + accepted);
    if (r.count > 0)
        harness_fuzz_judged(8 + mixed(mixed(word(4), word(8)), found) % SOURCES);
    if (r.scratch_used > KEPT_BYTES)
        madvise(scratch + KEPT_BYTES, SCRATCH_BYTES - KEPT_BYTES, MADV_DONTNEED);
    if (found == UNJUDGED || accepted == (found == VALID)) return;
    page->disputes++;
    if (harness_fuzz_has_fault()) return; /* a run in isolation would end there */
    if (accepted) tell_acceptance(found, &r);
    else tell_rejection(code);
}

void harness_fuzz_judge(const uint8_t *data, size_t size, bool accepted, int code) {
    static uint64_t executions, judged, began;
    if (context == NULL) return;
    bool is_timed = ++executions % PERIOD == 0;
    if (!is_judged(accepted) && !is_timed) return;
    judged++;
    uint64_t from = is_timed ? now_ns() : 0;
    harness_fuzz_page->phase = FUZZ_JUDGE;
    judge(data, size, accepted, code);
    harness_fuzz_page->phase = FUZZ_CONSUME;
    if (!is_timed) return;
    uint64_t to = now_ns();
    if (began != 0) pace(to - from, to - began, judged);
    began = to;
    judged = 0;
}
