/* The layers between a consumer and the machine; each says by name whether it stands. */
#ifndef HARNESS_SANDBOX_H
#define HARNESS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SANDBOX_MAX_ITEMS 64

typedef struct {
    const char *scratch;              /* the folder to write to, which is gone afterwards */
    uint64_t scratch_bytes;           /* its size, where it can be a file system of its own */
    const char *read[SANDBOX_MAX_ITEMS]; /* files and folders to read and execute */
    size_t read_count;
    const char *write[SANDBOX_MAX_ITEMS]; /* more folders to write to, which keep what they hold */
    size_t write_count;
    const char *without[SANDBOX_MAX_ITEMS]; /* layers switched off on purpose */
    size_t without_count;
    uint64_t cpu_seconds, file_bytes, open_files, address_bytes; /* 0: no such limit */
    uint64_t processes;               /* how many processes and threads a run may start */
    int status_fd;
} sandbox_plan;

/* What one step learnt that a later one needs to know. */
typedef struct {
    bool files_read_only;   /* the mount layer stands */
    bool own_proc;          /* /proc shows the consumer's processes only */
    bool own_processes;     /* the consumer cannot name processes outside */
    bool scoped_signals;    /* Landlock keeps signals inside */
    int landlock_abi;       /* 0: none */
} sandbox_state;

/* sandbox_report.c: one line a record, one write each, so that a dying process loses nothing. */
void sandbox_reached(const sandbox_plan *plan, const char *layer);
void sandbox_missing(const sandbox_plan *plan, const char *layer, const char *detail);
void sandbox_line(const sandbox_plan *plan, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool sandbox_wants(const sandbox_plan *plan, const char *layer); /* else reports it missing */

/* sandbox_namespaces.c */
void sandbox_unshare(const sandbox_plan *plan, sandbox_state *state); /* in the supervisor */
void sandbox_mounts(const sandbox_plan *plan, sandbox_state *state);  /* in the first child */

/* sandbox_rights.c */
void sandbox_limits(const sandbox_plan *plan);
void sandbox_privileges(const sandbox_plan *plan);

/* sandbox_landlock.c */
void sandbox_landlock(const sandbox_plan *plan, sandbox_state *state);

/*
 * sandbox_calls.c: the filter on system calls. Returns a descriptor on which the kernel tells of
 * forbidden calls and of new processes. Or -1: then forbidden calls kill and nothing is counted,
 * or there is no filter; the report says which.
 */
int sandbox_calls(const sandbox_plan *plan, const sandbox_state *state);
/* Waits for one notice. True: go on. False: `what` names what the consumer tried. */
bool sandbox_notice(int listener, uint64_t *starts_left, char *what, size_t what_size);

#endif
