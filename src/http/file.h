// The parts of file.c that can be tested by themselves.
#pragma once
#include "base/base.h"

typedef enum { RANGE_WHOLE, RANGE_PART, RANGE_NONE } http_range;

// A Range header for a content of `size` bytes. RANGE_WHOLE: none, several or not understood; RANGE_NONE: nothing of it exists.
http_range range_parse(str header, uint64_t size, uint64_t *from, uint64_t *length);
str http_date(arena *, when); // Sun, 06 Nov 1994 08:49:37 GMT
when http_date_parse(str);    // the same, else WHEN_NONE
str http_type_of(str name);   // Content-Type by ending
