// What the contract's tests share.
#pragma once
#include "contract.h"
#include "test.h"

// Reads text as T and gives the issues as they would be sent: the array in "errors".
#define issues_of(T, text) issues_in(mem, &T##_schema, (text), FROM_JSON)
static inline str issues_in(arena *mem, const schema *s, const char *text, schema_source source)
{
    issues list = {0};
    schema_read(mem, s, json_parse(mem, str_of(text), NULL), source, arena_alloc(mem, s->size), &list);
    str all = issues_answer(mem, list), head = S("{\"message\":\"Validation failed\",\"errors\":");
    return str_slice(all, head.n, all.n - 1);
}

// The struct that text becomes; there must be no issues.
#define read_as(T, text) ((T *)read_good(mem, &T##_schema, (text)))
static inline void *read_good(arena *mem, const schema *s, const char *text)
{
    issues list = {0};
    void *value = arena_alloc(mem, s->size);
    if (!schema_read(mem, s, json_parse(mem, str_of(text), NULL), FROM_JSON, value, &list)) {
        test_failed(__FILE__, __LINE__, "%s: %.*s", text, PR(issues_answer(mem, list)));
    }
    return value;
}

#define written(T, value) write_as(mem, &T##_schema, (value))
static inline str write_as(arena *mem, const schema *s, const void *value)
{
    json_writer w = json_writer_on(mem);
    schema_write(&w, s, value);
    return buf_str(&w.out);
}

static inline uuid id_of(const char *text)
{
    uuid id = {0};
    uuid_parse(str_of(text), &id);
    return id;
}
#define ID "11111111-2222-4333-8444-555555555555"
