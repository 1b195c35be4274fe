/* Values that are compared or looked at whatever they are. */

static int hv_is_zero(hv_val v)
{
    uint32_t i;
    for (i = 0; i < v.n; i++)
        if (v.as.p[i] != 0)
            return 0;
    return 1;
}

/* Whether two values are equal as they are to Python: a boolean and the number it counts as too. */
static int hv_equal(hv_val a, hv_val b)
{
    return hv_order_values(a, b) == 0;
}

/* The same, where a boolean is no number. */
static int hv_same(hv_val a, hv_val b)
{
    return (a.tag == HV_BOOL) == (b.tag == HV_BOOL) && hv_equal(a, b);
}
