/* The data of the engine: what generated validators and the hand-written parts share.
 *
 * Everything here mirrors harness/reading: a node is a StructNode, a list a ListNode, a stream a
 * Stream. Nothing is allocated but from the caller's scratch; nothing is freed but all at once.
 */

/* --- what a function did ---------------------------------------------------------------- */

/* Of expressions: HV_OK, HV_UNKNOWN, HV_FAULT or HV_STOPPED. The reason of UNKNOWN and FAULT is in
 * `ctx->error`. Of reading: HV_OK, HV_BROKEN (reported; reading goes on after the region) or
 * HV_STOPPED (a limit on the whole content, or the scratch is used up: nothing more is read) or
 * HV_MENDED (it broke off in a region of its own, and goes on after it). */
enum { HV_OK = 0, HV_UNKNOWN = 1, HV_FAULT = 2, HV_STOPPED = 3, HV_BROKEN = 4, HV_MENDED = 5 };

/* How a whole run ended. */
enum {
    HV_DONE = 0,          /* read to its end */
    HV_LIMIT = 1,         /* a limit on the whole content stopped it: a finding says so */
    HV_NO_SCRATCH = 2,    /* the scratch is too small; the findings are not complete */
    HV_TOO_LARGE = 3,     /* content of 4 GiB or more */
    HV_TOO_NESTED = 4,    /* calls nest deeper than the stack is sure to hold */
    HV_NO_COMPANION = 5,  /* a companion that the schema takes was not given */
    HV_BAD_COMPANION = 6  /* one was given that is not valid: where only valid ones are taken */
};

/* --- values ----------------------------------------------------------------------------- */

/* Why a slot holds no value; the order matters: what is not PRESENT has none. */
enum { HV_UNREAD = 0, HV_RUNNING, HV_ABSENT, HV_ABANDONED, HV_PRESENT };

/* HV_UINT only where the number exceeds INT64_MAX; so a number has one form. */
enum {
    HV_NONE = 0, HV_INT, HV_UINT, HV_FLOAT, HV_BOOL, HV_TEXT, HV_BYTES, HV_NODE, HV_LIST, HV_STREAM
};

typedef struct hv_ctx hv_ctx;
typedef struct hv_type hv_type;
typedef struct hv_node hv_node;
typedef struct hv_list hv_list;
typedef struct hv_stream hv_stream;
typedef struct hv_session hv_session;

/* A value whose type only reading tells; `state` is HV_PRESENT or says why there is none. */
typedef struct hv_val {
    uint8_t tag;
    uint8_t state;
    uint16_t flags; /* of cells */
    uint32_t n;     /* bytes of TEXT (UTF-8, checked) and BYTES */
    union {
        int64_t i; /* INT, BOOL */
        uint64_t u;
        double f;
        const uint8_t *p;
        hv_node *node;
        hv_list *list;
        hv_stream *stream;
    } as;
} hv_val;

/* Bytes or text. */
typedef struct hv_slice {
    const uint8_t *p;
    uint32_t n;
} hv_slice;

enum {
    HV_HAS_SPAN = 1, /* start and end are its own */
    HV_SHARED = 2    /* read elsewhere: a reference */
};

/* A slot of a node, or an element of a list of mixed values. */
typedef struct hv_cell {
    hv_val v;
    uint32_t start, end;  /* offsets in the data of `source`, where HV_HAS_SPAN */
    hv_stream *source;    /* NULL: the stream of the node */
} hv_cell;

/* --- types ------------------------------------------------------------------------------ */

/* How a value of fixed size is taken from bytes: width 1, 2, 4 or 8. */
enum {
    HV_LOAD_NONE = 0, HV_LOAD_UNSIGNED, HV_LOAD_SIGNED, HV_LOAD_FLOAT, HV_LOAD_BYTES
};
enum { HV_LITTLE = 0, HV_BIG = 1, HV_INHERITED = 2 };

/* How many bytes of the file a character of a text takes. */
enum { HV_IN_UTF8 = 1, HV_IN_BYTES = 2, HV_IN_UTF16 = 3, HV_IN_UTF32 = 4 };

/* A parameter, attribute or instance. The slots of a type are numbered parameters first, then
 * `seq`, then instances, as in harness/reading/slots.py.
 *
 * `cell` >= 0: it stands in that cell of the node. `cell` < 0: it belongs to the group at the start
 * of the structure, and is loaded from the bytes at node->start + offset; it is there once
 * node->got exceeds the slot. */
typedef struct hv_slot {
    int32_t cell;
    uint32_t offset;
    uint32_t width;
    uint8_t load;
    uint8_t order;
    uint8_t is_child;     /* may hold structures (or lists of them) that are read here */
    uint8_t is_text;      /* TextData without `process`, `repeat`: HV_IN_UTF8 ..., else 0 */
    uint8_t is_bytes;     /* likewise BytesData */
    uint8_t any_padding;  /* `-padding: any` */
    uint8_t is_silent;    /* an instance that nothing can be said of, and that reads nothing */
    uint8_t is_computed;  /* a value instance */
    void (*arguments)(hv_node *item); /* of a list of ephemeral structures: their parameters */
} hv_slot;

struct hv_type {
    uint16_t id;              /* position in the table of types */
    uint16_t file;            /* which schema file it is from */
    uint8_t is_top;           /* no `::` in its name: the top type of its file */
    uint8_t has_above;        /* cell `above` holds `_parent`, where that is not what holds it */
    uint8_t instances_below;  /* it, or something below it, has instances */
    uint8_t checks_below;     /* likewise checks after reading */
    uint8_t joins_below;      /* likewise joins */
    uint8_t is_closing;       /* some order is judged within it */
    uint8_t settled_joins;    /* joins, all of them, if items have nothing to do with their tables */
    uint8_t gaps, trailing, overlap; /* HV_FORBID ... of its -layout */
    uint32_t source;          /* where it stands itself */
    uint16_t slots, first_sequence, first_instance; /* slots in all; where `seq`, instances begin */
    uint16_t cells;           /* in a node, `above` and joins included */
    uint16_t above;           /* cell */
    uint16_t first_join;      /* cells of joins begin here */
    uint32_t fixed;           /* bytes, where it is ephemeral: only list items, never kept; else 0 */
    const hv_slot *slot;
    /* generated: read the sequence */
    int (*body)(hv_ctx *c, hv_node *n, hv_stream *s);
    /* generated: read or compute the instance in `slot` (its state is HV_RUNNING); report faults */
    int (*instance)(hv_ctx *c, hv_node *n, uint32_t slot);
    /* generated: resolve the joins of one node; NULL for none */
    int (*join)(hv_ctx *c, hv_node *n);
    /* generated: derive, checksum, order, references, rules of one node; NULL for none */
    int (*check)(hv_ctx *c, hv_node *n);
};

enum { HV_FORBID = 0, HV_ZERO = 1, HV_ALLOW = 2 };

/* --- the tree --------------------------------------------------------------------------- */

typedef struct hv_budget {
    int64_t left;
    int64_t limit;
    struct hv_budget *around; /* what is spent of it too, since it holds for more; or NULL */
    struct hv_budget *beyond; /* what is spent of where a type says more than the default; or NULL */
    uint32_t message;         /* L602, L603, L604 or L605 */
    uint8_t is_default;       /* the schema does not say how much, so that types may say more */
} hv_budget;

typedef struct hv_limits {
    uint32_t depth, deepest;
    uint8_t is_default; /* the schema does not say how deep */
    hv_budget *items, *bytes;
} hv_limits;

enum { HV_IS_ABANDONED = 1, HV_IS_BIG = 2, HV_IS_EPHEMERAL = 4 };

#define HV_NO_END UINT32_MAX

enum { HV_MOST_NESTING = 64 };

/* As much of the stack as a check may take, unless its caller says how much. */
#ifndef HV_STACK_BYTES
#define HV_STACK_BYTES (1 << 20)
#endif

/* A structure. Its cells follow it in memory: HV_CELLS(node). */
struct hv_node {
    const hv_type *type;
    hv_node *parent;      /* what holds it; NULL at the top */
    hv_stream *stream;
    hv_limits *limits;
    uint32_t start, end;  /* in the data of the stream; end HV_NO_END until it is known */
    int32_t index;        /* in a list; -1 outside */
    uint16_t slot;        /* where in `parent` */
    uint16_t got;         /* slots below this one that have no cell are there */
    uint16_t depth;
    uint16_t flags;
    uint32_t spare;
};

#define HV_CELLS(node) ((hv_cell *)(void *)((unsigned char *)(node) + sizeof(hv_node)))

enum {
    HV_LIST_FIXED = 0,     /* numbers or bytes of equal size: nothing is kept but where they begin */
    HV_LIST_EPHEMERAL = 1, /* structures of equal size, loaded when they are looked at */
    HV_LIST_NODES = 2,     /* structures */
    HV_LIST_CELLS = 3,     /* anything else, and what expressions make */
    HV_LIST_SWEPT = 4      /* structures that were found right in a trial: there is no item to be had */
};

/* Entries of a list, hv_node * or hv_cell; each chunk holds twice as many as the one before it. */
typedef struct hv_chunk {
    struct hv_chunk *before;
    uint32_t first, room;
    /* entries follow */
} hv_chunk;

struct hv_list {
    hv_node *node;        /* in which it was read; NULL for a list that an expression made */
    hv_stream *stream;    /* from which it was read */
    const hv_type *type;  /* of its items, where it is ephemeral */
    hv_chunk *last;
    uint32_t start, end;
    uint32_t count, stride;
    uint16_t slot;
    uint8_t kind, load, order, is_abandoned;
    uint8_t is_partial;   /* the last item of an ephemeral list is not all there: */
    uint16_t got;         /* what its node has got; it ends where the list does */
    uint16_t marks;       /* of the walk in rings.c */
    uint8_t is_sparse;    /* only marked items of an ephemeral list need a look after reading: */
    uint8_t first_room;   /* entries of the first chunk */
    uint32_t marked;      /* so many, in the chunks */
};

enum { HV_MOST_GIVENS = 16 };

/* What a sweep or a glance needs from around, or of one item that is joined by a key: numbers; columns and bytes,
 * and how many there are (harness/native/compile/sweeping/around.py). */
typedef struct hv_around {
    int64_t key;
    int64_t number[HV_MOST_GIVENS];
    const int64_t *column[HV_MOST_GIVENS];
    const uint8_t *bytes[HV_MOST_GIVENS];
} hv_around;

typedef struct hv_early {
    uint8_t was_quiet;
    int64_t steps;
} hv_early;

/* --- streams ---------------------------------------------------------------------------- */

/* Half-open bytes. */
typedef struct hv_range {
    uint32_t start, end;
} hv_range;

/* Bytes read without a jump, and for whom: an attribute of a structure, or the structure itself.
 * An item of a list that is only loaded is told by what holds it. */
typedef struct hv_run {
    uint32_t start, end;
    hv_node *node;
    uint16_t slot;        /* HV_NO_SLOT for the structure itself */
    uint16_t list_slot;   /* of an item: the list */
    uint32_t item;        /* HV_NO_ITEM, or the item of that list in `node` */
} hv_run;

#define HV_NO_SLOT UINT16_MAX
/* The highest bit says whether the run may overlap another. */
enum { HV_NO_ITEM = 0x7fffffff };
#define HV_MAY_OVERLAP UINT32_C(0x80000000)

typedef struct hv_runs {
    struct hv_runs *next;
    uint32_t count, room;
    hv_run run[1];
} hv_runs;

/* Of a processed buffer: the stream of the packed bytes, and where they are in its data. */
typedef struct hv_packed {
    hv_stream *stream;
    uint32_t start, end;
} hv_packed;

struct hv_stream {
    const uint8_t *data;
    uint32_t size;               /* of the data */
    uint32_t start, end, position;
    uint32_t run_start;
    uint8_t bits_left, is_abandoned, has_origin, claim_overlap;
    uint8_t bits;                /* those left of the last byte */
    int32_t claim_slot;
    hv_session *session;
    hv_node *owner;
    hv_node *claim_node;
    uint32_t origin_start, origin_end; /* the packed bytes in the file */
    hv_packed *packed;
    struct hv_claims *claims;          /* in a trial, what lists that are swept read of it */
    hv_run first_run;                  /* most streams have but one */
    hv_runs *last_runs;                /* the rest, in a ring: the last leads to the first */
    struct hv_mark *marks;             /* what was sought in vain, and found */
    hv_stream *next;                   /* in the order they were opened */
    uint32_t run_count;
};

/* Bytes read by position in a trial, all by the same attribute; each holds twice as many as the one
 * before it. */
typedef struct hv_claims {
    struct hv_claims *before;
    uint32_t count, room, what;
    hv_range range[1];
} hv_claims;

typedef struct hv_saved {
    uint32_t position;
    hv_node *node;
    int32_t slot;
    uint8_t may_overlap;
} hv_saved;

/* One content: the candidate, or a companion. */
struct hv_session {
    uint32_t number;          /* 0: the candidate; else 1 + the position of the companion */
    uint32_t file_size;
    hv_node *root;
    hv_stream *main, *last_stream;
    hv_budget items, all_items, bytes, steps, output;
    hv_limits limits;
    hv_node *bits_node;       /* the bit field that was read last */
    uint32_t bits_slot;
    uint8_t is_done, is_stopped, is_muted;
    uint64_t muted_errors;    /* what would have been reported as an error */
    uint32_t references;      /* cells that are HV_SHARED and hold a structure or list */
    struct hv_memo *memo;
};

/* --- what went wrong -------------------------------------------------------------------- */

/* A value for the words of a finding. */
typedef struct hv_word {
    hv_val v;      /* HV_NONE: unknown, its part of the words is left out */
    int32_t slot;  /* of a NODE, where a place in it is meant: its slot and item; else -1 */
    int32_t item;
} hv_word;

enum { HV_MOST_WORDS = 12 };

/* Why an expression or a layout gave up. */
typedef struct hv_error {
    /* UNKNOWN */
    uint8_t is_reported, is_out_of_range;
    uint32_t name;            /* of an UNKNOWN: a text of the schema, by number */
    hv_val index;             /* of an OUT_OF_RANGE; then `name` is 0 */
    int64_t count;            /* likewise */
    /* FAULT */
    uint32_t message;
    uint8_t has_span, has_place, word_count;
    uint32_t start, end;      /* offsets in the data of the stream under way */
    int32_t slot, item;       /* has_place: instead of the attribute under way */
    hv_word words[HV_MOST_WORDS];
} hv_error;

/* A place in the tree: slot -1 is the structure itself, item -1 the whole value. */
typedef struct hv_place {
    hv_node *node;
    int32_t slot;
    int32_t item;
} hv_place;

/* Bound names of an expression; which are there is known when it is compiled. */
typedef struct hv_bound {
    hv_val it;      /* `_` */
    hv_val on;      /* `_on` */
    int64_t index;  /* `_index` */
} hv_bound;

/* --- what the caller gives and gets ------------------------------------------------------- */

/* Of a message, by number: its code among `codes`, its severity (0 error, 1 warning, 2 note). */
typedef struct hv_message {
    uint16_t code;
    uint8_t severity;
    uint8_t is_limit;    /* L6xx: never taken for a broken contract */
    uint8_t is_contract; /* K4xx */
} hv_message;

/* Of a source, by number; 0 is that of the place. */
typedef struct hv_source {
    uint8_t has_severity, severity;
    uint8_t is_contract; /* a fault in it is a broken contract */
    uint32_t fault;      /* the source of other faults in it: without its severity and reason */
} hv_source;

/* Findings as they are made: harness/reading/recorder.py. A record is made of 32-bit words in the
 * machine's order: size in bytes, message, source, 1 + the message of a fault that a contract met or 0,
 * session, span start, span end, steps, words; then for each step from the top: type, slot, index;
 * then for each word: tag | type << 8, bytes that follow, 64 bits (number, or the whole length of
 * what is cut), then the bytes, filled up to four. A NODE's bytes are its steps. TEXT is cut after
 * 1,024 characters, BYTES after 64. */
typedef struct hv_recorder {
    uint8_t *at;           /* caller-owned */
    size_t size, used;
    int64_t left;          /* how many findings are still kept */
    uint32_t kinds;        /* of which one is kept: bit severity * 2 + is a contract's */
    uint64_t *dropped;     /* caller-owned: by code, those only counted */
    uint64_t errors;       /* kept or not */
    uint64_t contract_errors;
    uint64_t count;        /* kept */
    uint32_t is_full;      /* one did not fit: the caller must come back with more room */
} hv_recorder;

/* Numbers of the items of a list, one of each. */
typedef struct hv_kept_column {
    const hv_list *list;
    const int64_t *number; /* NULL: not all of them could be had */
    uint32_t slot;
    uint32_t padding;
} hv_kept_column;

enum { HV_COLUMNS = 16 };

/* A trial only finds out that there is nothing to say: anything else ends it. */
enum { HV_NO_TRIAL = 0, HV_TRIAL, HV_TRIAL_ENDED };

struct hv_ctx {
    uint8_t *scratch, *scratch_end, *at;
    uint8_t *after_companions;          /* what a new candidate goes back to */
    hv_session *session;                /* of the candidate */
    hv_session *companions[8];
    uint32_t companion_count;
    uint32_t nesting, status;
    uintptr_t stack;                    /* where the check began on it */
    size_t stack_room;                  /* calls go no deeper where it has taken more */
    uint8_t is_quiet;                   /* values are looked up once more: nothing is reported */
    uint8_t is_early;                   /* what is not read yet must not be read for them */
    hv_error error;
    hv_recorder recorder;
    struct hv_buckets *buckets;         /* of orders within an ancestor */
    struct hv_table *tables;            /* of references, by key */
    uint32_t look_ups;                  /* in them */
    struct hv_texts *texts;             /* long ones that were gone through */
    uint32_t kept;                      /* rises when something is put into the scratch to stay */
    uint32_t counted;                   /* likewise, when that is what is known of a text */
    struct hv_table *early_tables;      /* likewise, of those looked at before everything is read */
    uint8_t trial;                      /* HV_NO_TRIAL ... */
    struct hv_swept *swept;             /* in a trial, the keys of lists */
    hv_kept_column columns[HV_COLUMNS]; /* those made last */
    int64_t columns_left;               /* how many numbers may still be put into columns */
};

/* Of a type that a whole content is read as: its -limits, 0 for those that are the default. */
typedef struct hv_root {
    const hv_type *type;
    int64_t items, bytes;
    uint32_t depth;
} hv_root;

enum { HV_SPAN_STRUCT = 0, HV_SPAN_LIST, HV_SPAN_VALUE, HV_SPAN_SHARED };
enum {
    HV_SPAN_COMPUTED = 1, /* it has no bytes of its own */
    HV_SPAN_UNPACKED = 2  /* it stands in a processed buffer: the bytes are the packed ones */
};
#define HV_NO_PARENT UINT32_MAX

/* A value with its bytes in the file. Each stands before those that it holds. */
typedef struct hv_span {
    uint32_t parent;        /* the number of the record that holds it; HV_NO_PARENT of the top */
    uint32_t start, end;
    int32_t item;           /* in a list; -1 outside */
    uint16_t type, slot;    /* the structure around it, and where in that; HV_NO_SLOT of the top */
    uint16_t of;            /* of a structure, its type; else HV_NO_SLOT */
    uint8_t kind, flags;
} hv_span;

/* Of what is declared here for callers: it rises with each change. */
enum { HV_ABI = 5 };

/* How often a structure uses a cell of a matrix, or a row of it in any column. */
typedef struct hv_use {
    uint32_t matrix;        /* as harness/coverage numbers them */
    uint32_t column;        /* likewise; HV_MOST_COLUMNS for the row */
    uint32_t row;           /* or the number of the member that it is */
    uint32_t uses;
    hv_val per;             /* bytes and texts stand in the content or the scratch memory */
} hv_use;

/* What is asked of one check, and what it says. */
typedef struct hv_request {
    int64_t max_findings;
    uint8_t *findings;      /* records; NULL: they are only counted */
    size_t findings_size;
    uint64_t *dropped;      /* by code; NULL: they are not counted by code */
    size_t used;
    uint64_t count, errors, contract_errors;
    uint32_t is_full, padding;
    size_t scratch_kept;    /* bytes of the scratch that companions hold for later checks */
    size_t scratch_used;    /* bytes that were touched, those included */
    /* Of each value that a contract observes: whether it is known, how many numbers it has; of each
     * number whether it is beyond INT64_MAX, and its 64 bits. */
    uint64_t *observed;     /* NULL: they are not asked for */
    size_t observed_room, observed_wanted; /* words there are, words it takes */
    hv_span *spans;         /* NULL: they are not asked for */
    uint64_t span_room, span_count; /* records there are, records it takes */
    hv_use *cells;          /* NULL: they are not asked for; of content that is read to its end */
    uint64_t cell_room, cell_count; /* records there are, records it takes */
    uint32_t is_measured;   /* 0: measuring the cells took too much */
    uint32_t is_swept;      /* a trial found nothing; there was no need for a full run */
} hv_request;

/* A matrix of `-coverage`; columns and rows by the numbers of their members. */
typedef struct hv_matrix {
    const hv_type *type;
    int (*per)(hv_ctx *c, hv_node *self, const hv_bound *b, hv_val *out); /* NULL: one plane */
    int (*rows)(hv_ctx *c, hv_node *self, const hv_bound *b, hv_val *out); /* NULL: not told */
    int (*each)(hv_ctx *c, hv_node *self, const hv_bound *b, hv_val *out);
    int (*row)(hv_ctx *c, hv_node *self, const hv_bound *b, hv_val *out);
    int (*column)(hv_ctx *c, hv_node *self, const hv_bound *b, hv_val *out);
    const int64_t *columns;
    uint32_t column_count;
    const int64_t *members; /* of rows, where an enum tells them */
    uint32_t member_count;
} hv_matrix;

/* A value that a contract observes. */
typedef struct hv_observe {
    int is_indexed;         /* for each `_index`, until a list ends */
    int (*value)(hv_ctx *c, hv_node *self, const hv_bound *b, hv_val *out);
} hv_observe;
