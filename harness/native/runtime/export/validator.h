/*
 * Checks contents of the format `@FORMAT@`, as `harness validate` does; made by
 * `harness schema export c` of content-harness @VERSION@. usage.md, beside it, tells how to use it.
 *
 * Freestanding C99: nothing is allocated, nothing is kept between calls but in the scratch, no
 * function of the C library is called but memcmp, memcpy and memset.
 */
#ifndef VALIDATOR_H
#define VALIDATOR_H

/* As much of the stack as a check may take: content that nests deeper ends with
 * VALIDATOR_TOO_NESTED. Define another number when compiling the source. */
#ifndef VALIDATOR_STACK_BYTES
#define VALIDATOR_STACK_BYTES 262144
#endif

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a check ended. */
enum {
    VALIDATOR_DONE = 0,         /* the content was read to its end */
    VALIDATOR_LIMIT = 1,        /* a limit stopped it; a finding, an error, says which */
    VALIDATOR_NO_SCRATCH = 2,   /* the scratch is too small: nothing is known */
    VALIDATOR_TOO_LARGE = 3,    /* 4 GiB or more: nothing is known */
    VALIDATOR_TOO_NESTED = 4,   /* nests deeper than the stack is sure to hold: nothing is known */
    VALIDATOR_NO_COMPANION = 5, /* a companion was not given, or not in its turn, or was refused */
    VALIDATOR_BAD_COMPANION = 6 /* a companion is not valid itself: it was refused */
};

enum { VALIDATOR_ERROR = 0, VALIDATOR_WARNING = 1, VALIDATOR_NOTE = 2 };

typedef struct validator_context validator_context;

/* What is asked of a check, and what it found. */
typedef struct validator_result {
    uint8_t *records;          /* room for findings; NULL: they are only counted */
    size_t records_size;       /* bytes of it */
    int64_t max_findings;      /* how many are kept at most */
    size_t used;               /* from here on what the check says: bytes of records */
    uint64_t count;            /* findings kept */
    uint64_t errors;           /* findings of severity `error`, kept or not */
    uint64_t contract_errors;  /* those of them that break a contract, and not the format */
    int is_full;               /* one did not fit into the room */
} validator_result;

typedef struct validator_finding {
    const char *code;    /* such as `I501`; `harness explain` tells what it means */
    const char *rule;    /* the author's id of an invariant or contract rule; else empty */
    int severity;
    uint32_t companion;  /* 0: it is in the content; 1: in the first companion, and so on */
    uint64_t start, end; /* half-open bytes */
    const uint8_t *record;
} validator_finding;

/* Scratch that is enough for most contents: @EACH@ bytes for each of their bytes, and 64 KiB. One
 * that needs more ends with VALIDATOR_NO_SCRATCH, and must not be loaded either; more scratch may
 * be enough: what consists of nothing but the smallest items takes about @MOST@ bytes for each.
 * SIZE_MAX: there cannot be as much. */
size_t validator_scratch_size(size_t content_size, size_t companions_size);

/* Make ready for many checks; NULL if the scratch is too small even for that, or is NULL.
 * The scratch belongs to the context from now on; there is nothing to close. */
validator_context *validator_open(void *scratch, size_t size);

@GIVE_DECLARATIONS@/* Check one content; returns how that ended. */
int validator_check(validator_context *context, const uint8_t *data, size_t size,
                    validator_result *result);

/* The finding at byte `*at` of the records, and where the next one begins; 0 when there is none. */
int validator_next(const validator_result *result, size_t *at, validator_finding *finding);

/* The path of a finding, such as `instances[3].kind`, cut to `size` and ended by NUL; returns how
 * long it is in full. */
size_t validator_path(const validator_finding *finding, char *buffer, size_t size);

/* All in one: 1 if the content may be loaded, that is, it was read to its end and no rule of the
 * format or of a contract in it is broken by an error@ALL_COMPANIONS@; else 0. */
int validator_accepts(void *scratch, size_t scratch_size, const uint8_t *data, size_t size@PARAMETERS@);

#ifdef __cplusplus
}
#endif

#endif
