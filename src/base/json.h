// JSON in and out.
//
// In: a small tree on an arena, strict RFC 8259. Numbers keep what validation needs (is it an integer, does it fit).
// Out: a writer that appends to a buffer and hands full blocks to a sink, so that an answer of any size is never a tree.
#pragma once
#include "base/uuid.h"

typedef enum { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT } json_type;

typedef struct json json;
struct json {
    json_type type;
    bool boolean;
    double number;   // JSON_NUMBER
    int64_t integer; // JSON_NUMBER: valid when is_integer
    bool is_integer; // mathematically an integer within ±(2^53-1)
    str text;        // JSON_STRING: decoded. JSON_NUMBER: as written
    str key;         // when inside an object
    json *first;     // JSON_ARRAY, JSON_OBJECT: children in order; of duplicate keys only the last one remains
    json *next;
    size_t count; // children
};

// Reads one value; blanks around it are fine. NULL on error, and *error (if given) says what and where, in words a client may read.
// Depth is limited to 512.
json *json_parse(arena *, str text, str *error);
json *json_get(const json *object, const char *key);   // NULL if absent or not an object
str json_get_str(const json *object, const char *key); // {0} if absent or not a string
void json_text(buf *, const json *);                   // compact

typedef struct json_writer json_writer;
struct json_writer {
    buf out;
    bool comma;
    // When set, called with full blocks (about `flush_at` bytes) and at json_flush(); the buffer is emptied afterwards.
    void (*sink)(void *arg, const char *at, size_t n);
    void *sink_arg;
    size_t flush_at;
};

#define json_writer_on(arena_) ((json_writer){.out = {.mem = (arena_)}})

void json_open(json_writer *);  // {
void json_close(json_writer *); // }
void json_open_array(json_writer *);
void json_close_array(json_writer *);
void json_key(json_writer *, str);
void json_str(json_writer *, str);   // {0} writes null; invalid UTF-8 is replaced
void json_plain(json_writer *, str); // text that needs no escaping and is never {0}: ids, times, base64
void json_uuid(json_writer *, uuid);
void json_int(json_writer *, int64_t);
void json_double(json_writer *, double); // as JavaScript prints it; NaN and infinities become null
void json_bool(json_writer *, bool);
void json_null(json_writer *);
void json_raw(json_writer *, str); // text that is JSON already
void json_value(json_writer *, const json *);
// For values that are written by other means: room for one of at most n bytes, its comma stands before it already; then where it ended.
char *json_room(json_writer *, size_t n);
void json_wrote(json_writer *, const char *end);
void json_newline(json_writer *); // for JSON lines; also resets the comma
void json_flush(json_writer *);
