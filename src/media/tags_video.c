// Videos and GIFs through libavformat: what ffprobe would print, what the container says of its making, and a walk over all packets of the main
// stream (spec 06, 4.7).
#include "media/avio.h"
#include "media/tags_parts.h"
#include <libavcodec/avcodec.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/pixdesc.h>
#include <math.h>
#include <stdlib.h>

// ---- streams ---------------------------------------------------------------------------------------------------------------------
static const struct {
    enum AVCodecID codec;
    const char *name;
    int number;
} profiles[] = {
    {AV_CODEC_ID_H264, "Baseline", 66},
    {AV_CODEC_ID_H264, "Constrained Baseline", 66},
    {AV_CODEC_ID_H264, "Main", 77},
    {AV_CODEC_ID_H264, "Extended", 88},
    {AV_CODEC_ID_H264, "High", 100},
    {AV_CODEC_ID_H264, "Progressive High", 100},
    {AV_CODEC_ID_H264, "Constrained High", 100},
    {AV_CODEC_ID_H264, "High 10", 110},
    {AV_CODEC_ID_H264, "High 4:2:2", 122},
    {AV_CODEC_ID_H264, "High 4:4:4 Predictive", 244},
    {AV_CODEC_ID_HEVC, "Main", 1},
    {AV_CODEC_ID_HEVC, "Main 10", 2},
    {AV_CODEC_ID_HEVC, "Main Still Picture", 3},
    {AV_CODEC_ID_HEVC, "Rext", 4},
    {AV_CODEC_ID_AV1, "Main", 0},
    {AV_CODEC_ID_AV1, "High", 1},
    {AV_CODEC_ID_AV1, "Professional", 2},
    {AV_CODEC_ID_AAC, "Main", 1},
    {AV_CODEC_ID_AAC, "LC", 2},
    {AV_CODEC_ID_AAC, "SSR", 3},
    {AV_CODEC_ID_AAC, "LTP", 4},
    {AV_CODEC_ID_AAC, "HE-AAC", 5},
    {AV_CODEC_ID_AAC, "LD", 23},
    {AV_CODEC_ID_AAC, "HE-AACv2", 29},
    {AV_CODEC_ID_AAC, "ELD", 39},
    {AV_CODEC_ID_AAC, "xHE-AAC", 42},
};

static int profile_number(const AVCodecParameters *p)
{
    const char *name = avcodec_profile_name(p->codec_id, p->profile);
    for (size_t i = 0; name && i < countof(profiles); i++)
        if (profiles[i].codec == p->codec_id && !strcmp(profiles[i].name, name)) return profiles[i].number;
    return -1;
}

static bytes side_data(AVStream *s, enum AVPacketSideDataType type)
{
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    const AVPacketSideData *d = av_packet_side_data_get(s->codecpar->coded_side_data, s->codecpar->nb_coded_side_data, type);
    return d ? (bytes){d->data, d->size} : (bytes){0};
#else
    size_t n = 0;
    uint8_t *at = av_stream_get_side_data(s, type, &n);
    return at ? (bytes){at, n} : (bytes){0};
#endif
}

static str codec_name(arena *mem, const AVCodecParameters *p)
{
    const AVCodecDescriptor *d = avcodec_descriptor_get(p->codec_id);
    return d ? str_dup(mem, str_of(d->name)) : (str){0};
}

// Colour names to ffprobe's code points: what libav has no name for is unknown.
static int colour(const char *name, int code)
{
    return !name || !strcmp(name, "unknown") ? UNKNOWN_COLOUR : code;
}

static video_stream video_of(arena *mem, AVFormatContext *f, AVStream *s)
{
    AVCodecParameters *p = s->codecpar;
    video_stream v = {.index = s->index,
                      .bitrate = p->bit_rate,
                      .codec = codec_name(mem, p),
                      .profile = profile_number(p),
                      .level = p->level,
                      .width = p->width,
                      .height = p->height,
                      .frame_count = s->nb_frames,
                      .time_base = s->time_base.den,
                      .dv_profile = -1,
                      .dv_level = -1,
                      .dv_compatibility = -1};
    AVRational aspect = av_guess_sample_aspect_ratio(f, s, NULL), rate = s->avg_frame_rate.den ? s->avg_frame_rate : s->r_frame_rate;
    if (aspect.num > 0 && aspect.den > 0) v.width = (int)lround(fmin(p->width * av_q2d(aspect), INT32_MAX));
    if (rate.num > 0 && rate.den > 0) v.frame_rate = av_q2d(rate);
    const char *format = av_get_pix_fmt_name(p->format);
    v.pixel_format = format ? str_dup(mem, str_of(format)) : S("yuv420p");
    v.primaries = colour(av_color_primaries_name(p->color_primaries), p->color_primaries);
    v.transfer = colour(av_color_transfer_name(p->color_trc), p->color_trc);
    v.matrix = colour(av_color_space_name(p->color_space), p->color_space);
    bytes matrix = side_data(s, AV_PKT_DATA_DISPLAYMATRIX), dovi = side_data(s, AV_PKT_DATA_DOVI_CONF);
    double angle = matrix.n >= 9 * sizeof(int32_t) ? av_display_rotation_get((const void *)matrix.at) : 0;
    if (!isnan(angle)) v.rotation = (int)angle;
    if (dovi.n >= sizeof(AVDOVIDecoderConfigurationRecord)) {
        const AVDOVIDecoderConfigurationRecord *d = (const void *)dovi.at;
        v.dv_profile = d->dv_profile, v.dv_level = d->dv_level, v.dv_compatibility = d->dv_bl_signal_compatibility_id;
    }
    return v;
}

typedef struct {
    AVStream *stream;
    bool preferred;
} candidate;
typedef LIST(candidate) candidates;

static int best_first(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->preferred != y->preferred) return x->preferred ? -1 : 1;
    int64_t p = x->stream->codecpar->bit_rate, q = y->stream->codecpar->bit_rate;
    return p != q ? (p > q ? -1 : 1) : x->stream->index - y->stream->index;
}

static candidates streams_of(arena *mem, AVFormatContext *f, enum AVMediaType type)
{
    candidates list = {0};
    for (unsigned i = 0; i < f->nb_streams; i++) {
        AVStream *s = f->streams[i];
        if (s->codecpar->codec_type == type && !(s->disposition & AV_DISPOSITION_ATTACHED_PIC))
            *push(mem, list) = (candidate){s, s->disposition & AV_DISPOSITION_DEFAULT};
    }
    if (list.n) qsort(list.at, list.n, sizeof *list.at, best_first);
    return list;
}

// ---- camcorders ------------------------------------------------------------------------------------------------------------------
// AVCHD camcorders write date, zone and exposure into the H.264 stream itself: user data marked "MDPM", a count, entries of a tag and four bytes (binary
// coded decimals for the date). Source: https://exiftool.org/TagNames/H264.html
// H.264 puts a 3 after two zero bytes wherever a start code could be seen in the data. Only the beginning is needed.
static bytes unescaped(arena *mem, bytes data)
{
    bytes out = {arena_alloc(mem, 2048), 0};
    for (size_t i = 0; i < data.n && out.n < 2048; i++)
        if (!(data.at[i] == 3 && i >= 2 && !data.at[i - 1] && !data.at[i - 2])) out.at[out.n++] = data.at[i];
    return out;
}

static int decimal(uint8_t b)
{
    return (b >> 4) * 10 + (b & 15);
}

static void camcorder_tags(arena *mem, bytes data, tags *out)
{
    static const uint8_t mark[] = {0x17, 0xee, 0x8c, 0x60, 0xf8, 0x4d, 0x11, 0xd9, 0x8c, 0xd6,
                                   0x08, 0x00, 0x20, 0x0c, 0x9a, 0x66, 'M',  'D',  'P',  'M'};
    static const struct {
        uint32_t code;
        const char *name;
    } makers[] = {{0x0103, "Panasonic"}, {0x0108, "Sony"}, {0x1011, "Canon"}, {0x1104, "JVC"}};
    const uint8_t *found = memmem(data.at, data.n, mark, sizeof mark);
    if (!found) return;
    bytes list = unescaped(mem, bytes_from(data, (size_t)(found - data.at) + sizeof mark)), year = {0};
    int count = list.n ? list.at[0] : 0;
    for (int i = 0; i < count; i++) {
        bytes v = bytes_at(list, 2 + 5 * (size_t)i, 4);
        if (!v.at) return;
        switch (v.at[-1]) {
        case 0x18: year = v; break;
        case 0x19: {
            if (!year.at) break;
            // The zone: a bit for summer time (counted already), one for the sign, five of half hours, one that says whether it is known.
            uint8_t z = year.at[0];
            str zone = z & 0x80 ? S("") : str_fmt(mem, "%c%02d:%02d", z & 0x20 ? '-' : '+', (z >> 1) & 15, z & 1 ? 30 : 0);
            tag_add(mem, out, "DateTimeOriginal",
                    str_fmt(mem, "%02d%02d:%02d:%02d %02d:%02d:%02d%.*s", decimal(year.at[1]), decimal(year.at[2]), decimal(year.at[3]),
                            decimal(v.at[0]), decimal(v.at[1]), decimal(v.at[2]), decimal(v.at[3]), PR(zone)));
            break;
        }
        case 0x7f: {
            uint32_t shutter = le16(v.at + 2) & 0x7fff; // in units of 1/28125 s
            if (shutter && shutter != 0x7fff) tag_add(mem, out, "ExposureTime", exposure_text(mem, shutter / 28125.0));
            break;
        }
        case 0xe0:
            for (size_t m = 0; m < countof(makers); m++)
                if (be16(v.at) == makers[m].code) tag_add(mem, out, "Make", str_of(makers[m].name));
            break;
        }
    }
}

// ---- packets ---------------------------------------------------------------------------------------------------------------------
typedef struct {
    int64_t pts, duration;
} packet;
typedef LIST(packet) packets;

static int by_pts(const void *a, const void *b)
{
    const packet *x = a, *y = b;
    return (x->pts > y->pts) - (x->pts < y->pts);
}

static int middle(const int v[3])
{
    int low = v[0] < v[1] ? v[0] : v[1], high = v[0] < v[1] ? v[1] : v[0];
    return v[2] < low ? low : v[2] > high ? high : v[2];
}

// How many frames ffmpeg would write at a constant rate: it drops and doubles frames where their times wander (spec 06, 4.7).
static int64_t output_frames(packets list, int64_t total)
{
    if (!list.n || total <= 0) return 0;
    qsort(list.at, list.n, sizeof *list.at, by_pts);
    double per_unit = (double)list.n / (double)total;
    int64_t next = 0, out = 0;
    int last[3] = {0}, at = 0;
    each (p, list) {
        double t = (double)(p->pts - list.at[0].pts) * per_unit, d = (double)p->duration * per_unit, lead = t - (double)next,
               delta = lead + d;
        if (lead < 0 && delta > 0) lead = 0;
        int64_t n = delta < -1.1 ? 0 : delta > 1.1 ? llround(delta) : 1;
        last[at++ % 3] = delta > 1.1 && lead > 1.1 ? (int)lround(lead - 0.6) : 0;
        out += n;
        next += n;
    }
    return out + middle(last);
}

static int32_t narrow(int64_t v)
{
    return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : (int32_t)v;
}

static void scan_packets(arena *mem, AVFormatContext *f, AVStream *stream, tags *tags, probe *out)
{
    enum { MOST = 20 * 1000 * 1000, FIRST_FEW = 8 };
    int look = strcmp(f->iformat->name, "mpegts") ? 0 : FIRST_FEW;
    packets kept = {0};
    for (unsigned i = 0; i < f->nb_streams; i++)
        if (f->streams[i] != stream) f->streams[i]->discard = AVDISCARD_ALL;
    AVPacket *p = av_packet_alloc();
    while (p && kept.n < MOST && av_read_frame(f, p) >= 0) {
        if (p->stream_index == stream->index && look-- > 0) camcorder_tags(mem, (bytes){p->data, (size_t)p->size}, tags);
        if (p->stream_index == stream->index && p->pts != AV_NOPTS_VALUE && p->duration > 0) {
            out->packets.duration += p->duration;
            if (!(p->flags & AV_PKT_FLAG_DISCARD)) *push(mem, kept) = (packet){p->pts, p->duration};
            if (p->flags & AV_PKT_FLAG_KEY) {
                *push(mem, out->packets.pts) = narrow(p->pts);
                *push(mem, out->packets.accumulated) = narrow(out->packets.duration);
                *push(mem, out->packets.own) = narrow(p->duration);
            }
        }
        av_packet_unref(p);
    }
    av_packet_free(&p);
    out->packets.packets = (int64_t)kept.n;
    out->packets.output_frames = output_frames(kept, out->packets.duration);
}

// ---- tags ------------------------------------------------------------------------------------------------------------------------
static str entry(const AVDictionary *d, const char *key)
{
    AVDictionaryEntry *e = av_dict_get(d, key, NULL, 0);
    return e ? str_of(e->value) : (str){0};
}

// libav's "2005-08-11T14:03:54.000000Z" without its zone: containers count in UTC, and ExifTool prints no zone either.
static str creation_time(const AVDictionary *d)
{
    return str_slice(entry(d, "creation_time"), 0, 19);
}

// ISO 6709: "+27.5916+086.5640+8850/".
static void location(arena *mem, str text, tags *out)
{
    double parts[2];
    size_t at = 0;
    for (int i = 0; i < 2; i++) {
        size_t start = at++;
        while (at < text.n && !strchr("+-/", text.at[at])) at++;
        str number = str_slice(text, start + (start < text.n && text.at[start] == '+'), at);
        if (!str_to_double(number, &parts[i]) || !isfinite(parts[i])) return;
    }
    tag_add(mem, out, "GPSLatitude", str_fmt(mem, "%.15g", parts[0]));
    tag_add(mem, out, "GPSLongitude", str_fmt(mem, "%.15g", parts[1]));
}

static void container_tags(arena *mem, AVFormatContext *f, tags *out)
{
    static const struct {
        const char *key, *name;
    } names[] = {
        {"com.apple.quicktime.creationdate", "CreationDate"},
        {"com.apple.quicktime.make", "Make"},
        {"make", "Make"},
        {"com.apple.quicktime.model", "Model"},
        {"model", "Model"},
        {"com.android.manufacturer", "AndroidMake"},
        {"com.android.model", "AndroidModel"},
        {"com.apple.quicktime.content.identifier", "ContentIdentifier"},
        {"com.apple.quicktime.description", "Description"},
        {"description", "Description"},
    };
    AVDictionary *d = f->metadata;
    for (size_t i = 0; i < countof(names); i++) tag_add(mem, out, names[i].name, entry(d, names[i].key));
    bool quicktime = strstr(f->iformat->name, "mov") != NULL;
    tag_add(mem, out, quicktime ? "CreateDate" : "DateTimeOriginal", creation_time(d));
    for (unsigned i = 0; i < f->nb_streams; i++) tag_add(mem, out, "MediaCreateDate", creation_time(f->streams[i]->metadata));
    str place = entry(d, "com.apple.quicktime.location.ISO6709");
    location(mem, place.at ? place : entry(d, "location"), out);
}

typedef struct {
    int fd;
    tags *tags;
    probe *probe;
} reading;

static void read_video(ctx *c, void *arg)
{
    reading *r = arg;
    arena *mem = c->mem;
    AVFormatContext *f = av_open_fd(c, r->fd);
    probe *p = r->probe;
    p->format = str_dup(mem, str_of(f->iformat->name));
    p->format_long = str_dup(mem, str_of(f->iformat->long_name));
    if (f->duration > 0) p->duration = (double)f->duration / AV_TIME_BASE;
    candidates pictures = streams_of(mem, f, AVMEDIA_TYPE_VIDEO), sounds = streams_of(mem, f, AVMEDIA_TYPE_AUDIO);
    each (s, pictures) *push(mem, p->video) = video_of(mem, f, s->stream);
    each (s, sounds) {
        AVCodecParameters *q = s->stream->codecpar;
        *push(mem, p->audio) = (audio_stream){s->stream->index, q->bit_rate, codec_name(mem, q), profile_number(q)};
    }
    if (pictures.n) scan_packets(mem, f, pictures.at[0].stream, r->tags, p);
    container_tags(mem, f, r->tags);
    p->ok = true;
}

void video_tags(arena *mem, int fd, tags *out, probe *result)
{
    ctx c = {.mem = mem};
    try(&c, read_video, &(reading){fd, out, result});
}
