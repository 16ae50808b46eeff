// Inside the contract room: what the parts of the reader share.
#pragma once
#include "contract/schema.h"

// Where a value stands, from the inside out. Text is made of it only when there is an issue.
typedef struct path path;
struct path {
    const path *up;
    str key; // {0}: an index
    size_t index;
};

typedef struct {
    arena *mem;
    schema_source source;
    issues *issues;
} reader;

// ---- read.c ----------------------------------------------------------------------------------------------------------------------
// Reads the field of the struct at `base`; NULL: not given.
void read_field(const reader *, const field *, const json *, void *base, const path *up);
void run_rule(const reader *, const schema *, const json *given, const void *value, const path *);

// ---- issue.c ---------------------------------------------------------------------------------------------------------------------
void issue_type(const reader *, const path *, const char *expected, const json *given);
void issue_format(const reader *, const path *, const format *);
void issue_format_type(const reader *, const path *, const format *, const json *given); // no string at all where a format is asked for
void issue_nan(const reader *, const path *);
void issue_fraction(const reader *, const path *);
void issue_unsafe(const reader *, const path *, bool positive);
void issue_small(const reader *, const path *, const schema *);
void issue_big(const reader *, const path *, const schema *);
void issue_enum(const reader *, const path *, const enum_values *);
void issue_text_bool(const reader *, const path *);
void issue_not_json(const reader *, const path *);
void issue_unknown_keys(const reader *, const path *, strs keys);
void issue_union(const reader *, const path *, const schema *, const issues *choices);
void issue_custom(const reader *, const path *, str message);
