/* Keys, and indexes of them: of `-refers-to`, and of what is unique
 * (harness/reading/{references,orders}.py).
 *
 * Keys are equal as they are in a Python dict: numbers by what they are worth, true as 1, text and
 * bytes by what they hold, structures and lists only to themselves. All floats that are no number
 * are one key (harness/reading/keys.py). */

/* --- keys --------------------------------------------------------------------------------- */

/* A float in its one form: not all that are no number have the same bits, nor do the zeros. */
HV_INLINE hv_val hv_key_of_float(hv_val v)
{
    if (v.as.f != v.as.f)
        return hv_real(hv_float_of(UINT64_C(0x7ff8000000000000)));
    return hv_real(v.as.f == 0 ? 0.0 : v.as.f);
}

/* A whole number in its one form; anything else as it is. */
static hv_val hv_key_of(hv_val v)
{
    if (v.tag == HV_BOOL)
        return hv_int(v.as.i);
    if (v.tag != HV_FLOAT)
        return v;
    if (v.as.f >= -9223372036854775808.0 && v.as.f < 18446744073709551616.0) {
        hv_val whole = v.as.f < 9223372036854775808.0 ? hv_int((int64_t)v.as.f)
                                                      : hv_uint((uint64_t)v.as.f);
        double back = whole.tag == HV_INT ? (double)whole.as.i : (double)whole.as.u;
        if (!(back < v.as.f) && !(back > v.as.f))
            return whole;
    }
    return hv_key_of_float(v);
}

/* Whether two are one structure; one that is not kept may be loaded in two places. */
static int hv_is_same_node(const hv_node *a, const hv_node *b)
{
    return a == b || (a->parent != NULL && a->parent == b->parent && a->slot == b->slot
                      && a->index == b->index);
}

/* What an attacker cannot know: where the scratch lies. */
HV_INLINE uint64_t hv_seed(const hv_ctx *c)
{
    return (uint64_t)(uintptr_t)c->scratch * UINT64_C(0x9e3779b97f4a7c15);
}

HV_INLINE uint64_t hv_mix(uint64_t x)
{
    x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
    x = (x ^ (x >> 32)) * UINT64_C(0xd6e8feb86659fd93);
    return x ^ (x >> 32);
}

static uint64_t hv_hash_bytes(uint64_t seed, const uint8_t *p, uint32_t left)
{
    uint64_t rest = 0;
    for (; left >= 8; left -= 8, p += 8)
        seed = hv_mix(seed ^ hv_unsigned(p, 8, 0));
    while (left > 0)
        rest = rest << 8 | p[--left];
    return hv_mix(seed ^ rest);
}

enum { HV_LONG_KEY = 4096 };

/* Of long ones once: one of them may be looked for again and again. */
static uint64_t hv_hash_slice(hv_ctx *c, hv_slice key)
{
    hv_marks *known = key.n <= HV_LONG_KEY ? NULL : hv_known_text(c, key);
    if (known == NULL)
        return hv_hash_bytes(hv_seed(c) ^ key.n, key.p, key.n);
    if (!known->is_hashed)
        known->hash = hv_hash_bytes(hv_seed(c) ^ key.n, key.p, key.n);
    known->is_hashed = 1;
    return known->hash;
}

static uint64_t hv_key_hash(hv_ctx *c, uint64_t seed, hv_val key)
{
    const hv_node *node = key.as.node;
    const hv_slice bytes = {key.as.p, key.n};
    if (key.tag == HV_NODE && node->parent != NULL) {
        seed = hv_mix(seed ^ (uint64_t)(uintptr_t)node->parent);
        return hv_mix(seed ^ ((uint64_t)(uint32_t)node->slot << 32 | (uint32_t)node->index));
    }
    if (key.tag != HV_TEXT && key.tag != HV_BYTES)
        return hv_mix(seed ^ key.as.u);
    return hv_mix(seed ^ hv_hash_slice(c, bytes));
}

/* Of keys in their one form. */
static int hv_key_equal(hv_val one, hv_val other)
{
    if (one.tag != other.tag)
        return 0;
    if (one.tag == HV_NODE)
        return hv_is_same_node(one.as.node, other.as.node);
    if (one.tag != HV_TEXT && one.tag != HV_BYTES)
        return one.as.u == other.as.u;
    return one.n == other.n
           && (one.as.p == other.as.p || one.n == 0 || memcmp(one.as.p, other.as.p, one.n) == 0);
}

/* --- an index: key -> number ----------------------------------------------------------------- */

typedef struct hv_keyed {
    hv_val key;
    uint32_t number;
    uint32_t hash;
} hv_keyed;

/* Open addressing; a bucket holds 1 + the position of an entry. */
typedef struct hv_index {
    uint32_t *bucket;
    hv_keyed *entry;
    uint32_t count, mask;
    hv_ctx *context; /* of what is known of long keys */
    uint64_t seed;
} hv_index;

/* An index of at most `most` keys. */
static int hv_new_index(hv_ctx *c, hv_index *index, uint32_t most)
{
    uint32_t room = 4;
    while (room < most + most / 2u && room < 1u << 31)
        room *= 2u;
    index->bucket = hv_take(c, (size_t)room * sizeof *index->bucket);
    index->entry = hv_take(c, (size_t)most * sizeof *index->entry);
    if (index->bucket == NULL || index->entry == NULL)
        return HV_STOPPED;
    memset(index->bucket, 0, (size_t)room * sizeof *index->bucket);
    index->count = 0;
    index->mask = room - 1u;
    index->context = c;
    index->seed = hv_seed(c);
    return HV_OK;
}

/* The bucket that holds the key, or that it would stand in. */
static uint32_t hv_bucket_of(const hv_index *index, hv_val key, uint64_t hash)
{
    uint32_t at = (uint32_t)hash & index->mask;
    while (index->bucket[at] != 0) {
        const hv_keyed *entry = &index->entry[index->bucket[at] - 1u];
        if (entry->hash == (uint32_t)(hash >> 32) && hv_key_equal(entry->key, key))
            break;
        at = (at + 1u) & index->mask;
    }
    return at;
}

static const hv_keyed *hv_find_key(const hv_index *index, hv_val value)
{
    hv_val key = hv_key_of(value);
    uint32_t at = hv_bucket_of(index, key, hv_key_hash(index->context, index->seed, key));
    return index->bucket[at] == 0 ? NULL : &index->entry[index->bucket[at] - 1u];
}

/* What stands under the key already; NULL when it did not, and it now stands for `number`. */
static const hv_keyed *hv_put_key(hv_index *index, hv_val value, uint32_t number)
{
    hv_val key = hv_key_of(value);
    uint64_t hash = hv_key_hash(index->context, index->seed, key);
    uint32_t at = hv_bucket_of(index, key, hash);
    hv_keyed *entry;
    if (index->bucket[at] != 0)
        return &index->entry[index->bucket[at] - 1u];
    entry = &index->entry[index->count++];
    entry->key = key;
    entry->number = number;
    entry->hash = (uint32_t)(hash >> 32);
    index->bucket[at] = index->count;
    return NULL;
}

/* --- an index of numbers that rise: all that is kept is the numbers ------------------------------- */

typedef struct hv_rising {
    int64_t *number;
    uint32_t count, last; /* where something was found last: the next often stands behind it */
} hv_rising;

/* The position of a number; UINT32_MAX where it is not there. */
static uint32_t hv_find_rising(hv_rising *rising, hv_val value)
{
    hv_val key = hv_key_of(value);
    uint32_t low = rising->last + 1u, high = rising->count;
    if (key.tag != HV_INT || rising->count == 0)
        return UINT32_MAX;
    if (low >= high || rising->number[low] != key.as.i)
        low = 0;
    else
        high = low + 1u;
    while (high - low > 1u) {
        uint32_t middle = low + (high - low) / 2u;
        if (rising->number[middle] <= key.as.i)
            low = middle;
        else
            high = middle;
    }
    if (rising->number[low] != key.as.i)
        return UINT32_MAX;
    rising->last = low;
    return low;
}
