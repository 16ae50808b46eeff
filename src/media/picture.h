// Inside the decoder: pictures on their way from a file to thumbnails. Everything fails the context with 422 and the library's words when
// the file is at fault.
#pragma once
#include "media/media.h"
#include <vips/vips.h>

// A decoder's result. Its pixels may still be to come (libvips is lazy): a damaged file may fail later, in picture_develop().
typedef struct {
    VipsImage *image;  // as stored: any colour space, depth and size
    int width, height; // of the whole original, as stored; image may be smaller, when the format can shrink while decoding
    int turn;          // what makes it upright
    bytes copy;        // an embedded JPEG preview that stands for the full size; {0}: none
} picture;

// want: the shorter side that the caller needs, 0 for the full size. The result is at least that large, unless the original is smaller.
picture image_load(ctx *, int fd, int want, bool tolerant);
picture image_load_bytes(ctx *, bytes, int want, bool tolerant); // bytes must live as long as the context's try

// Formats that libvips has no safe decoder for: BMP and PSD, through libavcodec. False: neither of them.
bool still_load(ctx *, int fd, picture *out);

// Camera raw. False: LibRaw does not know this file.
bool raw_load(ctx *, int fd, int want, picture *out);
// Its embedded JPEG preview, turned by `orientation` (0: by its own EXIF) if its shorter side is at least `least`. False: none such.
bool raw_load_preview(ctx *, int fd, int want, int least, int orientation, bool tolerant, picture *out);

// The frame that stands for a video (spec 06, 7.8), RGB, sized so that its shorter side is `size` by video_fit().
picture video_load(ctx *, int fd, int size, str tonemap);
void video_fit(int size, int *width, int *height);

// Upright, 8 bits, 3 bands or 4 with alpha, in sRGB or P3, in memory; the shorter side is `want`, never enlarged (0: as it is).
VipsImage *picture_develop(ctx *, const picture *, int want, bool p3);
VipsImage *picture_resize(ctx *, VipsImage *, int width, int height);
VipsImage *picture_turn(ctx *, VipsImage *, int turn);
// Sets width and height to the size whose shorter side is `size`, never larger than they are.
void picture_fit(int size, int *width, int *height);
// Shrinks them to what a file of this format can hold.
void picture_cap(picture_format, int *width, int *height);

// xmp: a packet to embed, {0} for none.
void picture_save(ctx *, VipsImage *, const render_output *, bool p3, str xmp);
// A raw's embedded JPEG without its metadata, and with its colour profile and the orientation that the caller knows (0: its own).
void picture_save_copy(ctx *, bytes jpeg, int orientation, int fd);
// Writes what an encoder made, without the EXIF block that it may have added. May change the bytes.
void picture_write(ctx *, bytes encoded, picture_format, int fd);
// The XMP packet with the GPano properties of an image's own packet; {0} if it has none.
str gpano_packet(arena *, bytes xmp);

// Gives a GObject back at the end of the try.
#define own(c, object) ((typeof(object))picture_own((c), (object)))
void *picture_own(ctx *, void *object);
// Fails the context with 422, `what` and the contents of libvips' error buffer.
_Noreturn void vips_refuse(ctx *, const char *what);
void pixel_limit(ctx *, int64_t width, int64_t height);

render_result render_run(ctx *, const render *);
