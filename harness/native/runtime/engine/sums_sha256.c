/* SHA-256 (FIPS 180-4). */

static const uint32_t hv_sha256_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2
};

static void hv_sha256_begin(hv_sum *sum)
{
    static const uint32_t first[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(sum->word, first, sizeof first);
    sum->size = 0;
}

HV_INLINE uint32_t hv_turned(uint32_t word, uint32_t bits)
{
    return word >> bits | word << (32u - bits);
}

static void hv_sha256_block(uint32_t *state, const uint8_t *p)
{
    uint32_t w[64], s[8];
    for (uint32_t i = 0; i < 16; i++)
        w[i] = (uint32_t)hv_unsigned(p + 4u * i, 4, 1);
    for (uint32_t i = 16; i < 64; i++) {
        uint32_t low = hv_turned(w[i - 15], 7) ^ hv_turned(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t high = hv_turned(w[i - 2], 17) ^ hv_turned(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + low + w[i - 7] + high;
    }
    memcpy(s, state, sizeof s);
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t one = hv_turned(s[4], 6) ^ hv_turned(s[4], 11) ^ hv_turned(s[4], 25);
        uint32_t two = hv_turned(s[0], 2) ^ hv_turned(s[0], 13) ^ hv_turned(s[0], 22);
        uint32_t chosen = (s[4] & s[5]) ^ (~s[4] & s[6]);
        uint32_t most = (s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]);
        uint32_t next = s[7] + one + chosen + hv_sha256_constants[i] + w[i];
        s[7] = s[6];
        s[6] = s[5];
        s[5] = s[4];
        s[4] = s[3] + next;
        s[3] = s[2];
        s[2] = s[1];
        s[1] = s[0];
        s[0] = next + two + most;
    }
    for (uint32_t i = 0; i < 8; i++)
        state[i] += s[i];
}

static void hv_sha256_add(hv_sum *sum, const uint8_t *p, size_t n)
{
    size_t held = (size_t)(sum->size & 63u);
    sum->size += n;
    if (held > 0) {
        size_t some = n < 64u - held ? n : 64u - held;
        memcpy(sum->block + held, p, some);
        p += some;
        n -= some;
        if (held + some < 64u)
            return;
        hv_sha256_block(sum->word, sum->block);
    }
    for (; n >= 64; n -= 64, p += 64)
        hv_sha256_block(sum->word, p);
    memcpy(sum->block, p, n);
}

static hv_val hv_sha256_finish(hv_sum *sum)
{
    static const uint8_t filling[64] = {0x80};
    uint64_t bits = sum->size * 8u;
    size_t held = (size_t)(sum->size & 63u);
    uint8_t length[8];
    for (uint32_t i = 0; i < 8; i++)
        length[i] = (uint8_t)(bits >> (56u - 8u * i));
    hv_sha256_add(sum, filling, held < 56u ? 56u - held : 120u - held);
    hv_sha256_add(sum, length, sizeof length);
    for (uint32_t i = 0; i < 32; i++)
        sum->block[i] = (uint8_t)(sum->word[i / 4u] >> (24u - 8u * (i % 4u)));
    return hv_bytes(sum->block, 32);
}
