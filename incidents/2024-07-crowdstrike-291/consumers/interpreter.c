/*
 * A content interpreter with the defect of July 2024, in the shape that was published.
 *
 * It is an illustration: the real sensor, its channel files and its definitions are proprietary.
 * Files are read as docs/formats.md describes the synthetic pair; events are lines `name=value`.
 *
 * Two parts meet here, as in the sensor. The interpreter compares each criterion of a template
 * instance with the input value in the same place. The integration code above it collects the
 * input values of an event. The template type has 21 fields and its instances have 21 criteria;
 * release 7.11 collects 20 values, and nothing compares the two numbers.
 *
 * Built with -DSENSOR_FIXED=1 it has both changes that were made afterwards: the 21st value is
 * supplied, and the interpreter checks the index against the number of values.
 */
#include "harness_consumer.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifndef SENSOR_FIXED
#define SENSOR_FIXED 0
#endif

enum { HEADER_SIZE = 64, INSTANCE_SIZE = 8, CRITERION_SIZE = 8, INDEX_ENTRY_SIZE = 8 };
enum { DEFINITIONS_HEADER_SIZE = 32, TEMPLATE_SIZE = 32, FIELD_SIZE = 32 };
enum { WILDCARD, INTEGER, RANGE, STRING, REGEX };

typedef struct {
    uint8_t kind;
    uint32_t value;     /* integer, or both bounds of a range */
    const char *text;   /* string or pattern, in the content's pool */
} criterion;

typedef struct {
    uint16_t type_id;
    uint8_t criteria_count;
    criterion *criteria;
} instance;

typedef struct {
    uint32_t instance_count;
    instance *instances;
} content;

/* --- reading the files ------------------------------------------------------------------ */

static uint16_t u16(const uint8_t *at) { return (uint16_t)(at[0] | at[1] << 8); }

static uint32_t u32(const uint8_t *at) { return u16(at) | (uint32_t)u16(at + 2) << 16; }

static bool inside(uint64_t offset, uint64_t size, uint64_t whole) {
    return offset <= whole && size <= whole - offset;
}

/* CRC-32 as in zlib, with the field that holds it taken as zero. */
static uint32_t checksum(const uint8_t *data, size_t size) {
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= i >= 12 && i < 16 ? 0 : data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static bool header_fits(const uint8_t *data, size_t size, const char *magic, size_t header_size) {
    return size >= header_size && memcmp(data, magic, 4) == 0 && u16(data + 4) == 1 &&
           u16(data + 6) == header_size && u32(data + 8) == size &&
           u32(data + 12) == checksum(data, size);
}

/* Returns the number of fields that the definitions give a template type, or 0 for none. */
static uint8_t defined_fields(const harness_companion *definitions, uint16_t type_id,
                              uint16_t channel_id) {
    const uint8_t *data = definitions->data;
    size_t size = definitions->size;
    if (!header_fits(data, size, "TDEF", DEFINITIONS_HEADER_SIZE)) return 0;
    uint16_t count = u16(data + 18);
    uint64_t at = DEFINITIONS_HEADER_SIZE + 4 * (uint64_t)count;
    for (uint16_t i = 0; i < count && at + TEMPLATE_SIZE <= size; i++) {
        const uint8_t *template_type = data + at;
        if (u16(template_type) == type_id)
            return u16(template_type + 2) == channel_id ? template_type[4] : 0;
        at += TEMPLATE_SIZE + FIELD_SIZE * (uint64_t)template_type[4];
    }
    return 0;
}

/* The text at `offset` of the pool if it has `length` characters and its NUL, else NULL. */
static const char *pool_text(const uint8_t *data, uint32_t offset, uint16_t length) {
    const uint8_t *pool = data + u32(data + 44);
    if (!inside(offset, (uint64_t)length + 1, u32(data + 48))) return NULL;
    const uint8_t *end = memchr(pool + offset, 0, (size_t)length + 1);
    return end == pool + offset + length ? (const char *)(pool + offset) : NULL;
}

static bool read_criterion(criterion *c, const uint8_t *data, const uint8_t *at) {
    *c = (criterion){.kind = at[0], .value = u32(at + 4)};
    if (c->kind == STRING || c->kind == REGEX) c->text = pool_text(data, c->value, u16(at + 2));
    switch (c->kind) {
        case WILDCARD: return c->value == 0;
        case INTEGER: return true;
        case RANGE: return u16(at + 4) <= u16(at + 6);
        case STRING: case REGEX: return c->text != NULL;
        default: return false;
    }
}

/* The check that was there: an instance has as many criteria as its template type has fields. */
static bool read_instance(instance *to, const uint8_t *data, const uint8_t *at, uint64_t size,
                          const harness_companion *definitions) {
    if (size < INSTANCE_SIZE) return false;
    to->type_id = u16(at + 4);
    to->criteria_count = at[6];
    if (size != INSTANCE_SIZE + CRITERION_SIZE * (uint64_t)to->criteria_count) return false;
    uint8_t fields = defined_fields(definitions, to->type_id, u16(data + 16));
    if (fields == 0 || to->criteria_count != fields) return false;
    to->criteria = calloc(to->criteria_count, sizeof *to->criteria);
    if (to->criteria == NULL) return false;
    for (uint8_t i = 0; i < to->criteria_count; i++)
        if (!read_criterion(&to->criteria[i], data, at + INSTANCE_SIZE + CRITERION_SIZE * i))
            return false;
    return true;
}

static bool read_instances(content *to, const uint8_t *data, size_t size,
                           const harness_companion *definitions) {
    uint64_t at = u32(data + 28), end = at + u32(data + 32), sizes = HEADER_SIZE;
    if (!inside(at, end - at, size) || at != sizes + 4 * (uint64_t)to->instance_count) return false;
    for (uint32_t i = 0; i < to->instance_count; i++) {
        uint32_t record = u32(data + sizes + 4 * (uint64_t)i);
        if (!inside(at, record, end)) return false;
        if (!read_instance(&to->instances[i], data, data + at, record, definitions)) return false;
        at += record;
    }
    return at == end;
}

static bool parts_fit(const uint8_t *data, size_t size) {
    uint64_t count = u32(data + 24), index = u32(data + 36), pool = u32(data + 44);
    return u32(data + 28) == HEADER_SIZE + 4 * count &&
           u32(data + 40) == INDEX_ENTRY_SIZE * count &&
           index == (uint64_t)u32(data + 28) + u32(data + 32) &&
           pool == index + u32(data + 40) && size == pool + u32(data + 48);
}

static content *read_content(const uint8_t *data, size_t size,
                             const harness_companion *definitions) {
    if (!header_fits(data, size, "CHNL", HEADER_SIZE) || !parts_fit(data, size)) return NULL;
    content *loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL) return NULL;
    loaded->instance_count = u32(data + 24); /* no more than fit into the file: see parts_fit */
    loaded->instances = calloc(loaded->instance_count, sizeof *loaded->instances);
    if (loaded->instance_count > 0 && loaded->instances != NULL &&
        read_instances(loaded, data, size, definitions))
        return loaded;
    harness_unload(loaded);
    return NULL;
}

/* --- the interpreter -------------------------------------------------------------------- */

typedef struct {
    const char *text;
    size_t length;
    uint32_t number;
} input_value;

static bool in_class(const char *members, const char *end, char c) {
    bool found = false, negated = members < end && *members == '^';
    for (members += negated; members < end; members++) {
        bool range = end - members > 2 && members[1] == '-';
        if (range ? members[0] <= c && c <= members[2] : members[0] == c) found = true;
        if (range) members += 2;
    }
    return found != negated;
}

/* Past one item of a pattern: a character, `.`, `\c` or `[...]`. */
static const char *item_end(const char *pattern) {
    if (*pattern == '\\' && pattern[1] != '\0') return pattern + 2;
    const char *close = *pattern == '[' ? strchr(pattern, ']') : NULL;
    return close != NULL ? close + 1 : pattern + 1;
}

static bool item_matches(const char *pattern, const char *end, char c) {
    if (*pattern == '\\' && end - pattern == 2) return pattern[1] == c;
    if (*pattern == '[' && end - pattern > 1) return in_class(pattern + 1, end - 1, c);
    return *pattern == '.' || *pattern == c;
}

/* Matches the whole text; `budget` bounds the backtracking, and running out is no match. */
static bool regex_matches(const char *pattern, const char *text, const char *end, int *budget) {
    if (--*budget < 0) return false;
    if (*pattern == '\0') return text == end;
    const char *after = item_end(pattern);
    bool once = text < end && item_matches(pattern, after, *text);
    switch (*after) {
        case '*':
            return regex_matches(after + 1, text, end, budget) ||
                   (once && regex_matches(pattern, text + 1, end, budget));
        case '+':
            return once && (regex_matches(after + 1, text + 1, end, budget) ||
                            regex_matches(pattern, text + 1, end, budget));
        case '?':
            return regex_matches(after + 1, text, end, budget) ||
                   (once && regex_matches(after + 1, text + 1, end, budget));
        default:
            return once && regex_matches(after, text + 1, end, budget);
    }
}

static bool criterion_matches(const criterion *c, const input_value *input) {
    int budget = 10000;
    switch (c->kind) {
        case INTEGER: return input->number == c->value;
        case RANGE: return (c->value & 0xffff) <= input->number && input->number <= c->value >> 16;
        case STRING:
            return strlen(c->text) == input->length &&
                   memcmp(c->text, input->text, input->length) == 0;
        default: return regex_matches(c->text, input->text, input->text + input->length, &budget);
    }
}

/* Returns how many criteria match. A wildcard matches without a look at its input. */
static uint32_t interpret(const instance *tested, const input_value *inputs, size_t input_count) {
    uint32_t matched = 0;
    for (size_t i = 0; i < tested->criteria_count; i++) {
        const criterion *c = &tested->criteria[i];
        if (c->kind == WILDCARD) {
            matched++;
            continue;
        }
#if SENSOR_FIXED
        if (i >= input_count) continue;
#else
        (void)input_count; /* the check that was missing */
#endif
        matched += criterion_matches(c, &inputs[i]);
    }
    return matched;
}

/* --- the integration code --------------------------------------------------------------- */

/* What the sensor collects of a named-pipe event, in the order of the template's fields. */
static const char *const INPUTS[] = {
    "pipe_name", "operation", "image_name", "command_line", "user_name", "parent_image_name",
    "parent_command_line", "integrity_level", "session", "remote_host", "share_name",
    "security_descriptor", "signer", "module_name", "working_folder", "token_privileges",
    "access_mask", "process_id", "thread_id", "buffer_size",
#if SENSOR_FIXED
    "client_image_name",
#endif
};
enum { SUPPLIED_INPUTS = sizeof INPUTS / sizeof *INPUTS, PIPE_TYPE = 7 };

static uint32_t decimal(const char *text, size_t length) {
    uint32_t number = 0;
    for (size_t i = 0; i < length && text[i] >= '0' && text[i] <= '9'; i++)
        number = number * 10 + (uint32_t)(text[i] - '0');
    return number;
}

static input_value find_input(const char *event, size_t size, const char *name) {
    size_t name_length = strlen(name);
    while (size > 0) {
        const char *newline = memchr(event, '\n', size);
        size_t line = newline != NULL ? (size_t)(newline - event) : size;
        if (line > name_length && memcmp(event, name, name_length) == 0 &&
            event[name_length] == '=') {
            const char *value = event + name_length + 1;
            size_t length = line - name_length - 1;
            return (input_value){value, length, decimal(value, length)};
        }
        size_t step = line + (newline != NULL);
        event += step;
        size -= step;
    }
    return (input_value){"", 0, 0};
}

/*
 * The values stand in a heap block of exactly their size, and that matters for the proof.
 * AddressSanitizer guards what lies between blocks. In an array inside a larger structure the
 * 21st element would be the next member's memory: a wrong read all the same, and a silent one.
 */
static input_value *collect_inputs(const uint8_t *event, size_t size) {
    input_value *inputs = malloc(SUPPLIED_INPUTS * sizeof *inputs);
    for (size_t i = 0; inputs != NULL && i < SUPPLIED_INPUTS; i++)
        inputs[i] = find_input((const char *)event, size, INPUTS[i]);
    return inputs;
}

/* --- the consumer interface ------------------------------------------------------------- */

static void report_load(const content *loaded, size_t size, const harness_observer *observer) {
    void *context = observer->context;
    observer->observe(context, "consumed_bytes", size);
    observer->observe(context, "supplied_inputs", SUPPLIED_INPUTS);
    observer->observe(context, "instances", loaded->instance_count);
    for (uint32_t i = 0; i < loaded->instance_count; i++)
        observer->observe_at(context, "criteria", i, loaded->instances[i].criteria_count);
}

void *harness_load(const uint8_t *data, size_t size, const harness_observer *observer) {
    const harness_companion *definitions = NULL;
    for (size_t i = 0; observer != NULL && i < observer->companion_count; i++)
        if (strcmp(observer->companions[i].name, "definitions") == 0)
            definitions = &observer->companions[i];
    content *loaded = definitions != NULL ? read_content(data, size, definitions) : NULL;
    if (loaded != NULL) report_load(loaded, size, observer);
    return loaded;
}

int harness_event(void *loaded, const uint8_t *event, size_t size,
                  const harness_observer *observer) {
    const content *c = loaded;
    int alarms = 0;
    input_value *inputs = collect_inputs(event, size);
    if (inputs == NULL) return -1;
    for (uint32_t i = 0; i < c->instance_count; i++) {
        const instance *tested = &c->instances[i];
        if (tested->type_id != PIPE_TYPE) continue;
        uint32_t matched = interpret(tested, inputs, SUPPLIED_INPUTS);
        if (observer != NULL) observer->observe_at(observer->context, "matched", i, matched);
        alarms += matched == tested->criteria_count;
    }
    free(inputs);
    return alarms;
}

void harness_unload(void *loaded) {
    content *c = loaded;
    for (uint32_t i = 0; c->instances != NULL && i < c->instance_count; i++)
        free(c->instances[i].criteria);
    free(c->instances);
    free(c);
}
