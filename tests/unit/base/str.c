#include "test.h"
#include <stdlib.h>

TEST("no string is not the empty string, but equals it")
{
    check(!str_of(NULL).at);
    check(S("").at);
    check(str_eq((str){0}, S("")));
    check(!str_dup(mem, (str){0}).at && !cstr(mem, (str){0}));
    check(str_dup(mem, S("")).at);
    check(!str_slice((str){0}, 0, 5).at);
}

TEST("strings made on an arena end with a NUL")
{
    str slice = str_slice(S("hello world"), 6, 9);
    check(!strcmp(cstr(mem, slice), "wor"));
    check(!strcmp(str_dup(mem, slice).at, "wor"));
    check(!strcmp(str_cat(mem, slice, S("d")).at, "word"));
    check(!strcmp(str_fmt(mem, "%d-%s", 5, "x").at, "5-x"));
    check(!strcmp(str_lower(mem, S("ÄbC")).at, "Äbc"));
    check(!strcmp(str_replace(mem, S("a.b.c"), S("."), S("::")).at, "a::b::c"));
    check(!strcmp(str_cat(mem, (str){0}, (str){0}).at, ""));
}

TEST("a formatted text may be long")
{
    for (int n = 250; n < 262; n++) {
        str s = str_fmt(mem, "%*d", n, 7);
        check_int(s.n, n);
        check(s.at[n - 1] == '7' && !s.at[n]);
    }
}

TEST("split and join are each other's opposite")
{
    strs parts = str_split(mem, S("a,,b"), ',');
    check_int(parts.n, 3);
    check_str(parts.at[1], S(""));
    check_str(parts.at[2], S("b"));
    check_str(str_join(mem, parts, S(",")), S("a,,b"));
    check_int(str_split(mem, S(""), ',').n, 1);
    check_int(str_split(mem, S(","), ',').n, 2);
    check_int(str_split(mem, (str){0}, ',').n, 0);
    check_str(str_join(mem, (strs){0}, S(", ")), S(""));
}

TEST("comparing")
{
    check(str_ieq(S("Content-Type"), S("content-tYPE")) && !str_ieq(S("a"), S("b")) && !str_ieq(S("a"), S("ab")));
    check(str_is(S("x"), "x") && !str_is(S("x"), "xy"));
    check(str_cmp(S("a"), S("b")) < 0 && str_cmp(S("ab"), S("a")) > 0 && str_cmp(S("\xff"), S("a")) > 0 && !str_cmp((str){0}, S("")));
    check(str_starts(S("abc"), S("ab")) && !str_starts(S("a"), S("ab")) && str_starts((str){0}, S("")));
    check(str_ends(S("abc"), S("bc")) && !str_ends(S("c"), S("bc")) && str_ends(S("abc"), S("")));
}

TEST("finding and cutting")
{
    check_int(str_find(S("abcabc"), S("ca")), 2);
    check_int(str_find(S("abc"), S("")), 0);
    check_int(str_find((str){0}, S("a")), -1);
    check_int(str_rfind_char(S("a.b.c"), '.'), 3);
    check_int(str_rfind_char((str){0}, '.'), -1);
    check_str(str_slice(S("abc"), 1, 99), S("bc"));
    check_str(str_slice(S("abc"), 5, 2), S(""));
    check_str(str_trim(S(" \t\r\n a b \f\v")), S("a b"));
    check_str(str_trim(S("   ")), S(""));
    check_str(str_replace(mem, S("aaa"), S("aa"), S("b")), S("ba"));
    check_str(str_replace(mem, S("abc"), S(""), S("x")), S("abc"));
    check_str(str_replace(mem, S("xaax"), S("a"), S("")), S("xx"));
}

TEST("whole numbers are read to their limits")
{
    int64_t v = 42;
    check(str_to_int(S("9223372036854775807"), &v) && v == INT64_MAX);
    check(str_to_int(S("-9223372036854775808"), &v) && v == INT64_MIN);
    check(str_to_int(S("+007"), &v) && v == 7);
    check(str_to_int(S("-0"), &v) && v == 0);
    v = 42;
    each_text (t, "", "-", "+", " 1", "1 ", "1.0", "1e3", "0x10", "--1", "9223372036854775808", "-9223372036854775809", "१")
        if (str_to_int(str_of(*t), &v)) test_failed(__FILE__, __LINE__, "\"%s\" was taken", *t);
    check_int(v, 42);
    check(!str_to_int((str){0}, &v));
}

TEST("decimal numbers are rounded as strtod rounds")
{
    each_text (
        t, "0", "-0", "1", "1.5", ".5", "5.", "-2.25e3", "1e22", "1e23", "123456789012345678", "9007199254740993", "0.1", "1e-22", "1e-23",
        "5e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "1.7976931348623157e308", "1e309", "-1e400", "1e-400",
        "179769313486231580793728971405301e277", "0.000000000000000000000000000000000000000000000000000000000000000000000000001",
        "3.141592653589793238462643383279502884197169399375105820974944592307816406286208998628034825342117067982148086513282306647093844609550",
        "00000000000000000000000000012", "1e99999999999999999999", "1e-99999999999999999999", "8.41e21", "9.2234e15") {
        double got = -1, want = strtod(*t, NULL);
        check(str_to_double(str_of(*t), &got));
        if (memcmp(&got, &want, sizeof got)) test_failed(__FILE__, __LINE__, "%s is read as %.17g, not %.17g", *t, got, want);
    }
}

TEST("what is no decimal number is refused")
{
    double v;
    each_text (t, "", "-", ".", "-.", "e5", "1e", "1e+", "1 ", " 1", "1,5", "0x1p3", "inf", "nan", "1.2.3", "1e5.5", "1f")
        if (str_to_double(str_of(*t), &v)) test_failed(__FILE__, __LINE__, "\"%s\" was taken", *t);
}

TEST("UTF-8 is told from what only looks like it")
{
    each_text (t, "", "a", "é", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uffff", "\U00010000", "\U0010ffff") check(utf8_valid(str_of(*t)));
    each_text (t, "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
               "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xfe", "a\xf0\x9f\x98")
        if (utf8_valid(str_of(*t))) test_failed(__FILE__, __LINE__, "%s was taken", hex_encode(mem, str_bytes(str_of(*t))).at);
    check(utf8_valid((str){0}));
}

TEST("lengths are counted in code points and as JavaScript counts")
{
    check_int(utf8_length(S("aé€😀")), 4);
    check_int(utf16_length(S("aé€😀")), 5);
    check_int(utf8_length(S("\xff\xff")), 2);
    check_int(utf8_length((str){0}), 0);
}

TEST("code points are taken off the front")
{
    str s = S("a\xc3\xa9\xff\xf0\x9f\x98\x80");
    check_int(utf8_next(&s), 'a');
    check_int(utf8_next(&s), 0xe9);
    check_int(utf8_next(&s), 0xfffd);
    check_int(utf8_next(&s), 0x1f600);
    check_int(s.n, 0);
    check_int(utf8_next(&s), 0xfffd);
}

TEST("cleaned text is UTF-8 without NUL")
{
    check_str(utf8_clean(mem, (str){"a\0\xff\xc3\xa9", 5}), S("a\xef\xbf\xbd\xc3\xa9"));
    check_str(utf8_clean(mem, S("ok")), S("ok"));
    check(!utf8_clean(mem, (str){0}).at);
    check(utf8_clean(mem, (str){"\0", 1}).at);
}

TEST("a buffer grows with what is added")
{
    buf b = {.mem = mem};
    check_str(buf_str(&b), S(""));
    for (int i = 0; i < 1000; i++) {
        buf_add(&b, S("ab"));
        buf_char(&b, 'c');
        buf_fmt(&b, "%d", i % 10);
    }
    check_int(buf_str(&b).n, 4000);
    check_str(str_slice(buf_str(&b), 3996, 4000), S("abc9"));
    check_int(strlen(buf_str(&b).at), 4000);
    buf_fmt(&b, "%*d", 5000, 1);
    check_int(buf_str(&b).n, 9000);
    buf_add(&b, (str){0});
    check_int(buf_str(&b).n, 9000);
}
