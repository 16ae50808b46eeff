// Both ends of the calls: what the worker asks, as JSON, and the decoder's table of operations.
#include "media/media.h"
#include "media/picture.h"
#include "media/tags.h"
#include "media/thumbhash.h"
#include <libavutil/log.h>

// ---- small readers: absent or misshapen is nothing -------------------------------------------------------------------------------
static int get_int(const json *object, const char *key)
{
    const json *j = json_get(object, key);
    return j && j->type == JSON_NUMBER && j->is_integer && j->integer >= INT32_MIN && j->integer <= INT32_MAX ? (int)j->integer : 0;
}

static double get_double(const json *object, const char *key)
{
    const json *j = json_get(object, key);
    return j && j->type == JSON_NUMBER ? j->number : 0;
}

static bool get_bool(const json *object, const char *key)
{
    const json *j = json_get(object, key);
    return j && j->type == JSON_BOOL && j->boolean;
}

static void put_int(json_writer *w, str key, int64_t value)
{
    json_key(w, key);
    json_int(w, value);
}

static void put_double(json_writer *w, str key, double value)
{
    json_key(w, key);
    json_double(w, value);
}

static void put_bool(json_writer *w, str key, bool value)
{
    json_key(w, key);
    json_bool(w, value);
}

static void put_str(json_writer *w, str key, str value)
{
    json_key(w, key);
    json_str(w, value);
}

// ---- render ----------------------------------------------------------------------------------------------------------------------
static str render_to_json(arena *mem, const render *r)
{
    json_writer w = json_writer_on(mem);
    json_open(&w);
    put_str(&w, S("name"), r->name);
    put_bool(&w, S("video"), r->video);
    put_bool(&w, S("tolerant"), r->tolerant);
    put_bool(&w, S("p3"), r->p3);
    put_bool(&w, S("embedded"), r->embedded);
    put_int(&w, S("embeddedMin"), r->embedded_min);
    put_int(&w, S("orientation"), r->orientation);
    put_str(&w, S("tonemap"), r->tonemap);
    put_int(&w, S("turn"), r->turn);
    put_bool(&w, S("thumbhash"), r->thumbhash);
    json_key(&w, S("crop"));
    json_open(&w);
    put_int(&w, S("x"), r->crop.x);
    put_int(&w, S("y"), r->crop.y);
    put_int(&w, S("width"), r->crop.width);
    put_int(&w, S("height"), r->crop.height);
    json_close(&w);
    json_key(&w, S("face"));
    json_open(&w);
    put_double(&w, S("x1"), r->face.x1);
    put_double(&w, S("y1"), r->face.y1);
    put_double(&w, S("x2"), r->face.x2);
    put_double(&w, S("y2"), r->face.y2);
    put_double(&w, S("width"), r->face.image_width);
    put_double(&w, S("height"), r->face.image_height);
    json_close(&w);
    json_key(&w, S("outputs"));
    json_open_array(&w);
    for (int i = 0; i < r->n; i++) {
        const render_output *o = &r->outputs[i];
        json_open(&w);
        put_int(&w, S("size"), o->size);
        put_int(&w, S("format"), o->format);
        put_int(&w, S("quality"), o->quality);
        put_bool(&w, S("progressive"), o->progressive);
        put_bool(&w, S("gpano"), o->gpano);
        json_close(&w);
    }
    json_close_array(&w);
    json_close(&w);
    return buf_str(&w.out);
}

static render render_from_json(ctx *c, const json *in, const int *fds, size_t n)
{
    const json *crop = json_get(in, "crop"), *face = json_get(in, "face"), *outputs = json_get(in, "outputs");
    render r = {
        .name = json_get_str(in, "name"),
        .video = get_bool(in, "video"),
        .tolerant = get_bool(in, "tolerant"),
        .p3 = get_bool(in, "p3"),
        .embedded = get_bool(in, "embedded"),
        .embedded_min = get_int(in, "embeddedMin"),
        .orientation = get_int(in, "orientation"),
        .tonemap = json_get_str(in, "tonemap"),
        .turn = get_int(in, "turn"),
        .thumbhash = get_bool(in, "thumbhash"),
        .crop = {get_int(crop, "x"), get_int(crop, "y"), get_int(crop, "width"), get_int(crop, "height")},
        .face = {get_double(face, "x1"), get_double(face, "y1"), get_double(face, "x2"), get_double(face, "y2"), get_double(face, "width"),
                 get_double(face, "height")},
    };
    if (!n || !outputs || outputs->count != n - 1 || outputs->count > RENDER_OUTPUTS)
        fail(c, 500, "render: outputs and descriptors do not match");
    r.fd = fds[0];
    for (const json *o = outputs->first; o; o = o->next, r.n++)
        r.outputs[r.n] = (render_output){
            .fd = fds[1 + r.n],
            .size = get_int(o, "size"),
            .format = get_int(o, "format"),
            .quality = get_int(o, "quality"),
            .progressive = get_bool(o, "progressive"),
            .gpano = get_bool(o, "gpano"),
        };
    return r;
}

static void render_op(ctx *c, const json *in, const int *fds, size_t n, json_writer *out)
{
    render r = render_from_json(c, in, fds, n);
    render_result result = render_run(c, &r);
    json_open(out);
    put_int(out, S("width"), result.width);
    put_int(out, S("height"), result.height);
    put_bool(out, S("transparent"), result.transparent);
    put_str(out, S("thumbhash"), result.thumbhash.n ? hex_encode(c->mem, result.thumbhash) : (str){0});
    json_key(out, S("outputs"));
    json_open_array(out);
    for (int i = 0; i < r.n; i++) {
        json_open(out);
        put_int(out, S("width"), result.outputs[i].width);
        put_int(out, S("height"), result.outputs[i].height);
        put_bool(out, S("copied"), result.outputs[i].copied);
        json_close(out);
    }
    json_close_array(out);
    json_close(out);
}

// Broken video may take long, and a raw full size as well; nothing healthy takes longer than this.
enum { RENDER_SECONDS = 300 };

render_result media_render(ctx *c, cage *cage, render r)
{
    int fds[1 + RENDER_OUTPUTS] = {r.fd};
    for (int i = 0; i < r.n; i++) fds[1 + i] = r.outputs[i].fd;
    const json *out = cage_call(c, cage, "render", render_to_json(c->mem, &r), fds, 1 + (size_t)r.n, RENDER_SECONDS);

    render_result result = {
        .width = get_int(out, "width"),
        .height = get_int(out, "height"),
        .transparent = get_bool(out, "transparent"),
    };
    str hash = json_get_str(out, "thumbhash");
    const json *o = json_get(out, "outputs");
    if (result.width < 1 || result.height < 1 || !o || o->count != (size_t)r.n ||
        (r.thumbhash && (!hex_decode(c->mem, hash, &result.thumbhash) || !result.thumbhash.n || result.thumbhash.n > THUMBHASH_MAX)))
        fail(c, 500, "the decoder gave a wrong answer");
    o = o->first;
    for (int i = 0; i < r.n; i++, o = o->next) {
        result.outputs[i].width = get_int(o, "width");
        result.outputs[i].height = get_int(o, "height");
        result.outputs[i].copied = get_bool(o, "copied");
    }
    return result;
}

// ---- the decoder -----------------------------------------------------------------------------------------------------------------
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
