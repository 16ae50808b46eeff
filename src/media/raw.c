// Camera raw, developed by LibRaw from a memory map of the descriptor, in sRGB with the camera's white balance.
#include "media/picture.h"
#include <libraw/libraw.h>
#include <sys/mman.h>
#include <sys/stat.h>

typedef struct {
    libraw_data_t *raw;
    void *map;
    size_t size;
} raw_file;

static void close_raw(void *arg)
{
    raw_file *f = arg;
    if (f->raw) libraw_close(f->raw);
    if (f->map) munmap(f->map, f->size);
}

// NULL: not a raw that LibRaw knows.
static libraw_data_t *open_raw(ctx *c, int fd)
{
    struct stat st;
    if (fstat(fd, &st) || st.st_size < 1) return NULL;
    raw_file *f = new (c->mem, raw_file);
    defer(c, close_raw, f);
    f->size = (size_t)st.st_size;
    f->map = mmap(NULL, f->size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (f->map == MAP_FAILED) {
        f->map = NULL;
        fail(c, 500, "cannot map the file");
    }
    f->raw = libraw_init(LIBRAW_OPIONS_NO_DATAERR_CALLBACK);
    if (!f->raw) fail(c, 500, "out of memory");
    return libraw_open_buffer(f->raw, f->map, f->size) == LIBRAW_SUCCESS ? f->raw : NULL;
}

static void free_developed(void *image)
{
    libraw_dcraw_clear_mem(image);
}

static VipsImage *developed_image(ctx *c, libraw_processed_image_t *p)
{
    VipsImage *image = vips_image_new_from_memory(p->data, p->data_size, p->width, p->height, p->colors, VIPS_FORMAT_UCHAR);
    if (!image) vips_refuse(c, "cannot hold the image");
    own(c, image);
    VipsImage *tagged;
    VipsInterpretation space = p->colors == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB;
    if (vips_copy(image, &tagged, "interpretation", space, NULL)) vips_refuse(c, "cannot hold the image");
    own(c, tagged);
    // These values are sRGB whatever the working space will be, and the profile says so.
    VipsBlob *profile;
    if (p->colors == 3 && !vips_profile_load("srgb", &profile, NULL)) {
        size_t n;
        const void *at = vips_blob_get(profile, &n);
        vips_image_set_blob_copy(tagged, VIPS_META_ICC_NAME, at, n);
        vips_area_unref(VIPS_AREA(profile));
    }
    return tagged;
}

static int turn_of_flip(int flip)
{
    return flip == 3 ? 3 : flip == 5 ? 8 : flip == 6 ? 6 : 1;
}

// The embedded preview as it lies in the file; {0} if there is none in JPEG.
static bytes preview_of(libraw_data_t *raw)
{
    if (libraw_unpack_thumb(raw) != LIBRAW_SUCCESS || raw->thumbnail.tformat != LIBRAW_THUMBNAIL_JPEG) return (bytes){0};
    return (bytes){(uint8_t *)raw->thumbnail.thumb, raw->thumbnail.tlength};
}

bool raw_load_preview(ctx *c, int fd, int want, int least, int orientation, bool tolerant, picture *out)
{
    libraw_data_t *raw = open_raw(c, fd);
    bytes jpeg = raw ? preview_of(raw) : (bytes){0};
    if (!jpeg.n) return false;
    picture p = image_load_bytes(c, jpeg, want, tolerant);
    if (p.width < least || p.height < least) return false;
    if (orientation) p.turn = orientation;
    p.copy = jpeg;
    *out = p;
    return true;
}

bool raw_load(ctx *c, int fd, int want, picture *out)
{
    libraw_data_t *raw = open_raw(c, fd);
    if (!raw) return false;
    int width = raw->sizes.iwidth, height = raw->sizes.iheight;
    pixel_limit(c, raw->sizes.raw_width, raw->sizes.raw_height);
    raw->params.output_bps = 8;
    raw->params.use_camera_wb = 1;
    // Half the side needs no interpolation of the sensor's mosaic and takes a tenth of the time.
    raw->params.half_size = want && (width < height ? width : height) / 2 >= want;

    int error = libraw_unpack(raw);
    if (!error) error = libraw_dcraw_process(raw);
    libraw_processed_image_t *developed = error ? NULL : libraw_dcraw_make_mem_image(raw, &error);
    if (!developed) {
        // A camera that is newer than this LibRaw: its own preview is better than nothing.
        bytes jpeg = preview_of(raw);
        if (!jpeg.n) fail(c, 422, "cannot develop the raw image: %s", libraw_strerror(error));
        int turn = turn_of_flip(raw->sizes.flip);
        *out = image_load_bytes(c, jpeg, want, true);
        if (out->turn == 1) out->turn = turn;
        return true;
    }
    defer(c, free_developed, developed);
    if (developed->type != LIBRAW_IMAGE_BITMAP || developed->bits != 8) fail(c, 422, "cannot develop the raw image");
    // LibRaw has turned it already; it says the full size before the turn.
    bool swapped = turn_of_flip(raw->sizes.flip) > 3;
    int factor = raw->params.half_size ? 2 : 1;
    *out = (picture){.image = developed_image(c, developed), .turn = 1};
    out->width = factor == 1 ? developed->width : swapped ? height : width;
    out->height = factor == 1 ? developed->height : swapped ? width : height;
    return true;
}
