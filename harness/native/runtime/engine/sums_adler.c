/* Adler-32 (RFC 1950). */

enum { HV_ADLER = 65521, HV_ADLER_MOST = 5552 }; /* so many bytes before a sum can overflow */

static void hv_adler_begin(hv_sum *sum)
{
    sum->number = 1;
}

static void hv_adler_add(hv_sum *sum, const uint8_t *p, size_t n)
{
    uint32_t one = (uint32_t)sum->number & 65535u, two = (uint32_t)sum->number >> 16;
    while (n > 0) {
        size_t some = n < HV_ADLER_MOST ? n : HV_ADLER_MOST;
        n -= some;
        for (; some >= 8; some -= 8, p += 8) {
            two += 8u * one + 8u * p[0] + 7u * p[1] + 6u * p[2] + 5u * p[3] + 4u * p[4]
                   + 3u * p[5] + 2u * p[6] + p[7];
            one += (uint32_t)p[0] + p[1] + p[2] + p[3] + p[4] + p[5] + p[6] + p[7];
        }
        for (; some > 0; some--) {
            one += *p++;
            two += one;
        }
        one %= HV_ADLER;
        two %= HV_ADLER;
    }
    sum->number = (uint64_t)two << 16 | one;
}

static hv_val hv_adler_finish(hv_sum *sum)
{
    return hv_int((int64_t)sum->number);
}
