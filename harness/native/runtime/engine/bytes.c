/* Numbers from bytes, and values from numbers. */

HV_INLINE uint64_t hv_unsigned(const uint8_t *p, uint32_t width, int big)
{
    if (width == 1)
        return p[0];
    if (width == 2)
        return big ? (uint64_t)(((uint32_t)p[0] << 8) | p[1])
                   : (uint64_t)(((uint32_t)p[1] << 8) | p[0]);
    if (width == 4) {
        uint32_t low = ((uint32_t)p[3] << 24) | ((uint32_t)p[2] << 16) | ((uint32_t)p[1] << 8) | p[0];
        uint32_t high = ((uint32_t)p[0] << 24) | ((uint32_t)p[1] << 16) | ((uint32_t)p[2] << 8) | p[3];
        return big ? high : low;
    }
    return big ? (hv_unsigned(p, 4, 1) << 32) | hv_unsigned(p + 4, 4, 1)
               : (hv_unsigned(p + 4, 4, 0) << 32) | hv_unsigned(p, 4, 0);
}

/* The number whose two's complement has these bits. */
HV_INLINE int64_t hv_s64(uint64_t bits)
{
    int64_t number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

HV_INLINE int64_t hv_signed(const uint8_t *p, uint32_t width, int big)
{
    uint64_t bits = hv_unsigned(p, width, big);
    if (width < 8 && (bits >> (8 * width - 1)) != 0)
        bits |= UINT64_MAX << (8 * width);
    return hv_s64(bits);
}

HV_INLINE double hv_float(const uint8_t *p, uint32_t width, int big)
{
    uint64_t bits = hv_unsigned(p, width, big);
    double number;
    if (width == 4) {
        uint32_t half = (uint32_t)bits;
        float single;
        memcpy(&single, &half, sizeof single);
        return (double)single;
    }
    memcpy(&number, &bits, sizeof number);
    return number;
}

HV_INLINE hv_val hv_missing(uint8_t state)
{
    hv_val v;
    v.tag = HV_NONE;
    v.state = state;
    v.flags = 0;
    v.n = 0;
    v.as.u = 0;
    return v;
}

HV_INLINE hv_val hv_tagged(uint8_t tag, uint32_t n)
{
    hv_val v;
    v.tag = tag;
    v.state = HV_PRESENT;
    v.flags = 0;
    v.n = n;
    v.as.u = 0;
    return v;
}

HV_INLINE hv_val hv_int(int64_t number)
{
    hv_val v = hv_tagged(HV_INT, 0);
    v.as.i = number;
    return v;
}

HV_INLINE hv_val hv_uint(uint64_t number)
{
    hv_val v = hv_tagged(number > (uint64_t)INT64_MAX ? HV_UINT : HV_INT, 0);
    v.as.u = number;
    return v;
}

HV_INLINE hv_val hv_real(double number)
{
    hv_val v = hv_tagged(HV_FLOAT, 0);
    v.as.f = number;
    return v;
}

HV_INLINE hv_val hv_bool(int truth)
{
    hv_val v = hv_tagged(HV_BOOL, 0);
    v.as.i = truth != 0;
    return v;
}

HV_INLINE hv_val hv_of_node(hv_node *node)
{
    hv_val v = hv_tagged(HV_NODE, 0);
    v.as.node = node;
    return v;
}

HV_INLINE hv_val hv_of_list(hv_list *list)
{
    hv_val v = hv_tagged(HV_LIST, 0);
    v.as.list = list;
    return v;
}

HV_INLINE hv_val hv_of_stream(hv_stream *stream)
{
    hv_val v = hv_tagged(HV_STREAM, 0);
    v.as.stream = stream;
    return v;
}

HV_INLINE hv_val hv_bytes(const uint8_t *p, uint32_t n)
{
    hv_val v = hv_tagged(HV_BYTES, n);
    v.as.p = p;
    return v;
}

HV_INLINE hv_val hv_text(const uint8_t *p, uint32_t n)
{
    hv_val v = hv_tagged(HV_TEXT, n);
    v.as.p = p;
    return v;
}

HV_INLINE hv_val hv_load(const uint8_t *p, uint32_t width, uint8_t load, int big)
{
    switch (load) {
    case HV_LOAD_UNSIGNED:
        return hv_uint(hv_unsigned(p, width, big));
    case HV_LOAD_SIGNED:
        return hv_int(hv_signed(p, width, big));
    case HV_LOAD_FLOAT:
        return hv_real(hv_float(p, width, big));
    default:
        return hv_bytes(p, width);
    }
}
