/*
 * An edit that the content's own tree suggests (fuzz_edits.c), a word of the schema written
 * somewhere, or libFuzzer's own mutations; after which fields that the schema fixes are made to fit
 * again: else next to nothing gets past a checksum. One time in ten a field is left as it is, since
 * what a consumer does with a wrong one matters too; not where an edit is made for the first time.
 *
 * Rules, with `;` between them: ALGORITHM,OFFSET,WIDTH,ENDIAN,START,END,ZERO_START,ZERO_END with
 * END -1 for the end of the content; `size` is the number of bytes from START to END. The later
 * of two rules may cover the earlier one's field.
 *
 * It is weak: a consumer's own sources, or a later part of the harness, may bring another.
 */
#include "fuzz.h"

#include <stdio.h>
#include <string.h>

enum { MOST_REPAIRS = 32, NAME_BYTES = 16, ONE_IN = 10 };
enum { MOST_WORDS = 256, MOST_WORD_BYTES = 64, ONE_WORD_IN = 2 };

typedef struct {
    char algorithm[NAME_BYTES];
    size_t offset, width, start, zero_start, zero_end;
    long end;
    bool big_endian;
} repair;

static repair repairs[MOST_REPAIRS];
static size_t repair_count;
static uint8_t words[MOST_WORDS][MOST_WORD_BYTES];
static size_t word_sizes[MOST_WORDS], word_count;
static uint32_t crc32_table[256], crc32c_table[256];

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed)
    __attribute__((weak));

static void fill(uint32_t *table, uint32_t polynomial) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t value = byte;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? polynomial : 0);
        table[byte] = value;
    }
}

static bool take_rule(const char *text, repair *r) {
    char endian = 'l';
    int taken = sscanf(text, "%15[^,],%zu,%zu,%c,%zu,%ld,%zu,%zu", r->algorithm, &r->offset,
                       &r->width, &endian, &r->start, &r->end, &r->zero_start, &r->zero_end);
    r->big_endian = endian == 'b';
    return taken == 8 && r->width > 0 && r->width <= 8;
}

void harness_fuzz_start_repairs(const char *rules) {
    fill(crc32_table, 0xedb88320);
    fill(crc32c_table, 0x82f63b78);
    while (*rules != '\0') {
        if (repair_count == MOST_REPAIRS || !take_rule(rules, &repairs[repair_count]))
            harness_fuzz_fail("a rule of repair that is not understood");
        repair_count++;
        const char *next = strchr(rules, ';');
        rules = next != NULL ? next + 1 : "";
    }
}

/* Words in hexadecimal, with `;` between them. */
void harness_fuzz_start_words(const char *text) {
    unsigned byte;
    int digits;
    for (; *text != '\0' && word_count < MOST_WORDS; word_count++) {
        size_t *size = &word_sizes[word_count];
        for (; *size < MOST_WORD_BYTES && sscanf(text, "%2x%n", &byte, &digits) == 1; text += digits)
            words[word_count][(*size)++] = (uint8_t)byte;
        if (*size == 0) harness_fuzz_fail("a word that is not understood");
        text += *text == ';';
    }
}

/* --- sums -------------------------------------------------------------------------------- */

typedef struct {
    const uint8_t *data;
    size_t start, end, zero_start, zero_end;
} range;

static uint8_t byte_of(const range *r, size_t at) {
    return at >= r->zero_start && at < r->zero_end ? 0 : r->data[at];
}

static uint64_t crc_of(const range *r, const uint32_t *table) {
    uint32_t crc = 0xffffffff;
    for (size_t at = r->start; at < r->end; at++)
        crc = crc >> 8 ^ table[(crc ^ byte_of(r, at)) & 0xff];
    return ~crc;
}

static uint64_t adler_of(const range *r) {
    uint32_t a = 1, b = 0;
    for (size_t at = r->start; at < r->end; at++) {
        a = (a + byte_of(r, at)) % 65521;
        b = (b + a) % 65521;
    }
    return (uint64_t)b << 16 | a;
}

static uint64_t sum_of(const range *r, bool is_xor) {
    uint64_t sum = 0;
    for (size_t at = r->start; at < r->end; at++)
        sum = is_xor ? sum ^ byte_of(r, at) : sum + byte_of(r, at);
    return sum;
}

static uint64_t value_of(const repair *wanted, const range *r) {
    const char *name = wanted->algorithm;
    if (strcmp(name, "size") == 0) return r->end - r->start;
    if (strcmp(name, "crc32") == 0) return crc_of(r, crc32_table);
    if (strcmp(name, "crc32c") == 0) return crc_of(r, crc32c_table);
    if (strcmp(name, "adler32") == 0) return adler_of(r);
    return sum_of(r, strcmp(name, "xor8") == 0);
}

/* --- mutating ---------------------------------------------------------------------------- */

static void store(uint8_t *at, size_t width, bool big_endian, uint64_t value) {
    for (size_t i = 0; i < width; i++)
        at[big_endian ? width - 1 - i : i] = (uint8_t)(value >> (8 * i));
}

static void mend(const repair *wanted, uint8_t *data, size_t size) {
    size_t end = wanted->end < 0 ? size : (size_t)wanted->end;
    if (wanted->width > size || wanted->offset > size - wanted->width) return;
    if (end > size || wanted->start > end) return;
    range r = {data, wanted->start, end, wanted->zero_start, wanted->zero_end};
    store(data + wanted->offset, wanted->width, wanted->big_endian, value_of(wanted, &r));
}

static unsigned next_random(unsigned *seed) {
    *seed = *seed * 1103515245 + 12345;
    return *seed / 65536 % 32768;
}

/* In place: an enum member where another stood is a different element of the same structure. */
static bool write_word(uint8_t *data, size_t size, unsigned *seed) {
    if (word_count == 0 || next_random(seed) % ONE_WORD_IN != 0) return false;
    size_t word = next_random(seed) % word_count;
    if (word_sizes[word] > size) return false;
    size_t places = size - word_sizes[word] + 1;
    size_t at = ((size_t)next_random(seed) << 15 | next_random(seed)) % places;
    memcpy(data + at, words[word], word_sizes[word]);
    return true;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
    enum fuzz_edited edited = harness_fuzz_edit(data, &size, most, next_random(&seed));
    if (edited == FUZZ_NOT_EDITED && !write_word(data, size, &seed))
        size = LLVMFuzzerMutate(data, size, most);
    for (size_t i = 0; i < repair_count; i++)
        if (edited == FUZZ_FIRST_EDITED || next_random(&seed) % ONE_IN != 0)
            mend(&repairs[i], data, size);
    return size;
}
