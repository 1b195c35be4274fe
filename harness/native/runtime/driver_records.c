/* One line and one write a record, so that what was told survives whatever comes next. */
#define _GNU_SOURCE
#include "driver.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int record_fd = -1;

void harness_driver_records_go_to(int fd) {
    record_fd = fd;
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static void write_line(const char *line, size_t size) {
    while (size > 0) {
        ssize_t written = write(record_fd, line, size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return; /* nobody listens any more */
        line += written;
        size -= (size_t)written;
    }
}

void harness_driver_record(const char *format, ...) {
    char line[1024];
    va_list values;
    va_start(values, format);
    int size = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    if (size < 0) return;
    size_t used = (size_t)size < sizeof line - 2 ? (size_t)size : sizeof line - 2;
    line[used++] = '\n';
    write_line(line, used);
}

void harness_driver_fail(const char *why) {
    harness_driver_record("fail %s", why);
    exit(0);
}

typedef struct {
    char text[3 * NAME_BYTES + 1];
} escaped;

static escaped escape(const char *name) {
    static const char digits[] = "0123456789abcdef";
    escaped result;
    size_t used = 0;
    if (name == NULL) name = "(null)";
    for (size_t i = 0; i < NAME_BYTES && name[i] != '\0'; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c > ' ' && c < 0x7f && c != '%') {
            result.text[used++] = (char)c;
        } else {
            result.text[used++] = '%';
            result.text[used++] = digits[c >> 4];
            result.text[used++] = digits[c & 15];
        }
    }
    result.text[used] = '\0';
    return result;
}

void harness_driver_observe(void *context, const char *name, uint64_t value) {
    (void)context;
    harness_driver_record("value %s %" PRIu64, escape(name).text, value);
}

void harness_driver_observe_at(void *context, const char *name, uint64_t index, uint64_t value) {
    (void)context;
    harness_driver_record("at %s %" PRIu64 " %" PRIu64, escape(name).text, index, value);
}
