// A camera raw made by hand: an uncompressed DNG with a mosaic of quarters() and, if wanted, an embedded JPEG preview.
#include "fixture.h"
#include <stdlib.h>
#include <unistd.h>

enum { BYTE = 1, ASCII = 2, SHORT = 3, LONG = 4, RATIONAL = 5, SRATIONAL = 10 };

typedef struct {
    buf bytes;        // little-endian TIFF
    size_t directory; // where the count of the open directory stands
    int entries;
    buf values; // what does not fit into an entry, placed behind the directory
} tiff;

static void put(buf *b, uint64_t v, int n)
{
    for (int i = 0; i < n; i++) buf_char(b, (char)(v >> 8 * i));
}

static void entry(tiff *t, int tag, int type, size_t count, const void *value, size_t size, size_t entries_in_all)
{
    put(&t->bytes, (uint64_t)tag, 2);
    put(&t->bytes, (uint64_t)type, 2);
    put(&t->bytes, count, 4);
    if (size <= 4) {
        uint32_t small = 0;
        memcpy(&small, value, size);
        put(&t->bytes, small, 4);
    } else {
        put(&t->bytes, t->directory + 2 + 12 * entries_in_all + 4 + t->values.n, 4);
        buf_add(&t->values, (str){(char *)value, size});
    }
    t->entries++;
}

static void number(tiff *t, int tag, int type, uint32_t value, size_t all)
{
    entry(t, tag, type, 1, &value, type == SHORT ? 2 : 4, all);
}

static int dng(arena *mem, int width, int height, int orientation, bytes preview)
{
    enum { MAIN_ENTRIES = 23, PREVIEW_ENTRIES = 9 };
    VipsImage *image = quarters(width, height, 3);
    size_t n;
    uint8_t *rgb = vips_image_write_to_memory(image, &n);
    g_object_unref(image);

    tiff t = {.bytes = {.mem = mem}, .values = {.mem = mem}};
    size_t pixels_at = 8, preview_at = pixels_at + (size_t)(width * height * 2), directory_at = preview_at + (preview.n + 1) / 2 * 2;
    buf_add(&t.bytes, (str){"II*", 4});
    put(&t.bytes, directory_at, 4);
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) put(&t.bytes, rgb[(y * width + x) * 3 + y % 2 + x % 2] * 257u, 2); // RGGB
    g_free(rgb);
    buf_add(&t.bytes, (str){(char *)preview.at, preview.n});
    if (preview.n % 2) buf_char(&t.bytes, 0);

    t.directory = directory_at;
    size_t all = MAIN_ENTRIES + (preview.n > 0), sub_at = 0;
    put(&t.bytes, all, 2);
    static const int32_t identity[18] = {1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1};
    static const uint32_t neutral[6] = {1, 1, 1, 1, 1, 1};
    number(&t, 254, LONG, 0, all);
    number(&t, 256, LONG, (uint32_t)width, all);
    number(&t, 257, LONG, (uint32_t)height, all);
    number(&t, 258, SHORT, 16, all);
    number(&t, 259, SHORT, 1, all);
    number(&t, 262, SHORT, 32803, all); // a colour filter array
    entry(&t, 271, ASCII, 9, "Calotype", 9, all);
    entry(&t, 272, ASCII, 9, "Test One", 9, all);
    number(&t, 273, LONG, (uint32_t)pixels_at, all);
    number(&t, 274, SHORT, (uint32_t)orientation, all);
    number(&t, 277, SHORT, 1, all);
    number(&t, 278, LONG, (uint32_t)height, all);
    number(&t, 279, LONG, (uint32_t)(width * height * 2), all);
    number(&t, 284, SHORT, 1, all);
    if (preview.n) {
        sub_at = directory_at + 2 + 12 * all + 4 + 200; // behind the values, which take less than that
        number(&t, 330, LONG, (uint32_t)sub_at, all);
    }
    entry(&t, 33421, SHORT, 2, (uint16_t[]){2, 2}, 4, all);
    entry(&t, 33422, BYTE, 4, (uint8_t[]){0, 1, 1, 2}, 4, all);
    entry(&t, 50706, BYTE, 4, (uint8_t[]){1, 4, 0, 0}, 4, all);
    entry(&t, 50707, BYTE, 4, (uint8_t[]){1, 1, 0, 0}, 4, all);
    entry(&t, 50708, ASCII, 18, "Calotype Test One", 18, all);
    number(&t, 50714, SHORT, 0, all);
    number(&t, 50717, LONG, 65535, all);
    entry(&t, 50721, SRATIONAL, 9, identity, sizeof identity, all);
    entry(&t, 50728, RATIONAL, 3, neutral, sizeof neutral, all);
    check_int(t.entries, (int64_t)all);
    put(&t.bytes, 0, 4);
    buf_add(&t.bytes, (str){t.values.at, t.values.n});
    if (preview.n) {
        while (t.bytes.n < sub_at) buf_char(&t.bytes, 0);
        t.directory = sub_at;
        t.values.n = 0;
        put(&t.bytes, PREVIEW_ENTRIES, 2);
        number(&t, 254, LONG, 1, PREVIEW_ENTRIES);
        number(&t, 256, LONG, 1600, PREVIEW_ENTRIES);
        number(&t, 257, LONG, 1200, PREVIEW_ENTRIES);
        entry(&t, 258, SHORT, 3, (uint16_t[]){8, 8, 8}, 6, PREVIEW_ENTRIES);
        number(&t, 259, SHORT, 7, PREVIEW_ENTRIES);
        number(&t, 262, SHORT, 6, PREVIEW_ENTRIES);
        number(&t, 273, LONG, (uint32_t)preview_at, PREVIEW_ENTRIES);
        number(&t, 277, SHORT, 3, PREVIEW_ENTRIES);
        number(&t, 279, LONG, (uint32_t)preview.n, PREVIEW_ENTRIES);
        put(&t.bytes, 0, 4);
        buf_add(&t.bytes, (str){t.values.at, t.values.n});
    }
    return file_of(t.bytes.at, t.bytes.n);
}

static bytes preview_jpeg(arena *mem)
{
    VipsImage *image = quarters(1600, 1200, 3), *bands;
    vips_extract_band(image, &bands, 2, NULL); // grey, unlike the raw itself
    vips_image_set_string(bands, "exif-ifd0-Artist", "Ann Owner");
    int fd = save(bands, ".jpg");
    bytes b = file_bytes(mem, fd);
    close(fd);
    g_object_unref(bands);
    g_object_unref(image);
    return b;
}

static void check_developed(VipsImage *output, int top_left)
{
    colour c = pixel(output, 20, 20);
    int channels[3] = {c.r, c.g, c.b};
    for (int i = 0; i < 3; i++) check(i == top_left ? channels[i] > 200 : channels[i] < 100);
}

TEST("a raw is developed, at half the side where that is enough, and turned upright")
{
    static const int sizes[][2] = {{640, 480}, {3200, 2960}};
    for (size_t i = 0; i < countof(sizes); i++) {
        int width = sizes[i][0], height = sizes[i][1];
        render r = usual(dng(mem, width, height, 1, (bytes){0}), "a.dng");
        outcome o = try_render(mem, r);
        check(o.ok);
        check(abs(o.result.width - width) <= 8 && abs(o.result.height - height) <= 8);
        VipsImage *preview = open_output(r.outputs[0].fd);
        check_int(vips_image_get_height(preview), height > 1440 ? 1440 : o.result.height);
        check_developed(preview, 0);
        g_object_unref(preview);
        render_close(&r);
    }
    render r = usual(dng(mem, 640, 480, 6, (bytes){0}), "a.dng");
    outcome o = try_render(mem, r);
    check(o.ok && o.result.width < o.result.height);
    VipsImage *preview = open_output(r.outputs[0].fd);
    check_developed(preview, 2);
    g_object_unref(preview);
    render_close(&r);
}

TEST("an embedded preview takes the raw's place when it is wanted and large enough")
{
    bytes jpeg = preview_jpeg(mem);
    for (int least = 1000; least <= 1440; least += 440) {
        render r = usual(dng(mem, 640, 480, 1, jpeg), "a.dng");
        r.embedded = true;
        r.embedded_min = least;
        r.orientation = 6;
        outcome o = try_render(mem, r);
        check(o.ok);
        VipsImage *preview = open_output(r.outputs[0].fd);
        if (least == 1000) {
            check_int(o.result.width, 1200);
            check_int(o.result.height, 1600);
            colour c = pixel(preview, 20, 20);
            check(c.r > 240 && c.g > 240 && c.b > 240); // blue of the bottom left is white in the preview
        } else {
            check(o.result.width <= 640);
        }
        g_object_unref(preview);
        render_close(&r);
    }
}

TEST("the full size of a raw with an embedded JPEG is that JPEG without its secrets")
{
    bytes jpeg = preview_jpeg(mem);
    render r = usual(dng(mem, 640, 480, 1, jpeg), "a.dng");
    r.embedded = true;
    r.embedded_min = 1000;
    r.orientation = 8;
    r.outputs[r.n++] = (render_output){.fd = file_new(), .format = PICTURE_WEBP, .quality = 80};
    outcome o = try_render(mem, r);
    check(o.ok);
    check(o.result.outputs[2].copied);
    bytes copy = file_bytes(mem, r.outputs[2].fd);
    check(str_find((str){(char *)jpeg.at, jpeg.n}, S("Ann Owner")) > 0);
    check(str_find((str){(char *)copy.at, copy.n}, S("Ann Owner")) < 0);
    VipsImage *image = open_output(r.outputs[2].fd);
    check_int(vips_image_get_width(image), 1600);
    check_int(vips_image_get_orientation(image), 8);
    g_object_unref(image);

    r.turn = 3; // an edited one is made anew
    check(try_render(mem, r).ok);
    render_close(&r);
}

TEST("a broken raw is refused")
{
    int fd = dng(mem, 640, 480, 1, (bytes){0});
    bytes whole = file_bytes(mem, fd);
    close(fd);
    memset(whole.at, 0xff, 4);
    render r = usual(file_of(whole.at, whole.n), "a.dng");
    outcome o = try_render(mem, r);
    check(!o.ok);
    check_int(o.status, 422);
    render_close(&r);
}
