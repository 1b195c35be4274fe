/* Nodes, lists and places: harness/reading/tree.py. */

static size_t hv_node_size(const hv_type *type)
{
    return sizeof(hv_node) + (size_t)type->cells * sizeof(hv_cell);
}

/* Fill in a node where there is room for one. */
HV_INLINE void hv_init_node(hv_node *n, const hv_type *type, hv_node *parent, uint32_t slot,
                            int32_t index, hv_stream *stream, uint32_t start, hv_limits *limits)
{
    uint32_t i;
    hv_cell *cells = HV_CELLS(n);
    n->type = type;
    n->parent = parent;
    n->stream = stream;
    n->limits = limits;
    n->start = start;
    n->end = HV_NO_END;
    n->index = index;
    n->slot = (uint16_t)slot;
    n->got = 0;
    n->depth = (uint16_t)(parent == NULL ? 1u : parent->depth + 1u);
    n->flags = (uint16_t)(parent == NULL ? 0u : parent->flags & HV_IS_BIG);
    n->spare = 0;
    for (i = 0; i < type->cells; i++) {
        cells[i].v = hv_missing(HV_UNREAD);
        cells[i].start = cells[i].end = 0;
        cells[i].source = NULL;
    }
}

static hv_node *hv_new_node(hv_ctx *c, const hv_type *type, hv_node *parent, uint32_t slot,
                            int32_t index, hv_stream *stream, uint32_t start, hv_limits *limits)
{
    hv_node *n = hv_take(c, hv_node_size(type));
    if (n != NULL)
        hv_init_node(n, type, parent, slot, index, stream, start, limits);
    return n;
}

static hv_cell hv_get(const hv_node *node, uint32_t slot)
{
    const hv_slot *s = &node->type->slot[slot];
    hv_cell found;
    if (s->cell >= 0)
        return HV_CELLS(node)[s->cell];
    found.start = node->start + s->offset;
    found.end = found.start + s->width;
    found.source = NULL;
    if (slot < node->got) {
        int big = s->order == HV_INHERITED ? (node->flags & HV_IS_BIG) != 0 : s->order == HV_BIG;
        found.v = hv_load(node->stream->data + found.start, s->width, s->load, big);
        found.v.flags = HV_HAS_SPAN;
    } else {
        found.v = hv_missing(node->flags & HV_IS_ABANDONED ? HV_ABANDONED : HV_UNREAD);
    }
    return found;
}

static int hv_present(hv_ctx *c, hv_node *node, uint32_t slot, uint32_t name)
{
    hv_session *session = node->stream->session;
    int is_ephemeral = (node->flags & HV_IS_EPHEMERAL) != 0;
    uint8_t state = hv_get(node, slot).v.state;
    if (state == HV_UNREAD && c->is_early)
        return hv_unknown(c, name, 1);
    if (state == HV_UNREAD && slot >= node->type->first_instance
        && (!session->is_done || (is_ephemeral && !session->is_stopped))) {
        int status = hv_force(c, node, slot);
        if (status != HV_OK)
            return status;
        state = hv_get(node, slot).v.state;
    }
    if (state == HV_PRESENT)
        return HV_OK;
    if (state == HV_RUNNING)
        return hv_fault(c, HV_M_CYCLE);
    return hv_unknown(c, name, state == HV_ABANDONED || session->is_stopped);
}

static int hv_force(hv_ctx *c, hv_node *node, uint32_t slot)
{
    hv_cell *cell = &HV_CELLS(node)[node->type->slot[slot].cell];
    uint8_t was_quiet = c->is_quiet;
    int status;
    if (c->nesting >= HV_MOST_NESTING)
        return hv_fault(c, HV_M_NESTING);
    if (hv_is_too_deep(c))
        return HV_STOPPED;
    /* what was said when it was looked at first is not said again */
    if (node->stream->session->is_done)
        c->is_quiet = 1;
    c->nesting++;
    c->kept++;
    cell->v = hv_missing(HV_RUNNING);
    status = node->type->instance(c, node, slot);
    if (cell->v.state == HV_RUNNING)
        cell->v.state = HV_ABANDONED;
    c->nesting--;
    c->is_quiet = was_quiet;
    return status;
}

/* --- lists --- */

static hv_list *hv_new_list(hv_ctx *c, hv_node *node, uint32_t slot, uint8_t kind,
                            hv_stream *stream, uint32_t start)
{
    hv_list *list = hv_take(c, sizeof *list);
    if (list == NULL)
        return NULL;
    list->node = node;
    list->stream = stream;
    list->type = NULL;
    list->last = NULL;
    list->start = list->end = start;
    list->count = list->stride = 0;
    list->slot = (uint16_t)slot;
    list->kind = kind;
    list->load = HV_LOAD_NONE;
    list->order = HV_LITTLE;
    list->is_abandoned = 0;
    list->is_partial = list->is_sparse = 0;
    list->marked = 0;
    list->first_room = 4;
    list->got = 0;
    list->marks = 0;
    return list;
}

HV_INLINE uint8_t *hv_entries(hv_chunk *chunk)
{
    return (uint8_t *)chunk + sizeof(hv_chunk);
}

/* Room for one more entry of `size` bytes; NULL when the scratch is used up. */
static void *hv_append(hv_ctx *c, hv_list *list, size_t size)
{
    hv_chunk *last = list->last;
    if (last == NULL || list->count - last->first == last->room) {
        uint32_t room = last == NULL ? list->first_room
                        : last->room < 1u << 20 ? last->room * 2u : last->room;
        hv_chunk *more = hv_take(c, sizeof *more + (size_t)room * size);
        if (more == NULL)
            return NULL;
        more->before = last;
        more->first = list->count;
        more->room = room;
        list->last = last = more;
    }
    return hv_entries(last) + (size_t)(list->count++ - last->first) * size;
}

static int hv_append_node(hv_ctx *c, hv_list *list, hv_node *item)
{
    hv_node **entry = hv_append(c, list, sizeof *entry);
    if (entry == NULL)
        return HV_STOPPED;
    *entry = item;
    return HV_OK;
}

static int hv_append_cell(hv_ctx *c, hv_list *list, const hv_cell *item)
{
    hv_cell *entry = hv_append(c, list, sizeof *entry);
    if (entry == NULL)
        return HV_STOPPED;
    *entry = *item;
    return HV_OK;
}

HV_INLINE const uint8_t *hv_entry(const hv_list *list, uint32_t i, size_t size)
{
    hv_chunk *chunk = list->last;
    while (chunk->first > i)
        chunk = chunk->before;
    return hv_entries(chunk) + (size_t)(i - chunk->first) * size;
}

static hv_cell hv_item(const hv_list *list, uint32_t i)
{
    hv_cell found;
    found.source = NULL;
    found.start = found.end = 0;
    switch (list->kind) {
    case HV_LIST_FIXED: {
        found.start = list->start + i * list->stride;
        found.end = found.start + list->stride;
        found.v = hv_load(list->stream->data + found.start, list->stride, list->load,
                          list->order == HV_BIG);
        found.v.flags = HV_HAS_SPAN;
        return found;
    }
    case HV_LIST_NODES: {
        hv_node *node;
        memcpy(&node, hv_entry(list, i, sizeof node), sizeof node);
        found.v = hv_of_node(node);
        return found;
    }
    case HV_LIST_CELLS:
        memcpy(&found, hv_entry(list, i, sizeof found), sizeof found);
        return found;
    default:
        found.v = hv_missing(HV_ABSENT);
        return found;
    }
}

/* Item `i` < count of a list whose items are kept, without its bytes. */
HV_INLINE hv_val hv_look(const hv_list *list, uint32_t i)
{
    if (list->kind == HV_LIST_NODES) {
        hv_node *node;
        memcpy(&node, hv_entry(list, i, sizeof node), sizeof node);
        return hv_of_node(node);
    }
    if (list->kind == HV_LIST_FIXED)
        return hv_load(list->stream->data + list->start + i * list->stride, list->stride,
                       list->load, list->order == HV_BIG);
    return hv_item(list, i).v;
}

/* Load item `i` of an ephemeral list into `room`. */
HV_INLINE void hv_load_item(const hv_list *list, uint32_t i, hv_node *room)
{
    uint32_t start = list->start + i * list->stride;
    hv_node *holder = list->node;
    hv_init_node(room, list->type, holder, list->slot, (int32_t)i, list->stream, start,
                 holder->limits);
    room->got = list->type->first_instance;
    room->end = start + list->stride;
    room->flags = (uint16_t)(room->flags | HV_IS_EPHEMERAL);
    if (holder->type->slot[list->slot].arguments != NULL)
        holder->type->slot[list->slot].arguments(room);
    if (list->is_partial && i + 1 == list->count) {
        room->got = list->got;
        room->end = list->end;
        room->flags = (uint16_t)(room->flags | HV_IS_ABANDONED);
    }
}

static hv_node *hv_item_node(const hv_list *list, uint32_t i, hv_node *room)
{
    hv_node *node;
    if (list->kind == HV_LIST_EPHEMERAL) {
        hv_load_item(list, i, room);
        return room;
    }
    if (list->kind == HV_LIST_CELLS)
        return hv_item(list, i).v.as.node;
    memcpy(&node, hv_entry(list, i, sizeof node), sizeof node);
    return node;
}

static int hv_complete(hv_ctx *c, const hv_list *list)
{
    return list->is_abandoned ? hv_unknown(c, HV_N_LIST, 1) : HV_OK;
}

/* --- above --- */

static hv_node *hv_holder(hv_node *node)
{
    return node->parent;
}

static hv_node *hv_parent_of(hv_node *node)
{
    hv_node *found = node->parent;
    if (node->type->has_above) {
        hv_cell *above = &HV_CELLS(node)[node->type->above];
        if (above->v.state == HV_PRESENT)
            found = above->v.as.node;
        else if (above->v.state == HV_ABSENT) /* it has none */
            found = NULL;
    }
    return found != NULL && found->type->file == node->type->file ? found : NULL;
}

static hv_node *hv_top_of_file(hv_node *node)
{
    while (node->parent != NULL && node->parent->type->file == node->type->file)
        node = node->parent;
    return node->type->is_top ? node : NULL;
}

/* --- places --- */

static hv_cell hv_value_at(hv_place place)
{
    hv_cell found;
    if (place.slot < 0) {
        found.v = hv_of_node(place.node);
        found.start = found.end = 0;
        found.source = NULL;
        return found;
    }
    found = hv_get(place.node, (uint32_t)place.slot);
    if (place.item < 0 || found.v.tag != HV_LIST || found.v.state != HV_PRESENT)
        return found;
    if ((uint32_t)place.item < found.v.as.list->count)
        return hv_item(found.v.as.list, (uint32_t)place.item);
    found.v = hv_missing(HV_ABANDONED);
    return found;
}

static hv_list *hv_own_list(const hv_node *node, uint32_t slot)
{
    hv_cell cell = hv_get(node, slot);
    hv_list *list;
    if (cell.v.state != HV_PRESENT || cell.v.tag != HV_LIST)
        return NULL;
    list = cell.v.as.list;
    return list->node == node && list->slot == slot ? list : NULL;
}

static hv_stream *hv_source_of(const hv_node *node, uint32_t slot)
{
    hv_cell cell = hv_get(node, slot);
    return cell.source != NULL ? cell.source : node->stream;
}

static hv_stream *hv_node_extent(const hv_node *node, uint32_t *start, uint32_t *end)
{
    hv_stream *stream = node->stream;
    if (stream->packed != NULL && stream->owner == node) {
        *start = stream->packed->start;
        *end = stream->packed->end;
        return stream->packed->stream;
    }
    *start = node->start;
    *end = node->end == HV_NO_END || node->end < node->start ? node->start : node->end;
    return stream;
}

static hv_stream *hv_extent_of(hv_place place, uint32_t *start, uint32_t *end)
{
    hv_cell value = hv_value_at(place), cell;
    if (value.v.state == HV_PRESENT && value.v.tag == HV_NODE)
        return hv_node_extent(value.v.as.node, start, end);
    cell = hv_get(place.node, (uint32_t)place.slot);
    if (cell.v.state == HV_PRESENT && cell.v.tag == HV_LIST) {
        hv_list *list = cell.v.as.list;
        *start = list->start;
        *end = list->end;
        if (place.item >= 0 && (uint32_t)place.item < list->count) {
            if (list->kind == HV_LIST_EPHEMERAL) {
                *start = list->start + (uint32_t)place.item * list->stride;
                *end = list->is_partial && (uint32_t)place.item + 1 == list->count
                           ? list->end : *start + list->stride;
            } else {
                *start = value.start;
                *end = value.end;
            }
        }
        return list->node == NULL ? hv_source_of(place.node, (uint32_t)place.slot)
                                  : hv_source_of(list->node, list->slot);
    }
    if (cell.v.flags & HV_HAS_SPAN || place.node->type->slot[place.slot].cell < 0) {
        *start = cell.start;
        *end = cell.end;
    } else {
        *start = place.node->start;
        *end = place.node->end == HV_NO_END || place.node->end < *start ? *start : place.node->end;
    }
    return cell.source != NULL ? cell.source : place.node->stream;
}

/* Whether what stands at a place has bytes of its own. */
static int hv_has_extent(const hv_node *node, uint32_t slot)
{
    hv_val value = hv_get(node, slot).v;
    if (value.state != HV_PRESENT)
        return 0;
    return value.tag == HV_NODE || value.tag == HV_LIST || (value.flags & HV_HAS_SPAN) != 0;
}

static hv_range hv_span_in(const hv_stream *stream, uint32_t start, uint32_t end)
{
    hv_range span;
    span.start = stream->has_origin ? stream->origin_start : start;
    span.end = stream->has_origin ? stream->origin_end : end;
    return span;
}
