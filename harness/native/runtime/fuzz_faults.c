/*
 * Faults of the consumer: each is told to the supervisor as it comes, once, and then stepped over,
 * so that what is known neither stops a campaign nor hides what lies behind it.
 *
 * After an invalid read the consumer goes on. Where going on would spoil the process (a write, a
 * signal, a hang, an exit) the execution is broken off instead. A fault is known by its kind and
 * by the three innermost return addresses in the consumer; where they cannot be had, by one.
 */
#define _GNU_SOURCE
#include "fuzz_faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KEY_FRAMES = 3, REPORT_BYTES = 65536 };

static const char *folder;
static unsigned long long started; /* tells files apart: in a sandbox every process has one id */
static uint64_t told; /* files written by this process */
static bool has_new_fault, has_fault; /* in this execution */
static uint64_t pending_key; /* of the report that AddressSanitizer is about to make */
static bool is_pending_new;
static uintptr_t reported_frame;

static const char *const PHASES[FUZZ_PHASES] = {"consume", "load", "event", "unload", "judge"};

/* A stack pointer for code that runs on the consumer's stack: its frames lie above. */
#define HERE ((uintptr_t)__builtin_frame_address(0))

bool harness_fuzz_has_fault(void) { return has_fault; }
bool harness_fuzz_is_reporting(void) { return pending_key != 0; }
uintptr_t harness_fuzz_reported_frame(void) { return reported_frame; }

/* --- which fault it is ------------------------------------------------------------------- */

static uint64_t mixed(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x100000001b3; }

uint64_t harness_fuzz_key(const char *kind, const uintptr_t *frames, size_t count) {
    uint64_t key = 0xcbf29ce484222325;
    for (; *kind != '\0'; kind++) key = mixed(key, (uint8_t)*kind);
    for (size_t i = 0; i < count && i < KEY_FRAMES; i++)
        key = mixed(key, frames[i] - harness_fuzz_base());
    return key != 0 ? key : 1;
}

static uint64_t key_of(const char *kind, uintptr_t pc, uintptr_t frame, uintptr_t floor) {
    uintptr_t frames[KEY_FRAMES];
    return harness_fuzz_key(kind, frames,
                            harness_fuzz_frames(pc, frame, floor, frames, KEY_FRAMES));
}

uint64_t harness_fuzz_times(uint64_t key) {
    for (size_t i = 0; i < FUZZ_FAULTS; i++) {
        fuzz_fault *slot = &harness_fuzz_page->known[(key + i) % FUZZ_FAULTS];
        if (slot->key == key) return ++slot->count;
        if (slot->key == 0) {
            *slot = (fuzz_fault){key, 1};
            return 1;
        }
    }
    return 0;
}

/* Counts a fault; true if it is the first of its key. A full table makes all others known. */
static bool is_new(uint64_t key) { return harness_fuzz_times(key) == 1; }

bool harness_fuzz_is_known(uint64_t key) {
    for (size_t i = 0; i < FUZZ_FAULTS; i++) {
        const fuzz_fault *slot = &harness_fuzz_page->known[(key + i) % FUZZ_FAULTS];
        if (slot->key == key || slot->key == 0) return slot->key == key;
    }
    return false;
}

/*
 * A fault that follows from a new one in the same execution says nothing: it is forgotten here,
 * and told when it comes behind known ones only.
 */
bool harness_fuzz_is_to_be_told(uint64_t key) {
    has_fault = true;
    if (has_new_fault) return false;
    has_new_fault = is_new(key);
    return has_new_fault;
}

/* --- telling it -------------------------------------------------------------------------- */

static void write_all(int fd, const void *data, size_t size) {
    const uint8_t *next = data;
    while (size > 0) {
        ssize_t put = write(fd, next, size);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) harness_fuzz_fail("a finding cannot be written");
        next += put;
        size -= (size_t)put;
    }
}

/* Input, report and place, in a file that is there whole or not at all. */
void harness_fuzz_tell(const char *kind, const char *what, uint64_t key, const char *report) {
    char part[4200], whole[4200], head[512];
    const fuzz_shared *page = harness_fuzz_page;
    snprintf(part, sizeof part, "%s/%llx-%llu.part", folder, started, (unsigned long long)told);
    snprintf(whole, sizeof whole, "%s/%llx-%llu.fault", folder, started,
             (unsigned long long)told++);
    size_t report_size = strnlen(report, REPORT_BYTES);
    int head_size = snprintf(
        head, sizeof head, "fault 1 %s %s %016llx %s %llu %llu %llu %zu\n", kind, what,
        (unsigned long long)key, PHASES[page->phase % FUZZ_PHASES], (unsigned long long)page->index,
        (unsigned long long)page->cycle, (unsigned long long)page->input_size, report_size);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) harness_fuzz_fail("a finding cannot be written");
    write_all(fd, head, (size_t)head_size);
    write_all(fd, page->input, page->input_size);
    write_all(fd, report, report_size);
    fsync(fd);
    close(fd);
    if (rename(part, whole) != 0) harness_fuzz_fail("a finding cannot be written");
}

/* A fault that no sanitizer reports. */
void harness_fuzz_tell_of(const char *kind, const char *what, const uintptr_t *frames,
                          size_t count) {
    uint64_t key = harness_fuzz_key(kind, frames, count);
    if (harness_fuzz_is_to_be_told(key))
        harness_fuzz_tell(kind, what, key, harness_fuzz_stack_text(what, frames, count));
}

void harness_fuzz_state_differs(const char *what) {
    uint64_t key = key_of(what, 0, 0, 0);
    if (harness_fuzz_is_to_be_told(key)) harness_fuzz_tell("state", what, key, "");
}

/* What the consumer asked for that must not happen: told, then the execution is broken off. */
void harness_fuzz_refuse(const char *kind, const char *what, uintptr_t pc, uintptr_t frame) {
    uintptr_t frames[FUZZ_FRAMES];
    harness_fuzz_tell_of(kind, what, frames,
                         harness_fuzz_frames(pc, frame, HERE, frames, FUZZ_FRAMES));
    harness_fuzz_break_off();
}

/* --- reports of the sanitizers ----------------------------------------------------------- */

/* What UBSan printed since the last report stands before this one, and is told already. */
static const char *own_part(const char *report) {
    const char *start = strstr(report, "ERROR: AddressSanitizer");
    while (start != NULL && start > report && start[-1] != '\n') start--;
    return start != NULL ? start : "";
}

/* A report from within a library function is known by the place in the consumer that called it. */
static uint64_t key_of_report(void) {
    uintptr_t pc = (uintptr_t)__asan_get_report_pc();
    if (harness_fuzz_keeps_frames())
        return key_of("asan", pc, (uintptr_t)__asan_get_report_bp(), HERE);
    fuzz_trace t = {.count = 0};
    harness_fuzz_unwind(&t);
    return harness_fuzz_key("asan", t.frames, t.count);
}

/* Called within the report, whose lock is held: no leap from here. */
static void on_report(const char *report) {
    uint64_t key = pending_key;
    bool told_before = !is_pending_new;
    if (key == 0) {
        key = key_of_report();
        told_before = !harness_fuzz_is_to_be_told(key);
    }
    if (!told_before) harness_fuzz_tell("asan", "report", key, own_part(report));
    /* A library function is about to write where it must not. */
    if (pending_key == 0 && __asan_get_report_access_type() != 0 && __asan_report_present())
        harness_fuzz_start_anew();
}

/* Decides before AddressSanitizer spends a tenth of a millisecond on a report that is known. */
bool harness_fuzz_wants_report(uintptr_t pc, uintptr_t frame) {
    pending_key = key_of("asan", pc, frame, HERE);
    is_pending_new = harness_fuzz_is_to_be_told(pending_key);
    reported_frame = frame;
    return is_pending_new;
}

void harness_fuzz_reported(bool is_write) {
    pending_key = 0;
    is_pending_new = false;
    if (is_write && harness_fuzz_page->busy) harness_fuzz_break_off();
}

/* Called once for each place in the code. UBSan keeps no frame pointers: unwind through it. */
void __ubsan_on_report(void) {
    const char *kind = "", *message = "", *file = "";
    unsigned line = 0, column = 0;
    char *address = NULL;
    char text[1024];
    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
    snprintf(text, sizeof text, "%s:%u:%u: runtime error: %s", file, line, column, message);
    uint64_t key = mixed(mixed(key_of(file, 0, 0, 0), line), column);
    if (!harness_fuzz_is_to_be_told(key)) return;
    fuzz_trace t = {.count = 0};
    harness_fuzz_unwind(&t);
    harness_fuzz_tell("ubsan", "report", key, harness_fuzz_stack_text(text, t.frames, t.count));
}

/* --- executions -------------------------------------------------------------------------- */

void harness_fuzz_begin(void) {
    has_new_fault = has_fault = false;
    reported_frame = 0;
    harness_fuzz_handled();
    harness_fuzz_page->busy = 1;
}

void harness_fuzz_end(void) {
    harness_fuzz_page->busy = 0;
    harness_fuzz_page->faults += has_fault;
}

void harness_fuzz_start_telling(const char *to) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    started = (unsigned long long)now.tv_sec * 1000000000 + (unsigned long long)now.tv_nsec;
    folder = to;
    __asan_set_error_report_callback(on_report);
}
