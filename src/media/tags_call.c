// Tags on their way across the pipe, and what the worker asks.
#include "media/call.h"
#include "media/tags_parts.h"
#include <math.h>

// ---- tags as JSON ----------------------------------------------------------------------------------------------------------------
static void key_str(json_writer *w, str key, str value)
{
    json_key(w, key);
    json_str(w, value);
}

static void key_int(json_writer *w, str key, int64_t value)
{
    json_key(w, key);
    json_int(w, value);
}

static void key_double(json_writer *w, str key, double value)
{
    json_key(w, key);
    json_double(w, value);
}

static void key_ints(json_writer *w, str key, int32s list)
{
    json_key(w, key);
    json_open_array(w);
    each (x, list) json_int(w, *x);
    json_close_array(w);
}

// The members of the two stream structs, so that writing and reading can't drift apart.
#define VIDEO_INTS(X)                                                                                                                      \
    X(index)                                                                                                                               \
    X(bitrate)                                                                                                                             \
    X(profile)                                                                                                                             \
    X(level)                                                                                                                               \
    X(width)                                                                                                                               \
    X(height) X(frame_count) X(time_base) X(rotation) X(primaries) X(transfer) X(matrix) X(dv_profile) X(dv_level) X(dv_compatibility)
#define AUDIO_INTS(X) X(index) X(bitrate) X(profile)

static void write_probe(json_writer *w, const probe *p)
{
    json_open(w);
    key_str(w, S("format"), p->format);
    key_str(w, S("format_long"), p->format_long);
    key_double(w, S("duration"), p->duration);
    json_key(w, S("video"));
    json_open_array(w);
    each (v, p->video) {
        json_open(w);
#define X(member) key_int(w, S(#member), v->member);
        VIDEO_INTS(X)
#undef X
        key_str(w, S("codec"), v->codec);
        key_str(w, S("pixel_format"), v->pixel_format);
        key_double(w, S("frame_rate"), v->frame_rate);
        json_close(w);
    }
    json_close_array(w);
    json_key(w, S("audio"));
    json_open_array(w);
    each (a, p->audio) {
        json_open(w);
#define X(member) key_int(w, S(#member), a->member);
        AUDIO_INTS(X)
#undef X
        key_str(w, S("codec"), a->codec);
        json_close(w);
    }
    json_close_array(w);
    key_ints(w, S("pts"), p->packets.pts);
    key_ints(w, S("accumulated"), p->packets.accumulated);
    key_ints(w, S("own"), p->packets.own);
    key_int(w, S("packet_duration"), p->packets.duration);
    key_int(w, S("packets"), p->packets.packets);
    key_int(w, S("output_frames"), p->packets.output_frames);
    json_close(w);
}

void tags_to_json(json_writer *w, const file_tags *f)
{
    json_open(w);
    json_key(w, S("tags"));
    json_open(w);
    each (t, f->tags) {
        json_key(w, t->name);
        if (!t->list) {
            json_str(w, t->values.at[0]);
            continue;
        }
        json_open_array(w);
        each (value, t->values) json_str(w, *value);
        json_close_array(w);
    }
    json_close(w);
    if (f->probe.ok) {
        json_key(w, S("probe"));
        write_probe(w, &f->probe);
    }
    json_close(w);
}

static int64_t get_int(const json *o, const char *key)
{
    json *j = json_get(o, key);
    return j && j->is_integer ? j->integer : 0;
}

static int get_small(const json *o, const char *key)
{
    int64_t v = get_int(o, key);
    return v > INT32_MAX || v < INT32_MIN ? 0 : (int)v;
}

static double get_double(const json *o, const char *key)
{
    json *j = json_get(o, key);
    return j && j->type == JSON_NUMBER ? j->number : 0;
}

static int32s get_ints(arena *mem, const json *o, const char *key)
{
    int32s list = {0};
    json *j = json_get(o, key);
    if (!j || j->type != JSON_ARRAY) return list;
    for (json *x = j->first; x; x = x->next) *push(mem, list) = x->is_integer ? (int32_t)x->integer : 0;
    return list;
}

static void read_probe(arena *mem, const json *o, probe *p)
{
    p->ok = true;
    p->format = json_get_str(o, "format");
    p->format_long = json_get_str(o, "format_long");
    p->duration = get_double(o, "duration");
    each_of(j, json_get(o, "video"))
    {
        video_stream *v = push(mem, p->video);
#define X(member) v->member = _Generic(v->member, int : get_small, int64_t : get_int)(j, #member);
        VIDEO_INTS(X)
#undef X
        v->codec = json_get_str(j, "codec");
        v->pixel_format = json_get_str(j, "pixel_format");
        v->frame_rate = get_double(j, "frame_rate");
    }
    each_of(j, json_get(o, "audio"))
    {
        audio_stream *a = push(mem, p->audio);
#define X(member) a->member = _Generic(a->member, int : get_small, int64_t : get_int)(j, #member);
        AUDIO_INTS(X)
#undef X
        a->codec = json_get_str(j, "codec");
    }
    p->packets.pts = get_ints(mem, o, "pts");
    p->packets.accumulated = get_ints(mem, o, "accumulated");
    p->packets.own = get_ints(mem, o, "own");
    p->packets.duration = get_int(o, "packet_duration");
    p->packets.packets = get_int(o, "packets");
    p->packets.output_frames = get_int(o, "output_frames");
    if (p->packets.accumulated.n != p->packets.pts.n || p->packets.own.n != p->packets.pts.n) p->packets = (typeof(p->packets)){0};
}

file_tags tags_from_json(arena *mem, const json *from)
{
    file_tags f = {0};
    json *list = json_get(from, "tags"), *pr = json_get(from, "probe");
    for (json *j = list && list->type == JSON_OBJECT ? list->first : NULL; j && f.tags.n < MOST_TAGS; j = j->next) {
        strs values = {0};
        if (j->type == JSON_STRING) *push(mem, values) = j->text;
        each_of(x, j) if (x->type == JSON_STRING) * push(mem, values) = x->text;
        if (values.n) *push(mem, f.tags) = (tag){.name = j->key, .list = j->type == JSON_ARRAY, .values = values};
    }
    if (pr && pr->type == JSON_OBJECT) read_probe(mem, pr, &f.probe);
    return f;
}

// ---- the worker's end ------------------------------------------------------------------------------------------------------------
enum { READ_SECONDS = 120 };

file_tags media_tags(ctx *c, cage *decoder, int fd, str extension)
{
    json_writer w = json_writer_on(c->mem);
    json_open(&w);
    key_str(&w, S("extension"), extension);
    json_close(&w);
    return tags_from_json(c->mem, cage_call(c, decoder, "tags", buf_str(&w.out), &fd, 1, READ_SECONDS));
}

tags media_sidecar_tags(ctx *c, cage *decoder, int fd)
{
    return tags_from_json(c->mem, cage_call(c, decoder, "sidecarTags", (str){0}, &fd, 1, READ_SECONDS)).tags;
}

void media_sidecar_write(ctx *c, cage *decoder, int old, int into, sidecar_edit edit)
{
    json_writer w = json_writer_on(c->mem);
    json_open(&w);
    key_str(&w, S("description"), edit.description);
    key_str(&w, S("date"), edit.date);
    key_double(&w, S("latitude"), edit.latitude);
    key_double(&w, S("longitude"), edit.longitude);
    key_str(&w, S("rating"), edit.rating);
    json_key(&w, S("tags"));
    if (edit.has_tags) {
        json_open_array(&w);
        each (t, edit.tags) json_str(&w, *t);
        json_close_array(&w);
    } else {
        json_null(&w);
    }
    json_close(&w);
    cage_call(c, decoder, "sidecarWrite", buf_str(&w.out), (int[]){into, old}, old < 0 ? 1 : 2, READ_SECONDS);
}
