/* A validator of channel files as one writes it by hand: the rules of `schemas/channel_file.ksy` and
 * `schemas/template_definitions.ksy`, one verdict, no report. It is what generated validators are
 * measured against, and a second opinion about them: a test compares its verdicts with the
 * reference reader's. C99; layouts are in docs/formats.md. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

enum {
    DEFINITIONS_HEADER = 32, TEMPLATE_HEADER = 32, TEMPLATE_NAME = 24, FIELD = 32, FIELD_NAME = 28,
    CHANNEL_HEADER = 64, INSTANCE_HEADER = 8, CRITERION = 8, INDEX_ENTRY = 8,
    CRC_AT = 12, MAX_FIELDS = 255, MAX_TEMPLATES = 65536
};

enum { WILDCARD, INTEGER, RANGE, STRING, REGEX };
enum { NUMBER_INPUT = 1, TEXT_INPUT = 2, NUMBER_KINDS = 6, TEXT_KINDS = 24, ALL_KINDS = 31 };

typedef struct {
    uint16_t channel_id;
    uint8_t field_count;
    uint8_t allowed[MAX_FIELDS]; /* a bit a kind */
} template_type;

typedef struct {
    uint16_t release;
    uint32_t count;
    uint32_t place[MAX_TEMPLATES]; /* by id: one more than the place in `types`, or 0 */
    template_type types[];
} definitions;

/* ---- numbers ---- */

static uint16_t u2(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }

static uint32_t u4(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t u8(const uint8_t *p) { return (uint64_t)u4(p) | (uint64_t)u4(p + 4) << 32; }

static bool all_zero(const uint8_t *p, size_t size) {
    uint8_t any = 0;
    for (size_t i = 0; i < size; i++)
        any = (uint8_t)(any | p[i]);
    return any == 0;
}

static bool all_ascii(const uint8_t *p, size_t size) {
    uint64_t any = 0;
    size_t i = 0;
    for (; i + 8 <= size; i += 8)
        any |= u8(p + i);
    for (; i < size; i++)
        any |= p[i];
    return (any & UINT64_C(0x8080808080808080)) == 0;
}

/* ---- checksum ---- */

enum { SLICES = 16 };

static uint32_t crc_table[SLICES][256];

static void make_crc_table(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xEDB88320) : 0);
        crc_table[0][byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; byte++)
        for (int slice = 1; slice < SLICES; slice++) {
            uint32_t before = crc_table[slice - 1][byte];
            crc_table[slice][byte] = before >> 8 ^ crc_table[0][before & 0xFF];
        }
}

static uint32_t crc_add(uint32_t crc, const uint8_t *p, size_t size) {
    for (; size >= SLICES; p += SLICES, size -= SLICES) {
        uint32_t first = crc ^ u4(p), next = 0;
        for (int i = 0; i < 4; i++)
            next ^= crc_table[SLICES - 1 - i][first >> 8 * i & 0xFF];
        for (int i = 4; i < SLICES; i++)
            next ^= crc_table[SLICES - 1 - i][p[i]];
        crc = next;
    }
    for (; size > 0; p++, size--)
        crc = crc >> 8 ^ crc_table[0][(crc ^ *p) & 0xFF];
    return crc;
}

/* Whether the CRC-32 of a file is what it says, the field itself taken as zero. */
static bool sum_is_right(const uint8_t *data, size_t size) {
    static const uint8_t zeros[4];
    uint32_t crc = crc_add(UINT32_MAX, data, CRC_AT);
    crc = crc_add(crc, zeros, sizeof zeros);
    crc = crc_add(crc, data + CRC_AT + 4, size - CRC_AT - 4);
    return (crc ^ UINT32_MAX) == u4(data + CRC_AT);
}

/* ---- template definitions ---- */

/* A name of 1 to `size` - 1 ASCII characters, zeros to the end. */
static bool is_name(const uint8_t *p, size_t size) {
    const uint8_t *end = memchr(p, 0, size);
    if (end == NULL || end == p)
        return false;
    return all_ascii(p, size) && all_zero(end, size - (size_t)(end - p));
}

static bool field_is_right(const uint8_t *field) {
    uint16_t kinds = u2(field + 28);
    if (!is_name(field, FIELD_NAME) || kinds < 1 || kinds > ALL_KINDS || field[31] != 0)
        return false;
    if (field[30] == NUMBER_INPUT)
        return (kinds & TEXT_KINDS) == 0;
    return field[30] == TEXT_INPUT && (kinds & NUMBER_KINDS) == 0;
}

static bool template_is_right(const uint8_t *p, size_t size, template_type *type) {
    if (size < TEMPLATE_HEADER || size != TEMPLATE_HEADER + (size_t)p[4] * FIELD)
        return false;
    if (u2(p) < 1 || p[4] < 1 || !all_zero(p + 5, 3) || !is_name(p + 8, TEMPLATE_NAME))
        return false;
    type->channel_id = u2(p + 2);
    type->field_count = p[4];
    const uint8_t *fields = p + TEMPLATE_HEADER;
    for (size_t i = 0; i < p[4]; i++) {
        if (!field_is_right(fields + i * FIELD))
            return false;
        for (size_t before = 0; before < i; before++)
            if (memcmp(fields + before * FIELD, fields + i * FIELD, FIELD_NAME) == 0)
                return false;
        type->allowed[i] = fields[i * FIELD + 28];
    }
    return true;
}

static bool definitions_are_right(const uint8_t *data, size_t size, definitions *made) {
    if (u2(data + 4) != 1 || u2(data + 6) != DEFINITIONS_HEADER || u4(data + 8) != size)
        return false;
    made->release = u2(data + 16);
    if (made->release < 1 || made->count < 1 || !all_zero(data + 20, 12) || !sum_is_right(data, size))
        return false;
    size_t at = DEFINITIONS_HEADER + (size_t)made->count * 4;
    if (at > size)
        return false;
    for (uint32_t i = 0; i < made->count; i++) {
        size_t record = u4(data + DEFINITIONS_HEADER + (size_t)i * 4);
        if (record > size - at || !template_is_right(data + at, record, &made->types[i]))
            return false;
        uint32_t *place = &made->place[u2(data + at)];
        if (*place != 0)
            return false;
        *place = i + 1;
        at += record;
    }
    return at == size;
}

EXPORT void handwritten_free(definitions *made) { free(made); }

/* Read definitions that channel files are checked against; NULL if they are not right. */
EXPORT definitions *handwritten_definitions(const uint8_t *data, size_t size) {
    make_crc_table();
    if (size < DEFINITIONS_HEADER || memcmp(data, "TDEF", 4) != 0)
        return NULL;
    uint32_t count = u2(data + 18);
    definitions *made = calloc(1, sizeof *made + count * sizeof made->types[0]);
    if (made == NULL)
        return NULL;
    made->count = count;
    if (definitions_are_right(data, size, made))
        return made;
    free(made);
    return NULL;
}

/* ---- channel files ---- */

typedef struct {
    const uint8_t *pool;
    size_t size;
    size_t covered; /* bytes of the texts that were used */
    uint64_t *used; /* a bit a byte of the pool, set where a text starts that was used */
} texts;

typedef struct {
    const uint8_t *data;
    size_t size, count, sizes, instances, index, pool, pool_size;
    const definitions *with;
    uint64_t *starts; /* a bit for each eight bytes of the instances, set where one starts */
} channel;

static bool take_bit(uint64_t *bits, size_t at) {
    uint64_t mask = UINT64_C(1) << (at & 63), before = bits[at >> 6];
    bits[at >> 6] = before | mask;
    return (before & mask) != 0;
}

static bool has_bit(const uint64_t *bits, size_t at) { return bits[at >> 6] >> (at & 63) & 1; }

/* A text stands between two NULs, so two of them never overlap, and if their bytes add up to the
 * pool's, then all of it is used. */
static bool text_is_right(texts *in, size_t offset, size_t length) {
    if (offset >= in->size || length >= in->size - offset)
        return false;
    const uint8_t *text = in->pool + offset;
    if (offset > 0 && text[-1] != 0)
        return false;
    if (memchr(text, 0, length + 1) != text + length)
        return false;
    if (!take_bit(in->used, offset))
        in->covered += length + 1;
    return true;
}

static bool criteria_are_right(const uint8_t *p, const template_type *type, texts *in) {
    /* what must be zero in a criterion of each kind, kind and reserved byte apart */
    static const uint64_t must_be_zero[3] = {
        UINT64_C(0xFFFFFFFFFFFF0000), UINT64_C(0x00000000FFFF0000), UINT64_C(0x00000000FFFF0000)};
    uint64_t bad = 0;
    for (size_t i = 0; i < type->field_count; i++) {
        uint64_t word = u8(p + i * CRITERION);
        uint32_t kind = word & 31;
        bad |= (word & 0xFFE0) | (~(uint32_t)type->allowed[i] >> kind & 1);
        if (kind >= STRING) {
            if (bad != 0 || !text_is_right(in, word >> 32, word >> 16 & 0xFFFF))
                return false;
        } else {
            bad |= word & must_be_zero[kind];
            bad |= (kind == RANGE) & ((word >> 32 & 0xFFFF) > word >> 48);
        }
    }
    return bad == 0;
}

static bool instances_are_right(const channel *file, texts *in) {
    uint16_t channel_id = u2(file->data + 16);
    size_t at = file->instances, end = file->size;
    for (size_t i = 0; i < file->count; i++) {
        size_t size = u4(file->data + file->sizes + i * 4);
        const uint8_t *p = file->data + at;
        if (size > end - at || size < INSTANCE_HEADER)
            return false;
        uint32_t place = file->with->place[u2(p + 4)];
        if (place == 0 || p[7] != 0)
            return false;
        const template_type *type = &file->with->types[place - 1];
        if (type->channel_id != channel_id || p[6] != type->field_count)
            return false;
        if (size != INSTANCE_HEADER + (size_t)p[6] * CRITERION)
            return false;
        if (!criteria_are_right(p + INSTANCE_HEADER, type, in))
            return false;
        take_bit(file->starts, (at - file->instances) / 8);
        at += size;
    }
    return at - file->instances == u4(file->data + 32);
}

/* As many entries as instances, ids ascending, each at the start of the instance with that id: then
 * no two instances share an id, and each has its entry. */
static bool index_is_right(const channel *file) {
    size_t size = u4(file->data + 32);
    for (size_t i = 0; i < file->count; i++) {
        const uint8_t *entry = file->data + file->index + i * INDEX_ENTRY;
        size_t at = u4(entry + 4) - file->instances;
        if (i > 0 && u4(entry - INDEX_ENTRY) >= u4(entry))
            return false;
        if (at >= size || at % 8 != 0 || !has_bit(file->starts, at / 8))
            return false;
        if (u4(file->data + file->instances + at) != u4(entry))
            return false;
    }
    return true;
}

/* Index and pool follow the instances to the end, in either order; an empty pool is anywhere. */
static bool parts_fit(const channel *file) {
    size_t after = file->instances + u4(file->data + 32), entries = file->count * INDEX_ENTRY;
    if (file->pool_size == 0)
        return file->index == after && file->index + entries == file->size
               && file->pool <= file->size;
    if (file->index == after)
        return file->pool == after + entries && file->pool + file->pool_size == file->size;
    return file->pool == after && file->index == after + file->pool_size
           && file->index + entries == file->size;
}

static bool header_is_right(channel *file) {
    const uint8_t *p = file->data;
    if (file->size < CHANNEL_HEADER || memcmp(p, "CHNL", 4) != 0)
        return false;
    if (u2(p + 4) != 1 || u2(p + 6) != CHANNEL_HEADER || u4(p + 8) != file->size)
        return false;
    file->count = u4(p + 24);
    file->sizes = CHANNEL_HEADER;
    file->instances = CHANNEL_HEADER + file->count * 4;
    file->index = u4(p + 36);
    file->pool = u4(p + 44);
    file->pool_size = u4(p + 48);
    return u2(p + 18) <= file->with->release && u4(p + 20) >= 1 && file->count >= 1
           && u4(p + 28) == file->instances && file->instances <= file->size
           && u4(p + 40) == file->count * INDEX_ENTRY && all_zero(p + 52, 12) && parts_fit(file);
}

/* Whether a channel file is valid: 1 or 0, or -1 when there is no memory. `data` may be NULL only
 * if `size` is 0. Without `with_sum` the checksum is left out. */
EXPORT int handwritten_channel(const definitions *with, const uint8_t *data, size_t size,
                               int with_sum) {
    channel file = {.data = data, .size = size, .with = with};
    if (!header_is_right(&file))
        return 0;
    texts in = {.pool = data + file.pool, .size = file.pool_size};
    file.starts = calloc(u4(data + 32) / 512 + 1, sizeof *file.starts);
    in.used = calloc(file.pool_size / 64 + 1, sizeof *in.used);
    int verdict = -1;
    if (file.starts != NULL && in.used != NULL)
        verdict = instances_are_right(&file, &in) && in.covered == in.size
                  && all_ascii(in.pool, in.size) && index_is_right(&file)
                  && (!with_sum || sum_is_right(data, size));
    free(file.starts);
    free(in.used);
    return verdict;
}
