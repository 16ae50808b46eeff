#include "test.h"

TEST("an allocation is zeroed, aligned and its own")
{
    char *all[500];
    for (size_t i = 0; i < countof(all); i++) {
        size_t n = i * i % 3000;
        all[i] = arena_alloc(mem, n);
        check_int((intptr_t)all[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < n; k++)
            if (all[i][k]) test_failed(__FILE__, __LINE__, "byte %zu of allocation %zu is not zero", k, i);
        memset(all[i], (int)i & 0x7f, n);
    }
    for (size_t i = 0; i < countof(all); i++)
        for (size_t k = 0; k < i * i % 3000; k++)
            if (all[i][k] != (int)(i & 0x7f)) test_failed(__FILE__, __LINE__, "allocation %zu was overwritten", i);
}

TEST("nothing is somewhere, too")
{
    check(arena_alloc(mem, 0) != NULL);
    check(arena_alloc_raw(mem, 0) != NULL);
    check_int(arena_used(mem), 0);
}

TEST("a big allocation leaves the room of the small ones alone")
{
    char *before = arena_alloc_raw(mem, 16);
    memset(arena_alloc_raw(mem, 10 << 20), 1, 10 << 20);
    char *after = arena_alloc_raw(mem, 16);
    check(after > before && after - before < 4096);
    check_int(arena_used(mem), (10 << 20) + 32);
}

TEST("a reset arena starts again")
{
    for (int i = 0; i < 1000; i++) arena_alloc(mem, 1000);
    arena_alloc(mem, 1 << 20);
    arena_reset(mem);
    check_int(arena_used(mem), 0);
    char *zeroed = arena_alloc(mem, 1000);
    for (int i = 0; i < 1000; i++) check(!zeroed[i]);
    arena_reset(mem);
    arena_reset(mem);
}

TEST("the last allocation grows in place")
{
    char *at = arena_alloc_raw(mem, 10);
    memcpy(at, "0123456789", 10);
    check(arena_grow(mem, at, 10, 100) == at);
    arena_alloc(mem, 1);
    char *moved = arena_grow(mem, at, 100, 200);
    check(moved != at);
    check(!memcmp(moved, "0123456789", 10));
    check(arena_grow(mem, moved, 200, 100) == moved);
    check(arena_grow(mem, NULL, 0, 5) != NULL);
}

TEST("content survives growth from small to huge")
{
    uint8_t *at = NULL;
    size_t n = 0;
    for (size_t wanted = 1; wanted < 4 << 20; wanted = wanted * 3 / 2 + 1) {
        at = arena_grow(mem, at, n, wanted);
        for (; n < wanted; n++) at[n] = (uint8_t)(n * 7);
        if (wanted % 5 == 0) arena_alloc(mem, wanted % 100);
    }
    for (size_t i = 0; i < n; i++)
        if (at[i] != (uint8_t)(i * 7)) return test_failed(__FILE__, __LINE__, "byte %zu is lost", i);
    check_int(arena_used(mem) >= n, 1);
}

TEST("several large texts grow side by side")
{
    buf texts[40] = {0};
    for (size_t i = 0; i < countof(texts); i++) texts[i].mem = mem;
    for (int round = 0; round < 5000; round++)
        for (size_t i = 0; i < countof(texts); i++) buf_fmt(&texts[i], "%zu of %d;", i, round);
    for (size_t i = 0; i < countof(texts); i++) {
        buf wanted = {.mem = mem};
        for (int round = 0; round < 5000; round++) buf_fmt(&wanted, "%zu of %d;", i, round);
        check_str(buf_str(&texts[i]), buf_str(&wanted));
    }
}

TEST("a list grows, element by element")
{
    LIST(int) list = {0};
    for (int i = 0; i < 10000; i++) {
        int *x = push(mem, list);
        check_int(*x, 0);
        *x = i;
    }
    int sum = 0;
    each (x, list) sum += *x;
    check_int(sum, 49995000);
    check_int(list.n, 10000);
}

TEST("an empty list has no elements")
{
    LIST(int) none = {0};
    each (x, none) check(!x);
    reserve(mem, none, 7);
    check_int(none.cap, 7);
    int *at = none.at;
    for (int i = 0; i < 7; i++) push(mem, none);
    check(none.at == at);
}

TEST("pushing onto a part of a list leaves the rest alone")
{
    LIST(int) whole = {0};
    for (int i = 0; i < 5; i++) *push(mem, whole) = i;
    typeof(whole) part = {whole.at, 2, 2};
    *push(mem, part) = 77;
    check_int(whole.at[2], 2);
    check_int(part.at[1], 1);
    check_int(part.at[2], 77);
}
