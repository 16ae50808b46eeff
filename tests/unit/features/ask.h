// Asking operations as the dispatcher does, without HTTP: parameters and body as JSON, the answer as the operation's struct.
//
//     getTimeBuckets_out *months = ask(rq, getTimeBuckets, "{'visibility':'timeline'}");
//     check_str(refusal(rq, getTimeBuckets, "{'visibility':'locked'}"), S("401 Elevated permission is required"));
//
// Single quotes stand for double ones; the texts are formats.
#pragma once
#include "features_test.h"

#define ask(rq, operation, ...) ((operation##_out *)ask_((rq), #operation, __VA_ARGS__))
void *ask_(request *, const char *operation, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
// "400 message", or the issues of a request that is not valid; {0}: it was not refused.
#define refusal(rq, operation, ...) refusal_((rq), #operation, __VA_ARGS__)
str refusal_(request *, const char *operation, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

const char *id_text(arena *, uuid);
// An asset with its EXIF row, taken at this time ("2024-05-06T07:08:09Z").
uuid new_photo(db *, uuid owner, const char *taken);
// Changes a column of a row by its id: set(d, "asset", id, "visibility", STR(S("archive"))).
void set(db *, const char *table, uuid id, const char *column, param value);
