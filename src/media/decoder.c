// The decoder process: its operations, and how the libraries are set up before the wall goes up.
#include "media/call.h"
#include "media/media.h"
#include "media/picture.h"
#include "media/tags.h"
#include <libavutil/log.h>

static render render_from_json(ctx *c, const json *in, const int *fds, size_t n)
{
    const json *crop = json_get(in, "crop"), *face = json_get(in, "face"), *outputs = json_get(in, "outputs");
    render r = {
        .name = json_get_str(in, "name"),
        .video = call_bool(in, "video"),
        .tolerant = call_bool(in, "tolerant"),
        .p3 = call_bool(in, "p3"),
        .embedded = call_bool(in, "embedded"),
        .embedded_min = call_int(in, "embeddedMin"),
        .orientation = call_int(in, "orientation"),
        .tonemap = json_get_str(in, "tonemap"),
        .turn = call_int(in, "turn"),
        .thumbhash = call_bool(in, "thumbhash"),
        .crop = {call_int(crop, "x"), call_int(crop, "y"), call_int(crop, "width"), call_int(crop, "height")},
        .face = {call_double(face, "x1"), call_double(face, "y1"), call_double(face, "x2"), call_double(face, "y2"),
                 call_double(face, "width"), call_double(face, "height")},
    };
    if (!n || !outputs || outputs->count != n - 1 || outputs->count > RENDER_OUTPUTS)
        fail(c, 500, "render: outputs and descriptors do not match");
    r.fd = fds[0];
    for (const json *o = outputs->first; o; o = o->next, r.n++)
        r.outputs[r.n] = (render_output){
            .fd = fds[1 + r.n],
            .size = call_int(o, "size"),
            .format = call_int(o, "format"),
            .quality = call_int(o, "quality"),
            .progressive = call_bool(o, "progressive"),
            .gpano = call_bool(o, "gpano"),
        };
    return r;
}

static void render_op(ctx *c, const json *in, const int *fds, size_t n, json_writer *out)
{
    render r = render_from_json(c, in, fds, n);
    render_result result = render_run(c, &r);
    json_open(out);
    call_put_int(out, "width", result.width);
    call_put_int(out, "height", result.height);
    call_put_bool(out, "transparent", result.transparent);
    call_put_str(out, "thumbhash", result.thumbhash.n ? hex_encode(c->mem, result.thumbhash) : (str){0});
    json_key(out, S("outputs"));
    json_open_array(out);
    for (int i = 0; i < r.n; i++) {
        json_open(out);
        call_put_int(out, "width", result.outputs[i].width);
        call_put_int(out, "height", result.outputs[i].height);
        call_put_bool(out, "copied", result.outputs[i].copied);
        json_close(out);
    }
    json_close_array(out);
    json_close(out);
}

static void keep_quiet(const char *domain, GLogLevelFlags level, const char *message, void *arg)
{
}

static void prepare(void)
{
    if (VIPS_INIT("calotype")) log_die("libvips does not start: %s", vips_error_buffer());
    // Workers are as many as cores, so one thread each; nothing is decoded twice, so nothing is kept.
    vips_concurrency_set(1);
    vips_cache_set_max(0);
    // Only loaders that read one still picture from a descriptor. ImageMagick, PDF, OpenSlide and the scientific formats stay shut.
    vips_operation_block_set("VipsForeignLoad", TRUE);
    static const char *const allowed[] = {"Jpeg", "Png", "Webp", "Nsgif", "Heif", "Jxl", "Jp2k", "Tiff", "Svg"};
    for (size_t i = 0; i < countof(allowed); i++) {
        char name[64];
        snprintf(name, sizeof name, "VipsForeignLoad%s", allowed[i]);
        vips_operation_block_set(name, FALSE);
    }
    g_log_set_default_handler(keep_quiet, NULL);
    av_log_set_level(AV_LOG_QUIET);
}

int media_decoder_main(int argc, char **argv)
{
    static const cage_op ops[] = {
        {"render", render_op}, {"tags", tags_op}, {"sidecarTags", sidecar_tags_op}, {"sidecarWrite", sidecar_write_op}};
    return cage_main(argc, argv, ops, countof(ops), prepare);
}
