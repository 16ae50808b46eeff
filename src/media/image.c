// One decode, every size (spec 06, 7.3 to 7.10).
#include "media/picture.h"
#include "media/thumbhash.h"
#include <math.h>
#include <unistd.h>

box face_square(face_box f, int width, int height)
{
    double scale_x = width / f.image_width, scale_y = height / f.image_height;
    double x1 = fmin(fmax(f.x1, 0), f.image_width) * scale_x, x2 = fmin(fmax(f.x2, 0), f.image_width) * scale_x;
    double y1 = fmin(fmax(f.y1, 0), f.image_height) * scale_y, y2 = fmin(fmax(f.y2, 0), f.image_height) * scale_y;
    double half_width = (x2 - x1) / 2, half_height = (y2 - y1) / 2;
    double x = round(x1 + half_width), y = round(y1 + half_height);
    double r = floor(fmax(half_width, half_height) * 1.1);
    // A square that fits into the picture around the same centre.
    double fits = fmin(fmin(x - fmax(0, x - r), y - fmax(0, y - r)), fmin(fmin(width - 1, x + r) - x, fmin(height - 1, y + r) - y));
    return (box){(int64_t)(x - fits), (int64_t)(y - fits), (int64_t)(2 * fits), (int64_t)(2 * fits)};
}

static bool is_part(const render *r)
{
    return r->crop.width || r->face.image_width > 0;
}

// The shorter side of the largest output that has a size; full tells of one that has none.
static int largest_size(const render *r, bool *full)
{
    int largest = 0;
    *full = is_part(r);
    for (int i = 0; i < r->n; i++) {
        if (r->outputs[i].size > largest) largest = r->outputs[i].size;
        if (!r->outputs[i].size) *full = true;
    }
    return largest ? largest : THUMBHASH_SIDE;
}

static picture load_original(ctx *c, const render *r, int largest, bool full)
{
    picture p;
    if (r->video) return video_load(c, r->fd, largest, r->tonemap);
    bool raw = file_type_has(r->name, TYPE_RAW);
    bool edited = is_part(r) || r->turn > 1;
    if (raw && r->embedded && raw_load_preview(c, r->fd, edited ? 0 : largest, r->embedded_min, r->orientation, r->tolerant, &p)) {
        if (edited) p.copy = (bytes){0};
        return p;
    }
    int want = full ? 0 : largest;
    if (raw && raw_load(c, r->fd, want, &p)) return p;
    if (still_load(c, r->fd, &p)) return p;
    return image_load(c, r->fd, want, r->tolerant);
}

static VipsImage *cut(ctx *c, VipsImage *in, box b)
{
    int64_t width = vips_image_get_width(in), height = vips_image_get_height(in);
    int64_t x = b.x < 0 ? 0 : b.x, y = b.y < 0 ? 0 : b.y;
    int64_t right = b.width > width - b.x ? width : b.x + b.width, bottom = b.height > height - b.y ? height : b.y + b.height;
    if (x >= right || y >= bottom) fail(c, 422, "the crop lies outside the picture");
    VipsImage *out;
    if (vips_extract_area(in, &out, (int)x, (int)y, (int)(right - x), (int)(bottom - y), NULL)) vips_refuse(c, "cannot crop the image");
    return own(c, out);
}

// Computes the pixels of a lazy image, so that they can be used twice.
static VipsImage *in_memory(ctx *c, VipsImage *in)
{
    VipsImage *out = vips_image_copy_memory(in);
    if (!out) vips_refuse(c, "cannot scale the image");
    return own(c, out);
}

static bytes hash_of(ctx *c, VipsImage *in, int turn)
{
    int width = vips_image_get_width(in), height = vips_image_get_height(in);
    double factor = fmax(1, (double)(width > height ? width : height) / THUMBHASH_SIDE);
    VipsImage *image = picture_resize(c, in, (int)fmax(1, round(width / factor)), (int)fmax(1, round(height / factor)));
    image = picture_turn(c, image, turn);
    if (!vips_image_hasalpha(image)) {
        VipsImage *opaque;
        if (vips_bandjoin_const1(image, &opaque, 255, NULL)) vips_refuse(c, "cannot hash the image");
        image = own(c, opaque);
    }
    size_t size;
    void *rgba = vips_image_write_to_memory(image, &size);
    if (!rgba) vips_refuse(c, "cannot hash the image");
    bytes hash = thumbhash(c->mem, rgba, vips_image_get_width(image), vips_image_get_height(image));
    g_free(rgba);
    return hash;
}

static str panorama_of(ctx *c, const picture *p)
{
    const void *at;
    size_t n;
    if (!vips_image_get_typeof(p->image, VIPS_META_XMP_NAME) || vips_image_get_blob(p->image, VIPS_META_XMP_NAME, &at, &n)) return (str){0};
    return gpano_packet(c->mem, (bytes){(uint8_t *)at, n});
}

render_result render_run(ctx *c, const render *r)
{
    if (!lseek(r->fd, 0, SEEK_END)) fail(c, 422, "the file is empty");
    bool full;
    int largest = largest_size(r, &full);
    picture p = load_original(c, r, largest, full);
    bool copying = p.copy.n;
    VipsImage *upright = picture_develop(c, &p, r->video || (full && !copying) ? 0 : largest, r->p3);

    render_result result = {
        .width = turn_swaps_sides(p.turn) ? p.height : p.width,
        .height = turn_swaps_sides(p.turn) ? p.width : p.height,
        .transparent = !r->video && !copying && file_type_has(r->name, TYPE_TRANSPARENT) && vips_image_hasalpha(upright),
    };
    if (r->face.image_width > 0)
        upright = cut(c, upright, face_square(r->face, vips_image_get_width(upright), vips_image_get_height(upright)));
    else if (r->crop.width) upright = cut(c, upright, r->crop);

    VipsImage *smallest = upright; // that is large enough for the thumbhash
    for (int i = 0; i < r->n; i++) {
        const render_output *o = &r->outputs[i];
        int width = vips_image_get_width(upright), height = vips_image_get_height(upright);
        if (!o->size && copying) {
            picture_save_copy(c, p.copy, p.turn, o->fd);
            result.outputs[i].copied = true;
            result.outputs[i].width = result.width, result.outputs[i].height = result.height;
            continue;
        }
        if (r->video) video_fit(o->size, &width, &height);
        else picture_fit(o->size, &width, &height);
        picture_cap(o->format, &width, &height);
        VipsImage *scaled = in_memory(c, picture_resize(c, upright, width, height));
        if (width < vips_image_get_width(smallest) && width >= THUMBHASH_SIDE && height >= THUMBHASH_SIDE) smallest = scaled;
        VipsImage *image = picture_turn(c, scaled, r->turn);
        picture_save(c, image, o, r->p3, o->gpano ? panorama_of(c, &p) : (str){0});
        result.outputs[i].width = vips_image_get_width(image), result.outputs[i].height = vips_image_get_height(image);
    }
    if (r->thumbhash) result.thumbhash = hash_of(c, smallest, r->turn);
    return result;
}
