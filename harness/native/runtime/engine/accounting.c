/* Byte accounting: what no field read, and what two structures read, decided once a stream:
 * harness/reading/accounting.py. */

/* --- the runs of a stream ----------------------------------------------------------------- */

/* Runs in the order in which they were read. */
typedef struct {
    const hv_stream *stream;
    const hv_runs *chunk;
    uint32_t next; /* in the chunk */
    uint8_t has_begun;
} hv_run_walk;

HV_INLINE hv_run_walk hv_runs_of(const hv_stream *stream)
{
    hv_run_walk walk = {stream, stream->last_runs ? stream->last_runs->next : NULL, 0, 0};
    return walk;
}

static const hv_run *hv_next_run(hv_run_walk *walk)
{
    if (!walk->has_begun) {
        walk->has_begun = 1;
        return walk->stream->run_count ? &walk->stream->first_run : NULL;
    }
    if (walk->chunk && walk->next == walk->chunk->count) {
        walk->chunk = walk->chunk == walk->stream->last_runs ? NULL : walk->chunk->next;
        walk->next = 0;
    }
    return walk->chunk ? &walk->chunk->run[walk->next++] : NULL;
}

static int hv_runs_are_in_order(const hv_stream *stream)
{
    hv_run_walk walk = hv_runs_of(stream);
    uint32_t at = 0;
    for (const hv_run *run = hv_next_run(&walk); run; run = hv_next_run(&walk)) {
        if (run->start < at) return 0;
        at = run->start;
    }
    return 1;
}

/* A few ranges by their start. */
static void hv_sort_few(hv_range *range, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        hv_range one = range[i];
        uint32_t at = i;
        for (; at > 0 && range[at - 1u].start > one.start; at--) range[at] = range[at - 1u];
        range[at] = one;
    }
}

enum { HV_FEW_RANGES = 48 };

/* Ranges by their start, in three rounds of eleven bits; `room` is for as many. */
static void hv_sort_ranges(hv_range *range, hv_range *room, uint32_t count)
{
    uint32_t at[2048];
    hv_range *from = range, *to = room;
    if (count <= HV_FEW_RANGES) {
        hv_sort_few(range, count);
        return;
    }
    for (uint32_t shift = 0; shift < 33; shift += 11) {
        uint32_t sum = 0;
        hv_range *other = from;
        memset(at, 0, sizeof(at));
        for (uint32_t i = 0; i < count; i++) at[(from[i].start >> shift) & 2047u]++;
        for (uint32_t i = 0; i < 2048; i++) {
            uint32_t here = at[i];
            at[i] = sum;
            sum += here;
        }
        for (uint32_t i = 0; i < count; i++) to[at[(from[i].start >> shift) & 2047u]++] = from[i];
        from = to;
        to = other;
    }
    memcpy(range, from, (size_t)count * sizeof *range);
}

/* --- bytes that nothing read -------------------------------------------------------------- */

/* How far the runs have led, gone through by their starts. */
typedef struct {
    uint32_t at;      /* from the start of the stream */
    uint32_t reached; /* by the runs alone */
    int has_overlap;  /* one began before another ended */
} hv_reach;

static int hv_is_allowed(const hv_stream *stream, uint32_t start, uint32_t end, uint8_t leniency)
{
    if (leniency != HV_ZERO) return leniency == HV_ALLOW;
    while (start < end && !stream->data[start]) start++;
    return start == end;
}

static void hv_report_bytes(hv_ctx *c, const hv_stream *stream, uint32_t message, uint32_t start,
                            uint32_t end)
{
    hv_range span = hv_span_in(stream, start, end);
    hv_word word = hv_word_of(hv_int((int64_t)end - (int64_t)start));
    hv_place place = hv_at(stream->owner, -1, -1);
    hv_report(c, message, stream->owner->type->source, place, &span, &word, 1);
}

static void hv_account_range(hv_ctx *c, const hv_stream *stream, uint32_t start, uint32_t end,
                             hv_reach *reach)
{
    uint8_t gaps = stream->owner->type->gaps;
    if (start < reach->reached) reach->has_overlap = 1;
    if (end > reach->reached) reach->reached = end;
    if (start > reach->at && !hv_is_allowed(stream, reach->at, start, gaps))
        hv_report_bytes(c, stream, HV_M_GAP, reach->at, start);
    if (end > reach->at) reach->at = end;
}

static int hv_account_ranges(hv_ctx *c, const hv_stream *stream, hv_reach *reach)
{
    hv_run_walk walk = hv_runs_of(stream);
    uint32_t count = stream->run_count, i = 0;
    hv_range *range = hv_take(c, (size_t)count * 2u * sizeof *range);
    if (!range) return HV_STOPPED;
    for (const hv_run *run = hv_next_run(&walk); run; run = hv_next_run(&walk)) {
        range[i].start = run->start;
        range[i].end = run->end;
        i++;
    }
    hv_sort_ranges(range, range + count, count);
    for (i = 0; i < count; i++) hv_account_range(c, stream, range[i].start, range[i].end, reach);
    return HV_OK;
}

static int hv_account_unread(hv_ctx *c, const hv_stream *stream, int *has_overlap)
{
    hv_reach reach = {stream->start, 0, 0};
    uint32_t message = stream == stream->session->main ? HV_M_TRAILING : HV_M_UNREAD_REGION;
    if (hv_runs_are_in_order(stream)) {
        hv_run_walk walk = hv_runs_of(stream);
        for (const hv_run *run = hv_next_run(&walk); run; run = hv_next_run(&walk))
            hv_account_range(c, stream, run->start, run->end, &reach);
    } else if (hv_account_ranges(c, stream, &reach)) {
        return HV_STOPPED;
    }
    if (reach.at < stream->end &&
        !hv_is_allowed(stream, reach.at, stream->end, stream->owner->type->trailing))
        hv_report_bytes(c, stream, message, reach.at, stream->end);
    *has_overlap = reach.has_overlap;
    return HV_OK;
}

/* --- which value holds a byte -------------------------------------------------------------- */

static int hv_holds_byte(hv_place place, uint32_t offset)
{
    uint32_t start = 0, end = 0;
    if (hv_get(place.node, (uint32_t)place.slot).v.state != HV_PRESENT) return 0;
    (void)hv_extent_of(place, &start, &end);
    return start <= offset && offset < end;
}

/* The first item of a list, of those before `high`, whose start (or end) exceeds `offset`. */
static uint32_t hv_first_beyond(hv_place list, uint32_t high, uint32_t offset, int by_end)
{
    uint32_t low = 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2u, start = 0, end = 0;
        (void)hv_extent_of(hv_at(list.node, list.slot, (int32_t)middle), &start, &end);
        if ((by_end ? end : start) > offset)
            high = middle;
        else
            low = middle + 1u;
    }
    return low;
}

/* The element that holds the byte; elements stand in the order of their bytes. */
static int hv_element_inside(hv_place *place, const hv_list *list, uint32_t offset)
{
    uint32_t after = hv_first_beyond(*place, list->count, offset, 0);
    uint32_t first = hv_first_beyond(*place, after, offset, 1);
    hv_place spot = hv_at(place->node, place->slot, (int32_t)first);
    if (first >= after || !hv_holds_byte(spot, offset)) return 0;
    *place = spot;
    return 1;
}

/* The structure that stands at an item of a list, if it is read from the data of `stream`. */
static hv_node *hv_item_inside(const hv_list *list, uint32_t item, const hv_stream *stream,
                               hv_room *room)
{
    hv_cell cell;
    if (list->kind == HV_LIST_EPHEMERAL)
        return list->stream->data == stream->data ? hv_item_node(list, item, &room->head) : NULL;
    cell = hv_item(list, item);
    if (cell.v.state != HV_PRESENT || cell.v.tag != HV_NODE) return NULL;
    return cell.v.as.node->stream->data == stream->data ? cell.v.as.node : NULL;
}

/* Go on from `place` to the value below it that holds the byte; whether there is one. */
static int hv_go_inside(hv_place *place, const hv_stream *stream, uint32_t offset, hv_room *room)
{
    hv_node *node = place->node, *inner = NULL;
    hv_val value;
    if (place->slot < 0) {
        for (uint32_t slot = node->type->first_sequence; slot < node->type->first_instance; slot++) {
            *place = hv_at(node, (int32_t)slot, -1);
            if (hv_holds_byte(*place, offset)) return 1;
        }
        *place = hv_at(node, -1, -1);
        return 0;
    }
    value = hv_get(node, (uint32_t)place->slot).v;
    if (value.state != HV_PRESENT) return 0;
    if (value.tag == HV_LIST && place->item < 0)
        return hv_element_inside(place, value.as.list, offset);
    if (value.tag == HV_LIST)
        inner = hv_item_inside(value.as.list, (uint32_t)place->item, stream, room);
    else if (value.tag == HV_NODE && value.as.node->stream->data == stream->data)
        inner = value.as.node;
    if (inner) *place = hv_at(inner, -1, -1);
    return inner != NULL;
}

/* Where a run began; an item that is only loaded is put into `room`. */
static hv_place hv_run_place(const hv_run *run, hv_room *room)
{
    uint32_t item = run->item & ~HV_MAY_OVERLAP;
    int32_t slot = run->slot == HV_NO_SLOT ? -1 : (int32_t)run->slot;
    if (item == HV_NO_ITEM) return hv_at(run->node, slot, -1);
    hv_load_item(hv_get(run->node, run->list_slot).v.as.list, item, &room->head);
    return hv_at(&room->head, slot, -1);
}

/* The smallest value at or below where a run began that holds the byte. */
static hv_place hv_deepest(const hv_run *run, const hv_stream *stream, uint32_t offset,
                           hv_room *room)
{
    hv_place place = hv_run_place(run, room);
    while (hv_go_inside(&place, stream, offset, room)) continue;
    return place;
}

/* --- bytes that two structures read -------------------------------------------------------- */

/* The bytes of a stream, cut at every end of a run. A piece belongs to the first run over it;
 * `skip` leads from a piece past those that are taken, so each is looked at once. */
typedef struct {
    const hv_run *owner; /* NULL: free */
    uint32_t edge;       /* where it starts */
    uint32_t end;        /* the piece where the owner's pieces that follow it end */
    uint32_t skip;
    uint32_t padding;
} hv_piece;

typedef struct {
    hv_piece *piece;
    uint32_t count;
} hv_pieces;

/* The first bytes that a run reads again. */
typedef struct {
    const hv_run *earlier; /* NULL: none */
    uint32_t start, end;
} hv_overlap;

static int hv_cut_pieces(hv_ctx *c, const hv_stream *stream, hv_pieces *pieces)
{
    hv_run_walk walk = hv_runs_of(stream);
    uint32_t most = 2u * stream->run_count, count = 0;
    hv_range *edge;
    pieces->piece = hv_take(c, (size_t)most * sizeof *pieces->piece);
    edge = hv_take(c, (size_t)most * 2u * sizeof *edge);
    if (!pieces->piece || !edge) return HV_STOPPED;
    for (const hv_run *run = hv_next_run(&walk); run; run = hv_next_run(&walk)) {
        edge[count++] = (hv_range){run->start, 0};
        edge[count++] = (hv_range){run->end, 0};
    }
    hv_sort_ranges(edge, edge + most, most);
    pieces->count = 0;
    for (uint32_t i = 0; i < most; i++) {
        if (i && edge[i].start == edge[i - 1u].start) continue;
        count = pieces->count++;
        pieces->piece[count] = (hv_piece){NULL, edge[i].start, 0, count, 0};
    }
    return HV_OK;
}

static uint32_t hv_piece_at(const hv_pieces *pieces, uint32_t edge)
{
    uint32_t low = 0, high = pieces->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2u;
        if (pieces->piece[middle].edge < edge)
            low = middle + 1u;
        else
            high = middle;
    }
    return low;
}

/* Give free pieces that follow one another to `run`; return the first that is not. */
static uint32_t hv_take_pieces(hv_piece *piece, const hv_run *run, uint32_t first, uint32_t last)
{
    uint32_t at = first;
    while (at < last && !piece[at].owner) at++;
    for (uint32_t i = first; i < at; i++) {
        piece[i].owner = run;
        piece[i].end = piece[i].skip = at;
    }
    return at;
}

/* The first piece from `from` on that no run has; shortens the way there. */
static uint32_t hv_next_free(hv_piece *piece, uint32_t from)
{
    uint32_t free = from;
    while (piece[free].skip != free) free = piece[free].skip;
    while (piece[from].skip != free && piece[from].skip != from) {
        uint32_t next = piece[from].skip;
        piece[from].skip = free;
        from = next;
    }
    return free;
}

static hv_overlap hv_lay(const hv_pieces *pieces, const hv_run *run)
{
    hv_piece *piece = pieces->piece;
    uint32_t at = hv_piece_at(pieces, run->start), last = hv_piece_at(pieces, run->end);
    hv_overlap again = {NULL, 0, 0};
    while (at < last) {
        if (!piece[at].owner) {
            at = hv_take_pieces(piece, run, at, last);
            continue;
        }
        if (!again.earlier) {
            uint32_t end = piece[piece[at].end].edge;
            again = (hv_overlap){piece[at].owner, piece[at].edge, end < run->end ? end : run->end};
        }
        at = hv_next_free(piece, at);
    }
    return again;
}

static void hv_report_overlap(hv_ctx *c, const hv_stream *stream, const hv_run *run,
                              const hv_overlap *overlap)
{
    hv_room room, earlier;
    hv_place place = hv_run_place(run, &room);
    hv_word words[2];
    hv_range span = hv_span_in(stream, overlap->start, overlap->end);
    if (!hv_wants(c, HV_M_OVERLAP, 0)) {
        hv_report(c, HV_M_OVERLAP, 0, place, &span, NULL, 0);
        return;
    }
    place = hv_deepest(run, stream, overlap->start, &room);
    words[0] = hv_word_at(hv_deepest(overlap->earlier, stream, overlap->start, &earlier));
    words[1] = hv_word_of(hv_int((int64_t)overlap->end - (int64_t)overlap->start));
    hv_report(c, HV_M_OVERLAP, 0, place, &span, words, 2);
}

static int hv_account_overlaps(hv_ctx *c, const hv_stream *stream)
{
    hv_run_walk walk = hv_runs_of(stream);
    hv_pieces pieces = {NULL, 0};
    if (hv_cut_pieces(c, stream, &pieces)) return HV_STOPPED;
    for (const hv_run *run = hv_next_run(&walk); run; run = hv_next_run(&walk)) {
        hv_overlap overlap = hv_lay(&pieces, run);
        if (overlap.earlier && !(run->item & HV_MAY_OVERLAP)) hv_report_overlap(c, stream, run, &overlap);
    }
    return HV_OK;
}

static int hv_account_stream(hv_ctx *c, hv_stream *stream)
{
    int has_overlap = 0;
    if (hv_account_unread(c, stream, &has_overlap)) return HV_STOPPED;
    if (!has_overlap || stream->owner->type->overlap != HV_FORBID) return HV_OK;
    return hv_account_overlaps(c, stream);
}

static int hv_account(hv_ctx *c, hv_session *session)
{
    for (hv_stream *stream = session->main; stream; stream = stream->next) {
        uint8_t *mark;
        int status = hv_close_run(c, stream);
        if (status) return status;
        if (stream->claims == NULL && stream->run_count == 1
            && stream->first_run.start == stream->start && stream->first_run.end == stream->end)
            continue;
        if (!stream->owner || stream->is_abandoned) continue;
        mark = c->at;
        status = stream->claims != NULL ? hv_account_claims(c, stream)
                                        : hv_account_stream(c, stream);
        hv_take_back(c, mark);
        if (status) return status;
    }
    return HV_OK;
}
