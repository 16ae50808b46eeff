// What the tests of pictures share: a cage that runs this test program as its decoder, files without names, and images made on the spot.
#pragma once
#include "../test.h"
#include "media/media.h"
#include <vips/vips.h>

// One for all tests. It answers the operations of the product and, for the tests of the cage, "drill" with {"do": crash | hang | hog | …}.
cage *fixture_cage(void);

int file_new(void);                // empty, unlinked, for reading and writing
int file_of(const void *, size_t); // with these bytes, at position 0
bytes file_bytes(arena *, int fd);

typedef struct {
    int r, g, b, a; // a: -1 without alpha
} colour;
colour pixel(VipsImage *, int x, int y); // of an 8-bit image
bool colour_near(colour, int r, int g, int b, int tolerance);
#define check_near(image, x, y, r_, g_, b_, tolerance)                                                                                     \
    do {                                                                                                                                   \
        colour got_ = pixel(image, x, y);                                                                                                  \
        if (!colour_near(got_, r_, g_, b_, tolerance))                                                                                     \
            test_failed(__FILE__, __LINE__, "pixel %d,%d is %d,%d,%d, not %d,%d,%d", x, y, got_.r, got_.g, got_.b, r_, g_, b_);            \
    } while (0)

// Quarters: top left red, top right green, bottom left blue, bottom right white. bands 3 or 4 (alpha: 255, and 0 in the white quarter).
VipsImage *quarters(int width, int height, int bands);
// Saved by vips under this suffix with options, as an unlinked file: save(image, ".jpg[Q=95]").
int save(VipsImage *, const char *suffix);
VipsImage *open_output(int fd); // decoded; the caller unrefs

// A render that must succeed or fail; in the second case the message.
typedef struct {
    bool ok;
    int status;
    str message;
    render_result result;
} outcome;
outcome try_render(arena *, render);

// The usual three: preview 1440 JPEG, thumbnail 250 WebP, thumbhash. The descriptors of r.outputs are new files.
render usual(int fd, const char *name);
void render_close(render *);
