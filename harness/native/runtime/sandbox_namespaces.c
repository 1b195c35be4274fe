#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442 /* the same number on every machine */
#endif

typedef struct {
    uint64_t attr_set, attr_clr, propagation, userns_fd;
} mount_attributes; /* struct mount_attr, absent from older headers */

enum { ATTRIBUTE_READ_ONLY = 1, ATTRIBUTE_NO_SET_ID = 2, WITH_ALL_BELOW = 0x8000 };

static bool write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t size = (ssize_t)strlen(text);
    bool complete = write(fd, text, (size_t)size) == size;
    return close(fd) == 0 && complete;
}

/* Each user is itself inside: files keep their owners, and every capability ends at the border. */
static bool map_same(unsigned user, unsigned group) {
    char line[64];
    snprintf(line, sizeof line, "%u %u 1", user, user);
    if (!write_file("/proc/self/uid_map", line)) return false;
    write_file("/proc/self/setgroups", "deny"); /* absent before Linux 3.19, where gid_map works */
    snprintf(line, sizeof line, "%u %u 1", group, group);
    return write_file("/proc/self/gid_map", line);
}

static bool unshare_layer(const sandbox_plan *plan, const char *layer, int flag) {
    if (!sandbox_wants(plan, layer)) return false;
    if (unshare(flag) != 0) {
        sandbox_missing(plan, layer, strerror(errno));
        return false;
    }
    return true;
}

void sandbox_unshare(const sandbox_plan *plan, sandbox_state *state) {
    unsigned user = geteuid(), group = getegid();
    if (unshare_layer(plan, "user-namespace", CLONE_NEWUSER)) {
        if (map_same(user, group))
            sandbox_reached(plan, "user-namespace");
        else
            sandbox_missing(plan, "user-namespace", "its identities cannot be mapped");
    }
    if (unshare_layer(plan, "network-namespace", CLONE_NEWNET))
        sandbox_reached(plan, "network-namespace");
    if (unshare_layer(plan, "ipc-namespace", CLONE_NEWIPC))
        sandbox_reached(plan, "ipc-namespace");
    if (unshare_layer(plan, "process-namespace", CLONE_NEWPID)) {
        sandbox_reached(plan, "process-namespace");
        state->own_processes = true;
    }
}

/* A folder that stays writable is a mount of its own, since whole mounts are made read-only. */
static bool mount_writable(const sandbox_plan *plan) {
    bool mounted = true;
    for (size_t i = 0; i < plan->write_count; i++)
        mounted = mount(plan->write[i], plan->write[i], NULL, MS_BIND, NULL) == 0 && mounted;
    return mounted;
}

static bool change_mount(const char *path, unsigned flags, const mount_attributes *attributes) {
    return syscall(SYS_mount_setattr, AT_FDCWD, path, flags, attributes, sizeof *attributes) == 0;
}

static bool open_writable(const sandbox_plan *plan) {
    mount_attributes attributes = {.attr_clr = ATTRIBUTE_READ_ONLY};
    bool opened = true;
    for (size_t i = 0; i < plan->write_count; i++)
        opened = change_mount(plan->write[i], 0, &attributes) && opened;
    return opened;
}

/*
 * Everything is mounted read-only, and the scratch folder becomes a file system of bounded size
 * in memory. Landlock would allow more than this does: it does not know chmod, for one.
 */
void sandbox_mounts(const sandbox_plan *plan, sandbox_state *state) {
    const char *layer = "read-only-mounts";
    if (!unshare_layer(plan, layer, CLONE_NEWNS)) return;
    mount_attributes attributes = {.attr_set = ATTRIBUTE_READ_ONLY | ATTRIBUTE_NO_SET_ID};
    char options[64];
    snprintf(options, sizeof options, "size=%llu,nr_inodes=4096,mode=0700",
             (unsigned long long)plan->scratch_bytes);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || !mount_writable(plan) ||
        !change_mount("/", WITH_ALL_BELOW, &attributes) || !open_writable(plan) ||
        mount("scratch", plan->scratch, "tmpfs", MS_NOSUID | MS_NODEV, options) != 0) {
        sandbox_missing(plan, layer, strerror(errno));
        return;
    }
    state->files_read_only = true;
    sandbox_reached(plan, layer);
    /* Refused inside some containers; then the consumer sees its own entry alone. */
    state->own_proc = state->own_processes &&
                      mount("proc", "/proc", "proc",
                            MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
}
