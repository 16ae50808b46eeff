// Requests as text, "GET /api/albums?shared=true", a line end, the body: a route that was found is one of the contract, and takes the request or says why
// not.
#include "contract/route.h"
#include "fuzz.h"

static str cut(str *rest, char at)
{
    char *end = rest->n ? memchr(rest->at, at, rest->n) : NULL;
    str first = str_slice(*rest, 0, end ? (size_t)(end - rest->at) : rest->n);
    *rest = str_slice(*rest, first.n + 1, rest->n);
    return first;
}

static pair_texts pairs_of(arena *mem, str text)
{
    strs pairs = {0};
    while (text.n) {
        str value = cut(&text, '&'), name = cut(&value, '=');
        *push(mem, pairs) = utf8_clean(mem, name);
        *push(mem, pairs) = utf8_clean(mem, value);
    }
    return (pair_texts){pairs.at, pairs.n / 2};
}

FUZZ
{
    str body = input, path = cut(&body, '\n'), method = cut(&path, ' '), query = path;
    path = cut(&query, '?');
    route_match match;
    route_result result = route_find(mem, method, path, &match);
    must(result != ROUTE_BAD_ESCAPE || !percent_decode(mem, match.bad, &match.bad));
    if (result != ROUTE_FOUND) return;

    const route *r = match.route;
    must(str_is(method, r->method) || str_is(method, match.as_patch ? "PATCH" : "HEAD"));
    must(route_by_operation(str_of(r->operation)) == r);
    for (size_t i = 0; i < r->path_n; i++) must(match.params[i].n && utf8_valid(match.params[i]));

    route_input in = {.query = pairs_of(mem, query), .fields = pairs_of(mem, body), .body = json_parse(mem, body, NULL)};
    in.form = !in.body;
    issues list = {0};
    bool good = route_read(mem, &match, &in, arena_alloc(mem, r->in->size), &list);
    must(good == !list.n);
    if (!good) must(json_parse(mem, issues_answer(mem, list), NULL));
}
