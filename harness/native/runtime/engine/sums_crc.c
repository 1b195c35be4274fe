/* Cyclic redundancy checks of 32 bits, reflected: sixteen bytes at a time, by tables. */

HV_INLINE uint32_t hv_crc_of_word(const uint32_t (*table)[256], uint32_t word)
{
    return table[3][word & 255u] ^ table[2][(word >> 8) & 255u] ^ table[1][(word >> 16) & 255u]
           ^ table[0][word >> 24];
}

HV_INLINE uint32_t hv_word_in(const uint8_t *p)
{
    return (uint32_t)hv_unsigned(p, 4, 0);
}

HV_INLINE void hv_crc_add(hv_sum *sum, const uint32_t (*table)[256], const uint8_t *p, size_t n)
{
    uint32_t crc = (uint32_t)sum->number;
    for (; n >= 16; n -= 16, p += 16)
        crc = hv_crc_of_word(table + 12, crc ^ hv_word_in(p))
              ^ hv_crc_of_word(table + 8, hv_word_in(p + 4))
              ^ hv_crc_of_word(table + 4, hv_word_in(p + 8))
              ^ hv_crc_of_word(table, hv_word_in(p + 12));
    for (; n > 0; n--, p++)
        crc = crc >> 8 ^ table[0][(crc ^ *p) & 255u];
    sum->number = crc;
}

static void hv_crc_begin(hv_sum *sum)
{
    sum->number = UINT32_MAX;
}

static hv_val hv_crc_finish(hv_sum *sum)
{
    return hv_int((int64_t)(sum->number ^ UINT32_MAX));
}
