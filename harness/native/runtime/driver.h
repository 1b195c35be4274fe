/* What the parts of the driver share: records of what happens, and blocks for the inputs. */
#ifndef HARNESS_DRIVER_H
#define HARNESS_DRIVER_H

#include "harness_consumer.h"

#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define HEAP_BLOCKS 1
#else
#define HEAP_BLOCKS 0
#endif

enum { NAME_BYTES = 64 };

/* driver_records.c; names that a consumer linked with the driver will hardly have */
void harness_driver_records_go_to(int fd);
void harness_driver_record(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The consumer cannot be run at all. */
void harness_driver_fail(const char *why) __attribute__((noreturn));
void harness_driver_observe(void *context, const char *name, uint64_t value);
void harness_driver_observe_at(void *context, const char *name, uint64_t index, uint64_t value);

/* driver_blocks.c */
typedef struct {
    const char *name;
    uint8_t *data;
    size_t size;
    void *base; /* what is given back */
    size_t base_size;
} block;

block harness_driver_new_block(const char *name, size_t size);
void harness_driver_seal_block(const block *b); /* nothing is written to it from here on */
void harness_driver_free_block(block *b);
void harness_driver_watch_guards(void);

#endif
