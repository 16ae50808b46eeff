// What the containers of pictures say themselves: size, depth, colour profile, how long an animation lasts, and a video behind the picture.
#include "media/tags_parts.h"
#include <stdlib.h>
#include <zlib.h>

static void add_size(arena *mem, tags *out, uint32_t width, uint32_t height)
{
    if (width && height) tag_add(mem, out, "ImageSize", str_fmt(mem, "%ux%u", width, height));
}

static void add_depth(arena *mem, tags *out, const char *name, uint32_t bits)
{
    tag_add(mem, out, name, str_fmt(mem, "%u", bits));
}

// ---- colour profiles -------------------------------------------------------------------------------------------------------------
// The description is a 'desc' text (version 2) or an 'mluc' list of UTF-16 texts (version 4). Source: ICC.1:2022, 10.2 and 10.15.
void icc_tags(arena *mem, bytes profile, tags *out)
{
    bytes count = bytes_at(profile, 128, 4);
    for (uint32_t i = 0; count.at && i < be32(count.at) && i < 100; i++) {
        bytes entry = bytes_at(profile, 132 + 12 * (size_t)i, 12);
        if (!entry.at) return;
        if (memcmp(entry.at, "desc", 4) != 0) continue;
        bytes text = bytes_at(profile, be32(entry.at + 4), be32(entry.at + 8));
        if (bytes_have(text, 0, "desc") && text.n > 12) {
            bytes name = bytes_at(text, 12, be32(text.at + 8));
            if (name.n) tag_add(mem, out, "ProfileDescription", (str){(char *)name.at, strnlen((char *)name.at, name.n)});
        } else if (bytes_have(text, 0, "mluc") && text.n >= 28) {
            bytes name = bytes_at(text, be32(text.at + 24), be32(text.at + 20));
            buf b = {.mem = mem};
            for (size_t at = 0; at + 1 < name.n; at += 2) buf_code_point(&b, be16(name.at + at));
            str s = str_trim(buf_str(&b));
            if (s.n) tag_add(mem, out, "ProfileDescription", s);
        }
        return;
    }
}

// ---- Samsung's trailer -----------------------------------------------------------------------------------------------------------
// "SEFH", version, count, entries of {2 zero bytes, type, distance of the block back from SEFH, size}, then the size of all that and "SEFT". A block
// begins with type and the length of its name. Source: https://exiftool.org/TagNames/Samsung.html (Trailer).
static void samsung_trailer(arena *mem, bytes file, tags *out)
{
    if (file.n < 20 || !bytes_have(file, file.n - 4, "SEFT")) return;
    uint32_t length = le32(file.at + file.n - 8);
    if (length < 12 || length > file.n - 8) return;
    size_t head = file.n - 8 - length;
    if (!bytes_have(file, head, "SEFH")) return;
    uint32_t count = le32(file.at + head + 8);
    for (uint32_t i = 0; i < count; i++) {
        bytes entry = bytes_at(file, head + 12 + 12 * (size_t)i, 12);
        if (!entry.at || head + 12 + 12 * ((size_t)i + 1) > file.n - 8) return;
        uint32_t back = le32(entry.at + 4), size = le32(entry.at + 8);
        if (le16(entry.at + 2) != 0x0a30 || back > head) continue; // EmbeddedVideoFile
        bytes block = bytes_at(file, head - back, size);
        uint32_t name = block.n > 8 ? le32(block.at + 4) : UINT32_MAX;
        if (name > block.n || name + 8 >= block.n) continue;
        tag_add(mem, out, "EmbeddedVideoType", (str){(char *)block.at + 8, name});
        tag_add(mem, out, "EmbeddedVideoFile", str_fmt(mem, "%zu %zu", (size_t)(block.at - file.at) + 8 + name, block.n - 8 - name));
    }
}

// ---- JPEG ------------------------------------------------------------------------------------------------------------------------
// An XMP packet that is too long for one segment goes on in others: name, NUL, 32 letters of identity, whole length, offset, piece.
// Source: XMP specification part 3, 1.1.3.1.
static void extended_xmp(arena *mem, bytes part, bytes *whole)
{
    static const char name[] = "http://ns.adobe.com/xmp/extension/";
    enum { HEAD = sizeof name + 32 + 4 + 4, MOST = 64 << 20 };
    if (part.n <= HEAD || memcmp(part.at, name, sizeof name) != 0) return;
    size_t length = be32(part.at + HEAD - 8), offset = be32(part.at + HEAD - 4), n = part.n - HEAD;
    if (!whole->at && length <= MOST) *whole = (bytes){arena_alloc(mem, length), length};
    if (bytes_at(*whole, offset, n).at) memcpy(whole->at + offset, part.at + HEAD, n);
}

static void jpeg(arena *mem, bytes file, exiv *e, tags *out)
{
    buf icc = {.mem = mem};
    bytes xmp = {0};
    size_t at = 2;
    while (at + 4 <= file.n) {
        if (file.at[at] != 0xff) break;
        uint8_t marker = file.at[at + 1];
        if (marker == 0xff) {
            at++;
            continue;
        }
        if (marker == 0xd9 || marker == 0xda) break;
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
            at += 2;
            continue;
        }
        bytes part = bytes_at(file, at + 4, be16(file.at + at + 2) - 2);
        if (!part.at) break;
        bool frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (frame && part.n >= 6) {
            add_size(mem, out, be16(part.at + 3), be16(part.at + 1));
            add_depth(mem, out, "BitsPerSample", part.at[0]);
        } else if (marker == 0xe2 && part.n > 14 && bytes_have(part, 0, "ICC_PROFILE")) {
            buf_add(&icc, bytes_str(bytes_from(part, 14))); // the pieces come in order
        } else if (marker == 0xe1) {
            extended_xmp(mem, part, &xmp);
        }
        at += 4 + part.n;
    }
    icc_tags(mem, (bytes){(uint8_t *)icc.at, icc.n}, out);
    exiv_add_xmp(e, xmp);
    samsung_trailer(mem, file, out);
}

// ---- PNG -------------------------------------------------------------------------------------------------------------------------
static void png(arena *mem, bytes file, tags *out)
{
    for (size_t at = 8; at + 12 <= file.n;) {
        bytes part = bytes_at(file, at + 8, be32(file.at + at));
        if (!part.at || bytes_have(file, at + 4, "IDAT")) return;
        if (bytes_have(file, at + 4, "IHDR") && part.n >= 13) {
            add_size(mem, out, be32(part.at), be32(part.at + 4));
            add_depth(mem, out, "BitDepth", part.at[8]);
        } else if (bytes_have(file, at + 4, "iCCP")) {
            size_t name = strnlen((char *)part.at, part.n) + 2; // a name, its NUL, the method
            bytes packed = bytes_from(part, name), profile = {arena_alloc(mem, 1 << 20), 1 << 20};
            uLongf n = profile.n;
            if (packed.n && uncompress(profile.at, &n, packed.at, packed.n) == Z_OK) icc_tags(mem, (bytes){profile.at, n}, out);
        }
        at += 12 + part.n;
    }
}

// ---- WebP ------------------------------------------------------------------------------------------------------------------------
static void webp(arena *mem, bytes file, tags *out)
{
    uint64_t milliseconds = 0;
    for (size_t at = 12; at + 8 <= file.n;) {
        bytes part = bytes_at(file, at + 8, le32(file.at + at + 4));
        if (!part.at) part = bytes_from(file, at + 8); // cut off: the head is still good
        if (bytes_have(file, at, "VP8X") && part.n >= 10) {
            add_size(mem, out, (le32(part.at + 4) & 0xffffff) + 1, (le16(part.at + 7) | (uint32_t)part.at[9] << 16) + 1);
        } else if (bytes_have(file, at, "VP8 ") && part.n >= 10) {
            add_size(mem, out, le16(part.at + 6) & 0x3fff, le16(part.at + 8) & 0x3fff);
        } else if (bytes_have(file, at, "VP8L") && part.n >= 5) {
            uint32_t bits = le32(part.at + 1);
            add_size(mem, out, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
        } else if (bytes_have(file, at, "ICCP")) {
            icc_tags(mem, part, out);
        } else if (bytes_have(file, at, "ANMF") && part.n >= 16) {
            milliseconds += le32(part.at + 12) & 0xffffff;
        }
        at += 8 + part.n + (part.n & 1);
    }
    if (milliseconds) tag_add(mem, out, "Duration", str_fmt(mem, "%.2f s", (double)milliseconds / 1000));
}

// ---- all -------------------------------------------------------------------------------------------------------------------------
void picture_tags(arena *mem, bytes file, exiv *e, tags *out)
{
    bytes head = bytes_at(file, 0, 30);
    const uint8_t *p = head.at;
    if (bytes_have(file, 0, "\xff\xd8")) {
        jpeg(mem, file, e, out);
    } else if (bytes_have(file, 0, "\x89PNG\r\n\x1a\n")) {
        png(mem, file, out);
    } else if (bytes_have(file, 0, "RIFF") && bytes_have(file, 8, "WEBP")) {
        webp(mem, file, out);
    } else if (bytes_have(file, 0, "\xff\x0a")) {
        jxl_size(mem, file, out);
    } else if (bytes_have(file, 0, "<")) {
        exiv_add_xmp(e, file); // SVG
    } else if (p && bytes_have(file, 0, "GIF8")) {
        add_size(mem, out, le16(p + 6), le16(p + 8));
    } else if (p && bytes_have(file, 0, "BM") && le32(p + 14) >= 40) {
        add_size(mem, out, le32(p + 18), (uint32_t)labs((int32_t)le32(p + 22)));
        add_depth(mem, out, "BitDepth", le16(p + 28));
    } else if (p && bytes_have(file, 0, "8BPS")) {
        add_size(mem, out, be32(p + 18), be32(p + 14));
        add_depth(mem, out, "BitDepth", be16(p + 22));
    }
}
