/* Memory: the caller's scratch, given out from its beginning, taken back all at once; the stack. */

/* A build that is tested defines HV_POISON: what was given back, or not written yet, holds nothing
 * that could be right. */
HV_INLINE void hv_poison(uint8_t *from, const uint8_t *to)
{
#ifdef HV_POISON
    while (from < to) *from++ = 0xA5;
#else
    (void)from;
    (void)to;
#endif
}

static void *hv_take(hv_ctx *c, size_t size)
{
    size_t room = (size_t)(c->scratch_end - c->at);
    size_t wanted = (size + 7u) & ~(size_t)7u;
    uint8_t *given = c->at;
    if (wanted < size || wanted > room) {
        c->status = HV_NO_SCRATCH;
        return NULL;
    }
    c->at += wanted;
    hv_poison(given, c->at);
    return given;
}

/* Take back all that was given out since `at` was next. */
HV_INLINE void hv_take_back(hv_ctx *c, uint8_t *at)
{
    hv_poison(at, c->at);
    c->at = at;
}

/* What was taken when an expression began: what it makes is forgotten with it, unless something
 * stays that was read or counted meanwhile. */
typedef struct hv_level {
    uint8_t *at;
    uint32_t kept, counted;
} hv_level;

HV_INLINE hv_level hv_level_of(const hv_ctx *c)
{
    hv_level level;
    level.at = c->at;
    level.kept = c->kept;
    level.counted = c->counted;
    return level;
}

HV_INLINE void hv_forget(hv_ctx *c, hv_level level)
{
    if (c->kept == level.kept)
        hv_take_back(c, level.at);
}

/* The same for checks, after which nothing stays but what is known of texts. */
HV_INLINE void hv_forget_check(hv_ctx *c, hv_level level)
{
    if (c->counted == level.counted)
        hv_take_back(c, level.at);
}

/* Of the stack, what calls that do not nest may take beyond where those that do end: a reserve for
 * what is written here, and more where items of lists or structures have many fields. */
static const size_t hv_stack_spare = ((size_t)1 << 15) + 4 * sizeof(hv_cell) * HV_EPHEMERAL_CELLS
                                     + (size_t)32 * HV_MOST_SLOTS;

/* Where the stack is now. A local may be elsewhere, where a sanitizer moves it. */
HV_INLINE uintptr_t hv_stack_top(void)
{
#if defined(__GNUC__)
    return (uintptr_t)__builtin_frame_address(0);
#else
    char here = 0;
    return (uintptr_t)(void *)&here;
#endif
}

/* Whether calls nest deeper than the stack is sure to hold, whichever way it grows: whatever calls
 * itself, by way of content, must ask. */
HV_INLINE int hv_is_too_deep(hv_ctx *c)
{
    uintptr_t top = hv_stack_top();
    uintptr_t taken = top < c->stack ? c->stack - top : top - c->stack;
    if (taken <= c->stack_room)
        return 0;
    c->status = HV_TOO_NESTED;
    return 1;
}
