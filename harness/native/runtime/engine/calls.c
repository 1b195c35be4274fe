/* Methods of values whose kind only reading tells, and members found by name. */

enum {
    HV_DO_NOTHING, HV_DO_LENGTH, HV_DO_SIZE, HV_DO_FIRST, HV_DO_LAST, HV_DO_MIN, HV_DO_MAX,
    HV_DO_REVERSE, HV_DO_SUBSTRING, HV_DO_TO_I, HV_DO_TO_S, HV_DO_POS, HV_DO_EOF
};

/* What is asked of a value: a method, a member and its name; what is said where there is none. */
typedef struct hv_asked {
    uint32_t method, member, name;
    uint32_t no_member, no_method, unfit;
    uint32_t no_elements; /* the name of an unknown */
    int encoding;         /* of `to_s`: HV_FROM_ASCII ...; -1 for none that is known */
} hv_asked;

/* The slot of a member by its number; -1 for none. Generated. */
static int32_t hv_slot_named(const hv_type *type, uint32_t member);

static int hv_member(hv_ctx *c, const hv_asked *asked, hv_node *node, hv_val *out)
{
    int32_t slot = hv_slot_named(node->type, asked->member);
    int status;
    if (slot < 0)
        return hv_fault_of(c, asked->no_member, hv_of_node(node));
    *out = hv_get(node, (uint32_t)slot).v;
    if (out->state == HV_PRESENT)
        return HV_OK;
    status = hv_present(c, node, (uint32_t)slot, asked->name);
    *out = hv_get(node, (uint32_t)slot).v;
    return status;
}

/* Whether values of a kind have a method. */
static int hv_has(uint8_t tag, uint32_t method)
{
    static const uint16_t measures = 1u << HV_DO_LENGTH | 1u << HV_DO_SIZE;
    static const uint16_t picks =
        1u << HV_DO_FIRST | 1u << HV_DO_LAST | 1u << HV_DO_MIN | 1u << HV_DO_MAX;
    uint32_t known;
    switch (tag) {
    case HV_TEXT:
        known = measures | 1u << HV_DO_REVERSE | 1u << HV_DO_SUBSTRING | 1u << HV_DO_TO_I
                | 1u << HV_DO_TO_S;
        break;
    case HV_BYTES:
        known = (uint32_t)measures | picks | 1u << HV_DO_TO_S;
        break;
    case HV_LIST:
        known = (uint32_t)measures | picks;
        break;
    case HV_INT:
    case HV_UINT:
        known = 1u << HV_DO_TO_I | 1u << HV_DO_TO_S;
        break;
    case HV_FLOAT:
    case HV_BOOL:
        known = 1u << HV_DO_TO_I;
        break;
    case HV_STREAM:
        known = 1u << HV_DO_SIZE | 1u << HV_DO_POS | 1u << HV_DO_EOF;
        break;
    default:
        known = 0;
    }
    return method != HV_DO_NOTHING && (known >> method & 1u) != 0;
}

/* Whether a method of a kind of value takes so many arguments. */
HV_INLINE int hv_takes(uint8_t tag, uint32_t method, uint32_t count)
{
    if (method == HV_DO_SUBSTRING)
        return count == 2;
    if (method == HV_DO_TO_S && tag == HV_BYTES)
        return count == 1;
    return count == 0 || (count == 1 && method == HV_DO_TO_I && tag == HV_TEXT);
}

/* The smallest or largest of a list or of bytes. */
static int hv_extreme(hv_ctx *c, const hv_asked *asked, hv_val value, hv_val *out)
{
    const hv_list *list = value.tag == HV_LIST ? value.as.list : NULL;
    uint32_t i, count = list != NULL ? list->count : value.n;
    int sign = asked->method == HV_DO_MIN ? HV_LESS : HV_MORE, order;
    if (count == 0)
        return hv_unknown(c, asked->no_elements, 0);
    for (i = 0; list != NULL && i < count; i++) {
        if (hv_look(list, i).state != HV_PRESENT)
            return hv_unknown(c, HV_N_LIST, 1);
    }
    for (i = 0; i < count; i++) {
        hv_val item = list != NULL ? hv_look(list, i) : hv_int(value.as.p[i]);
        if (i == 0) {
            *out = item;
            continue;
        }
        order = hv_order_values(item, *out);
        if (order >= HV_DIFFERENT || !hv_is_ordered(item))
            return hv_fault_of(c, asked->unfit, value);
        if (hv_holds(sign, order))
            *out = item;
    }
    return HV_OK;
}

static int hv_part(hv_ctx *c, const hv_asked *asked, hv_val value, const hv_val *given,
                             hv_val *out)
{
    hv_slice text = hv_slice_of(value);
    hv_val first = given[0], last = given[1];
    uint32_t count = hv_length(c, text), start, end;
    int is_in = hv_is_below(first, (uint64_t)count + 1u) && hv_is_below(last, (uint64_t)count + 1u);
    if ((first.tag != HV_INT && first.tag != HV_UINT) || (last.tag != HV_INT && last.tag != HV_UINT))
        return hv_fault_of(c, asked->unfit, value);
    if (!is_in || first.as.u > last.as.u)
        return hv_out_of_range(c, hv_is_unsigned(first) ? last : first, (int64_t)count);
    start = hv_point_at(c, text, (uint32_t)first.as.u);
    end = hv_point_at(c, text, (uint32_t)last.as.u);
    *out = hv_text(text.p + start, end - start);
    return HV_OK;
}

/* An integer of text, a float or a truth; whether it is one, and fits. */
static int hv_to_i(hv_val value, const hv_val *given, uint32_t count, hv_val *out)
{
    int64_t number = value.as.i;
    if (value.tag == HV_UINT) {
        *out = value;
        return 1;
    }
    if (value.tag == HV_FLOAT) {
        /* below -2^63 nothing rounds to it */
        if (!(value.as.f >= -9223372036854775808.0 && value.as.f < 9223372036854775808.0))
            return 0;
        number = (int64_t)value.as.f;
    } else if (value.tag == HV_TEXT) {
        if (!hv_parsed(hv_slice_of(value), count > 0 ? given[0] : hv_int(10), &number))
            return 0;
    }
    *out = hv_int(number);
    return 1;
}

/* Bytes as text, in an encoding (HV_FROM_ASCII ...); of no known one, and of bytes that are none, a
 * fault. */
static int hv_decoded(hv_ctx *c, const hv_asked *asked, hv_val value, hv_val *out)
{
    uint32_t start = 0, end = 0;
    int is_good = 0, status = HV_OK;
    if (asked->encoding >= 0)
        status = hv_decode(c, hv_slice_of(value), asked->encoding, out, &is_good, &start, &end);
    return status == HV_OK && !is_good ? hv_fault_of(c, asked->unfit, value) : status;
}

static int hv_to_s(hv_ctx *c, const hv_asked *asked, hv_val value, hv_val *out)
{
    hv_slice made = {NULL, 0};
    int status = HV_OK;
    *out = value;
    if (value.tag == HV_BYTES)
        return hv_decoded(c, asked, value, out);
    if (value.tag != HV_TEXT) {
        status = hv_in_digits(c, value, &made);
        *out = hv_text(made.p, made.n);
    }
    return status;
}

static int hv_method(hv_ctx *c, const hv_asked *asked, hv_val value, const hv_val *given,
                               uint32_t count, hv_val *out)
{
    hv_stream *stream = value.as.stream;
    hv_slice made = {NULL, 0};
    hv_walk walk;
    int status;
    switch (asked->method) {
    case HV_DO_MIN:
    case HV_DO_MAX:
        return hv_extreme(c, asked, value, out);
    case HV_DO_FIRST:
        return hv_element(c, value, hv_int(0), asked->unfit, out);
    case HV_DO_LAST:
        status = hv_begin_walk(c, value, asked->unfit, &walk);
        return status != HV_OK ? status
                               : hv_element(c, value, hv_int((int64_t)walk.count - 1), asked->unfit,
                                            out);
    case HV_DO_SUBSTRING:
        return hv_part(c, asked, value, given, out);
    case HV_DO_REVERSE:
        status = hv_reversed(c, hv_slice_of(value), &made);
        *out = hv_text(made.p, made.n);
        return status;
    case HV_DO_TO_I:
        return hv_to_i(value, given, count, out) ? HV_OK : hv_fault_of(c, asked->unfit, value);
    case HV_DO_TO_S:
        return hv_to_s(c, asked, value, out);
    case HV_DO_POS:
        *out = hv_int((int64_t)stream->position - (int64_t)stream->start);
        return HV_OK;
    case HV_DO_EOF:
        *out = hv_bool(hv_at_end(stream));
        return HV_OK;
    default: /* the size */
        if (value.tag == HV_STREAM) {
            *out = hv_int((int64_t)stream->end - (int64_t)stream->start);
            return HV_OK;
        }
        status = hv_begin_walk(c, value, asked->unfit, &walk);
        *out = hv_int(walk.count);
        return status;
    }
}

/* What a value says to a method or member: harness/reading/methods.py, `call` and `member`. */
static int hv_call(hv_ctx *c, hv_node *self, const hv_asked *asked, hv_val value,
                             const hv_val *given, uint32_t count, hv_val *out)
{
    int status = HV_OK;
    if (value.tag == HV_NODE && count == 0)
        return hv_member(c, asked, value.as.node, out);
    if (!hv_has(value.tag, asked->method))
        return hv_fault_of(c, asked->no_method, value);
    if (asked->method == HV_DO_MIN || asked->method == HV_DO_MAX) {
        hv_walk walk;
        status = hv_begin_walk(c, value, asked->unfit, &walk);
        if (status == HV_OK)
            status = hv_steps(c, self, (int64_t)walk.count);
    }
    if (status == HV_OK && !hv_takes(value.tag, asked->method, count))
        return hv_fault_of(c, asked->unfit, value);
    if (status == HV_OK)
        status = hv_method(c, asked, value, given, count, out);
    if (status == HV_OK && out->tag == HV_TEXT)
        status = hv_output(c, self, (int64_t)hv_characters(hv_slice_of(*out)));
    return status;
}
