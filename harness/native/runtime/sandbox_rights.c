#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_CAP_AMBIENT
#define PR_CAP_AMBIENT 47
#define PR_CAP_AMBIENT_CLEAR_ALL 4
#endif

/* glibc declares the first parameter of setrlimit as an enum, musl as an int. */
#define LIMIT(what, soft, hard) \
    (setrlimit((what), &(struct rlimit){.rlim_cur = (soft), .rlim_max = (hard)}) == 0)

void sandbox_limits(const sandbox_plan *plan) {
    const char *layer = "limits";
    if (!sandbox_wants(plan, layer)) return;
    bool set = LIMIT(RLIMIT_CORE, 0, 0);
    /* One second more to die by, since SIGXCPU can be ignored and the hard limit cannot. */
    if (plan->cpu_seconds)
        set = LIMIT(RLIMIT_CPU, plan->cpu_seconds, plan->cpu_seconds + 1) && set;
    if (plan->file_bytes) set = LIMIT(RLIMIT_FSIZE, plan->file_bytes, plan->file_bytes) && set;
    if (plan->open_files) set = LIMIT(RLIMIT_NOFILE, plan->open_files, plan->open_files) && set;
    if (plan->address_bytes)
        set = LIMIT(RLIMIT_AS, plan->address_bytes, plan->address_bytes) && set;
    if (set)
        sandbox_reached(plan, layer);
    else
        sandbox_missing(plan, layer, strerror(errno));
}

/* An empty bounding set keeps root from getting capabilities back with the next program. */
static bool drop_capabilities(void) {
    for (unsigned long capability = 0; capability < 64; capability++)
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL &&
            prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1 && geteuid() == 0)
            return false; /* EINVAL: the kernel does not know it; EPERM matters to root only */
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    return syscall(SYS_capset, &header, none) == 0;
}

void sandbox_privileges(const sandbox_plan *plan) {
    if (sandbox_wants(plan, "capabilities")) {
        if (drop_capabilities())
            sandbox_reached(plan, "capabilities");
        else
            sandbox_missing(plan, "capabilities", strerror(errno));
    }
    /* Never switched off: without it an unprivileged process may set no filter at all. */
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        sandbox_reached(plan, "no-new-privileges");
    else
        sandbox_missing(plan, "no-new-privileges", strerror(errno));
}
