/* Which cells of `-coverage` matrices a content uses: harness/coverage/{meter,matrix_probe}.py.
 *
 * Counted structure by structure once a content is read, and only when it is asked for. */

enum {
    HV_MOST_ROWS = 1024, HV_MOST_PLANES = 1024, HV_PLANE_ROOM = 2048, /* harness/coverage/cells.py */
    HV_MOST_MATRIX_CELLS = HV_MOST_ROWS * (HV_MOST_COLUMNS + 1)
};

/* Of a matrix and a value of `per`: how many rows any structure so far has told of. */
typedef struct hv_plane {
    const hv_matrix *matrix; /* NULL: none stands here */
    hv_val per;
    int64_t rows;            /* -1: not known */
} hv_plane;

typedef struct hv_tally {
    const hv_matrix *matrices;
    uint32_t count, planes;
    hv_use *at;
    uint64_t room, wanted;
    hv_plane *plane;         /* HV_PLANE_ROOM, by hash */
    uint32_t *uses;          /* of one structure, by row and column; zero between structures */
    uint32_t *touched;       /* which of them are not */
} hv_tally;

/* What tells planes from another; 0 for a value of no such kind. */
static int hv_plane_key(hv_val *per)
{
    if (per->tag == HV_BOOL)
        *per = hv_int(per->as.i);
    return per->tag == HV_INT || per->tag == HV_UINT || per->tag == HV_TEXT || per->tag == HV_BYTES;
}

/* HV_OK, HV_UNKNOWN where nothing is counted for this structure, or HV_STOPPED. */
static int hv_plane_of(hv_ctx *c, hv_tally *tally, const hv_matrix *matrix, hv_node *node,
                       hv_plane **plane)
{
    hv_bound bound = hv_bind(hv_missing(HV_ABSENT), -1);
    hv_val per = hv_int(0), rows = hv_missing(HV_ABSENT);
    int64_t count = -1;
    uint64_t hash;
    int status = matrix->per != NULL ? matrix->per(c, node, &bound, &per) : HV_OK;
    if (status == HV_OK && !hv_plane_key(&per))
        status = HV_UNKNOWN;
    if (status != HV_OK)
        return status;
    status = matrix->rows != NULL ? matrix->rows(c, node, &bound, &rows) : HV_UNKNOWN;
    if (status == HV_STOPPED)
        return status;
    if (status == HV_OK && (rows.tag == HV_INT || rows.tag == HV_UINT || rows.tag == HV_BOOL))
        count = rows.tag == HV_UINT ? INT64_MAX : rows.as.i < 0 ? 0 : rows.as.i;
    hash = hv_key_hash(c, 0, per);
    for (;; hash++) {
        hv_plane *here = &tally->plane[hash % HV_PLANE_ROOM];
        if (here->matrix == NULL) {
            if (++tally->planes > HV_MOST_PLANES)
                return HV_STOPPED;
            here->matrix = matrix;
            here->per = per;
            here->rows = count;
        } else if (here->matrix != matrix || here->per.tag != per.tag
                   || !hv_equal(here->per, per)) {
            continue;
        } else if (count > (here->rows < 0 ? 0 : here->rows)) {
            here->rows = count;
        }
        *plane = here;
        return HV_OK;
    }
}

/* Which row of the matrix a number is; -1 for none. */
static int64_t hv_row_of(const hv_matrix *matrix, const hv_plane *plane, hv_val row)
{
    uint32_t i;
    if (row.tag != HV_INT && row.tag != HV_BOOL)
        return -1;
    for (i = 0; i < matrix->member_count; i++)
        if (matrix->members[i] == row.as.i)
            return i;
    if (matrix->member_count > 0 || row.as.i < 0 || row.as.i >= HV_MOST_ROWS)
        return -1;
    return plane->rows < 0 || row.as.i < plane->rows ? row.as.i : -1;
}

static int64_t hv_column_of(const hv_matrix *matrix, hv_val column)
{
    uint32_t i;
    if (column.tag == HV_INT || column.tag == HV_BOOL)
        for (i = 0; i < matrix->column_count; i++)
            if (matrix->columns[i] == column.as.i)
                return i;
    return -1;
}

/* Write what was counted of one structure, and be ready for the next. */
static void hv_tell_uses(hv_tally *tally, uint32_t matrix, const hv_plane *plane, uint32_t count)
{
    uint32_t i;
    for (i = 0; i < count; i++) {
        uint32_t cell = tally->touched[i], row = cell / (HV_MOST_COLUMNS + 1);
        if (tally->wanted < tally->room) {
            hv_use *use = &tally->at[tally->wanted];
            use->matrix = matrix;
            use->column = cell % (HV_MOST_COLUMNS + 1);
            use->row = row;
            use->uses = tally->uses[cell];
            use->per = plane->per;
        }
        tally->wanted++;
        tally->uses[cell] = 0;
    }
}

static int hv_count_cells(hv_ctx *c, hv_tally *tally, uint32_t number, hv_node *node)
{
    const hv_matrix *matrix = &tally->matrices[number];
    hv_bound bound = hv_bind(hv_missing(HV_ABSENT), -1);
    hv_val whole = hv_missing(HV_ABSENT);
    hv_plane *plane = NULL;
    hv_walk walk;
    hv_room room;
    uint32_t i, touched = 0;
    int status = hv_plane_of(c, tally, matrix, node, &plane);
    walk.count = 0;
    if (status == HV_OK)
        status = matrix->each(c, node, &bound, &whole);
    if (status == HV_OK) /* what is no list has no cells, whatever the words for that */
        status = hv_begin_walk(c, whole, HV_M_CYCLE, &walk);
    if (status == HV_OK)
        status = hv_steps(c, node, walk.count);
    for (i = 0; status == HV_OK && i < walk.count; i++) {
        int is_loaded = whole.tag == HV_LIST && whole.as.list->kind == HV_LIST_EPHEMERAL;
        hv_val row = hv_missing(HV_ABSENT), column = hv_missing(HV_ABSENT);
        int64_t r, k;
        bound.it = is_loaded ? hv_item_value(whole.as.list, i, &room) : hv_walk_on(&walk, i);
        bound.index = i;
        status = matrix->row(c, node, &bound, &row);
        if (status == HV_OK)
            status = matrix->column(c, node, &bound, &column);
        if (status == HV_STOPPED)
            return status;
        r = status == HV_OK ? hv_row_of(matrix, plane, row) : -1;
        k = status == HV_OK ? hv_column_of(matrix, column) : -1;
        status = HV_OK;
        if (r >= 0 && k >= 0) {
            uint32_t first = (uint32_t)r * (HV_MOST_COLUMNS + 1), cell = first + (uint32_t)k;
            if (tally->uses[cell]++ == 0)
                tally->touched[touched++] = cell;
            if (tally->uses[first + HV_MOST_COLUMNS]++ == 0)
                tally->touched[touched++] = first + HV_MOST_COLUMNS;
        }
    }
    if (plane != NULL)
        hv_tell_uses(tally, number, plane, touched);
    return status == HV_STOPPED ? status : HV_OK;
}

static int hv_cells_below(hv_ctx *c, hv_tally *tally, hv_node *node);

static int hv_cells_in(hv_ctx *c, hv_tally *tally, hv_list *list)
{
    hv_room room;
    uint32_t i;
    int status = HV_OK;
    if (list->kind == HV_LIST_FIXED)
        return HV_OK;
    for (i = 0; status == HV_OK && i < list->count; i++) {
        hv_val item = hv_item_value(list, i, &room);
        if (item.state == HV_PRESENT && item.tag == HV_NODE)
            status = hv_cells_below(c, tally, item.as.node);
    }
    return status;
}

/* Whether a list may have cells: structures that are not kept hold no others. */
static int hv_has_cells(const hv_tally *tally, const hv_list *list)
{
    uint32_t i;
    for (i = 0; list->kind == HV_LIST_EPHEMERAL && i < tally->count; i++)
        if (tally->matrices[i].type == list->type)
            return 1;
    return list->kind != HV_LIST_EPHEMERAL;
}

/* A structure, then those that it holds; calls nest as structures do. */
static int hv_cells_below(hv_ctx *c, hv_tally *tally, hv_node *node)
{
    uint32_t i, slot;
    if (hv_is_too_deep(c))
        return HV_STOPPED;
    if (node->flags & HV_IS_EPHEMERAL && node->type->join != NULL
        && hv_join_again(c, node) != HV_OK)
        return HV_STOPPED;
    for (i = 0; i < tally->count; i++)
        if (tally->matrices[i].type == node->type && hv_count_cells(c, tally, i, node) != HV_OK)
            return HV_STOPPED;
    for (slot = 0; slot < node->type->slots; slot++) {
        hv_val value = hv_child_in(node, slot);
        int status = HV_OK;
        if (value.state == HV_PRESENT && value.tag == HV_NODE)
            status = hv_cells_below(c, tally, value.as.node);
        else if (value.state == HV_PRESENT && hv_has_cells(tally, value.as.list))
            status = hv_cells_in(c, tally, value.as.list);
        if (status != HV_OK)
            return status;
    }
    return HV_OK;
}

static void hv_measure(hv_ctx *c, const hv_matrix *matrices, uint32_t count, hv_request *request)
{
    hv_tally tally;
    hv_budget *steps = &c->session->steps;
    memset(&tally, 0, sizeof tally);
    tally.matrices = matrices;
    tally.count = count;
    tally.at = request->cells;
    tally.room = request->cell_room;
    tally.plane = hv_take(c, HV_PLANE_ROOM * sizeof *tally.plane);
    tally.uses = hv_take(c, HV_MOST_MATRIX_CELLS * sizeof *tally.uses);
    tally.touched = hv_take(c, HV_MOST_MATRIX_CELLS * sizeof *tally.touched);
    if (c->status != HV_DONE)
        return;
    memset(tally.plane, 0, HV_PLANE_ROOM * sizeof *tally.plane);
    memset(tally.uses, 0, HV_MOST_MATRIX_CELLS * sizeof *tally.uses);
    steps->left = steps->limit;
    c->is_quiet = 1;
    request->is_measured = hv_cells_below(c, &tally, c->session->root) == HV_OK;
    request->cell_count = tally.wanted;
}
