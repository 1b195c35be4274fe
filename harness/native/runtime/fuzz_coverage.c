/*
 * Coverage of consumers that gcc compiled with -fsanitize-coverage=trace-pc: counters for
 * libFuzzer, one for each call of the hook below and no more.
 *
 * libFuzzer goes through all counters after each execution, so a table that is larger than the
 * code costs speed: 65,536 counters halve it. Therefore the calls are counted first, in the
 * machine code itself, and each has its own number.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* The sanitizer's interface prescribes these names. */
void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *end);
void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *end);
/* Without a frame of its own, so that a stack looks the same from within; all in one place. */
#define HOOK                                                              \
    __attribute__((visibility("hidden"), optimize("omit-frame-pointer"), \
                   section("fuzz_hooks")))
extern const char __start_fuzz_hooks[], __stop_fuzz_hooks[];
void __sanitizer_cov_trace_pc(void) HOOK;
void __sanitizer_cov_trace_cmpf(float a, float b) HOOK;
void __sanitizer_cov_trace_cmpd(double a, double b) HOOK;

/* Of the linker: the program from its first byte to the end of its code. */
extern const char __executable_start[], etext[];

enum { WORDS_OF_ENTRY = 2 }; /* libFuzzer's table of places: address, flags */
enum { MOST_TURNS = 32 };

static uintptr_t code_size; /* 0 until there are counters: constructors run before main */
static uint32_t *number_at; /* by the offset of the instruction after the call */
static uint8_t *counters;
static uint8_t turn; /* how often the place that was passed last was passed in this execution */
static size_t counter_count, behaviours_at, behaviours, opinions_at, opinions;

static uintptr_t program(void) { return (uintptr_t)__executable_start; }

bool harness_fuzz_is_hook(uintptr_t address) {
    return address >= (uintptr_t)__start_fuzz_hooks && address < (uintptr_t)__stop_fuzz_hooks;
}

/*
 * Hidden, or the calls go to libFuzzer's function of the same name, which is exported and counts
 * nothing. Counter 0 takes what was not found below.
 */
void __sanitizer_cov_trace_pc(void) {
    uintptr_t at = (uintptr_t)__builtin_return_address(0) - program();
    if (at < code_size) turn = ++counters[number_at[at]];
}

/*
 * Comparisons are passed on to libFuzzer while a place in the code is new to an execution: in the
 * loop of a checksum they tell nothing, and would take most of the time. Hidden as above; a jump,
 * so that libFuzzer sees the place that compares.
 */
#define PASS_ON(name, type, second)                            \
    void __sanitizer_cov_trace_##name(type a, second b) HOOK;  \
    static void (*real_##name)(type, second);                  \
    void __sanitizer_cov_trace_##name(type a, second b) {      \
        if (turn <= MOST_TURNS && code_size > 0) real_##name(a, b); \
    }

PASS_ON(cmp1, uint8_t, uint8_t)
PASS_ON(cmp2, uint16_t, uint16_t)
PASS_ON(cmp4, uint32_t, uint32_t)
PASS_ON(cmp8, uint64_t, uint64_t)
PASS_ON(const_cmp1, uint8_t, uint8_t)
PASS_ON(const_cmp2, uint16_t, uint16_t)
PASS_ON(const_cmp4, uint32_t, uint32_t)
PASS_ON(const_cmp8, uint64_t, uint64_t)
PASS_ON(switch, uint64_t, uint64_t *)

/* POSIX lets dlsym's result be a function; ISO C knows no such conversion. */
#define FIND(name)                                                                    \
    memcpy(&real_##name, &(void *){dlsym(RTLD_DEFAULT, "__sanitizer_cov_trace_" #name)}, \
           sizeof(void *));                                                           \
    if (real_##name == NULL) harness_fuzz_fail("the engine takes no comparisons")

static void find_comparisons(void) {
    FIND(cmp1);
    FIND(cmp2);
    FIND(cmp4);
    FIND(cmp8);
    FIND(const_cmp1);
    FIND(const_cmp2);
    FIND(const_cmp4);
    FIND(const_cmp8);
    FIND(switch);
}

/* gcc also reports comparisons of floating point; libFuzzer has no use for them. */
void __sanitizer_cov_trace_cmpf(float a, float b) { (void)a, (void)b; }
void __sanitizer_cov_trace_cmpd(double a, double b) { (void)a, (void)b; }

void harness_fuzz_said(size_t behaviour) {
    if (counters != NULL) counters[behaviours_at + behaviour % behaviours] = 1;
}

void harness_fuzz_judged(size_t opinion) {
    if (opinions > 0) counters[opinions_at + opinion % opinions] = 1;
}

static void *zeroed_pages(size_t size) {
    void *pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) harness_fuzz_fail("no memory for the coverage counters");
    return pages;
}

/* The offset after a direct call at `code`, if it calls the hook; else 0. */
static size_t call_of_hook(const uint8_t *code, size_t at, size_t size) {
    uintptr_t hook = (uintptr_t)__sanitizer_cov_trace_pc - program();
#if defined(__x86_64__)
    int32_t distance;
    if (code[at] != 0xe8 || at + 5 > size) return 0;
    memcpy(&distance, code + at + 1, sizeof distance);
    return (uintptr_t)((intptr_t)(at + 5) + distance) == hook ? at + 5 : 0;
#elif defined(__aarch64__)
    uint32_t word;
    if (at % 4 != 0 || at + 4 > size) return 0;
    memcpy(&word, code + at, sizeof word);
    int32_t distance = (int32_t)(word << 6) >> 4;
    return word >> 26 == 0x25 && (uintptr_t)((intptr_t)at + distance) == hook ? at + 4 : 0;
#else
#error "the fuzz driver knows the call instructions of x86-64 and AArch64"
#endif
}

static size_t number_calls(size_t size) {
    const uint8_t *code = (const uint8_t *)__executable_start;
    size_t found = 0;
    for (size_t at = 0; at < size; at++) {
        size_t after = call_of_hook(code, at, size);
        if (after != 0) number_at[after] = (uint32_t)++found;
    }
    return found;
}

/* Every counter needs an entry in the table of places, or libFuzzer ends the process. */
static void give_places(size_t size) {
    size_t words = WORDS_OF_ENTRY * counter_count;
    uintptr_t *places = zeroed_pages(words * sizeof *places);
    for (size_t i = 0; i < counter_count; i++)
        places[WORDS_OF_ENTRY * i] = program() + i; /* replaced below where it is code */
    for (size_t at = 0; at < size; at++)
        if (number_at[at] != 0) places[WORDS_OF_ENTRY * number_at[at]] = program() + at;
    __sanitizer_cov_pcs_init(places, places + words);
}

void harness_fuzz_start_coverage(size_t wanted, size_t wanted_opinions) {
    behaviours = wanted;
    opinions = wanted_opinions;
    find_comparisons();
    size_t size = (size_t)(etext - __executable_start);
    number_at = zeroed_pages((size + 1) * sizeof *number_at);
    size_t calls = number_calls(size);
    behaviours_at = calls + 1;
    opinions_at = behaviours_at + behaviours;
    counter_count = opinions_at + opinions;
    counters = zeroed_pages(counter_count);
    __sanitizer_cov_8bit_counters_init(counters, counters + counter_count);
    give_places(size);
    harness_fuzz_page->counters = calls;
    code_size = size;
}
