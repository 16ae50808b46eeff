// JPEG, PNG, WebP and their like: segments, chunks, colour profiles and trailers, whatever the lengths say.
#include "fuzz.h"
#include "media/tags_parts.h"

FUZZ
{
    tags found = {0};
    picture_tags(mem, str_bytes(input), NULL, &found);
    icc_tags(mem, str_bytes(input), &found);
    each (t, found) must(t->values.n && utf8_valid(t->values.at[0]));
}
