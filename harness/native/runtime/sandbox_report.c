#include "sandbox.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void sandbox_line(const sandbox_plan *plan, const char *format, ...) {
    char line[512]; /* PIPE_BUF at least: writes of several processes do not mix */
    va_list values;
    va_start(values, format);
    int size = vsnprintf(line, sizeof line - 1, format, values);
    va_end(values);
    if (size < 0) return;
    size_t used = (size_t)size < sizeof line - 2 ? (size_t)size : sizeof line - 2;
    for (size_t i = 0; i < used; i++)
        if (line[i] == '\n') line[i] = ' ';
    line[used++] = '\n';
    ssize_t written = write(plan->status_fd, line, used);
    (void)written; /* nobody is left to tell */
}

void sandbox_reached(const sandbox_plan *plan, const char *layer) {
    sandbox_line(plan, "layer %s reached", layer);
}

void sandbox_missing(const sandbox_plan *plan, const char *layer, const char *detail) {
    sandbox_line(plan, "layer %s missing %s", layer, detail);
}

bool sandbox_wants(const sandbox_plan *plan, const char *layer) {
    for (size_t i = 0; i < plan->without_count; i++) {
        if (strcmp(plan->without[i], layer) != 0) continue;
        sandbox_missing(plan, layer, "switched off");
        return false;
    }
    return true;
}
