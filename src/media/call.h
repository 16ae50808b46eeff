// The JSON of calls, for both ends. What is absent or misshapen reads as nothing: zero, false.
#pragma once
#include "base/base.h"

int call_int(const json *object, const char *key); // also 0 when it does not fit
double call_double(const json *object, const char *key);
bool call_bool(const json *object, const char *key);

// for (each element x of a JSON array; none if it is something else)
#define each_of(x, array) for (json *x = (array) && (array)->type == JSON_ARRAY ? (array)->first : NULL; x; x = x->next)

void call_put_int(json_writer *, const char *key, int64_t);
void call_put_double(json_writer *, const char *key, double);
void call_put_bool(json_writer *, const char *key, bool);
void call_put_str(json_writer *, const char *key, str);
