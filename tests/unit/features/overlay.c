// Laying settings over their defaults, and what differs.
#include "features/overlay.h"
#include "test.h"

static str laid(arena *mem, const char *base, const char *over)
{
    buf text = {.mem = mem};
    json_text(&text, overlay(mem, base ? json_parse(mem, str_of(base), NULL) : NULL, over ? json_parse(mem, str_of(over), NULL) : NULL));
    return buf_str(&text);
}

static str difference(arena *mem, const char *defaults, const char *value, bool known_only)
{
    buf text = {.mem = mem};
    json_text(&text, overlay_difference(mem, json_parse(mem, str_of(defaults), NULL), json_parse(mem, str_of(value), NULL), known_only));
    return buf_str(&text);
}

TEST("a leaf replaces a leaf, and the rest stays")
{
    check_str(laid(mem, "{\"a\":{\"b\":1,\"c\":2},\"d\":3}", "{\"a\":{\"c\":5}}"), S("{\"a\":{\"b\":1,\"c\":5},\"d\":3}"));
    check_str(laid(mem, "{\"a\":[1,2,3]}", "{\"a\":[4]}"), S("{\"a\":[4]}"));
    check_str(laid(mem, "{\"a\":1}", "{\"a\":null}"), S("{\"a\":null}"));
    check_str(laid(mem, "{\"a\":{\"b\":1}}", "{\"a\":{}}"), S("{\"a\":{\"b\":1}}"));
}

TEST("unknown leaves are kept, behind the known ones")
{
    check_str(laid(mem, "{\"a\":1}", "{\"x\":{\"y\":[]},\"a\":2}"), S("{\"a\":2,\"x\":{\"y\":[]}}"));
}

TEST("a leaf and an object replace each other whole")
{
    check_str(laid(mem, "{\"a\":{\"b\":1}}", "{\"a\":7}"), S("{\"a\":7}"));
    check_str(laid(mem, "{\"a\":7}", "{\"a\":{\"b\":1}}"), S("{\"a\":{\"b\":1}}"));
}

TEST("nothing over something, something over nothing")
{
    check_str(laid(mem, "{\"a\":1}", NULL), S("{\"a\":1}"));
    check_str(laid(mem, NULL, "{\"a\":1}"), S("{\"a\":1}"));
    check_str(laid(mem, NULL, NULL), S("{}"));
}

TEST("the difference has only what differs")
{
    const char *defaults = "{\"a\":{\"b\":1,\"c\":\"x\"},\"d\":[1],\"e\":true,\"f\":null}";
    check_str(difference(mem, defaults, defaults, true), S("{}"));
    check_str(difference(mem, defaults, "{\"a\":{\"b\":2,\"c\":\"x\"},\"d\":[1],\"e\":true}", true), S("{\"a\":{\"b\":2}}"));
    check_str(difference(mem, defaults, "{\"d\":[]}", true), S("{\"d\":[]}"));
    check_str(difference(mem, defaults, "{\"f\":5}", true), S("{\"f\":5}"));
}

TEST("null and the empty text count as not set")
{
    check_str(difference(mem, "{\"a\":\"x\",\"b\":1}", "{\"a\":\"\",\"b\":null}", true), S("{}"));
}

TEST("the difference drops unknown leaves if told to")
{
    check_str(difference(mem, "{\"a\":1}", "{\"a\":1,\"x\":{\"y\":2}}", true), S("{}"));
    check_str(difference(mem, "{\"a\":1}", "{\"a\":1,\"x\":{\"y\":2}}", false), S("{\"x\":{\"y\":2}}"));
}

TEST("what the defaults do not know")
{
    const json *defaults = json_parse(mem, S("{\"a\":{\"b\":1},\"c\":2}"), NULL);
    buf text = {.mem = mem};
    json_text(&text, overlay_unknown(mem, defaults, json_parse(mem, S("{\"a\":{\"b\":2,\"x\":{\"y\":1}},\"c\":{\"z\":1},\"d\":0}"), NULL)));
    check_str(buf_str(&text), S("{\"a\":{\"x\":{\"y\":1}},\"d\":0}"));
}

TEST("what was taken apart is put together again")
{
    const char *defaults = "{\"a\":{\"b\":1,\"c\":\"x\"},\"d\":[1]}", *value = "{\"a\":{\"b\":9,\"c\":\"x\"},\"d\":[]}";
    str sparse = difference(mem, defaults, value, true);
    check_str(laid(mem, defaults, cstr(mem, sparse)), str_of(value));
}
