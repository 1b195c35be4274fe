/*
 * What a library that was built with coverage calls: here nobody listens. The fuzz driver has the
 * real ones; a run in isolation only needs the library to open.
 */
#include <stdint.h>

/* The compilers' interface prescribes these names, and that a sanitizer's own go before them. */
#define QUIET(name, ...)                                \
    void name(__VA_ARGS__) __attribute__((weak));       \
    void name(__VA_ARGS__) {}

#pragma GCC diagnostic ignored "-Wunused-parameter"

QUIET(__sanitizer_cov_trace_pc, void)
QUIET(__sanitizer_cov_trace_pc_guard, uint32_t *guard)
QUIET(__sanitizer_cov_trace_pc_guard_init, uint32_t *start, uint32_t *end)
QUIET(__sanitizer_cov_trace_pc_indir, uintptr_t callee)
QUIET(__sanitizer_cov_8bit_counters_init, char *start, char *end)
QUIET(__sanitizer_cov_bool_flag_init, char *start, char *end)
QUIET(__sanitizer_cov_pcs_init, const uintptr_t *start, const uintptr_t *end)
QUIET(__sanitizer_cov_trace_cmp1, uint8_t a, uint8_t b)
QUIET(__sanitizer_cov_trace_cmp2, uint16_t a, uint16_t b)
QUIET(__sanitizer_cov_trace_cmp4, uint32_t a, uint32_t b)
QUIET(__sanitizer_cov_trace_cmp8, uint64_t a, uint64_t b)
QUIET(__sanitizer_cov_trace_const_cmp1, uint8_t a, uint8_t b)
QUIET(__sanitizer_cov_trace_const_cmp2, uint16_t a, uint16_t b)
QUIET(__sanitizer_cov_trace_const_cmp4, uint32_t a, uint32_t b)
QUIET(__sanitizer_cov_trace_const_cmp8, uint64_t a, uint64_t b)
QUIET(__sanitizer_cov_trace_switch, uint64_t value, uint64_t *cases)
QUIET(__sanitizer_cov_trace_div4, uint32_t value)
QUIET(__sanitizer_cov_trace_div8, uint64_t value)
QUIET(__sanitizer_cov_trace_gep, uintptr_t index)

_Thread_local uintptr_t __sancov_lowest_stack __attribute__((weak));
