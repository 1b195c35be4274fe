/* Numbers of which only the value tells what they are: integers of either kind, and floats. */

/* A float by its bits. */
HV_INLINE double hv_float_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

HV_INLINE int hv_is_number(hv_val value)
{
    return value.tag == HV_INT || value.tag == HV_UINT || value.tag == HV_FLOAT;
}

/* Whether an integer is not below zero. */
HV_INLINE int hv_is_unsigned(hv_val value)
{
    return value.tag == HV_UINT || value.as.i >= 0;
}

HV_INLINE int hv_is_below(hv_val value, uint64_t count)
{
    return hv_is_unsigned(value) && value.as.u < count;
}

HV_INLINE double hv_as_float(hv_val value)
{
    if (value.tag == HV_FLOAT)
        return value.as.f;
    return value.tag == HV_UINT ? (double)value.as.u : (double)value.as.i;
}

/* An order is -1, 0 or 1; 2 where there is none. */
HV_INLINE int hv_order_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* An integer and a float, exactly: no integer is rounded. */
static int hv_order_mixed(hv_val a, double b)
{
    double whole;
    int64_t near;
    if (b != b)
        return 2;
    if (a.tag == HV_UINT) {
        if (b >= 18446744073709551616.0)
            return -1;
        if (b < 9223372036854775808.0)
            return 1;
        return hv_order_u64(a.as.u, (uint64_t)b); /* it has no fraction */
    }
    if (b >= 9223372036854775808.0)
        return -1;
    if (b < -9223372036854775808.0)
        return 1;
    near = (int64_t)b;
    if (a.as.i != near)
        return a.as.i < near ? -1 : 1;
    whole = (double)near;
    return (whole > b) - (whole < b);
}

static int hv_order_numbers(hv_val a, hv_val b)
{
    if (a.tag == HV_FLOAT && b.tag == HV_FLOAT) {
        if (a.as.f != a.as.f || b.as.f != b.as.f)
            return 2;
        return (a.as.f > b.as.f) - (a.as.f < b.as.f);
    }
    if (b.tag == HV_FLOAT)
        return hv_order_mixed(a, b.as.f);
    if (a.tag == HV_FLOAT) {
        int order = hv_order_mixed(b, a.as.f);
        return order == 2 ? 2 : -order;
    }
    if (a.tag != b.tag)
        return a.tag == HV_UINT ? 1 : -1;
    if (a.tag == HV_UINT)
        return hv_order_u64(a.as.u, b.as.u);
    return (a.as.i > b.as.i) - (a.as.i < b.as.i);
}

/* `-value` of an integer or a float; whether it fits. */
static int hv_minus(hv_val value, hv_val *out)
{
    int64_t number;
    if (value.tag == HV_FLOAT) {
        *out = hv_real(-value.as.f);
        return 1;
    }
    if (!hv_s64_of(hv_subtract_number(hv_number_u64(0), hv_number_val(value)), &number))
        return 0;
    *out = hv_int(number);
    return 1;
}

/* The remainder of two positive floats, exactly: long division, bit by bit. */
static double hv_positive_remainder(double a, double b)
{
    double part = b;
    while (part <= a / 2.0)
        part *= 2.0;
    for (; part >= b; part /= 2.0) {
        if (a >= part)
            a -= part;
    }
    return a;
}

/* `a % b` as Python has it: of the sign of `b`; `b` is not zero. */
static double hv_float_remainder(double a, double b)
{
    double size = b < 0 ? -b : b, rest;
    if (a != a || b != b || a - a != 0)
        return hv_float_of(UINT64_C(0x7ff8000000000000));
    rest = size - size != 0 ? (a < 0 ? -a : a) : hv_positive_remainder(a < 0 ? -a : a, size);
    if (rest == 0)
        return b < 0 ? -0.0 : 0.0;
    if (a < 0)
        rest = -rest;
    return (rest < 0) == (b < 0) ? rest : rest + b;
}
