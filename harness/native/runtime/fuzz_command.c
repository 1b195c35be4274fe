/*
 * A command as a consumer of the fuzz driver: content goes to a file, the command is started on it,
 * and its exit code is the verdict. Its code cannot be watched; what it prints stands in for that.
 *
 * HARNESS_COMMAND holds fields, each ended by the byte 0x1f:
 *   TIMEOUT_MS ADDRESS_BYTES CONTENT_FILE OUTPUT_FILE ACCEPT REJECT WORD... "" VARIABLE...
 * ACCEPT and REJECT are exit codes with `,` between them; ADDRESS_BYTES 0 is no limit.
 */
#define _GNU_SOURCE
#include "fuzz_faults.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SEPARATOR = 0x1f, MOST_FIELDS = 256, OUTPUT_BYTES = 16384 };

static char *fields[MOST_FIELDS];
static char **command, **variables;
static const char *content_file, *output_file;
static uint64_t timeout_ms, address_bytes;
static char output[OUTPUT_BYTES + 1];

static void take_fields(void) {
    const char *given = getenv("HARNESS_COMMAND");
    char *text = given != NULL ? strdup(given) : NULL;
    size_t count = 0;
    for (char *next = text; next != NULL && *next != '\0' && count < MOST_FIELDS - 1; count++) {
        fields[count] = next;
        next = strchr(next, SEPARATOR);
        if (next == NULL) harness_fuzz_fail("the command is not understood");
        *next++ = '\0';
    }
    if (count < 8) harness_fuzz_fail("the command is not understood");
    timeout_ms = strtoull(fields[0], NULL, 10);
    address_bytes = strtoull(fields[1], NULL, 10);
    content_file = fields[2];
    output_file = fields[3];
    command = variables = fields + 6;
    while (*variables != NULL && **variables != '\0') variables++;
    *variables++ = NULL; /* the words end here */
}

static bool is_among(const char *codes, int code) {
    for (const char *next = codes; *next != '\0';) {
        char *after = NULL;
        if (strtol(next, &after, 10) == code) return true;
        next = *after == ',' ? after + 1 : "";
    }
    return false;
}

static void write_content(const uint8_t *data, size_t size) {
    int fd = open(content_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) harness_fuzz_fail("the content cannot be written for the command");
    for (size_t put = 0; put < size;) {
        ssize_t now = write(fd, data + put, size - put);
        if (now < 0 && errno == EINTR) continue;
        if (now <= 0) harness_fuzz_fail("the content cannot be written for the command");
        put += (size_t)now;
    }
    close(fd);
}

static pid_t start(void) {
    static posix_spawn_file_actions_t streams;
    static posix_spawnattr_t attributes;
    static bool is_ready;
    pid_t pid = -1;
    if (!is_ready) {
        posix_spawn_file_actions_init(&streams);
        posix_spawn_file_actions_addopen(&streams, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&streams, 1, output_file, O_WRONLY | O_CREAT | O_TRUNC,
                                         0600);
        posix_spawn_file_actions_adddup2(&streams, 1, 2);
        posix_spawnattr_init(&attributes);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
        is_ready = true;
    }
    if (posix_spawn(&pid, command[0], &streams, &attributes, command, variables) != 0)
        harness_fuzz_fail("the command does not start");
    if (address_bytes != 0)
        prlimit(pid, RLIMIT_AS, &(struct rlimit){address_bytes, address_bytes}, NULL);
    return pid;
}

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* True if the command came to an end by itself; else it is killed with all that it started. */
static bool has_ended(pid_t pid, int *status) {
    uint64_t deadline = now_ms() + timeout_ms, now = 0;
    struct pollfd watched = {.fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN};
    int ready = 0;
    if (watched.fd < 0) harness_fuzz_fail("this kernel has no descriptors of processes");
    while (ready == 0 && (now = now_ms()) < deadline) {
        ready = poll(&watched, 1, (int)(deadline - now));
        if (ready < 0 && errno == EINTR) ready = 0;
    }
    kill(-pid, SIGKILL); /* what it left behind as well */
    close(watched.fd);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR) continue;
    return ready > 0;
}

/* --- what it printed --------------------------------------------------------------------- */

static void read_output(void) {
    int fd = open(output_file, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, output, OUTPUT_BYTES);
    output[got > 0 ? got : 0] = '\0';
    if (fd >= 0) close(fd);
}

static uint64_t mixed(uint64_t hash, uint8_t byte) { return (hash ^ byte) * 0x100000001b3; }

/* Numbers say where in content something is, seldom what: they do not count. */
static uint64_t hash_of_line(const char *line, size_t size) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        if (line[i] < '0' || line[i] > '9') hash = mixed(hash, (uint8_t)line[i]);
    return hash;
}

/* Each line that it never printed before is something new that content has reached. */
static void count_lines(void) {
    for (const char *line = output; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        uint64_t place = hash_of_line(line, size) % (FUZZ_MANY_BEHAVIOURS - FUZZ_BEHAVIOURS);
        harness_fuzz_said(FUZZ_BEHAVIOURS + (size_t)place);
        line += size + (line[size] == '\n');
    }
}

/* Lines of a stack, as sanitizers and Python print them: where a fault is, without addresses. */
static uint64_t key_of_output(const char *kind, int code) {
    uint64_t key = mixed(harness_fuzz_key(kind, NULL, 0), (uint8_t)code);
    int taken = 0;
    for (const char *line = output; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        const char *place = memmem(line, size, "(/", 2); /* module and offset of a frame */
        bool is_frame = strncmp(line, "    #", 5) == 0 && place != NULL && taken++ < 3;
        if (is_frame || strncmp(line, "  File \"", 8) == 0) {
            const char *from = is_frame ? place : line;
            for (const char *at = from; at < line + size; at++) key = mixed(key, (uint8_t)*at);
        }
        line += size + (line[size] == '\n');
    }
    return key;
}

static void __attribute__((noreturn)) refuse(const char *kind, const char *what, int code) {
    uint64_t key = key_of_output(kind, code);
    if (harness_fuzz_is_to_be_told(key)) harness_fuzz_tell(kind, what, key, output);
    harness_fuzz_break_off();
}

int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer) {
    char what[32];
    int status = 0;
    (void)observer;
    if (command == NULL) take_fields();
    write_content(data, size);
    bool ended = has_ended(start(), &status);
    read_output();
    count_lines();
    if (!ended) refuse("hang", "hang", 0);
    if (WIFSIGNALED(status)) {
        snprintf(what, sizeof what, "SIG%s", sigabbrev_np(WTERMSIG(status)));
        refuse("signal", what, WTERMSIG(status));
    }
    int code = WEXITSTATUS(status);
    if (is_among(fields[4], code)) return 0;
    if (is_among(fields[5], code)) return code != 0 ? code : -1;
    snprintf(what, sizeof what, "exit-code-%d", code);
    refuse("exit", what, code);
}
