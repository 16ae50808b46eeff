// Sparse settings: laying over, and taking the difference.                                          spec 05, 2.1; spec 01, 12.4
#include "features/overlay.h"

static void append(json *parent, json *child, json **last)
{
    child->next = NULL;
    if (*last) (*last)->next = child;
    else parent->first = child;
    *last = child;
    parent->count++;
}

static json *object(arena *mem, str key)
{
    json *o = new (mem, json);
    o->type = JSON_OBJECT;
    o->key = key;
    return o;
}

// Children are shared where they are leaves, since nobody changes a tree.
static json *leaf(arena *mem, const json *from)
{
    json *copy = new (mem, json);
    *copy = *from;
    return copy;
}

static const json *child_of(const json *o, str key)
{
    if (!o || o->type != JSON_OBJECT) return NULL;
    for (const json *c = o->first; c; c = c->next) {
        if (str_eq(c->key, key)) return c;
    }
    return NULL;
}

json *overlay(arena *mem, const json *base, const json *over)
{
    bool both = base && over && base->type == JSON_OBJECT && over->type == JSON_OBJECT;
    if (!both && over && over->type != JSON_OBJECT) return leaf(mem, over);
    if (!both && base && base->type != JSON_OBJECT) return leaf(mem, over ? over : base);

    json *out = object(mem, over ? over->key : base ? base->key : (str){0}), *last = NULL;
    for (const json *b = base && base->type == JSON_OBJECT ? base->first : NULL; b; b = b->next) {
        const json *o = child_of(over, b->key);
        append(out, o ? overlay(mem, b, o) : overlay(mem, b, NULL), &last);
    }
    for (const json *o = over && over->type == JSON_OBJECT ? over->first : NULL; o; o = o->next) {
        if (!child_of(base, o->key)) append(out, overlay(mem, NULL, o), &last);
    }
    return out;
}

static bool same(const json *a, const json *b)
{
    if (!a || !b || a->type != b->type || a->count != b->count) return false;
    switch (a->type) {
    case JSON_NULL: return true;
    case JSON_BOOL: return a->boolean == b->boolean;
    case JSON_NUMBER: return a->number == b->number;
    case JSON_STRING: return str_eq(a->text, b->text);
    case JSON_ARRAY:
    case JSON_OBJECT:
        for (const json *x = a->first, *y = b->first; x; x = x->next, y = y->next) {
            if (!str_eq(x->key, y->key) || !same(x, y)) return false;
        }
    }
    return true;
}

json *overlay_difference(arena *mem, const json *defaults, const json *value, bool known_only)
{
    json *out = object(mem, value ? value->key : (str){0}), *last = NULL;
    for (const json *v = value && value->type == JSON_OBJECT ? value->first : NULL; v; v = v->next) {
        const json *d = child_of(defaults, v->key);
        if (!d && known_only) continue;
        if (v->type == JSON_OBJECT) {
            json *inner = overlay_difference(mem, d, v, known_only);
            if (inner->count) append(out, inner, &last);
            continue;
        }
        bool empty = v->type == JSON_NULL || (v->type == JSON_STRING && !v->text.n);
        if (!empty && !same(d, v)) append(out, leaf(mem, v), &last);
    }
    return out;
}

json *overlay_unknown(arena *mem, const json *defaults, const json *value)
{
    json *out = object(mem, value->key), *last = NULL;
    for (const json *v = value->type == JSON_OBJECT ? value->first : NULL; v; v = v->next) {
        const json *d = child_of(defaults, v->key);
        if (d && d->type == JSON_OBJECT) {
            json *inner = overlay_unknown(mem, d, v);
            if (inner->count) append(out, inner, &last);
        } else if (!d) {
            append(out, leaf(mem, v), &last);
        }
    }
    return out;
}
