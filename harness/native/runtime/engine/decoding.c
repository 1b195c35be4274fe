/* Text: bytes in one of these encodings, made UTF-8; what is wrong is told as CPython tells it. */

enum {
    HV_FROM_ASCII = 0,
    HV_FROM_UTF8 = 1,
    HV_FROM_LATIN1 = 2,
    HV_FROM_UTF16LE = 3, /* from here on of units of two or four bytes */
    HV_FROM_UTF16BE = 4,
    HV_FROM_UTF32LE = 5,
    HV_FROM_UTF32BE = 6
};

/* Where eight bytes at once are ASCII, nothing has to be looked at. */
static uint32_t hv_ascii_prefix(hv_slice in)
{
    uint32_t i = 0;
    while (in.n - i >= 8) {
        uint64_t eight;
        memcpy(&eight, in.p + i, 8);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            break;
        i += 8;
    }
    while (i < in.n && in.p[i] < 0x80)
        i++;
    return i;
}

static int hv_continues(hv_slice in, uint32_t i)
{
    return (in.p[i] & 0xC0u) == 0x80u;
}

/* Bytes of the character at `i`, or 0 and the end of what is wrong. */
static uint32_t hv_utf8_width(hv_slice in, uint32_t i, uint32_t *bad_end)
{
    uint32_t left = in.n - i, k, width;
    uint8_t first = in.p[i], low = 0x80, high = 0xBF;
    if (first < 0x80)
        return 1;
    if (first < 0xC2 || first > 0xF4) {
        *bad_end = i + 1;
        return 0;
    }
    width = first < 0xE0 ? 2u : first < 0xF0 ? 3u : 4u;
    if (first == 0xE0)
        low = 0xA0;
    else if (first == 0xED)
        high = 0x9F;
    else if (first == 0xF0)
        low = 0x90;
    else if (first == 0xF4)
        high = 0x8F;
    for (k = 1; k < width; k++) {
        if (k >= left) {
            *bad_end = in.n;
            return 0;
        }
        if (!hv_continues(in, i + k) || (k == 1 && (in.p[i + 1] < low || in.p[i + 1] > high))) {
            *bad_end = i + k;
            return 0;
        }
    }
    return width;
}

static int hv_is_surrogate(uint32_t unit, uint32_t first)
{
    return unit >= first && unit < first + 0x400u;
}

/* The character at `i` and its bytes, or 0 and the end of what is wrong; of units of `width`. */
static uint32_t hv_wide_width(hv_slice in, uint32_t i, uint32_t width, int is_big, uint32_t *point,
                              uint32_t *bad_end)
{
    const uint32_t left = in.n - i;
    uint32_t second;
    *bad_end = left < width ? in.n : i + width;
    if (left < width)
        return 0;
    *point = (uint32_t)hv_unsigned(in.p + i, width, is_big);
    if (*point > 0x10FFFF || hv_is_surrogate(*point, 0xDC00))
        return 0;
    if (!hv_is_surrogate(*point, 0xD800))
        return width;
    if (width == 4)
        return 0;
    if (left < 4) {
        *bad_end = in.n;
        return 0;
    }
    second = (uint32_t)hv_unsigned(in.p + i + 2, width, is_big);
    if (!hv_is_surrogate(second, 0xDC00))
        return 0;
    *point = 0x10000u + ((*point & 0x3FFu) << 10) + (second & 0x3FFu);
    return 4;
}

/* Put a code point down as UTF-8; how many bytes it takes. */
static uint32_t hv_put_point(uint8_t *made, uint32_t point)
{
    const uint32_t size = point < 0x80 ? 1u : point < 0x800 ? 2u : point < 0x10000 ? 3u : 4u;
    static const uint8_t heads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    uint32_t k;
    for (k = size - 1; k > 0; k--) {
        made[k] = (uint8_t)(0x80u | (point & 0x3Fu));
        point >>= 6;
    }
    made[0] = (uint8_t)(heads[size] | point);
    return size;
}

/* `hv_decode` for units of two or four bytes. */
static int hv_decode_wide(hv_ctx *c, hv_slice in, int encoding, hv_val *text, int *good,
                          uint32_t *bad, uint32_t *bad_end)
{
    const uint32_t width = encoding >= HV_FROM_UTF32LE ? 4 : 2;
    const int is_big = encoding == HV_FROM_UTF16BE || encoding == HV_FROM_UTF32BE;
    uint32_t i = 0, at = 0, point = 0;
    uint8_t *made = hv_take(c, (size_t)in.n + in.n / 2); /* three bytes for each two, at most */
    if (made == NULL)
        return HV_STOPPED;
    while (i < in.n) {
        const uint32_t taken = hv_wide_width(in, i, width, is_big, &point, bad_end);
        if (taken == 0) {
            *good = 0;
            *bad = i;
            return HV_OK;
        }
        at += hv_put_point(made + at, point);
        i += taken;
    }
    *text = hv_text(made, at);
    return HV_OK;
}

/* Bytes as text. `*good` 0: they are none from `bad` on, to `bad_end`. HV_OK or HV_STOPPED. */
static int hv_decode(hv_ctx *c, hv_slice in, int encoding, hv_val *text, int *good, uint32_t *bad,
                     uint32_t *bad_end)
{
    const int is_wide = encoding >= HV_FROM_UTF16LE;
    uint32_t i = is_wide ? 0 : hv_ascii_prefix(in), k;
    *good = 1;
    *text = hv_text(in.p, in.n);
    if (i == in.n)
        return HV_OK;
    if ((is_wide || encoding == HV_FROM_LATIN1) && in.n > UINT32_MAX / 2) {
        c->status = HV_TOO_LARGE; /* as UTF-8 it may be */
        return HV_STOPPED;
    }
    if (is_wide)
        return hv_decode_wide(c, in, encoding, text, good, bad, bad_end);
    if (encoding == HV_FROM_LATIN1) {
        uint8_t *made;
        uint32_t at = 0;
        made = hv_take(c, 2 * (size_t)in.n);
        if (made == NULL)
            return HV_STOPPED;
        for (k = 0; k < in.n; k++) {
            if (in.p[k] < 0x80) {
                made[at++] = in.p[k];
            } else {
                made[at++] = (uint8_t)(0xC0u | (in.p[k] >> 6));
                made[at++] = (uint8_t)(0x80u | (in.p[k] & 0x3Fu));
            }
        }
        *text = hv_text(made, at);
        return HV_OK;
    }
    while (i < in.n && encoding == HV_FROM_UTF8) {
        uint32_t width = hv_utf8_width(in, i, bad_end);
        if (width == 0)
            break;
        i += width;
    }
    if (i < in.n) {
        *good = 0;
        *bad = i;
        if (encoding == HV_FROM_ASCII)
            *bad_end = i + 1;
    }
    return HV_OK;
}
