/* Sweeping: a trial run that reads a list of structures without keeping any of them
 * (harness/native/compile/sweeping). It only ever says that there is nothing to say: whatever is not
 * plainly right, and whatever cannot be told so, ends it, and the content is read anew, in full. */

/* What was asked of items of companions, by key; of lists with keys, so many are looked at. */
enum { HV_RECENT_JOINS = 16, HV_MOST_SWEPT = 16 };
typedef struct hv_joins {
    int is_indexed;
    uint32_t most; /* items of the table */
    hv_index index;
    hv_around **made;
    const hv_around *recent[HV_RECENT_JOINS];
} hv_joins;

/* The keys of the items of a list, in their order, and where the items start. */
typedef struct hv_swept {
    struct hv_swept *next;
    const hv_list *list;
    uint32_t slot;
    uint32_t is_rising;
    hv_rising rising;
    hv_index index;       /* where they do not rise */
    uint32_t *start;
} hv_swept;

static int hv_end_trial(hv_ctx *c)
{
    c->trial = HV_TRIAL_ENDED;
    return HV_STOPPED;
}

/* Truth as 1 or 0, by arithmetic alone: a compiler would make branches of comparisons, and what is in
 * content is not what a processor foresees. The difference of `a` and `b` is one of s64. */
HV_INLINE int64_t hv_if_same(int64_t a, int64_t b)
{
    const uint64_t other = (uint64_t)a ^ (uint64_t)b;
    return (int64_t)(((other | (0u - other)) >> 63) ^ 1u);
}

HV_INLINE int64_t hv_if_less(int64_t a, int64_t b)
{
    return (int64_t)(((uint64_t)a - (uint64_t)b) >> 63);
}

/* --- what is around ----------------------------------------------------------------------- */

/* The field in `slot` of each item of a list, all of them read and whole numbers; NULL for any
 * other. */
static const int64_t *hv_make_column(hv_ctx *c, const hv_list *list, uint32_t slot)
{
    int64_t *column;
    hv_room room;
    c->columns_left -= list->count;
    if (c->columns_left < 0)
        return NULL;
    column = hv_take(c, ((size_t)list->count + 1u) * sizeof *column);
    if (column == NULL || (list->kind != HV_LIST_EPHEMERAL && list->kind != HV_LIST_NODES))
        return NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        hv_val value = hv_get(hv_item_node(list, i, &room.head), slot).v;
        if (value.state != HV_PRESENT || value.tag != HV_INT)
            return NULL;
        column[i] = value.as.i;
    }
    return column;
}

/* The same, which is made once while not too many others are asked for. */
static HV_UNUSED const int64_t *hv_column(hv_ctx *c, const hv_list *list, uint32_t slot)
{
    uint64_t hash = hv_mix((uint64_t)(uintptr_t)list ^ slot);
    hv_kept_column *kept = &c->columns[hash % HV_COLUMNS];
    if (kept->list != list || kept->slot != slot) {
        kept->number = hv_make_column(c, list, slot);
        kept->list = list;
        kept->slot = slot;
    }
    return kept->number;
}

/* The bytes of a list of numbers that take `width` each; NULL for any other. */
static HV_UNUSED const uint8_t *hv_bytes_of_list(const hv_list *list, uint32_t width)
{
    if (list->kind != HV_LIST_FIXED || list->stride != width || list->is_abandoned)
        return NULL;
    return list->stream->data + list->start;
}

/* --- what is joined from companions --------------------------------------------------------- */

/* What was asked of the item with a key; NULL where that was not looked up yet. */
HV_INLINE const hv_around *hv_known_join(const hv_joins *joins, int64_t key)
{
    const hv_around *recent = joins->recent[(uint64_t)key % HV_RECENT_JOINS];
    return recent != NULL && recent->key == key ? recent : NULL;
}

static HV_UNUSED const hv_around *hv_indexed_join(hv_joins *joins, int64_t key)
{
    const hv_keyed *found = joins->is_indexed ? hv_find_key(&joins->index, hv_int(key)) : NULL;
    if (found == NULL)
        return NULL;
    joins->recent[(uint64_t)key % HV_RECENT_JOINS] = joins->made[found->number];
    return joins->made[found->number];
}

/* Join `n` early, as when everything is read; the item, or NULL. */
static hv_node *hv_join_now(hv_ctx *c, hv_node *n, uint32_t cell)
{
    const hv_val *found = &HV_CELLS(n)[cell].v;
    struct hv_table *tables = c->tables;
    int status;
    c->is_early = 1;
    c->tables = c->early_tables;
    status = n->type->join(c, n);
    c->early_tables = c->tables;
    c->tables = tables;
    c->is_early = 0;
    return status == HV_OK && found->state == HV_PRESENT && found->tag == HV_NODE ? found->as.node
                                                                                  : NULL;
}

/* Room for what is asked of an item that was joined; the whole table is paid for once. */
static hv_around *hv_new_join(hv_ctx *c, hv_joins *joins, const hv_node *n, const hv_node *item,
                              int64_t key)
{
    hv_around *around = hv_take(c, sizeof *around);
    if (!joins->is_indexed) {
        const hv_val table = hv_get(item->parent, item->slot).v;
        joins->most = table.tag == HV_LIST ? table.as.list->count : 1u;
        joins->made = hv_take(c, (size_t)joins->most * sizeof(hv_around *));
        n->stream->session->steps.left -= joins->most;
        if (joins->made == NULL || n->stream->session->steps.left < 0
            || hv_new_index(c, &joins->index, joins->most) != HV_OK)
            return NULL;
        joins->is_indexed = 1;
    }
    if (around == NULL || joins->index.count == joins->most)
        return NULL;
    around->key = key;
    joins->made[joins->index.count] = around;
    (void)hv_put_key(&joins->index, hv_int(key), joins->index.count);
    joins->recent[(uint64_t)key % HV_RECENT_JOINS] = around;
    return around;
}

/* --- keys of what is swept ------------------------------------------------------------------ */

/* Room for the keys of up to `most` items; NULL without scratch. */
static hv_swept *hv_new_swept(hv_ctx *c, const hv_list *list, uint32_t slot, uint32_t most)
{
    hv_swept *swept = hv_take(c, sizeof *swept);
    if (swept == NULL)
        return NULL;
    swept->list = list;
    swept->slot = slot;
    swept->is_rising = 1;
    swept->rising.count = 0;
    swept->rising.last = UINT32_MAX - 1u;
    swept->rising.number = hv_take(c, (size_t)most * sizeof *swept->rising.number);
    swept->start = hv_take(c, (size_t)most * sizeof *swept->start);
    if (swept->rising.number == NULL || swept->start == NULL)
        return NULL;
    swept->next = c->swept;
    c->swept = swept;
    return swept;
}

HV_INLINE void hv_add_swept(hv_swept *swept, uint32_t i, int64_t key, uint32_t start)
{
    if (i > 0 && swept->rising.number[i - 1u] >= key)
        swept->is_rising = 0;
    swept->rising.number[i] = key;
    swept->start[i] = start;
}

/* All keys are there: whether no two are alike. */
static int hv_end_swept(hv_ctx *c, hv_swept *swept, uint32_t count)
{
    swept->rising.count = count;
    if (swept->is_rising)
        return 1;
    if (hv_new_index(c, &swept->index, count) != HV_OK)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        if (hv_put_key(&swept->index, hv_int(swept->rising.number[i]), i) != NULL)
            return 0;
    return 1;
}

/* The keys of a list, to look items up, which is paid for; NULL where they are not known. */
static hv_swept *hv_keys_of(hv_ctx *c, const hv_node *n, const hv_list *list, uint32_t slot)
{
    hv_swept *swept = c->swept;
    uint32_t others = 0;
    for (; swept != NULL && (swept->list != list || swept->slot != slot); swept = swept->next)
        if (++others == HV_MOST_SWEPT)
            return NULL;
    if (swept == NULL || swept->rising.count != list->count)
        return NULL;
    n->stream->session->steps.left -= list->count;
    return n->stream->session->steps.left < 0 ? NULL : swept;
}

/* The number of the item with a key; UINT32_MAX where there is none. */
HV_INLINE uint32_t hv_find_swept(hv_swept *swept, int64_t key)
{
    uint32_t next = swept->rising.last + 1u;
    const hv_keyed *found;
    if (next < swept->rising.count && swept->rising.number[next] == key) {
        swept->rising.last = next;
        return next;
    }
    if (swept->is_rising)
        return hv_find_rising(&swept->rising, hv_int(key));
    found = hv_find_key(&swept->index, hv_int(key));
    if (found == NULL)
        return UINT32_MAX;
    swept->rising.last = found->number;
    return found->number;
}

/* --- bytes that are read by position ---------------------------------------------------------- */

/* `what` was read in [start, end) of a stream; the same may be read there again. */
HV_INLINE int hv_claim(hv_ctx *c, hv_stream *s, uint32_t start, uint32_t end, uint32_t what)
{
    hv_claims *last = s->claims;
    if (last == NULL || last->count == last->room || last->what != what) {
        uint32_t room = last == NULL ? 4u : last->room < 1u << 16 ? last->room * 2u : last->room;
        hv_claims *more;
        if (last != NULL && last->what != what)
            return 0; /* whether both may read the same bytes is not for here to decide */
        more = hv_take(c, sizeof *more + (size_t)room * sizeof *more->range);
        if (more == NULL)
            return 0;
        more->before = last;
        more->room = room;
        more->what = what;
        more->count = 0;
        s->claims = last = more;
    }
    last->range[last->count].start = start;
    last->range[last->count++].end = end;
    return 1;
}

/* --- bytes and texts ---------------------------------------------------------------------------- */

enum { HV_AS_BYTES = -1 };

/* The byte that ends a value; `*is_ascii` says of those before it whether all are. UINT32_MAX where
 * there is none. */
HV_INLINE uint32_t hv_sweep_to(const uint8_t *data, uint32_t start, uint32_t end, uint8_t byte,
                               int *is_ascii)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    const uint64_t pattern = ones * byte;
    uint32_t at = start;
    *is_ascii = 1;
    while (end - at >= 8) {
        uint64_t eight, same;
        memcpy(&eight, data + at, 8);
        same = eight ^ pattern;
        if ((((same - ones) & ~same) | eight) & tops)
            break;
        at += 8;
    }
    while (at < end && data[at] != byte) {
        if (data[at] >= 0x80) {
            *is_ascii = 0;
            return hv_find_byte(data, at, end, byte);
        }
        at++;
    }
    return at < end ? at : UINT32_MAX;
}

/* How many characters bytes make, or how many of them there are; -1 where they are no text. */
static int64_t hv_sweep_decoded(hv_ctx *c, hv_slice in, int encoding)
{
    uint32_t bad, bad_end;
    hv_val text;
    int is_good;
    if (encoding == HV_AS_BYTES || encoding == HV_FROM_LATIN1 || hv_ascii_prefix(in) == in.n)
        return in.n;
    if (hv_decode(c, in, encoding, &text, &is_good, &bad, &bad_end) != HV_OK || !is_good)
        return -1;
    return hv_characters(in);
}

/* A value up to a byte that ends it; `*at` is moved past that. */
HV_INLINE int hv_sweep_ended(hv_ctx *c, const uint8_t *data, uint32_t *at, uint32_t end,
                             uint8_t byte, int encoding, int64_t *length)
{
    int is_ascii;
    const uint32_t start = *at, found = hv_sweep_to(data, start, end, byte, &is_ascii);
    if (found == UINT32_MAX)
        return 0;
    *at = found + 1u;
    *length = found - start;
    if (!is_ascii) {
        const hv_slice in = {data + start, found - start};
        *length = hv_sweep_decoded(c, in, encoding);
    }
    return *length >= 0;
}

/* The same by position in any stream, which is paid for and put on record. */
HV_INLINE int hv_sweep_at(hv_ctx *c, hv_node *n, hv_stream *s, int64_t offset, uint8_t byte,
                          int encoding, uint32_t what, int64_t *length)
{
    uint32_t start, at;
    if (offset < 0 || offset > (int64_t)(s->end - s->start))
        return 0;
    start = at = s->start + (uint32_t)offset;
    if (!hv_sweep_ended(c, s->data, &at, s->end, byte, encoding, length))
        return 0;
    return hv_charge(n->limits->bytes, at - start) == NULL && hv_claim(c, s, start, at, what);
}

/* A value that ends at `after`, cut where `trim` says; `*at` is moved there. */
static HV_UNUSED int hv_sweep_sized(hv_ctx *c, hv_place place, hv_stream *s, uint32_t *at,
                                    uint32_t after, const hv_trim *trim, int encoding,
                                    int64_t *length)
{
    uint32_t end = after;
    hv_slice in;
    if (trim != NULL) {
        s->position = *at;
        end = hv_cut(c, s, trim, after, place);
    }
    in.p = s->data + *at;
    in.n = end - *at;
    *length = hv_sweep_decoded(c, in, encoding);
    *at = after;
    return *length >= 0 && c->trial == HV_TRIAL;
}

/* Items of lists are paid for. */
HV_INLINE int hv_sweep_items(const hv_node *n, int64_t count)
{
    return hv_charge(n->limits->items, count) == NULL;
}

/* --- accounting ------------------------------------------------------------------------------- */

/* The claims on a stream, and what else was read of it, in the order of their bytes; claims that are
 * alike count once. Returns how many there are; 0 without scratch. */
static uint32_t hv_sort_claims(hv_ctx *c, const hv_stream *s, hv_range **sorted)
{
    uint32_t count = 0, kept = 0;
    hv_run_walk walk = hv_runs_of(s);
    hv_range *range;
    int rises = 1;
    for (const hv_claims *claims = s->claims; claims != NULL; claims = claims->before)
        count += claims->count;
    range = hv_take(c, ((size_t)count + s->run_count) * 2u * sizeof *range);
    if (range == NULL)
        return 0;
    for (const hv_claims *claims = s->claims; claims != NULL; claims = claims->before) {
        kept += claims->count;
        memcpy(range + (count - kept), claims->range, (size_t)claims->count * sizeof *range);
    }
    for (uint32_t i = 1; i < count; i++)
        rises &= range[i].start >= range[i - 1u].start;
    if (!rises)
        hv_sort_ranges(range, range + count, count);
    kept = 1;
    for (uint32_t i = 1; i < count; i++)
        if (range[i].start != range[i - 1u].start || range[i].end != range[i - 1u].end)
            range[kept++] = range[i];
    for (const hv_run *run = hv_next_run(&walk); run != NULL; run = hv_next_run(&walk)) {
        range[kept].start = run->start;
        range[kept++].end = run->end;
    }
    if (s->run_count > 0)
        hv_sort_ranges(range, range + kept, kept);
    *sorted = range;
    return kept;
}

/* A stream with claims is read without gaps but those that its type allows, and nothing twice. */
static int hv_account_claims(hv_ctx *c, const hv_stream *s)
{
    hv_range *range;
    uint32_t count = hv_sort_claims(c, s, &range), at = s->start;
    if (count == 0)
        return hv_end_trial(c);
    for (uint32_t i = 0; i < count; i++) {
        if (range[i].start < at
            || (range[i].start > at && !hv_is_allowed(s, at, range[i].start, s->owner->type->gaps)))
            return hv_end_trial(c);
        at = range[i].end;
    }
    if (at < s->end && !hv_is_allowed(s, at, s->end, s->owner->type->trailing))
        return hv_end_trial(c);
    return HV_OK;
}
