/* What the parts of the engine and generated code call of one another. */

#define HV_INLINE static inline HV_UNUSED

/* --- scratch (scratch.c) ------------------------------------------------------------------ */

/* `size` bytes for the rest of the run, aligned to 8, not cleared; NULL when the scratch is used
 * up, and then `ctx->status` is HV_NO_SCRATCH: the caller returns HV_STOPPED. */
static void *hv_take(hv_ctx *c, size_t size);

/* --- bytes (bytes.c) ---------------------------------------------------------------------- */

HV_INLINE uint64_t hv_unsigned(const uint8_t *p, uint32_t width, int big);
HV_INLINE int64_t hv_signed(const uint8_t *p, uint32_t width, int big);
HV_INLINE double hv_float(const uint8_t *p, uint32_t width, int big);
/* A value of fixed size as a value of its kind (HV_LOAD_...). */
HV_INLINE hv_val hv_load(const uint8_t *p, uint32_t width, uint8_t load, int big);

HV_INLINE hv_val hv_int(int64_t number);
HV_INLINE hv_val hv_uint(uint64_t number); /* HV_INT where it fits */
HV_INLINE hv_val hv_bool(int truth);
HV_INLINE hv_val hv_of_node(hv_node *node);
HV_INLINE hv_val hv_of_list(hv_list *list);
HV_INLINE hv_val hv_bytes(const uint8_t *p, uint32_t n);
HV_INLINE hv_val hv_text(const uint8_t *p, uint32_t n);
HV_INLINE hv_val hv_missing(uint8_t state);

/* --- giving up (faults.c) ----------------------------------------------------------------- */

/* Each fills in `ctx->error`, words and span empty, and returns HV_UNKNOWN or HV_FAULT. */
static int hv_unknown(hv_ctx *c, uint32_t name, int is_reported);
static int hv_out_of_range(hv_ctx *c, hv_val index, int64_t count);
static int hv_fault(hv_ctx *c, uint32_t message);
static void hv_add_word(hv_ctx *c, hv_val value); /* to the words of the fault */
static int hv_fault_at(hv_ctx *c, uint32_t message, uint32_t start, uint32_t end); /* with a span */

/* Spend `amount`; beyond the limit it is reported at the place and the run ends: HV_STOPPED. */
static int hv_spend(hv_ctx *c, hv_budget *budget, int64_t amount, hv_place place);
/* Elements that expressions look at; bytes of output that they make: of the session of `node`. */
static int hv_steps(hv_ctx *c, hv_node *node, int64_t amount);
static int hv_output(hv_ctx *c, hv_node *node, int64_t amount);

/* --- sweeping (sweep.c) ------------------------------------------------------------------- */

/* Something may have to be said: the trial is over; HV_STOPPED. */
static int hv_end_trial(hv_ctx *c);
static int hv_account_claims(hv_ctx *c, const hv_stream *s);

/* --- findings (report.c) ------------------------------------------------------------------ */

HV_INLINE hv_place hv_at(hv_node *node, int32_t slot, int32_t item);
/* Whether a finding would be kept; else it need not be put into words, only reported. */
static int hv_wants(hv_ctx *c, uint32_t message, uint32_t source);
/* Record a finding; `span` NULL: the bytes of the place. Silent while `ctx->is_quiet`. */
static void hv_report(hv_ctx *c, uint32_t message, uint32_t source, hv_place place,
                      const hv_range *span, const hv_word *words, uint32_t count);
/* Record the fault in `ctx->error`, met in a check of what stands at `place`. */
static void hv_report_fault(hv_ctx *c, uint32_t source, hv_place place);
/* The same for whichever problem `status` tells, met while reading at `place` of `stream`; silent
 * where the cause is known already. `is_framed`: without a span of its own the problem is where the
 * stream stands, else the bytes of the place. */
static void hv_report_problem(hv_ctx *c, int status, hv_place place, hv_stream *stream,
                              int is_framed);
HV_INLINE hv_word hv_word_of(hv_val value);
HV_INLINE hv_word hv_word_at(hv_place place);

/* --- the tree (tree.c) -------------------------------------------------------------------- */

/* A new node of `type`, all slots HV_UNREAD; NULL when the scratch is used up. */
static hv_node *hv_new_node(hv_ctx *c, const hv_type *type, hv_node *parent, uint32_t slot,
                            int32_t index, hv_stream *stream, uint32_t start, hv_limits *limits);
/* What a slot holds, group or cell, with its bytes; the state says whether it holds anything. */
static hv_cell hv_get(const hv_node *node, uint32_t slot);
/* The value of a slot that is not HV_PRESENT yet: force an instance, or give up (HV_UNKNOWN with
 * `name`, or HV_FAULT). On HV_OK the slot's cell is HV_PRESENT. */
static int hv_present(hv_ctx *c, hv_node *node, uint32_t slot, uint32_t name);
/* Read or compute an instance now; on HV_OK its cell says what came of it. */
static int hv_force(hv_ctx *c, hv_node *node, uint32_t slot);

static hv_list *hv_new_list(hv_ctx *c, hv_node *node, uint32_t slot, uint8_t kind,
                            hv_stream *stream, uint32_t start);
static int hv_append_node(hv_ctx *c, hv_list *list, hv_node *item);
static int hv_append_cell(hv_ctx *c, hv_list *list, const hv_cell *item);
/* Item `i` < count of any list that is not ephemeral, with its bytes. */
static hv_cell hv_item(const hv_list *list, uint32_t i);
/* Item `i` of a list of structures; `room` is filled in and returned where they are ephemeral. */
static hv_node *hv_item_node(const hv_list *list, uint32_t i, hv_node *room);
/* The items of a list are all there, else HV_UNKNOWN. */
static int hv_complete(hv_ctx *c, const hv_list *list);

static hv_node *hv_parent_of(hv_node *node);       /* `_parent`; NULL for none */
static hv_node *hv_holder(hv_node *node);          /* `_parent` where structures nest plainly */
static hv_node *hv_top_of_file(hv_node *node);     /* `_root` in any file; NULL for none */

/* harness/reading/tree.py: the stream that holds what stands at a place, and its bytes there. */
static hv_stream *hv_extent_of(hv_place place, uint32_t *start, uint32_t *end);
static hv_range hv_span_in(const hv_stream *stream, uint32_t start, uint32_t end); /* of the file */
static hv_cell hv_value_at(hv_place place); /* NODE for a structure itself */
/* The list in `slot` if it was read there; NULL for anything else. */
static hv_list *hv_own_list(const hv_node *node, uint32_t slot);

/* --- streams (streams.c) ------------------------------------------------------------------ */

static hv_stream *hv_new_stream(hv_ctx *c, hv_session *session, const uint8_t *data, uint32_t size,
                                uint32_t start, uint32_t end);
static void hv_own(hv_stream *stream, hv_node *node);
static int hv_begin_run(hv_ctx *c, hv_stream *s, hv_node *node, int32_t slot, uint32_t position,
                        int may_overlap, hv_saved *saved);
static int hv_end_run(hv_ctx *c, hv_stream *s, const hv_saved *saved, int comes_back);
static int hv_close_run(hv_ctx *c, hv_stream *s);
/* Where `unit` first stands at a multiple of its length from `start`; UINT32_MAX for nowhere. */
static uint32_t hv_find_unit(hv_ctx *c, hv_stream *s, hv_slice unit, uint32_t start);
static uint32_t hv_find_mark(hv_ctx *c, hv_stream *s, hv_slice mark, uint32_t start, int is_last);
/* Drop the rest of a byte whose first bits were read; it must be zero. */
static void hv_align(hv_ctx *c, hv_stream *s);
HV_INLINE int hv_at_end(const hv_stream *s);

/* --- after reading: walks.c, rings.c, accounting.c ------------------------------------------ */

/* Each returns HV_OK or HV_STOPPED. */
static int hv_read_all_instances(hv_ctx *c, hv_node *root);
static int hv_report_rings(hv_ctx *c, hv_node *root);
static int hv_join_tree(hv_ctx *c, hv_node *root);   /* pre-order: type->join */
static int hv_check_tree(hv_ctx *c, hv_node *root);  /* post-order: type->check */
static int hv_account(hv_ctx *c, hv_session *session);

/* Call `visit` on each structure that `node` holds itself, in slot and list order. */
typedef int (*hv_visit)(hv_ctx *c, hv_node *node);
static int hv_each_child(hv_ctx *c, hv_node *node, hv_visit visit);
