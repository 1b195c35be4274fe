/* Long texts, and bytes: how many code points they have, where each stands, and their hash, without
 * going through them again. */

enum { HV_LONG_TEXT = 128, HV_MARK_EVERY = 64 };

/* One long text. `mark[i]` is where code point i * HV_MARK_EVERY begins; NULL where each takes a
 * byte. */
typedef struct hv_marks {
    hv_slice text;
    uint64_t hash;
    uint32_t *mark;
    uint32_t count;
    uint8_t is_counted, is_hashed;
} hv_marks;

/* Those that were gone through, by where they stand; `room` is a power of two. */
struct hv_texts {
    hv_marks *at;
    uint32_t room, used;
};

static hv_marks *hv_marks_slot(const struct hv_texts *texts, hv_slice text)
{
    uint64_t hash = ((uint64_t)(uintptr_t)text.p ^ (uint64_t)text.n << 40)
                    * UINT64_C(0x9E3779B97F4A7C15);
    uint32_t i = (uint32_t)(hash >> 32) & (texts->room - 1);
    while (texts->at[i].text.p != NULL
           && (texts->at[i].text.p != text.p || texts->at[i].text.n != text.n))
        i = (i + 1) & (texts->room - 1);
    return &texts->at[i];
}

/* Room for one more; NULL when the scratch is used up. */
static struct hv_texts *hv_room_for_text(hv_ctx *c)
{
    struct hv_texts *texts = c->texts, *more;
    uint32_t i, room = texts == NULL ? 16u : texts->room * 2u;
    if (texts != NULL && texts->used < texts->room / 2)
        return texts;
    more = hv_take(c, sizeof *more);
    if (more == NULL)
        return NULL;
    more->at = hv_take(c, (size_t)room * sizeof *more->at);
    if (more->at == NULL)
        return NULL;
    memset(more->at, 0, (size_t)room * sizeof *more->at);
    more->room = room;
    more->used = 0;
    for (i = 0; texts != NULL && i < texts->room; i++) {
        if (texts->at[i].text.p != NULL) {
            *hv_marks_slot(more, texts->at[i].text) = texts->at[i];
            more->used++;
        }
    }
    c->texts = more;
    c->kept++;
    c->counted++;
    return more;
}

static uint32_t *hv_new_marks(hv_ctx *c, hv_slice text, uint32_t count)
{
    uint32_t *mark = hv_take(c, ((size_t)count / HV_MARK_EVERY + 1) * sizeof *mark);
    uint32_t i, at = 0;
    for (i = 0; mark != NULL && at < text.n; i++) {
        if (i % HV_MARK_EVERY == 0)
            mark[i / HV_MARK_EVERY] = at;
        (void)hv_next_point(text, &at);
    }
    return mark;
}

/* What is known of a long text; NULL when the scratch is used up. */
static hv_marks *hv_known_text(hv_ctx *c, hv_slice text)
{
    struct hv_texts *texts = hv_room_for_text(c);
    hv_marks *found = texts == NULL ? NULL : hv_marks_slot(texts, text);
    if (found == NULL || found->text.p != NULL)
        return found;
    found->text = text;
    texts->used++;
    c->kept++;
    c->counted++;
    return found;
}

/* The same, with its code points. */
static const hv_marks *hv_marks_of(hv_ctx *c, hv_slice text)
{
    hv_marks *found = hv_known_text(c, text);
    if (found == NULL || found->is_counted)
        return found;
    found->count = hv_characters(text);
    if (found->count != text.n) {
        found->mark = hv_new_marks(c, text, found->count);
        if (found->mark == NULL)
            return NULL;
    }
    found->is_counted = 1;
    c->kept++;
    c->counted++;
    return found;
}

/* How many code points a text has. */
static uint32_t hv_length(hv_ctx *c, hv_slice text)
{
    const hv_marks *known = text.n < HV_LONG_TEXT ? NULL : hv_marks_of(c, text);
    return known == NULL ? hv_characters(text) : known->count;
}

/* Where code point `index` begins, which the text has; the end for one more. */
static uint32_t hv_point_at(hv_ctx *c, hv_slice text, uint32_t index)
{
    const hv_marks *known = text.n < HV_LONG_TEXT ? NULL : hv_marks_of(c, text);
    uint32_t at = 0;
    if (known != NULL && known->mark == NULL)
        return index;
    if (known != NULL && index < known->count) {
        at = known->mark[index / HV_MARK_EVERY];
        index %= HV_MARK_EVERY;
    } else if (known != NULL) {
        return text.n;
    }
    for (; index > 0; index--)
        (void)hv_next_point(text, &at);
    return at;
}
