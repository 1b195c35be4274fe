/* The order and the uniqueness of items, in one list or in many: harness/reading/orders.py. */

/* A `-sorted-by` or `-unique-by`. */
typedef struct hv_ordering {
    uint32_t slot;
    uint32_t source;
    uint32_t message;                 /* I503 or I504 */
    uint32_t incomparable, unordered; /* messages, for keys of a kind that only reading tells */
    int32_t within;                   /* a type, by number; -1 for the list alone */
    uint8_t is_unique, is_strict, is_descending, is_any;
    hv_evaluate by;
    hv_decide when; /* or NULL */
} hv_ordering;

/* The key of an item. HV_UNKNOWN: it has none; faults are reported. */
static int hv_key_at(hv_ctx *c, const hv_ordering *o, hv_node *node, const hv_list *list,
                     uint32_t i, hv_val *key)
{
    hv_room room;
    const hv_bound bound = hv_bind(hv_item_value(list, i, &room), i);
    int status = HV_OK, applies = 1;
    if (o->when != NULL)
        status = o->when(c, node, &bound, &applies);
    if (status == HV_OK && applies)
        status = o->by(c, node, &bound, key);
    if (status == HV_FAULT)
        hv_report_fault(c, o->source, hv_at(node, (int32_t)o->slot, (int32_t)i));
    if (status == HV_STOPPED)
        return status;
    return status == HV_OK && applies ? HV_OK : HV_UNKNOWN;
}

static void hv_report_order(hv_ctx *c, const hv_ordering *o, hv_node *node, uint32_t i,
                            hv_word before, hv_val key)
{
    hv_word words[2];
    words[0] = before;
    words[1] = hv_word_of(key);
    hv_report(c, o->message, o->source, hv_at(node, (int32_t)o->slot, (int32_t)i), NULL, words, 2);
}

/* Whether the key that must come first is the greater, or just as great; the order is known. */
static int hv_is_above(const hv_ordering *o, hv_val before, hv_val key)
{
    int order = o->is_descending ? hv_order_values(key, before) : hv_order_values(before, key);
    return order == 1 || (o->is_strict && order == 0);
}

/* --- one list, whose keys have an order: none of them is kept ---------------------------------- */

/* Faults in keys are reported before what is wrong with keys: that waits here. As many wait as may
 * still be kept, the rest is counted. */
typedef struct hv_wrong {
    struct hv_wrong *next;
    hv_word before; /* the key before, or where the same key stood */
    hv_val key;
    uint32_t index;
} hv_wrong;

typedef struct hv_wrongs {
    hv_wrong *first, *last;
    int64_t wanted;
    uint32_t others, index; /* those that are only counted, and the last of them */
} hv_wrongs;

static hv_wrongs hv_no_wrongs(const hv_ctx *c)
{
    hv_wrongs wrongs = {NULL, NULL, 1, 0, 0};
    if (c->recorder.left > 0 && c->recorder.left < INT64_MAX)
        wrongs.wanted += c->recorder.left;
    return wrongs;
}

static int hv_add_wrong(hv_ctx *c, hv_wrongs *wrongs, uint32_t index, hv_word before, hv_val key)
{
    hv_wrong *wrong;
    if (wrongs->wanted <= 0) {
        wrongs->others++;
        wrongs->index = index;
        return HV_OK;
    }
    wrongs->wanted--;
    wrong = hv_take(c, sizeof *wrong);
    if (wrong == NULL)
        return HV_STOPPED;
    wrong->next = NULL;
    wrong->before = before;
    wrong->key = key;
    wrong->index = index;
    if (wrongs->last != NULL)
        wrongs->last->next = wrong;
    else
        wrongs->first = wrong;
    wrongs->last = wrong;
    return HV_OK;
}

static void hv_report_wrongs(hv_ctx *c, const hv_ordering *o, hv_node *node,
                             const hv_wrongs *wrongs)
{
    for (const hv_wrong *wrong = wrongs->first; wrong != NULL; wrong = wrong->next)
        hv_report_order(c, o, node, wrong->index, wrong->before, wrong->key);
    for (uint32_t i = 0; i < wrongs->others; i++)
        hv_report(c, o->message, o->source,
                  hv_at(node, (int32_t)o->slot, (int32_t)wrongs->index), NULL, NULL, 0);
}

static int hv_check_sorted(hv_ctx *c, const hv_ordering *o, hv_node *node, const hv_list *list)
{
    hv_wrongs wrongs = hv_no_wrongs(c);
    hv_val before = hv_missing(HV_ABSENT), key;
    for (uint32_t i = 0; i < list->count; i++) {
        int status = hv_key_at(c, o, node, list, i, &key);
        if (status == HV_STOPPED)
            return status;
        if (status != HV_OK)
            continue;
        if (before.state == HV_PRESENT && hv_is_above(o, before, key)
            && hv_add_wrong(c, &wrongs, i, hv_word_of(before), key) != HV_OK)
            return HV_STOPPED;
        before = key;
    }
    hv_report_wrongs(c, o, node, &wrongs);
    return HV_OK;
}

/* Put the keys of the first items in an index: keys that were looked at before, at no expense. */
static int hv_index_first(hv_ctx *c, const hv_ordering *o, hv_node *node, const hv_list *list,
                          uint32_t count, hv_index *index)
{
    hv_session *session = node->stream->session;
    int64_t steps = session->steps.left, output = session->output.left;
    uint8_t was_quiet = c->is_quiet;
    int status = hv_new_index(c, index, list->count);
    session->steps.left = session->steps.limit;
    session->output.left = session->output.limit;
    c->is_quiet = 1;
    for (uint32_t i = 0; i < count && status != HV_STOPPED; i++) {
        hv_val key;
        status = hv_key_at(c, o, node, list, i, &key);
        if (status == HV_OK)
            (void)hv_put_key(index, key, i);
    }
    c->is_quiet = was_quiet;
    session->steps.left = steps;
    session->output.left = output;
    return status == HV_STOPPED ? status : HV_OK;
}

/* As long as keys rise there are no two alike, and no need for an index. */
static int hv_check_unique(hv_ctx *c, const hv_ordering *o, hv_node *node, const hv_list *list)
{
    hv_wrongs wrongs = hv_no_wrongs(c);
    hv_val before = hv_missing(HV_ABSENT), key;
    hv_index index;
    int is_indexed = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        const hv_keyed *first;
        int status = hv_key_at(c, o, node, list, i, &key);
        if (status == HV_STOPPED)
            return status;
        if (status != HV_OK)
            continue;
        if (!is_indexed && (before.state != HV_PRESENT || hv_order_values(before, key) == -1)) {
            before = key;
            continue;
        }
        if (!is_indexed && hv_index_first(c, o, node, list, i, &index) != HV_OK)
            return HV_STOPPED;
        is_indexed = 1;
        first = hv_put_key(&index, key, i);
        if (first != NULL
            && hv_add_wrong(c, &wrongs, i,
                            hv_word_at(hv_at(node, (int32_t)o->slot, (int32_t)first->number)), key)
                   != HV_OK)
            return HV_STOPPED;
    }
    hv_report_wrongs(c, o, node, &wrongs);
    return HV_OK;
}

/* --- keys that are judged together ---------------------------------------------------------------- */

/* A key, the structure that holds the list, and the position of the item. */
typedef struct hv_placed_key {
    hv_val key;
    hv_node *node;
    uint32_t index;
    uint32_t padding;
} hv_placed_key;

typedef struct hv_key_chunk {
    struct hv_key_chunk *next;
    uint32_t count, room;
    hv_placed_key key[1];
} hv_key_chunk;

/* Keys of lists that are judged together, once the structure around them all is done. */
typedef struct hv_bucket {
    struct hv_bucket *next;
    const hv_node *ancestor;
    const hv_ordering *ordering;
    hv_key_chunk *first, *last;
    uint32_t count;
} hv_bucket;

struct hv_buckets {
    hv_bucket *first;
};

static int hv_add_key(hv_ctx *c, hv_bucket *bucket, hv_val key, hv_node *node, uint32_t index)
{
    hv_key_chunk *last = bucket->last;
    hv_placed_key *placed;
    if (last == NULL || last->count == last->room) {
        uint32_t room = last == NULL ? 4u : last->room < 1u << 16 ? last->room * 2u : last->room;
        hv_key_chunk *more = hv_take(c, sizeof *more + (size_t)room * sizeof *placed);
        if (more == NULL)
            return HV_STOPPED;
        more->next = NULL;
        more->count = 0;
        more->room = room;
        if (last == NULL)
            bucket->first = more;
        else
            last->next = more;
        bucket->last = last = more;
    }
    placed = &last->key[last->count++];
    placed->key = key;
    placed->node = node;
    placed->index = index;
    bucket->count++;
    return HV_OK;
}

static int hv_add_keys(hv_ctx *c, const hv_ordering *o, hv_node *node, const hv_list *list,
                       hv_bucket *bucket)
{
    for (uint32_t i = 0; i < list->count; i++) {
        hv_val key;
        int status = hv_key_at(c, o, node, list, i, &key);
        if (status == HV_STOPPED)
            return status;
        if (status == HV_OK && hv_add_key(c, bucket, key, node, i) != HV_OK)
            return HV_STOPPED;
    }
    return HV_OK;
}

/* Two keys of kinds that only reading tells. */
static int hv_judge_pair(hv_ctx *c, const hv_ordering *o, const hv_placed_key *before,
                         const hv_placed_key *key)
{
    const hv_placed_key *low = o->is_descending ? key : before;
    const hv_placed_key *high = o->is_descending ? before : key;
    int is_wrong = 0, status = HV_OK;
    if (o->is_any)
        status = hv_compare(c, key->node, o->is_strict ? HV_AT_LEAST : HV_MORE, low->key, high->key,
                            o->incomparable, o->unordered, &is_wrong);
    else
        is_wrong = hv_is_above(o, before->key, key->key);
    if (status == HV_FAULT)
        hv_report_fault(c, o->source, hv_at(key->node, (int32_t)o->slot, (int32_t)key->index));
    if (status == HV_OK && is_wrong)
        hv_report_order(c, o, key->node, key->index, hv_word_of(before->key), key->key);
    return status == HV_STOPPED ? status : HV_OK;
}

static int hv_judge_sorted(hv_ctx *c, const hv_ordering *o, const hv_bucket *bucket)
{
    const hv_placed_key *before = NULL;
    for (hv_key_chunk *chunk = bucket->first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            if (before != NULL && hv_judge_pair(c, o, before, &chunk->key[i]) != HV_OK)
                return HV_STOPPED;
            before = &chunk->key[i];
        }
    }
    return HV_OK;
}

static int hv_judge_unique(hv_ctx *c, const hv_ordering *o, const hv_bucket *bucket)
{
    const hv_placed_key **all = hv_take(c, (size_t)bucket->count * sizeof *all);
    hv_index index;
    uint32_t count = 0;
    if (all == NULL || hv_new_index(c, &index, bucket->count) != HV_OK)
        return HV_STOPPED;
    for (hv_key_chunk *chunk = bucket->first; chunk != NULL; chunk = chunk->next) {
        for (uint32_t i = 0; i < chunk->count; i++) {
            const hv_placed_key *key = &chunk->key[i], *first;
            const hv_keyed *known = hv_put_key(&index, key->key, count);
            all[count++] = key;
            if (known == NULL)
                continue;
            first = all[known->number];
            hv_report_order(c, o, key->node, key->index,
                            hv_word_at(hv_at(first->node, (int32_t)o->slot, (int32_t)first->index)),
                            key->key);
        }
    }
    return HV_OK;
}

static int hv_judge(hv_ctx *c, const hv_ordering *o, const hv_bucket *bucket)
{
    const hv_level level = hv_level_of(c);
    int status = o->is_unique ? hv_judge_unique(c, o, bucket) : hv_judge_sorted(c, o, bucket);
    hv_forget_check(c, level);
    return status;
}

/* --- within an ancestor ------------------------------------------------------------------------------ */

static hv_bucket *hv_bucket_for(hv_ctx *c, const hv_ordering *o, const hv_node *ancestor)
{
    hv_bucket **end;
    if (c->buckets == NULL) {
        c->buckets = hv_take(c, sizeof *c->buckets);
        if (c->buckets == NULL)
            return NULL;
        c->buckets->first = NULL;
    }
    end = &c->buckets->first;
    for (; *end != NULL; end = &(*end)->next)
        if ((*end)->ancestor == ancestor && (*end)->ordering == o)
            return *end;
    *end = hv_take(c, sizeof **end);
    if (*end != NULL) {
        memset(*end, 0, sizeof **end);
        (*end)->ancestor = ancestor;
        (*end)->ordering = o;
    }
    return *end;
}

/* Judge what was kept for `node`. */
static int hv_close_buckets(hv_ctx *c, const hv_node *node)
{
    hv_bucket **at;
    if (c->buckets == NULL)
        return HV_OK;
    at = &c->buckets->first;
    while (*at != NULL) {
        hv_bucket *bucket = *at;
        if (bucket->ancestor != node) {
            at = &bucket->next;
            continue;
        }
        if (hv_judge(c, bucket->ordering, bucket) != HV_OK)
            return HV_STOPPED;
        *at = bucket->next;
    }
    return HV_OK;
}

static int hv_check_alone(hv_ctx *c, const hv_ordering *o, hv_node *node, const hv_list *list)
{
    hv_bucket bucket = {NULL, NULL, NULL, NULL, NULL, 0};
    if (!o->is_any)
        return o->is_unique ? hv_check_unique(c, o, node, list) : hv_check_sorted(c, o, node, list);
    if (hv_add_keys(c, o, node, list, &bucket) != HV_OK)
        return HV_STOPPED;
    return hv_judge(c, o, &bucket);
}

/* Keep the keys for the named ancestor; where there is none, nothing is wrong with them. */
static int hv_check_within(hv_ctx *c, const hv_ordering *o, hv_node *node, const hv_list *list)
{
    hv_bucket unjudged = {NULL, NULL, NULL, NULL, NULL, 0};
    hv_bucket *bucket = &unjudged;
    const hv_node *ancestor = node;
    while (ancestor != NULL && ancestor->type->id != o->within)
        ancestor = ancestor->parent;
    if (ancestor != NULL)
        bucket = hv_bucket_for(c, o, ancestor);
    return bucket == NULL ? HV_STOPPED : hv_add_keys(c, o, node, list, bucket);
}

/* Judge the list of `node`, or keep it for the named ancestor. */
static int hv_check_order(hv_ctx *c, const hv_ordering *o, hv_node *node)
{
    const hv_list *list = hv_own_list(node, o->slot);
    const hv_level level = hv_level_of(c);
    int status;
    if (list == NULL || list->kind == HV_LIST_SWEPT)
        return HV_OK;
    if (o->within >= 0)
        return hv_check_within(c, o, node, list);
    status = hv_check_alone(c, o, node, list);
    hv_forget_check(c, level);
    return status;
}
