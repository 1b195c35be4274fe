/* Records told clean at a glance: harness/native/compile/sweeping/glance.py. */

/* Item `i` of an ephemeral list needs a look after reading. */
static int hv_mark_item(hv_ctx *c, hv_list *list, uint32_t i)
{
    hv_chunk *last = list->last;
    if (last == NULL || list->marked - last->first == last->room) {
        uint32_t room = last == NULL ? 4u : last->room < 1u << 20 ? last->room * 2u : last->room;
        hv_chunk *more = hv_take(c, sizeof *more + (size_t)room * sizeof i);
        if (more == NULL)
            return HV_STOPPED;
        more->before = last;
        more->first = list->marked;
        more->room = room;
        list->last = last = more;
    }
    memcpy(hv_entries(last) + (size_t)(list->marked++ - last->first) * sizeof i, &i, sizeof i);
    return HV_OK;
}

/* The mark of number `number` < marked. */
static uint32_t hv_marked_item(const hv_list *list, uint32_t number)
{
    uint32_t i;
    memcpy(&i, hv_entry(list, number, sizeof i), sizeof i);
    return i;
}

/* Whether a list cannot change any more: it is of a companion, and was read to its end. */
static int hv_is_settled(const hv_node *node, const hv_list *list)
{
    return list->node != NULL && list->node->stream->session != node->stream->session
           && !list->is_abandoned;
}

/* What the structure around records joins may be asked for before everything is read, where it
 * stands in companions: in silence, at no cost, and without reading anything for it. */
static void hv_begin_early(hv_ctx *c, hv_node *n, int joins, hv_early *early)
{
    early->was_quiet = c->is_quiet;
    early->steps = n->stream->session->steps.left;
    c->is_quiet = c->is_early = 1;
    if (joins && n->type->join != NULL) {
        struct hv_table *tables = c->tables;
        c->tables = c->early_tables;
        (void)n->type->join(c, n);
        c->early_tables = c->tables;
        c->tables = tables;
    }
}

static void hv_end_early(hv_ctx *c, hv_node *n, const hv_early *early)
{
    c->is_quiet = early->was_quiet;
    c->is_early = 0;
    n->stream->session->steps.left = early->steps;
}
