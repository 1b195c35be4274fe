/* `-checksum`: sums over a range of bytes, some of them taken as zero:
 * harness/reading/checksums.py. */

/* A sum under way: made piece by piece, the bytes of holes given as zeros. */
typedef struct hv_sum {
    uint64_t number;
    uint64_t size;     /* of what was given, for SHA-256; and its state: */
    uint32_t word[8];
    uint8_t block[64]; /* what does not fill one yet; at the end the sum */
} hv_sum;

typedef void (*hv_add_bytes)(hv_sum *sum, const uint8_t *p, size_t n);

/* A `-checksum`. */
typedef struct hv_checksum {
    uint32_t slot;
    uint32_t source;
    uint32_t mismatch, outside; /* messages: I502, B204 */
    const uint32_t *zeroed;     /* slots */
    uint32_t zeroed_count;
    hv_evaluate start, end;     /* NULL: of the stream */
    void (*begin)(hv_sum *sum);
    hv_add_bytes add;
    hv_val (*finish)(hv_sum *sum);
} hv_checksum;

static void hv_add_zeros(hv_sum *sum, hv_add_bytes add, size_t n)
{
    static const uint8_t zeros[256] = {0};
    for (; n > sizeof zeros; n -= sizeof zeros)
        add(sum, zeros, sizeof zeros);
    add(sum, zeros, n);
}

/* The bytes of an attribute that count as zero: none where it has none in the data summed. */
static hv_range hv_hole(hv_node *n, uint32_t slot)
{
    hv_range hole = {0, 0};
    if (hv_has_extent(n, slot)) {
        const hv_stream *s = hv_extent_of(hv_at(n, (int32_t)slot, -1), &hole.start, &hole.end);
        if (s->data != n->stream->data)
            hole.start = hole.end = 0;
    }
    return hole;
}

/* Offsets of the attributes that count as zero, in order. */
static hv_range *hv_holes(hv_ctx *c, const hv_checksum *k, hv_node *n)
{
    hv_range *hole = hv_take(c, (size_t)k->zeroed_count * sizeof *hole);
    if (hole == NULL)
        return NULL;
    for (uint32_t i = 0; i < k->zeroed_count; i++) {
        uint32_t at = i;
        hv_range next = hv_hole(n, k->zeroed[i]);
        for (; at > 0 && hole[at - 1u].start > next.start; at--)
            hole[at] = hole[at - 1u];
        hole[at] = next;
    }
    return hole;
}

static hv_val hv_sum_of(const hv_checksum *k, hv_sum *sum, const uint8_t *data, hv_range range,
                        const hv_range *hole)
{
    uint32_t at = range.start;
    k->begin(sum);
    for (uint32_t i = 0; i < k->zeroed_count; i++) {
        uint32_t low = hole[i].start > at ? hole[i].start : at;
        uint32_t high = hole[i].end < range.end ? hole[i].end : range.end;
        if (low >= high)
            continue;
        k->add(sum, data + at, low - at);
        hv_add_zeros(sum, k->add, high - low);
        at = high;
    }
    k->add(sum, data + at, range.end - at);
    return k->finish(sum);
}

/* The bytes to sum: `0 <= start <= end <= size`; unknown where what counts as zero of them is not
 * all there. */
static int hv_sum_range(hv_ctx *c, const hv_checksum *k, hv_node *n, hv_range *range)
{
    const hv_stream *s = n->stream;
    hv_val start = hv_int(s->start), end = hv_int(s->end);
    int status = HV_OK;
    if (k->start != NULL)
        status = k->start(c, n, NULL, &start);
    if (status == HV_OK && k->end != NULL)
        status = k->end(c, n, NULL, &end);
    if (status != HV_OK)
        return status;
    if (start.tag != HV_INT || end.tag != HV_INT || start.as.i < 0 || start.as.i > end.as.i
        || end.as.i > (int64_t)s->size) {
        status = hv_fault(c, k->outside);
        hv_add_word(c, hv_int(s->size));
        hv_add_word(c, start);
        hv_add_word(c, end);
        return status;
    }
    range->start = (uint32_t)start.as.i;
    range->end = (uint32_t)end.as.i;
    for (uint32_t i = 0; i < k->zeroed_count; i++) {
        uint8_t state;
        if (hv_read_again(c, n, k->zeroed[i]) != HV_OK)
            return HV_STOPPED;
        state = hv_get(n, k->zeroed[i]).v.state;
        if (state != HV_PRESENT && state != HV_ABSENT)
            return hv_unknown(c, HV_N_LIST, 1);
    }
    return HV_OK;
}

static int hv_compare_sum(hv_ctx *c, const hv_checksum *k, hv_node *n, hv_range range, hv_val stored)
{
    hv_place place = hv_at(n, (int32_t)k->slot, -1);
    hv_range *hole = hv_holes(c, k, n);
    hv_word words[2];
    hv_range span;
    hv_sum sum;
    hv_val found;
    if (hole == NULL)
        return HV_STOPPED;
    found = hv_sum_of(k, &sum, n->stream->data, range, hole);
    if (hv_order_values(stored, found) == 0)
        return HV_OK;
    words[0] = hv_word_of(found);
    words[1] = hv_word_of(stored);
    span = hv_span_in(n->stream, range.start, range.end);
    hv_report(c, k->mismatch, k->source, place, &span, words, 2);
    return HV_OK;
}

/* Compare the stored value with the sum; the finding spans the bytes summed. */
static int hv_check_sum(hv_ctx *c, const hv_checksum *k, hv_node *n)
{
    hv_place place = hv_at(n, (int32_t)k->slot, -1);
    hv_val stored = hv_get(n, k->slot).v;
    uint8_t *mark;
    hv_range range;
    int status;
    if (stored.state != HV_PRESENT)
        return HV_OK;
    status = hv_sum_range(c, k, n, &range);
    if (status == HV_OK) {
        int64_t size = (int64_t)range.end - (int64_t)range.start;
        status = hv_spend(c, n->limits->bytes, size, place);
    }
    if (status == HV_FAULT)
        hv_report_fault(c, k->source, place);
    if (status != HV_OK)
        return status == HV_STOPPED ? status : HV_OK;
    mark = c->at;
    status = hv_compare_sum(c, k, n, range, stored);
    hv_take_back(c, mark);
    return status;
}
