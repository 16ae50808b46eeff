// Tags: the list, its way across the pipe, and which reader gets which file.
#include "media/tags_parts.h"
#include "media/types.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

// ---- the list --------------------------------------------------------------------------------------------------------------------
const tag *tag_find(const tags *list, const char *name)
{
    each (t, *list)
        if (str_is(t->name, name)) return t;
    return NULL;
}

str tag_text(const tags *list, const char *name)
{
    const tag *t = tag_find(list, name);
    return t ? t->values.at[0] : (str){0};
}

// ^-?(\d|[1-9]\d{1,14})(\.\d{1,16})?(e[-+]?\d{1,3})?$
bool tag_is_number(str text, double *out)
{
    size_t i = text.n && text.at[0] == '-', start = i;
    while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
    if (i == start || i - start > 15 || (i - start > 1 && text.at[start] == '0')) return false;
    if (i < text.n && text.at[i] == '.') {
        start = ++i;
        while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
        if (i == start || i - start > 16) return false;
    }
    if (i < text.n && (text.at[i] | 32) == 'e') {
        i++;
        if (i < text.n && (text.at[i] == '-' || text.at[i] == '+')) i++;
        start = i;
        while (i < text.n && isdigit((unsigned char)text.at[i])) i++;
        if (i == start || i - start > 3) return false;
    }
    return i == text.n && str_to_double(text, out);
}

bool tag_number(const tags *list, const char *name, double *out)
{
    const tag *t = tag_find(list, name);
    return t && tag_is_number(t->values.at[0], out);
}

static bool absent(str text)
{
    return !text.at || str_is(text, "undef") || str_is(text, "null") || str_is(text, "undefined");
}

static void add(arena *mem, tags *list, str name, strs texts, bool is_list)
{
    char *key = cstr(mem, name);
    strs kept = {0};
    each (text, texts)
        if (!absent(*text)) *push(mem, kept) = utf8_clean(mem, *text);
    if (!kept.n || tag_find(list, key)) return;
    *push(mem, *list) = (tag){.name = str_of(key), .list = is_list, .values = kept};
}

void tag_add(arena *mem, tags *list, const char *name, str text)
{
    add(mem, list, str_of(name), (strs){&text, 1, 1}, false);
}

void tag_add_list(arena *mem, tags *list, const char *name, strs texts)
{
    add(mem, list, str_of(name), texts, texts.n > 1);
}

void buf_code_point(buf *b, uint32_t c)
{
    if (c < 0x80) {
        buf_char(b, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const uint8_t heads[] = {0, 0xc0, 0xe0, 0xf0};
    buf_char(b, (char)(heads[more] | c >> (6 * more)));
    while (more--) buf_char(b, (char)(0x80 | (c >> (6 * more) & 0x3f)));
}

// As ExifTool prints it: "1/160", "1.3", "4".
str exposure_text(arena *mem, double seconds)
{
    if (seconds > 0 && seconds < 0.25001) return str_fmt(mem, "1/%d", (int)fmin(0.5 + 1 / seconds, INT32_MAX));
    str s = str_fmt(mem, "%.1f", seconds);
    return str_ends(s, S(".0")) ? str_slice(s, 0, s.n - 2) : s;
}

// ---- the pipe --------------------------------------------------------------------------------------------------------------------
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
    X(profile) X(level) X(width) X(height) X(frame_count) X(time_base) X(rotation) X(primaries) X(transfer) X(matrix) X(dv_profile)        \
        X(dv_level) X(dv_compatibility)
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

#define each_of(x, array) for (json *x = (array) && (array)->type == JSON_ARRAY ? (array)->first : NULL; x; x = x->next)

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
    for (json *j = list && list->type == JSON_OBJECT ? list->first : NULL; j; j = j->next) {
        strs values = {0};
        if (j->type == JSON_STRING) *push(mem, values) = j->text;
        each_of(x, j) if (x->type == JSON_STRING) * push(mem, values) = x->text;
        if (values.n) *push(mem, f.tags) = (tag){.name = j->key, .list = j->type == JSON_ARRAY, .values = values};
    }
    if (pr && pr->type == JSON_OBJECT) read_probe(mem, pr, &f.probe);
    return f;
}

// ---- reading ---------------------------------------------------------------------------------------------------------------------
// The file in memory, to be unmapped with unmap(). Empty if there is nothing to map.
static bytes map(int fd)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode) || st.st_size <= 0 || (uint64_t)st.st_size > PTRDIFF_MAX) return (bytes){0};
    void *at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    return at == MAP_FAILED ? (bytes){0} : (bytes){at, (size_t)st.st_size};
}

static void unmap(bytes b)
{
    if (b.at) munmap(b.at, b.n);
}

file_tags tags_read(arena *mem, int fd, str extension)
{
    file_tags f = {0};
    if (media_type_of(extension) == MEDIA_VIDEO) {
        video_tags(mem, fd, &f.tags, &f.probe);
        return f;
    }
    bytes file = map(fd);
    if (!file.at) return f;
    exiv *e = exiv_new(mem);
    if (!box_tags(mem, file, e, &f.tags)) {
        exiv_add(e, file);
        picture_tags(mem, file, e, &f.tags);
    }
    exiv_tags(e, file_type_has(extension, TYPE_RAW), &f.tags);
    exiv_close(e);
    unmap(file);
    if (str_ieq(extension, S(".gif"))) video_tags(mem, fd, &(tags){0}, &f.probe);
    return f;
}

tags tags_read_sidecar(arena *mem, int fd)
{
    tags list = {0};
    bytes file = map(fd);
    if (!file.at) return list;
    exiv *e = exiv_new(mem);
    if (exiv_add_xmp(e, file)) exiv_tags(e, false, &list);
    exiv_close(e);
    unmap(file);
    return list;
}
