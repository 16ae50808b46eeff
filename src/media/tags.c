// Tags: the list. What is needed outside the decoder as well, so no library stands behind it.
#include "media/tags_parts.h"
#include <ctype.h>
#include <stdlib.h>

// ---- the list --------------------------------------------------------------------------------------------------------------------
const tag *tag_find(const tags *list, const char *name)
{
    each (t, *list)
        if (str_is(t->name, name)) return t;
    return NULL;
}

str tag_text(const tags *list, const char *name)
{
    const tag *t = tag_find(list, name);
    return t ? t->values.at[0] : (str){0};
}

// ^-?(\d|[1-9]\d{1,14})(\.\d{1,16})?(e[-+]?\d{1,3})?$
bool tag_is_number(str text, double *out)
{
    size_t i = text.n && text.at[0] == '-', start = i;
    while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
    if (i == start || i - start > 15 || (i - start > 1 && text.at[start] == '0')) return false;
    if (i < text.n && text.at[i] == '.') {
        start = ++i;
        while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
        if (i == start || i - start > 16) return false;
    }
    if (i < text.n && (text.at[i] | 32) == 'e') {
        i++;
        if (i < text.n && (text.at[i] == '-' || text.at[i] == '+')) i++;
        start = i;
        while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
        if (i == start || i - start > 3) return false;
    }
    return i == text.n && str_to_double(text, out);
}

bool tag_number(const tags *list, const char *name, double *out)
{
    const tag *t = tag_find(list, name);
    return t && tag_is_number(t->values.at[0], out);
}

static bool absent(str text)
{
    return !text.at || str_is(text, "undef") || str_is(text, "null") || str_is(text, "undefined");
}

static void add(arena *mem, tags *list, str name, strs texts, bool is_list)
{
    char *key = cstr(mem, name);
    strs kept = {0};
    each (text, texts)
        if (!absent(*text)) *push(mem, kept) = utf8_clean(mem, *text);
    if (!kept.n || list->n == MOST_TAGS || tag_find(list, key)) return;
    *push(mem, *list) = (tag){.name = str_of(key), .list = is_list, .values = kept};
}

void tag_add(arena *mem, tags *list, const char *name, str text)
{
    add(mem, list, str_of(name), (strs){&text, 1, 1}, false);
}

void tag_add_list(arena *mem, tags *list, const char *name, strs texts)
{
    add(mem, list, str_of(name), texts, texts.n > 1);
}
