// XMP sidecars, as photo programs leave them: what is read is text, and what we write into one is read back. exiv2 reads them for us, but it sees none that
// is not cut to size here.
#include "fuzz.h"
#include "media/tags.h"
#include <sys/mman.h>
#include <unistd.h>

static tags read_back(arena *mem, str text)
{
    int fd = memfd_create("sidecar", MFD_CLOEXEC);
    must(fd >= 0 && write(fd, text.at, text.n) == (ssize_t)text.n);
    tags list = tags_read_sidecar(mem, fd);
    close(fd);
    each (t, list) {
        must(t->values.n);
        each (value, t->values) must(utf8_valid(*value));
    }
    return list;
}

FUZZ
{
    read_back(mem, input);
    sidecar_edit edit = {
        .description = S("A <b>view</b> & \"more\""),
        .date = S("2024-02-29T08:15:30.123+05:45"),
        .latitude = -33.5,
        .longitude = 151.25,
        .rating = S("4"),
        .has_tags = true,
        .tags = {(str[]){S("places/Sydney"), S("a|b")}, 2, 2},
    };
    str packet = sidecar_edited(mem, input, edit);
    if (!packet.at) return;
    tags list = read_back(mem, packet);
    double latitude = 0, longitude = 0;
    // exiv2 gives all languages in one text; where a language's name is none, it is not known from the text.
    must(str_starts(tag_text(&list, "Description"), edit.description) && str_is(tag_text(&list, "Rating"), "4"));
    must(tag_number(&list, "GPSLatitude", &latitude) && tag_number(&list, "GPSLongitude", &longitude));
    must(latitude == edit.latitude && longitude == edit.longitude);
    const tag *t = tag_find(&list, "TagsList");
    must(t && t->values.n == 2 && str_eq(t->values.at[0], edit.tags.at[0]));
}
