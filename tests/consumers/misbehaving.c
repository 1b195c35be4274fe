/* A consumer that does what its content says: one word, and sometimes an argument after it. */
#define _GNU_SOURCE
#include "harness_consumer.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sched.h>
#include <unistd.h>

static char word[64], argument[512];

static int is(const char *name) { return strcmp(word, name) == 0; }

static int recurse(int depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    return recurse(depth + 1) + frame[0];
}

/* A daemon in the usual way: two forks, a session of its own, and a name that can be found. */
static int start_daemon(void) {
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            prctl(PR_SET_NAME, argument);
            for (;;) pause();
        }
        _exit(0);
    }
    wait(NULL);
    return 0;
}

static int crash(const uint8_t *data, size_t size) {
    char *volatile heap = malloc(16);
    if (is("over-read")) return data[size];
    if (is("abort")) abort();
    if (is("trap")) __builtin_trap();
    if (is("null")) return *(volatile int *)NULL;
    if (is("use-after-free")) return free(heap), heap[3];
    if (is("double-free")) return free(heap), free(heap), 0;
    static char wide[4096];
    if (is("big-copy")) memcpy(wide, data, size + 400);
    if (is("overflow")) return (int)strtol("2147483647", NULL, 10) + (int)size;
    if (is("divide")) return 7 / (int)strtol("0", NULL, 10);
    if (is("recurse")) return recurse(0);
    if (is("kill")) kill(getpid(), SIGKILL);
    if (is("raise")) raise(SIGUSR1);
    if (is("exit")) exit(0);
    if (is("exit-3")) _exit(3);
    free(heap);
    return -1;
}

static int exhaust(void) {
    if (is("allocate-much")) return malloc((size_t)1 << 40) == NULL;
    if (is("allocate-forever"))
        for (;;) memset(malloc(1 << 20), 1, 1 << 20);
    if (is("map-forever"))
        for (;;) memset(mmap(NULL, 1 << 24, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, 1 << 24);
    if (is("fork-bomb"))
        for (;;) fork();
    if (is("flood-output"))
        for (;;) fputs("all work and no play makes a consumer a dull program\n", stderr);
    if (is("fill-file")) {
        int fd = open("big", O_CREAT | O_WRONLY, 0600);
        static char zeroes[1 << 16];
        while (write(fd, zeroes, sizeof zeroes) > 0) { }
    }
    return -1;
}

static int hang(void) {
    if (is("loop"))
        for (volatile int turn = 0;; turn = 1) { }
    if (is("ignore-signals")) {
        for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
        for (;;) pause();
    }
    if (is("stop")) kill(getpid(), SIGSTOP);
    if (is("fork-and-wait")) {
        if (fork() == 0) {
            setsid();
            prctl(PR_SET_NAME, argument);
        }
        for (;;) pause();
    }
    return -1;
}

/* Returns 0 if the attempt was refused, 1 if it succeeded. */
static int escape(void) {
    if (is("socket")) return socket(AF_INET, SOCK_STREAM, 0) >= 0;
    if (is("local-socket")) return socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
    if (is("write")) return open(argument, O_CREAT | O_WRONLY, 0600) >= 0;
    if (is("read")) return open(argument, O_RDONLY) >= 0;
    if (is("chmod")) return chmod(argument, 0777) == 0;
    if (is("remove")) return unlink(argument) == 0;
    if (is("signal")) return kill((pid_t)strtol(argument, NULL, 10), SIGKILL) == 0;
    if (is("ptrace")) return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0;
    if (is("unshare")) return unshare(CLONE_NEWUSER) == 0;
    if (is("mount")) return mount("x", "/tmp", "tmpfs", 0, NULL) == 0;
    if (is("setuid")) return setuid(geteuid() == 0 ? 1 : 0) == 0;
    if (is("scratch")) return open("here", O_CREAT | O_WRONLY, 0600) < 0;
    if (is("daemon")) return start_daemon();
    return -1;
}

static int observe(const harness_observer *observer) {
    if (is("observe")) {
        observer->observe(observer->context, "instances", 3);
        observer->observe_at(observer->context, "criteria", 0, 21);
        observer->observe_at(observer->context, "odd name\n%", 7, UINT64_MAX);
        return 0;
    }
    if (is("flood-observations"))
        for (uint64_t i = 0;; i++) observer->observe_at(observer->context, "turn", i, i);
    return -1;
}

int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer) {
    char text[600] = "";
    memcpy(text, data, size < sizeof text ? size : sizeof text - 1);
    sscanf(text, "%63s %511s", word, argument);
    if (is("reject")) return 7;
    if (is("accept")) return 0;
    int (*const parts[])(void) = {exhaust, hang, escape};
    int result = observe(observer);
    if (result < 0) result = crash(data, size);
    for (size_t i = 0; result < 0 && i < sizeof parts / sizeof *parts; i++) result = parts[i]();
    return result;
}
