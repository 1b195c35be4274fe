/* What expressions do with values: items, elements, places, comparison of any two. */

/* A structure that outlives the expression that loaded it; NULL when the scratch is used up. */
static hv_node *hv_outliving(hv_ctx *c, hv_node *node)
{
    hv_node *kept = node;
    if (node->flags & HV_IS_EPHEMERAL) {
        kept = hv_take(c, hv_node_size(node->type));
        if (kept != NULL)
            memcpy(kept, node, hv_node_size(node->type));
    }
    return kept;
}

/* The same of a value that may be one; HV_OK or HV_STOPPED. */
static int hv_outlive(hv_ctx *c, hv_val *value)
{
    if (value->tag == HV_NODE)
        value->as.node = hv_outliving(c, value->as.node);
    return value->tag == HV_NODE && value->as.node == NULL ? HV_STOPPED : HV_OK;
}

/* A fault with one value in its words, which are put together when the expression is left. */
static int hv_fault_of(hv_ctx *c, uint32_t message, hv_val value)
{
    if (hv_outlive(c, &value) != HV_OK)
        return HV_STOPPED;
    (void)hv_fault(c, message);
    hv_add_word(c, value);
    return HV_FAULT;
}

/* --- lists -------------------------------------------------------------------------------- */

/* `index` is not among the `count` elements of a list, or (NULL) of bytes or text. */
static int hv_no_element(hv_ctx *c, const hv_list *list, hv_val index, uint64_t count)
{
    if (list != NULL && list->is_abandoned)
        return hv_unknown(c, HV_N_LIST, 1);
    return hv_out_of_range(c, index, (int64_t)count);
}

/* Look at all items of a list for a cast: the list pays for it, at its own place. */
static int hv_look_at_all(hv_ctx *c, const hv_list *list)
{
    int status = hv_complete(c, list);
    if (status != HV_OK || list->node == NULL)
        return status;
    return hv_spend(c, &list->node->stream->session->steps, (int64_t)list->count,
                    hv_at(list->node, list->slot, -1));
}

/* Put a value into a list that an expression makes. */
static int hv_append_value(hv_ctx *c, hv_list *list, hv_val value)
{
    hv_cell cell;
    cell.v = value;
    cell.v.flags = 0;
    cell.start = cell.end = 0;
    cell.source = NULL;
    return hv_append_cell(c, list, &cell);
}

/* --- elements of a value of any kind -------------------------------------------------------- */

typedef struct hv_walk {
    hv_val whole;
    uint32_t count, at;
} hv_walk;

HV_INLINE hv_slice hv_slice_of(hv_val value)
{
    hv_slice slice;
    slice.p = value.as.p;
    slice.n = value.n;
    return slice;
}

/* Count what can be looked at one by one: items, bytes, or code points. */
static int hv_begin_walk(hv_ctx *c, hv_val whole, uint32_t no_list, hv_walk *walk)
{
    walk->whole = whole;
    walk->at = walk->count = 0;
    switch (whole.tag) {
    case HV_LIST:
        walk->count = whole.as.list->count;
        return hv_complete(c, whole.as.list);
    case HV_BYTES:
        walk->count = whole.n;
        return HV_OK;
    case HV_TEXT:
        walk->count = hv_length(c, hv_slice_of(whole));
        return HV_OK;
    default:
        return hv_fault_of(c, no_list, whole);
    }
}

/* Element `i`, where each is asked for in turn. */
static hv_val hv_walk_on(hv_walk *walk, uint32_t i)
{
    if (walk->whole.tag == HV_LIST)
        return hv_look(walk->whole.as.list, i);
    if (walk->whole.tag == HV_BYTES)
        return hv_int(walk->whole.as.p[i]);
    return hv_int(hv_next_point(hv_slice_of(walk->whole), &walk->at));
}

/* Element `index` of a value of any kind. */
static int hv_element(hv_ctx *c, hv_val whole, hv_val index, uint32_t no_list,
                                hv_val *out)
{
    hv_list *list = whole.tag == HV_LIST ? whole.as.list : NULL;
    uint32_t count, at;
    if (list == NULL && whole.tag != HV_BYTES && whole.tag != HV_TEXT)
        return hv_fault_of(c, no_list, whole);
    count = list != NULL ? list->count
                         : whole.tag == HV_BYTES ? whole.n : hv_length(c, hv_slice_of(whole));
    if (!hv_is_below(index, count))
        return hv_no_element(c, list, index, count);
    if (whole.tag == HV_BYTES) {
        *out = hv_int(whole.as.p[index.as.u]);
    } else if (whole.tag == HV_TEXT) {
        at = hv_point_at(c, hv_slice_of(whole), (uint32_t)index.as.u);
        *out = hv_int(hv_next_point(hv_slice_of(whole), &at));
    } else {
        *out = hv_look(list, (uint32_t)index.as.u);
        if (out->state != HV_PRESENT)
            return hv_unknown(c, HV_N_LIST, 1);
    }
    return HV_OK;
}

/* --- places --------------------------------------------------------------------------------- */

/* `_sizeof` of what stands at a place. */
static int64_t hv_size_of(hv_place place)
{
    uint32_t start, end;
    (void)hv_extent_of(place, &start, &end);
    return (int64_t)end - (int64_t)start;
}

/* `_start` or `_end`; offsets in processed bytes mean nothing: `message`. */
static int hv_offset_of(hv_ctx *c, hv_place place, int is_end, uint32_t message,
                                  int64_t *out)
{
    uint32_t start, end;
    hv_stream *stream = hv_extent_of(place, &start, &end);
    if (stream->has_origin)
        return hv_fault(c, message);
    *out = is_end ? end : start;
    return HV_OK;
}

/* --- comparison of any two -------------------------------------------------------------------- */

enum { HV_EQUAL, HV_UNEQUAL, HV_LESS, HV_AT_MOST, HV_MORE, HV_AT_LEAST };

/* A truth is a number too, where one is compared with a number. */
HV_INLINE hv_val hv_as_number(hv_val value)
{
    if (value.tag == HV_BOOL)
        value.tag = HV_INT;
    return value;
}

enum { HV_DIFFERENT = 3, HV_UNORDERED = 4 };

/* -1, 0, 1; 2 where one is no number at all; HV_DIFFERENT of things that have no order, which are
 * not the same; HV_UNORDERED of kinds that are never compared. */
static int hv_order_values(hv_val a, hv_val b)
{
    a = hv_as_number(a);
    b = hv_as_number(b);
    if (a.state != HV_PRESENT || b.state != HV_PRESENT)
        return a.state == b.state ? 0 : HV_UNORDERED;
    if (hv_is_number(a) && hv_is_number(b))
        return hv_order_numbers(a, b);
    if (a.tag != b.tag)
        return HV_UNORDERED;
    switch (a.tag) {
    case HV_TEXT:
    case HV_BYTES:
        return hv_order_slices(hv_slice_of(a), hv_slice_of(b));
    case HV_NODE:
        return hv_is_same_node(a.as.node, b.as.node) ? 0 : HV_DIFFERENT;
    case HV_LIST:
        return a.as.list == b.as.list ? 0 : HV_DIFFERENT;
    default:
        return a.as.stream == b.as.stream ? 0 : HV_DIFFERENT;
    }
}

HV_INLINE int hv_holds(int sign, int order)
{
    switch (sign) {
    case HV_EQUAL:
        return order == 0;
    case HV_UNEQUAL:
        return order != 0;
    case HV_LESS:
        return order == -1;
    case HV_AT_MOST:
        return order == -1 || order == 0;
    case HV_MORE:
        return order == 1;
    default:
        return order == 1 || order == 0;
    }
}

/* Whether the kind of a value has an order. */
HV_INLINE int hv_is_ordered(hv_val value)
{
    return value.state == HV_PRESENT && value.tag != HV_NODE && value.tag != HV_LIST
           && value.tag != HV_STREAM;
}

/* The order of the first items that differ, else that of the lengths. */
static int hv_order_lists(const hv_list *a, const hv_list *b, int sign, int *is_ordered)
{
    uint32_t i, shared = a->count < b->count ? a->count : b->count;
    int is_loaded = a->kind == HV_LIST_EPHEMERAL || b->kind == HV_LIST_EPHEMERAL;
    *is_ordered = 1;
    if (sign <= HV_UNEQUAL && a->count != b->count)
        return HV_DIFFERENT;
    for (i = 0; i < shared; i++) {
        int order = is_loaded ? (a == b ? 0 : HV_DIFFERENT)
                              : hv_order_values(hv_look(a, i), hv_look(b, i));
        if (order != 0) {
            *is_ordered = order < HV_DIFFERENT;
            return order;
        }
    }
    return hv_order_u64(a->count, b->count);
}

/* Compare as `sign` says; of kinds that are not compared, or have no order, a fault. */
static int hv_compare(hv_ctx *c, hv_node *self, int sign, hv_val a, hv_val b,
                                uint32_t not_comparable, uint32_t not_ordered, int *out)
{
    int order, is_ordered, status;
    if (a.tag == HV_LIST && b.tag == HV_LIST) {
        const hv_list *one = a.as.list, *other = b.as.list;
        status = hv_complete(c, one);
        if (status == HV_OK)
            status = hv_complete(c, other);
        if (status == HV_OK)
            status = hv_steps(c, self, one->count < other->count ? one->count : other->count);
        if (status != HV_OK)
            return status;
        order = hv_order_lists(one, other, sign, &is_ordered);
    } else {
        int numbers = hv_is_number(a) && hv_is_number(b);
        if (!numbers && a.tag != b.tag)
            return hv_fault(c, not_comparable);
        order = hv_order_values(a, b);
        is_ordered = hv_is_ordered(a);
    }
    if (sign > HV_UNEQUAL && !is_ordered)
        return hv_fault(c, not_ordered);
    *out = hv_holds(sign, order);
    return HV_OK;
}

/* --- arithmetic of any two ---------------------------------------------------------------------- */

enum {
    HV_ADD, HV_SUBTRACT, HV_MULTIPLY, HV_DIVIDE, HV_REMAINDER,
    HV_AND, HV_OR, HV_XOR, HV_LEFT, HV_RIGHT
};

/* Messages of what may go wrong. */
typedef struct hv_of_arithmetic {
    uint32_t unfit, by_zero, shift, overflow;
} hv_of_arithmetic;

static hv_number hv_calculate_integers(int sign, hv_number a, hv_number b)
{
    switch (sign) {
    case HV_ADD:
        return hv_add_number(a, b);
    case HV_SUBTRACT:
        return hv_subtract_number(a, b);
    case HV_MULTIPLY:
        return hv_multiply_number(a, b);
    case HV_DIVIDE:
        return hv_divide_number(a, b);
    case HV_REMAINDER:
        return hv_remainder_number(a, b);
    case HV_AND:
        return hv_and_number(a, b);
    case HV_OR:
        return hv_or_number(a, b);
    case HV_XOR:
        return hv_xor_number(a, b);
    case HV_LEFT:
        return hv_left_number(a, b);
    default:
        return hv_right_number(a, b);
    }
}

static double hv_calculate_floats(int sign, double a, double b)
{
    switch (sign) {
    case HV_ADD:
        return a + b;
    case HV_SUBTRACT:
        return a - b;
    case HV_MULTIPLY:
        return a * b;
    case HV_DIVIDE:
        return a / b;
    default:
        return hv_float_remainder(a, b);
    }
}

/* Two strings to join, or two numbers. */
static int hv_calculate(hv_ctx *c, hv_node *self, int sign, hv_val a, hv_val b,
                                  const hv_of_arithmetic *says, hv_val *out)
{
    int is_float = a.tag == HV_FLOAT || b.tag == HV_FLOAT, is_zero;
    hv_number result;
    int64_t number;
    if (sign == HV_ADD && a.tag == HV_TEXT && b.tag == HV_TEXT) {
        hv_slice joined = {NULL, 0};
        int status = hv_concatenate(c, self, hv_slice_of(a), hv_slice_of(b), &joined);
        *out = hv_text(joined.p, joined.n);
        return status;
    }
    if (!hv_is_number(a) || !hv_is_number(b) || (is_float && sign >= HV_AND))
        return hv_fault(c, says->unfit);
    is_zero = b.tag == HV_FLOAT ? b.as.f == 0 : b.as.u == 0;
    if ((sign == HV_DIVIDE || sign == HV_REMAINDER) && is_zero)
        return hv_fault(c, says->by_zero);
    if (is_float) {
        *out = hv_real(hv_calculate_floats(sign, hv_as_float(a), hv_as_float(b)));
        return HV_OK;
    }
    if ((sign == HV_LEFT || sign == HV_RIGHT) && !hv_is_below(b, 64))
        return hv_fault(c, says->shift);
    result = hv_calculate_integers(sign, hv_number_val(a), hv_number_val(b));
    if (!result.is_negative && !result.is_beyond)
        *out = hv_uint(result.size);
    else if (hv_s64_of(result, &number))
        *out = hv_int(number);
    else
        return hv_fault(c, says->overflow);
    return HV_OK;
}
