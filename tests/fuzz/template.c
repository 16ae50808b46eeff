// Storage templates: two that can be rendered can be rendered one behind the other, and none can with a block left open.
#include "features/storage_template.h"
#include "fuzz.h"

FUZZ
{
    if (input.n && memchr(input.at, 0, input.n)) return; // no template has one: see read_text() in src/contract/read.c
    char *end = input.n ? memchr(input.at, '\n', input.n) : NULL;
    str a = end ? str_slice(input, 0, (size_t)(end - input.at)) : input, b = str_slice(input, a.n + 1, input.n);
    if (!storage_template_valid(a)) return;
    must(!storage_template_valid(str_cat(mem, a, S("/{{#if album}}x"))));
    must(!storage_template_valid(str_cat(mem, a, S("/{{nothing}}"))));
    must(storage_template_valid(str_fmt(mem, "{{#if album}}%.*s/{{else}}%.*s/{{/if}}", PR(a), PR(a))));
    if (storage_template_valid(b)) must(storage_template_valid(str_fmt(mem, "%.*s/%.*s", PR(a), PR(b))));
}
