/* Integers of 64 bits, signed or not, as harness/schema/expression/ranges.py has them; floats. */

/* --- a sign and a magnitude: any number of either kind ------------------------------------ */

typedef struct hv_number {
    uint64_t size;
    uint8_t is_negative;
    uint8_t is_beyond; /* of both kinds */
} hv_number;

HV_INLINE hv_number hv_number_of(uint64_t size, int is_negative, int is_beyond)
{
    hv_number n;
    n.size = size;
    n.is_negative = (uint8_t)(is_negative && size != 0);
    n.is_beyond = (uint8_t)is_beyond;
    return n;
}

HV_INLINE hv_number hv_number_u64(uint64_t value)
{
    return hv_number_of(value, 0, 0);
}

HV_INLINE hv_number hv_number_s64(int64_t value)
{
    return hv_number_of(value < 0 ? 0u - (uint64_t)value : (uint64_t)value, value < 0, 0);
}

HV_INLINE hv_number hv_number_val(hv_val value)
{
    return value.tag == HV_UINT ? hv_number_u64(value.as.u) : hv_number_s64(value.as.i);
}

/* Whether it fits; then it is in `out`. */
HV_INLINE int hv_u64_of(hv_number n, uint64_t *out)
{
    *out = n.size;
    return !n.is_beyond && !n.is_negative;
}

HV_INLINE int hv_s64_of(hv_number n, int64_t *out)
{
    uint64_t most = (uint64_t)INT64_MAX + n.is_negative;
    if (n.is_beyond || n.size > most)
        return 0;
    *out = n.is_negative ? -(int64_t)(n.size - 1u) - 1 : (int64_t)n.size;
    return 1;
}

HV_INLINE hv_number hv_add_number(hv_number a, hv_number b)
{
    uint64_t sum = a.size + b.size;
    if (a.is_negative == b.is_negative)
        return hv_number_of(sum, a.is_negative, a.is_beyond || b.is_beyond || sum < a.size);
    if (a.size >= b.size)
        return hv_number_of(a.size - b.size, a.is_negative, 0);
    return hv_number_of(b.size - a.size, b.is_negative, 0);
}

HV_INLINE hv_number hv_subtract_number(hv_number a, hv_number b)
{
    return hv_add_number(a, hv_number_of(b.size, !b.is_negative, 0));
}

HV_INLINE hv_number hv_multiply_number(hv_number a, hv_number b)
{
    int is_beyond = a.size != 0 && b.size > UINT64_MAX / a.size;
    return hv_number_of(a.size * b.size, a.is_negative != b.is_negative, is_beyond);
}

/* Both round down, as mathematics has them; `b` is not zero. */
HV_INLINE hv_number hv_divide_number(hv_number a, hv_number b)
{
    uint64_t size = a.size / b.size;
    int is_negative = a.is_negative != b.is_negative;
    return hv_number_of(size + (is_negative && a.size % b.size != 0), is_negative, 0);
}

HV_INLINE hv_number hv_remainder_number(hv_number a, hv_number b)
{
    uint64_t rest = a.size % b.size;
    if (rest != 0 && a.is_negative != b.is_negative)
        rest = b.size - rest;
    return hv_number_of(rest, b.is_negative, 0);
}

/* The low 64 bits of the two's complement; above them are bits like the sign. */
HV_INLINE uint64_t hv_bits_of(hv_number n)
{
    return n.is_negative ? 0u - n.size : n.size;
}

HV_INLINE hv_number hv_of_bits(uint64_t bits, int is_negative)
{
    return hv_number_of(is_negative ? 0u - bits : bits, is_negative, is_negative && bits == 0);
}

HV_INLINE hv_number hv_and_number(hv_number a, hv_number b)
{
    return hv_of_bits(hv_bits_of(a) & hv_bits_of(b), a.is_negative & b.is_negative);
}

HV_INLINE hv_number hv_or_number(hv_number a, hv_number b)
{
    return hv_of_bits(hv_bits_of(a) | hv_bits_of(b), a.is_negative | b.is_negative);
}

HV_INLINE hv_number hv_xor_number(hv_number a, hv_number b)
{
    return hv_of_bits(hv_bits_of(a) ^ hv_bits_of(b), a.is_negative ^ b.is_negative);
}

/* `b` is 0 to 63. */
HV_INLINE hv_number hv_left_number(hv_number a, hv_number b)
{
    int is_beyond = b.size != 0 && a.size >> (64u - b.size) != 0;
    return hv_number_of(a.size << b.size, a.is_negative, is_beyond);
}

HV_INLINE hv_number hv_right_number(hv_number a, hv_number b)
{
    uint64_t size = a.size >> b.size;
    return hv_number_of(size + (a.is_negative && size << b.size != a.size), a.is_negative, 0);
}

/* --- two numbers of one kind: whether the result fits; then it is in `out` ------------------ */

HV_INLINE int hv_add_s64(int64_t a, int64_t b, int64_t *out)
{
    if (b >= 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
        return 0;
    *out = a + b;
    return 1;
}

HV_INLINE int hv_subtract_s64(int64_t a, int64_t b, int64_t *out)
{
    if (b >= 0 ? a < INT64_MIN + b : a > INT64_MAX + b)
        return 0;
    *out = a - b;
    return 1;
}

HV_INLINE int hv_multiply_s64(int64_t a, int64_t b, int64_t *out)
{
    if (a >= INT32_MIN && a <= INT32_MAX && b >= INT32_MIN && b <= INT32_MAX) {
        *out = a * b;
        return 1;
    }
    return hv_s64_of(hv_multiply_number(hv_number_s64(a), hv_number_s64(b)), out);
}

HV_INLINE int hv_divide_s64(int64_t a, int64_t b, int64_t *out)
{
    if (b == -1) {
        *out = a == INT64_MIN ? a : -a;
        return a != INT64_MIN;
    }
    *out = a / b - (a % b != 0 && (a < 0) != (b < 0));
    return 1;
}

HV_INLINE int hv_remainder_s64(int64_t a, int64_t b, int64_t *out)
{
    int64_t rest = b == -1 ? 0 : a % b;
    *out = rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
    return 1;
}

HV_INLINE int hv_and_s64(int64_t a, int64_t b, int64_t *out)
{
    *out = a & b;
    return 1;
}

HV_INLINE int hv_or_s64(int64_t a, int64_t b, int64_t *out)
{
    *out = a | b;
    return 1;
}

HV_INLINE int hv_xor_s64(int64_t a, int64_t b, int64_t *out)
{
    *out = a ^ b;
    return 1;
}

HV_INLINE int hv_left_s64(int64_t a, int64_t b, int64_t *out)
{
    return hv_s64_of(hv_left_number(hv_number_s64(a), hv_number_s64(b)), out);
}

HV_INLINE int hv_right_s64(int64_t a, int64_t b, int64_t *out)
{
    uint64_t bits = (uint64_t)(a < 0 ? -1 - a : a) >> b;
    *out = a < 0 ? -1 - (int64_t)bits : (int64_t)bits;
    return 1;
}

HV_INLINE int hv_add_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    *out = a + b;
    return *out >= a;
}

HV_INLINE int hv_multiply_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    *out = a * b;
    return ((a | b) >> 32) == 0 || a == 0 || b <= UINT64_MAX / a;
}

HV_INLINE int hv_divide_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    *out = a / b;
    return 1;
}

HV_INLINE int hv_remainder_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    *out = a % b;
    return 1;
}

HV_INLINE int hv_left_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    *out = a << b;
    return *out >> b == a;
}

HV_INLINE int hv_right_u64(uint64_t a, uint64_t b, uint64_t *out)
{
    *out = a >> b;
    return 1;
}

HV_INLINE int hv_is_less(uint64_t a, uint64_t b)
{
    return a < b;
}

/* --- sums: they may leave 64 bits and come back --------------------------------------------- */

typedef struct hv_total {
    uint64_t low;
    int64_t high; /* at most one up or down for each element */
} hv_total;

HV_INLINE void hv_add_u64_to(hv_total *total, uint64_t value)
{
    total->low += value;
    total->high += total->low < value;
}

HV_INLINE void hv_add_s64_to(hv_total *total, int64_t value)
{
    hv_add_u64_to(total, (uint64_t)value);
    total->high -= value < 0;
}

HV_INLINE void hv_add_val_to(hv_total *total, hv_val value)
{
    if (value.tag == HV_UINT)
        hv_add_u64_to(total, value.as.u);
    else
        hv_add_s64_to(total, value.as.i);
}

HV_INLINE int hv_u64_total(hv_total total, uint64_t *out)
{
    *out = total.low;
    return total.high == 0;
}

HV_INLINE int hv_s64_total(hv_total total, int64_t *out)
{
    if (total.high != 0 && total.high != -1)
        return 0;
    return hv_s64_of(hv_of_bits(total.low, total.high < 0), out);
}
