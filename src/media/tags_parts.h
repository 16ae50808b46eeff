// The readers behind tags_read(), one per kind of container. All run inside the cage on mapped, hostile bytes: every offset is checked, nothing fails
// a context, and what can't be read is left out.
#pragma once
#include "media/tags.h"

// ---- EXIF, XMP and IPTC, through gexiv2 (tags_exiv.c) --------------------------------------------------------------------------------
// A file may have them in one piece that exiv2 understands (JPEG, TIFF and most raw formats, PNG, WebP, PSD) or as several blocks (HEIF, JPEG XL).
// A NULL exiv takes nothing.
typedef struct exiv exiv;
exiv *exiv_new(arena *);
void exiv_close(exiv *);
bool exiv_add(exiv *, bytes block);                   // a whole file or a TIFF block; false if exiv2 can't read it
bool exiv_add_xmp(exiv *, bytes text);                // an XMP packet or sidecar, UTF-8 or UTF-16, or any text with RDF in it
void exiv_tags(exiv *, bool raw, tags *);             // what the blocks say together: EXIF before XMP before IPTC. raw: of a camera raw
str exiv_text(exiv *, const char *key);               // a value by exiv2's key, as it stands; {0} if absent
str exiv_shown(exiv *, const char *key);              // as exiv2 explains it
bytes exiv_bytes(exiv *, const char *key);            // undecoded
str exiv_explain(exiv *, const char *key, str value); // what exiv2 would say of this value in an otherwise empty file

str exposure_text(arena *, double seconds); // "1/160", "1.3", "4"

// The lens's name, as ExifTool's LensID; {0} if there is no hint (tags_lens.c).
str lens_name(arena *, exiv *);

// ---- containers ------------------------------------------------------------------------------------------------------------------
// Size, depth, colour profile and trailers of pictures (tags_picture.c): what the container itself says. XMP that exiv2 would not find is handed to it.
void picture_tags(arena *, bytes file, exiv *, tags *);
// HEIF, AVIF, CR3 and JPEG XL: the same, and their EXIF and XMP blocks (tags_box.c). False: the file is none of these.
bool box_tags(arena *, bytes file, exiv *, tags *);
void icc_tags(arena *, bytes profile, tags *);
void jxl_size(arena *, bytes codestream, tags *);

// Videos and GIFs, through libavformat (tags_video.c).
void video_tags(arena *, int fd, tags *, probe *);

// ---- reading bytes ---------------------------------------------------------------------------------------------------------------
static inline uint32_t be16(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}
static inline uint32_t be32(const uint8_t *p)
{
    return be16(p) << 16 | be16(p + 2);
}
static inline uint64_t be64(const uint8_t *p)
{
    return (uint64_t)be32(p) << 32 | be32(p + 4);
}
static inline uint32_t le16(const uint8_t *p)
{
    return (uint32_t)p[1] << 8 | p[0];
}
static inline uint32_t le32(const uint8_t *p)
{
    return le16(p + 2) << 16 | le16(p);
}
// n bytes at `at`, or an empty piece if they are not all there.
static inline bytes bytes_at(bytes b, size_t at, size_t n)
{
    return at <= b.n && n <= b.n - at ? (bytes){b.at + at, n} : (bytes){0};
}
static inline bytes bytes_from(bytes b, size_t at)
{
    return at <= b.n ? (bytes){b.at + at, b.n - at} : (bytes){0};
}
static inline bool bytes_have(bytes b, size_t at, const char *word)
{
    return bytes_at(b, at, strlen(word)).at && !memcmp(b.at + at, word, strlen(word));
}
