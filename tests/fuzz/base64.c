// Bytes survive; what was read is written in its one proper form.
#include "fuzz.h"

FUZZ
{
    bytes b, back;
    must(base64_decode(mem, base64_encode(mem, str_bytes(input)), &back) && str_eq(bytes_str(back), input));
    must(base64_decode(mem, base64url_encode(mem, str_bytes(input)), &back) && str_eq(bytes_str(back), input));
    must(hex_decode(mem, hex_encode(mem, str_bytes(input)), &back) && str_eq(bytes_str(back), input));
    if (base64_decode(mem, input, &b)) must(base64_decode(mem, base64_encode(mem, b), &back) && str_eq(bytes_str(b), bytes_str(back)));
}
