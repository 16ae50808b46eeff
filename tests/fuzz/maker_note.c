// A TIFF with one picture's EXIF and the input as Apple's note in it, which is ours to read.
#include "fuzz.h"
#include "media/tags_parts.h"

static void add_entry(buf *b, uint16_t tag, uint16_t type, uint32_t count, uint32_t value)
{
    buf_add(b, (str){(char *)(uint16_t[]){tag, type}, 4});
    buf_add(b, (str){(char *)(uint32_t[]){count, value}, 8});
}

// Little-endian, as the machines that this runs on.
static str tiff_with(arena *mem, str note)
{
    enum { LONG = 4, UNDEFINED = 7, EXIF = 0x8769, MAKER_NOTE = 0x927c };
    static const char one_entry[] = "\1\0", no_more[] = "\0\0\0\0";
    buf b = {.mem = mem};
    buf_add(&b, (str){"II*\0\10\0\0\0", 8});
    buf_add(&b, (str){(char *)one_entry, 2});
    add_entry(&b, EXIF, LONG, 1, 26);
    buf_add(&b, (str){(char *)no_more, 4});
    buf_add(&b, (str){(char *)one_entry, 2});
    add_entry(&b, MAKER_NOTE, UNDEFINED, (uint32_t)note.n, 44);
    buf_add(&b, (str){(char *)no_more, 4});
    buf_add(&b, note);
    return buf_str(&b);
}

FUZZ
{
    str note = str_cat(mem, (str){"Apple iOS\0\0\1MM", 14}, input);
    tags found = {0};
    exiv *e = exiv_new(mem);
    must(exiv_add(e, str_bytes(tiff_with(mem, note))));
    bytes kept = exiv_bytes(e, "Exif.Photo.MakerNote");
    must(!kept.at || str_eq(bytes_str(kept), note));
    exiv_tags(e, false, &found);
    exiv_close(e);
    each (t, found) must(t->values.n && utf8_valid(t->values.at[0]));
    must(!tag_find(&found, "BurstUUID") || input.n >= 14);
}
