/* Findings: put on record while there is room, counted after that. */

HV_INLINE hv_place hv_at(hv_node *node, int32_t slot, int32_t item)
{
    hv_place place;
    place.node = node;
    place.slot = slot;
    place.item = item;
    return place;
}

HV_INLINE hv_word hv_word_of(hv_val value)
{
    hv_word word;
    word.v = value;
    word.slot = word.item = -1;
    return word;
}

HV_INLINE hv_word hv_word_at(hv_place place)
{
    hv_word word = hv_word_of(hv_of_node(place.node));
    word.slot = place.slot;
    word.item = place.item;
    return word;
}

static uint8_t hv_severity(uint32_t message, uint32_t source)
{
    return hv_sources[source].has_severity ? hv_sources[source].severity
                                           : hv_messages[message].severity;
}

static int hv_is_contract(uint32_t message)
{
    return hv_messages[message].is_contract;
}

static uint32_t hv_kind(uint32_t message, uint32_t source)
{
    uint32_t kind = (uint32_t)hv_severity(message, source) * 2u;
    return 1u << (kind + (hv_is_contract(message) ? 1u : 0u));
}

static int hv_wants(hv_ctx *c, uint32_t message, uint32_t source)
{
    if (c->is_quiet || c->session->is_muted)
        return 0;
    return c->recorder.left > 0 || (c->recorder.kinds & hv_kind(message, source)) == 0;
}

/* --- records --- */

static void hv_put(hv_recorder *r, uint32_t number)
{
    if (r->is_full || r->size - r->used < 4) {
        r->is_full = 1;
        return;
    }
    memcpy(r->at + r->used, &number, 4);
    r->used += 4;
}

static void hv_put64(hv_recorder *r, uint64_t number)
{
    uint32_t halves[2];
    memcpy(halves, &number, 8);
    hv_put(r, halves[0]);
    hv_put(r, halves[1]);
}

static void hv_put_bytes(hv_recorder *r, const uint8_t *p, uint32_t n)
{
    uint32_t wanted = (n + 3u) & ~3u;
    if (r->is_full || r->size - r->used < wanted) {
        r->is_full = 1;
        return;
    }
    if (n > 0)
        memcpy(r->at + r->used, p, n);
    memset(r->at + r->used + n, 0, wanted - n);
    r->used += wanted;
}

/* Steps from the top to a place; returns how many. */
static uint32_t hv_put_route(hv_recorder *r, hv_place place)
{
    hv_node *node;
    uint32_t steps = place.slot >= 0 ? 1u : 0u, at;
    for (node = place.node; node->parent != NULL; node = node->parent)
        steps++;
    if (r->is_full || (r->size - r->used) / 12 < steps) {
        r->is_full = 1;
        return 0;
    }
    at = steps;
    r->used += 12 * (size_t)steps;
    if (place.slot >= 0) {
        int32_t step[3];
        step[0] = (int32_t)place.node->type->id;
        step[1] = place.slot;
        step[2] = place.item;
        at--;
        memcpy(r->at + r->used - 12 * (size_t)(steps - at), step, 12);
    }
    for (node = place.node; node->parent != NULL; node = node->parent) {
        int32_t step[3];
        step[0] = (int32_t)node->parent->type->id;
        step[1] = (int32_t)node->slot;
        step[2] = node->index;
        at--;
        memcpy(r->at + r->used - 12 * (size_t)(steps - at), step, 12);
    }
    return steps;
}

enum { HV_SHOWN_CHARACTERS = 1024, HV_SHOWN_BYTES = 64 };

/* Bytes that the first `characters` take. */
static uint32_t hv_characters_end(hv_slice text, uint32_t characters)
{
    uint32_t i = 0;
    while (i < text.n) {
        if ((text.p[i] & 0xC0u) != 0x80u) {
            if (characters == 0)
                break;
            characters--;
        }
        i++;
    }
    return i;
}

static void hv_put_word(hv_recorder *r, const hv_word *word)
{
    hv_val v = word->v;
    uint32_t type = v.tag == HV_NODE ? v.as.node->type->id : 0;
    size_t length_at;
    hv_put(r, (uint32_t)v.tag | type << 8);
    length_at = r->used;
    hv_put(r, 0);
    if (v.tag == HV_TEXT) {
        hv_slice text = {v.as.p, v.n};
        uint32_t shown = hv_characters_end(text, HV_SHOWN_CHARACTERS);
        hv_put64(r, hv_characters(text));
        hv_put_bytes(r, v.as.p, shown);
        type = shown;
    } else if (v.tag == HV_BYTES) {
        type = v.n < HV_SHOWN_BYTES ? v.n : HV_SHOWN_BYTES;
        hv_put64(r, v.n);
        hv_put_bytes(r, v.as.p, type);
    } else if (v.tag == HV_NODE) {
        hv_put64(r, v.as.node->stream->session->number);
        type = 12u * hv_put_route(r, hv_at(v.as.node, word->slot, word->item));
    } else {
        hv_put64(r, v.tag == HV_LIST ? v.as.list->count : v.as.u);
        type = 0;
    }
    if (!r->is_full)
        memcpy(r->at + length_at, &type, 4);
}

static void hv_record(hv_recorder *r, const uint32_t *head, hv_place place, hv_range span,
                      const hv_word *words, uint32_t count)
{
    size_t begin = r->used, steps_at;
    uint32_t steps, size, i;
    hv_put(r, 0);
    hv_put(r, head[0]);
    hv_put(r, head[1]);
    hv_put(r, head[2]);
    hv_put(r, place.node->stream->session->number);
    hv_put(r, span.start);
    hv_put(r, span.end);
    steps_at = r->used;
    hv_put(r, 0);
    hv_put(r, count);
    steps = hv_put_route(r, place);
    for (i = 0; i < count; i++)
        hv_put_word(r, &words[i]);
    if (r->is_full) {
        r->used = begin;
        return;
    }
    size = (uint32_t)(r->used - begin);
    memcpy(r->at + begin, &size, 4);
    memcpy(r->at + steps_at, &steps, 4);
}

/* `met`: the fault that a contract met, instead of its own message. */
static void hv_report_as(hv_ctx *c, uint32_t message, uint32_t source, uint32_t met,
                         hv_place place, const hv_range *span, const hv_word *words,
                         uint32_t count)
{
    hv_recorder *r = &c->recorder;
    uint32_t head[3];
    hv_range bytes;
    if (c->is_quiet)
        return;
    if (c->session->is_muted) {
        c->session->muted_errors += hv_severity(message, source) == 0;
        return;
    }
    if (c->trial != HV_NO_TRIAL) {
        (void)hv_end_trial(c);
        return;
    }
    if (hv_severity(message, source) == 0) {
        r->errors++;
        if (hv_is_contract(message))
            r->contract_errors++;
    }
    if (!hv_wants(c, message, source)) {
        if (r->dropped != NULL)
            r->dropped[hv_messages[message].code]++;
        return;
    }
    r->left--;
    r->kinds |= hv_kind(message, source);
    r->count++;
    if (r->at == NULL)
        return;
    if (span != NULL) {
        bytes = *span;
    } else {
        uint32_t start, end;
        hv_stream *stream = hv_extent_of(place, &start, &end);
        bytes = hv_span_in(stream, start, end);
    }
    head[0] = message;
    head[1] = source;
    head[2] = met;
    hv_record(r, head, place, bytes, words, count);
}

static void hv_report(hv_ctx *c, uint32_t message, uint32_t source, hv_place place,
                      const hv_range *span, const hv_word *words, uint32_t count)
{
    hv_report_as(c, message, source, 0, place, span, words, count);
}

static void hv_report_fault(hv_ctx *c, uint32_t source, hv_place place)
{
    const hv_error *e = &c->error;
    if (hv_sources[source].is_contract && !hv_messages[e->message].is_limit)
        hv_report_as(c, HV_M_CONTRACT_FAULT, source, e->message + 1, place, NULL, e->words,
                     e->word_count);
    else
        hv_report(c, e->message, hv_sources[source].fault, place, NULL, e->words, e->word_count);
}

static void hv_report_problem(hv_ctx *c, int status, hv_place place, hv_stream *stream,
                              int is_framed)
{
    const hv_error *e = &c->error;
    hv_range span;
    if (status == HV_UNKNOWN) {
        hv_word words[2];
        if (e->is_reported)
            return;
        span = hv_span_in(stream, stream->position, stream->position);
        if (e->is_out_of_range) {
            words[0] = hv_word_of(hv_int(e->count));
            words[1] = hv_word_of(e->index);
            hv_report(c, HV_M_RANGE, 0, place, &span, words, 2);
        } else {
            words[0] = hv_word_of(hv_text(hv_names[e->name].p, hv_names[e->name].n));
            hv_report(c, HV_M_UNKNOWN, 0, place, &span, words, 1);
        }
        return;
    }
    if (e->has_place) {
        place.slot = e->slot;
        place.item = e->item;
    }
    if (e->has_span)
        span = hv_span_in(stream, e->start, e->end);
    else
        span = hv_span_in(stream, stream->position, stream->position);
    hv_report(c, e->message, 0, place, e->has_span || is_framed ? &span : NULL, e->words,
              e->word_count);
}
