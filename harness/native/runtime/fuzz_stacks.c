/*
 * Where in the consumer's code an execution is: its return addresses, innermost first.
 *
 * Code that is built here keeps frame pointers, which are fast to follow; other code is unwound by
 * its tables. Of a hang only those frames tell anything that are there again and again: the rest is
 * chance.
 */
#define _GNU_SOURCE
#include "fuzz_faults.h"

#include <setjmp.h>
#include <stdio.h>
#include <unwind.h>

enum { MOST_CHAIN = 64 };

typedef struct {
    uintptr_t frame[MOST_CHAIN], back[MOST_CHAIN]; /* innermost first */
    size_t count;
} chain;

static uintptr_t stack_top;
static _Thread_local volatile bool is_tracing;
static _Thread_local sigjmp_buf after_trace;
static chain lasting; /* frames of an execution that every tick found */
static uint64_t watched; /* which execution */
static uintptr_t inside; /* an instruction of the function that does not return */

void harness_fuzz_start_stacks(const void *top) { stack_top = (uintptr_t)top; }
void harness_fuzz_stop_trace(void) { is_tracing = false; }

/* A fault within a trace ends the trace. */
bool harness_fuzz_is_tracing(void) { return is_tracing; }
void harness_fuzz_leave_trace(void) { siglongjmp(after_trace, 1); }

/*
 * Code that keeps no frame pointers, or overwrote its own, leaves any number there: only what lies
 * between the stack pointer and the stack's top is followed. Of another thread's stack the top is
 * not known; a fault on the way ends the walk with what it has.
 */
static void follow(uintptr_t frame, uintptr_t floor, chain *to, size_t most) {
    to->count = 0;
    if (sigsetjmp(after_trace, 0) == 0) {
        is_tracing = true;
        while (to->count < most && frame % sizeof frame == 0 && frame >= floor &&
               frame + 2 * sizeof frame <= stack_top) {
            const uintptr_t *at = (const uintptr_t *)frame;
            if (harness_fuzz_is_own_code(at[1])) {
                to->frame[to->count] = frame;
                to->back[to->count++] = at[1];
            }
            if (at[0] <= frame) break;
            frame = at[0];
        }
    }
    is_tracing = false;
}

size_t harness_fuzz_frames(uintptr_t pc, uintptr_t frame, uintptr_t floor, uintptr_t *to,
                           size_t most) {
    static _Thread_local chain c; /* a signal's stack is small */
    size_t count = 0;
    if (harness_fuzz_is_own_code(pc)) to[count++] = pc;
    if (!harness_fuzz_keeps_frames()) return count;
    follow(frame, floor, &c, most - count);
    for (size_t i = 0; i < c.count; i++) to[count++] = c.back[i] - 1; /* of the call itself */
    return count;
}

/* --- by tables --------------------------------------------------------------------------- */

static _Unwind_Reason_Code take_frame(struct _Unwind_Context *context, void *into) {
    fuzz_trace *t = into;
    int is_interrupted = 0; /* by a signal: then the address is the very instruction's */
    uintptr_t pc = (uintptr_t)_Unwind_GetIPInfo(context, &is_interrupted);
    bool is_own = harness_fuzz_is_own_code(pc);
    if (t->has_begun && is_own) t->frames[t->count++] = is_interrupted ? pc : pc - 1;
    t->has_begun = t->has_begun || is_interrupted || !is_own;
    return t->count < FUZZ_FRAMES ? _URC_NO_REASON : _URC_END_OF_STACK;
}

/* What a smashed stack leads to is no fault of the consumer's: the trace then ends there. */
void harness_fuzz_unwind(fuzz_trace *t) {
    if (sigsetjmp(after_trace, 0) == 0) {
        is_tracing = true;
        _Unwind_Backtrace(take_frame, t);
    }
    is_tracing = false;
}

/* --- hangs ------------------------------------------------------------------------------- */

void harness_fuzz_watch(uintptr_t pc, uintptr_t frame, uintptr_t floor, uint64_t execution) {
    static chain now;
    if (!harness_fuzz_keeps_frames()) return;
    follow(frame, floor, &now, MOST_CHAIN);
    size_t same = now.count;
    if (watched == execution)
        for (same = 0; same < now.count && same < lasting.count; same++) {
            size_t here = now.count - 1 - same, there = lasting.count - 1 - same;
            if (now.frame[here] != lasting.frame[there] || now.back[here] != lasting.back[there])
                break;
        }
    watched = execution;
    size_t inner = now.count - same; /* frames that came and went */
    inside = inner == 0 ? pc : now.back[inner - 1] - 1;
    for (size_t i = 0; i < same; i++) {
        lasting.frame[i] = now.frame[inner + i];
        lasting.back[i] = now.back[inner + i];
    }
    lasting.count = same;
}

/* The function that does not return, and its callers. Only these are the same every time. */
size_t harness_fuzz_hanging(uintptr_t *to, size_t most, uint64_t execution) {
    size_t count = 0;
    if (watched != execution) return 0; /* the consumer's own code was never met */
    if (harness_fuzz_is_own_code(inside)) to[count++] = inside;
    for (size_t i = 0; i < lasting.count && count < most; i++) to[count++] = lasting.back[i] - 1;
    return count;
}

/* --- in words ---------------------------------------------------------------------------- */

/* In the form that AddressSanitizer gives it, for whoever looks the names up. */
const char *harness_fuzz_stack_text(const char *title, const uintptr_t *frames, size_t count) {
    static char text[8192];
    size_t at = (size_t)snprintf(text, sizeof text, "%s\n", title);
    for (size_t i = 0; i < count && at + 300 < sizeof text; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "    #%zu 0x%zx  (%.200s+0x%zx)\n", i,
                               (size_t)frames[i], harness_fuzz_file(),
                               (size_t)(frames[i] - harness_fuzz_base()));
    return text;
}
