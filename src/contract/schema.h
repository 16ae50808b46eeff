// Struct + descriptor = JSON. The descriptors are tables made from api/openapi.json (contract.h, contract.c in the build folder); this is what they
// are made of, and the engine that reads, checks and writes with them.
//
// How the contract becomes C:
//   string str · uuid uuid · date, date-time when · integer int64_t · number double · boolean bool · enum X (0 = none) · object struct X
//   array {at, n, cap} · free-form object json_any · anyOf a struct with one pointer per choice
// and, by what a field may be:
//   always there                  the value itself, objects inline
//   may be absent, or may be null the value with its none ({0}, nil, WHEN_NONE, 0, NULL at), objects by pointer; opt_int, opt_double, opt_bool
//   may be absent and may be null opt_X: .has it was given (also when null was given), .null it is null
// A default is applied on reading, so that such a field is never absent.
#pragma once
#include "base/base.h"

typedef struct schema schema;

// ---- values ----------------------------------------------------------------------------------------------------------------------
#define OPT_OF(T)                                                                                                                          \
    struct {                                                                                                                               \
        T v;                                                                                                                               \
        bool has, null;                                                                                                                    \
    }
typedef OPT_OF(int64_t) opt_int;
typedef OPT_OF(double) opt_double;
typedef OPT_OF(bool) opt_bool;
typedef OPT_OF(str) opt_str;
typedef OPT_OF(uuid) opt_uuid;
typedef OPT_OF(when) opt_when;
typedef OPT_OF(ids) opt_ids;
typedef OPT_OF(strs) opt_strs;

typedef LIST(int64_t) int_list;
typedef LIST(double) double_list;
typedef LIST(bool) bool_list;
typedef LIST(when) when_list;
typedef LIST(strs) strs_list;
typedef LIST(opt_int) opt_int_list;
typedef LIST(opt_double) opt_double_list;

// Given, with this value: out->rating = OPT_IS(opt_int, 5); given as null: OPT_NULL(opt_uuid).
#define OPT_IS(type, ...) ((type){.v = __VA_ARGS__, .has = true})
#define OPT_NULL(type) ((type){.has = true, .null = true})

// A free-form object. Reading fills tree; writing takes text (JSON, as from a jsonb column) when it is set, else tree. Both none: none.
typedef struct {
    const json *tree;
    str text;
} json_any;

// An optional list that is there but empty (a list without memory is absent).
extern char empty_list_[];
#define EMPTY(list) ((void)((list).at = (void *)empty_list_, (list).n = (list).cap = 0))

// ---- descriptors -----------------------------------------------------------------------------------------------------------------
typedef enum {
    SCHEMA_STR,
    SCHEMA_UUID,
    SCHEMA_WHEN, // date-time
    SCHEMA_DATE, // a when, written as YYYY-MM-DD
    SCHEMA_INT,  // within ±(2^53-1)
    SCHEMA_DOUBLE,
    SCHEMA_BOOL,
    SCHEMA_ENUM,
    SCHEMA_JSON, // json_any
    SCHEMA_OBJECT,
    SCHEMA_LIST,
    SCHEMA_UNION
} schema_kind;

// What a string must look like.
typedef struct {
    const char *name;     // uuid, email, datetime, date, url, regex; NULL: a refusal is a "custom" issue
    const char *pattern;  // as JavaScript prints it, /…/; NULL: not shown
    const char *message;  // of a refusal; NULL: the usual one of the name
    const char *expected; // "expected <this>, received <typeof>" for refusals and wrong types alike; NULL: the usual words
    bool (*matches)(str);
} format;

typedef struct {
    const str *text; // of value 1, 2, …
    uint32_t n;
    bool numbers; // written without quotes
} enum_values;

typedef enum {
    FIELD_REQUIRED = 1, // must be given
    FIELD_ALWAYS = 2,   // always written: required, or has a default
    FIELD_NULLABLE = 4,
    FIELD_OPT = 8,        // in an opt_…: value, has, null
    FIELD_POINTER = 16,   // object behind a pointer
    FIELD_DEFAULT = 32,   // `fallback` when absent
    FIELD_COERCE = 64,    // JSON, but taken leniently: numbers as Number() does, booleans also as "true", "false"
    FIELD_STRICT = 128,   // not taken from text: a query parameter that only JSON could express (spec 03, 7.5)
    FIELD_JSON_TEXT = 256 // a text field that holds JSON
} field_flags;

typedef struct {
    const char *key; // ,"name": with comma, quotes and colon
    uint16_t key_n;
    uint16_t flags;
    uint32_t offset;
    const schema *of;
    union {
        int64_t i; // also bool and enum
        const char *s;
    } fallback;
} field;

typedef struct check check;
typedef void schema_rule(check *, const void *value);

struct schema {
    schema_kind kind;
    uint32_t size;                 // of the C value; for objects of the struct
    const char *name;              // objects and enums
    const format *format;          // STR, UUID, WHEN, DATE
    bool lower;                    // STR: kept in lower case
    bool record;                   // JSON: any keys ("record"), otherwise an "object"
    bool has_minimum, has_maximum; // INT, DOUBLE
    bool above;                    // the minimum itself is too small
    bool closed;                   // OBJECT: unknown keys are refused
    double minimum, maximum;
    uint32_t at_least, at_most; // STR: UTF-16 units; LIST: items; 0: no limit
    const enum_values *values;  // ENUM
    const field *fields;        // OBJECT, UNION (one pointer per choice); LIST: the item
    uint32_t n;
    const char *one_of;    // OBJECT: the refusal when no known field is given
    const char *none_fits; // UNION: the refusal; NULL: "Invalid input"
    schema_rule **rule;    // OBJECT: where RULE() registers
};

// ---- issues ----------------------------------------------------------------------------------------------------------------------
typedef struct {
    str detail; // members before the path, as JSON text: "code":"custom"
    str path;   // JSON array text; without the brackets' content for the whole value: []
    str message;
} issue;
typedef LIST(issue) issues;

// {"message":"Validation failed","errors":[…]}
str issues_answer(arena *, issues);
// Lines "  - [a.b.c] message", for a configuration file.
str issues_lines(arena *, issues);

// ---- rules -----------------------------------------------------------------------------------------------------------------------
// What no single field can know. A rule sees a struct whose fields are all good, and refuses with a "custom" issue:
//     RULE(ActivityCreateDto)
//     {
//         if (it->type == REACTION_TYPE_COMMENT && !it->comment.n) refuse(c, "comment", "Comment is required when type is COMMENT");
//     }
// RULE(X_in) sees parameters and body of operation X. One rule per struct, in the feature's file.
struct check {
    arena *mem;
    const json *given; // what was sent for this object; NULL for X_in
    issues *issues;
    const void *path;
};
// path: "" is the object itself, "a/0/b" is ["a",0,"b"].
void refuse(check *, const char *path, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
bool was_given(const check *, const char *field); // also when given as null

#define RULE(T)                                                                                                                            \
    static void T##_rule(check *, const T *);                                                                                              \
    static void T##_rule_any(check *c, const void *it)                                                                                     \
    {                                                                                                                                      \
        T##_rule(c, it);                                                                                                                   \
    }                                                                                                                                      \
    __attribute__((constructor)) static void T##_rule_register(void)                                                                       \
    {                                                                                                                                      \
        rule_register(&T##_schema, T##_rule_any);                                                                                          \
    }                                                                                                                                      \
    static void T##_rule(check *c __attribute__((unused)), const T *it __attribute__((unused)))

void rule_register(const schema *, schema_rule *);

// ---- the engine ------------------------------------------------------------------------------------------------------------------
typedef enum {
    FROM_JSON, // types must fit
    FROM_TEXT, // parameters and multipart fields: numbers as Number() reads them, booleans are true or false, lists are repeated keys
    FROM_FORM  // like FROM_TEXT; a list may also be one text with commas
} schema_source;

// Fills *out (zeroed before; schema->size bytes) from a value, with defaults. NULL: nothing was sent. All issues are appended in schema order.
// True: there were none. Strings and trees are shared with the input, so it must live as long as *out.
bool schema_read(arena *, const schema *, const json *, schema_source, void *out, issues *);
// Writes a value of the schema. Nothing is allocated but the writer's buffer.
void schema_write(json_writer *, const schema *, const void *value);
// Sets every time in it to none, through inline objects: for a zeroed struct that is to be filled and written.
void schema_clear(const schema *, void *value);

str field_name(const field *);
str enum_text(const enum_values *, int value); // {0} for 0 and unknown values
int enum_parse(const enum_values *, str);      // 0 if unknown
