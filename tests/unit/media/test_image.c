#include "fixture.h"
#include <unistd.h>

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
    g_object_unref(preview);
    g_object_unref(thumbnail);
    g_object_unref(image);
    render_close(&r);
}
