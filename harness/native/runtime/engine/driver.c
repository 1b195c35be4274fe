/* One content from its beginning to its end, and the entry points. */

enum { HV_FREE_ITEMS = 1 << 16, HV_DEFAULT_ITEMS = 10000000, HV_FREE_STEPS = 4000000 };

static hv_session *hv_new_session(hv_ctx *c, const hv_root *root, const uint8_t *data, uint32_t size,
                                  uint32_t number)
{
    hv_session *session = hv_take(c, sizeof *session);
    int64_t items = HV_FREE_ITEMS + (int64_t)16 * size, steps;
    const int64_t most = HV_DEFAULT_ITEMS + (int64_t)16 * size;
    if (session == NULL)
        return NULL;
    memset(session, 0, sizeof *session);
    session->number = number;
    session->file_size = size;
    if (items > HV_DEFAULT_ITEMS)
        items = HV_DEFAULT_ITEMS;
    if (root->items > 0)
        items = root->items < most ? root->items : most;
    steps = HV_FREE_STEPS + (int64_t)32 * size;
    if (root->items > 0 && steps < items)
        steps = items;
    hv_set(&session->items, HV_M_ITEMS, items);
    hv_set(&session->all_items, HV_M_ITEMS, most);
    session->items.beyond = &session->all_items;
    hv_set(&session->bytes, HV_M_BYTES, root->bytes > 0 ? root->bytes : (int64_t)16 * size);
    hv_set(&session->steps, HV_M_STEPS, steps);
    hv_set(&session->output, HV_M_OUTPUT, (int64_t)64 << 20);
    session->limits.depth = session->limits.deepest = root->depth > 0 ? root->depth : 64;
    session->items.is_default = root->items == 0;
    session->bytes.is_default = root->bytes == 0;
    session->limits.is_default = root->depth == 0;
    session->limits.items = &session->items;
    session->limits.bytes = &session->bytes;
    if (hv_new_stream(c, session, data, size, 0, size) == NULL)
        return NULL;
    return session;
}

/* Read all of one content and check it; HV_OK or HV_STOPPED. */
static int hv_run_session(hv_ctx *c, hv_session *session, const hv_root *root)
{
    hv_stream *main = session->main;
    hv_node *node = hv_new_node(c, root->type, NULL, 0, -1, main, 0, &session->limits);
    uint32_t i;
    int status;
    if (node == NULL)
        return HV_STOPPED;
    for (i = 0; i < root->type->first_sequence; i++)
        HV_CELLS(node)[i].v = hv_missing(HV_ABSENT);
    for (i = 0; i < c->companion_count && session->number == 0; i++)
        HV_CELLS(node)[hv_companion_slots[i]].v = hv_of_node(c->companions[i]->root);
    session->root = node;
    hv_own(main, node);
    status = hv_read_node(c, node, main, 1);
    if (status == HV_STOPPED || c->trial == HV_TRIAL_ENDED
        || hv_read_all_instances(c, node) != HV_OK)
        return HV_STOPPED;
    session->is_done = 1;
    if (c->trial == HV_TRIAL_ENDED || hv_report_rings(c, node) != HV_OK
        || hv_join_tree(c, node) != HV_OK || hv_check_tree(c, node) != HV_OK)
        return HV_STOPPED;
    if (session->number == 0 && hv_check_paths(c, node) != HV_OK)
        return HV_STOPPED;
    return hv_account(c, session);
}

static int hv_read_content(hv_ctx *c, const uint8_t *data, size_t size, const hv_root *root,
                           uint32_t number)
{
    static const uint8_t nothing[1] = {0};
    hv_session *session, *outer = c->session;
    int status;
    if (size > UINT32_MAX - 16)
        return HV_TOO_LARGE;
    c->status = HV_DONE;
    c->nesting = 0;
    c->stack = hv_stack_top();
    c->is_quiet = 0;
    c->texts = NULL;
    c->kept = c->counted = 0;
    c->tables = c->early_tables = NULL;
    c->is_early = 0;
    c->buckets = NULL;
    c->swept = NULL;
    memset(c->columns, 0, sizeof c->columns);
    c->columns_left = HV_FREE_STEPS + (int64_t)4 * (int64_t)size;
    session = hv_new_session(c, root, size == 0 ? nothing : data, (uint32_t)size, number);
    if (session == NULL)
        return HV_NO_SCRATCH;
    session->is_muted = number != 0;
    c->session = session;
    status = hv_run_session(c, session, root);
    session->is_done = 1;
    if (number != 0) {
        c->companions[number - 1] = session;
        c->session = outer;
    }
    if (c->status != HV_DONE)
        return (int)c->status;
    return status == HV_STOPPED ? HV_LIMIT : HV_DONE;
}

HV_EXPORT uint32_t hv_abi(void)
{
    return HV_ABI;
}

HV_EXPORT size_t hv_context_size(void)
{
    return sizeof(hv_ctx) + 64;
}

/* Let every check from now on take so much of the stack. */
HV_EXPORT void hv_bound_stack(hv_ctx *c, size_t bytes)
{
    c->stack_room = bytes > hv_stack_spare ? bytes - hv_stack_spare : 0;
}

/* Take no more of the scratch from now on, which is at most all that was given. */
HV_EXPORT void hv_bound_scratch(hv_ctx *c, size_t bytes)
{
    c->scratch_end = (uint8_t *)c + bytes;
    if (c->scratch_end < c->after_companions)
        c->scratch_end = c->after_companions;
}

HV_EXPORT hv_ctx *hv_open(void *scratch, size_t size)
{
    hv_ctx *c;
    size_t off = (size_t)((8u - ((uintptr_t)scratch & 7u)) & 7u);
    if (scratch == NULL || size < sizeof *c + off)
        return NULL;
    c = (hv_ctx *)(void *)((uint8_t *)scratch + off);
    memset(c, 0, sizeof *c);
    c->scratch = (uint8_t *)scratch + off + ((sizeof *c + 7u) & ~(size_t)7u);
    c->scratch_end = (uint8_t *)scratch + size;
    if (c->scratch > c->scratch_end)
        return NULL;
    c->at = c->after_companions = c->scratch;
    hv_bound_stack(c, HV_STACK_BYTES);
    return c;
}

HV_EXPORT int hv_give_companion(hv_ctx *c, uint32_t number, const uint8_t *data, size_t size)
{
    int status;
    if (number != c->companion_count || number >= hv_companion_total)
        return HV_NO_COMPANION;
    hv_take_back(c, c->after_companions);
    status = hv_read_content(c, data, size, &hv_companion_roots[number], number + 1);
    if (status == HV_DONE || status == HV_LIMIT) {
        c->companion_count++;
        c->after_companions = c->at;
    }
    return status;
}

/* The same for callers who do not judge companions for themselves: one that was not read to its end,
 * or has an error, is refused and not kept, so that nothing can be checked against it. */
HV_LOCAL int hv_give_valid_companion(hv_ctx *c, uint32_t number, const uint8_t *data, size_t size)
{
    uint8_t *before = c->after_companions;
    int status = hv_give_companion(c, number, data, size);
    if (status != HV_DONE && status != HV_LIMIT)
        return status;
    if (status == HV_DONE && c->companions[number]->muted_errors == 0)
        return status;
    c->companion_count = number;
    c->after_companions = before;
    return HV_BAD_COMPANION;
}

/* Whether a trial says that there is nothing to say; what is asked for besides needs a full run. */
static int hv_is_clean(hv_ctx *c, const uint8_t *data, size_t size, hv_request *request)
{
    int status;
    if (!hv_has_sweeps || request->observed != NULL || request->spans != NULL
        || request->cells != NULL)
        return 0;
    c->trial = HV_TRIAL;
    status = hv_read_content(c, data, size, &hv_top_root, 0);
    status = status == HV_DONE && c->trial == HV_TRIAL;
    c->trial = HV_NO_TRIAL;
    request->scratch_used = (size_t)(c->at - (uint8_t *)c);
    if (!status)
        hv_take_back(c, c->after_companions);
    return status;
}

HV_EXPORT int hv_check(hv_ctx *c, const uint8_t *data, size_t size, hv_request *request)
{
    hv_recorder *r = &c->recorder;
    int status;
    if (c->companion_count < hv_companion_total)
        return HV_NO_COMPANION;
    memset(r, 0, sizeof *r);
    r->at = request->findings;
    r->size = request->findings_size;
    r->left = request->max_findings;
    r->dropped = request->dropped;
    hv_take_back(c, c->after_companions);
    request->observed_wanted = 0;
    request->span_count = request->cell_count = 0;
    request->is_measured = 0;
    request->scratch_used = 0;
    request->is_swept = (uint32_t)hv_is_clean(c, data, size, request);
    status = request->is_swept ? HV_DONE : hv_read_content(c, data, size, &hv_top_root, 0);
    if (status == HV_DONE || status == HV_LIMIT) {
        if (request->observed != NULL)
            hv_observe_all(c, hv_observed, hv_observed_total, request);
        if (request->spans != NULL && c->status == HV_DONE)
            hv_write_spans(c, request);
        if (request->cells != NULL && c->status == HV_DONE && status == HV_DONE)
            hv_measure(c, hv_matrices, hv_matrix_total, request);
        if (c->status != HV_DONE)
            status = (int)c->status;
    }
    request->used = r->used;
    request->count = r->count;
    request->errors = r->errors;
    request->contract_errors = r->contract_errors;
    request->is_full = r->is_full;
    request->scratch_kept = (size_t)(c->after_companions - (uint8_t *)c);
    if (request->scratch_used < (size_t)(c->at - (uint8_t *)c))
        request->scratch_used = (size_t)(c->at - (uint8_t *)c);
    return status;
}
