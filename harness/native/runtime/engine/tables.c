/* Tables of references that were indexed, and items that were reported: each once
 * (harness/reading/references.py). */

/* Tables that were indexed, and items that were reported, by reference, list and structure. */
typedef struct hv_indexed {
    struct hv_indexed *next;
    const hv_list *list;
    const hv_node *node; /* NULL where it does not matter */
    uint32_t reference;  /* HV_REPORTED: `bits` tells the items that were reported */
    uint8_t is_numbered; /* the key of an item is its number */
    uint8_t is_rising;   /* every item has a key, and they rise */
    hv_rising rising;
    hv_index index;
    uint8_t *bits;
} hv_indexed;

#define HV_REPORTED UINT32_MAX

enum { HV_RECENT = 8 };

struct hv_table {
    hv_indexed **bucket;
    hv_indexed *recent[HV_RECENT]; /* by reference: most ask for the same one again */
    uint32_t room, count;
};

static uint32_t hv_table_bucket(const hv_ctx *c, const struct hv_table *tables, uint32_t reference,
                                const hv_list *list, const hv_node *node)
{
    uint64_t hash = hv_mix(hv_seed(c) ^ (uint64_t)(uintptr_t)list);
    hash = hv_mix(hash ^ (uint64_t)(uintptr_t)node ^ ((uint64_t)reference << 32));
    return (uint32_t)hash & (tables->room - 1u);
}

static hv_indexed *hv_known_table(hv_ctx *c, uint32_t reference, const hv_list *list,
                                const hv_node *node)
{
    hv_indexed *table, **recent;
    if (c->tables == NULL)
        return NULL;
    recent = &c->tables->recent[reference % HV_RECENT];
    table = *recent;
    if (table != NULL && table->reference == reference && table->list == list
        && table->node == node)
        return table;
    table = c->tables->bucket[hv_table_bucket(c, c->tables, reference, list, node)];
    while (table != NULL
           && (table->reference != reference || table->list != list || table->node != node))
        table = table->next;
    if (table != NULL)
        *recent = table;
    return table;
}

static int hv_grow_tables(hv_ctx *c, struct hv_table *tables)
{
    uint32_t room = tables->room, i;
    hv_indexed **bucket = tables->bucket;
    tables->room = room == 0 ? 16u : room * 4u;
    tables->bucket = hv_take(c, (size_t)tables->room * sizeof *tables->bucket);
    if (tables->bucket == NULL)
        return HV_STOPPED;
    for (i = 0; i < tables->room; i++)
        tables->bucket[i] = NULL;
    for (i = 0; i < room; i++) {
        hv_indexed *table = bucket[i];
        while (table != NULL) {
            hv_indexed *next = table->next;
            uint32_t to = hv_table_bucket(c, tables, table->reference, table->list, table->node);
            table->next = tables->bucket[to];
            tables->bucket[to] = table;
            table = next;
        }
    }
    return HV_OK;
}

static hv_indexed *hv_new_table(hv_ctx *c, uint32_t reference, const hv_list *list,
                              const hv_node *node)
{
    struct hv_table *tables = c->tables;
    hv_indexed *table;
    uint32_t at;
    if (tables == NULL) {
        tables = c->tables = hv_take(c, sizeof *tables);
        if (tables == NULL)
            return NULL;
        memset(tables, 0, sizeof *tables);
    }
    if (tables->count >= tables->room && hv_grow_tables(c, tables) != HV_OK)
        return NULL;
    table = hv_take(c, sizeof *table);
    if (table == NULL)
        return NULL;
    memset(table, 0, sizeof *table);
    table->list = list;
    table->node = node;
    table->reference = reference;
    at = hv_table_bucket(c, tables, reference, list, node);
    table->next = tables->bucket[at];
    tables->bucket[at] = table;
    tables->count++;
    return table;
}
