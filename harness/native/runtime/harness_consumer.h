/*
 * The C interface between content-harness and a consumer of content.
 *
 * A consumer defines one of three entry points:
 *   harness_consume                              reads content in one go;
 *   harness_load, harness_event, harness_unload  load content, then put it to use;
 *   LLVMFuzzerTestOneInput                       no verdict: only a crash tells anything.
 * If it defines more than one, harness_load is used before harness_consume, and that before the
 * fuzzer's.
 *
 * Lifetime: content and companions stay valid until harness_unload or harness_consume returns
 * (after a refused load: until harness_load returns); an event is valid during its call only.
 * Each lies in a block of exactly its size, so the first byte past it is already out of bounds.
 * No alignment is promised.
 */
#ifndef HARNESS_CONSUMER_H
#define HARNESS_CONSUMER_H

#include <stddef.h>
#include <stdint.h>

#define HARNESS_CONSUMER_ABI 1

#ifdef __cplusplus
extern "C" {
#endif

/* A file that the content is read against, under the name that the manifest gives it. */
typedef struct {
    const char *name;
    const uint8_t *data;
    size_t size;
} harness_companion;

/*
 * How a consumer tells what it did; calls may come at any time, from the thread that was called.
 * The same name means the same thing in every call. Reserved names:
 *   consumed_bytes   how many bytes of the content belong to what was read;
 *   supplied_inputs  how many input values the consumer holds ready for content to refer to.
 */
typedef struct harness_observer {
    uint32_t abi; /* HARNESS_CONSUMER_ABI of the harness */
    void *context;
    void (*observe)(void *context, const char *name, uint64_t value);
    void (*observe_at)(void *context, const char *name, uint64_t index, uint64_t value);
    const harness_companion *companions;
    size_t companion_count;
} harness_observer;

/* Returns 0 if the content is accepted, else a reject code. `observer` may be NULL. */
int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer);

/* Returns what the two calls below are given, or NULL if the content is rejected. */
void *harness_load(const uint8_t *data, size_t size, const harness_observer *observer);

/* Returns any value; it is recorded, and must be the same for the same content and event. */
int harness_event(void *content, const uint8_t *event, size_t size,
                  const harness_observer *observer);

/* Gives back all that harness_load took. */
void harness_unload(void *content);

/* The entry point of libFuzzer; its result is not a verdict. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#ifdef __cplusplus
}
#endif

#endif
