// Unit tests: one program per room.
//
//     TEST("base64 survives a round trip") { check_str(base64_encode(mem, b), S("AQI=")); }
//
// `mem` is an arena of the test's own. A failed check prints where and what, and the test goes on. main() is in test.c.
#pragma once
#include "base/base.h"

typedef void test_body(arena *mem);
void test_add(const char *name, test_body *);
void test_failed(const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#define TEST_CAT_(a, b) a##b
#define TEST_CAT(a, b) TEST_CAT_(a, b)
#define TEST(name)                                                                                                                         \
    static void TEST_CAT(test_, __LINE__)(arena *);                                                                                        \
    __attribute__((constructor)) static void TEST_CAT(add_, __LINE__)(void)                                                                \
    {                                                                                                                                      \
        test_add(name, TEST_CAT(test_, __LINE__));                                                                                         \
    }                                                                                                                                      \
    static void TEST_CAT(test_, __LINE__)(arena * mem __attribute__((unused)))

// for (each text t of a few C strings): *t
#define each_text(t, ...) for (const char **t = (const char *[]){__VA_ARGS__, NULL}; *t; t++)

#define check(condition)                                                                                                                   \
    do {                                                                                                                                   \
        if (!(condition)) test_failed(__FILE__, __LINE__, "%s", #condition);                                                               \
    } while (0)
#define check_int(got, want)                                                                                                               \
    do {                                                                                                                                   \
        int64_t got_ = (got), want_ = (want);                                                                                              \
        if (got_ != want_) test_failed(__FILE__, __LINE__, "%s is %lld, not %lld", #got, (long long)got_, (long long)want_);               \
    } while (0)
#define check_str(got, want)                                                                                                               \
    do {                                                                                                                                   \
        str got_ = (got), want_ = (want);                                                                                                  \
        if (!str_eq(got_, want_)) test_failed(__FILE__, __LINE__, "%s is \"%.*s\", not \"%.*s\"", #got, PR(got_), PR(want_));              \
    } while (0)
