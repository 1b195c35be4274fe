/*
 * Fuzzes the records that the driver writes of what a consumer says (driver_records.c): each is one
 * line of so many words, whatever the name is, and arrives whole over short writes.
 *
 * An input: eight bytes each for the value and the index, then a name up to its NUL or the end.
 */
#define _GNU_SOURCE
#define harness_driver_records_go_to subject_records_go_to
#define harness_driver_record subject_record
#define harness_driver_fail subject_fail
#define harness_driver_observe subject_observe
#define harness_driver_observe_at subject_observe_at
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Beside the real ones, which the driver around it has. */
static ssize_t take_some(int to, const void *line, size_t size);

#define write take_some
#include "driver_records.c"
#undef write

enum { LONGEST_LINE = 1024, MOST_WORDS = 4 };

static char line[LONGEST_LINE];
static size_t used;
static unsigned turn;

/* Now and then less than all, or a signal first. */
static ssize_t take_some(int to, const void *from, size_t size) {
    (void)to;
    if (++turn % 5 == 0) {
        errno = EINTR;
        return -1;
    }
    if (turn % 3 == 0 && size > 1) size /= 2;
    if (size > sizeof line - used) abort();
    memcpy(line + used, from, size);
    used += size;
    return (ssize_t)size;
}

static size_t count(char wanted) {
    size_t found = 0;
    for (size_t i = 0; i < used; i++) found += line[i] == wanted;
    return found;
}

static void check_line(size_t words) {
    if (used == 0 || line[used - 1] != '\n' || count('\n') != 1 || count(' ') != words - 1) abort();
    for (size_t i = 0; i + 1 < used; i++)
        if (line[i] < ' ' || line[i] > '~') abort();
    used = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint64_t numbers[2] = {0, 0};
    size_t head = size < sizeof numbers ? size : sizeof numbers;
    memcpy(numbers, data, head);
    char *name = malloc(size - head + 1);
    if (name == NULL) abort();
    memcpy(name, data + head, size - head);
    name[size - head] = '\0';
    turn = (unsigned)numbers[0] % 15;
    used = 0;
    subject_observe(NULL, name, numbers[0]);
    check_line(MOST_WORDS - 1);
    subject_observe_at(NULL, name, numbers[1], numbers[0]);
    check_line(MOST_WORDS);
    free(name);
    return 0;
}
