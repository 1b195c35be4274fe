/* What was read where, so that shared offsets are read once. */

typedef struct hv_known {
    struct hv_known *next; /* in its bucket */
    uint32_t hash;
    uint16_t size;         /* of the key */
    uint8_t is_running;
    hv_val v;
    uint32_t end;          /* of what was read */
    uint32_t near;         /* where it begins */
    /* the key follows */
} hv_known;

typedef struct hv_memo {
    hv_known **buckets;
    uint32_t room, count;
} hv_memo;

/* A key under way: what is put after one another decides. */
enum { HV_KEY_BYTES = 512 };
typedef struct hv_key {
    uint8_t bytes[HV_KEY_BYTES];
    uint32_t n;
    uint32_t near; /* keys of neighbours stand near each other */
    hv_node *node; /* instead, when it does not fit: this structure's own */
    uint32_t slot;
} hv_key;

static void hv_key_begin(hv_key *key, hv_node *node, uint32_t slot)
{
    key->n = key->near = 0;
    key->node = node;
    key->slot = slot;
}

static void hv_key_bytes(hv_key *key, const void *p, uint32_t n)
{
    if (key->n > HV_KEY_BYTES || n > HV_KEY_BYTES - key->n) {
        key->n = HV_KEY_BYTES + 1;
        return;
    }
    if (n > 0)
        memcpy(key->bytes + key->n, p, n);
    key->n += n;
}

/* What is read of which stream from where; `what` tells ways of reading apart. */
static void hv_key_place(hv_key *key, uint32_t what, const hv_stream *s, uint32_t position)
{
    uint32_t numbers[2];
    numbers[0] = what;
    numbers[1] = s->end;
    hv_key_bytes(key, numbers, sizeof numbers);
    hv_key_bytes(key, &s->data, sizeof s->data);
    key->near = position;
}

static void hv_key_number(hv_key *key, uint64_t number)
{
    hv_key_bytes(key, &number, 8);
}

/* A value with its kind: true is not 1. */
static void hv_key_value(hv_key *key, hv_val v)
{
    hv_key_number(key, v.state != HV_PRESENT ? HV_NONE : v.tag == HV_UINT ? HV_INT : v.tag);
    if (v.state != HV_PRESENT)
        return;
    if (v.tag == HV_TEXT || v.tag == HV_BYTES) {
        hv_key_number(key, v.n);
        hv_key_bytes(key, v.as.p, v.n);
    } else if (v.tag == HV_FLOAT && v.as.f == 0.0) {
        hv_key_number(key, 0); /* 0.0 equals -0.0 */
    } else {
        hv_key_number(key, v.as.u);
    }
}

static uint64_t hv_hash(const uint8_t *p, uint32_t n)
{
    uint64_t hash = UINT64_C(0x9e3779b97f4a7c15) ^ n;
    while (n >= 8) {
        uint64_t eight;
        memcpy(&eight, p, 8);
        hash = (hash ^ eight) * UINT64_C(0xff51afd7ed558ccd);
        hash ^= hash >> 32;
        p += 8;
        n -= 8;
    }
    while (n > 0) {
        hash = (hash ^ *p++) * UINT64_C(0xc4ceb9fe1a85ec53);
        hash ^= hash >> 29;
        n--;
    }
    return hash ^ (hash >> 31);
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
static hv_known *hv_recall(hv_ctx *c, hv_session *session, hv_key *key, int *is_new)
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
    if (memo->count >= memo->room && hv_memo_grow(c, memo) != HV_OK)
        return NULL;
    if (key->n > HV_KEY_BYTES) {
        key->n = 0;
        hv_key_number(key, (uint64_t)(uintptr_t)key->node);
        hv_key_number(key, key->slot);
    }
    hash = (uint32_t)hv_hash(key->bytes, key->n) + (key->near >> 3);
    for (known = memo->buckets[hash & (memo->room - 1)]; known != NULL;
         known = known->next)
        if (known->hash == hash && known->near == key->near && known->size == key->n
            && memcmp((uint8_t *)known + sizeof *known, key->bytes, key->n) == 0)
            return known;
    known = hv_take(c, sizeof *known + key->n);
    if (known == NULL)
        return NULL;
    known->hash = hash;
    known->size = (uint16_t)key->n;
    known->is_running = 1;
    known->v = hv_missing(HV_RUNNING);
    known->end = 0;
    known->near = key->near;
    memcpy((uint8_t *)known + sizeof *known, key->bytes, key->n);
    known->next = memo->buckets[hash & (memo->room - 1)];
    memo->buckets[hash & (memo->room - 1)] = known;
    memo->count++;
    *is_new = 1;
    return known;
}
