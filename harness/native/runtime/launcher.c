/*
 * Runs one program behind as many layers as the machine allows, for a limited time, and writes to
 * a descriptor of its own how that ended and which layers stood:
 *
 *   layer NAME reached | layer NAME missing WHY
 *   failed WHAT                    the program could not be started
 *   end exit CODE | end signal NUMBER | end limit NAME | end violation WHAT
 *   end timeout | end lost
 *   left                           processes were still running when the program ended
 *   usage CPU_MS RSS_KIB WALL_MS
 *
 * Three processes: the supervisor, outside; the keeper, first of the new process namespace, which
 * takes in orphans; and the program. When the keeper is killed, the kernel kills all below it.
 * Where there is no such namespace the supervisor inherits the orphans and kills them itself.
 */
#define _GNU_SOURCE
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef struct {
    int status;   /* of wait4 */
    int left;     /* something was still running */
    uint64_t cpu_ms, rss_kib;
} outcome;

typedef struct {
    sandbox_plan plan;
    uint64_t timeout_ms;
    int keep[SANDBOX_MAX_ITEMS]; /* descriptors that the program inherits */
    size_t keep_count;
    char **program;
} request;

static volatile sig_atomic_t told_to_stop;

static void stop(int signal_number) {
    (void)signal_number;
    told_to_stop = 1;
}

static uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void misuse(const char *what, const char *value) {
    fprintf(stderr, "launcher: %s `%s`\n", what, value);
    exit(2);
}

static uint64_t number(const char *option, const char *text) {
    char *end = NULL;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0') misuse(option, text);
    return value;
}

static void take_option(request *r, const char *option, const char *value) {
    sandbox_plan *plan = &r->plan;
    bool full = plan->read_count == SANDBOX_MAX_ITEMS || plan->write_count == SANDBOX_MAX_ITEMS ||
                plan->without_count == SANDBOX_MAX_ITEMS || r->keep_count == SANDBOX_MAX_ITEMS;
    if (full) misuse("too many options before", option);
    if (strcmp(option, "--scratch") == 0) plan->scratch = value;
    else if (strcmp(option, "--read") == 0) plan->read[plan->read_count++] = value;
    else if (strcmp(option, "--write") == 0) plan->write[plan->write_count++] = value;
    else if (strcmp(option, "--without") == 0) plan->without[plan->without_count++] = value;
    else if (strcmp(option, "--status-fd") == 0) plan->status_fd = (int)number(option, value);
    else if (strcmp(option, "--keep-fd") == 0)
        r->keep[r->keep_count++] = (int)number(option, value);
    else if (strcmp(option, "--timeout-ms") == 0) r->timeout_ms = number(option, value);
    else if (strcmp(option, "--scratch-bytes") == 0) plan->scratch_bytes = number(option, value);
    else if (strcmp(option, "--cpu-seconds") == 0) plan->cpu_seconds = number(option, value);
    else if (strcmp(option, "--file-bytes") == 0) plan->file_bytes = number(option, value);
    else if (strcmp(option, "--open-files") == 0) plan->open_files = number(option, value);
    else if (strcmp(option, "--address-bytes") == 0) plan->address_bytes = number(option, value);
    else if (strcmp(option, "--processes") == 0) plan->processes = number(option, value);
    else misuse("unknown option", option);
}

static void read_options(request *r, int count, char **words) {
    int i = 1;
    for (; i + 1 < count && strcmp(words[i], "--") != 0; i += 2)
        take_option(r, words[i], words[i + 1]);
    if (i + 1 >= count) misuse("no program after", words[count - 1]);
    r->program = &words[i + 1];
    if (r->plan.scratch == NULL || r->plan.status_fd < 3 || r->timeout_ms == 0)
        misuse("needed", "--scratch, --status-fd, --timeout-ms");
}

/* --- the program ------------------------------------------------------------------------ */

static void send_descriptor(int channel, int fd) {
    char byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = control.space, .msg_controllen = sizeof control.space};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    sendmsg(channel, &message, 0);
}

static int receive_descriptor(int channel) {
    char byte;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};
    union {
        char space[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = control.space, .msg_controllen = sizeof control.space};
    if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) <= 0) return -1;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    int fd = -1;
    if (header != NULL && header->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(header), sizeof fd);
    return fd;
}

static __attribute__((noreturn)) void become_program(const request *r, sandbox_state state,
                                                     int channel) {
    const sandbox_plan *plan = &r->plan;
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid(); /* no terminal to write commands into */
    for (size_t i = 0; i < r->keep_count; i++) fcntl(r->keep[i], F_SETFD, 0);
    if (chdir(plan->scratch) != 0) {
        sandbox_line(plan, "failed the scratch folder: %s", strerror(errno));
        _exit(127);
    }
    sandbox_limits(plan);
    sandbox_privileges(plan);
    sandbox_landlock(plan, &state);
    int listener = sandbox_calls(plan, &state);
    if (listener >= 0) send_descriptor(channel, listener);
    execvp(r->program[0], r->program);
    sandbox_line(plan, "failed %s: %s", r->program[0], strerror(errno));
    _exit(127);
}

/* --- the keeper ------------------------------------------------------------------------- */

static uint64_t milliseconds(struct timeval time) {
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_usec / 1000;
}

/* What ended together with the program gets a moment to be gone. */
static int something_left(void) {
    for (int patience = 0; patience < 50; patience++) {
        pid_t ended = waitpid(-1, NULL, WNOHANG);
        if (ended < 0) return 0;
        if (ended == 0) nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return 1;
}

static __attribute__((noreturn)) void keep(const request *r, sandbox_state state, int channel,
                                           int report) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    sandbox_mounts(&r->plan, &state);
    pid_t program = fork();
    if (program == 0) become_program(r, state, channel);
    close(channel);
    outcome result = {.status = -1};
    struct rusage usage;
    memset(&usage, 0, sizeof usage);
    if (program < 0) sandbox_line(&r->plan, "failed fork: %s", strerror(errno));
    for (pid_t ended = 0; program > 0 && ended != program;) {
        ended = wait4(-1, &result.status, 0, &usage);
        if (ended < 0 && errno != EINTR) _exit(1);
    }
    result.cpu_ms = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
    result.rss_kib = (uint64_t)usage.ru_maxrss;
    result.left = something_left();
    ssize_t written = write(report, &result, sizeof result);
    _exit(written == (ssize_t)sizeof result ? 0 : 1);
}

/* --- the supervisor --------------------------------------------------------------------- */

static pid_t parent_of(const char *pid) {
    char path[300], line[512];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL) return -1;
    char *text = fgets(line, sizeof line, file);
    fclose(file);
    char *after_name = text != NULL ? strrchr(text, ')') : NULL;
    int parent = -1;
    if (after_name == NULL || sscanf(after_name + 1, " %*c %d", &parent) != 1) return -1;
    return parent;
}

static void kill_children(void) {
    DIR *folder = opendir("/proc");
    if (folder == NULL) return;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            parent_of(entry->d_name) == getpid())
            kill((pid_t)atoi(entry->d_name), SIGKILL);
    closedir(folder);
}

/* Returns false if something could not be killed. */
static bool kill_everything(pid_t keeper) {
    kill(keeper, SIGKILL);
    for (int round = 0; round < 2000; round++) {
        pid_t ended = waitpid(-1, NULL, WNOHANG);
        if (ended < 0 && errno == ECHILD) return true;
        if (ended > 0) continue;
        kill_children();
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return false;
}

static void tell_end(const request *r, const outcome *result) {
    const sandbox_plan *plan = &r->plan;
    int status = result->status;
    bool out_of_time = plan->cpu_seconds && result->cpu_ms >= plan->cpu_seconds * 1000;
    if (WIFEXITED(status)) {
        sandbox_line(plan, "end exit %d", WEXITSTATUS(status));
    } else if (!WIFSIGNALED(status)) {
        sandbox_line(plan, "end lost");
    } else if (WTERMSIG(status) == SIGXCPU || (WTERMSIG(status) == SIGKILL && out_of_time)) {
        sandbox_line(plan, "end limit processor-time");
    } else if (WTERMSIG(status) == SIGXFSZ) {
        sandbox_line(plan, "end limit file-size");
    } else if (WTERMSIG(status) == SIGSYS) {
        sandbox_line(plan, "end violation a forbidden system call");
    } else {
        sandbox_line(plan, "end signal %d", WTERMSIG(status));
    }
    if (result->left) sandbox_line(plan, "left");
}

enum { CHANNEL, REPORT, LISTENER, LIFELINE, WATCHED };

static int time_left(uint64_t deadline) {
    uint64_t now = now_ms();
    return now >= deadline ? 0 : (int)(deadline - now > 500 ? 500 : deadline - now);
}

/*
 * Watches until the end is known and told. The parent's end of the status pipe is the lifeline:
 * returns false if the parent is gone.
 */
static bool supervise(const request *r, int channel, int report, outcome *result) {
    const sandbox_plan *plan = &r->plan;
    uint64_t deadline = now_ms() + r->timeout_ms, starts_left = plan->processes;
    struct pollfd watched[WATCHED] = {
        [CHANNEL] = {.fd = channel, .events = POLLIN}, [REPORT] = {.fd = report, .events = POLLIN},
        [LISTENER] = {.fd = -1, .events = POLLIN}, [LIFELINE] = {.fd = plan->status_fd},
    };
    for (;;) {
        int wait_ms = time_left(deadline);
        int ready = poll(watched, WATCHED, wait_ms);
        char what[128];
        if (watched[LIFELINE].revents & (POLLERR | POLLHUP)) return false;
        if (told_to_stop) return true;
        if (ready <= 0) {
            if (time_left(deadline) > 0) continue;
            sandbox_line(plan, "end timeout");
            return true;
        }
        if (watched[LISTENER].revents & POLLIN &&
            !sandbox_notice(watched[LISTENER].fd, &starts_left, what, sizeof what)) {
            sandbox_line(plan, "end violation %s", what);
            return true;
        }
        if (watched[LISTENER].revents & (POLLHUP | POLLERR)) watched[LISTENER].fd = -1;
        if (watched[CHANNEL].revents) {
            int fd = receive_descriptor(channel);
            if (fd >= 0) watched[LISTENER].fd = fd;
            else watched[CHANNEL].fd = -1;
        }
        if (watched[REPORT].revents) {
            if (read(report, result, sizeof *result) == (ssize_t)sizeof *result)
                tell_end(r, result);
            else
                sandbox_line(plan, "end lost");
            return true;
        }
    }
}

int main(int count, char **words) {
    static request r;
    read_options(&r, count, words);
    sandbox_state state = {.landlock_abi = 0};
    struct sigaction on_stop = {.sa_handler = stop};
    sigaction(SIGTERM, &on_stop, NULL);
    sigaction(SIGINT, &on_stop, NULL);
    fcntl(r.plan.status_fd, F_SETFD, FD_CLOEXEC);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    int channel[2], report[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel) != 0 ||
        pipe2(report, O_CLOEXEC) != 0) {
        sandbox_line(&r.plan, "failed pipes: %s", strerror(errno));
        return 1;
    }
    uint64_t started = now_ms();
    sandbox_unshare(&r.plan, &state);
    pid_t keeper = fork();
    if (keeper == 0) {
        close(channel[0]);
        close(report[0]);
        keep(&r, state, channel[1], report[1]);
    }
    close(channel[1]);
    close(report[1]);
    outcome result = {.status = -1};
    bool awaited = true;
    if (keeper < 0)
        sandbox_line(&r.plan, "failed fork: %s", strerror(errno));
    else
        awaited = supervise(&r, channel[0], report[0], &result);
    bool gone = keeper < 0 || kill_everything(keeper);
    if (!gone) sandbox_line(&r.plan, "left");
    if (!awaited) rmdir(r.plan.scratch); /* else the parent does */
    sandbox_line(&r.plan, "usage %llu %llu %llu", (unsigned long long)result.cpu_ms,
                 (unsigned long long)result.rss_kib, (unsigned long long)(now_ms() - started));
    return gone ? 0 : 1;
}
