/* Memory for one input at a time, in which one byte too far is a fault. */
#define _GNU_SOURCE
#include "driver.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#if HEAP_BLOCKS
/* Exactly the size that is asked for, since AddressSanitizer guards what lies around a block. */
block harness_driver_new_block(const char *name, size_t size) {
    block b = {.name = name, .size = size, .base_size = size > 0 ? size : 1};
    b.base = malloc(b.base_size);
    if (b.base == NULL) harness_driver_fail("no memory for the inputs");
    b.data = (uint8_t *)b.base + (b.base_size - size); /* an empty input starts at the guard */
    return b;
}

void harness_driver_seal_block(const block *b) { (void)b; }
void harness_driver_free_block(block *b) { free(b->base); }
void harness_driver_watch_guards(void) {}
#else
enum { MOST_GUARDED = 64 };
static block guarded[MOST_GUARDED]; /* a copy of each block in use, for the handler below */

static block *guarded_slot(const void *base) {
    for (size_t i = 0; i < MOST_GUARDED; i++)
        if (guarded[i].base == base) return &guarded[i];
    return NULL;
}

/* Without a sanitizer: the last byte lies flush against a page that cannot be touched. */
block harness_driver_new_block(const char *name, size_t size) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t inner = (size + page - 1) / page * page;
    block b = {.name = name, .size = size, .base_size = inner + 2 * page};
    b.base = mmap(NULL, b.base_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (b.base == MAP_FAILED) harness_driver_fail("no memory for the inputs");
    uint8_t *start = (uint8_t *)b.base + page;
    if (inner > 0 && mprotect(start, inner, PROT_READ | PROT_WRITE) != 0)
        harness_driver_fail("no memory for the inputs");
    b.data = start + (inner - size);
    block *slot = guarded_slot(NULL);
    if (slot != NULL) *slot = b;
    return b;
}

/* Inputs are `const`: writing to one is a fault as well. */
void harness_driver_seal_block(const block *b) {
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (b->base_size > 2 * page)
        mprotect((uint8_t *)b->base + page, b->base_size - 2 * page, PROT_READ);
}

void harness_driver_free_block(block *b) {
    block *slot = guarded_slot(b->base);
    if (slot != NULL) slot->base = NULL;
    munmap(b->base, b->base_size);
}

/* Tells which input the consumer was reading, then lets the signal do what it does. */
static void on_fault(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    uintptr_t at = (uintptr_t)info->si_addr;
    for (size_t i = 0; i < MOST_GUARDED; i++) {
        const block *b = &guarded[i];
        uintptr_t base = (uintptr_t)b->base;
        if (base == 0 || at < base || at >= base + b->base_size) continue;
        ptrdiff_t offset = (ptrdiff_t)(at - (uintptr_t)b->data);
        harness_driver_record("fault %s %td %zu", b->name, offset, b->size);
    }
    signal(signal_number, SIG_DFL);
}

void harness_driver_watch_guards(void) {
    static uint8_t stack[65536]; /* its own, in case the consumer's is used up */
    sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
}
#endif
