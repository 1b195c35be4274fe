/* Values that are compared or looked at whatever they are. */

static int hv_is_zero(hv_val v)
{
    uint32_t i;
    for (i = 0; i < v.n; i++)
        if (v.as.p[i] != 0)
            return 0;
    return 1;
}

/* --- comparing as Python does --- */

static int hv_is_plain_number(hv_val v)
{
    return v.tag == HV_INT || v.tag == HV_UINT || v.tag == HV_FLOAT;
}

/* -1, 0, 1; 2 where they have no order. Numbers of any kind compare as numbers. */
static int hv_order(hv_val a, hv_val b)
{
    if (a.tag == HV_BOOL)
        a.tag = HV_INT;
    if (b.tag == HV_BOOL)
        b.tag = HV_INT;
    if (hv_is_plain_number(a) && hv_is_plain_number(b))
        return hv_order_numbers(a, b);
    if (a.tag == b.tag && (a.tag == HV_TEXT || a.tag == HV_BYTES)) {
        uint32_t n = a.n < b.n ? a.n : b.n;
        int order = n == 0 ? 0 : memcmp(a.as.p, b.as.p, n);
        if (order != 0)
            return order < 0 ? -1 : 1;
        return a.n < b.n ? -1 : a.n > b.n;
    }
    return 2;
}

/* Whether two values are equal, a boolean and the number it counts as too. */
static int hv_equal(hv_val a, hv_val b)
{
    if (a.tag == HV_NODE || a.tag == HV_LIST || a.tag == HV_STREAM)
        return a.tag == b.tag && a.as.p == b.as.p;
    return hv_order(a, b) == 0;
}

/* The same, where a boolean is no number. */
static int hv_same(hv_val a, hv_val b)
{
    return (a.tag == HV_BOOL) == (b.tag == HV_BOOL) && hv_equal(a, b);
}
