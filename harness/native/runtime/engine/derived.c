/* `-derive`: counts, sizes, offsets and indexes that must follow from what is there:
 * harness/reading/derived.py. */

/* A `-derive`. */
typedef struct hv_derived {
    uint32_t slot;
    uint32_t source;
    uint32_t message;
    int64_t unit, plus;
    int (*measure)(hv_ctx *c, hv_node *n, const hv_bound *b, int64_t *out);
} hv_derived;

/* The size or the offset of what was read at a place; what was unpacked has no offset. */
static int hv_measure_place(hv_ctx *c, hv_place place, int is_offset, uint32_t no_offset,
                            int64_t *out)
{
    uint32_t start = 0, end = 0;
    const hv_stream *stream = hv_extent_of(place, &start, &end);
    if (is_offset && stream->has_origin)
        return hv_fault(c, no_offset);
    *out = is_offset ? (int64_t)start : (int64_t)end - (int64_t)start;
    return HV_OK;
}

static int hv_check_derived_at(hv_ctx *c, const hv_derived *d, hv_node *n, int32_t item,
                               hv_val value)
{
    hv_bound bound = hv_bind(value, item);
    hv_place place = hv_at(n, (int32_t)d->slot, item);
    int64_t target = 0, wanted;
    hv_word words[2];
    int status;
    if (value.state != HV_PRESENT)
        return HV_OK;
    status = d->measure(c, n, &bound, &target);
    if (status == HV_FAULT)
        hv_report_fault(c, d->source, place);
    if (status != HV_OK)
        return status == HV_STOPPED ? status : HV_OK;
    wanted = target / d->unit - (target % d->unit < 0) + d->plus;
    if (hv_order_values(value, hv_int(wanted)) == 0)
        return HV_OK;
    words[0] = hv_word_of(hv_int(wanted));
    words[1] = hv_word_of(value);
    hv_report(c, d->message, d->source, place, NULL, words, 2);
    return HV_OK;
}

/* Report each value of the attribute that differs from the measure. */
static int hv_check_derived(hv_ctx *c, const hv_derived *d, hv_node *n)
{
    hv_val value = hv_value_in(n, d->slot);
    const hv_list *items;
    hv_room room;
    if (value.tag != HV_LIST)
        return hv_check_derived_at(c, d, n, -1, value);
    items = hv_own_list(n, d->slot);
    if (items == NULL)
        return HV_OK;
    for (uint32_t i = 0; i < items->count; i++) {
        value = hv_item_value(items, i, &room);
        if (hv_check_derived_at(c, d, n, (int32_t)i, value) != HV_OK)
            return HV_STOPPED;
    }
    return HV_OK;
}
