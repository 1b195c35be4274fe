/* What watches the consumer, and what the linker puts in the way of its calls. */
#ifndef HARNESS_FUZZ_FAULTS_H
#define HARNESS_FUZZ_FAULTS_H

#include "fuzz.h"

enum { FUZZ_FRAMES = 24 };

/* For code without frame pointers; slow, and so only for what is told. */
typedef struct {
    uintptr_t frames[FUZZ_FRAMES];
    size_t count;
    bool has_begun; /* below what is the driver's own: its handler, its callback */
} fuzz_trace;

/* fuzz_stacks.c */
void harness_fuzz_start_stacks(const void *top);
bool harness_fuzz_is_tracing(void);
void harness_fuzz_leave_trace(void) __attribute__((noreturn));
void harness_fuzz_stop_trace(void);
size_t harness_fuzz_frames(uintptr_t pc, uintptr_t frame, uintptr_t floor, uintptr_t *to,
                           size_t most);
void harness_fuzz_unwind(fuzz_trace *t);
void harness_fuzz_watch(uintptr_t pc, uintptr_t frame, uintptr_t floor, uint64_t execution);
size_t harness_fuzz_hanging(uintptr_t *to, size_t most, uint64_t execution);
const char *harness_fuzz_stack_text(const char *title, const uintptr_t *frames, size_t count);

/* fuzz_faults.c */
void harness_fuzz_start_telling(const char *folder);
bool harness_fuzz_wants_report(uintptr_t pc, uintptr_t frame);
void harness_fuzz_reported(bool is_write);
bool harness_fuzz_is_reporting(void);
uintptr_t harness_fuzz_reported_frame(void); /* where this execution's last report came from */
void harness_fuzz_refuse(const char *kind, const char *what, uintptr_t pc, uintptr_t frame)
    __attribute__((noreturn));
uint64_t harness_fuzz_key(const char *kind, const uintptr_t *frames, size_t count);
bool harness_fuzz_is_known(uint64_t key);
bool harness_fuzz_is_to_be_told(uint64_t key);
uint64_t harness_fuzz_times(uint64_t key); /* it was seen, now included; 0: nobody counts */
bool harness_fuzz_has_fault(void);         /* this execution, or the last */
void harness_fuzz_tell(const char *kind, const char *what, uint64_t key, const char *report);
void harness_fuzz_tell_of(const char *kind, const char *what, const uintptr_t *frames,
                          size_t count);

/* fuzz_signals.c */
void harness_fuzz_watch_signals(uint64_t hang_ms);
void harness_fuzz_break_off(void) __attribute__((noreturn));
void harness_fuzz_start_anew(void) __attribute__((noreturn));
void harness_fuzz_handled(void); /* a fault from now on is a new one */

/* fuzz_wraps.c */
void harness_fuzz_limit_memory(uint64_t most_bytes);

/* Of AddressSanitizer and UBSan, whose headers not every compiler brings along. */
void __asan_set_error_report_callback(void (*callback)(const char *));
int __asan_report_present(void);
void *__asan_get_report_pc(void);
void *__asan_get_report_bp(void);
int __asan_get_report_access_type(void);
void *__asan_region_is_poisoned(void *start, size_t size);
void __ubsan_get_current_report_data(const char **kind, const char **message, const char **file,
                                     unsigned *line, unsigned *column, char **address);
void __ubsan_on_report(void);

#endif
