// What camcorders hide in their video stream, and places as QuickTime writes them: private parts of the reader of videos, so that no video is needed.
#include "fuzz.h"
#include "media/facts.h"
#include "media/tags_video.c"

FUZZ
{
    tags found = {0};
    camcorder_tags(mem, str_bytes(input), &found);
    location(mem, utf8_clean(mem, input), &found);
    each (t, found) must(t->values.n && utf8_valid(t->values.at[0]));
    double n;
    must(!tag_find(&found, "GPSLatitude") || (tag_find(&found, "GPSLongitude") && str_to_double(tag_text(&found, "GPSLatitude"), &n)));
}
