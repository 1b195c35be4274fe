/*
 * libyara as a consumer of compiled rules: loads them from memory, and scans each event with them.
 *
 * Builds against the headers of 3.x and 4.x. Both versions of the consumer differ from the
 * library as programs use it in two things only:
 *   - the scanner's own handling of SIGSEGV is switched off, so that a fault is seen;
 *   - with CONSUMER_REPAIRS_HASH (3.x) the hash at the end of the content is set right before
 *     loading. It is no secret, so it keeps no attacker out; but it stops every random change.
 */
#include <stdlib.h>
#include <string.h>

#include <yara.h>

#include "harness_consumer.h"

enum { SCAN_SECONDS = 1, TRAILER_BYTES = 4 };

typedef struct {
    const uint8_t *data;
    size_t size;
    size_t at;
} source;

/* As fread: whole items only. */
static size_t read_items(void *target, size_t size, size_t count, void *user_data)
{
    source *from = user_data;
    size_t left = from->size - from->at;
    size_t items = size == 0 || count > left / size ? (size == 0 ? 0 : left / size) : count;
    if (items > 0) {
        memcpy(target, from->data + from->at, items * size);
        from->at += items * size;
    }
    return items;
}

#if YR_MAJOR_VERSION < 4
typedef struct {
    char magic[4];
    uint32_t size;
    uint32_t version;
} header_3;

#ifdef CONSUMER_REPAIRS_HASH
static void repair_hash(uint8_t *data, size_t size)
{
    header_3 header;
    if (size < sizeof(header) + TRAILER_BYTES) {
        return;
    }
    memcpy(&header, data, sizeof(header));
    if (header.size == 0 || header.size > size - sizeof(header) - TRAILER_BYTES) {
        return;
    }
    uint32_t hash = yr_hash(0, &header, sizeof(header));
    hash = yr_hash(hash, data + sizeof(header), header.size);
    for (size_t at = sizeof(header) + header.size; at + 8 <= size; at += 4) {
        uint32_t relocation;
        memcpy(&relocation, data + at, sizeof(relocation));
        if (relocation == UINT32_MAX) {
            memcpy(data + at + 4, &hash, sizeof(hash));
            return;
        }
    }
}
#endif
#endif

static int load(const uint8_t *data, size_t size, YR_RULES **rules, size_t *consumed)
{
    source from = {data, size, 0};
    YR_STREAM stream = {.user_data = &from, .read = read_items};
    int result = yr_rules_load_stream(&stream, rules);
    *consumed = from.at;
    return result;
}

#if defined(CONSUMER_REPAIRS_HASH) && YR_MAJOR_VERSION < 4
static int load_repaired(const uint8_t *data, size_t size, YR_RULES **rules, size_t *consumed)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    if (copy == NULL) {
        return ERROR_INSUFFICIENT_MEMORY;
    }
    memcpy(copy, data, size);
    repair_hash(copy, size);
    int result = load(copy, size, rules, consumed);
    free(copy);
    return result;
}
#define load load_repaired
#endif

void *harness_load(const uint8_t *data, size_t size, const harness_observer *observer)
{
    static int ready;
    YR_RULES *rules = NULL;
    size_t consumed = 0;
    if (!ready) {
        ready = yr_initialize() == ERROR_SUCCESS;
    }
    if (!ready || load(data, size, &rules, &consumed) != ERROR_SUCCESS) {
        return NULL;
    }
    if (observer != NULL) {
        observer->observe(observer->context, "consumed_bytes", consumed);
    }
    return rules;
}

typedef struct {
    uint64_t evaluated;
    uint64_t matching;
} counts;

static int count(int message, void *user_data)
{
    counts *so_far = user_data;
    if (message == CALLBACK_MSG_RULE_MATCHING || message == CALLBACK_MSG_RULE_NOT_MATCHING) {
        so_far->evaluated += 1;
    }
    if (message == CALLBACK_MSG_RULE_MATCHING) {
        so_far->matching += 1;
    }
    return CALLBACK_CONTINUE;
}

#if YR_MAJOR_VERSION < 4
static int on_message(int message, void *data, void *user_data)
{
    (void)data;
    return count(message, user_data);
}
#else
static int on_message(YR_SCAN_CONTEXT *context, int message, void *data, void *user_data)
{
    (void)context;
    (void)data;
    return count(message, user_data);
}
#endif

int harness_event(void *content, const uint8_t *event, size_t size,
                  const harness_observer *observer)
{
    counts found = {0, 0};
    int result = yr_rules_scan_mem(content, (uint8_t *)event, size, SCAN_FLAGS_NO_TRYCATCH,
                                   on_message, &found, SCAN_SECONDS);
    if (observer != NULL && result == ERROR_SUCCESS) {
        observer->observe(observer->context, "evaluated_rules", found.evaluated);
        observer->observe(observer->context, "matching_rules", found.matching);
    }
    return result;
}

void harness_unload(void *content)
{
    yr_rules_destroy(content);
}
