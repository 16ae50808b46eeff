// HEIF, AVIF, CR3 and JPEG XL: sizes and blocks inside boxes, whatever the lengths say. exiv2 is left out: it is not ours.
#include "fuzz.h"
#include "media/tags_parts.h"

FUZZ
{
    tags found = {0};
    box_tags(mem, str_bytes(input), NULL, &found);
    each (t, found) must(t->values.n && utf8_valid(t->values.at[0]));
}
