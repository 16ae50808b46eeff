// The words of the refusals (spec 01, section 2.1). Clients and tests compare them, so they are exact.
#include "contract/reader.h"
#include <stdio.h>

static str path_text(arena *mem, const path *at)
{
    const path *steps[64];
    size_t n = 0;
    for (; at && n < countof(steps); at = at->up) steps[n++] = at;
    json_writer w = json_writer_on(mem);
    json_open_array(&w);
    while (n--) {
        if (steps[n]->key.at) json_str(&w, steps[n]->key);
        else json_int(&w, (int64_t)steps[n]->index);
    }
    json_close_array(&w);
    return buf_str(&w.out);
}

static void add(const reader *r, const path *at, str detail, str message)
{
    issue *i = push(r->mem, *r->issues);
    *i = (issue){detail, path_text(r->mem, at), message};
}

static const char *received(const json *given)
{
    static const char *const words[] = {"null", "boolean", "number", "string", "array", "object"};
    return given ? words[given->type] : "undefined";
}

static const char *type_of(const json *given) // JavaScript's typeof
{
    return given && (given->type == JSON_NULL || given->type == JSON_ARRAY) ? "object" : received(given);
}

static str quoted(arena *mem, str text)
{
    json_writer w = json_writer_on(mem);
    json_str(&w, text);
    return buf_str(&w.out);
}

static str number_text(arena *mem, double value)
{
    json_writer w = json_writer_on(mem);
    json_double(&w, value);
    return buf_str(&w.out);
}

void issue_type(const reader *r, const path *at, const char *expected, const json *given)
{
    add(r, at, str_fmt(r->mem, "\"expected\":\"%s\",\"code\":\"invalid_type\"", expected),
        str_fmt(r->mem, "Invalid input: expected %s, received %s", expected, received(given)));
}

void issue_format_type(const reader *r, const path *at, const format *f, const json *given)
{
    if (!f || !f->expected) {
        issue_type(r, at, "string", given);
        return;
    }
    add(r, at, S("\"expected\":\"string\",\"code\":\"invalid_type\""),
        str_fmt(r->mem, "Invalid input: expected %s, received %s", f->expected, type_of(given)));
}

void issue_format(const reader *r, const path *at, const format *f)
{
    if (!f->name) {
        issue_custom(r, at, str_of(f->message));
        return;
    }
    buf detail = {.mem = r->mem};
    if (f->pattern) buf_add(&detail, S("\"origin\":\"string\","));
    buf_fmt(&detail, "\"code\":\"invalid_format\",\"format\":\"%s\"", f->name);
    if (f->pattern) {
        str pattern = quoted(r->mem, str_of(f->pattern));
        buf_fmt(&detail, ",\"pattern\":%.*s", PR(pattern));
    }
    str message = f->message                 ? str_of(f->message)
                  : f->expected              ? str_fmt(r->mem, "Invalid input: expected %s, received string", f->expected)
                  : !strcmp(f->name, "uuid") ? S("Invalid UUID")
                  : !strcmp(f->name, "url")  ? S("Invalid URL")
                                             : str_fmt(r->mem, "Invalid string: must match pattern %s", f->pattern);
    add(r, at, buf_str(&detail), message);
}

void issue_nan(const reader *r, const path *at)
{
    add(r, at, S("\"expected\":\"number\",\"code\":\"invalid_type\""), S("Invalid input: expected number, received NaN"));
}

void issue_fraction(const reader *r, const path *at)
{
    add(r, at, S("\"expected\":\"int\",\"format\":\"safeint\",\"code\":\"invalid_type\""),
        S("Invalid input: expected int, received number"));
}

#define SAFE_NOTE "\"note\":\"Integers must be within the safe integer range.\",\"origin\":\"int\",\"inclusive\":true"

void issue_unsafe(const reader *r, const path *at, bool positive)
{
    if (positive) {
        add(r, at, S("\"code\":\"too_big\",\"maximum\":9007199254740991," SAFE_NOTE), S("Too big: expected int to be <=9007199254740991"));
    } else {
        add(r, at, S("\"code\":\"too_small\",\"minimum\":-9007199254740991," SAFE_NOTE),
            S("Too small: expected int to be >=-9007199254740991"));
    }
}

// Of what, in which unit: the words for numbers, strings and lists.
static const char *origin(const schema *s)
{
    return s->kind == SCHEMA_LIST ? "array" : s->kind == SCHEMA_STR ? "string" : "number";
}

static str bound(arena *mem, const schema *s, const char *sign, str limit)
{
    switch (s->kind) {
    case SCHEMA_LIST: return str_fmt(mem, "expected array to have %s%.*s items", sign, PR(limit));
    case SCHEMA_STR: return str_fmt(mem, "expected string to have %s%.*s characters", sign, PR(limit));
    default: return str_fmt(mem, "expected number to be %s%.*s", sign, PR(limit));
    }
}

void issue_small(const reader *r, const path *at, const schema *s)
{
    str limit = number_text(r->mem, s->has_minimum ? s->minimum : s->at_least);
    str words = bound(r->mem, s, s->above ? ">" : ">=", limit);
    add(r, at,
        str_fmt(r->mem, "\"origin\":\"%s\",\"code\":\"too_small\",\"minimum\":%.*s,\"inclusive\":%s", origin(s), PR(limit),
                s->above ? "false" : "true"),
        str_fmt(r->mem, "Too small: %.*s", PR(words)));
}

void issue_big(const reader *r, const path *at, const schema *s)
{
    str limit = number_text(r->mem, s->has_maximum ? s->maximum : s->at_most);
    str words = bound(r->mem, s, "<=", limit);
    add(r, at, str_fmt(r->mem, "\"origin\":\"%s\",\"code\":\"too_big\",\"maximum\":%.*s,\"inclusive\":true", origin(s), PR(limit)),
        str_fmt(r->mem, "Too big: %.*s", PR(words)));
}

void issue_enum(const reader *r, const path *at, const enum_values *values)
{
    buf detail = {.mem = r->mem}, options = {.mem = r->mem};
    const char *quote = values->numbers ? "" : "\"";
    buf_add(&detail, S("\"code\":\"invalid_value\",\"values\":["));
    for (uint32_t i = 0; i < values->n; i++) {
        buf_fmt(&detail, "%s%s%.*s%s", i ? "," : "", quote, PR(values->text[i]), quote);
        buf_fmt(&options, "%s%s%.*s%s", i ? "|" : "", quote, PR(values->text[i]), quote);
    }
    buf_char(&detail, ']');
    str texts = buf_str(&options);
    add(r, at, buf_str(&detail),
        str_fmt(r->mem, values->n == 1 ? "Invalid input: expected %.*s" : "Invalid option: expected one of %.*s", PR(texts)));
}

void issue_text_bool(const reader *r, const path *at)
{
    add(r, at, S("\"code\":\"invalid_value\",\"expected\":\"stringbool\",\"values\":[\"true\",\"false\"]"),
        S("Invalid option: expected one of \"true\"|\"false\""));
}

void issue_not_json(const reader *r, const path *at)
{
    add(r, at, S("\"code\":\"invalid_format\",\"format\":\"json_string\""), S("Invalid input: expected JSON string, received string"));
}

void issue_unknown_keys(const reader *r, const path *at, strs keys)
{
    buf detail = {.mem = r->mem}, message = {.mem = r->mem};
    buf_add(&detail, S("\"code\":\"unrecognized_keys\",\"keys\":["));
    buf_fmt(&message, "Unrecognized key%s: ", keys.n == 1 ? "" : "s");
    each (key, keys) {
        str text = quoted(r->mem, *key);
        buf_fmt(&detail, "%s%.*s", key == keys.at ? "" : ",", PR(text));
        buf_fmt(&message, "%s\"%.*s\"", key == keys.at ? "" : ", ", PR(*key));
    }
    buf_char(&detail, ']');
    add(r, at, buf_str(&detail), buf_str(&message));
}

static void write_issues(json_writer *w, issues list)
{
    json_open_array(w);
    each (i, list) {
        json_raw(w, S("{"));
        buf_add(&w->out, i->detail);
        buf_add(&w->out, S(",\"path\":"));
        buf_add(&w->out, i->path);
        buf_add(&w->out, S(",\"message\":"));
        w->comma = false;
        json_str(w, i->message);
        json_close(w);
    }
    json_close_array(w);
}

void issue_union(const reader *r, const path *at, const schema *s, const issues *choices)
{
    json_writer w = json_writer_on(r->mem);
    buf_add(&w.out, S("\"code\":\"invalid_union\",\"errors\":"));
    json_open_array(&w);
    for (uint32_t i = 0; i < s->n; i++) write_issues(&w, choices[i]);
    json_close_array(&w);
    add(r, at, buf_str(&w.out), s->none_fits ? str_of(s->none_fits) : S("Invalid input"));
}

void issue_custom(const reader *r, const path *at, str message)
{
    add(r, at, S("\"code\":\"custom\""), message);
}

void refuse(check *c, const char *where, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    str message = str_vfmt(c->mem, fmt, args);
    va_end(args);

    const path *at = c->path;
    strs steps = *where ? str_split(c->mem, str_of(where), '/') : (strs){0};
    each (step, steps) {
        path *p = new (c->mem, path);
        int64_t index;
        *p = str_to_int(*step, &index) ? (path){.up = at, .index = (size_t)index} : (path){.up = at, .key = *step};
        at = p;
    }
    issue_custom(&(reader){.mem = c->mem, .issues = c->issues}, at, message);
}

str issues_answer(arena *mem, issues list)
{
    json_writer w = json_writer_on(mem);
    json_open(&w);
    json_key(&w, S("message"));
    json_str(&w, S("Validation failed"));
    json_key(&w, S("errors"));
    write_issues(&w, list);
    json_close(&w);
    return buf_str(&w.out);
}

str issues_lines(arena *mem, issues list)
{
    buf out = {.mem = mem};
    each (i, list) {
        json *steps = json_parse(mem, i->path, NULL);
        buf_fmt(&out, "%s  - [", i == list.at ? "" : "\n");
        for (json *step = steps->first; step; step = step->next) {
            buf_fmt(&out, "%.*s%s", PR(step->text), step->next ? "." : "");
        }
        buf_fmt(&out, "] %.*s", PR(i->message));
    }
    return buf_str(&out);
}
