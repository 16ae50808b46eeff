#include "test.h"
#include <locale.h>
#include <math.h>

static str number(arena *mem, double v)
{
    json_writer w = json_writer_on(mem);
    json_double(&w, v);
    return buf_str(&w.out);
}

static str quoted(arena *mem, str s)
{
    json_writer w = json_writer_on(mem);
    json_str(&w, s);
    return buf_str(&w.out);
}

TEST("ids and what others write stand between commas, too")
{
    json_writer w = json_writer_on(mem);
    uuid id;
    check(uuid_parse(S("0189abcd-ef01-7234-9567-89abcdef0000"), &id));
    json_open_array(&w);
    json_uuid(&w, id);
    char *at = json_room(&w, 3);
    memcpy(at, "1.5", 3);
    json_wrote(&w, at + 3);
    json_plain(&w, S(""));
    json_close_array(&w);
    check_str(buf_str(&w.out), S("[\"0189abcd-ef01-7234-9567-89abcdef0000\",1.5,\"\"]"));
}

TEST("commas stand between, and only there")
{
    json_writer w = json_writer_on(mem);
    json_open(&w);
    json_key(&w, S("a"));
    json_open_array(&w);
    json_int(&w, 1);
    json_null(&w);
    json_open(&w);
    json_close(&w);
    json_open_array(&w);
    json_close_array(&w);
    json_bool(&w, true);
    json_close_array(&w);
    json_key(&w, S("b"));
    json_raw(&w, S("{\"x\":1}"));
    json_key(&w, S("c"));
    json_str(&w, (str){0});
    json_close(&w);
    json_newline(&w);
    json_bool(&w, false);
    check_str(buf_str(&w.out), S("{\"a\":[1,null,{},[],true],\"b\":{\"x\":1},\"c\":null}\nfalse"));
}

TEST("whole numbers")
{
    json_writer w = json_writer_on(mem);
    json_open_array(&w);
    json_int(&w, 0);
    json_int(&w, -1);
    json_int(&w, INT64_MAX);
    json_int(&w, INT64_MIN);
    check_str(buf_str(&w.out), S("[0,-1,9223372036854775807,-9223372036854775808"));
}

TEST("doubles are printed as JavaScript prints them")
{
    struct {
        double v;
        const char *want;
    } all[] = {{0, "0"},
               {-0.0, "0"},
               {1, "1"},
               {-1.5, "-1.5"},
               {0.1, "0.1"},
               {0.1 + 0.2, "0.30000000000000004"},
               {1.0 / 3, "0.3333333333333333"},
               {100, "100"},
               {123456.789, "123456.789"},
               {1e20, "100000000000000000000"},
               {1e21, "1e+21"},
               {1.5e21, "1.5e+21"},
               {123456789012345680000.0, "123456789012345680000"},
               {0x1p53, "9007199254740992"},
               {0x1p63, "9223372036854776000"},
               {0.000001, "0.000001"},
               {0.0000012, "0.0000012"},
               {0.0000001, "1e-7"},
               {-1.25e-7, "-1.25e-7"},
               {5e-324, "5e-324"},
               {1e-323, "1e-323"},
               {2.2250738585072014e-308, "2.2250738585072014e-308"},
               {2.225073858507201e-308, "2.225073858507201e-308"},
               {1.7976931348623157e308, "1.7976931348623157e+308"},
               {0x1p-44, "5.684341886080802e-14"},
               {9.5e-7, "9.5e-7"},
               {4.35, "4.35"},
               {52.520008, "52.520008"},
               {(double)0.1f, "0.10000000149011612"},
               {2e-7, "2e-7"},
               {1e23, "1e+23"},
               {999999999999999900000.0, "999999999999999900000"},
               {0x1p-1074 * 3, "1.5e-323"},
               {4294967296.5, "4294967296.5"},
               {NAN, "null"},
               {INFINITY, "null"},
               {-INFINITY, "null"}};
    for (size_t i = 0; i < countof(all); i++) check_str(number(mem, all[i].v), str_of(all[i].want));
}

TEST("any double reads back as itself")
{
    uint64_t bits = 88172645463325252;
    for (int i = 0; i < 20000; i++) {
        bits ^= bits << 13, bits ^= bits >> 7, bits ^= bits << 17;
        double v, back;
        memcpy(&v, &bits, 8);
        if (!isfinite(v)) continue;
        if (!str_to_double(number(mem, v), &back) || back != v) return test_failed(__FILE__, __LINE__, "%a", v);
    }
}

TEST("powers of two read back as themselves in at most 17 digits")
{
    for (int e = -1074; e < 1024; e++) {
        double v = ldexp(1, e), back;
        str text = number(mem, v);
        check(str_to_double(text, &back) && back == v);
    }
}

TEST("numbers do not depend on the locale")
{
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8")) return; // none installed that has a decimal comma
    double v;
    check_str(number(mem, 1234.5), S("1234.5"));
    check_str(number(mem, 1.0 / 3), S("0.3333333333333333"));
    check(str_to_double(S("3.14159265358979323846264338327950288"), &v) && v > 3.1);
    setlocale(LC_ALL, "C");
}

TEST("strings are escaped as JSON.stringify does")
{
    check_str(quoted(mem, S("")), S("\"\""));
    check_str(quoted(mem, S("a\"b\\c/d")), S("\"a\\\"b\\\\c/d\""));
    check_str(quoted(mem, S("\b\t\n\f\r\x01\x1f\x7f")), S("\"\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\""));
    check_str(quoted(mem, (str){"\0", 1}), S("\"\\u0000\""));
    check_str(quoted(mem, S("é€😀\u2028")), S("\"é€😀\u2028\""));
    check_str(quoted(mem, S("\xff"
                            "a\xc3\xed\xa0\x80")),
              S("\"\ufffda\ufffd\ufffd\ufffd\ufffd\""));
    check_str(quoted(mem, S("\ufffd")), S("\"\ufffd\""));
}

TEST("any bytes make a string that reads back as the cleaned text")
{
    for (int i = 0; i < 2000; i++) {
        uint8_t raw[40];
        random_bytes(raw, sizeof raw);
        for (size_t k = 0; k < sizeof raw; k++)
            if (!raw[k]) raw[k] = '"';
        str s = {(char *)raw, sizeof raw}, text = quoted(mem, s);
        json *v = json_parse(mem, text, NULL);
        check(v && str_eq(v->text, utf8_clean(mem, s)));
    }
}

static void gather(void *arg, const char *at, size_t n)
{
    buf_add(arg, (str){(char *)at, n});
    buf_char(arg, '|');
}

TEST("full blocks go to the sink, the rest with the flush")
{
    buf all = {.mem = mem};
    json_writer w = {.out = {.mem = mem}, .sink = gather, .sink_arg = &all, .flush_at = 6};
    json_open_array(&w);
    for (int i = 0; i < 5; i++) json_str(&w, S("abc"));
    json_close_array(&w);
    check_str(buf_str(&all), S("[\"abc\"|,\"abc\"|,\"abc\"|,\"abc\"|,\"abc\"|"));
    json_flush(&w);
    json_flush(&w);
    check_str(buf_str(&all), S("[\"abc\"|,\"abc\"|,\"abc\"|,\"abc\"|,\"abc\"|]|"));
    json_writer silent = json_writer_on(mem);
    json_null(&silent);
    json_flush(&silent);
    check_str(buf_str(&silent.out), S("null"));
}

TEST("a tree is written into what is there already")
{
    buf b = {.mem = mem};
    buf_add(&b, S("event:"));
    json_text(&b, json_parse(mem, S("{\"a\":[1,{\"b\":null}]}"), NULL));
    json_text(&b, NULL);
    check_str(buf_str(&b), S("event:{\"a\":[1,{\"b\":null}]}null"));
}
