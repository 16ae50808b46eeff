// Pictures of every format, made on the spot and sent through the caged decoder.
#include "fixture.h"
#include <dirent.h>
#include <endian.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static void check_refused(arena *mem, int fd, const char *name, const char *reason)
{
    render r = usual(fd, name);
    outcome o = try_render(mem, r);
    check(!o.ok);
    check_int(o.status, 422);
    if (str_find(o.message, str_of(reason)) < 0) test_failed(__FILE__, __LINE__, "%s: %.*s", name, PR(o.message));
    render_close(&r);
}

static void check_size(int fd, int width, int height)
{
    VipsImage *image = open_output(fd);
    check_int(vips_image_get_width(image), width);
    check_int(vips_image_get_height(image), height);
    g_object_unref(image);
}

TEST("a JPEG gives preview, thumbnail and thumbhash from one decode")
{
    VipsImage *image = quarters(4000, 3000, 3);
    render r = usual(save(image, ".jpg"), "a.jpg");
    outcome o = try_render(mem, r);
    check(o.ok);
    check_int(o.result.width, 4000);
    check_int(o.result.height, 3000);
    check(!o.result.transparent);
    check(o.result.thumbhash.n > 10);
    VipsImage *preview = open_output(r.outputs[0].fd), *thumbnail = open_output(r.outputs[1].fd);
    check_int(vips_image_get_width(preview), 1920);
    check_int(vips_image_get_height(preview), 1440);
    check_int(vips_image_get_width(thumbnail), 333);
    check_int(vips_image_get_height(thumbnail), 250);
    check_near(preview, 100, 100, 255, 0, 0, 4);
    check_near(preview, 1800, 100, 0, 255, 0, 4);
    check_near(thumbnail, 20, 220, 0, 0, 255, 8);
    check_near(thumbnail, 320, 240, 255, 255, 255, 8);
    check(vips_image_get_typeof(preview, VIPS_META_ICC_NAME) && vips_image_get_typeof(thumbnail, VIPS_META_ICC_NAME));
    check(!vips_image_get_typeof(preview, VIPS_META_EXIF_NAME) && !vips_image_get_typeof(thumbnail, VIPS_META_EXIF_NAME));
    g_object_unref(preview);
    g_object_unref(thumbnail);
    g_object_unref(image);
    render_close(&r);
}

TEST("a picture that is longer than a format can hold is shrunk to it")
{
    VipsImage *image = quarters(70000, 70, 3);
    render r = usual(save(image, ".png"), "a.png");
    outcome o = try_render(mem, r);
    check(o.ok);
    check_int(o.result.width, 70000);
    check_size(r.outputs[0].fd, 65500, 66);
    check_size(r.outputs[1].fd, 16383, 16);
    g_object_unref(image);
    render_close(&r);
}

TEST("sizes: the shorter side is fitted, the longer rounded, nothing is enlarged")
{
    static const int cases[][6] = {
        {3000, 4000, 1440, 1920, 250, 333}, {2000, 1500, 1920, 1440, 333, 250}, {800, 600, 800, 600, 333, 250},
        {100, 80, 100, 80, 100, 80},        {4001, 1441, 3998, 1440, 694, 250}, {1, 1, 1, 1, 1, 1},
        {5000, 10, 5000, 10, 5000, 10},     {1440, 1440, 1440, 1440, 250, 250}, {249, 3000, 249, 3000, 249, 3000},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        const int *k = cases[i];
        VipsImage *image = quarters(k[0], k[1], 3);
        render r = usual(save(image, ".png"), "a.png");
        outcome o = try_render(mem, r);
        check(o.ok);
        check_int(o.result.width, k[0]);
        check_int(o.result.height, k[1]);
        check_size(r.outputs[0].fd, k[2], k[3]);
        check_size(r.outputs[1].fd, k[4], k[5]);
        check_int(o.result.outputs[1].width, k[4]);
        g_object_unref(image);
        render_close(&r);
    }
}

// ---- orientation -----------------------------------------------------------------------------------------------------------------
// The corners top left, top right, bottom left, bottom right of quarters() in each orientation, as letters of "RGBW".
static const char corners[9][5] = {"", "RGBW", "GRWB", "WBGR", "BWRG", "RBGW", "BRWG", "WGBR", "GWRB"};

static void check_corners(const char *file, int line, VipsImage *image, const char *want)
{
    int width = vips_image_get_width(image), height = vips_image_get_height(image);
    char got[5] = "";
    for (int i = 0; i < 4; i++) {
        colour c = pixel(image, i % 2 ? width - 5 : 4, i / 2 ? height - 5 : 4);
        got[i] = colour_near(c, 255, 0, 0, 40)       ? 'R'
                 : colour_near(c, 0, 255, 0, 40)     ? 'G'
                 : colour_near(c, 0, 0, 255, 40)     ? 'B'
                 : colour_near(c, 255, 255, 255, 40) ? 'W'
                                                     : '?';
    }
    if (strcmp(got, want)) test_failed(file, line, "corners are %s, not %s", got, want);
}

static VipsImage *oriented(int orientation)
{
    VipsImage *image = quarters(400, 200, 3);
    vips_image_set_int(image, VIPS_META_ORIENTATION, orientation);
    char text[2] = {(char)('0' + orientation)};
    vips_image_set_string(image, "exif-ifd0-Orientation", text);
    return image;
}

TEST("every EXIF orientation comes out upright")
{
    static const char *const suffixes[] = {".jpg[Q=95]", ".webp[lossless]", ".tif"};
    for (size_t s = 0; s < countof(suffixes); s++)
        for (int orientation = 1; orientation <= 8; orientation++) {
            VipsImage *image = oriented(orientation);
            render r = usual(save(image, suffixes[s]), "a.jpg");
            outcome o = try_render(mem, r);
            check(o.ok);
            bool swapped = orientation > 4;
            check_int(o.result.width, swapped ? 200 : 400);
            check_int(o.result.height, swapped ? 400 : 200);
            for (int i = 0; i < 2; i++) {
                VipsImage *output = open_output(r.outputs[i].fd);
                check_corners(__FILE__, __LINE__, output, corners[orientation]);
                check_int(vips_image_get_orientation(output), 1);
                g_object_unref(output);
            }
            g_object_unref(image);
            render_close(&r);
        }
}

TEST("turnings are a group")
{
    for (int a = 1; a <= 8; a++) {
        check_int(turn_then(1, a), a);
        check_int(turn_then(a, 1), a);
        int order = 1;
        for (int t = a; t != 1; t = turn_then(t, a)) order++;
        check(order == 1 || order == 2 || order == 4);
        for (int b = 1; b <= 8; b++) check_int(turn_swaps_sides(turn_then(a, b)), turn_swaps_sides(a) != turn_swaps_sides(b));
    }
    check_int(turn_then(6, 6), 3);
    check_int(turn_then(6, 8), 1);
    check_int(turn_then(6, 2), 5); // a quarter turn clockwise, then mirrored left to right
    check_int(turn_then(2, 6), 7);
}

TEST("edits: crop first, then turn; the crop counts in upright pixels")
{
    VipsImage *image = oriented(6); // upright: 200 x 400, corners BRWG
    render r = usual(save(image, ".jpg[Q=95]"), "a.jpg");
    r.crop = (box){100, 0, 100, 200};
    r.turn = 8;
    outcome o = try_render(mem, r);
    check(o.ok);
    VipsImage *output = open_output(r.outputs[0].fd);
    check_int(vips_image_get_width(output), 200);
    check_int(vips_image_get_height(output), 100);
    check_corners(__FILE__, __LINE__, output, "RRRR");
    g_object_unref(output);
    render_close(&r);

    r = usual(save(image, ".jpg[Q=95]"), "a.jpg");
    r.turn = turn_then(8, 4);
    check(try_render(mem, r).ok);
    output = open_output(r.outputs[0].fd);
    check_corners(__FILE__, __LINE__, output, "BWRG");
    g_object_unref(output);
    render_close(&r);

    r = usual(save(image, ".jpg"), "a.jpg");
    r.crop = (box){300, 0, 10, 10};
    o = try_render(mem, r);
    check(!o.ok);
    check_str(o.message, S("the crop lies outside the picture"));
    render_close(&r);
    g_object_unref(image);
}

TEST("the square around a face")
{
    box b = face_square((face_box){100, 100, 200, 200, 400, 500}, 1000, 1000);
    check(b.x == 238 && b.y == 163 && b.width == 274 && b.height == 274);
    b = face_square((face_box){-176, -230, 193, 251, 2162, 1440}, 4624, 3080);
    check(b.x == 0 && b.y == 62 && b.width == 412 && b.height == 412);

    VipsImage *image = quarters(1000, 1000, 3);
    render r = usual(save(image, ".jpg"), "a.jpg");
    r.face = (face_box){100, 100, 200, 200, 400, 500};
    check(try_render(mem, r).ok);
    check_size(r.outputs[0].fd, 274, 274);
    check_size(r.outputs[1].fd, 250, 250);
    render_close(&r);
    g_object_unref(image);
}

// ---- formats ---------------------------------------------------------------------------------------------------------------------
static void check_quarters(arena *mem, const char *file, int line, int fd, const char *name, bool transparent)
{
    render r = usual(fd, name);
    outcome o = try_render(mem, r);
    if (!o.ok) {
        test_failed(file, line, "%s: %.*s", name, PR(o.message));
    } else {
        if (o.result.width != 400 || o.result.height != 300)
            test_failed(file, line, "%s is %d x %d", name, o.result.width, o.result.height);
        if (o.result.transparent != transparent) test_failed(file, line, "%s: transparent is %d", name, o.result.transparent);
        for (int i = 0; i < 2; i++) {
            VipsImage *output = open_output(r.outputs[i].fd);
            bool clear = transparent && vips_image_hasalpha(output);
            int width = vips_image_get_width(output), height = vips_image_get_height(output);
            check_near(output, 20, 20, 255, 0, 0, 12);
            check_near(output, width - 20, 20, 0, 255, 0, 12);
            check_near(output, 20, height - 20, 0, 0, 255, 12);
            if (clear) check_int(pixel(output, width - 20, height - 20).a, 0);
            else if (transparent) check_near(output, width - 20, height - 20, 0, 0, 0, 12); // JPEG: onto black
            else check_near(output, width - 20, height - 20, 255, 255, 255, 12);
            g_object_unref(output);
        }
    }
    render_close(&r);
}

TEST("every format that libvips reads, without and with transparency")
{
    static const struct {
        const char *suffix, *name;
        bool alpha;
    } formats[] = {
        {".jpg[Q=95]", "a.jpeg", false},
        {".jpg[Q=95]", "a.insp", false},
        {".jpg[Q=95]", "a.mpo", false},
        {".png", "a.png", true},
        {".png[interlace]", "a.png", true},
        {".png[palette]", "a.png", false},
        {".webp[lossless]", "a.webp", true},
        {".gif", "a.jpg", false},
        {".tif", "a.tif", true},
        {".tif[compression=lzw,tile]", "a.tiff", true},
        {".tif[compression=jpeg,Q=95]", "a.tiff", false},
        {".jp2[lossless]", "a.jp2", true},
        {".jxl[lossless]", "a.jxl", true},
        {".heic[compression=hevc,lossless]", "a.heic", true},
        {".avif[lossless]", "a.avif", true},
    };
    for (size_t i = 0; i < countof(formats); i++) {
        for (int bands = 3; bands <= 3 + formats[i].alpha; bands++) {
            VipsImage *image = quarters(400, 300, bands);
            bool told = file_type_has(str_of(formats[i].name), TYPE_TRANSPARENT); // JPEG 2000 has alpha, but its type is not among these
            if (bands == 3 || told) check_quarters(mem, __FILE__, __LINE__, save(image, formats[i].suffix), formats[i].name, bands == 4);
            g_object_unref(image);
        }
    }
}

TEST("16 bits, grey, grey with alpha, float")
{
    VipsImage *image = quarters(400, 300, 3), *other, *wide;
    vips_colourspace(image, &wide, VIPS_INTERPRETATION_RGB16, NULL);
    check_quarters(mem, __FILE__, __LINE__, save(wide, ".png[bitdepth=16]"), "a.png", false);
    check_quarters(mem, __FILE__, __LINE__, save(wide, ".tif"), "a.tif", false);
    g_object_unref(wide);
    vips_colourspace(image, &wide, VIPS_INTERPRETATION_scRGB, NULL);
    check_quarters(mem, __FILE__, __LINE__, save(wide, ".tif"), "a.tif", false);
    g_object_unref(wide);

    vips_colourspace(image, &other, VIPS_INTERPRETATION_B_W, NULL);
    static const char *const suffixes[] = {".jpg", ".png", ".tif", ".png[bitdepth=1]"};
    for (size_t i = 0; i < countof(suffixes); i++) {
        render r = usual(save(other, suffixes[i]), "grey.tif");
        check(try_render(mem, r).ok);
        VipsImage *output = open_output(r.outputs[1].fd);
        colour c = pixel(output, 300, 240);
        check(colour_near(c, 255, 255, 255, 4));
        c = pixel(output, 10, 10);
        check(abs(c.r - c.g) < 4 && abs(c.r - c.b) < 4);
        g_object_unref(output);
        render_close(&r);
    }
    vips_bandjoin_const1(other, &wide, 0, NULL);
    render r = usual(save(wide, ".png"), "grey.png");
    outcome o = try_render(mem, r);
    check(o.ok && o.result.transparent);
    render_close(&r);
    g_object_unref(wide);
    g_object_unref(other);
    g_object_unref(image);
}

TEST("CMYK becomes RGB, with and without a profile")
{
    VipsImage *image = quarters(400, 300, 3), *cmyk, *bare;
    vips_icc_transform(image, &cmyk, "cmyk", "input_profile", "srgb", NULL);
    vips_copy(cmyk, &bare, NULL);
    vips_image_remove(bare, VIPS_META_ICC_NAME);
    static const char *const suffixes[] = {".jpg[Q=95]", ".tif"};
    for (int i = 0; i < 4; i++) {
        render r = usual(save(i / 2 ? bare : cmyk, suffixes[i % 2]), "a.jpg");
        outcome o = try_render(mem, r);
        check(o.ok);
        VipsImage *output = open_output(r.outputs[0].fd);
        colour c = pixel(output, 20, 20);
        check(c.r > 180 && c.g < 90 && c.b < 90);
        c = pixel(output, 380, 280);
        check(c.r > 240 && c.g > 240 && c.b > 240);
        g_object_unref(output);
        render_close(&r);
    }
    g_object_unref(bare);
    g_object_unref(cmyk);
    g_object_unref(image);
}

TEST("colour spaces: a Display P3 picture keeps its red when asked for P3, and is converted for sRGB")
{
    check(!media_wants_p3((str){0}, (str){0}, 0));
    check(!media_wants_p3((str){0}, (str){0}, 8));
    check(media_wants_p3((str){0}, (str){0}, 10));
    check(!media_wants_p3(S("sRGB"), S("Display P3"), 10));
    check(media_wants_p3(S("Uncalibrated"), (str){0}, 8));
    check(!media_wants_p3((str){0}, S("SRGB IEC61966-2.1"), 16));

    uint8_t *pixels = arena_alloc(mem, 300 * 300 * 3);
    for (int i = 0; i < 300 * 300; i++) memcpy(pixels + 3 * i, (uint8_t[]){220, 60, 50}, 3);
    fixture_cage();
    VipsImage *image = vips_image_new_from_memory(pixels, 300 * 300 * 3, 300, 300, 3, VIPS_FORMAT_UCHAR), *tagged;
    vips_copy(image, &tagged, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    for (int p3 = 0; p3 < 2; p3++) {
        render r = usual(save(tagged, ".png[profile=p3]"), "a.png");
        r.p3 = p3;
        check(try_render(mem, r).ok);
        VipsImage *output = open_output(r.outputs[0].fd);
        if (p3) check_near(output, 150, 150, 220, 60, 50, 2);
        else check_near(output, 150, 150, 239, 35, 38, 3);
        g_object_unref(output);
        render_close(&r);
    }
    g_object_unref(tagged);
    g_object_unref(image);
}

TEST("an SVG is drawn at the size that is needed, text included, and refers to nothing outside")
{
    static const char svg[] =
        "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='4000' height='3000'>"
        "<rect width='2000' height='1500' fill='red'/><rect x='2000' width='2000' height='1500' fill='lime'/>"
        "<rect y='1500' width='2000' height='1500' fill='blue'/><image xlink:href='file:///etc/passwd' width='9' height='9'/>"
        "<text x='300' y='300' font-size='200'>Calotype</text></svg>";
    render r = usual(file_of(svg, sizeof svg - 1), "a.svg");
    outcome o = try_render(mem, r);
    check(o.ok && o.result.transparent);
    check_int(o.result.width, 4000);
    VipsImage *output = open_output(r.outputs[1].fd);
    check_int(vips_image_get_height(output), 250);
    check_corners(__FILE__, __LINE__, output, "RGB?");
    check_int(pixel(output, 300, 200).a, 0);
    g_object_unref(output);
    render_close(&r);
}

static void put16(uint8_t *at, int v)
{
    at[0] = (uint8_t)v, at[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *at, int v)
{
    put16(at, v & 0xffff), put16(at + 2, v >> 16);
}

static const uint8_t four[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}};

static int bmp(arena *mem, int width, int height)
{
    enum { HEAD = 54 };
    int line = (width * 3 + 3) / 4 * 4;
    uint8_t *b = arena_alloc(mem, (size_t)(HEAD + line * 300));
    memcpy(b, "BM", 2);
    put32(b + 2, (int)((unsigned)HEAD + (unsigned)line * (unsigned)height)), put32(b + 10, HEAD), put32(b + 14, 40), put32(b + 18, width),
        put32(b + 22, height);
    put16(b + 26, 1), put16(b + 28, 24);
    for (int y = 0; y < 300; y++) // from the bottom up, blue first
        for (int x = 0; x < 400 && x < width; x++)
            for (int k = 0; k < 3; k++) b[HEAD + (299 - y) * line + 3 * x + k] = four[(y >= 150) * 2 + (x >= 200)][2 - k];
    return file_of(b, (size_t)(HEAD + line * 300));
}

static int psd(arena *mem)
{
    enum { HEAD = 26 + 4 + 4 + 4 + 2, PLANE = 400 * 300 };
    uint8_t *b = arena_alloc(mem, HEAD + 3 * PLANE);
    memcpy(b, "8BPS\0\1\0\0\0\0\0\0\0\3\0\0\1\54\0\0\1\220\0\10\0\3", 26); // 3 channels, 300 rows, 400 columns, 8 bits, RGB
    for (int k = 0; k < 3; k++)
        for (int y = 0; y < 300; y++)
            for (int x = 0; x < 400; x++) b[HEAD + k * PLANE + y * 400 + x] = four[(y >= 150) * 2 + (x >= 200)][k];
    return file_of(b, HEAD + 3 * PLANE);
}

TEST("BMP and PSD")
{
    check_quarters(mem, __FILE__, __LINE__, bmp(mem, 400, 300), "a.bmp", false);
    check_quarters(mem, __FILE__, __LINE__, psd(mem), "a.psd", false);
    check_quarters(mem, __FILE__, __LINE__, psd(mem), "a.jpg", false);
}

TEST("the name does not matter, the bytes do")
{
    VipsImage *image = quarters(400, 300, 3);
    check_quarters(mem, __FILE__, __LINE__, save(image, ".png"), "a.jpg", false);
    check_quarters(mem, __FILE__, __LINE__, save(image, ".jpg[Q=95]"), "a.nef", false);
    g_object_unref(image);
}

// ---- outputs ---------------------------------------------------------------------------------------------------------------------
TEST("full size, progressive, quality and subsampling")
{
    VipsImage *image = quarters(2000, 1600, 3);
    render r = usual(save(image, ".png"), "a.tif");
    r.outputs[0].progressive = true;
    r.outputs[0].quality = 79;
    r.outputs[2] = (render_output){.fd = file_new(), .format = PICTURE_JPEG, .quality = 80};
    r.n = 3;
    check(try_render(mem, r).ok);
    check_size(r.outputs[2].fd, 2000, 1600);
    check_size(r.outputs[1].fd, 313, 250);
    const char *sampling;
    VipsImage *preview = open_output(r.outputs[0].fd), *full = open_output(r.outputs[2].fd);
    check(vips_image_get_typeof(preview, "interlaced"));
    check(!vips_image_get_typeof(full, "interlaced"));
    if (!vips_image_get_string(preview, "jpeg-chroma-subsample", &sampling)) check_str(str_of(sampling), S("4:2:0"));
    if (!vips_image_get_string(full, "jpeg-chroma-subsample", &sampling)) check_str(str_of(sampling), S("4:4:4"));
    g_object_unref(preview);
    g_object_unref(full);
    g_object_unref(image);
    render_close(&r);
}

TEST("a panorama keeps its GPano properties, and nothing else")
{
    static const char xmp[] = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
                              "<rdf:Description xmlns:GPano='http://ns.google.com/photos/1.0/panorama/' xmlns:dc='urn:x' dc:creator='Ann' "
                              "GPano:ProjectionType='equirectangular' GPano:FullPanoWidthPixels=\"400\">"
                              "<GPano:CroppedAreaTopPixels> 12 </GPano:CroppedAreaTopPixels><GPano:Bad>&lt;x&gt;</GPano:Bad>"
                              "</rdf:Description></rdf:RDF></x:xmpmeta>";
    VipsImage *image = quarters(400, 300, 3);
    vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, xmp, sizeof xmp - 1);
    render r = usual(save(image, ".jpg"), "a.jpg");
    r.outputs[0].gpano = true;
    check(try_render(mem, r).ok);
    VipsImage *preview = open_output(r.outputs[0].fd), *thumbnail = open_output(r.outputs[1].fd);
    const void *at = NULL;
    size_t n = 0;
    check(!vips_image_get_blob(preview, VIPS_META_XMP_NAME, &at, &n));
    str packet = {(char *)at, n};
    check(str_find(packet, S("GPano:ProjectionType=\"equirectangular\"")) > 0);
    check(str_find(packet, S("GPano:FullPanoWidthPixels=\"400\"")) > 0);
    check(str_find(packet, S("GPano:CroppedAreaTopPixels=\"12\"")) > 0);
    check(str_find(packet, S("Ann")) < 0 && str_find(packet, S("Bad")) < 0);
    check(!vips_image_get_typeof(thumbnail, VIPS_META_XMP_NAME));
    g_object_unref(preview);
    g_object_unref(thumbnail);
    g_object_unref(image);
    render_close(&r);
}

// ---- what must not work ----------------------------------------------------------------------------------------------------------
TEST("what is no picture is refused with a reason")
{
    check_refused(mem, file_of("", 0), "empty.jpg", "the file is empty");
    check_refused(mem, file_of("hello, world, this is text", 26), "text.png", "not a readable image");
    check_refused(mem, file_of("BMxxxxxxxxxxxxxxxxxxxxxx", 24), "a.bmp", "damaged image");
    check_refused(mem, file_of("8BPSxxxxxxxxxxxxxxxxxxxx", 24), "a.psd", "damaged image");
    // Formats that libvips knows but that are no photos.
    check_refused(mem, file_of("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>", 41), "a.jpg", "not a readable image");
    check_refused(mem, file_of("P6\n1 1\n255\nabc", 14), "a.jpg", "not a readable image");
    check_refused(mem, file_of("push graphic-context\nimage over 0,0 1,1 '|id'\n", 46), "a.mvg", "not a readable image");
}

TEST("a truncated picture is refused, unless damage is tolerated")
{
    static const char *const suffixes[] = {".jpg", ".png", ".webp", ".tif", ".heic[compression=hevc]", ".jp2"};
    VipsImage *plain = quarters(400, 300, 3), *image;
    vips_gaussnoise(&image, 400, 300, "sigma", 40.0, NULL);
    VipsImage *sum, *noisy;
    vips_add(plain, image, &sum, NULL);
    vips_cast(sum, &noisy, VIPS_FORMAT_UCHAR, NULL);
    for (size_t i = 0; i < countof(suffixes); i++) {
        int fd = save(noisy, suffixes[i]);
        bytes whole = file_bytes(mem, fd);
        close(fd);
        render r = usual(file_of(whole.at, whole.n / 2), "a.jpg");
        outcome o = try_render(mem, r);
        if (o.ok) test_failed(__FILE__, __LINE__, "half a %s is taken for whole", suffixes[i]);
        check_int(o.status, 422);
        render_close(&r);
        if (i > 1) continue;
        r = usual(file_of(whole.at, whole.n / 2), "a.jpg");
        r.tolerant = true;
        o = try_render(mem, r);
        if (!o.ok) test_failed(__FILE__, __LINE__, "half a %s: %.*s", suffixes[i], PR(o.message));
        render_close(&r);
    }
    g_object_unref(noisy);
    g_object_unref(sum);
    g_object_unref(image);
    g_object_unref(plain);
}

TEST("flipped bytes never cost more than the call")
{
    static const char *const suffixes[] = {".jpg", ".png", ".webp", ".tif", ".gif", ".heic[compression=hevc]", ".avif[effort=0]",
                                           ".jp2", ".jxl"};
    VipsImage *image = quarters(64, 48, 3);
    srand(1);
    for (size_t i = 0; i < countof(suffixes); i++) {
        int fd = save(image, suffixes[i]);
        bytes whole = file_bytes(mem, fd);
        close(fd);
        for (int round = 0; round < 12; round++) {
            bytes broken = {arena_alloc(mem, whole.n), whole.n};
            memcpy(broken.at, whole.at, whole.n);
            for (int k = 0; k < 8; k++) broken.at[(size_t)rand() % whole.n] = (uint8_t)rand();
            render r = usual(file_of(broken.at, broken.n), round % 2 ? "a.jpg" : "a.dng");
            outcome o = try_render(mem, r);
            check(o.ok || o.status == 422 || o.status == CAGE_BROKEN);
            render_close(&r);
        }
    }
    g_object_unref(image);
}

TEST("a small file that claims to be huge is refused before it is decoded")
{
    VipsImage *image = quarters(8, 8, 3);
    int fd = save(image, ".png");
    bytes png = file_bytes(mem, fd);
    memcpy(png.at + 16, "\0\0\352\140\0\0\352\140", 8); // IHDR: 60000 x 60000
    uint32_t crc = htobe32((uint32_t)crc32(0, png.at + 12, 17));
    memcpy(png.at + 29, &crc, 4);
    check_refused(mem, file_of(png.at, png.n), "bomb.png", "60000 x 60000");
    close(fd);
    g_object_unref(image);
    check_refused(mem, bmp(mem, 65000, 65000), "bomb.bmp", "image");
}

// ---- files that the project has ---------------------------------------------------------------------------------------------------
TEST("the shared sample pictures")
{
    const char *shared = getenv("CALOTYPE_SHARED");
    const char *root = cstr(mem, str_fmt(mem, "%s/photos/formats", shared ? shared : SOURCE_ROOT "/../shared"));
    DIR *folders = opendir(root);
    if (!folders) {
        printf("  (no shared samples, skipped)\n");
        return;
    }
    for (struct dirent *d; (d = readdir(folders));) {
        const char *folder = cstr(mem, str_fmt(mem, "%s/%s", root, d->d_name));
        DIR *files = d->d_name[0] == '.' ? NULL : opendir(folder);
        if (!files) continue;
        for (struct dirent *f; (f = readdir(files));) {
            if (media_type_of(str_of(f->d_name)) != MEDIA_IMAGE) continue;
            render r = usual(open(cstr(mem, str_fmt(mem, "%s/%s", folder, f->d_name)), O_RDONLY | O_CLOEXEC), f->d_name);
            outcome o = try_render(mem, r);
            // libjxl 0.7 of Debian 12 fails on this file, newer ones read it.
            if (!o.ok && strcmp(f->d_name, "16bit-HDR-P3-nclx.jxl")) test_failed(__FILE__, __LINE__, "%s: %.*s", f->d_name, PR(o.message));
            render_close(&r);
        }
        closedir(files);
    }
    closedir(folders);
}
