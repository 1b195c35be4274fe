/*
 * Edits that the supervisor made of the trees of contents: in the page that both map there is a
 * table, to which it adds for each content of the corpus that the schema has read. When the engine
 * picks such a content, each of its edits is made once, in their order, and later any of them again.
 *
 * An entry: u64 hash and u32 size of the content, u32 number of edits; then for each of them u32
 * start, u32 end, u32 size of the bytes that take their place, and these bytes. All packed.
 */
#include "fuzz.h"

#include <string.h>

enum { SLOTS = 1 << 16, SIZES = 1 << 16, ONE_IN_LATER = 8 };

typedef struct {
    uint64_t hash;
    uint32_t size, count, made; /* of its edits: all in all, and those that were made once */
    const uint8_t *edits;
} entry;

static entry entries[SLOTS];
static uint8_t known_sizes[SIZES / 8]; /* spares most contents the hash */
static uint64_t taken, taken_bytes;

static uint32_t number_at(const uint8_t *at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* As `content_hash` of page.py: the last word is filled up with zeros. */
static uint64_t hash_of(const uint8_t *data, size_t size) {
    uint64_t hash = size * UINT64_C(0x9e3779b97f4a7c15);
    for (size_t at = 0; at < size; at += 8) {
        uint64_t word = 0;
        __real_memcpy(&word, data + at, size - at < 8 ? size - at : 8);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return hash;
}

static entry *slot_of(uint64_t hash, uint32_t size) {
    for (size_t i = 0; i < SLOTS; i++) {
        entry *e = &entries[(hash + i) % SLOTS];
        if (e->edits == NULL || (e->hash == hash && e->size == size)) return e;
    }
    return NULL;
}

/* Takes over what was added since the last call. */
static void take_new(void) {
    const fuzz_shared *page = harness_fuzz_page;
    uint64_t count = __atomic_load_n(&page->edit_entries, __ATOMIC_ACQUIRE);
    while (taken < count && taken_bytes + 16 <= FUZZ_EDIT_BYTES) {
        const uint8_t *at = page->edits + taken_bytes;
        entry fresh = {.size = number_at(at + 8), .count = number_at(at + 12), .edits = at + 16};
        memcpy(&fresh.hash, at, sizeof fresh.hash);
        at += 16;
        for (uint32_t i = 0; i < fresh.count; i++) at += 12 + number_at(at + 8);
        entry *slot = slot_of(fresh.hash, fresh.size);
        if (slot != NULL && fresh.count > 0) *slot = fresh;
        known_sizes[fresh.size % SIZES / 8] |= (uint8_t)(1 << fresh.size % 8);
        taken_bytes = (uint64_t)(at - page->edits);
        taken++;
    }
}

static bool make(const uint8_t *edit, uint8_t *data, size_t *size, size_t most) {
    size_t start = number_at(edit), end = number_at(edit + 4), length = number_at(edit + 8);
    if (start > end || end > *size || *size - (end - start) + length > most) return false;
    memmove(data + start + length, data + end, *size - end);
    __real_memcpy(data + start, edit + 12, length);
    *size = *size - (end - start) + length;
    return true;
}

static const uint8_t *edit_of(const entry *e, uint32_t number) {
    const uint8_t *at = e->edits;
    while (number-- > 0) at += 12 + number_at(at + 8);
    return at;
}

enum fuzz_edited harness_fuzz_edit(uint8_t *data, size_t *size, size_t most, unsigned random) {
    if (harness_fuzz_page->edit_entries != taken) take_new();
    if (taken == 0 || !(known_sizes[*size % SIZES / 8] & 1 << *size % 8)) return FUZZ_NOT_EDITED;
    entry *e = slot_of(hash_of(data, *size), (uint32_t)*size);
    if (e == NULL || e->edits == NULL) return FUZZ_NOT_EDITED;
    if (e->made < e->count)
        return make(edit_of(e, e->made++), data, size, most) ? FUZZ_FIRST_EDITED : FUZZ_NOT_EDITED;
    if (random % ONE_IN_LATER != 0) return FUZZ_NOT_EDITED;
    const uint8_t *edit = edit_of(e, random / ONE_IN_LATER % e->count);
    return make(edit, data, size, most) ? FUZZ_EDITED : FUZZ_NOT_EDITED;
}
