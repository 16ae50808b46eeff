// From what a decoder gave to upright 8-bit pixels in one of two colour spaces (spec 06, 7.3).
#include "media/picture.h"
#include <math.h>

void picture_fit(int size, int *width, int *height)
{
    int shorter = *width < *height ? *width : *height;
    if (!size || shorter <= size) return;
    // The longer side is rounded as sharp does it: half up.
    double scale = (double)shorter / size;
    *width = *width == shorter ? size : (int)round(*width / scale);
    *height = *height == shorter ? size : (int)round(*height / scale);
}

void picture_cap(picture_format format, int *width, int *height)
{
    int most = format == PICTURE_WEBP ? 16383 : 65500;
    int longer = *width > *height ? *width : *height;
    if (longer <= most) return;
    *width = (int)fmax(1, round((double)*width * most / longer));
    *height = (int)fmax(1, round((double)*height * most / longer));
}

VipsImage *picture_resize(ctx *c, VipsImage *in, int width, int height)
{
    int from_width = vips_image_get_width(in), from_height = vips_image_get_height(in);
    if (width == from_width && height == from_height) return in;
    bool alpha = vips_image_hasalpha(in);
    VipsBandFormat format = vips_image_get_format(in);
    VipsImage *out;
    // Transparent pixels have colours too, which must not bleed into their neighbours.
    if (alpha) {
        if (vips_premultiply(in, &out, NULL)) vips_refuse(c, "cannot scale the image");
        in = own(c, out);
    }
    // Averaging before the filter (the gap) runs again for every strip of rows and costs more than it saves; but the filter alone is limited.
    double across = (double)width / from_width, down = (double)height / from_height, gap = fmin(across, down) < 1.0 / 32 ? 2 : 0;
    if (vips_resize(in, &out, across, "vscale", down, "gap", gap, NULL)) vips_refuse(c, "cannot scale the image");
    in = own(c, out);
    if (alpha) {
        if (vips_unpremultiply(in, &out, NULL)) vips_refuse(c, "cannot scale the image");
        in = own(c, out);
        if (vips_cast(in, &out, format, NULL)) vips_refuse(c, "cannot scale the image");
        in = own(c, out);
    }
    return in;
}

VipsImage *picture_turn(ctx *c, VipsImage *in, int turn)
{
    static const VipsAngle angles[9] = {
        [3] = VIPS_ANGLE_D180, [5] = VIPS_ANGLE_D90, [6] = VIPS_ANGLE_D90, [7] = VIPS_ANGLE_D270, [8] = VIPS_ANGLE_D270};
    if (turn < 2 || turn > 8) return in;
    VipsImage *out;
    if (angles[turn]) {
        if (vips_rot(in, &out, angles[turn], NULL)) vips_refuse(c, "cannot turn the image");
        in = own(c, out);
    }
    if (turn == 2 || turn == 4 || turn == 5 || turn == 7) {
        if (vips_flip(in, &out, turn == 4 ? VIPS_DIRECTION_VERTICAL : VIPS_DIRECTION_HORIZONTAL, NULL))
            vips_refuse(c, "cannot turn the image");
        in = own(c, out);
    }
    return in;
}

// By the embedded profile if there is a usable one. CMYK has no meaning without: then a common press profile stands in.
static VipsImage *through_profile(ctx *c, VipsImage *in, bool p3)
{
    bool cmyk = vips_image_get_interpretation(in) == VIPS_INTERPRETATION_CMYK;
    if (!cmyk && !vips_image_get_typeof(in, VIPS_META_ICC_NAME)) return in;
    VipsImage *out;
    const char *target = p3 ? "p3" : "srgb";
    int failed =
        cmyk ? vips_icc_transform(in, &out, target, "embedded", TRUE, "input_profile", "cmyk", "intent", VIPS_INTENT_PERCEPTUAL, NULL)
             : vips_icc_transform(in, &out, target, "embedded", TRUE, "intent", VIPS_INTENT_PERCEPTUAL, NULL);
    if (!failed) return own(c, out);
    vips_error_clear(); // a broken profile is no reason to lose the picture: its values are taken as they are
    return in;
}

static VipsImage *to_rgb8(ctx *c, VipsImage *in)
{
    VipsImage *out;
    VipsInterpretation guess = vips_image_guess_interpretation(in);
    if (guess != vips_image_get_interpretation(in)) {
        if (vips_copy(in, &out, "interpretation", guess, NULL)) vips_refuse(c, "unknown colour space");
        in = own(c, out);
    }
    if (guess != VIPS_INTERPRETATION_sRGB && vips_colourspace_issupported(in)) {
        if (vips_colourspace(in, &out, VIPS_INTERPRETATION_sRGB, NULL)) vips_refuse(c, "unknown colour space");
        in = own(c, out);
    }
    if (vips_image_get_format(in) != VIPS_FORMAT_UCHAR) {
        if (vips_cast(in, &out, VIPS_FORMAT_UCHAR, NULL)) vips_refuse(c, "unknown pixel format");
        in = own(c, out);
    }
    int bands = vips_image_get_bands(in);
    if (bands < 3) { // grey that no colour space claimed
        VipsImage *grey[3] = {in, in, in};
        if (vips_extract_band(in, &out, 0, NULL)) vips_refuse(c, "unknown pixel format");
        grey[0] = grey[1] = grey[2] = own(c, out);
        if (vips_bandjoin(grey, &out, 3, NULL)) vips_refuse(c, "unknown pixel format");
        in = own(c, out);
    } else if (bands > 4) {
        if (vips_extract_band(in, &out, 0, "n", 4, NULL)) vips_refuse(c, "unknown pixel format");
        in = own(c, out);
    }
    return in;
}

VipsImage *picture_develop(ctx *c, const picture *p, int want, bool p3)
{
    int width = p->width, height = p->height;
    picture_fit(want, &width, &height);
    if (!want) width = vips_image_get_width(p->image), height = vips_image_get_height(p->image);
    // Scaled before the colours change: that is the cheap order, and what libvips' own thumbnailer does.
    VipsImage *image = picture_resize(c, p->image, width, height);
    image = to_rgb8(c, through_profile(c, image, p3));
    // The pixels arrive in the file's order, turning needs them in another.
    VipsImage *pixels = vips_image_copy_memory(image);
    if (!pixels) vips_refuse(c, "damaged image");
    return picture_turn(c, own(c, pixels), p->turn);
}
