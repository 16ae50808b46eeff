// Media: files in, pixels and facts out. Knows no users and no database.
//
// Everything here takes open descriptors and runs in the worker's caged decoder (cage.h). One call decodes the original once and makes every
// size from that decode, with the thumbhash (spec 06, 7.3 to 7.9).
#pragma once
#include "media/cage.h"
#include "media/types.h"

// The decoder process's main (src/app/decoder.c).
int media_decoder_main(int argc, char **argv);

// An upright picture is the stored one turned by its EXIF orientation: 1 as it is, 2 mirrored left to right, 3 half a turn, 4 mirrored top to
// bottom, 5 transposed, 6 quarter turn clockwise, 7 transposed the other way, 8 quarter turn anticlockwise.
// Turnings form a group, so a list of rotations and mirrorings is one of the eight as well.
int turn_then(int first, int next);
bool turn_swaps_sides(int turn); // 5 to 8
// Which of the eight sends the stored axes there (x to the right, y down); only the signs matter. 1 if none does.
int turn_of_matrix(int xx, int xy, int yx, int yy);

typedef enum { PICTURE_NONE, PICTURE_JPEG, PICTURE_WEBP } picture_format;
const char *picture_extension(picture_format); // ".jpeg", ".webp"

typedef struct {
    int64_t x, y, width, height;
} box;

// A face as detection stored it: corners in an image of image_width x image_height.
typedef struct {
    double x1, y1, x2, y2, image_width, image_height;
} face_box;
// The square around a face for a person's thumbnail, in a picture of width x height (spec 06, 7.10).
box face_square(face_box, int width, int height);

enum { RENDER_OUTPUTS = 4 };
// More pixels than this are refused before decoding: a gigapixel is more than any camera or stitcher of today makes, and a small file can claim any size.
#define MEDIA_MAX_PIXELS ((int64_t)1 << 30)

typedef struct {
    int fd;   // written from its start
    int size; // of the shorter side, never enlarged; 0: as decoded
    picture_format format;
    int quality;      // 1 to 100
    bool progressive; // JPEG only
    bool gpano;       // copy the original's XMP GPano properties (panoramas)
} render_output;

typedef struct {
    int fd;        // the original
    str name;      // its file name: raw, possibly transparent
    bool video;    // pick a frame (videos, and originals named .gif); else decode an image
    bool tolerant; // go on with damaged images (IMMICH_PROCESS_INVALID_IMAGES)
    bool p3;       // working space Display P3, else sRGB: see media_wants_p3()
    bool embedded; // raw: take the embedded preview when its shorter side is at least embedded_min
    int embedded_min;
    int orientation; // stored for the asset, turns an embedded preview; 0: none is stored
    str tonemap;     // videos: hable, mobius, reinhard, disabled; {0} is hable
    box crop;        // of the upright picture, before resizing; no width: everything
    face_box face;   // instead of crop; no image_width: none
    int turn;        // after resizing; 0 or 1: none
    bool thumbhash;
    render_output outputs[RENDER_OUTPUTS];
    int n;
} render;

typedef struct {
    int width, height; // of the whole upright original
    bool transparent;  // has an alpha channel and a file type that may
    bytes thumbhash;   // {0} if not asked for
    struct {
        int width, height;
        bool copied; // a raw's embedded JPEG as it was, whatever format was asked for
    } outputs[RENDER_OUTPUTS];
} render_result;

// Fails like cage_call(). What was written to the outputs before a failure is worthless.
render_result media_render(ctx *, cage *, render);

// What spec 06, 7.3 calls "not considered sRGB": the tags of the original say another colour space. Empty strings and 0 bits: unknown.
bool media_wants_p3(str colorspace, str profile_description, int bits_per_sample);
