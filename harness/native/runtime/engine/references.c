/* `-refers-to`: values that must name an item of a table, and the items they join:
 * harness/reading/references.py. */

typedef int (*hv_evaluate)(hv_ctx *c, hv_node *n, const hv_bound *b, hv_val *out);
typedef int (*hv_decide)(hv_ctx *c, hv_node *n, const hv_bound *b, int *out);
typedef int (*hv_list_of)(hv_ctx *c, hv_node *n, const hv_bound *b, hv_list **out);

/* On what the keys of a table's items depend: nothing else, the structure that refers, or its
 * `_root`. */
enum { HV_ON_ITEM, HV_ON_NODE, HV_ON_TOP };

/* A `-refers-to`. */
typedef struct hv_reference {
    uint32_t number;
    uint32_t slot;
    uint32_t source;
    uint32_t dangling, ambiguous; /* messages */
    uint32_t asker;               /* HV_ON_ITEM ... */
    int32_t join;                 /* its own cell of the item; -1 where looking once more costs */
    hv_list_of table;
    hv_evaluate by, value; /* or NULL */
    hv_decide when;        /* or NULL */
} hv_reference;

HV_INLINE hv_bound hv_bind(hv_val it, int64_t index)
{
    hv_bound bound;
    bound.it = it;
    bound.on = hv_missing(HV_ABSENT);
    bound.index = index;
    return bound;
}

/* Item `i` of any list as a value; one that is only loaded stands in `room`. */
HV_INLINE hv_val hv_item_value(const hv_list *list, uint32_t i, hv_room *room)
{
    if (list->kind == HV_LIST_EPHEMERAL)
        return hv_of_node(hv_item_node(list, i, &room->head));
    return hv_look(list, i);
}

/* What a slot holds, without its bytes. */
HV_INLINE hv_val hv_value_in(const hv_node *n, uint32_t slot)
{
    int32_t cell = n->type->slot[slot].cell;
    return cell >= 0 ? HV_CELLS(n)[cell].v : hv_get(n, slot).v;
}

/* Where an item of a table stands; a NULL node where an expression made it. */
static hv_place hv_table_place(const hv_list *list, uint32_t i)
{
    if (list->node == NULL) {
        hv_val item = hv_look(list, i);
        int is_node = item.state == HV_PRESENT && item.tag == HV_NODE;
        return hv_at(is_node ? item.as.node : NULL, -1, -1);
    }
    return hv_at(list->node, (int32_t)list->slot, (int32_t)i);
}

/* Whether an item has been reported before; it has been from now on. -1 without scratch. */
static int hv_was_reported(hv_ctx *c, const hv_list *list, uint32_t i)
{
    hv_indexed *known;
    uint8_t bit = (uint8_t)(1u << (i & 7u));
    if (list->node == NULL)
        return 0;
    known = hv_known_table(c, HV_REPORTED, list, NULL);
    if (known == NULL) {
        size_t size = (size_t)list->count / 8u + 1u;
        known = hv_new_table(c, HV_REPORTED, list, NULL);
        if (known == NULL)
            return -1;
        known->bits = hv_take(c, size);
        if (known->bits == NULL)
            return -1;
        memset(known->bits, 0, size);
    }
    if (known->bits[i / 8u] & bit)
        return 1;
    known->bits[i / 8u] = (uint8_t)(known->bits[i / 8u] | bit);
    return 0;
}

/* Items `first` and `second` have the same key. */
static int hv_report_ambiguous(hv_ctx *c, const hv_reference *r, hv_node *n, const hv_list *list,
                               const hv_keyed *first, uint32_t second, hv_val key)
{
    int was_reported = hv_was_reported(c, list, second);
    hv_place earlier, place;
    hv_word words[2];
    if (was_reported)
        return was_reported < 0 ? HV_STOPPED : HV_OK;
    earlier = hv_table_place(list, first->number);
    place = hv_table_place(list, second);
    if (place.node == NULL)
        place = hv_at(n, (int32_t)r->slot, -1);
    words[0] = earlier.node != NULL ? hv_word_at(earlier) : hv_word_of(hv_int(first->number));
    words[1] = hv_word_of(key);
    hv_report(c, r->ambiguous, r->source, place, NULL, words, 2);
    return HV_OK;
}

/* The key of item `i` of a table; HV_UNKNOWN where it has none. */
static int hv_table_key(hv_ctx *c, const hv_reference *r, hv_node *n, const hv_list *list,
                        uint32_t i, hv_val *key)
{
    hv_room room;
    hv_bound bound = hv_bind(hv_item_value(list, i, &room), i);
    int status = r->by(c, n, &bound, key);
    return status == HV_FAULT ? HV_UNKNOWN : status;
}

/* Keep the keys as numbers as long as each has one and they rise; `count` tells how many did. */
static int hv_index_rising(hv_ctx *c, const hv_reference *r, hv_node *n, const hv_list *list,
                           hv_rising *rising, hv_val *key, int *status)
{
    rising->count = 0;
    rising->last = UINT32_MAX - 1u;
    rising->number = hv_take(c, (size_t)list->count * sizeof *rising->number);
    if (rising->number == NULL)
        return HV_STOPPED;
    *status = HV_OK;
    while (rising->count < list->count) {
        *status = hv_table_key(c, r, n, list, rising->count, key);
        if (*status != HV_OK || key->tag != HV_INT
            || (rising->count > 0 && rising->number[rising->count - 1u] >= key->as.i))
            break;
        rising->number[rising->count++] = key->as.i;
    }
    return *status == HV_STOPPED ? HV_STOPPED : HV_OK;
}

/* Index by hash: the keys that rose, then that of the next item, then the rest. */
static int hv_index_by_hash(hv_ctx *c, const hv_reference *r, hv_node *n, const hv_list *list,
                            hv_indexed *table, hv_val key, int status)
{
    uint32_t i;
    if (hv_new_index(c, &table->index, list->count) != HV_OK)
        return HV_STOPPED;
    for (i = 0; i < table->rising.count; i++)
        (void)hv_put_key(&table->index, hv_int(table->rising.number[i]), i);
    for (; i < list->count; i++) {
        const hv_keyed *before;
        if (i > table->rising.count)
            status = hv_table_key(c, r, n, list, i, &key);
        if (status == HV_STOPPED)
            return status;
        if (status != HV_OK)
            continue;
        before = hv_put_key(&table->index, key, i);
        if (before != NULL && hv_report_ambiguous(c, r, n, list, before, i, key) != HV_OK)
            return HV_STOPPED;
    }
    return HV_OK;
}

static int hv_index_items(hv_ctx *c, const hv_reference *r, hv_node *n, const hv_list *list,
                          hv_indexed *table)
{
    hv_val key = hv_missing(HV_ABSENT);
    int status = hv_complete(c, list);
    if (status != HV_OK)
        return status;
    if (list->kind == HV_LIST_SWEPT)
        return hv_end_trial(c);
    status = hv_spend(c, &c->session->steps, list->count, hv_at(n, (int32_t)r->slot, -1));
    if (status != HV_OK)
        return status;
    table->is_numbered = r->by == NULL;
    table->is_rising = 0;
    if (table->is_numbered)
        return HV_OK;
    if (hv_index_rising(c, r, n, list, &table->rising, &key, &status) != HV_OK)
        return HV_STOPPED;
    table->is_rising = table->rising.count == list->count;
    return table->is_rising ? HV_OK : hv_index_by_hash(c, r, n, list, table, key, status);
}

/* The table of a reference, indexed once unless an expression made it for this use only. */
static int hv_table_of(hv_ctx *c, const hv_reference *r, hv_node *n, const hv_list *list,
                       hv_indexed *made, hv_indexed **table)
{
    const hv_node *node = r->asker == HV_ON_NODE  ? n
                          : r->asker == HV_ON_TOP ? hv_top_of_file(n)
                                                  : NULL;
    int status;
    if (list->node == NULL) {
        *table = made;
        memset(made, 0, sizeof *made);
        return hv_index_items(c, r, n, list, made);
    }
    *table = hv_known_table(c, r->number, list, node);
    if (*table != NULL)
        return HV_OK;
    status = hv_index_items(c, r, n, list, made);
    if (status != HV_OK)
        return status;
    *table = hv_new_table(c, r->number, list, node);
    if (*table == NULL)
        return HV_STOPPED;
    (*table)->index = made->index;
    (*table)->rising = made->rising;
    (*table)->is_numbered = made->is_numbered;
    (*table)->is_rising = made->is_rising;
    return HV_OK;
}

/* What came of looking for an item. */
typedef struct hv_sought {
    hv_val key;
    const hv_list *list;
    uint32_t number;
    uint8_t applies, is_found;
} hv_sought;

static int hv_look_up(hv_ctx *c, const hv_reference *r, hv_node *n, hv_val value, int32_t item,
                      hv_sought *sought)
{
    hv_bound bound = hv_bind(value, item);
    hv_indexed made, *table;
    hv_list *list;
    int status = HV_OK, applies = 1;
    sought->applies = sought->is_found = 0;
    if (r->when != NULL && ((status = r->when(c, n, &bound, &applies)) != HV_OK || !applies))
        return status;
    if ((status = r->table(c, n, &bound, &list)) != HV_OK)
        return status;
    sought->key = value;
    if (r->value != NULL && (status = r->value(c, n, &bound, &sought->key)) != HV_OK)
        return status;
    if ((status = hv_table_of(c, r, n, list, &made, &table)) != HV_OK)
        return status;
    c->look_ups++;
    sought->applies = 1;
    sought->list = list;
    if (table->is_numbered) {
        hv_val key = hv_key_of(sought->key);
        sought->is_found = key.tag == HV_INT && key.as.i >= 0 && key.as.i < (int64_t)list->count;
        sought->number = sought->is_found ? (uint32_t)key.as.i : 0;
    } else if (table->is_rising) {
        sought->number = hv_find_rising(&table->rising, sought->key);
        sought->is_found = sought->number != UINT32_MAX;
    } else {
        const hv_keyed *found = hv_find_key(&table->index, sought->key);
        sought->is_found = found != NULL;
        sought->number = found != NULL ? found->number : 0;
    }
    return HV_OK;
}

/* Give the item that the attribute refers to its name, where it has one. */
static int hv_join_reference(hv_ctx *c, const hv_reference *r, hv_node *n, uint32_t cell)
{
    hv_val value = hv_value_in(n, r->slot);
    hv_sought sought;
    int status;
    if (value.state != HV_PRESENT || value.tag == HV_LIST)
        return HV_OK;
    status = hv_look_up(c, r, n, value, -1, &sought);
    if (status == HV_OK && sought.applies && sought.is_found)
        HV_CELLS(n)[cell].v = hv_item_value(sought.list, sought.number, NULL);
    return status == HV_STOPPED ? status : HV_OK;
}

static int hv_check_reference_at(hv_ctx *c, const hv_reference *r, hv_node *n, hv_val value,
                                 int32_t item)
{
    hv_place place = hv_at(n, (int32_t)r->slot, item);
    const hv_level level = hv_level_of(c);
    hv_sought sought;
    hv_word word;
    int status;
    if (value.state != HV_PRESENT)
        return HV_OK;
    status = hv_look_up(c, r, n, value, item, &sought);
    if (status == HV_FAULT)
        hv_report_fault(c, r->source, place);
    if (status != HV_OK)
        return status == HV_STOPPED ? status : HV_OK;
    if (sought.applies && !sought.is_found) {
        word = hv_word_of(sought.key);
        hv_report(c, r->dangling, r->source, place, NULL, &word, 1);
    }
    if (sought.applies && sought.list->node == NULL)
        hv_forget_check(c, level); /* the table was made for this use only */
    return HV_OK;
}

/* Report every value that names no item. */
static int hv_check_reference(hv_ctx *c, const hv_reference *r, hv_node *n)
{
    const hv_list *items;
    hv_val value;
    hv_room room;
    if (r->join >= 0 && HV_CELLS(n)[r->join].v.state == HV_PRESENT)
        return HV_OK; /* it was found */
    value = hv_value_in(n, r->slot);
    if (value.tag != HV_LIST)
        return hv_check_reference_at(c, r, n, value, -1);
    items = hv_own_list(n, r->slot);
    if (items == NULL)
        return HV_OK;
    if (items->kind == HV_LIST_SWEPT)
        return hv_end_trial(c);
    for (uint32_t i = 0; i < items->count; i++) {
        value = hv_item_value(items, i, &room);
        if (hv_check_reference_at(c, r, n, value, (int32_t)i) != HV_OK)
            return HV_STOPPED;
    }
    return HV_OK;
}
