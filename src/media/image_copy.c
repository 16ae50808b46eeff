// Writing encoded pictures without the metadata that they should not have.
//
// A camera's own JPEG out of a raw file is kept byte for byte as far as the picture goes. What it says of place, time and owner goes; what a viewer
// needs stays: the colour profile, Adobe's colour marker and a new EXIF block with nothing but orientation and colour space (spec 06, 7.5).
#include "media/picture.h"
#include <errno.h>
#include <unistd.h>

enum { SOI = 0xd8, SOS = 0xda, APP0 = 0xe0, APP1 = 0xe1, APP2 = 0xe2, APP13 = 0xed, APP14 = 0xee, APP15 = 0xef, COM = 0xfe };

static void write_all(ctx *c, int fd, const void *at, size_t n)
{
    for (const uint8_t *p = at; n;) {
        ssize_t done = write(fd, p, n);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) fail(c, 500, "cannot write the image: %s", strerror(errno));
        p += done, n -= (size_t)done;
    }
}

static void write_exif(ctx *c, int fd, int orientation)
{
    enum { SRGB = 1, SHORT = 3, LONG = 4 };
    // Big-endian TIFF: IFD0 with Orientation and the pointer to the EXIF directory, which has ColorSpace.
    const uint8_t exif[] = {
        0xff, APP1, 0,    64,   'E', 'x',   'i', 'f', 0, 0, 'M', 'M',
        0,    42,   0,    0,    0,   8, //
        0,    2,    0x01, 0x12, 0,   SHORT, 0,   0,   0, 1, 0,   (uint8_t)orientation,
        0,    0, //
        0x87, 0x69, 0,    LONG, 0,   0,     0,   1,   0, 0, 0,   38,
        0,    0,    0,    0, //
        0,    1,    0xa0, 0x01, 0,   SHORT, 0,   0,   0, 1, 0,   SRGB,
        0,    0,    0,    0,    0,   0,
    };
    write_all(c, fd, exif, sizeof exif);
}

static bool camera_keeps(int marker, bytes segment)
{
    if (marker == COM || marker == APP1 || marker == APP13) return false;
    if (marker == APP2) return segment.n > 16 && !memcmp(segment.at + 4, "ICC_PROFILE", 12); // not the MPF index of further pictures
    if (marker > APP0 && marker <= APP15) return marker == APP14;
    return true;
}

static bool output_keeps(int marker, bytes segment)
{
    return marker != APP1 || segment.n < 10 || memcmp(segment.at + 4, "Exif", 5) != 0;
}

// The segments up to the picture that `keeps` wants, then the picture. False: this is no sound JPEG.
static bool write_jpeg(ctx *c, bytes jpeg, int fd, bool (*keeps)(int marker, bytes segment))
{
    for (size_t at = 2; at + 4 <= jpeg.n && jpeg.at[at] == 0xff;) {
        int marker = jpeg.at[at + 1];
        size_t length = (size_t)jpeg.at[at + 2] << 8 | jpeg.at[at + 3];
        if (marker == SOS) {
            write_all(c, fd, jpeg.at + at, jpeg.n - at);
            return true;
        }
        if (length < 2 || length + 2 > jpeg.n - at) return false;
        bytes segment = {jpeg.at + at, length + 2};
        if (keeps(marker, segment)) write_all(c, fd, segment.at, segment.n);
        at += length + 2;
    }
    return false;
}

void picture_save_copy(ctx *c, bytes jpeg, int orientation, int fd)
{
    if (jpeg.n < 4 || jpeg.at[0] != 0xff || jpeg.at[1] != SOI) fail(c, 422, "the embedded preview is no JPEG");
    write_all(c, fd, jpeg.at, 2);
    write_exif(c, fd, orientation);
    if (!write_jpeg(c, jpeg, fd, camera_keeps)) fail(c, 422, "the embedded preview is damaged");
}

// RIFF: chunks of four letters, a little-endian length and so many bytes, padded to even. The first one of an extended file says which others follow.
static void write_webp(ctx *c, bytes webp, int fd)
{
    enum { HEAD = 12, CHUNK = 8, EXIF_FLAG = 8 };
    size_t kept = HEAD;
    for (size_t at = HEAD; at + CHUNK <= webp.n;) {
        uint8_t *chunk = webp.at + at;
        size_t length = chunk[4] | (size_t)chunk[5] << 8 | (size_t)chunk[6] << 16 | (size_t)chunk[7] << 24;
        size_t whole = CHUNK + length + length % 2;
        if (whole > webp.n - at) whole = webp.n - at;
        if (!memcmp(chunk, "VP8X", 4) && whole > CHUNK) chunk[CHUNK] &= (uint8_t)~EXIF_FLAG;
        if (memcmp(chunk, "EXIF", 4) != 0) {
            memmove(webp.at + kept, chunk, whole);
            kept += whole;
        }
        at += whole;
    }
    for (int i = 0; i < 4; i++) webp.at[4 + i] = (uint8_t)((kept - CHUNK) >> 8 * i);
    write_all(c, fd, webp.at, kept);
}

void picture_write(ctx *c, bytes encoded, picture_format format, int fd)
{
    if (format == PICTURE_WEBP) {
        write_webp(c, encoded, fd);
        return;
    }
    write_all(c, fd, encoded.at, 2);
    if (!write_jpeg(c, encoded, fd, output_keeps)) fail(c, 500, "the encoder made a JPEG that cannot be read");
}
