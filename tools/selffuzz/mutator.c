/*
 * Fuzzes the mutator of the native lane: fuzz_edits.c and fuzz_mutator.c, built here once more under
 * other names, with the sanitizers and the coverage of a consumer.
 *
 * An input: the rules of repair and the words as texts, each ended by a NUL; then a byte of flags, a
 * byte for the number of mutations, two little-endian bytes each for the most bytes a mutation may
 * come to and for the size of the content, the content, and a table of edits as `pack_edits` makes
 * them. Of a table as many entries count as lie whole in it: more the supervisor never tells of.
 */
#define harness_fuzz_page subject_page
#define harness_fuzz_fail subject_fail
#define harness_fuzz_edit subject_edit
#define harness_fuzz_start_repairs subject_start_repairs
#define harness_fuzz_start_words subject_start_words
#define LLVMFuzzerCustomMutator subject_mutate
#define LLVMFuzzerMutate subject_mutate_blindly
#define __real_memcpy memcpy

/* A name that both have for what is their own. */
#define take edits_take
#define entry edits_entry
#define entries edits_entries
#include "fuzz_edits.c"
#undef take
#undef entry
#undef entries
#include "fuzz_mutator.c"

#include <setjmp.h>
#include <stdlib.h>

void __asan_poison_memory_region(const volatile void *start, size_t size);
void __asan_unpoison_memory_region(const volatile void *start, size_t size);

enum { RIGHT_HASHES = 1, OF_THE_TABLE = 2 };
enum { EDIT_HEAD_BYTES = 12, BEHIND_BYTES = 4096, MOST_ROUNDS = 16, MOST_BYTES = 4096 };

typedef struct {
    const uint8_t *at;
    size_t left;
} rest;

fuzz_shared *subject_page;
static fuzz_shared the_page;
static uint8_t *behind; /* the table, where nothing is to be read */
static jmp_buf refused;

void subject_fail(const char *why) {
    (void)why;
    longjmp(refused, 1);
}

/* In the place of libFuzzer's: any size up to the most, and every byte of it written. */
size_t subject_mutate_blindly(uint8_t *data, size_t size, size_t most) {
    size_t wanted = most == 0 ? 0 : (size * 7 + 5) % (most + 1);
    for (size_t i = 0; i < wanted; i++) data[i] = (uint8_t)(i < size ? data[i] ^ 1 : i);
    return wanted;
}

static const uint8_t *part(rest *r, size_t size) {
    if (size > r->left) size = r->left;
    const uint8_t *found = r->at;
    r->at += size;
    r->left -= size;
    return found;
}

static size_t number(rest *r, size_t width) {
    size_t value = 0;
    for (size_t i = 0; i < width && r->left > 0; i++) value |= (size_t)*part(r, 1) << (8 * i);
    return value;
}

/* In a block of its own, up to the NUL or the end. */
static char *text(rest *r) {
    size_t size = strnlen((const char *)r->at, r->left);
    char *copy = malloc(size + 1);
    if (copy == NULL) abort();
    memcpy(copy, part(r, size), size);
    copy[size] = '\0';
    part(r, 1);
    return copy;
}

static void forget(void) {
    if (entry_count > 0) memset(edits_entries, 0, entry_count * sizeof *edits_entries);
    if (entry_count > 0) memset(slots, 0, sizeof slots);
    memset(known_sizes, 0, sizeof known_sizes);
    taken = taken_bytes = unmade = 0;
    entry_count = turn = 0;
    memset(repairs, 0, sizeof repairs);
    memset(word_sizes, 0, sizeof word_sizes);
    repair_count = word_count = 0;
}

/* The size of the entry at the start of so many bytes; 0 if it does not lie whole in them. */
static size_t whole_entry(const uint8_t *at, size_t left) {
    if (left < HEAD_BYTES) return 0;
    size_t used = HEAD_BYTES + (size_t)number_at(at + 8);
    for (uint32_t i = number_at(at + 12); i > 0; i--) {
        if (used > left || left - used < EDIT_HEAD_BYTES) return 0;
        used += EDIT_HEAD_BYTES + (size_t)number_at(at + used + 8);
    }
    return used <= left ? used : 0;
}

static void fill_table(rest *r, size_t flags) {
    uint8_t *table = the_page.edits;
    size_t size = r->left < FUZZ_EDIT_BYTES - BEHIND_BYTES ? r->left
                                                           : FUZZ_EDIT_BYTES - BEHIND_BYTES;
    if (behind != NULL) __asan_unpoison_memory_region(behind, BEHIND_BYTES);
    memcpy(table, r->at, size);
    size_t used = 0, one;
    the_page.edit_entries = 0;
    while ((one = whole_entry(table + used, size - used)) > 0) {
        memset(table + used + MADE_AT, 0, 4); /* the supervisor begins with none */
        uint64_t hash = hash_of(table + used + HEAD_BYTES, number_at(table + used + 8));
        if (flags & RIGHT_HASHES) memcpy(table + used, &hash, sizeof hash);
        used += one;
        the_page.edit_entries++;
    }
    behind = table + used;
    __asan_poison_memory_region(behind, BEHIND_BYTES);
}

static void start(rest *r) {
    char *rules = text(r), *list = text(r);
    if (setjmp(refused) == 0) {
        subject_start_repairs(rules);
        subject_start_words(list);
    }
    free(rules);
    free(list);
}

/* Content for one mutation, in a block that holds the most it may come to and not a byte more. */
static void mutate(const uint8_t *content, size_t size, size_t most, unsigned seed) {
    uint8_t *data = malloc(most > 0 ? most : 1);
    if (data == NULL) abort();
    memcpy(data, content, size);
    size_t changed = subject_mutate(data, size, most, seed);
    if (changed > most) abort();
    free(data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    rest r = {data, size};
    subject_page = &the_page;
    forget();
    start(&r);
    size_t flags = number(&r, 1), rounds = 1 + number(&r, 1) % MOST_ROUNDS;
    size_t most = number(&r, 2) % (MOST_BYTES + 1), wanted = number(&r, 2);
    if (wanted > r.left) wanted = r.left;
    const uint8_t *content = part(&r, wanted);
    fill_table(&r, flags);
    if ((flags & OF_THE_TABLE) && the_page.edit_entries > 0) {
        content = the_page.edits + HEAD_BYTES;
        wanted = number_at(the_page.edits + 8);
    }
    if (wanted > most) wanted = most;
    for (unsigned seed = 0; seed < rounds; seed++) mutate(content, wanted, most, seed * 977);
    return 0;
}
