/* What contracts observe: `observed` in harness/reading/reader.py. */

/* An index that never leaves its list ends here: DEFAULT_ITEMS. */
enum { HV_MOST_OBSERVED = 10000000 };

static void hv_put_observed(hv_request *request, size_t at, uint64_t word)
{
    if (at < request->observed_room)
        request->observed[at] = word;
}

/* The values of one entry, from `head` on; the words that they take. */
static size_t hv_observe_entry(hv_ctx *c, hv_node *root, const hv_observe *entry,
                               hv_request *request, size_t head)
{
    hv_bound bound = hv_bind(hv_missing(HV_ABSENT), 0);
    int64_t count = 0;
    int is_known = 0;
    c->session->steps.left = c->session->steps.limit;
    while (count < HV_MOST_OBSERVED && !is_known) {
        hv_val value = hv_missing(HV_ABSENT);
        hv_level level = hv_level_of(c);
        int status;
        bound.index = count;
        status = entry->value(c, root, &bound, &value);
        hv_forget(c, level);
        if (status == HV_UNKNOWN && c->error.is_out_of_range)
            is_known = entry->is_indexed;
        if (status != HV_OK
            || (value.tag != HV_INT && value.tag != HV_UINT && value.tag != HV_BOOL))
            break;
        hv_put_observed(request, head + 2 + 2 * (size_t)count, value.tag == HV_UINT);
        hv_put_observed(request, head + 3 + 2 * (size_t)count, value.as.u);
        count++;
        is_known = !entry->is_indexed;
    }
    if (!is_known)
        count = 0;
    hv_put_observed(request, head, (uint64_t)is_known);
    hv_put_observed(request, head + 1, (uint64_t)count);
    return 2 + 2 * (size_t)count;
}

static void hv_observe_all(hv_ctx *c, const hv_observe *entries, uint32_t count,
                           hv_request *request)
{
    size_t wanted = 0;
    uint32_t i;
    c->is_quiet = 1;
    for (i = 0; i < count && c->status == HV_DONE; i++)
        wanted += hv_observe_entry(c, c->session->root, &entries[i], request, wanted);
    request->observed_wanted = wanted;
}
