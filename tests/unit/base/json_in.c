#include "test.h"
#include <math.h>

// Reads and writes again; {0} if it is no JSON.
static str again(arena *mem, str text)
{
    json *v = json_parse(mem, text, NULL);
    if (!v) return (str){0};
    buf b = {.mem = mem};
    json_text(&b, v);
    return buf_str(&b);
}

#define check_json(text, want) check_str(again(mem, S(text)), S(want))

static str error_of(arena *mem, str text)
{
    str error = {0};
    return json_parse(mem, text, &error) ? S("none") : error;
}

TEST("a tree has the shape of its text")
{
    json *v = json_parse(mem, S(" {\"a\" : [1, -2.5, true, null], \"b\": {}, \"c\":\"x\"}\r\n"), NULL);
    check(v && v->type == JSON_OBJECT && v->count == 3);
    json *a = json_get(v, "a");
    check(a && a->type == JSON_ARRAY && a->count == 4);
    check(a->first->is_integer && a->first->integer == 1);
    check(!a->first->next->is_integer && a->first->next->number == -2.5);
    check_str(a->first->next->text, S("-2.5"));
    check(a->first->next->next->boolean);
    check_str(json_get_str(v, "c"), S("x"));
    check(!json_get_str(v, "a").at && !json_get_str(v, "d").at && !json_get(a, "a") && !json_get(NULL, "a"));
    check_str(json_get(v, "b")->key, S("b"));
}

TEST("valid texts")
{
    check_json("null", "null");
    check_json(" [ ] ", "[]");
    check_json("{ }", "{}");
    check_json("\"\"", "\"\"");
    check_json("[1 , 2\n,\t3]", "[1,2,3]");
    check_json("[0,-0,1E2,1e-2,12.50,1e+3]", "[0,0,100,0.01,12.5,1000]");
    check_json("{\"\":0}", "{\"\":0}");
    check_json("[[[[]]],{\"a\":{\"b\":[]}}]", "[[[[]]],{\"a\":{\"b\":[]}}]");
    check_json("\"\\u0041\\n\\/\\\\\\\"\\b\\f\\r\\t\"", "\"A\\n/\\\\\\\"\\b\\f\\r\\t\"");
    check_json("\"\x7f\"", "\"\x7f\"");
}

TEST("errors say what and where")
{
    check_str(error_of(mem, S("")), S("Unexpected end of JSON input"));
    check_str(error_of(mem, (str){0}), S("Unexpected end of JSON input"));
    check_str(error_of(mem, S("{\"a\":")), S("Unexpected end of JSON input"));
    check_str(error_of(mem, S("\"abc")), S("Unexpected end of JSON input"));
    check_str(error_of(mem, S("\"abc\\")), S("Unexpected end of JSON input"));
    check_str(error_of(mem, S("[1,2")), S("Unexpected end of JSON input"));
    check_str(error_of(mem, S("nul")), S("Unexpected end of JSON input"));
    check_str(error_of(mem, S("-")), S("Unexpected end of JSON input"));
    check_str(error_of(mem, S("{\"albumName\":}")), S("Unexpected token } in JSON at position 13"));
    check_str(error_of(mem, S("[1,]")), S("Unexpected token ] in JSON at position 3"));
    check_str(error_of(mem, S("{\"a\":1,}")), S("Unexpected token } in JSON at position 7"));
    check_str(error_of(mem, S("{a:1}")), S("Unexpected token a in JSON at position 1"));
    check_str(error_of(mem, S("nulx")), S("Unexpected token x in JSON at position 3"));
    check_str(error_of(mem, S("1 2")), S("Unexpected number in JSON at position 2"));
    check_str(error_of(mem, S("[1 \"a\"]")), S("Unexpected string in JSON at position 3"));
    check_str(error_of(mem, S("\"a\nb\"")), S("Unexpected token \n in JSON at position 2"));
    check_str(error_of(mem, S("[\"é😀\", é]")), S("Unexpected token é in JSON at position 8"));
    check_str(error_of(mem, S("\xff")), S("Unexpected token \xef\xbf\xbd in JSON at position 0"));
}

TEST("what is not JSON is refused")
{
    each_text (t, "01", "1.", ".5", "+1", "1e", "1e+", "--1", "0x10", "NaN", "Infinity", "-Infinity", "True", "undefined", "'a'", "[,1]",
               "[1,,2]", "{\"a\"}", "{\"a\":1 \"b\":2}", "{1:2}", "{,}", "[1}", "{\"a\":1]", "[", "{", "]", "}", ",", ":", "\"\\x41\"",
               "\"\\u12\"", "\"\\u12g4\"", "\"\\\"", "\"\t\"", "\"\x1f\"", "[1]]", "{}{}", "/* */1", "1//", "\xef\xbb\xbf{}", "\x0c1",
               "\xc2\xa0[]", "tru", "truex", "\"\\ud83d\\uzzzz\"", "-a", "[1 2]")
        if (json_parse(mem, str_of(*t), NULL)) test_failed(__FILE__, __LINE__, "\"%s\" was taken", *t);
    check(!json_parse(mem, (str){"[1]\0", 4}, NULL));
    check(!json_parse(mem, (str){"\"\0\"", 3}, NULL));
}

TEST("strings are decoded")
{
    check_str(json_parse(mem, S("\"\\u00e9\\u20ac\\ud83d\\ude00\""), NULL)->text, S("é€😀"));
    check_str(json_parse(mem, S("\"\\ud83d\""), NULL)->text, S("\ufffd"));
    check_str(json_parse(mem, S("\"\\ude00\\ud83d\""), NULL)->text, S("\ufffd\ufffd"));
    check_str(json_parse(mem, S("\"\\ud83d\\u0041\\ud83d\\n\""), NULL)->text, S("\ufffdA\ufffd\n"));
    check_str(json_parse(mem, S("\"\\ud83d\\ud83d\\ude00\""), NULL)->text, S("\ufffd😀"));
    check_str(json_parse(mem, S("\"a\xff\xc3\""), NULL)->text, S("a\ufffd\ufffd"));
    check_str(json_parse(mem, S("\"\\u0000\""), NULL)->text, ((str){"\0", 1}));
    check(json_parse(mem, S("\"\""), NULL)->text.at != NULL);
    check_int(strlen(json_parse(mem, S("[\"plain\"]"), NULL)->first->text.at), 5);
}

TEST("numbers know whether they are whole and safe")
{
    struct {
        const char *text;
        bool integer;
        int64_t value;
    } all[] = {{"0", true, 0},
               {"-0", true, 0},
               {"1.0", true, 1},
               {"1e3", true, 1000},
               {"-12", true, -12},
               {"1.5", false, 0},
               {"9007199254740991", true, 9007199254740991},
               {"-9007199254740991", true, -9007199254740991},
               {"9007199254740992", false, 0},
               {"1e400", false, 0},
               {"12345678901234567890", false, 0},
               {"1e-400", true, 0},
               {"100e-2", true, 1}};
    for (size_t i = 0; i < countof(all); i++) {
        json *v = json_parse(mem, str_of(all[i].text), NULL);
        check_int(v->is_integer, all[i].integer);
        check_int(v->integer, all[i].value);
        check_str(v->text, str_of(all[i].text));
    }
    check(isinf(json_parse(mem, S("1e400"), NULL)->number));
}

TEST("of duplicate keys the last value stands in the first's place")
{
    check_json("{\"a\":1,\"b\":2,\"a\":3}", "{\"a\":3,\"b\":2}");
    check_json("{\"a\":1,\"\\u0061\":2,\"a\":{\"x\":1,\"x\":2}}", "{\"a\":{\"x\":2}}");
    buf b = {.mem = mem};
    buf_char(&b, '{');
    for (int i = 0; i < 30000; i++) buf_fmt(&b, "%s\"k%d\":%d", i ? "," : "", i % 10000, i);
    buf_char(&b, '}');
    json *v = json_parse(mem, buf_str(&b), NULL);
    check_int(v->count, 10000);
    check_int(json_get(v, "k0")->integer, 20000);
    check_int(json_get(v, "k9999")->integer, 29999);
    int i = 0;
    for (json *child = v->first; child; child = child->next, i++) check_int(child->integer, 20000 + i);
    check_int(i, 10000);
}

TEST("depth has a limit")
{
    char text[1026];
    memset(text, '[', 513);
    memset(text + 513, ']', 513);
    check(json_parse(mem, (str){text + 1, 1024}, NULL) != NULL);
    check_str(error_of(mem, (str){text, 1026}), S("Too deeply nested in JSON at position 512"));
    buf b = {.mem = mem};
    for (int i = 0; i < 1000000; i++) buf_add(&b, S("[{\"a\":"));
    check(!json_parse(mem, buf_str(&b), NULL));
}

TEST("a broken text never reads past its end")
{
    // Every prefix of a text with everything in it, in memory of exactly that size.
    str whole = S("{\"a\":[true,false,null,-1.5e+3,\"\\ud83d\\ude00 é😀\"],\"b\":{\"c\":\"\\n\"}}");
    for (size_t n = 0; n < whole.n; n++) {
        arena *own = arena_new();
        uint8_t *copy = arena_alloc_raw(own, n);
        memcpy(copy, whole.at, n);
        check_str(error_of(mem, (str){(char *)copy, n}), S("Unexpected end of JSON input"));
        arena_free(own);
    }
}
