#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* From the kernel's interface (linux/landlock.h), whose installed copy may be older. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 };
enum { VERSION_FLAG = 1, RULE_PATH_BENEATH = 1 };
#define FS_EXECUTE (UINT64_C(1) << 0)
#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_REFER (UINT64_C(1) << 13)
#define FS_TRUNCATE (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)
#define FS_FIRST_ABI ((UINT64_C(1) << 13) - 1)
#define NET_ALL_TCP UINT64_C(3)  /* bind, connect */
#define SCOPE_ALL UINT64_C(3)    /* abstract sockets, signals */
#define READING (FS_EXECUTE | FS_READ_FILE | FS_READ_DIR)
#define ON_A_FILE (FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | FS_TRUNCATE | FS_IOCTL_DEV)

typedef struct {
    uint64_t handled_access_fs, handled_access_net, scoped;
} ruleset_attributes;

typedef struct __attribute__((packed)) {
    uint64_t allowed_access;
    int32_t parent_fd;
} path_rule;

static const char *const SYSTEM_FOLDERS[] = {
    "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/nix/store",
    "/etc/ld.so.cache", "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group",
    "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu",
    "/dev/random", "/dev/urandom",
};
static const char *const SINKS[] = {"/dev/null", "/dev/zero", "/dev/full"};

static uint64_t file_rights(int abi) {
    uint64_t rights = FS_FIRST_ABI;
    if (abi >= 2) rights |= FS_REFER;
    if (abi >= 3) rights |= FS_TRUNCATE;
    if (abi >= 5) rights |= FS_IOCTL_DEV;
    return rights;
}

/* True also for what is not there: a folder that this system lacks needs no rule. */
static bool allow(int ruleset, const char *path, uint64_t rights) {
    path_rule rule = {.allowed_access = rights, .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) return errno == ENOENT;
    struct stat status;
    bool known = fstat(rule.parent_fd, &status) == 0;
    if (known && !S_ISDIR(status.st_mode)) rule.allowed_access &= ON_A_FILE;
    bool added =
        known && syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
    close(rule.parent_fd);
    return added;
}

static bool allow_files(int ruleset, const sandbox_plan *plan, const sandbox_state *state,
                        uint64_t rights) {
    bool added = true;
    for (size_t i = 0; i < sizeof SYSTEM_FOLDERS / sizeof *SYSTEM_FOLDERS; i++)
        added = allow(ruleset, SYSTEM_FOLDERS[i], READING) && added;
    for (size_t i = 0; i < sizeof SINKS / sizeof *SINKS; i++)
        added = allow(ruleset, SINKS[i], (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE) & rights) &&
                added;
    for (size_t i = 0; i < plan->read_count; i++)
        added = allow(ruleset, plan->read[i], READING) && added;
    for (size_t i = 0; i < plan->write_count; i++)
        added = allow(ruleset, plan->write[i], rights & ~FS_IOCTL_DEV) && added;
    /* Sanitizers read their own memory map; processes outside stay out of sight. */
    added = allow(ruleset, state->own_proc ? "/proc" : "/proc/self", READING) && added;
    return allow(ruleset, plan->scratch, rights & ~FS_IOCTL_DEV) && added;
}

static void tell(const sandbox_plan *plan, const char *layer, bool wanted, int abi, int needed) {
    char detail[64];
    snprintf(detail, sizeof detail, "Landlock ABI %d is needed, this kernel has %d", needed, abi);
    if (!wanted) return;
    if (abi >= needed)
        sandbox_reached(plan, layer);
    else
        sandbox_missing(plan, layer, detail);
}

void sandbox_landlock(const sandbox_plan *plan, sandbox_state *state) {
    long version = syscall(CREATE_RULESET, NULL, 0, VERSION_FLAG);
    int abi = version > 0 ? (int)version : 0;
    bool files = sandbox_wants(plan, "landlock-files");
    bool network = sandbox_wants(plan, "landlock-network");
    bool scope = sandbox_wants(plan, "landlock-scope");
    uint64_t rights = file_rights(abi);
    ruleset_attributes attributes = {
        .handled_access_fs = files ? rights : 0,
        .handled_access_net = network && abi >= 4 ? NET_ALL_TCP : 0,
        .scoped = scope && abi >= 6 ? SCOPE_ALL : 0,
    };
    bool any = attributes.handled_access_fs || attributes.handled_access_net || attributes.scoped;
    int ruleset = abi && any ? (int)syscall(CREATE_RULESET, &attributes, sizeof attributes, 0) : -1;
    if (ruleset >= 0) {
        bool stands = (!files || allow_files(ruleset, plan, state, rights)) &&
                      syscall(RESTRICT_SELF, ruleset, 0) == 0;
        if (!stands) abi = 0;
        close(ruleset);
    } else {
        abi = 0;
    }
    tell(plan, "landlock-files", files, abi, 1);
    tell(plan, "landlock-network", network, abi, 4);
    tell(plan, "landlock-scope", scope, abi, 6);
    state->landlock_abi = files ? abi : 0;
    state->scoped_signals = scope && abi >= 6;
}
