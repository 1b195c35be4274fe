/* What the parts of the fuzz driver share: the page that the supervisor reads, and their calls. */
#ifndef HARNESS_FUZZ_H
#define HARNESS_FUZZ_H

#include "harness_consumer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FUZZ_SHARED_VERSION = 4,
    FUZZ_FAULTS = 2048,
    FUZZ_SAMPLES = 8, /* the first half for accepted content, the second for rejected */
    FUZZ_SAMPLE_BYTES = 65536,
    FUZZ_INPUT_BYTES = 1 << 20,
    FUZZ_EDIT_BYTES = 8 << 20,
    FUZZ_BEHAVIOURS = 64,       /* counters for what a consumer says, beside those of its code */
    FUZZ_MANY_BEHAVIOURS = 1024, /* of a command, whose code has none */
    FUZZ_OPINIONS = 264          /* likewise, for what the schema says */
};

typedef struct {
    uint64_t key, count;
} fuzz_fault;

/* `full` is written last by the worker and cleared by the supervisor. */
typedef struct {
    uint32_t full, accepted;
    uint64_t size;
    uint8_t data[FUZZ_SAMPLE_BYTES];
} fuzz_sample;

/* Lies in a file that both map, so whatever ends the worker, what it was doing is known. */
typedef struct {
    uint32_t magic, version;
    uint64_t executions, accepted, rejected, events, reloads;
    uint64_t faults;  /* executions in which one was seen */
    uint64_t leaps;   /* executions that were broken off */
    uint64_t counters; /* places in the consumer's code that are counted */
    uint64_t judging; /* the worker holds verdicts against the schema itself */
    uint64_t judged, valid, disputes; /* executions: read by the schema, of these ... */
    uint64_t busy;    /* the consumer is running */
    uint64_t phase, index, cycle; /* where it is; see fuzz_phase */
    uint64_t input_size;
    fuzz_fault known[FUZZ_FAULTS];
    fuzz_sample samples[FUZZ_SAMPLES];
    uint8_t input[FUZZ_INPUT_BYTES];
    uint64_t edit_entries; /* written last by the supervisor; see fuzz_edits.c */
    uint8_t edits[FUZZ_EDIT_BYTES];
} fuzz_shared;

enum fuzz_phase { FUZZ_CONSUME, FUZZ_LOAD, FUZZ_EVENT, FUZZ_UNLOAD, FUZZ_JUDGE, FUZZ_PHASES };

extern fuzz_shared *harness_fuzz_page;

/* fuzz_driver.c */
void harness_fuzz_fail(const char *why) __attribute__((noreturn));
void harness_fuzz_leave(void) __attribute__((noreturn)); /* breaks the execution off */

/* What the linker gives the harness's own code, whose other calls go through fuzz_wraps.c. */
void *__real_memcpy(void *to, const void *from, size_t size);
void __real__exit(int code) __attribute__((noreturn));

/* fuzz_consumer.c */
typedef struct {
    int (*consume)(const uint8_t *, size_t, const harness_observer *);
    void *(*load)(const uint8_t *, size_t, const harness_observer *);
    int (*event)(void *, const uint8_t *, size_t, const harness_observer *);
    void (*unload)(void *);
    int (*fuzzer)(const uint8_t *, size_t);
} fuzz_consumer;

extern fuzz_consumer harness_fuzz_consumer;
void harness_fuzz_find_consumer(const char *library); /* empty: it is linked in */
bool harness_fuzz_is_own_code(uintptr_t address);
bool harness_fuzz_keeps_frames(void);
uintptr_t harness_fuzz_base(void);
const char *harness_fuzz_file(void);

/* fuzz_blocks.c */
typedef struct {
    uint8_t *base, *data;
    size_t size, capacity;
} fuzz_block;

void harness_fuzz_guard_blocks(bool guarded);
void harness_fuzz_fill_block(fuzz_block *b, const uint8_t *data, size_t size);
void harness_fuzz_empty_block(fuzz_block *b);

/* fuzz_coverage.c */
void harness_fuzz_start_coverage(size_t behaviours, size_t opinions);
void harness_fuzz_said(size_t behaviour);
void harness_fuzz_judged(size_t opinion);
bool harness_fuzz_is_hook(uintptr_t address);

/* fuzz_faults.c */
void harness_fuzz_begin(void); /* an execution */
void harness_fuzz_end(void);
void harness_fuzz_state_differs(const char *what);

/* fuzz_oracle.c */
typedef struct {
    const uint8_t *data; /* where the consumer does not come by it */
    size_t size;
} fuzz_kept;

bool harness_fuzz_start_oracle(const char *library, const fuzz_kept *companions, size_t count);
void harness_fuzz_judge(const uint8_t *data, size_t size, bool accepted, int code);

/* fuzz_edits.c */
enum fuzz_edited { FUZZ_NOT_EDITED, FUZZ_EDITED, FUZZ_FIRST_EDITED };
enum fuzz_edited harness_fuzz_edit(uint8_t *data, size_t *size, size_t most, unsigned random);

/* fuzz_mutator.c */
void harness_fuzz_start_repairs(const char *rules);
void harness_fuzz_start_words(const char *text);

#endif
