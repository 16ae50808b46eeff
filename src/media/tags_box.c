// Files made of boxes (ISO/IEC 14496-12): HEIF and AVIF (ISO/IEC 23008-12), Canon's CR3, JPEG XL (ISO/IEC 18181-2).
// Finds size, rotation, colour profile and the video behind a motion photo, and hands the EXIF and XMP blocks inside to exiv2.
#include "media/tags_parts.h"

// ---- boxes -----------------------------------------------------------------------------------------------------------------------
typedef struct {
    bytes in;
    size_t next;
    const uint8_t *start; // of the present box, with its head
    char type[5];
    bytes body;
} walk;

// To the next box of the row; one that is cut off has what is left of it.
static bool box_next(walk *w)
{
    bytes head = bytes_at(w->in, w->next, 8);
    if (!head.at) return false;
    uint64_t size = be32(head.at);
    size_t head_size = 8;
    if (size == 1) {
        bytes wide = bytes_at(w->in, w->next + 8, 8);
        if (!wide.at) return false;
        size = be64(wide.at), head_size = 16;
    }
    size_t left = w->in.n - w->next;
    if (size == 0 || size > left) size = left;
    if (size < head_size) return false;
    memcpy(w->type, head.at + 4, 4);
    w->start = head.at;
    w->body = bytes_at(w->in, w->next + head_size, (size_t)size - head_size);
    w->next += (size_t)size;
    return true;
}

static bool box_is(const walk *w, const char *type)
{
    return !memcmp(w->type, type, 4);
}

// The body of the first box of this type; empty if there is none.
static bytes box_find(bytes in, const char *type)
{
    for (walk w = {.in = in}; box_next(&w);)
        if (box_is(&w, type)) return w.body;
    return (bytes){0};
}

// ---- a reader that never runs over -----------------------------------------------------------------------------------------------
typedef struct {
    bytes in;
    size_t at;
    bool broken;
} reader;

static uint64_t number(reader *r, size_t width)
{
    bytes b = bytes_at(r->in, r->at, width);
    if (!b.at) {
        r->broken = true;
        return 0;
    }
    r->at += width;
    uint64_t v = 0;
    for (size_t i = 0; i < width; i++) v = v << 8 | b.at[i];
    return v;
}

// ---- HEIF items ------------------------------------------------------------------------------------------------------------------
typedef struct {
    bytes file, meta;
    uint32_t primary;
} heif;

// The bytes of an item, from its extents in the file or in 'idat'. Extents of a divided item are put together.
static bytes item_bytes(arena *mem, const heif *h, uint32_t item)
{
    reader r = {.in = box_find(h->meta, "iloc")};
    unsigned version = (unsigned)number(&r, 1);
    number(&r, 3);
    unsigned sizes = (unsigned)number(&r, 2);
    size_t offset_size = sizes >> 12, length_size = sizes >> 8 & 15, base_size = sizes >> 4 & 15, index_size = version ? sizes & 15 : 0;
    if (offset_size > 8 || length_size > 8 || base_size > 8 || index_size > 8) return (bytes){0};
    uint64_t items = number(&r, version < 2 ? 2 : 4);
    buf data = {.mem = mem};
    for (; items && !r.broken; items--) {
        uint64_t id = number(&r, version < 2 ? 2 : 4);
        unsigned method = version ? number(&r, 2) & 15 : 0;
        number(&r, 2);
        uint64_t base = number(&r, base_size), extents = number(&r, 2);
        bytes from = method == 1 ? box_find(h->meta, "idat") : h->file;
        for (; extents && !r.broken; extents--) {
            number(&r, index_size);
            uint64_t offset = number(&r, offset_size), length = number(&r, length_size);
            if (id != item || method > 1) continue;
            bytes piece = bytes_at(from, base + offset, length);
            if (!piece.at || data.n + piece.n > 64 << 20) return (bytes){0};
            buf_add(&data, bytes_str(piece));
        }
        if (id == item) break;
    }
    return (bytes){(uint8_t *)data.at, data.n};
}

// An EXIF item begins with the distance to its TIFF head.
static void add_exif(exiv *e, bytes block)
{
    bytes distance = bytes_at(block, 0, 4);
    if (distance.at) exiv_add(e, bytes_from(block, 4 + (size_t)be32(distance.at)));
}

static void item_blocks(arena *mem, const heif *h, exiv *e)
{
    bytes list = box_find(h->meta, "iinf");
    bytes version = bytes_at(list, 0, 1);
    if (!version.at) return;
    for (walk w = {.in = bytes_from(list, version.at[0] ? 8 : 6)}; box_next(&w);) {
        reader r = {.in = w.body};
        unsigned v = (unsigned)number(&r, 1);
        number(&r, 3);
        if (!box_is(&w, "infe") || v < 2) continue;
        uint32_t item = (uint32_t)number(&r, v == 2 ? 2 : 4);
        number(&r, 2);
        bytes type = bytes_at(w.body, r.at, 4), rest = bytes_from(w.body, r.at + 4);
        if (bytes_have(type, 0, "Exif")) add_exif(e, item_bytes(mem, h, item));
        else if (bytes_have(type, 0, "mime") && rest.n && bytes_have(rest, strnlen((char *)rest.at, rest.n) + 1, "application/rdf+xml"))
            exiv_add_xmp(e, item_bytes(mem, h, item));
    }
}

static void property(arena *mem, const walk *p, tags *out)
{
    bytes b = p->body;
    if (box_is(p, "ispe") && b.n >= 12) {
        tag_add(mem, out, "ImageSize", str_fmt(mem, "%ux%u", be32(b.at + 4), be32(b.at + 8)));
    } else if (box_is(p, "irot") && b.n >= 1) {
        tag_add(mem, out, "Rotation", str_fmt(mem, "%u", b.at[0] & 3u));
    } else if (box_is(p, "pixi") && b.n >= 6) {
        tag_add(mem, out, "ImagePixelDepth", str_fmt(mem, "%u", b.at[5]));
    } else if (box_is(p, "colr") && (bytes_have(b, 0, "prof") || bytes_have(b, 0, "rICC"))) {
        icc_tags(mem, bytes_from(b, 4), out);
    }
}

// The properties of the primary item: 'ipma' lists for each item the places of its properties in 'ipco'.
static void primary_properties(arena *mem, const heif *h, tags *out)
{
    bytes all = box_find(h->meta, "iprp"), container = box_find(all, "ipco");
    reader r = {.in = box_find(all, "ipma")};
    unsigned version = (unsigned)number(&r, 1), flags = (unsigned)number(&r, 3) & 1;
    uint64_t entries = number(&r, 4);
    for (; entries && !r.broken; entries--) {
        uint64_t item = number(&r, version ? 4 : 2), count = number(&r, 1);
        for (; count; count--) {
            uint64_t place = number(&r, flags ? 2 : 1) & (flags ? 0x7fff : 0x7f);
            walk w = {.in = container};
            while (item == h->primary && place && box_next(&w))
                if (!--place) property(mem, &w, out);
        }
    }
    // A picture made of tiles may leave the profile to its tiles.
    for (walk w = {.in = container}; box_next(&w);)
        if (box_is(&w, "colr")) property(mem, &w, out);
}

static void heif_tags(arena *mem, bytes file, bytes meta, exiv *e, tags *out)
{
    heif h = {.file = file, .meta = bytes_from(meta, 4)};
    reader primary = {.in = box_find(h.meta, "pitm")};
    bool wide = number(&primary, 1);
    number(&primary, 3);
    h.primary = (uint32_t)number(&primary, wide ? 4 : 2);
    primary_properties(mem, &h, out);
    item_blocks(mem, &h, e);
}

static void sequence_duration(arena *mem, bytes moov, tags *out)
{
    reader r = {.in = box_find(moov, "mvhd")};
    size_t width = number(&r, 1) ? 8 : 4;
    number(&r, 3), number(&r, width), number(&r, width);
    double scale = (double)number(&r, 4), duration = (double)number(&r, width);
    if (!r.broken && scale > 0 && duration > 0) tag_add(mem, out, "Duration", str_fmt(mem, "%.2f s", duration / scale));
}

// ---- JPEG XL ---------------------------------------------------------------------------------------------------------------------
// Bits from the low end of each byte.
static uint32_t bits(bytes in, size_t *at, unsigned n)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < n; i++, (*at)++)
        if (*at / 8 < in.n && in.at[*at / 8] >> (*at % 8) & 1) v |= 1u << i;
    return v;
}

static uint32_t jxl_side(bytes in, size_t *at, bool by_eight)
{
    static const uint8_t widths[] = {9, 13, 18, 30};
    return by_eight ? 8 * (bits(in, at, 5) + 1) : bits(in, at, widths[bits(in, at, 2)]) + 1;
}

void jxl_size(arena *mem, bytes codestream, tags *out)
{
    static const uint8_t ratios[][2] = {{0, 1}, {1, 1}, {12, 10}, {4, 3}, {3, 2}, {16, 9}, {5, 4}, {2, 1}};
    if (codestream.n < 12) return;
    size_t at = 16; // behind ff 0a
    bool by_eight = bits(codestream, &at, 1);
    uint32_t height = jxl_side(codestream, &at, by_eight), ratio = bits(codestream, &at, 3);
    uint32_t width = ratio ? (uint32_t)((uint64_t)height * ratios[ratio][0] / ratios[ratio][1]) : jxl_side(codestream, &at, by_eight);
    tag_add(mem, out, "ImageSize", str_fmt(mem, "%ux%u", width, height));
}

// ---- all -------------------------------------------------------------------------------------------------------------------------
bool box_tags(arena *mem, bytes file, exiv *e, tags *out)
{
    static const uint8_t xmp_box[] = {0xbe, 0x7a, 0xcf, 0xcb, 0x97, 0xa9, 0x42, 0xe8, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac};
    bool heif = bytes_have(file, 4, "ftyp") && !bytes_have(file, 8, "crx "), cr3 = bytes_have(file, 4, "ftypcrx "),
         jxl = bytes_have(file, 4, "JXL \r\n");
    if (!heif && !cr3 && !jxl) return false;
    for (walk w = {.in = file}; box_next(&w);) {
        if (heif && box_is(&w, "meta")) {
            heif_tags(mem, file, w.body, e, out);
        } else if (heif && box_is(&w, "moov")) {
            sequence_duration(mem, w.body, out);
        } else if (heif && box_is(&w, "mpvd")) {
            tag_add(mem, out, "MotionPhotoVideo", str_fmt(mem, "%zu %zu", (size_t)(w.body.at - file.at), w.body.n));
        } else if (cr3 && box_is(&w, "moov")) {
            exiv_add(e, (bytes){file.at, w.next}); // exiv2 gets no further: it stumbles over what follows
        } else if (cr3 && box_is(&w, "uuid") && w.body.n > 16 && !memcmp(w.body.at, xmp_box, sizeof xmp_box)) {
            exiv_add_xmp(e, bytes_from(w.body, 16));
        } else if (jxl && box_is(&w, "Exif")) {
            add_exif(e, w.body);
        } else if (jxl && box_is(&w, "xml ")) {
            exiv_add_xmp(e, w.body);
        } else if (jxl && (box_is(&w, "jxlc") || box_is(&w, "jxlp"))) {
            jxl_size(mem, bytes_from(w.body, box_is(&w, "jxlp") ? 4 : 0), out);
        }
    }
    return true;
}
