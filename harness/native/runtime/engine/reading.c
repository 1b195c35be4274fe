/* Reading: structures, extents, text, bits; recovery from faults. */

/* Reading cannot go on at a place: say why, and break off up to the innermost region. */
static int hv_break(hv_ctx *c, int status, hv_place place, hv_stream *s)
{
    if (status == HV_STOPPED || status == HV_BROKEN)
        return status;
    hv_report_problem(c, status, place, s, 1);
    s->is_abandoned = 1;
    return HV_BROKEN;
}

/* Whatever was not read of a structure stays so. */
static void hv_abandon(hv_node *n)
{
    const hv_type *type = n->type;
    uint32_t slot;
    n->flags = (uint16_t)(n->flags | HV_IS_ABANDONED);
    for (slot = type->first_sequence; slot < type->first_instance; slot++) {
        int32_t cell = type->slot[slot].cell;
        if (cell >= 0) {
            hv_val *v = &HV_CELLS(n)[cell].v;
            if (v->state == HV_UNREAD || v->state == HV_RUNNING)
                v->state = HV_ABANDONED;
        }
    }
}

/* Nothing more is read, also of the list in `cell` if one is under way there. */
static void hv_leave_list(const hv_cell *cell, const hv_stream *s)
{
    if (cell->v.state == HV_PRESENT && cell->v.tag == HV_LIST) {
        cell->v.as.list->is_abandoned = 1;
        cell->v.as.list->end = s->position;
    }
}

/* Read a structure whose node is made. HV_MENDED: it broke off, and ends with its region. */
static int hv_read_node(hv_ctx *c, hv_node *n, hv_stream *s, int owns_region)
{
    int status;
    if (hv_is_too_deep(c))
        return HV_STOPPED;
    if (n->depth > n->limits->deepest) {
        int32_t slot = n->type->first_sequence;
        status = hv_fault_at(c, HV_M_DEPTH, s->position, s->position);
        hv_add_word(c, hv_int(n->limits->depth));
        if (slot == n->type->first_instance)
            slot = -1;
        status = hv_break(c, status, hv_at(n, slot, -1), s);
    } else {
        status = n->type->body(c, n, s);
    }
    if (status != HV_OK)
        hv_abandon(n);
    else if (s->bits_left && owns_region)
        hv_align(c, s);
    n->end = owns_region ? s->end : s->position;
    if (status == HV_STOPPED)
        return status;
    if (owns_region) {
        if (hv_close_run(c, s) != HV_OK)
            return HV_STOPPED;
        if (status == HV_BROKEN)
            return HV_MENDED;
    }
    return status;
}

/* --- which bytes a value takes --- */

/* A value of `width` bytes; moves the cursor past it. */
HV_INLINE int hv_take_fixed(hv_ctx *c, hv_stream *s, uint32_t width, const uint8_t **p)
{
    uint32_t start = s->position;
    if (width > s->end - start) {
        int status = hv_fault_at(c, HV_M_TRUNCATED, start, s->end);
        hv_add_word(c, hv_int(width));
        hv_add_word(c, hv_int((int64_t)s->end - start));
        return status;
    }
    *p = s->data + start;
    s->position = start + width;
    return HV_OK;
}

static int hv_sized(hv_ctx *c, hv_stream *s, int is_negative, uint64_t size, uint32_t *end)
{
    uint32_t start = s->position;
    int status;
    if (is_negative) {
        status = hv_fault_at(c, HV_M_NEGATIVE_SIZE, start, start);
        hv_add_word(c, hv_int(hv_s64(size)));
        return status;
    }
    if (size > s->end - start) {
        status = hv_fault_at(c, HV_M_TRUNCATED, start, s->end);
        hv_add_word(c, hv_uint(size));
        hv_add_word(c, hv_int((int64_t)s->end - start));
        return status;
    }
    *end = start + (uint32_t)size;
    return HV_OK;
}

enum { HV_INCLUDE = 1, HV_CONSUME = 2, HV_EOS_ERROR = 4 };

static int hv_terminated(hv_ctx *c, hv_stream *s, hv_slice unit, int how, uint32_t *end,
                         uint32_t *after)
{
    uint32_t start = s->position, at = hv_find_unit(c, s, unit, start);
    if (c->status != HV_DONE)
        return HV_STOPPED;
    if (at == UINT32_MAX) {
        if (how & HV_EOS_ERROR) {
            int status = hv_fault_at(c, HV_M_UNTERMINATED, start, s->end);
            hv_add_word(c, hv_bytes(unit.p, unit.n));
            return status;
        }
        *end = *after = s->end;
        return HV_OK;
    }
    *end = how & HV_INCLUDE ? at + unit.n : at;
    *after = how & HV_CONSUME ? at + unit.n : at;
    return HV_OK;
}

/* How a sized value is cut: at its terminator, its padding stripped. */
typedef struct hv_trim {
    hv_slice terminator; /* n 0: none */
    int32_t pad;         /* -1: none */
    uint8_t includes, eos_error, any_padding;
} hv_trim;

/* The bytes after a terminator must be zero. */
static void hv_check_padding(hv_ctx *c, hv_stream *s, uint32_t start, uint32_t end, hv_place place)
{
    while (start < end && s->data[start] == 0)
        start++;
    while (start < end && s->data[end - 1] == 0)
        end--;
    if (start < end) {
        hv_range span = hv_span_in(s, start, end);
        hv_word word = hv_word_of(hv_bytes(s->data + start, end - start));
        hv_report(c, HV_M_PADDING, 0, place, &span, &word, 1);
    }
}

/* The new end of the value that begins at the cursor. */
static uint32_t hv_cut(hv_ctx *c, hv_stream *s, const hv_trim *trim, uint32_t end, hv_place place)
{
    uint32_t start = s->position, stripped = end, within, at, past, n = trim->terminator.n;
    const uint8_t *unit = trim->terminator.p;
    int is_pad;
    if (trim->pad >= 0)
        while (stripped > start && s->data[stripped - 1] == (uint8_t)trim->pad)
            stripped--;
    if (n == 0)
        return stripped;
    is_pad = n == 1 && trim->pad == (int32_t)unit[0];
    within = is_pad ? end : stripped;
    for (at = start; at < within && within - at >= n; at += n)
        if (memcmp(s->data + at, unit, n) == 0)
            break;
    if (at >= within || within - at < n) {
        if (trim->eos_error && !is_pad) {
            hv_range span = hv_span_in(s, start, end);
            hv_word word = hv_word_of(hv_bytes(unit, n));
            hv_report(c, HV_M_UNTERMINATED, 0, place, &span, &word, 1);
        }
        return stripped;
    }
    past = at + n;
    if (!trim->any_padding && past < stripped)
        hv_check_padding(c, s, past, stripped, place);
    return trim->includes ? past : at;
}

/* --- processed bytes --- */

/* Keys are checked as harness/reading/processing.py does; `*out` has as many bytes. */
static int hv_process(hv_ctx *c, hv_slice in, hv_val key, int rotation,
                      uint32_t bad_key, uint32_t bad_kind, const uint8_t **out)
{
    uint8_t *made;
    uint32_t i;
    int is_number = key.tag == HV_INT || key.tag == HV_UINT;
    if (is_number && (key.tag == HV_UINT || key.as.i < 0 || key.as.i > (rotation ? 8 : 255))) {
        int status = hv_fault(c, bad_key);
        hv_add_word(c, key);
        return status;
    }
    if (!is_number && (rotation || key.tag != HV_BYTES))
        return hv_fault(c, bad_kind);
    made = hv_take(c, in.n);
    if (made == NULL)
        return HV_STOPPED;
    if (rotation) {
        uint32_t left = (uint32_t)(rotation > 0 ? key.as.i : 8 - key.as.i) % 8u;
        for (i = 0; i < in.n; i++)
            made[i] = (uint8_t)((uint32_t)in.p[i] << left | (uint32_t)in.p[i] >> (8 - left));
    } else if (is_number) {
        for (i = 0; i < in.n; i++)
            made[i] = (uint8_t)(in.p[i] ^ (uint8_t)key.as.i);
    } else {
        for (i = 0; i < in.n; i++)
            made[i] = key.n == 0 ? in.p[i] : (uint8_t)(in.p[i] ^ key.as.p[i % key.n]);
    }
    *out = made;
    return HV_OK;
}

/* --- bits --- */

static int hv_read_bits(hv_ctx *c, hv_node *n, uint32_t slot, hv_stream *s, uint32_t width,
                        int is_big, uint64_t *value)
{
    uint32_t start = s->position, had = s->bits_left, i;
    uint32_t missing = width <= had ? 0u : (width - had + 7u) / 8u;
    uint64_t found = 0;
    if (missing > s->end - start) {
        int status = hv_fault_at(c, HV_M_TRUNCATED_BITS, start, s->end);
        hv_add_word(c, hv_int(width));
        hv_add_word(c, hv_int((int64_t)had + 8 * ((int64_t)s->end - start)));
        return status;
    }
    s->position = start + missing;
    s->session->bits_node = n;
    s->session->bits_slot = slot;
    if (is_big) {
        /* all but the last byte may be needed whole; of the last some bits are left */
        uint32_t total = had + 8 * missing, left = total - width;
        uint8_t last = missing > 0 ? s->data[start + missing - 1] : s->bits;
        found = missing > 0 ? s->bits : 0;
        for (i = 0; i + 1 < missing; i++)
            found = found << 8 | s->data[start + i];
        if (missing > 0)
            found = left < 8 ? (found << (8 - left)) | (uint64_t)(last >> left) : found;
        else
            found = (uint64_t)last >> left;
        s->bits = (uint8_t)(last & ((1u << left) - 1u));
        s->bits_left = (uint8_t)left;
    } else {
        uint32_t total = had + 8 * missing, left = total - width, at = had;
        uint8_t last = missing > 0 ? s->data[start + missing - 1] : s->bits;
        found = s->bits;
        for (i = 0; i < missing; i++) {
            if (at < 64)
                found |= (uint64_t)s->data[start + i] << at;
            at += 8;
        }
        if (width < 64)
            found &= (UINT64_C(1) << width) - 1;
        s->bits = (uint8_t)(left == 0 ? 0u : (uint32_t)last >> (8 - left - (missing ? 0 : 8 - had)));
        s->bits_left = (uint8_t)left;
    }
    *value = found;
    return HV_OK;
}

/* --- positions and sharing --- */

static int hv_position(hv_ctx *c, hv_node *n, hv_stream *s, int is_negative, uint64_t offset,
                       uint32_t *position)
{
    uint32_t size = s->end - s->start;
    if (is_negative || offset > size) {
        int status;
        if (s == n->stream) {
            uint32_t end = n->end == HV_NO_END || n->end < n->start ? n->start : n->end;
            status = hv_fault_at(c, HV_M_POSITION, n->start, end);
        } else {
            status = hv_fault_at(c, HV_M_POSITION, s->position, s->position);
        }
        hv_add_word(c, hv_int(size));
        hv_add_word(c, is_negative ? hv_int(hv_s64(offset)) : hv_uint(offset));
        return status;
    }
    *position = s->start + (uint32_t)offset;
    return HV_OK;
}

static int hv_locate(hv_ctx *c, hv_stream *s, hv_slice mark, int is_last, int is_within,
                     uint64_t within, uint32_t *position)
{
    uint32_t start = s->start, at;
    if (is_within && within < s->end - s->start)
        start = s->end - (uint32_t)within;
    at = hv_find_mark(c, s, mark, start, is_last);
    if (c->status != HV_DONE)
        return HV_STOPPED;
    if (at == UINT32_MAX) {
        int status = hv_fault_at(c, HV_M_NO_MARK, start, s->end);
        hv_add_word(c, hv_bytes(mark.p, mark.n));
        hv_add_word(c, hv_int((int64_t)s->end - start));
        return status;
    }
    *position = at + mark.n;
    return HV_OK;
}

/* Take what the same key gave before; on HV_OK checks of the value are due. */
static int hv_share(hv_ctx *c, hv_cell *cell, const hv_known *known, hv_stream *s,
                    uint32_t position)
{
    if (known->is_running)
        return hv_fault_at(c, HV_M_CYCLE, position, position);
    cell->v = known->v;
    cell->v.flags = 0;
    if (cell->v.state == HV_PRESENT && (cell->v.tag == HV_NODE || cell->v.tag == HV_LIST)) {
        cell->v.flags = HV_SHARED;
        s->session->references++;
    } else {
        cell->v.flags = HV_HAS_SPAN;
        cell->start = position;
        cell->end = known->end;
    }
    return HV_OK;
}

/* An instance that cannot be had: `is_read` tells one that is read from one that is computed. */
static int hv_give_up(hv_ctx *c, int status, hv_node *n, uint32_t slot, hv_stream *s, int is_read)
{
    hv_val *v = &HV_CELLS(n)[n->type->slot[slot].cell].v;
    int is_silent = status == HV_UNKNOWN && !is_read;
    if (status == HV_STOPPED)
        return status;
    v->tag = HV_NONE;
    v->state = is_silent && !c->error.is_reported ? HV_ABSENT : HV_ABANDONED;
    if (!is_silent)
        hv_report_problem(c, status, hv_at(n, (int32_t)slot, -1), s, 0);
    if (is_read)
        s->is_abandoned = 1;
    return HV_OK;
}
