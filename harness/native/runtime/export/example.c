/* Checks a file of the format `@FORMAT@`: example @USAGE@
 *
 * Exit code 0: it may be loaded; 1: it must not; 2: it was not checked.
 * Made by `harness schema export c` of content-harness @VERSION@.
 */
#include "validator.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_RECORDS = 1 << 20 };

static uint8_t *read_file(const char *name, size_t *size)
{
    FILE *file = fopen(name, "rb");
    uint8_t *data = NULL;
    long end;
    *size = 0;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        data = malloc((size_t)end + 1);
        if (data != NULL)
            *size = fread(data, 1, (size_t)end, file);
        if (data != NULL && *size != (size_t)end) {
            free(data);
            data = NULL;
        }
    }
    fclose(file);
    return data;
}

/* Say why nothing is known of a content, if that is so. */
static int is_refused(const char *name, int status)
{
    static const char *const reasons[] = {
        "", "", "the scratch is too small", "it has 4 GiB or more", "it nests too deep",
        "what it is read with is missing", "not valid itself"
    };
    if (status <= VALIDATOR_LIMIT)
        return 0;
    fprintf(stderr, "%s: %s\n", name, reasons[status]);
    return 1;
}

/* The whole path of a finding, or NULL; the caller frees it. */
static char *path_of(const validator_finding *finding)
{
    const size_t size = validator_path(finding, NULL, 0) + 1;
    char *path = malloc(size);
    if (path != NULL)
        validator_path(finding, path, size);
    return path;
}

static void tell(const validator_result *result)
{
    static const char *const severities[] = {"error", "warning", "note"};
    validator_finding finding;
    size_t at = 0;
    while (validator_next(result, &at, &finding)) {
        char *path = path_of(&finding);
        printf("%s %s%s%s: `%s`, bytes 0x%llx..0x%llx\n", severities[finding.severity],
               finding.code, *finding.rule != '\0' ? " " : "", finding.rule,
               path != NULL ? path : "", (unsigned long long)finding.start,
               (unsigned long long)finding.end);
        free(path);
    }
}

int main(int count, char **arguments)
{
    static uint8_t records[MOST_RECORDS];
    uint8_t *data[@FILES@];
    size_t sizes[@FILES@], all = 0, scratch_size;
    validator_context *context;
    validator_result result = {records, sizeof records, 100, 0, 0, 0, 0, 0};
    void *scratch;
    int i, status;
    if (count != 1 + @FILES@) {
        fprintf(stderr, "usage: %s @USAGE@\n", arguments[0]);
        return 2;
    }
    for (i = 0; i < @FILES@; i++) {
        data[i] = read_file(arguments[1 + i], &sizes[i]);
        if (data[i] == NULL) {
            fprintf(stderr, "cannot read %s\n", arguments[1 + i]);
            return 2;
        }
        all += sizes[i];
    }
    scratch_size = validator_scratch_size(sizes[0], all - sizes[0]);
    scratch = malloc(scratch_size);
    context = validator_open(scratch, scratch_size);
    if (context == NULL) {
        fprintf(stderr, "no memory: %llu bytes of scratch\n", (unsigned long long)scratch_size);
        return 2;
    }
@EXAMPLE_GIVEN@    status = validator_check(context, data[0], sizes[0], &result);
    if (is_refused(arguments[1], status))
        return 2;
    tell(&result);
    free(scratch);
    for (i = 0; i < @FILES@; i++)
        free(data[i]);
    return status == VALIDATOR_DONE && result.errors == 0 ? 0 : 1;
}
