// YAML of configuration files, as the JSON that it means.
#include "features/config_yaml.h"
#include "test.h"

static str read_as_json(arena *mem, const char *text)
{
    str error = {0};
    const json *tree = yaml_parse(mem, str_of(text), &error);
    if (!tree) return error;
    buf out = {.mem = mem};
    json_text(&out, tree);
    return buf_str(&out);
}

TEST("YAML is read as the JSON that it means")
{
    static const struct {
        const char *yaml, *means;
    } files[] = {
        {"trash:\n  days: 3 # short\n  enabled: no\n", "{\"trash\":{\"days\":3,\"enabled\":\"no\"}}"}, // `no` is a word since YAML 1.2
        {"{ \"a\": [1, 2.50, -3e2, true, null, \"x\\u00e9\\/\"] }", "{\"a\":[1,2.5,-300,true,null,\"xé/\"]}"},
        {"a: ~\nb:\nc: NULL\nd: 'null'\ne: False\n", "{\"a\":null,\"b\":null,\"c\":null,\"d\":\"null\",\"e\":false}"},
        {"- 0x1F\n- 0o17\n- 017\n- +1\n- .5\n- 1.\n- 1e\n- 1.2.3\n- .\n- '5'\n", "[31,15,17,1,0.5,1,\"1e\",\"1.2.3\",\".\",\"5\"]"},
        {"text: |\n  one\n  two\nfolded: >-\n  one\n  two\n", "{\"text\":\"one\\ntwo\\n\",\"folded\":\"one two\"}"},
        {"a: &x {b: 1}\nc: *x\n", "{\"a\":{\"b\":1},\"c\":{\"b\":1}}"},
        {"cron: 0 2 * * *\nurl: https://example.com:8080/x\n", "{\"cron\":\"0 2 * * *\",\"url\":\"https://example.com:8080/x\"}"},
        {"{\"greeting\": \"\\ud83d\\ude00\"}", "{\"greeting\":\"😀\"}"}, // which libyaml cannot read
        {"", "null"},
        {"# nothing\n---\n...\n", "null"},
    };
    for (size_t i = 0; i < countof(files); i++) check_str(read_as_json(mem, files[i].yaml), str_of(files[i].means));
}

TEST("what is no configuration in YAML says where")
{
    static const struct {
        const char *yaml, *error;
    } files[] = {
        {"a: 1\nb: 2\na: 3\n", "a key that is there twice at line 3"},
        {"a: [1\nb: 2\n", "did not find expected ',' or ']' at line 2, column 2"},
        {"a: 1\n---\nb: 2\n", "a second document"},
        {"a: *nobody\n", "found undefined alias at line 1, column 4"},
        {"[1]: 2\n", "a key that is no text at line 1"},
        {"a: &x\n  b: *x\n", "too much, too deep, or an alias to what contains it at line 1"},
    };
    for (size_t i = 0; i < countof(files); i++) check_str(read_as_json(mem, files[i].yaml), str_of(files[i].error));
}

TEST("a small file that means a huge tree is refused")
{
    buf text = {.mem = mem};
    buf_add(&text, S("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"));
    for (int i = 1; i < 10; i++)
        buf_add(&text, str_fmt(mem, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1,
                               i - 1, i - 1, i - 1, i - 1));
    str error = {0};
    check(!yaml_parse(mem, buf_str(&text), &error));
    check(str_starts(error, S("too much")));
}
