/*
 * Signals of the consumer, and the clock that finds hangs. From both the execution is broken off:
 * a leap back to where the next one begins.
 */
#define _GNU_SOURCE
#include "fuzz_faults.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>

enum { TICK_US = 10000, HURRY_US = 1000, KNOWN_AFTER_TICKS = 3, MOST_HURRIED_TICKS = 500 };
enum { MOST_LEAPS = 20000, RESTART = 113, JUDGE_HANGS = 114, JUDGE_PATIENCE = 10 };

static uint64_t hang_ticks, seen_execution, ticks_in_it, hurried_ticks;
static pthread_t main_thread;
static _Thread_local volatile bool is_handling; /* a fault then is our own */

void harness_fuzz_handled(void) {
    harness_fuzz_stop_trace();
    is_handling = false;
}

/* The process may be spoiled, or it is no place to leap from: the supervisor starts another. */
void harness_fuzz_start_anew(void) { __real__exit(RESTART); }

void harness_fuzz_break_off(void) {
    if (!pthread_equal(pthread_self(), main_thread)) harness_fuzz_start_anew();
    if (++harness_fuzz_page->leaps % MOST_LEAPS == 0)
        harness_fuzz_start_anew(); /* what they left behind */
    harness_fuzz_leave();
}

/* --- registers --------------------------------------------------------------------------- */

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

/* The consumer's instruction, also where the hook that it called was caught. */
static uintptr_t place_of(const ucontext_t *at) {
    if (!harness_fuzz_is_hook(pc_of(at))) return pc_of(at);
#if defined(__x86_64__)
    return *(const uintptr_t *)at->uc_mcontext.gregs[REG_RSP] - 1;
#else
    return (uintptr_t)at->uc_mcontext.regs[30] - 1;
#endif
}

/* --- signals ----------------------------------------------------------------------------- */

/*
 * A fault of this handler's own is never told as the consumer's: within a trace it ends the trace,
 * elsewhere the process, whose last content the supervisor then runs in isolation.
 */
static void on_signal(int number, siginfo_t *info, void *context) {
    const ucontext_t *at = context;
    char what[32];
    (void)info;
    if (harness_fuzz_is_tracing()) harness_fuzz_leave_trace();
    /* not the consumer's doing */
    if (!harness_fuzz_page->busy || harness_fuzz_is_reporting() || is_handling) {
        signal(number, SIG_DFL);
        return;
    }
    is_handling = true;
    /* The read that was reported, and let pass, can be of memory that is not there at all. */
    if ((number == SIGSEGV || number == SIGBUS) &&
        frame_of(at) == harness_fuzz_reported_frame())
        harness_fuzz_break_off();
    snprintf(what, sizeof what, "SIG%s", sigabbrev_np(number));
    fuzz_trace t = {.count = 0};
    if (harness_fuzz_keeps_frames() && harness_fuzz_is_own_code(pc_of(at)))
        t.count = harness_fuzz_frames(pc_of(at), frame_of(at), sp_of(at), t.frames, FUZZ_FRAMES);
    else
        harness_fuzz_unwind(&t); /* the C library keeps no frame pointers */
    harness_fuzz_tell_of("signal", what, t.frames, t.count);
    harness_fuzz_break_off();
}

/* --- hangs ------------------------------------------------------------------------------- */

static void tick_every(long microseconds) {
    struct timeval pause = {.tv_usec = microseconds};
    setitimer(ITIMER_REAL, &(struct itimerval){.it_interval = pause, .it_value = pause}, NULL);
}

/* The schema's reading is bounded, so one that does not come back is a fault of our own. */
static bool is_judge_hanging(void) {
    static uint64_t ticks, execution;
    bool is_judging = harness_fuzz_page->phase == FUZZ_JUDGE && !harness_fuzz_page->busy;
    if (!is_judging || harness_fuzz_page->executions != execution) ticks = 0;
    execution = harness_fuzz_page->executions;
    return ++ticks > JUDGE_PATIENCE * hang_ticks;
}

/*
 * A hang is an execution that does not change for so many ticks, or for a few where another hung
 * before: else each would cost its whole time again. The leap waits until the
 * consumer's own code runs, since the C library may hold a lock that would never be given back.
 */
static void on_tick(int number, siginfo_t *info, void *context) {
    const ucontext_t *at = context;
    (void)number, (void)info;
    if (harness_fuzz_is_tracing()) return; /* the next one will do */
    if (is_judge_hanging()) __real__exit(JUDGE_HANGS);
    if (harness_fuzz_page->executions != seen_execution || !harness_fuzz_page->busy) {
        seen_execution = harness_fuzz_page->executions;
        if (hurried_ticks > 0) tick_every(TICK_US);
        ticks_in_it = hurried_ticks = 0;
        return;
    }
    if (!pthread_equal(pthread_self(), main_thread)) return;
    uintptr_t place = place_of(at);
    bool is_own = harness_fuzz_is_own_code(place); /* and so keeps its frame pointer in place */
    if (is_own) harness_fuzz_watch(place, frame_of(at), sp_of(at), seen_execution);
    if (hurried_ticks == 0) ticks_in_it++;
    uintptr_t frames[FUZZ_FRAMES];
    size_t count = harness_fuzz_hanging(frames, FUZZ_FRAMES, seen_execution);
    size_t callers = count > 0 ? 1 : 0; /* where exactly in the function is chance */
    uint64_t key = harness_fuzz_key("hang", frames + callers, count - callers);
    bool is_known = ticks_in_it >= KNOWN_AFTER_TICKS && harness_fuzz_is_known(key);
    if (ticks_in_it < hang_ticks && !is_known) return;
    if (!is_own && hurried_ticks < MOST_HURRIED_TICKS) {
        if (hurried_ticks++ == 0) tick_every(HURRY_US);
        return;
    }
    ticks_in_it = 0;
    if (harness_fuzz_is_to_be_told(key))
        harness_fuzz_tell("hang", "hang", key, harness_fuzz_stack_text("hang", frames, count));
    if (!is_own) harness_fuzz_start_anew();
    harness_fuzz_break_off();
}

static void take_signal(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action = {.sa_sigaction = handler,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | flags};
    sigaction(number, &action, NULL);
}

void harness_fuzz_watch_signals(uint64_t hang_ms) {
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
    static uint8_t stack[1 << 16]; /* its own, in case the consumer's is used up */
    hang_ticks = hang_ms * 1000 / TICK_US + 2;
    main_thread = pthread_self();
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) take_signal(fatal[i], on_signal, 0);
    take_signal(SIGALRM, on_tick, SA_RESTART);
    tick_every(TICK_US);
}
