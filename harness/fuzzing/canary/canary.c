/*
 * A consumer with planted bugs, one for each thing that a campaign relies on. The first byte of the
 * content says which; the rest leads to it. Each lies in a function of its own, by whose name the
 * report is recognised.
 */
#include "harness_consumer.h"

#include <stdlib.h>
#include <string.h>

#define PLANTED __attribute__((noinline))

typedef struct {
    uint8_t kind;
} content;

static volatile int sink;

/* Found only by following coverage: four bytes after the checksum, each opens the way on. */
static PLANTED void canary_coverage(void) { abort(); }

static void walk(const uint8_t *data, size_t size) {
    if (size < 9) return;
    if (data[5] != 'o') return;
    sink = 1;
    if (data[6] != 'v') return;
    sink = 2;
    if (data[7] != 'e') return;
    sink = 3;
    if (data[8] == 'r') canary_coverage();
}

static PLANTED void canary_sanitizer(void) {
    char *block = malloc(8);
    if (block == NULL) return;
    volatile size_t beyond = 8;
    sink = block[beyond];
    free(block);
}

static PLANTED void canary_undefined(int large) { sink = large + 1; }

static PLANTED void canary_signal(void) {
    volatile uintptr_t nowhere = 64;
    sink = *(const volatile int *)nowhere;
}

static PLANTED void canary_hang(void) {
    for (;;) sink++;
}

/* A byte past each input, which only a copy of exactly its size shows. */
static PLANTED void canary_content_copy(const uint8_t *data, size_t size) { sink = data[size]; }
static PLANTED void canary_companion_copy(const harness_companion *c) { sink = c->data[c->size]; }
static PLANTED void canary_event_copy(const uint8_t *event, size_t size) { sink = event[size]; }

/* Found only if the mutator mends the checksum: 4 bytes of CRC-32, then what is summed. */
static PLANTED void canary_mutator(void) { abort(); }

static uint32_t checksum(const uint8_t *data, size_t size) {
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= i >= 1 && i < 5 ? 0 : data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void summed(const uint8_t *data, size_t size) {
    uint32_t stored;
    if (size < 6) return;
    memcpy(&stored, data + 1, sizeof stored);
    if (stored == checksum(data, size) && data[5] != 'a') canary_mutator();
}

/* Found only where the mutator makes edits that it is told of: behind a hash that tells nothing. */
static PLANTED void canary_edit(void) { abort(); }

static void hashed(const uint8_t *data, size_t size) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 5; i < size; i++) hash = (hash ^ data[i]) * 0x100000001b3;
    if (hash == UINT64_C(0x8a89261b8d3f6103)) canary_edit();
}

static PLANTED uint64_t canary_state(void) {
    static uint64_t calls;
    return ++calls;
}

void *harness_load(const uint8_t *data, size_t size, const harness_observer *observer) {
    content *loaded = size > 0 ? malloc(sizeof *loaded) : NULL;
    if (loaded == NULL) return NULL;
    loaded->kind = data[0];
    switch (data[0]) {
        case 'C': walk(data, size); break;
        case 'S': canary_sanitizer(); break;
        case 'U': canary_undefined(0x7fffffff - (size > 1)); break;
        case 'N': canary_signal(); break;
        case 'H': if (size == 4 && memcmp(data, "Hang", 4) == 0) canary_hang(); break;
        case 'X': canary_content_copy(data, size); break;
        case 'M': summed(data, size); break;
        case 'K': hashed(data, size); break;
        case 'P':
            if (observer != NULL && observer->companion_count > 0)
                canary_companion_copy(&observer->companions[0]);
            break;
        case 'T':
            if (observer != NULL) observer->observe(observer->context, "calls", canary_state());
            break;
        default: break;
    }
    return loaded;
}

int harness_event(void *loaded, const uint8_t *event, size_t size,
                  const harness_observer *observer) {
    (void)observer;
    if (((const content *)loaded)->kind == 'E') canary_event_copy(event, size);
    return 0;
}

void harness_unload(void *loaded) { free(loaded); }
