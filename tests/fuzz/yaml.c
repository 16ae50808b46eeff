// The configuration file: YAML becomes the tree that the same thing as JSON would be; sparse settings are laid over the defaults and taken off again.
#include "contract.h"
#include "embedded_defaults.h"
#include "features/config_yaml.h"
#include "features/overlay.h"
#include "fuzz.h"

static str text_of(arena *mem, const json *j)
{
    buf text = {.mem = mem};
    json_text(&text, j);
    return buf_str(&text);
}

static bool has_nothing(const json *j)
{
    return j->type == JSON_NULL || (j->type == JSON_STRING && !j->text.n);
}

// Neither null nor "" nor an object without anything in it: what is kept of sparse settings.
static bool is_solid(const json *j)
{
    if (j->type != JSON_OBJECT) return !has_nothing(j);
    if (!j->first) return false;
    for (const json *child = j->first; child; child = child->next)
        if (!is_solid(child)) return false;
    return true;
}

FUZZ
{
    str error = {0};
    json *tree = yaml_parse(mem, input, &error);
    must(!tree == (error.n > 0) && utf8_valid(error));
    if (!tree) return;
    str text = text_of(mem, tree);
    json *again = yaml_parse(mem, text, NULL);
    must(!again || str_eq(text_of(mem, again), text));
    bool plain = text.n < 1000;
    for (size_t i = 0; i < text.n; i++) plain &= text.at[i] >= ' ' && text.at[i] < 0x7f && text.at[i] != '\\';
    must(again || !plain);
    if (tree->type != JSON_OBJECT) return;

    const json *defaults = json_parse(mem, embedded_config_json, NULL);
    json *laid = overlay(mem, defaults, tree), *sparse = overlay_difference(mem, defaults, tree, false);
    str whole = text_of(mem, laid);
    must(str_eq(text_of(mem, overlay(mem, laid, tree)), whole));
    if (is_solid(tree)) must(str_eq(text_of(mem, overlay(mem, defaults, sparse)), whole));
    must(!overlay_difference(mem, laid, laid, true)->count && !overlay_unknown(mem, laid, tree)->count);

    AdminConfigDto config = {0};
    issues list = {0};
    bool good = schema_read(mem, &AdminConfigDto_schema, laid, FROM_JSON, &config, &list);
    must(good == !list.n && (good || issues_lines(mem, list).n));
}
