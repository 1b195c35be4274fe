/* Streams: windows on data with a cursor, and what was read of them. */

static hv_stream *hv_new_stream(hv_ctx *c, hv_session *session, const uint8_t *data, uint32_t size,
                                uint32_t start, uint32_t end)
{
    hv_stream *s = hv_take(c, sizeof *s);
    if (s == NULL)
        return NULL;
    memset(s, 0, sizeof *s);
    s->data = data;
    s->size = size;
    s->start = s->position = s->run_start = start;
    s->end = end;
    s->session = session;
    s->claim_slot = -1;
    if (session->last_stream != NULL)
        session->last_stream->next = s;
    else
        session->main = s;
    session->last_stream = s;
    return s;
}

static void hv_own(hv_stream *s, hv_node *node)
{
    s->owner = s->claim_node = node;
    s->claim_slot = -1;
    s->claim_overlap = 0;
}

static int hv_add_run(hv_ctx *c, hv_stream *s, const hv_run *run)
{
    hv_runs *last = s->last_runs;
    if (s->run_count++ == 0) {
        s->first_run = *run;
        return HV_OK;
    }
    if (last == NULL || last->count == last->room) {
        uint32_t room = last == NULL ? 4u : last->room < 1u << 16 ? last->room * 2u : last->room;
        hv_runs *more = hv_take(c, sizeof *more + (size_t)room * sizeof *run);
        if (more == NULL)
            return HV_STOPPED;
        more->next = last == NULL ? more : last->next;
        more->count = 0;
        more->room = room;
        if (last != NULL)
            last->next = more;
        s->last_runs = last = more;
    }
    last->run[last->count++] = *run;
    return HV_OK;
}

static int hv_close_run(hv_ctx *c, hv_stream *s)
{
    int status = HV_OK;
    if (s->position > s->run_start && s->claim_node != NULL) {
        hv_run run;
        run.start = s->run_start;
        run.end = s->position;
        run.node = s->claim_node;
        run.slot = s->claim_slot < 0 ? HV_NO_SLOT : (uint16_t)s->claim_slot;
        run.list_slot = 0;
        run.item = HV_NO_ITEM;
        if (run.node->flags & HV_IS_EPHEMERAL) {
            run.list_slot = run.node->slot;
            run.item = (uint32_t)run.node->index;
            run.node = run.node->parent;
        }
        if (s->claim_overlap)
            run.item |= HV_MAY_OVERLAP;
        status = hv_add_run(c, s, &run);
    }
    s->run_start = s->position;
    return status;
}

static int hv_begin_run(hv_ctx *c, hv_stream *s, hv_node *node, int32_t slot, uint32_t position,
                        int may_overlap, hv_saved *saved)
{
    if (hv_close_run(c, s) != HV_OK)
        return HV_STOPPED;
    saved->position = s->position;
    saved->node = s->claim_node;
    saved->slot = s->claim_slot;
    saved->may_overlap = s->claim_overlap;
    s->position = s->run_start = position;
    s->claim_node = node;
    s->claim_slot = slot;
    s->claim_overlap = may_overlap != 0;
    return HV_OK;
}

static int hv_end_run(hv_ctx *c, hv_stream *s, const hv_saved *saved, int comes_back)
{
    int status = hv_close_run(c, s);
    s->claim_node = saved->node;
    s->claim_slot = saved->slot;
    s->claim_overlap = saved->may_overlap;
    if (comes_back)
        s->position = saved->position;
    s->run_start = s->position;
    return status;
}

/* --- looking for bytes --- */

/* What was sought in a stream: a unit in vain from `start` on, or a mark, and where it stands. */
struct hv_mark {
    struct hv_mark *next;
    hv_slice sought;
    uint32_t start, at;
    uint8_t kind;  /* 0 a unit in vain, 1 the first mark, 2 the last */
    uint8_t phase; /* of a unit */
};

/* memchr of C, without its library: eight bytes at a time. */
static uint32_t hv_find_byte(const uint8_t *data, uint32_t start, uint32_t end, uint8_t byte)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t pattern = ones * byte;
    while (start < end && end - start >= 8) {
        uint64_t eight;
        memcpy(&eight, data + start, 8);
        eight ^= pattern;
        if (((eight - ones) & ~eight & tops) != 0)
            break;
        start += 8;
    }
    while (start < end) {
        if (data[start] == byte)
            return start;
        start++;
    }
    return UINT32_MAX;
}

static struct hv_mark *hv_known_mark(const hv_stream *s, hv_slice sought, uint8_t kind,
                                     uint32_t start, uint8_t phase)
{
    struct hv_mark *mark;
    for (mark = s->marks; mark != NULL; mark = mark->next)
        if (mark->sought.p == sought.p && mark->kind == kind
            && (kind == 0 ? mark->phase == phase : mark->start == start))
            return mark;
    return NULL;
}

static struct hv_mark *hv_new_mark(hv_ctx *c, hv_stream *s, hv_slice sought, uint8_t kind)
{
    struct hv_mark *mark = hv_take(c, sizeof *mark);
    if (mark == NULL)
        return NULL;
    mark->next = s->marks;
    mark->sought = sought;
    mark->start = mark->at = 0;
    mark->kind = kind;
    mark->phase = 0;
    s->marks = mark;
    return mark;
}

static uint32_t hv_find_unit(hv_ctx *c, hv_stream *s, hv_slice unit, uint32_t start)
{
    uint8_t phase = (uint8_t)(start % unit.n);
    struct hv_mark *mark = hv_known_mark(s, unit, 0, 0, phase);
    uint32_t at;
    if (mark != NULL && start >= mark->start)
        return UINT32_MAX;
    if (unit.n == 1) {
        at = hv_find_byte(s->data, start, s->end, unit.p[0]);
        if (at != UINT32_MAX)
            return at;
    } else {
        for (at = start; at <= s->end && s->end - at >= unit.n; at += unit.n)
            if (memcmp(s->data + at, unit.p, unit.n) == 0)
                return at;
    }
    if (mark == NULL)
        mark = hv_new_mark(c, s, unit, 0);
    if (mark != NULL) {
        mark->start = start;
        mark->phase = phase;
    }
    return UINT32_MAX;
}

static uint32_t hv_find_mark(hv_ctx *c, hv_stream *s, hv_slice sought, uint32_t start, int is_last)
{
    uint8_t kind = is_last ? 2 : 1;
    struct hv_mark *mark = hv_known_mark(s, sought, kind, start, 0);
    uint32_t at, found = UINT32_MAX;
    if (mark != NULL)
        return mark->at;
    if (s->end >= start && s->end - start >= sought.n) {
        uint32_t last = s->end - sought.n;
        if (is_last) {
            for (at = last + 1; at > start && found == UINT32_MAX; at--)
                if (memcmp(s->data + at - 1, sought.p, sought.n) == 0)
                    found = at - 1;
        } else {
            for (at = start; at <= last && found == UINT32_MAX; at++)
                if (memcmp(s->data + at, sought.p, sought.n) == 0)
                    found = at;
        }
    }
    mark = hv_new_mark(c, s, sought, kind);
    if (mark != NULL) {
        mark->start = start;
        mark->at = found;
    }
    return found;
}

/* --- bits --- */

static void hv_align(hv_ctx *c, hv_stream *s)
{
    uint8_t rest = s->bits;
    hv_session *session = s->session;
    s->bits = s->bits_left = 0;
    if (rest != 0 && session->bits_node != NULL) {
        hv_place place = hv_at(session->bits_node, (int32_t)session->bits_slot, -1);
        if (!place.node->type->slot[place.slot].any_padding) {
            hv_range span = hv_span_in(s, s->position - 1, s->position);
            hv_word word = hv_word_of(hv_bytes(&rest, 1));
            hv_report(c, HV_M_BITS_LEFT, 0, place, &span, &word, 1);
        }
    }
}

HV_INLINE int hv_at_end(const hv_stream *s)
{
    return s->position >= s->end && s->bits_left == 0;
}
