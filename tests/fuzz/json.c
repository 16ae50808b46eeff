// What was read and written is read again, and written the same.
#include "fuzz.h"

FUZZ
{
    str error = {0};
    json *v = json_parse(mem, input, &error);
    if (!v) {
        must(error.n && utf8_valid(error));
        return;
    }
    buf once = {.mem = mem}, twice = {.mem = mem};
    json_text(&once, v);
    must(utf8_valid(buf_str(&once)) && (v = json_parse(mem, buf_str(&once), NULL)));
    json_text(&twice, v);
    must(str_eq(buf_str(&once), buf_str(&twice)));
}
