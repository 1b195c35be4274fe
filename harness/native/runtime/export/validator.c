/* --- the functions of validator.h ----------------------------------------------------------- */

static hv_ctx *validator_ctx(validator_context *context)
{
    return (hv_ctx *)(void *)context;
}

size_t validator_scratch_size(size_t content_size, size_t companions_size)
{
    const size_t least = (size_t)1 << 16, each = @EACH@;
    size_t sum = content_size + companions_size;
    if (sum < content_size || sum > (SIZE_MAX - least) / each)
        return SIZE_MAX;
    return least + each * sum;
}

validator_context *validator_open(void *scratch, size_t size)
{
    return (validator_context *)(void *)hv_open(scratch, size);
}

@GIVE_DEFINITIONS@int validator_check(validator_context *context, const uint8_t *data, size_t size,
                    validator_result *result)
{
    hv_request request;
    int status;
    memset(&request, 0, sizeof request);
    request.max_findings = result->max_findings;
    request.findings = result->records;
    request.findings_size = result->records_size;
    status = hv_check(validator_ctx(context), data, size, &request);
    result->used = request.used;
    result->count = request.count;
    result->errors = request.errors;
    result->contract_errors = request.contract_errors;
    result->is_full = request.is_full != 0;
    return status;
}

static uint32_t validator_word(const uint8_t *record, size_t number)
{
    uint32_t word;
    memcpy(&word, record + 4 * number, 4);
    return word;
}

int validator_next(const validator_result *result, size_t *at, validator_finding *finding)
{
    const uint8_t *record;
    uint32_t message, source;
    if (result->records == NULL || *at >= result->used)
        return 0;
    record = result->records + *at;
    message = validator_word(record, 1);
    source = validator_word(record, 2);
    finding->code = validator_codes[message];
    finding->rule = validator_rules[source];
    finding->severity = (int)hv_severity(message, source);
    finding->companion = validator_word(record, 4);
    finding->start = validator_word(record, 5);
    finding->end = validator_word(record, 6);
    finding->record = record;
    *at += validator_word(record, 0);
    return 1;
}

/* A text whose length is counted whether or not there is room for it. */
typedef struct validator_text {
    char *buffer;
    size_t size, length;
} validator_text;

static void validator_put(validator_text *text, char character)
{
    if (text->length + 1 < text->size)
        text->buffer[text->length] = character;
    text->length++;
}

static void validator_put_number(validator_text *text, uint32_t number)
{
    char digits[10];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0)
        validator_put(text, digits[--count]);
}

size_t validator_path(const validator_finding *finding, char *buffer, size_t size)
{
    const uint8_t *record = finding->record;
    uint32_t steps = validator_word(record, 7), i;
    validator_text text = {buffer, size, 0};
    for (i = 0; i < steps; i++) {
        size_t first = 9 + 3 * (size_t)i;
        uint32_t item = validator_word(record, first + 2);
        const char *name = validator_names[validator_word(record, first)]
                                          [validator_word(record, first + 1)];
        if (i > 0)
            validator_put(&text, '.');
        while (*name != '\0')
            validator_put(&text, *name++);
        if (item != UINT32_MAX) {
            validator_put(&text, '[');
            validator_put_number(&text, item);
            validator_put(&text, ']');
        }
    }
    if (size > 0)
        buffer[text.length < size ? text.length : size - 1] = '\0';
    return text.length;
}

int validator_accepts(void *scratch, size_t scratch_size, const uint8_t *data, size_t size@PARAMETERS@)
{
    validator_context *context = validator_open(scratch, scratch_size);
    validator_result result;
    if (context == NULL@GIVEN@)
        return 0;
    memset(&result, 0, sizeof result);
    result.max_findings = 1;
    return validator_check(context, data, size, &result) == VALIDATOR_DONE && result.errors == 0;
}
