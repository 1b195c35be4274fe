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
