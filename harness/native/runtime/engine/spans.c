/* The table of all values with their bytes, in pre-order: harness/reading/views.py.
 *
 * It is made once a content is read, and only when it is asked for. */

typedef struct hv_spans {
    hv_span *at;
    uint64_t room, count;
} hv_spans;

static int hv_spans_below(hv_ctx *c, hv_spans *spans, hv_node *node, uint64_t parent);

/* Another record; its number. */
static uint64_t hv_add_span(hv_spans *spans, hv_place place, const hv_val *value, uint64_t parent,
                            uint8_t kind)
{
    uint32_t start, end;
    const hv_stream *stream = hv_extent_of(place, &start, &end);
    hv_range range = hv_span_in(stream, start, end);
    const hv_type *type = place.node->type;
    hv_span *span;
    if (spans->count >= spans->room)
        return spans->count++;
    span = &spans->at[spans->count];
    span->parent = (uint32_t)parent;
    span->type = type->id;
    span->slot = place.slot < 0 ? HV_NO_SLOT : (uint16_t)place.slot;
    span->item = place.item;
    span->start = range.start;
    span->end = range.end;
    span->of = value->tag == HV_NODE ? value->as.node->type->id : HV_NO_SLOT;
    span->kind = kind;
    span->flags = stream->has_origin ? HV_SPAN_UNPACKED : 0;
    if (place.slot >= 0 && type->slot[place.slot].is_computed)
        span->flags |= HV_SPAN_COMPUTED;
    return spans->count++;
}

/* A value of the group at the start of a structure: where it stands is known of its type. */
static void hv_span_of_group(hv_spans *spans, const hv_node *node, uint32_t slot, uint64_t parent)
{
    const hv_slot *known = &node->type->slot[slot];
    const hv_stream *stream = node->stream;
    uint32_t start = node->start + known->offset;
    if (spans->count < spans->room) {
        hv_range range = hv_span_in(stream, start, start + known->width);
        hv_span *span = &spans->at[spans->count];
        span->parent = (uint32_t)parent;
        span->start = range.start;
        span->end = range.end;
        span->item = -1;
        span->type = node->type->id;
        span->slot = (uint16_t)slot;
        span->of = HV_NO_SLOT;
        span->kind = HV_SPAN_VALUE;
        span->flags = stream->has_origin ? HV_SPAN_UNPACKED : 0;
    }
    spans->count++;
}

/* A structure, which stands at a place or only is referred to there. */
static int hv_span_node(hv_ctx *c, hv_spans *spans, hv_place place, hv_node *node, uint64_t parent)
{
    hv_val value = hv_of_node(node);
    int is_here = node->parent == place.node && (int32_t)node->slot == place.slot;
    uint64_t number = hv_add_span(spans, place, &value, parent,
                                  is_here ? HV_SPAN_STRUCT : HV_SPAN_SHARED);
    return is_here ? hv_spans_below(c, spans, node, number) : HV_OK;
}

static int hv_span_item(hv_ctx *c, hv_spans *spans, hv_place place, const hv_list *list,
                        uint64_t parent)
{
    hv_cell item;
    if (list->kind == HV_LIST_EPHEMERAL) {
        hv_room room;
        hv_load_item(list, (uint32_t)place.item, &room.head);
        return hv_span_node(c, spans, place, &room.head, parent);
    }
    item = hv_item(list, (uint32_t)place.item);
    if (item.v.state != HV_PRESENT)
        return HV_OK;
    if (item.v.tag == HV_NODE)
        return hv_span_node(c, spans, place, item.v.as.node, parent);
    (void)hv_add_span(spans, place, &item.v, parent, HV_SPAN_VALUE);
    return HV_OK;
}

static int hv_span_list(hv_ctx *c, hv_spans *spans, hv_place place, const hv_val *value,
                        uint64_t parent)
{
    const hv_list *list = value->as.list;
    int is_here = list->node == NULL
                  || (list->node == place.node && (int32_t)list->slot == place.slot);
    uint64_t number = hv_add_span(spans, place, value, parent,
                                  is_here ? HV_SPAN_LIST : HV_SPAN_SHARED);
    int status = HV_OK;
    uint32_t i;
    for (i = 0; is_here && status == HV_OK && i < list->count; i++) {
        place.item = (int32_t)i;
        status = hv_span_item(c, spans, place, list, number);
    }
    return status;
}

/* What a structure holds; calls nest as structures do. */
static int hv_spans_below(hv_ctx *c, hv_spans *spans, hv_node *node, uint64_t parent)
{
    int is_again = (node->flags & HV_IS_EPHEMERAL) != 0 && !node->stream->session->is_stopped;
    uint32_t slot;
    if (hv_is_too_deep(c))
        return HV_STOPPED;
    for (slot = node->type->first_sequence; slot < node->type->slots; slot++) {
        hv_place place = hv_at(node, (int32_t)slot, -1);
        hv_val value;
        int status;
        if (node->type->slot[slot].cell < 0) {
            if (slot < node->got)
                hv_span_of_group(spans, node, slot, parent);
            continue;
        }
        status = is_again ? hv_read_again(c, node, slot) : HV_OK;
        if (status != HV_OK)
            return status;
        value = hv_get(node, slot).v;
        if (value.state != HV_PRESENT)
            continue;
        if (value.tag == HV_NODE)
            status = hv_span_node(c, spans, place, value.as.node, parent);
        else if (value.tag == HV_LIST)
            status = hv_span_list(c, spans, place, &value, parent);
        else
            (void)hv_add_span(spans, place, &value, parent, HV_SPAN_VALUE);
        if (status != HV_OK)
            return status;
    }
    return HV_OK;
}

static void hv_write_spans(hv_ctx *c, hv_request *request)
{
    hv_node *root = c->session->root;
    hv_val value = hv_of_node(root);
    hv_spans spans;
    spans.at = request->spans;
    spans.room = request->span_room < HV_NO_PARENT ? request->span_room : HV_NO_PARENT;
    spans.count = 0;
    c->is_quiet = 1;
    (void)hv_add_span(&spans, hv_at(root, -1, -1), &value, HV_NO_PARENT, HV_SPAN_STRUCT);
    (void)hv_spans_below(c, &spans, root, 0);
    request->span_count = spans.count;
}
