#include "media/call.h"

int call_int(const json *object, const char *key)
{
    const json *j = json_get(object, key);
    return j && j->type == JSON_NUMBER && j->is_integer && j->integer >= INT32_MIN && j->integer <= INT32_MAX ? (int)j->integer : 0;
}

double call_double(const json *object, const char *key)
{
    const json *j = json_get(object, key);
    return j && j->type == JSON_NUMBER ? j->number : 0;
}

bool call_bool(const json *object, const char *key)
{
    const json *j = json_get(object, key);
    return j && j->type == JSON_BOOL && j->boolean;
}

void call_put_int(json_writer *w, const char *key, int64_t value)
{
    json_key(w, str_of(key));
    json_int(w, value);
}

void call_put_double(json_writer *w, const char *key, double value)
{
    json_key(w, str_of(key));
    json_double(w, value);
}

void call_put_bool(json_writer *w, const char *key, bool value)
{
    json_key(w, str_of(key));
    json_bool(w, value);
}

void call_put_str(json_writer *w, const char *key, str value)
{
    json_key(w, str_of(key));
    json_str(w, value);
}
