/* Cross-field rules, of a schema or of a contract: harness/reading/{rules,pathrules,characters}.py. */

/* What became of a rule: unknown values make it silent, what goes wrong in it is a finding. */
static int hv_settle(hv_ctx *c, int status, uint32_t source, hv_place place)
{
    if (status == HV_FAULT)
        hv_report_fault(c, source, place);
    return status == HV_STOPPED ? status : HV_OK;
}

/* Bytes before a character of a text in the file, and of the character itself. */
static uint32_t hv_before(hv_ctx *c, hv_slice text, uint8_t encoding, uint32_t item,
                          uint32_t *width)
{
    const uint32_t at = hv_point_at(c, text, item);
    const hv_slice prefix = {text.p, at};
    uint32_t after = at, point = hv_next_point(text, &after);
    *width = encoding == HV_IN_UTF8 ? after - at : 4;
    switch (encoding) {
    case HV_IN_UTF8:
        return at;
    case HV_IN_BYTES:
        *width = 1;
        return item;
    case HV_IN_UTF16:
        *width = point < 0x10000 ? 2 : 4;
        return 2 * (item + hv_characters_of_four(prefix));
    default:
        return 4 * item;
    }
}

/* The bytes of one element of a byte array or string that was read as it stands; whether it has
 * any of its own. */
static int hv_element_span(hv_ctx *c, hv_place place, hv_range *span)
{
    hv_val value;
    uint32_t start = 0, end = 0, before, width = 1;
    const hv_stream *stream;
    const hv_slot *slot;
    if (place.slot < 0 || place.item < 0)
        return 0;
    slot = &place.node->type->slot[place.slot];
    value = hv_get(place.node, (uint32_t)place.slot).v;
    if (value.state != HV_PRESENT)
        return 0;
    before = (uint32_t)place.item;
    if (slot->is_text && value.tag == HV_TEXT)
        before = hv_before(c, hv_slice_of(value), slot->is_text, before, &width);
    else if (!slot->is_bytes || value.tag != HV_BYTES)
        return 0;
    stream = hv_extent_of(place, &start, &end);
    *span = hv_span_in(stream, start + before, start + before + width);
    return 1;
}

/* --- a top-level `.all(…)`: every element that fails is reported by itself ---------------------- */

typedef struct hv_each {
    uint32_t no_list;   /* message, for what has no elements */
    hv_evaluate base;
    hv_decide body;     /* of the element and its index; what was bound around it is b[1] */
    int (*owner)(hv_ctx *c, hv_node *n, const hv_bound *b, hv_node **out); /* or NULL; and slot */
    uint32_t slot;
    int (*explain)(hv_ctx *c, hv_node *n, hv_place place, const hv_bound *b);
} hv_each;

/* Where element `i` stands. */
static int hv_each_place(hv_ctx *c, const hv_each *e, hv_node *n, const hv_bound *b, hv_val found,
                         uint32_t i, hv_place *place)
{
    hv_node *owner;
    int status;
    *place = hv_at(n, -1, -1);
    if (found.tag == HV_LIST && found.as.list->kind == HV_LIST_EPHEMERAL) {
        *place = hv_at(found.as.list->node, (int32_t)found.as.list->slot, (int32_t)i);
        return HV_OK;
    }
    if (found.tag == HV_LIST) {
        hv_val item = hv_look(found.as.list, i);
        if (item.state == HV_PRESENT && item.tag == HV_NODE) {
            *place = hv_at(item.as.node, -1, -1);
            return HV_OK;
        }
    }
    if (e->owner == NULL)
        return HV_OK;
    status = e->owner(c, n, b, &owner);
    if (status == HV_OK)
        *place = hv_at(owner, (int32_t)e->slot, (int32_t)i);
    return status;
}

static int hv_check_each(hv_ctx *c, const hv_each *e, hv_node *n, const hv_bound *b)
{
    hv_bound inner[2];
    hv_walk walk;
    hv_room room;
    hv_val found;
    int status = e->base(c, n, b, &found);
    walk.count = 0;
    if (status == HV_OK)
        status = hv_begin_walk(c, found, e->no_list, &walk);
    if (status == HV_OK)
        status = hv_steps(c, n, walk.count);
    if (status != HV_OK)
        return status;
    inner[0] = inner[1] = b != NULL ? *b : hv_bind(hv_missing(HV_ABSENT), -1);
    for (uint32_t i = 0; i < walk.count; i++) {
        int holds = 0, is_loaded = found.tag == HV_LIST && found.as.list->kind == HV_LIST_EPHEMERAL;
        hv_place place;
        inner[0].it = is_loaded ? hv_item_value(found.as.list, i, &room) : hv_walk_on(&walk, i);
        inner[0].index = i;
        status = e->body(c, n, inner, &holds);
        if (status == HV_UNKNOWN || (status == HV_OK && holds))
            continue;
        if (status == HV_OK)
            status = hv_each_place(c, e, n, b, found, i, &place);
        if (status == HV_OK)
            status = e->explain(c, n, place, inner);
        if (status != HV_OK)
            return status;
    }
    return HV_OK;
}

/* --- rules anchored at a path ---------------------------------------------------------------------- */

enum { HV_STEP_PLAIN = -2, HV_STEP_EACH = -1 }; /* else the item */

typedef struct hv_path_step {
    uint32_t slot;
    int32_t item;
} hv_path_step;

typedef struct hv_path {
    const hv_path_step *step;
    uint32_t count;
    int (*rule)(hv_ctx *c, hv_node *n, hv_place place, const hv_bound *b);
} hv_path;

static int hv_follow(hv_ctx *c, hv_node *n, const hv_path *path, uint32_t step);

/* Run the rule on what stands at a place, or go on from there. */
static int hv_follow_from(hv_ctx *c, hv_place place, const hv_path *path, uint32_t step)
{
    hv_val value = hv_get(place.node, (uint32_t)place.slot).v;
    hv_bound bound;
    hv_room room;
    if (hv_is_too_deep(c))
        return HV_STOPPED;
    if (place.item >= 0 && value.tag == HV_LIST)
        value = hv_item_value(value.as.list, (uint32_t)place.item, &room);
    if (value.state != HV_PRESENT)
        return HV_OK;
    if (step + 1u < path->count)
        return value.tag == HV_NODE ? hv_follow(c, value.as.node, path, step + 1u) : HV_OK;
    bound = hv_bind(value, place.item);
    if (place.node->stream->session != c->session) { /* a companion: no content may use it up */
        hv_budget *steps = &place.node->stream->session->steps;
        steps->left = steps->limit;
    }
    if (value.tag == HV_NODE && (value.as.node->flags & HV_IS_EPHEMERAL)
        && value.as.node->type->join != NULL && hv_join_again(c, value.as.node) != HV_OK)
        return HV_STOPPED;
    if (value.tag == HV_NODE)
        return path->rule(c, value.as.node, hv_at(value.as.node, -1, -1), &bound);
    return path->rule(c, place.node, place, &bound);
}

/* As many calls nest as the path has steps. */
static int hv_follow(hv_ctx *c, hv_node *n, const hv_path *path, uint32_t step)
{
    uint32_t slot = path->step[step].slot, first = 0, last;
    int32_t item = path->step[step].item;
    hv_val value;
    if (hv_read_again(c, n, slot) != HV_OK)
        return HV_STOPPED;
    value = hv_get(n, slot).v;
    if (item == HV_STEP_PLAIN)
        return hv_follow_from(c, hv_at(n, (int32_t)slot, -1), path, step);
    if (value.state != HV_PRESENT || value.tag != HV_LIST)
        return HV_OK;
    last = value.as.list->count;
    if (item >= 0) {
        first = (uint32_t)item;
        if (first < last)
            last = first + 1u;
    }
    for (; first < last; first++) {
        int status = hv_follow_from(c, hv_at(n, (int32_t)slot, (int32_t)first), path, step);
        if (status != HV_OK)
            return status;
    }
    return HV_OK;
}
