// From a request to its route and to the struct that the handler reads.
#include "contract/route.h"
#include "contract/reader.h"

// Walks over template and path together. A parameter takes one segment of at least one byte.
static bool path_matches(const char *template, str path, str params[ROUTE_PARAMS])
{
    size_t i = 0, param = 0;
    for (const char *t = template; *t; t++) {
        if (*t == '{') {
            size_t from = i;
            while (i < path.n && path.at[i] != '/') i++;
            if (i == from || param == ROUTE_PARAMS) return false;
            params[param++] = str_slice(path, from, i);
            while (*t != '}') t++;
            continue;
        }
        if (i == path.n) return false;
        char want = *t, is = path.at[i++];
        if (want != is && (((want ^ is) & ~0x20) || (is | 0x20) < 'a' || (is | 0x20) > 'z')) return false;
    }
    return i == path.n;
}

// An undocumented twin counts as a method of its own.
static bool method_matches(const route *r, str method, bool *as_patch)
{
    *as_patch = r->also_patch && str_is(method, "PATCH");
    return *as_patch || str_is(method, r->method);
}

route_result route_find(arena *mem, str method, str path, route_match *m)
{
    *m = (route_match){0};
    str prefix = S("/api");
    if (!str_ieq(str_slice(path, 0, prefix.n), prefix)) return ROUTE_UNKNOWN;
    path = str_slice(path, prefix.n, path.n);
    if (path.n > 1 && path.at[path.n - 1] == '/') path.n--;
    if (str_is(method, "HEAD")) method = S("GET");

    size_t depth = 0;
    for (size_t i = 0; i < path.n; i++) depth += path.at[i] == '/';
    if (depth > route_depth || path.n < 2) return ROUTE_UNKNOWN;

    for (const route *r = routes + route_spans[depth], *end = routes + route_spans[depth + 1]; r < end; r++) {
        if ((r->path[1] | 0x20) != (path.at[1] | 0x20)) continue; // most are out at the first letter
        if (!path_matches(r->path, path, m->params) || !method_matches(r, method, &m->as_patch)) continue;
        m->route = r;
        for (size_t i = 0; i < r->path_n; i++) {
            m->bad = m->params[i];
            if (!percent_decode(mem, m->params[i], &m->params[i])) return ROUTE_BAD_ESCAPE;
        }
        m->bad = (str){0};
        return ROUTE_FOUND;
    }
    return ROUTE_UNKNOWN;
}

const route *route_by_operation(str operation)
{
    for (size_t i = 0; i < route_count; i++) {
        if (str_is(operation, routes[i].operation)) return &routes[i];
    }
    return NULL;
}

// ---- input -----------------------------------------------------------------------------------------------------------------------

static json *text_node(arena *mem, str value)
{
    json *node = new (mem, json);
    *node = (json){.type = JSON_STRING, .text = value};
    return node;
}

// What was sent under a name: NULL, a text, or a list of the texts of a repeated name.
static json *gather(arena *mem, pair_texts pairs, str name)
{
    json *first = NULL, **end = &first;
    size_t count = 0;
    for (size_t i = 0; i < pairs.n; i++) {
        if (!str_eq(pairs.at[2 * i], name)) continue;
        *end = text_node(mem, pairs.at[2 * i + 1]);
        end = &(*end)->next;
        count++;
    }
    if (count < 2) return first;
    json *list = new (mem, json);
    *list = (json){.type = JSON_ARRAY, .first = first, .count = count};
    return list;
}

// The fields of a form that the schema knows, as an object.
static json *form_tree(arena *mem, const schema *s, pair_texts pairs)
{
    json *object = new (mem, json), **end = &object->first;
    object->type = JSON_OBJECT;
    for (uint32_t i = 0; i < s->n; i++) {
        json *value = gather(mem, pairs, field_name(&s->fields[i]));
        if (!value) continue;
        value->key = field_name(&s->fields[i]);
        *end = value;
        end = &value->next;
        object->count++;
    }
    return object;
}

static void read_params(const reader *r, const route_match *m, void *in)
{
    for (size_t i = 0; i < m->route->path_n; i++) {
        const field *f = &m->route->in->fields[i];
        path here = {.key = field_name(f)};
        read_field(r, f, text_node(r->mem, m->params[i]), in, &here);
    }
}

static void read_query(const reader *r, const route *route, const route_input *input, void *in)
{
    const field *f = route->in->fields + route->path_n;
    for (size_t i = 0; i < (size_t)route->query_n + route->header_n; i++, f++) {
        path here = {.key = field_name(f)};
        const json *value = NULL;
        if (i < route->query_n) {
            value = gather(r->mem, input->query, here.key);
        } else if (input->header) {
            str text = input->header(input->header_arg, cstr(r->mem, here.key));
            value = text.at ? text_node(r->mem, text) : NULL;
        }
        read_field(r, f, value, in, &here);
    }
}

static void read_body(const reader *r, const route *route, const route_input *input, void *in)
{
    if (route->body == BODY_NONE) return;
    const field *body = &route->in->fields[route->in->n - 1];
    const json *tree = input->body;
    reader own = *r;
    own.source = route->body == BODY_MULTIPART ? FROM_TEXT : input->form ? FROM_FORM : FROM_JSON;
    if (own.source != FROM_JSON) tree = form_tree(r->mem, body->of, input->fields);
    read_field(&own, body, tree, in, NULL);
}

bool route_read(arena *mem, const route_match *m, const route_input *input, void *in, issues *out)
{
    const route *route = m->route;
    reader r = {.mem = mem, .source = FROM_TEXT, .issues = out};
    bool body_first = !str_is(str_of(route->method), "DELETE");
    size_t before = out->n;

    if (body_first) read_body(&r, route, input, in);
    if (out->n == before) read_params(&r, m, in);
    if (out->n == before) read_query(&r, route, input, in);
    if (out->n == before && !body_first) read_body(&r, route, input, in);
    if (out->n == before) run_rule(&r, route->in, NULL, in, NULL);
    return out->n == before;
}
