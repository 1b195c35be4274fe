/* Sums of bytes, and their exclusive or. */

static void hv_plain_begin(hv_sum *sum)
{
    sum->number = 0;
}

static void hv_plain_add(hv_sum *sum, const uint8_t *p, size_t n)
{
    while (n > 0) {
        uint32_t total = 0; /* of so few bytes that it cannot overflow */
        size_t some = n < 1u << 16 ? n : 1u << 16;
        for (size_t i = 0; i < some; i++)
            total += p[i];
        sum->number += total;
        p += some;
        n -= some;
    }
}

static void hv_xor_add(hv_sum *sum, const uint8_t *p, size_t n)
{
    uint64_t eight = 0;
    for (; n >= 8; n -= 8, p += 8)
        eight ^= hv_unsigned(p, 8, 0);
    eight ^= eight >> 32;
    eight ^= eight >> 16;
    eight ^= eight >> 8;
    for (; n > 0; n--, p++)
        eight ^= *p;
    sum->number = (sum->number ^ eight) & 255u;
}

static hv_val hv_sum8_finish(hv_sum *sum)
{
    return hv_int((int64_t)(sum->number & 255u));
}

static hv_val hv_sum16_finish(hv_sum *sum)
{
    return hv_int((int64_t)(sum->number & 65535u));
}

static hv_val hv_sum32_finish(hv_sum *sum)
{
    return hv_int((int64_t)(sum->number & UINT32_MAX));
}
