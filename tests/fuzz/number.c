// Numbers are read as strtod() reads them, and printed so that they read as the same.
#include "fuzz.h"
#include <math.h>

FUZZ
{
    double v, back;
    if (!str_to_double(input, &v)) return;
    double want = strtod(cstr(mem, input), NULL);
    must(!memcmp(&v, &want, sizeof v));
    json_writer w = json_writer_on(mem);
    json_double(&w, v);
    must(!isfinite(v) || (str_to_double(buf_str(&w.out), &back) && back == v));
}
