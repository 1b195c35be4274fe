/*
 * Faults of the consumer: each is told to the supervisor as it comes, once, and then stepped over,
 * so that what is known neither stops a campaign nor hides what lies behind it.
 *
 * After an invalid read the consumer goes on. Where going on would spoil the process (a write, a
 * signal, a hang, an exit) the execution is broken off instead. A fault is known by its kind and
 * by the three innermost return addresses in the consumer.
 */
#define _GNU_SOURCE
#include "fuzz_faults.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>
#include <unwind.h>

enum { KEY_FRAMES = 3, MOST_FRAMES = 24, REPORT_BYTES = 65536, TICK_US = 10000, HURRY_US = 1000 };
enum { MOST_HURRIED_TICKS = 500, MOST_LEAPS = 20000, RESTART = 113 };

static const char *folder;
static unsigned long long started; /* tells files apart: in a sandbox every process has one id */
static uint64_t hang_ticks, seen_execution, ticks_in_it, hurried_ticks;
static uintptr_t stack_top;
static pthread_t main_thread;
static uint64_t told; /* files written by this process */
static bool has_new_fault, has_fault; /* in this execution */
static char program[4096], frames_text[8192];
static uint64_t pending_key; /* of the report that AddressSanitizer is about to make */
static bool is_pending_new;
static uintptr_t reported_frame; /* where this execution's last report came from */
static _Thread_local volatile bool is_tracing, is_handling; /* a fault then is our own */
static _Thread_local sigjmp_buf after_trace;

static const char *const PHASES[] = {"consume", "load", "event", "unload"};

/* A stack pointer for code that runs on the consumer's stack: its frames lie above. */
#define HERE ((uintptr_t)__builtin_frame_address(0))

/* --- which fault it is ------------------------------------------------------------------- */

static uint64_t mixed(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x100000001b3; }

/*
 * Return addresses in the consumer's code, from frame pointers, innermost first. Code that keeps
 * none, or overwrote its own, leaves any number there: only what lies between the stack pointer
 * and the stack's top is followed. Of another thread's stack the top is not known; a fault on the
 * way ends the walk with what it has.
 */
static size_t own_frames(uintptr_t pc, uintptr_t frame, uintptr_t floor, uintptr_t *to,
                         size_t most) {
    volatile size_t count = 0;
    if (harness_fuzz_is_own_code(pc)) to[count++] = pc;
    if (sigsetjmp(after_trace, 0) == 0) {
        is_tracing = true;
        while (count < most && frame % sizeof frame == 0 && frame >= floor &&
               frame + 2 * sizeof frame <= stack_top) {
            const uintptr_t *at = (const uintptr_t *)frame;
            if (harness_fuzz_is_own_code(at[1])) to[count++] = at[1] - 1; /* of the call itself */
            if (at[0] <= frame) break;
            frame = at[0];
        }
    }
    is_tracing = false;
    return count;
}

static uint64_t key_of_frames(const char *kind, const uintptr_t *frames, size_t count) {
    uint64_t key = 0xcbf29ce484222325;
    for (; *kind != '\0'; kind++) key = mixed(key, (uint8_t)*kind);
    for (size_t i = 0; i < count && i < KEY_FRAMES; i++)
        key = mixed(key, frames[i] - harness_fuzz_base());
    return key != 0 ? key : 1;
}

static uint64_t key_of(const char *kind, uintptr_t pc, uintptr_t frame, uintptr_t floor) {
    uintptr_t frames[KEY_FRAMES];
    return key_of_frames(kind, frames, own_frames(pc, frame, floor, frames, KEY_FRAMES));
}

/* Counts a fault; true if it is the first of its key. A full table makes all others known. */
static bool is_new(uint64_t key) {
    for (size_t i = 0; i < FUZZ_FAULTS; i++) {
        fuzz_fault *slot = &harness_fuzz_page->known[(key + i) % FUZZ_FAULTS];
        if (slot->key == key) return slot->count++, false;
        if (slot->key == 0) {
            *slot = (fuzz_fault){key, 1};
            return true;
        }
    }
    return false;
}

static bool is_known(uint64_t key) {
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
static bool is_to_be_told(uint64_t key) {
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
static void tell(const char *kind, const char *what, uint64_t key, const char *report) {
    char part[4200], whole[4200], head[512];
    const fuzz_shared *page = harness_fuzz_page;
    snprintf(part, sizeof part, "%s/%llx-%llu.part", folder, started, (unsigned long long)told);
    snprintf(whole, sizeof whole, "%s/%llx-%llu.fault", folder, started,
             (unsigned long long)told++);
    size_t report_size = strnlen(report, REPORT_BYTES);
    int head_size = snprintf(
        head, sizeof head, "fault 1 %s %s %016llx %s %llu %llu %llu %zu\n", kind, what,
        (unsigned long long)key, PHASES[page->phase % 4], (unsigned long long)page->index,
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

/* The stack in the form that AddressSanitizer gives it, for whoever looks the names up. */
static const char *stack_text(const char *title, const uintptr_t *frames, size_t count) {
    size_t at = (size_t)snprintf(frames_text, sizeof frames_text, "%s\n", title);
    for (size_t i = 0; i < count && at + 300 < sizeof frames_text; i++)
        at += (size_t)snprintf(frames_text + at, sizeof frames_text - at,
                               "    #%zu 0x%zx  (%.200s+0x%zx)\n", i, (size_t)frames[i], program,
                               (size_t)(frames[i] - harness_fuzz_base()));
    return frames_text;
}

/* A fault that no sanitizer reports. */
static void tell_of(const char *kind, const char *what, const uintptr_t *frames, size_t count) {
    uint64_t key = key_of_frames(kind, frames, count);
    if (is_to_be_told(key)) tell(kind, what, key, stack_text(what, frames, count));
}

void harness_fuzz_state_differs(const char *what) {
    uint64_t key = key_of(what, 0, 0, 0);
    if (is_to_be_told(key)) tell("state", what, key, "");
}

/* The process may be spoiled, or it is no place to leap from: the supervisor starts another. */
static void __attribute__((noreturn)) start_anew(void) { __real__exit(RESTART); }

static void __attribute__((noreturn)) leave(void) {
    if (!pthread_equal(pthread_self(), main_thread)) start_anew();
    if (++harness_fuzz_page->leaps % MOST_LEAPS == 0) start_anew(); /* what they left behind */
    harness_fuzz_leave();
}

/* --- reports of the sanitizers ----------------------------------------------------------- */

/* What UBSan printed since the last report stands before this one, and is told already. */
static const char *own_part(const char *report) {
    const char *start = strstr(report, "ERROR: AddressSanitizer");
    while (start != NULL && start > report && start[-1] != '\n') start--;
    return start != NULL ? start : "";
}

/* Called within the report, whose lock is held: no leap from here. */
static void on_report(const char *report) {
    uint64_t key = pending_key;
    bool told_before = !is_pending_new;
    if (key == 0) {
        key = key_of("asan", (uintptr_t)__asan_get_report_pc(),
                     (uintptr_t)__asan_get_report_bp(), HERE);
        told_before = !is_to_be_told(key);
    }
    if (!told_before) tell("asan", "report", key, own_part(report));
    /* A library function is about to write where it must not. */
    if (pending_key == 0 && __asan_get_report_access_type() != 0 && __asan_report_present())
        start_anew();
}

/* Decides before AddressSanitizer spends a tenth of a millisecond on a report that is known. */
bool harness_fuzz_wants_report(uintptr_t pc, uintptr_t frame) {
    pending_key = key_of("asan", pc, frame, HERE);
    is_pending_new = is_to_be_told(pending_key);
    reported_frame = frame;
    return is_pending_new;
}

void harness_fuzz_reported(bool is_write) {
    pending_key = 0;
    is_pending_new = false;
    if (is_write && harness_fuzz_page->busy) leave();
}

typedef struct {
    uintptr_t frames[MOST_FRAMES];
    size_t count;
    bool has_begun; /* below what is the driver's own: its handler, its callback */
} trace;

/* For stacks through code without frame pointers; slow, and so only for what is told. */
static _Unwind_Reason_Code take_frame(struct _Unwind_Context *context, void *into) {
    trace *t = into;
    int is_interrupted = 0; /* by a signal: then the address is the very instruction's */
    uintptr_t pc = (uintptr_t)_Unwind_GetIPInfo(context, &is_interrupted);
    bool is_own = harness_fuzz_is_own_code(pc);
    if (t->has_begun && is_own) t->frames[t->count++] = is_interrupted ? pc : pc - 1;
    t->has_begun = t->has_begun || is_interrupted || !is_own;
    return t->count < MOST_FRAMES ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* What a smashed stack leads to is no fault of the consumer's: the trace then ends there. */
static void unwind(trace *t) {
    if (sigsetjmp(after_trace, 0) == 0) {
        is_tracing = true;
        _Unwind_Backtrace(take_frame, t);
    }
    is_tracing = false;
}

/* Called once for each place in the code. UBSan itself keeps no frame pointers: unwind through it. */
void __ubsan_on_report(void) {
    const char *kind = "", *message = "", *file = "";
    unsigned line = 0, column = 0;
    char *address = NULL;
    char text[1024];
    __ubsan_get_current_report_data(&kind, &message, &file, &line, &column, &address);
    snprintf(text, sizeof text, "%s:%u:%u: runtime error: %s", file, line, column, message);
    uint64_t key = mixed(mixed(key_of(file, 0, 0, 0), line), column);
    if (!is_to_be_told(key)) return;
    trace t = {.count = 0};
    unwind(&t);
    tell("ubsan", "report", key, stack_text(text, t.frames, t.count));
}

/* --- signals ----------------------------------------------------------------------------- */

static uintptr_t pc_of(const ucontext_t *at) {
#if defined(__x86_64__)
    return (uintptr_t)at->uc_mcontext.gregs[REG_RIP];
#else
    return (uintptr_t)at->uc_mcontext.pc;
#endif
}

static uintptr_t frame_of(const ucontext_t *at) {
#if defined(__x86_64__)
    return (uintptr_t)at->uc_mcontext.gregs[REG_RBP];
#else
    return (uintptr_t)at->uc_mcontext.regs[29];
#endif
}

static uintptr_t sp_of(const ucontext_t *at) {
#if defined(__x86_64__)
    return (uintptr_t)at->uc_mcontext.gregs[REG_RSP];
#else
    return (uintptr_t)at->uc_mcontext.sp;
#endif
}

/*
 * A fault of this handler's own is never told as the consumer's: within a trace it ends the trace,
 * elsewhere the process, whose last content the supervisor then runs in isolation.
 */
static void on_signal(int number, siginfo_t *info, void *context) {
    const ucontext_t *at = context;
    char what[32];
    (void)info;
    if (is_tracing) siglongjmp(after_trace, 1);
    /* not the consumer's doing */
    if (!harness_fuzz_page->busy || pending_key != 0 || is_handling) {
        signal(number, SIG_DFL);
        return;
    }
    is_handling = true;
    /* The read that was reported, and let pass, can be of memory that is not there at all. */
    if ((number == SIGSEGV || number == SIGBUS) && frame_of(at) == reported_frame) leave();
    snprintf(what, sizeof what, "SIG%s", sigabbrev_np(number));
    trace t = {.count = 0};
    if (harness_fuzz_is_own_code(pc_of(at)))
        t.count = own_frames(pc_of(at), frame_of(at), sp_of(at), t.frames, MOST_FRAMES);
    else
        unwind(&t); /* the C library keeps no frame pointers */
    tell_of("signal", what, t.frames, t.count);
    leave();
}

/* The consumer's instruction, also where the hook that it called was caught. */
static uintptr_t place_of(const ucontext_t *at) {
    if (!harness_fuzz_is_hook(pc_of(at))) return pc_of(at);
#if defined(__x86_64__)
    return *(const uintptr_t *)at->uc_mcontext.gregs[REG_RSP] - 1;
#else
    return (uintptr_t)at->uc_mcontext.regs[30] - 1;
#endif
}

static void tick_every(long microseconds) {
    struct timeval pause = {.tv_usec = microseconds};
    setitimer(ITIMER_REAL, &(struct itimerval){.it_interval = pause, .it_value = pause}, NULL);
}

/*
 * A hang is an execution that does not change for so many ticks, or for one where another hung
 * before: else each would cost its whole time again. The leap waits until the
 * consumer's own code runs, since the C library may hold a lock that would never be given back.
 */
static void on_tick(int number, siginfo_t *info, void *context) {
    const ucontext_t *at = context;
    (void)number, (void)info;
    if (is_tracing) return; /* the next one will do */
    if (harness_fuzz_page->executions != seen_execution || !harness_fuzz_page->busy) {
        seen_execution = harness_fuzz_page->executions;
        if (hurried_ticks > 0) tick_every(TICK_US);
        ticks_in_it = hurried_ticks = 0;
        return;
    }
    if (!pthread_equal(pthread_self(), main_thread)) return;
    uint64_t key = key_of("hang", 0, frame_of(at), sp_of(at)); /* where exactly is chance */
    if (++ticks_in_it < hang_ticks && !is_known(key)) return;
    if (!harness_fuzz_is_own_code(pc_of(at)) && hurried_ticks < MOST_HURRIED_TICKS) {
        if (hurried_ticks++ == 0) tick_every(HURRY_US);
        return;
    }
    ticks_in_it = 0;
    uintptr_t frames[MOST_FRAMES];
    size_t count = own_frames(place_of(at), frame_of(at), sp_of(at), frames, MOST_FRAMES);
    if (is_to_be_told(key)) tell("hang", "hang", key, stack_text("hang", frames, count));
    if (!harness_fuzz_is_own_code(pc_of(at))) start_anew();
    leave();
}

static void take_signal(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | flags};
    sigaction(number, &action, NULL);
}

void harness_fuzz_start_faults(const char *to, uint64_t hang_ms, uint64_t most_bytes,
                               const void *top) {
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
    static uint8_t stack[1 << 16]; /* its own, in case the consumer's is used up */
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    started = (unsigned long long)now.tv_sec * 1000000000 + (unsigned long long)now.tv_nsec;
    folder = to;
    hang_ticks = hang_ms * 1000 / TICK_US + 2;
    stack_top = (uintptr_t)top;
    main_thread = pthread_self();
    harness_fuzz_limit_memory(most_bytes);
    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) program[0] = '\0';
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) take_signal(fatal[i], on_signal, 0);
    take_signal(SIGALRM, on_tick, SA_RESTART);
    tick_every(TICK_US);
    __asan_set_error_report_callback(on_report);
}

/* --- executions -------------------------------------------------------------------------- */

void harness_fuzz_begin(void) {
    has_new_fault = has_fault = false;
    reported_frame = 0;
    is_tracing = is_handling = false;
    harness_fuzz_page->busy = 1;
}

void harness_fuzz_end(void) {
    harness_fuzz_page->busy = 0;
    harness_fuzz_page->faults += has_fault;
}

/* What the consumer asked for that must not happen: told, then the execution is broken off. */
void harness_fuzz_refuse(const char *kind, const char *what, uintptr_t pc, uintptr_t frame) {
    uintptr_t frames[MOST_FRAMES];
    tell_of(kind, what, frames, own_frames(pc, frame, HERE, frames, MOST_FRAMES));
    leave();
}
