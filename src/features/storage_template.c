// What a storage template may contain.                                                                     spec 05, sections 3.1 and 3.2
#include "features/storage_template.h"
#include "features/feature.h"

static const char *const years[] = {"y", "yy"}, *const months[] = {"M", "MM", "MMM", "MMMM"}, *const weeks[] = {"W", "WW"},
                         *const days[] = {"d", "dd"}, *const hours[] = {"h", "hh", "H", "HH"}, *const minutes[] = {"m", "mm"},
                         *const seconds[] = {"s", "ss", "SSS"};
static const char *const presets[] = {
    "{{y}}/{{y}}-{{MM}}-{{dd}}/{{filename}}",
    "{{y}}/{{MM}}-{{dd}}/{{filename}}",
    "{{y}}/{{MMMM}}-{{dd}}/{{filename}}",
    "{{y}}/{{MM}}/{{filename}}",
    "{{y}}/{{#if album}}{{album}}{{else}}Other/{{MM}}{{/if}}/{{filename}}",
    "{{#if album}}{{album-startDate-y}}/{{album}}{{else}}{{y}}/Other/{{MM}}{{/if}}/{{filename}}",
    "{{y}}/{{MMM}}/{{filename}}",
    "{{y}}/{{MMMM}}/{{filename}}",
    "{{y}}/{{MM}}/{{dd}}/{{filename}}",
    "{{y}}/{{MMMM}}/{{dd}}/{{filename}}",
    "{{y}}/{{y}}-{{MM}}/{{y}}-{{MM}}-{{dd}}/{{filename}}",
    "{{y}}-{{MM}}-{{dd}}/{{filename}}",
    "{{y}}-{{MMM}}-{{dd}}/{{filename}}",
    "{{y}}-{{MMMM}}-{{dd}}/{{filename}}",
    "{{y}}/{{y}}-{{MM}}/{{filename}}",
    "{{y}}/{{y}}-{{WW}}/{{filename}}",
    "{{y}}/{{y}}-{{MM}}-{{dd}}/{{assetId}}",
    "{{y}}/{{y}}-{{MM}}/{{assetId}}",
    "{{y}}/{{y}}-{{WW}}/{{assetId}}",
    "{{album}}/{{filename}}",
    "{{make}}/{{model}}/{{lensModel}}/{{filename}}",
};

#define FILL(list, texts)                                                                                                                  \
    for (size_t i_ = 0; i_ < countof(texts); i_++) *push(mem, list) = str_of((texts)[i_])

HANDLER(getStorageTemplateOptions)
{
    FILL(out->yearOptions, years);
    FILL(out->monthOptions, months);
    FILL(out->weekOptions, weeks);
    FILL(out->dayOptions, days);
    FILL(out->hourOptions, hours);
    FILL(out->minuteOptions, minutes);
    FILL(out->secondOptions, seconds);
    FILL(out->presetOptions, presets);
}

// ---- is it one? ------------------------------------------------------------------------------------------------------------------

static bool is_one_of(str name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (str_is(name, names[i])) return true;
    }
    return false;
}
#define IS_ONE_OF(name, names) is_one_of((name), (names), countof(names))

static bool is_date_name(str name)
{
    return IS_ONE_OF(name, years) || IS_ONE_OF(name, months) || IS_ONE_OF(name, weeks) || IS_ONE_OF(name, days) || IS_ONE_OF(name, hours) ||
           IS_ONE_OF(name, minutes) || IS_ONE_OF(name, seconds);
}

static bool is_name(str name)
{
    static const char *const facts[] = {"filename",     "ext",  "filetype", "filetypefull", "assetId",
                                        "assetIdShort", "make", "model",    "lensModel",    "album"};
    static const char *const album_dates[] = {"album-startDate-", "album-endDate-"};
    for (size_t i = 0; i < countof(album_dates); i++) {
        str prefix = str_of(album_dates[i]);
        if (str_starts(name, prefix)) return is_date_name(str_slice(name, prefix.n, name.n));
    }
    return IS_ONE_OF(name, facts) || is_date_name(name);
}

enum { MOST_BLOCKS = 16 };
typedef struct {
    bool is_unless[MOST_BLOCKS], has_else[MOST_BLOCKS];
    int depth;
} blocks;

static bool open_block(blocks *b, str condition, bool is_unless)
{
    condition = str_trim(condition);
    bool one_word = condition.n && str_find(condition, S(" ")) < 0;
    if (!one_word || b->depth == MOST_BLOCKS) return false;
    b->is_unless[b->depth] = is_unless;
    b->has_else[b->depth++] = false;
    return true;
}

static bool close_block(blocks *b, bool is_unless)
{
    return b->depth && b->is_unless[--b->depth] == is_unless;
}

static bool else_block(blocks *b)
{
    if (!b->depth || b->has_else[b->depth - 1]) return false;
    return b->has_else[b->depth - 1] = true;
}

// What stands between the braces.
static bool is_expression(blocks *b, str text)
{
    str s = str_trim(text);
    if (str_starts(s, S("!"))) return true;
    if (str_starts(s, S("#if "))) return open_block(b, str_slice(s, 4, s.n), false);
    if (str_starts(s, S("#unless "))) return open_block(b, str_slice(s, 8, s.n), true);
    if (str_is(s, "/if")) return close_block(b, false);
    if (str_is(s, "/unless")) return close_block(b, true);
    if (str_is(s, "else") || str_is(s, "^")) return else_block(b);
    return is_name(s);
}

bool storage_template_valid(str rest)
{
    blocks b = {0};
    for (;;) {
        ptrdiff_t open = str_find(rest, S("{{"));
        if (open < 0) return !b.depth;
        rest = str_slice(rest, (size_t)open, rest.n);
        str ends = S("}}");
        size_t start = 2;
        if (str_starts(rest, S("{{{"))) {
            ends = S("}}}");
            start = 3;
        } else if (str_starts(rest, S("{{!--"))) {
            ends = S("--}}");
        }
        rest = str_slice(rest, start, rest.n);
        ptrdiff_t end = str_find(rest, ends);
        if (end < 0 || !is_expression(&b, str_slice(rest, 0, (size_t)end))) return false;
        rest = str_slice(rest, (size_t)end + ends.n, rest.n);
    }
}
