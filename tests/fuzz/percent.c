// What was decoded is UTF-8, and survives being encoded; any UTF-8 does.
#include "fuzz.h"

FUZZ
{
    str decoded, back;
    if (percent_decode(mem, input, &decoded)) {
        must(utf8_valid(decoded) && decoded.n <= input.n);
        must(percent_decode(mem, percent_encode(mem, decoded), &back) && str_eq(back, decoded));
    }
    must(percent_decode(mem, percent_encode(mem, input), &back) == utf8_valid(input));
}
