/*
 * Compiles rules with the libyara that it is built with: compile_rules OUTPUT NAMESPACE=RULES...
 *
 * Rules may use four variables from outside: `number`, `flag`, `ratio` and `text`.
 */
#include <stdio.h>
#include <string.h>

#include <yara.h>

static int failed(const char *what)
{
    fprintf(stderr, "compile_rules: %s\n", what);
    return 1;
}

#if YR_MAJOR_VERSION < 4
static void complain(int level, const char *file, int line, const char *message, void *data)
{
#else
static void complain(int level, const char *file, int line, const YR_RULE *rule,
                     const char *message, void *data)
{
    (void)rule;
#endif
    (void)data;
    if (level == YARA_ERROR_LEVEL_ERROR) {
        fprintf(stderr, "%s:%d: %s\n", file, line, message);
    }
}

static int add(YR_COMPILER *compiler, const char *argument)
{
    char name[64];
    const char *path = strchr(argument, '=');
    size_t length = path == NULL ? sizeof(name) : (size_t)(path - argument);
    if (length >= sizeof(name)) {
        return failed("an argument is not NAMESPACE=RULES");
    }
    memcpy(name, argument, length);
    name[length] = '\0';
    FILE *file = fopen(path + 1, "r");
    if (file == NULL) {
        return failed("rules cannot be opened");
    }
    int errors = yr_compiler_add_file(compiler, file, name, path + 1);
    fclose(file);
    return errors == 0 ? 0 : failed("rules do not compile");
}

static int compile(YR_COMPILER *compiler, int count, char **arguments, const char *output)
{
    YR_RULES *rules = NULL;
    yr_compiler_set_callback(compiler, complain, NULL);
    yr_compiler_define_integer_variable(compiler, "number", 7);
    yr_compiler_define_boolean_variable(compiler, "flag", 0);
    yr_compiler_define_float_variable(compiler, "ratio", 0.25);
    yr_compiler_define_string_variable(compiler, "text", "abc");
    for (int at = 0; at < count; at++) {
        if (add(compiler, arguments[at]) != 0) {
            return 1;
        }
    }
    if (yr_compiler_get_rules(compiler, &rules) != ERROR_SUCCESS) {
        return failed("no rules came out");
    }
    int result = yr_rules_save(rules, output);
    yr_rules_destroy(rules);
    return result == ERROR_SUCCESS ? 0 : failed("the output cannot be written");
}

int main(int count, char **arguments)
{
    YR_COMPILER *compiler = NULL;
    if (count < 3) {
        return failed("usage: compile_rules OUTPUT NAMESPACE=RULES...");
    }
    if (yr_initialize() != ERROR_SUCCESS || yr_compiler_create(&compiler) != ERROR_SUCCESS) {
        return failed("libyara does not start");
    }
    int result = compile(compiler, count - 2, arguments + 2, arguments[1]);
    yr_compiler_destroy(compiler);
    yr_finalize();
    return result;
}
