/* Giving up: what is unknown, what is at fault, what has cost too much. */

static void hv_set(hv_budget *budget, uint32_t message, int64_t limit)
{
    budget->message = message;
    budget->limit = budget->left = limit;
    budget->around = budget->beyond = NULL;
    budget->is_default = 0;
}

/* What is in force in a structure whose type sets `limit`: that, and what is around it. NULL when
 * the scratch is used up. */
static hv_budget *hv_within(hv_ctx *c, hv_budget *around, int64_t limit)
{
    hv_budget *own;
    if (!around->is_default && around->left <= limit)
        return around;
    own = hv_take(c, sizeof *own);
    if (own != NULL) {
        hv_set(own, around->message, limit);
        own->around = around->is_default ? around->beyond : around;
    }
    return own;
}

/* The same of how deep structures nest, for one at `depth`. */
static void hv_deepen(hv_limits *limits, uint32_t depth, uint32_t most)
{
    const uint32_t deepest = depth - 1 + most;
    if (!limits->is_default && limits->deepest <= deepest)
        return;
    limits->depth = most;
    limits->deepest = deepest;
    limits->is_default = 0;
}

/* Whether there is so much left. */
HV_INLINE int hv_affords(const hv_budget *budget, int64_t amount)
{
    while (budget != NULL && budget->left >= amount)
        budget = budget->around;
    return budget == NULL;
}

/* Spend; what there is too little of, or NULL. */
HV_INLINE hv_budget *hv_charge(hv_budget *budget, int64_t amount)
{
    for (; budget != NULL; budget = budget->around) {
        budget->left -= amount;
        if (budget->left < 0)
            return budget;
    }
    return NULL;
}

static int hv_unknown(hv_ctx *c, uint32_t name, int is_reported)
{
    c->error.is_reported = is_reported != 0;
    c->error.is_out_of_range = 0;
    c->error.name = name;
    return HV_UNKNOWN;
}

static int hv_out_of_range(hv_ctx *c, hv_val index, int64_t count)
{
    c->error.is_reported = 0;
    c->error.is_out_of_range = 1;
    c->error.name = 0;
    c->error.index = index;
    c->error.count = count;
    return HV_UNKNOWN;
}

static int hv_fault(hv_ctx *c, uint32_t message)
{
    c->error.message = message;
    c->error.has_span = c->error.has_place = c->error.word_count = 0;
    return HV_FAULT;
}

static int hv_fault_at(hv_ctx *c, uint32_t message, uint32_t start, uint32_t end)
{
    (void)hv_fault(c, message);
    c->error.has_span = 1;
    c->error.start = start;
    c->error.end = end;
    return HV_FAULT;
}

static void hv_add_word(hv_ctx *c, hv_val value)
{
    if (c->error.word_count < HV_MOST_WORDS)
        c->error.words[c->error.word_count++] = hv_word_of(value);
}

static int hv_spend(hv_ctx *c, hv_budget *budget, int64_t amount, hv_place place)
{
    hv_stream *stream = place.node->stream;
    hv_range here;
    hv_word word;
    budget = hv_charge(budget, amount);
    if (budget == NULL)
        return HV_OK;
    if (place.slot >= 0) {
        hv_cell cell = hv_get(place.node, (uint32_t)place.slot);
        if (cell.source != NULL)
            stream = cell.source;
    }
    stream->session->is_stopped = 1;
    here = hv_span_in(stream, stream->position, stream->position);
    word = hv_word_of(hv_int(budget->limit));
    hv_report(c, budget->message, 0, place, &here, &word, 1);
    return HV_STOPPED;
}

static int hv_steps(hv_ctx *c, hv_node *node, int64_t amount)
{
    return hv_spend(c, &node->stream->session->steps, amount, hv_at(node, -1, -1));
}

static int hv_output(hv_ctx *c, hv_node *node, int64_t amount)
{
    return hv_spend(c, &node->stream->session->output, amount, hv_at(node, -1, -1));
}
