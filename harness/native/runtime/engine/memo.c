/* What was read where, so that shared offsets are read once. */

/* What decides what is read: equal keys read the same. */
typedef struct hv_key {
    const uint8_t *data;
    uint32_t end;
    uint32_t position;
    uint32_t what;  /* tells ways of reading apart */
    uint32_t count; /* of values */
} hv_key;

typedef struct hv_known {
    struct hv_known *next; /* in its bucket */
    hv_key key;
    uint32_t hash;
    uint32_t end;          /* of what was read */
    hv_val v;
    uint8_t is_running;
    /* the values of the key follow */
} hv_known;

#define HV_KNOWN_VALUES(known) ((hv_val *)((known) + 1))

typedef struct hv_memo {
    hv_known **buckets;
    uint32_t room, count;
} hv_memo;

/* What is read of which stream from where; `what` tells ways of reading apart. */
HV_INLINE hv_key hv_key_at_place(uint32_t what, const hv_stream *s, uint32_t position)
{
    hv_key key;
    key.data = s->data;
    key.end = s->end;
    key.position = position;
    key.what = what;
    key.count = 0;
    return key;
}

/* A value as part of a key, with its kind: true is not 1, and none is like another. */
HV_INLINE hv_val hv_key_part(hv_val v)
{
    if (v.state != HV_PRESENT)
        return hv_missing(HV_ABSENT);
    return v.tag == HV_FLOAT ? hv_key_of_float(v) : v;
}

/* Keys of neighbours stand near each other. */
static uint32_t hv_hash_of(hv_ctx *c, const hv_key *key, const hv_val *values)
{
    uint64_t hash = hv_mix(hv_seed(c) ^ ((uint64_t)key->what << 32 | key->end));
    hash = hv_mix(hash ^ (uint64_t)(uintptr_t)key->data);
    for (uint32_t i = 0; i < key->count; i++)
        hash = hv_key_hash(c, hash ^ values[i].tag, values[i]);
    return (uint32_t)hash + (key->position >> 3);
}

static int hv_is_same_key(const hv_known *known, const hv_key *key, const hv_val *values)
{
    if (known->key.position != key->position || known->key.what != key->what
        || known->key.end != key->end || known->key.data != key->data
        || known->key.count != key->count)
        return 0;
    for (uint32_t i = 0; i < key->count; i++)
        if (!hv_key_equal(HV_KNOWN_VALUES(known)[i], values[i]))
            return 0;
    return 1;
}

static int hv_memo_grow(hv_ctx *c, hv_memo *memo)
{
    uint32_t room = memo->room == 0 ? 64u : memo->room * 4u, i;
    hv_known **buckets = hv_take(c, (size_t)room * sizeof *buckets);
    if (buckets == NULL)
        return HV_STOPPED;
    for (i = 0; i < room; i++)
        buckets[i] = NULL;
    for (i = 0; i < memo->room; i++) {
        hv_known *known = memo->buckets[i];
        while (known != NULL) {
            hv_known *next = known->next;
            uint32_t to = known->hash & (room - 1);
            known->next = buckets[to];
            buckets[to] = known;
            known = next;
        }
    }
    memo->buckets = buckets;
    memo->room = room;
    return HV_OK;
}

/* What the key gave before, or a new entry under way (`*is_new`); NULL without scratch. */
static hv_known *hv_recall(hv_ctx *c, hv_session *session, const hv_key *key,
                           const hv_val *values, int *is_new)
{
    hv_memo *memo = session->memo;
    hv_known *known;
    uint32_t hash;
    *is_new = 0;
    if (memo == NULL) {
        memo = session->memo = hv_take(c, sizeof *memo);
        if (memo == NULL)
            return NULL;
        memo->buckets = NULL;
        memo->room = memo->count = 0;
    }
    hash = hv_hash_of(c, key, values);
    known = memo->room == 0 ? NULL : memo->buckets[hash & (memo->room - 1)];
    for (; known != NULL; known = known->next)
        if (known->hash == hash && hv_is_same_key(known, key, values))
            return known;
    /* only now: what is asked once more, while something is checked, takes nothing */
    if (memo->count >= memo->room && hv_memo_grow(c, memo) != HV_OK)
        return NULL;
    known = hv_take(c, sizeof *known + key->count * sizeof *values);
    if (known == NULL)
        return NULL;
    known->key = *key;
    known->hash = hash;
    known->is_running = 1;
    known->v = hv_missing(HV_RUNNING);
    known->end = 0;
    if (key->count > 0)
        memcpy(HV_KNOWN_VALUES(known), values, key->count * sizeof *values);
    known->next = memo->buckets[hash & (memo->room - 1)];
    memo->buckets[hash & (memo->room - 1)] = known;
    memo->count++;
    *is_new = 1;
    return known;
}
