// FUZZ { … } gets `input` in memory of exactly its size, and an arena `mem`. must() is what has to hold for any input.
#pragma once
#include "base/base.h"
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n);
static void fuzz(arena *mem, str input);

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    arena *mem = arena_new();
    fuzz(mem, (str){(char *)at, n});
    arena_free(mem);
    return 0;
}

#define FUZZ static void fuzz(arena *mem, str input)
#define must(condition)                                                                                                                    \
    do {                                                                                                                                   \
        if (!(condition)) must_failed(__FILE__, __LINE__, #condition);                                                                     \
    } while (0)

__attribute__((unused)) _Noreturn static void must_failed(const char *file, int line, const char *condition)
{
    fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}
