/* Walks over the whole tree after reading: harness/reading/{instances,checks}.py.
 *
 * What lies below a structure whose type has nothing to do there is not gone into. */

/* A record of any ephemeral type. */
typedef struct {
    hv_node head;
    hv_cell cells[HV_EPHEMERAL_CELLS];
} hv_room;

typedef struct {
    int (*visit)(hv_ctx *c, hv_node *node);
    int (*items)(hv_ctx *c, hv_list *list); /* all of an ephemeral list */
    uint8_t which;
    uint8_t is_post_order;
} hv_tree_walk;

enum { HV_FOR_INSTANCES, HV_FOR_JOINS, HV_FOR_CHECKS };

HV_INLINE int hv_goes_below(const hv_type *type, uint8_t which)
{
    return which == HV_FOR_INSTANCES ? type->instances_below
           : which == HV_FOR_JOINS   ? type->joins_below
                                     : type->checks_below;
}

/* The structure, or the list of structures, that `node` holds itself in `slot`. */
HV_INLINE hv_val hv_child_in(const hv_node *node, uint32_t slot)
{
    const hv_slot *known = &node->type->slot[slot];
    hv_val value = hv_missing(HV_ABSENT);
    if (!known->is_child || known->cell < 0) return value;
    value = HV_CELLS(node)[known->cell].v;
    if (value.state != HV_PRESENT) return hv_missing(HV_ABSENT);
    if (value.tag == HV_NODE && value.as.node->parent == node && value.as.node->slot == slot)
        return value;
    if (value.tag == HV_LIST && value.as.list->node == node && value.as.list->slot == slot)
        return value;
    return hv_missing(HV_ABSENT);
}

/* The first structure at or after item `item` of a list that keeps its items. */
static hv_node *hv_node_from(const hv_list *list, uint32_t item)
{
    if (list->kind == HV_LIST_FIXED || list->kind == HV_LIST_SWEPT || item >= list->count) return NULL;
    if (list->kind == HV_LIST_NODES) {
        hv_node *node;
        memcpy(&node, hv_entry(list, item, sizeof node), sizeof node);
        return node;
    }
    for (; item < list->count; item++) {
        hv_val value = hv_look(list, item);
        if (value.state == HV_PRESENT && value.tag == HV_NODE) return value.as.node;
    }
    return NULL;
}

static int hv_walk_below(hv_ctx *c, const hv_tree_walk *walk, hv_node *node);

/* A structure and what lies below it. */
HV_INLINE int hv_walk_node(hv_ctx *c, const hv_tree_walk *walk, hv_node *node)
{
    int status = walk->is_post_order ? HV_OK : walk->visit(c, node);
    if (status == HV_OK && hv_goes_below(node->type, walk->which))
        status = hv_walk_below(c, walk, node);
    if (status == HV_OK && walk->is_post_order) status = walk->visit(c, node);
    return status;
}

/* The structures of a list that keeps them, chunk by chunk. */
static int hv_walk_list(hv_ctx *c, const hv_tree_walk *walk, const hv_list *list)
{
    uint32_t i = 0;
    if (list->kind == HV_LIST_FIXED || list->kind == HV_LIST_SWEPT) return HV_OK;
    while (i < list->count) {
        hv_chunk *chunk = list->last;
        uint32_t end = list->count;
        while (chunk->first > i) {
            end = chunk->first;
            chunk = chunk->before;
        }
        for (; i < end; i++) {
            hv_node *node = NULL;
            int status;
            if (list->kind == HV_LIST_NODES) {
                memcpy(&node, hv_entries(chunk) + (size_t)(i - chunk->first) * sizeof node,
                       sizeof node);
            } else {
                hv_val value = hv_look(list, i);
                if (value.state == HV_PRESENT && value.tag == HV_NODE) node = value.as.node;
            }
            status = node ? hv_walk_node(c, walk, node) : HV_OK;
            if (status) return status;
        }
    }
    return HV_OK;
}

/* What a structure holds, in slot and list order; calls nest as structures do. */
static int hv_walk_below(hv_ctx *c, const hv_tree_walk *walk, hv_node *node)
{
    if (hv_is_too_deep(c)) return HV_STOPPED;
    for (uint32_t slot = 0; slot < node->type->slots; slot++) {
        hv_val value;
        int status = HV_OK;
        if (!node->type->slot[slot].is_child) continue;
        value = hv_child_in(node, slot);
        if (value.state != HV_PRESENT) continue;
        if (value.tag == HV_NODE)
            status = hv_walk_node(c, walk, value.as.node);
        else if (value.as.list->kind != HV_LIST_EPHEMERAL)
            status = hv_walk_list(c, walk, value.as.list);
        else if (hv_goes_below(value.as.list->type, walk->which))
            status = walk->items(c, value.as.list);
        if (status) return status;
    }
    return HV_OK;
}

/* Of an ephemeral list, `visit` every item that is not clean. */
static int hv_walk_items(hv_ctx *c, hv_list *list, int (*visit)(hv_ctx *c, hv_node *node))
{
    hv_room room;
    uint32_t count = list->is_sparse ? list->marked : list->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t item = list->is_sparse ? hv_marked_item(list, i) : i;
        int status = visit(c, hv_item_node(list, item, &room.head));
        if (status) return status;
    }
    return HV_OK;
}

/* --- instances ---------------------------------------------------------------------------- */

static int hv_read_instances_of(hv_ctx *c, hv_node *node)
{
    int is_again = (node->flags & HV_IS_EPHEMERAL) != 0;
    for (uint32_t slot = node->type->first_instance; slot < node->type->slots; slot++) {
        if (is_again && node->type->slot[slot].is_silent) continue; /* it can be had at any time */
        const hv_cell *cell = &HV_CELLS(node)[node->type->slot[slot].cell];
        if (cell->v.state == HV_UNREAD && hv_force(c, node, slot) == HV_STOPPED) return HV_STOPPED;
    }
    return HV_OK;
}

static int hv_read_instances_in(hv_ctx *c, hv_list *list)
{
    return hv_walk_items(c, list, hv_read_instances_of);
}

static int hv_read_all_instances(hv_ctx *c, hv_node *root)
{
    static const hv_tree_walk walk = {hv_read_instances_of, hv_read_instances_in, HV_FOR_INSTANCES, 0};
    return hv_walk_node(c, &walk, root);
}

/* Of an item that was not kept, an instance is had once more; HV_OK or HV_STOPPED. */
static int hv_read_again(hv_ctx *c, hv_node *node, uint32_t slot)
{
    if (!(node->flags & HV_IS_EPHEMERAL) || slot < node->type->first_instance) return HV_OK;
    if (hv_get(node, slot).v.state != HV_UNREAD) return HV_OK;
    return hv_force(c, node, slot) == HV_STOPPED ? HV_STOPPED : HV_OK;
}

/* Judge the items of a list that was read elsewhere as those of an instance. */
static int hv_check_shared(hv_ctx *c, hv_node *n, uint32_t slot, const hv_cell *cell,
                           int (*check)(hv_ctx *, hv_node *, int32_t, const hv_cell *))
{
    const hv_list *list = cell->v.as.list;
    hv_place place = hv_at(n, (int32_t)slot, -1);
    int status = HV_OK;
    if (cell->v.state != HV_PRESENT || cell->v.tag != HV_LIST)
        return HV_OK;
    status = hv_spend(c, &n->stream->session->steps, (int64_t)list->count, place);
    for (uint32_t i = 0; status == HV_OK && i < list->count; i++) {
        hv_room room;
        hv_cell item;
        if (list->kind == HV_LIST_EPHEMERAL) {
            hv_load_item(list, i, &room.head);
            item.v = hv_of_node(&room.head);
            item.start = item.end = 0;
            item.source = NULL;
        } else {
            item = hv_item(list, i);
        }
        if (item.v.state == HV_PRESENT)
            status = check(c, n, (int32_t)i, &item);
    }
    return status;
}

/* --- joins and checks --------------------------------------------------------------------- */

static int hv_join_node(hv_ctx *c, hv_node *node)
{
    return node->type->join ? node->type->join(c, node) : HV_OK;
}

static int hv_join_items(hv_ctx *c, hv_list *list)
{
    uint8_t settled = list->type->settled_joins;
    hv_room room;
    if (!list->type->join) return HV_OK;
    if (!settled) return hv_walk_items(c, list, list->type->join);
    /* once every table is indexed, there is nothing more to say of them here */
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t before = c->look_ups;
        int status = list->type->join(c, hv_item_node(list, i, &room.head));
        if (status || c->look_ups - before == settled) return status;
    }
    return HV_OK;
}

static int hv_check_node(hv_ctx *c, hv_node *node)
{
    return node->type->check ? node->type->check(c, node) : HV_OK;
}

/* Of an item that was not kept, what its references joined is looked up once more, at no expense. */
static int hv_join_again(hv_ctx *c, hv_node *node)
{
    hv_session *session = node->stream->session;
    int64_t steps = session->steps.left, output = session->output.left;
    uint8_t was_quiet = c->is_quiet;
    int status;
    session->steps.left = session->steps.limit;
    session->output.left = session->output.limit;
    c->is_quiet = 1;
    status = node->type->join(c, node);
    c->is_quiet = was_quiet;
    session->steps.left = steps;
    session->output.left = output;
    return status;
}

static int hv_join_and_check(hv_ctx *c, hv_node *node)
{
    return hv_join_again(c, node) == HV_OK ? node->type->check(c, node) : HV_STOPPED;
}

static int hv_check_items(hv_ctx *c, hv_list *list)
{
    if (!list->type->check) return HV_OK;
    return hv_walk_items(c, list, list->type->join ? hv_join_and_check : list->type->check);
}

static int hv_join_tree(hv_ctx *c, hv_node *root)
{
    static const hv_tree_walk walk = {hv_join_node, hv_join_items, HV_FOR_JOINS, 0};
    return hv_walk_node(c, &walk, root);
}

static int hv_check_tree(hv_ctx *c, hv_node *root)
{
    static const hv_tree_walk walk = {hv_check_node, hv_check_items, HV_FOR_CHECKS, 1};
    return hv_walk_node(c, &walk, root);
}

/* --- what a structure holds --------------------------------------------------------------- */

static int hv_each_child(hv_ctx *c, hv_node *node, hv_visit visit)
{
    for (uint32_t slot = 0; slot < node->type->slots; slot++) {
        hv_val value = hv_child_in(node, slot);
        int status = HV_OK;
        if (value.state != HV_PRESENT) continue;
        if (value.tag == HV_NODE) {
            status = visit(c, value.as.node);
        } else if (value.as.list->kind == HV_LIST_EPHEMERAL) {
            status = hv_walk_items(c, value.as.list, visit);
        } else {
            hv_node *child = hv_node_from(value.as.list, 0);
            while (child && !status) {
                status = visit(c, child);
                child = hv_node_from(value.as.list, (uint32_t)child->index + 1u);
            }
        }
        if (status) return status;
    }
    return HV_OK;
}
