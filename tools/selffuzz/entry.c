/*
 * Checks content with a generated validator; `validator.h`, which comes with it, declares hv_open,
 * hv_give_companion, hv_check and what they take. Each content is checked in scratch and room for
 * findings of exactly their size, filled with another pattern each time: what a check says must
 * depend on neither. Scratch begins with what the last contents took, and with far too little for
 * one content in eight. Companions are in the schema's order. What a trial finds nothing in, a full
 * run must find nothing in either.
 */
#include "harness_consumer.h"
#include "validator.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_SCRATCH = 1 << 10, MORE_SCRATCH = 1 << 15, MOST_KEPT = 1 << 20 };
enum { LEAST_ROOM = 16, MORE_ROOM = 1 << 13, MOST_FINDINGS = 50 };
enum { MOST_SCRATCH = 1 << 28, MOST_ROOM = 1 << 24, SHORT_ONE_IN = 8, MORE_TIMES = 4 };

static uint8_t pattern = 0x5a;
static size_t enough = MORE_SCRATCH; /* for most contents, as far as seen */

static void *filled(size_t size) {
    void *block = malloc(size);
    if (block == NULL) abort();
    return memset(block, pattern, size);
}

static uint64_t digest(const uint8_t *data, size_t size) {
    uint64_t found = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++) found = (found ^ data[i]) * UINT64_C(0x100000001b3);
    return found;
}

static int give_companions(hv_ctx *c, const harness_observer *observer) {
    size_t count = observer != NULL ? observer->companion_count : 0;
    int status = HV_DONE;
    for (size_t i = 0; i < count && (status == HV_DONE || status == HV_LIMIT); i++)
        status = hv_give_companion(c, (uint32_t)i, observer->companions[i].data,
                                   observer->companions[i].size);
    return status == HV_LIMIT ? HV_DONE : status;
}

static int check(const uint8_t *data, size_t size, size_t scratch_size, hv_request *request,
                 const harness_observer *observer) {
    void *scratch = filled(scratch_size);
    hv_ctx *c = hv_open(scratch, scratch_size);
    int status = c == NULL ? HV_NO_SCRATCH : give_companions(c, observer);
    if (status == HV_DONE) status = hv_check(c, data, size, request);
    free(scratch);
    return status;
}

static void tell(const harness_observer *observer, int status, const hv_request *request) {
    if (observer == NULL) return;
    observer->observe(observer->context, "status", (uint64_t)status);
    observer->observe(observer->context, "errors", request->errors);
    observer->observe(observer->context, "digest", digest(request->findings, request->used));
}

/* A trial found nothing: with spans asked for there is none, and what it says must be the same. */
static void confirm(const uint8_t *data, size_t size, const harness_observer *observer) {
    size_t scratch_size = enough;
    hv_span span;
    for (;;) {
        hv_request request = {.max_findings = 1, .spans = &span, .span_room = 1};
        int status = check(data, size, scratch_size, &request, observer);
        if (status != HV_NO_SCRATCH && (status != HV_DONE || request.count > 0)) abort();
        if (status != HV_NO_SCRATCH || scratch_size >= MOST_SCRATCH) return;
        scratch_size *= MORE_TIMES;
    }
}

int harness_consume(const uint8_t *data, size_t size, const harness_observer *observer) {
    uint64_t turn = digest(data, size);
    int begins_short = turn % SHORT_ONE_IN == 0;
    size_t scratch_size = (begins_short ? LEAST_SCRATCH : enough) + (size_t)(turn % LEAST_SCRATCH);
    size_t room = begins_short ? LEAST_ROOM : MORE_ROOM;
    for (;;) {
        pattern = (uint8_t)~pattern;
        hv_request request = {.max_findings = MOST_FINDINGS, .findings = filled(room)};
        request.findings_size = room;
        int status = check(data, size, scratch_size, &request, observer);
        if (request.used > room) abort();
        int is_short = status == HV_NO_SCRATCH && scratch_size < MOST_SCRATCH;
        int is_full = status != HV_NO_SCRATCH && request.is_full && room < MOST_ROOM;
        if (!is_short && !is_full) tell(observer, status, &request);
        free(request.findings);
        if (status == HV_DONE && request.is_swept) confirm(data, size, observer);
        if (!is_short && !is_full) return status == HV_DONE && request.errors == 0 ? 0 : 1 + status;
        if (is_short && !begins_short && enough < MOST_KEPT) enough *= 2;
        scratch_size *= is_short ? MORE_TIMES : 1;
        room *= is_full ? 16 : 1;
    }
}
