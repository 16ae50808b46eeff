// Runs the tests of one room; the last line is "N passed, N failed".
#include "test.h"
#include <stdio.h>

static struct {
    const char *name;
    test_body *body;
} tests[2000];
static int count, failures_of_this;

void test_add(const char *name, test_body *body)
{
    if (count < (int)countof(tests)) tests[count++] = (typeof(*tests)){name, body};
}

void test_failed(const char *file, int line, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    printf("  %s:%d: ", file, line);
    vprintf(fmt, args);
    printf("\n");
    va_end(args);
    failures_of_this++;
}

int main(int argc, char **argv)
{
    const char *only = argc > 1 ? argv[1] : "";
    int passed = 0, failed = 0;
    for (int i = 0; i < count; i++) {
        if (!strstr(tests[i].name, only)) continue;
        arena *mem = arena_new();
        failures_of_this = 0;
        tests[i].body(mem);
        arena_free(mem);
        if (failures_of_this) printf("FAILED  %s\n", tests[i].name);
        failures_of_this ? failed++ : passed++;
    }
    printf("%d passed, %d failed\n", passed, failed);
    return failed > 0;
}
