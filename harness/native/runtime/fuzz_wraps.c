/*
 * Calls of the consumer that the linker turns here (--wrap): its own `exit`, requests for memory,
 * library functions that write, and the reports that instrumented code makes of itself.
 */
#include "fuzz_faults.h"

#include <stdlib.h>

#define PC ((uintptr_t)__builtin_return_address(0) - 1)
#define FRAME (*(const uintptr_t *)__builtin_frame_address(0))

static uint64_t most_bytes = UINT64_MAX;

void harness_fuzz_limit_memory(uint64_t most) { most_bytes = most; }

/* --- reports ----------------------------------------------------------------------------- */

/* gcc calls one of these for each access; the names are the sanitizer's interface. */
#define REPORT(name, is_write)                                   \
    void __real___asan_report_##name##_noabort(uintptr_t);       \
    void __wrap___asan_report_##name##_noabort(uintptr_t);       \
    void __wrap___asan_report_##name##_noabort(uintptr_t at) {   \
        if (harness_fuzz_wants_report(PC, FRAME))                \
            __real___asan_report_##name##_noabort(at);           \
        harness_fuzz_reported(is_write);                         \
    }
#define REPORT_MANY(name, is_write)                                          \
    void __real___asan_report_##name##_n_noabort(uintptr_t, size_t);         \
    void __wrap___asan_report_##name##_n_noabort(uintptr_t, size_t);         \
    void __wrap___asan_report_##name##_n_noabort(uintptr_t at, size_t size) { \
        if (harness_fuzz_wants_report(PC, FRAME))                            \
            __real___asan_report_##name##_n_noabort(at, size);               \
        harness_fuzz_reported(is_write);                                     \
    }

REPORT(load1, false)
REPORT(load2, false)
REPORT(load4, false)
REPORT(load8, false)
REPORT(load16, false)
REPORT(store1, true)
REPORT(store2, true)
REPORT(store4, true)
REPORT(store8, true)
REPORT(store16, true)
REPORT_MANY(load, false)
REPORT_MANY(store, true)

/* --- library functions that write -------------------------------------------------------- */

void *__real_memmove(void *to, const void *from, size_t size);
void *__real_memset(void *to, int byte, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);
void *__wrap_memset(void *to, int byte, size_t size);

/* AddressSanitizer would report and then write all the same, over its own records of the heap. */
static void check_target(void *to, size_t size, uintptr_t pc, uintptr_t frame) {
    if (size == 0 || !harness_fuzz_page->busy || !__asan_region_is_poisoned(to, size)) return;
    if (harness_fuzz_wants_report(pc, frame))
        __real___asan_report_store_n_noabort((uintptr_t)to, size);
    harness_fuzz_reported(true);
}

void *__wrap_memcpy(void *to, const void *from, size_t size) {
    check_target(to, size, PC, FRAME);
    return __real_memcpy(to, from, size);
}

void *__wrap_memmove(void *to, const void *from, size_t size) {
    check_target(to, size, PC, FRAME);
    return __real_memmove(to, from, size);
}

void *__wrap_memset(void *to, int byte, size_t size) {
    check_target(to, size, PC, FRAME);
    return __real_memset(to, byte, size);
}

/* --- memory ------------------------------------------------------------------------------ */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static void check_request(size_t count, size_t size, uintptr_t pc, uintptr_t frame) {
    bool is_too_much = size != 0 && count > most_bytes / size;
    if (is_too_much && harness_fuzz_page != NULL && harness_fuzz_page->busy)
        harness_fuzz_refuse("memory", "allocation-too-big", pc, frame);
}

void *__wrap_malloc(size_t size) {
    check_request(1, size, PC, FRAME);
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size) {
    check_request(count, size, PC, FRAME);
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size) {
    check_request(1, size, PC, FRAME);
    return __real_realloc(block, size);
}

/* --- leaving ----------------------------------------------------------------------------- */

#define LEAVING(name)                                                              \
    void __real_##name(int) __attribute__((noreturn));                             \
    void __wrap_##name(int) __attribute__((noreturn));                             \
    void __wrap_##name(int code) {                                                 \
        if (harness_fuzz_page != NULL && harness_fuzz_page->busy)                  \
            harness_fuzz_refuse("exit", #name, PC, FRAME);                         \
        __real_##name(code);                                                       \
    }

LEAVING(exit)
LEAVING(_exit)
LEAVING(_Exit)

void __wrap_abort(void) __attribute__((noreturn));
void __real_abort(void) __attribute__((noreturn));
void __wrap_abort(void) {
    if (harness_fuzz_page != NULL && harness_fuzz_page->busy)
        harness_fuzz_refuse("signal", "SIGABRT", PC, FRAME);
    __real_abort();
}
