// Opening images with libvips, from a descriptor. The loader is chosen by what the bytes are, not by the name.
#include "media/picture.h"
#include <unistd.h>

void *picture_own(ctx *c, void *object)
{
    defer(c, g_object_unref, object);
    return object;
}

void vips_refuse(ctx *c, const char *what)
{
    enum { LONGEST = 300 };
    str reason = str_trim(utf8_clean(c->mem, str_of(vips_error_buffer())));
    reason = str_replace(c->mem, reason, S("\n"), S("; "));
    vips_error_clear();
    fail(c, 422, "%s: %.*s", what, PR(str_slice(reason, 0, LONGEST)));
}

void pixel_limit(ctx *c, int64_t width, int64_t height)
{
    if (width < 1 || height < 1) fail(c, 422, "the image has no pixels");
    if (width > MEDIA_MAX_PIXELS / height)
        fail(c, 422, "the image claims %lld x %lld pixels; more than %lld are not decoded", (long long)width, (long long)height,
             (long long)MEDIA_MAX_PIXELS);
}

// A loader's option that makes it decode a smaller image, "" if it has none or the image is small enough.
static const char *shrink_option(arena *mem, const char *loader, int width, int height, int pages, int want)
{
    int shorter = width < height ? width : height;
    if (!want || shorter <= want) return "";
    if (!strncmp(loader, "jpegload", 8)) {
        for (int shrink = 8; shrink > 1; shrink /= 2)
            if (shorter / shrink >= want) return cstr(mem, str_fmt(mem, "[shrink=%d]", shrink));
    } else if (!strncmp(loader, "jp2kload", 8)) {
        // Each of its "pages" has half the side of the one before.
        int page = 0;
        while (page + 1 < pages && (shorter >> (page + 1)) >= want) page++;
        if (page) return cstr(mem, str_fmt(mem, "[page=%d]", page));
    } else if (!strncmp(loader, "svgload", 7)) {
        return cstr(mem, str_fmt(mem, "[scale=%.9f]", (double)want / shorter));
    }
    return "";
}

static VipsImage *open_source(ctx *c, VipsSource *source, const char *options, bool tolerant)
{
    VipsImage *image = source ? vips_image_new_from_source(source, options, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on",
                                                           tolerant ? VIPS_FAIL_ON_NONE : VIPS_FAIL_ON_ERROR, NULL)
                              : NULL;
    if (source) g_object_unref(source);
    if (!image) vips_refuse(c, "not a readable image");
    return own(c, image);
}

// Where the bytes are: behind a descriptor or in memory.
typedef struct {
    int fd;
    bytes in_memory;
} place;

static VipsSource *source_of(place p)
{
    if (p.in_memory.at) return vips_source_new_from_memory(p.in_memory.at, p.in_memory.n);
    lseek(p.fd, 0, SEEK_SET);
    return vips_source_new_from_descriptor(p.fd);
}

static picture load(ctx *c, place p, int want, bool tolerant)
{
    VipsImage *image = open_source(c, source_of(p), "", tolerant);
    const char *loader = "";
    if (vips_image_get_typeof(image, VIPS_META_LOADER)) vips_image_get_string(image, VIPS_META_LOADER, &loader);
    picture out = {.image = image, .width = vips_image_get_width(image), .height = vips_image_get_height(image)};

    const char *options = shrink_option(c->mem, loader, out.width, out.height, vips_image_get_n_pages(image), want);
    bool vector = !strncmp(loader, "svgload", 7); // has no pixels before it is scaled
    if (!vector || !*options) pixel_limit(c, out.width, out.height);
    if (*options) out.image = open_source(c, source_of(p), options, tolerant);
    // libjxl turns the picture itself, by the codestream's orientation, and says that the EXIF value must not be applied as well.
    out.turn = strncmp(loader, "jxlload", 7) ? vips_image_get_orientation(image) : 1;
    return out;
}

picture image_load(ctx *c, int fd, int want, bool tolerant)
{
    return load(c, (place){.fd = fd}, want, tolerant);
}

picture image_load_bytes(ctx *c, bytes b, int want, bool tolerant)
{
    return load(c, (place){.in_memory = b}, want, tolerant);
}
