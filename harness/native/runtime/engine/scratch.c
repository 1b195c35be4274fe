/* Memory: the caller's scratch, given out from its beginning, taken back all at once. */

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
    return given;
}

/* What was taken when an expression began: what it makes is forgotten with it, unless something
 * stays that was read or counted meanwhile. */
typedef struct hv_level {
    uint8_t *at;
    uint32_t kept;
} hv_level;

HV_INLINE hv_level hv_level_of(const hv_ctx *c)
{
    hv_level level;
    level.at = c->at;
    level.kept = c->kept;
    return level;
}

HV_INLINE void hv_forget(hv_ctx *c, hv_level level)
{
    if (c->kept == level.kept)
        c->at = level.at;
}
