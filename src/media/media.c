// The worker's end of the calls, and what both ends know of pictures. No decoder is linked by what stands here.
#include "media/media.h"
#include "media/call.h"
#include "media/thumbhash.h"

const char *picture_extension(picture_format f)
{
    return f == PICTURE_WEBP ? ".webp" : ".jpeg";
}

// Turnings as matrices: where the columns of the stored picture go, x to the right and y down.
static const struct {
    signed char xx, xy, yx, yy;
} turns[9] = {
    [1] = {1, 0, 0, 1}, [2] = {-1, 0, 0, 1}, [3] = {-1, 0, 0, -1}, [4] = {1, 0, 0, -1},
    [5] = {0, 1, 1, 0}, [6] = {0, -1, 1, 0}, [7] = {0, -1, -1, 0}, [8] = {0, 1, -1, 0},
};

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

int turn_of_matrix(int xx, int xy, int yx, int yy)
{
    for (int t = 2; t <= 8; t++)
        if (turns[t].xx == sign(xx) && turns[t].xy == sign(xy) && turns[t].yx == sign(yx) && turns[t].yy == sign(yy)) return t;
    return 1;
}

int turn_then(int first, int next)
{
    if (first < 1 || first > 8) first = 1;
    if (next < 1 || next > 8) next = 1;
    int xx = turns[next].xx * turns[first].xx + turns[next].xy * turns[first].yx;
    int xy = turns[next].xx * turns[first].xy + turns[next].xy * turns[first].yy;
    int yx = turns[next].yx * turns[first].xx + turns[next].yy * turns[first].yx;
    int yy = turns[next].yx * turns[first].xy + turns[next].yy * turns[first].yy;
    return turn_of_matrix(xx, xy, yx, yy);
}

bool turn_swaps_sides(int turn)
{
    return turn >= 5 && turn <= 8;
}

static bool names_srgb(str s)
{
    for (size_t i = 0; i + 4 <= s.n; i++)
        if (str_ieq(str_slice(s, i, i + 4), S("srgb"))) return true;
    return false;
}

bool media_wants_p3(str colorspace, str profile_description, int bits_per_sample)
{
    if (colorspace.n || profile_description.n) return !names_srgb(colorspace) && !names_srgb(profile_description);
    return bits_per_sample && bits_per_sample != 8;
}

// ---- render ----------------------------------------------------------------------------------------------------------------------
static str render_to_json(arena *mem, const render *r)
{
    json_writer w = json_writer_on(mem);
    json_open(&w);
    call_put_str(&w, "name", r->name);
    call_put_bool(&w, "video", r->video);
    call_put_bool(&w, "tolerant", r->tolerant);
    call_put_bool(&w, "p3", r->p3);
    call_put_bool(&w, "embedded", r->embedded);
    call_put_int(&w, "embeddedMin", r->embedded_min);
    call_put_int(&w, "orientation", r->orientation);
    call_put_str(&w, "tonemap", r->tonemap);
    call_put_int(&w, "turn", r->turn);
    call_put_bool(&w, "thumbhash", r->thumbhash);
    json_key(&w, S("crop"));
    json_open(&w);
    call_put_int(&w, "x", r->crop.x);
    call_put_int(&w, "y", r->crop.y);
    call_put_int(&w, "width", r->crop.width);
    call_put_int(&w, "height", r->crop.height);
    json_close(&w);
    json_key(&w, S("face"));
    json_open(&w);
    call_put_double(&w, "x1", r->face.x1);
    call_put_double(&w, "y1", r->face.y1);
    call_put_double(&w, "x2", r->face.x2);
    call_put_double(&w, "y2", r->face.y2);
    call_put_double(&w, "width", r->face.image_width);
    call_put_double(&w, "height", r->face.image_height);
    json_close(&w);
    json_key(&w, S("outputs"));
    json_open_array(&w);
    for (int i = 0; i < r->n; i++) {
        const render_output *o = &r->outputs[i];
        json_open(&w);
        call_put_int(&w, "size", o->size);
        call_put_int(&w, "format", o->format);
        call_put_int(&w, "quality", o->quality);
        call_put_bool(&w, "progressive", o->progressive);
        call_put_bool(&w, "gpano", o->gpano);
        json_close(&w);
    }
    json_close_array(&w);
    json_close(&w);
    return buf_str(&w.out);
}

// Broken video may take long, and a raw full size as well; nothing healthy takes longer than this.
enum { RENDER_SECONDS = 300 };

render_result media_render(ctx *c, cage *cage, render r)
{
    int fds[1 + RENDER_OUTPUTS] = {r.fd};
    for (int i = 0; i < r.n; i++) fds[1 + i] = r.outputs[i].fd;
    const json *out = cage_call(c, cage, "render", render_to_json(c->mem, &r), fds, 1 + (size_t)r.n, RENDER_SECONDS);

    render_result result = {
        .width = call_int(out, "width"),
        .height = call_int(out, "height"),
        .transparent = call_bool(out, "transparent"),
    };
    str hash = json_get_str(out, "thumbhash");
    const json *o = json_get(out, "outputs");
    if (result.width < 1 || result.height < 1 || !o || o->count != (size_t)r.n ||
        (r.thumbhash && (!hex_decode(c->mem, hash, &result.thumbhash) || !result.thumbhash.n || result.thumbhash.n > THUMBHASH_MAX)))
        fail(c, 500, "the decoder gave a wrong answer");
    o = o->first;
    for (int i = 0; i < r.n; i++, o = o->next) {
        result.outputs[i].width = call_int(o, "width");
        result.outputs[i].height = call_int(o, "height");
        result.outputs[i].copied = call_bool(o, "copied");
    }
    return result;
}
