#define _GNU_SOURCE
#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define MACHINE AUDIT_ARCH_RISCV64
#endif

/* Interface of Linux 5.0 and 5.5, from linux/seccomp.h, whose installed copy may be older. */
enum { WITH_LISTENER = 1 << 3, GO_ON = 1 };
#define ASK_LISTENER UINT32_C(0x7fc00000)
#define KILL_ALL_THREADS UINT32_C(0x80000000)
#define REFUSE(error) (SECCOMP_RET_ERRNO | (error))

typedef struct {
    uint64_t id;
    uint32_t pid, flags;
    struct seccomp_data data;
} notice;

typedef struct {
    uint64_t id;
    int64_t value;
    int32_t error;
    uint32_t flags;
} answer;

#define RECEIVE_NOTICE _IOWR('!', 0, notice)
#define SEND_ANSWER _IOWR('!', 1, answer)

typedef struct {
    long number;
    const char *name;
} call;

/* Numbers from 424 on are the same on every machine; older ones may be absent on newer machines. */
#define CALL(name) {SYS_##name, #name}

/* What no reader of content does by accident: trying it ends the run. */
static const call FORBIDDEN[] = {
    CALL(ptrace), CALL(process_vm_readv), CALL(process_vm_writev), CALL(kcmp), CALL(bpf),
    CALL(add_key), CALL(request_key), CALL(keyctl), CALL(mount), CALL(umount2), CALL(pivot_root),
    CALL(chroot), CALL(setns), CALL(unshare), CALL(init_module), CALL(finit_module),
    CALL(delete_module), CALL(kexec_load), CALL(open_by_handle_at), CALL(fanotify_init),
    CALL(acct), CALL(swapon), CALL(swapoff), CALL(reboot), CALL(settimeofday),
    CALL(clock_settime), CALL(adjtimex), CALL(clock_adjtime), CALL(sethostname),
    CALL(setdomainname), CALL(syslog), CALL(quotactl), CALL(vhangup),
#ifdef SYS_kexec_file_load
    CALL(kexec_file_load),
#endif
#ifdef SYS_iopl
    CALL(iopl), CALL(ioperm),
#endif
    {428, "open_tree"}, {429, "move_mount"}, {430, "fsopen"}, {431, "fsconfig"},
    {432, "fsmount"}, {433, "fspick"}, {438, "pidfd_getfd"}, {442, "mount_setattr"},
    {443, "quotactl_fd"},
};

typedef struct {
    long number;
    int error;
} refusal;

/* What libraries try and can do without: it fails, and the run goes on. */
static const refusal REFUSED[] = {
    {SYS_userfaultfd, EPERM}, {SYS_perf_event_open, EPERM}, {425, ENOSYS} /* io_uring_setup */,
    {426, ENOSYS}, {427, ENOSYS}, {435, ENOSYS} /* clone3: its flags lie out of a filter's reach */,
};

/* Landlock has no word on these; needed only where the mounts are not read-only. */
static const long CHANGES_OF_FILES[] = {
    SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_setxattr,
    SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
    452 /* fchmodat2 */,
#ifdef SYS_chmod
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat,
#endif
};

enum { CAPACITY = 512 };

typedef struct {
    struct sock_filter code[CAPACITY];
    unsigned short size;
    uint32_t forbidden; /* what happens on a forbidden call */
} filter;

static void emit(filter *f, struct sock_filter instruction) {
    if (f->size < CAPACITY) f->code[f->size++] = instruction;
}

static void load(filter *f, size_t offset) {
    emit(f, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

static void finish(filter *f, uint32_t action) {
    emit(f, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* If the accumulator equals `value`: do `action`. */
static void on(filter *f, long value, uint32_t action) {
    emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)value, 0, 1));
    finish(f, action);
}

static void load_number(filter *f) { load(f, offsetof(struct seccomp_data, nr)); }

/* The low half of an argument; the machines above are all little endian. */
static void load_argument(filter *f, unsigned index) {
    load(f, offsetof(struct seccomp_data, args) + 8 * index);
}

#ifdef MACHINE
static void begin(filter *f) {
    load(f, offsetof(struct seccomp_data, arch));
    emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0));
    finish(f, KILL_ALL_THREADS); /* 32-bit calls would need a list of their own */
    load_number(f);
#ifdef __x86_64__
    emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1));
    finish(f, KILL_ALL_THREADS); /* x32 */
#endif
}
#endif

/* Jumps over the next `count` instructions unless the call is `number`. */
static void only_for(filter *f, long number, uint8_t count) {
    emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, count));
}

/* Name services try a local socket and do without; a socket of another kind wants the network. */
static void forbid_sockets(filter *f) {
    only_for(f, SYS_socket, 4);
    load_argument(f, 0);
    on(f, AF_UNIX, REFUSE(EACCES));
    finish(f, f->forbidden);
}

static void judge_clone(filter *f, uint32_t start) {
    const uint32_t namespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET |
                                CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
    only_for(f, SYS_clone, 4);
    load_argument(f, 0);
    emit(f, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, namespaces, 0, 1));
    finish(f, f->forbidden);
    finish(f, start);
#ifdef SYS_fork
    on(f, SYS_fork, start);
    on(f, SYS_vfork, start);
#endif
}

/* Where nothing else keeps signals inside, a process may only signal itself. */
static void confine_signals(filter *f, uint32_t self) {
    static const long TO_A_PROCESS[] = {SYS_kill, SYS_tgkill, SYS_rt_sigqueueinfo,
                                        SYS_rt_tgsigqueueinfo};
    for (size_t i = 0; i < sizeof TO_A_PROCESS / sizeof *TO_A_PROCESS; i++) {
        only_for(f, TO_A_PROCESS[i], 4);
        load_argument(f, 0);
        on(f, (long)self, SECCOMP_RET_ALLOW);
        finish(f, REFUSE(EPERM));
    }
    on(f, SYS_tkill, REFUSE(EPERM));
    on(f, 424 /* pidfd_send_signal */, REFUSE(EPERM));
}

#ifdef MACHINE
static void compose(filter *f, const sandbox_state *state, uint32_t forbidden, uint32_t start) {
    f->size = 0;
    f->forbidden = forbidden;
    begin(f);
    forbid_sockets(f);
    judge_clone(f, start);
    if (!state->own_processes && !state->scoped_signals) confine_signals(f, (uint32_t)getpid());
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof *FORBIDDEN; i++)
        on(f, FORBIDDEN[i].number, forbidden);
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        on(f, REFUSED[i].number, REFUSE((uint32_t)REFUSED[i].error));
    if (!state->files_read_only)
        for (size_t i = 0; i < sizeof CHANGES_OF_FILES / sizeof *CHANGES_OF_FILES; i++)
            on(f, CHANGES_OF_FILES[i], REFUSE(EPERM));
    if (!state->files_read_only && state->landlock_abi < 3) on(f, SYS_truncate, REFUSE(EPERM));
    finish(f, SECCOMP_RET_ALLOW);
}

static int install(filter *f, unsigned flags) {
    struct sock_fprog program = {.len = f->size, .filter = f->code};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/* Letting a call go on from the listener came with Linux 5.5. */
static bool kernel_can_go_on(void) {
    struct utsname name;
    unsigned major = 0, minor = 0;
    if (uname(&name) != 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2) return false;
    return major > 5 || (major == 5 && minor >= 5);
}
#endif

int sandbox_calls(const sandbox_plan *plan, const sandbox_state *state) {
    const char *layer = "system-call-filter", *counting = "process-limit";
    if (!sandbox_wants(plan, layer)) {
        sandbox_missing(plan, counting, "needs the system-call filter");
        return -1;
    }
#ifdef MACHINE
    static filter f;
    bool count = sandbox_wants(plan, counting);
    bool counts = count && kernel_can_go_on();
    compose(&f, state, ASK_LISTENER, counts ? ASK_LISTENER : SECCOMP_RET_ALLOW);
    int listener = install(&f, WITH_LISTENER);
    if (listener < 0) { /* another sandbox around this one may have the only listener */
        counts = false;
        compose(&f, state, KILL_ALL_THREADS, SECCOMP_RET_ALLOW);
        if (install(&f, 0) != 0) {
            sandbox_missing(plan, layer, strerror(errno));
            sandbox_missing(plan, counting, "needs the system-call filter");
            return -1;
        }
    }
    sandbox_reached(plan, layer);
    if (counts)
        sandbox_reached(plan, counting);
    else if (count)
        sandbox_missing(plan, counting, "the kernel lends this process no listener");
    return listener;
#else
    (void)state;
    sandbox_missing(plan, layer, "no list of system calls for this kind of machine");
    sandbox_missing(plan, counting, "needs the system-call filter");
    return -1;
#endif
}

static bool starts_something(long number) {
#ifdef SYS_fork
    if (number == SYS_fork || number == SYS_vfork) return true;
#endif
    return number == SYS_clone;
}

static const char *name_of(long number) {
    for (size_t i = 0; i < sizeof FORBIDDEN / sizeof *FORBIDDEN; i++)
        if (FORBIDDEN[i].number == number) return FORBIDDEN[i].name;
    return number == SYS_clone ? "clone with a new namespace" : "a forbidden system call";
}

static const char *family_name(uint64_t family) {
    switch (family) {
        case AF_INET: return "AF_INET";
        case AF_INET6: return "AF_INET6";
        case AF_NETLINK: return "AF_NETLINK";
        case AF_PACKET: return "AF_PACKET";
        default: return "another family";
    }
}

static bool wants_namespace(uint64_t flags) {
    return flags & (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC |
                    CLONE_NEWUTS | CLONE_NEWCGROUP);
}

bool sandbox_notice(int listener, uint64_t *starts_left, char *what, size_t what_size) {
    notice told;
    memset(&told, 0, sizeof told); /* the kernel insists on zeroes */
    if (ioctl(listener, RECEIVE_NOTICE, &told) != 0) return true; /* the caller died meanwhile */
    long number = told.data.nr;
    if (starts_something(number) && !(number == SYS_clone && wants_namespace(told.data.args[0]))) {
        if (*starts_left == 0) {
            snprintf(what, what_size, "more processes and threads than a run may start");
            return false;
        }
        --*starts_left;
        answer go_on = {.id = told.id, .flags = GO_ON};
        ioctl(listener, SEND_ANSWER, &go_on); /* fails only if the caller died meanwhile */
        return true;
    }
    if (number == SYS_socket)
        snprintf(what, what_size, "socket (%s)", family_name(told.data.args[0] & 0xffffffff));
    else
        snprintf(what, what_size, "%s", name_of(number));
    return false;
}
