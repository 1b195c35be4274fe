/* Rings: structures that lead back to themselves through shared offsets:
 * harness/reading/rings.py. */

/* In the flags of nodes, and the marks of lists. */
enum { HV_RING_INSIDE = 0x100, HV_RING_SEEN = 0x200 };

/* A structure or list that is gone into: how far it is gone through, and where it is referred to
 * if that is not its own place. */
typedef struct {
    hv_node *node;  /* or NULL, and then: */
    hv_list *list;
    hv_node *at;    /* NULL: its own place */
    uint32_t at_slot;
    uint32_t next;  /* slot or item */
} hv_ring_step;

enum { HV_RING_ROOM = 64 };

typedef struct hv_ring_chunk {
    struct hv_ring_chunk *before, *after;
    hv_ring_step step[HV_RING_ROOM];
} hv_ring_chunk;

typedef struct {
    hv_ring_chunk *chunk;
    uint32_t count; /* in the chunk */
} hv_ring_stack;

static uint16_t *hv_ring_marks(const hv_ring_step *step)
{
    return step->node ? &step->node->flags : &step->list->marks;
}

static int hv_ring_enter(hv_ctx *c, hv_ring_stack *stack, const hv_ring_step *step)
{
    if (!stack->chunk || stack->count == HV_RING_ROOM) {
        hv_ring_chunk *chunk = stack->chunk ? stack->chunk->after : NULL;
        if (!chunk) {
            chunk = hv_take(c, sizeof *chunk);
            if (!chunk) return HV_STOPPED;
            chunk->before = stack->chunk;
            chunk->after = NULL;
            if (stack->chunk) stack->chunk->after = chunk;
        }
        stack->chunk = chunk;
        stack->count = 0;
    }
    stack->chunk->step[stack->count++] = *step;
    *hv_ring_marks(step) = (uint16_t)(*hv_ring_marks(step) | HV_RING_INSIDE | HV_RING_SEEN);
    return HV_OK;
}

static void hv_ring_leave(hv_ring_stack *stack)
{
    const hv_ring_step *step = &stack->chunk->step[stack->count - 1u];
    *hv_ring_marks(step) = (uint16_t)(*hv_ring_marks(step) & ~(unsigned)HV_RING_INSIDE);
    stack->count--;
    if (stack->count == 0 && stack->chunk->before) {
        stack->chunk = stack->chunk->before;
        stack->count = HV_RING_ROOM;
    }
}

static int hv_ring_next_item(hv_ring_step *inside, hv_ring_step *step)
{
    hv_node *item = NULL;
    if (inside->list->kind != HV_LIST_EPHEMERAL) item = hv_node_from(inside->list, inside->next);
    if (!item) return 0;
    /* an item of a list that is referred to stands where the list was read */
    inside->next = (uint32_t)item->index + 1u;
    *step = (hv_ring_step){item, NULL, inside->at, inside->at_slot, 0};
    return 1;
}

static int hv_ring_next_slot(hv_ring_step *inside, hv_ring_step *step)
{
    hv_node *node = inside->node;
    while (inside->next < node->type->slots) {
        uint32_t slot = inside->next++;
        const hv_slot *known = &node->type->slot[slot];
        const hv_cell *cell;
        int is_own;
        if (!known->is_child || known->cell < 0) continue;
        cell = &HV_CELLS(node)[known->cell];
        if (cell->v.state != HV_PRESENT) continue;
        if (cell->v.tag != HV_NODE && cell->v.tag != HV_LIST) continue;
        is_own = hv_child_in(node, slot).state == HV_PRESENT;
        if (!is_own && !(cell->v.flags & HV_SHARED)) continue;
        *step = (hv_ring_step){cell->v.tag == HV_NODE ? cell->v.as.node : NULL,
                               cell->v.tag == HV_LIST ? cell->v.as.list : NULL,
                               is_own ? NULL : node, slot, 0};
        return 1;
    }
    return 0;
}

/* Report at the structure that refers: it has the offset that leads back. */
static void hv_report_ring(hv_ctx *c, const hv_ring_step *step)
{
    uint32_t start = 0, end = 0;
    hv_stream *stream = hv_extent_of(hv_at(step->at, -1, -1), &start, &end);
    hv_range span = hv_span_in(stream, start, end);
    hv_report(c, HV_M_RING, 0, hv_at(step->at, (int32_t)step->at_slot, -1), &span, NULL, 0);
}

static int hv_walk_rings(hv_ctx *c, hv_node *root)
{
    hv_ring_stack stack = {NULL, 0};
    hv_ring_step step = {root, NULL, NULL, 0, 0};
    if (hv_ring_enter(c, &stack, &step)) return HV_STOPPED;
    while (stack.count) {
        hv_ring_step *inside = &stack.chunk->step[stack.count - 1u];
        int is_met = inside->node ? hv_ring_next_slot(inside, &step)
                                  : hv_ring_next_item(inside, &step);
        if (!is_met) {
            hv_ring_leave(&stack);
        } else if ((*hv_ring_marks(&step) & HV_RING_INSIDE) && step.at) {
            hv_report_ring(c, &step);
        } else if (!(*hv_ring_marks(&step) & HV_RING_SEEN)) {
            if (hv_ring_enter(c, &stack, &step)) return HV_STOPPED;
        }
    }
    return HV_OK;
}

static int hv_report_rings(hv_ctx *c, hv_node *root)
{
    uint8_t *mark = c->at;
    int status = HV_OK;
    if (root->stream->session->references) status = hv_walk_rings(c, root);
    hv_take_back(c, mark);
    return status;
}
