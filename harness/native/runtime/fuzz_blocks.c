/*
 * Memory for one input at a time, in which one byte too far is a fault: a heap block of exactly its
 * size, which AddressSanitizer guards; or, for a library without one, a mapping whose last byte
 * lies flush against a page that cannot be touched. The latter is filled again and again, since a
 * mapping for each execution would cost most of the speed.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static bool is_guarded;

void harness_fuzz_guard_blocks(bool guarded) { is_guarded = guarded; }

static void map_guarded(fuzz_block *b, size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t inner = (size / page + 1) * page;
    uint8_t *all = mmap(NULL, inner + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (all == MAP_FAILED || mprotect(all, inner, PROT_READ | PROT_WRITE) != 0)
        harness_fuzz_fail("no memory for the inputs");
    if (b->base != NULL) munmap(b->base, b->capacity + page);
    b->base = all;
    b->capacity = inner;
}

/*
 * An empty input of the heap is one byte, and starts after it. What an execution that was broken
 * off left in the block is not given back: nobody knows what the consumer has done to it.
 */
void harness_fuzz_fill_block(fuzz_block *b, const uint8_t *data, size_t size) {
    b->size = size;
    if (is_guarded) {
        if (size >= b->capacity) map_guarded(b, size);
        b->data = b->base + (b->capacity - size);
    } else {
        b->base = malloc(size > 0 ? size : 1);
        if (b->base == NULL) harness_fuzz_fail("no memory for the inputs");
        b->data = size > 0 ? b->base : b->base + 1;
    }
    if (size > 0) __real_memcpy(b->data, data, size);
}

/* What is used from here on was given back. */
void harness_fuzz_empty_block(fuzz_block *b) {
    if (is_guarded) return;
    free(b->base);
    b->base = NULL;
}
