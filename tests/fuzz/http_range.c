// Range headers: what they give lies inside the file.
#include "http/file.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    uint64_t from = 0, length = 0, size = n > 2 ? (uint64_t)at[0] << (at[1] & 31) : 0;
    str header = n > 2 ? (str){(char *)at + 2, n - 2} : S("");
    if (range_parse(header, size, &from, &length) == RANGE_PART && (!length || from >= size || length > size - from)) abort();
    http_date_parse(header);
    return 0;
}
