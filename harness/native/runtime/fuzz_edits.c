/*
 * Edits that the supervisor made of the trees of contents: in the page that both map there is a
 * table, to which it adds for each content of the corpus that the schema has read. Every edit is
 * made once, the first ones of all contents before the second ones; later, when the engine picks
 * such a content, any of its edits may be made again.
 *
 * An entry: u64 hash and u32 size of the content, u32 number of edits, u32 how many of them were
 * made (kept there by the worker, since it may have to be started again), the content; then for
 * each edit u32 start, u32 end, u32 size of what takes their place, and that. All packed.
 */
#include "fuzz.h"

#include <string.h>

enum { MOST_ENTRIES = 1 << 15, SLOTS = 1 << 16, SIZES = 1 << 16, HEAD_BYTES = 20, MADE_AT = 16 };
enum { FIRST_ONE_IN = 2, LATER_ONE_IN = 8 };

typedef struct {
    uint64_t hash;
    uint32_t size, count;
    uint8_t *made; /* how many of its edits were made once */
    const uint8_t *content, *edits, *next;
} entry;

static entry entries[MOST_ENTRIES];
static uint32_t slots[SLOTS]; /* 1 + number of an entry, by its hash */
static uint8_t known_sizes[SIZES / 8]; /* spares most contents the hash */
static uint64_t taken, taken_bytes;
static uint32_t entry_count, turn;
static uint64_t unmade;

static uint32_t number_at(const uint8_t *at) {
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static const uint8_t *after(const uint8_t *edit) { return edit + 12 + number_at(edit + 8); }

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

static uint32_t *slot_of(uint64_t hash, uint32_t size) {
    for (uint64_t i = 0;; i++) { /* there are more slots than entries */
        uint32_t *slot = &slots[(hash + i) % SLOTS];
        if (*slot == 0) return slot;
        const entry *e = &entries[*slot - 1];
        if (e->hash == hash && e->size == size) return slot;
    }
}

static const uint8_t *take(uint8_t *at) {
    entry *e = &entries[entry_count];
    *e = (entry){.size = number_at(at + 8), .count = number_at(at + 12), .made = at + MADE_AT};
    memcpy(&e->hash, at, sizeof e->hash);
    e->content = at + HEAD_BYTES;
    const uint8_t *edit = e->edits = e->content + e->size;
    uint32_t made = number_at(e->made);
    for (uint32_t i = 0; i < e->count; i++, edit = after(edit))
        if (i == made) e->next = edit;
    uint32_t *slot = slot_of(e->hash, e->size);
    if (e->count > 0 && *slot == 0) {
        *slot = ++entry_count;
        known_sizes[e->size % SIZES / 8] |= (uint8_t)(1 << e->size % 8);
        unmade += e->count - made;
    }
    return edit;
}

/* Takes over what was added since the last call. */
static void take_new(void) {
    fuzz_shared *page = harness_fuzz_page;
    uint64_t count = __atomic_load_n(&page->edit_entries, __ATOMIC_ACQUIRE);
    for (; taken < count && entry_count < MOST_ENTRIES; taken++)
        taken_bytes = (uint64_t)(take(page->edits + taken_bytes) - page->edits);
    taken = count;
}

static bool fits(const uint8_t *edit, size_t size, size_t most) {
    size_t start = number_at(edit), end = number_at(edit + 4), length = number_at(edit + 8);
    return start <= end && end <= size && size <= most && size - (end - start) + length <= most;
}

static void make(const uint8_t *edit, uint8_t *data, size_t *size) {
    size_t start = number_at(edit), end = number_at(edit + 4), length = number_at(edit + 8);
    memmove(data + start + length, data + end, *size - end);
    __real_memcpy(data + start, edit + 12, length);
    *size = *size - (end - start) + length;
}

/* The next edit that was never made, of each content in turn, whatever the engine picked. */
static bool make_first(uint8_t *data, size_t *size, size_t most) {
    while (unmade > 0) {
        entry *e = &entries[turn++ % entry_count];
        uint32_t made = number_at(e->made);
        if (made >= e->count) continue;
        const uint8_t *edit = e->next;
        e->next = after(edit);
        made++;
        memcpy(e->made, &made, sizeof made);
        unmade--;
        if (!fits(edit, e->size, most)) continue;
        *size = e->size;
        __real_memcpy(data, e->content, e->size);
        make(edit, data, size);
        return true;
    }
    return false;
}

enum fuzz_edited harness_fuzz_edit(uint8_t *data, size_t *size, size_t most, unsigned random) {
    if (harness_fuzz_page->edit_entries != taken) take_new();
    if (unmade > 0 && random % FIRST_ONE_IN == 0)
        return make_first(data, size, most) ? FUZZ_FIRST_EDITED : FUZZ_NOT_EDITED;
    bool is_known_size = known_sizes[*size % SIZES / 8] & 1 << *size % 8;
    if (!is_known_size || random % LATER_ONE_IN != 0) return FUZZ_NOT_EDITED;
    uint32_t number = *slot_of(hash_of(data, *size), (uint32_t)*size);
    if (number == 0) return FUZZ_NOT_EDITED;
    const entry *e = &entries[number - 1];
    const uint8_t *edit = e->edits;
    for (uint32_t left = random / LATER_ONE_IN % e->count; left > 0; left--) edit = after(edit);
    if (!fits(edit, *size, most)) return FUZZ_NOT_EDITED;
    make(edit, data, size);
    return FUZZ_EDITED;
}
