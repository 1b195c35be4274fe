/* Text: UTF-8 that is known to be right, counted and taken apart by code points. */

/* Whether two texts or byte strings are the same; their order, which is that of code points. */
HV_INLINE int hv_is_same(hv_slice a, hv_slice b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

HV_INLINE int hv_order_slices(hv_slice a, hv_slice b)
{
    uint32_t shared = a.n < b.n ? a.n : b.n;
    int order = shared == 0 ? 0 : memcmp(a.p, b.p, shared);
    if (order == 0)
        return (a.n > b.n) - (a.n < b.n);
    return order < 0 ? -1 : 1;
}

HV_INLINE int hv_is_inside(uint8_t byte)
{
    return (byte & 0xC0u) == 0x80u;
}

/* How many code points a text has. */
static uint32_t hv_characters(hv_slice text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint32_t i = 0, inside = 0;
    for (; text.n - i >= 8; i += 8) {
        uint64_t eight;
        memcpy(&eight, text.p + i, 8);
        inside += (uint32_t)(((eight >> 7 & ~(eight >> 6) & ones) * ones) >> 56);
    }
    for (; i < text.n; i++)
        inside += (uint32_t)hv_is_inside(text.p[i]);
    return text.n - inside;
}

/* How many of them are beyond the first 65,536: of four bytes. */
static uint32_t hv_characters_of_four(hv_slice text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint32_t i = 0, found = 0;
    for (; text.n - i >= 8; i += 8) {
        uint64_t eight;
        memcpy(&eight, text.p + i, 8);
        eight &= eight << 1 & eight << 2 & eight << 3;
        found += (uint32_t)(((eight >> 7 & ones) * ones) >> 56);
    }
    for (; i < text.n; i++)
        found += text.p[i] >= 0xF0u;
    return found;
}

/* The code point that begins at `at`, which moves on to the next one. */
static uint32_t hv_next_point(hv_slice text, uint32_t *at)
{
    uint32_t point = text.p[(*at)++];
    if (point >= 0xC0u) {
        point &= point >= 0xF0u ? 0x07u : point >= 0xE0u ? 0x0Fu : 0x1Fu;
        while (*at < text.n && hv_is_inside(text.p[*at]))
            point = (point << 6) | (text.p[(*at)++] & 0x3Fu);
    }
    return point;
}

/* --- text that is made ---------------------------------------------------------------------- */

/* Put pieces together. */
static int hv_join(hv_ctx *c, const hv_slice *pieces, uint32_t count, hv_slice *out)
{
    uint64_t size = 0;
    uint8_t *at;
    uint32_t i;
    for (i = 0; i < count; i++)
        size += pieces[i].n;
    at = size < UINT32_MAX ? hv_take(c, (size_t)size) : NULL;
    if (at == NULL) {
        c->status = HV_NO_SCRATCH;
        return HV_STOPPED;
    }
    out->p = at;
    out->n = (uint32_t)size;
    for (i = 0; i < count; i++) {
        if (pieces[i].n != 0)
            memcpy(at, pieces[i].p, pieces[i].n);
        at += pieces[i].n;
    }
    return HV_OK;
}

static int hv_concatenate(hv_ctx *c, hv_node *self, hv_slice a, hv_slice b, hv_slice *out)
{
    hv_slice pieces[2];
    int status = hv_output(c, self, (int64_t)hv_characters(a) + (int64_t)hv_characters(b));
    if (status != HV_OK)
        return status;
    pieces[0] = a;
    pieces[1] = b;
    return hv_join(c, pieces, 2, out);
}

static int hv_reversed(hv_ctx *c, hv_slice text, hv_slice *out)
{
    uint8_t *made = hv_take(c, text.n);
    uint32_t at = 0, end, left = text.n;
    if (made == NULL)
        return HV_STOPPED;
    while (at < text.n) {
        end = at;
        (void)hv_next_point(text, &end);
        left -= end - at;
        memcpy(made + left, text.p + at, end - at);
        at = end;
    }
    out->p = made;
    out->n = text.n;
    return HV_OK;
}

/* An integer in digits. */
static int hv_in_digits(hv_ctx *c, hv_val value, hv_slice *out)
{
    hv_number number = hv_number_val(value);
    uint64_t rest = number.size;
    uint8_t *made = hv_take(c, 24);
    uint32_t at = 24;
    if (made == NULL)
        return HV_STOPPED;
    do {
        made[--at] = (uint8_t)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (number.is_negative)
        made[--at] = '-';
    out->p = made + at;
    out->n = 24 - at;
    return HV_OK;
}

/* --- text that is read ---------------------------------------------------------------------- */

/* The value of a digit; 36 and more for what is none. */
HV_INLINE uint32_t hv_digit(uint8_t sign)
{
    if (sign >= '0' && sign <= '9')
        return sign - (uint32_t)'0';
    if (sign >= 'a' && sign <= 'z')
        return sign - (uint32_t)'a' + 10u;
    if (sign >= 'A' && sign <= 'Z')
        return sign - (uint32_t)'A' + 10u;
    return 99;
}

/* Digits of a radix from 2 to 36, a sign before them, nothing else; whether they fit s64. */
static int hv_parsed(hv_slice text, hv_val radix, int64_t *out)
{
    hv_number found = hv_number_u64(0), base;
    uint32_t at = text.n > 0 && (text.p[0] == '-' || text.p[0] == '+');
    int is_negative = at != 0 && text.p[0] == '-';
    if (radix.tag != HV_INT || radix.as.i < 2 || radix.as.i > 36)
        return 0;
    if (text.n - at < 1 || text.n - at > 79)
        return 0;
    base = hv_number_s64(radix.as.i);
    for (; at < text.n; at++) {
        uint32_t digit = hv_digit(text.p[at]);
        if (digit >= base.size)
            return 0;
        found = hv_add_number(hv_multiply_number(found, base), hv_number_u64(digit));
        if (found.is_beyond)
            return 0;
    }
    found.is_negative = (uint8_t)(is_negative && found.size != 0);
    return hv_s64_of(found, out);
}
