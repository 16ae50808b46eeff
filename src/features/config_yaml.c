// From libyaml's document to the JSON that it means, which is then parsed as any other.
#include "features/config_yaml.h"
#include "base/log.h"
#include <yaml.h>

enum { DEPTH_MAX = 100, NODES_MAX = 100000 }; // aliases can make a small file contain itself, or a huge tree

typedef struct {
    yaml_document_t *document;
    json_writer out;
    int depth, nodes;
    str error;
} translation;

static bool refuse(translation *t, const yaml_node_t *node, const char *what)
{
    t->error = str_fmt(t->out.out.mem, "%s at line %zu", what, node->start_mark.line + 1);
    return false;
}

static bool any_of(str text, const char *const *words)
{
    for (; *words; words++)
        if (str_is(text, *words)) return true;
    return false;
}

// 0o17, 0x1F: without a sign. False if it is neither.
static bool other_base(str text, double *number)
{
    int base = str_starts(text, S("0o")) ? 8 : str_starts(text, S("0x")) ? 16 : 0;
    str digits = str_slice(text, 2, text.n);
    if (!base || !digits.n) return false;
    *number = 0;
    for (size_t i = 0; i < digits.n; i++) {
        int digit = hex_digit(digits.at[i]);
        if (digit < 0 || digit >= base) return false;
        *number = *number * base + digit;
    }
    return true;
}

static void plain(json_writer *w, str text)
{
    static const char *const nulls[] = {"",     "~",    "null", "Null", "NULL",  ".nan",  ".NaN",
                                        ".NAN", ".inf", ".Inf", ".INF", "+.inf", "-.inf", NULL};
    static const char *const yes[] = {"true", "True", "TRUE", NULL}, *const no[] = {"false", "False", "FALSE", NULL};
    double number = 0;
    if (any_of(text, nulls)) json_null(w); // JSON has no number that is none
    else if (any_of(text, yes)) json_bool(w, true);
    else if (any_of(text, no)) json_bool(w, false);
    else if (other_base(text, &number) || str_to_double(text, &number)) json_double(w, number);
    else json_str(w, text);
}

static bool translate(translation *, int index);

static str text_of(const yaml_node_t *node)
{
    return (str){(char *)node->data.scalar.value, node->data.scalar.length};
}

static bool mapping(translation *t, const yaml_node_t *node)
{
    LIST(str) keys = {0};
    json_open(&t->out);
    for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *key = yaml_document_get_node(t->document, p->key);
        if (key->type != YAML_SCALAR_NODE) return refuse(t, key, "a key that is no text");
        each (known, keys)
            if (str_eq(*known, text_of(key))) return refuse(t, key, "a key that is there twice");
        *push(t->out.out.mem, keys) = text_of(key);
        json_key(&t->out, text_of(key));
        if (!translate(t, p->value)) return false;
    }
    json_close(&t->out);
    return true;
}

static bool sequence(translation *t, const yaml_node_t *node)
{
    json_open_array(&t->out);
    for (const yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++)
        if (!translate(t, *item)) return false;
    json_close_array(&t->out);
    return true;
}

static bool translate(translation *t, int index)
{
    const yaml_node_t *node = yaml_document_get_node(t->document, index);
    if (++t->nodes > NODES_MAX || t->depth == DEPTH_MAX) return refuse(t, node, "too much, too deep, or an alias to what contains it");
    t->depth++;
    bool fine = true;
    if (node->type == YAML_MAPPING_NODE) fine = mapping(t, node);
    else if (node->type == YAML_SEQUENCE_NODE) fine = sequence(t, node);
    else if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) plain(&t->out, text_of(node));
    else json_str(&t->out, text_of(node));
    t->depth--;
    return fine;
}

// Is there another document after the first?
static bool more(yaml_parser_t *parser)
{
    yaml_document_t document;
    if (!yaml_parser_load(parser, &document)) return true;
    bool there = yaml_document_get_root_node(&document) != NULL;
    yaml_document_delete(&document);
    return there;
}

json *yaml_parse(arena *mem, str text, str *error)
{
    str unused;
    if (!error) error = &unused;
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser)) log_die("out of memory");
    yaml_parser_set_input_string(&parser, (const unsigned char *)text.at, text.n);
    json *tree = NULL;
    if (!yaml_parser_load(&parser, &document)) {
        *error = str_fmt(mem, "%s at line %zu, column %zu", parser.problem ? parser.problem : "not readable", parser.problem_mark.line + 1,
                         parser.problem_mark.column + 1);
        // There is JSON that libyaml does not know: pairs of surrogates.
        tree = json_parse(mem, text, NULL);
        if (tree) *error = (str){0};
    } else {
        translation t = {.document = &document, .out = json_writer_on(mem)};
        bool empty = !yaml_document_get_root_node(&document);
        if (empty) tree = json_parse(mem, S("null"), NULL);
        else if (translate(&t, 1)) tree = json_parse(mem, buf_str(&t.out.out), error);
        else *error = t.error;
        yaml_document_delete(&document);
        if (tree && !empty && more(&parser)) {
            *error = S("a second document");
            tree = NULL;
        }
    }
    yaml_parser_delete(&parser);
    return tree;
}
