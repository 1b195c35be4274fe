/* What watches the consumer, and what the linker puts in the way of its calls. */
#ifndef HARNESS_FUZZ_FAULTS_H
#define HARNESS_FUZZ_FAULTS_H

#include "fuzz.h"

/* fuzz_faults.c */
bool harness_fuzz_wants_report(uintptr_t pc, uintptr_t frame);
void harness_fuzz_reported(bool is_write);
void harness_fuzz_refuse(const char *kind, const char *what, uintptr_t pc, uintptr_t frame)
    __attribute__((noreturn));

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
