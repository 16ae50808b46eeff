// The frame that stands for a video (spec 06, 7.8).
//
// The reference lets ffmpeg's filters look at about a second of video at a time, take the most typical frame of each, and keep the second of these
// that differs from the first (or the one some 20 s in). Here the same filters see small copies of the frames and only tell which one it
// is; that one is then decoded again and scaled in full depth. So memory stays small and a high dynamic range is still there to be mapped.
#include "media/avio.h"
#include "media/picture.h"
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <math.h>

#define NUMBER_KEY "calotype_frame"
#define SELECTION                                                                                                                          \
    "scale=w='min(320,iw)':h=-2:flags=bilinear,fps=12:start_time=0:eof_action=pass:round=down,thumbnail=12,"                               \
    "select=gt(scene\\,0.1)-eq(prev_selected_n\\,n)+isnan(prev_selected_n)+gt(n\\,20)"

typedef struct {
    AVFormatContext *format;
    AVStream *stream;
    AVCodecContext *decoder;
    AVPacket *packet;
    AVFrame *frame;
    bool draining;
} video;

static void close_video(void *arg)
{
    video *v = arg;
    avcodec_free_context(&v->decoder);
    av_packet_free(&v->packet);
    av_frame_free(&v->frame);
}

// Default first, then the highest bitrate; cover pictures are not the video.
static AVStream *best_stream(AVFormatContext *format)
{
    AVStream *best = NULL;
    for (unsigned i = 0; i < format->nb_streams; i++) {
        AVStream *s = format->streams[i];
        s->discard = AVDISCARD_ALL;
        if (s->codecpar->codec_type != AVMEDIA_TYPE_VIDEO || s->disposition & AV_DISPOSITION_ATTACHED_PIC) continue;
        int lead = best ? !!(s->disposition & AV_DISPOSITION_DEFAULT) - !!(best->disposition & AV_DISPOSITION_DEFAULT) : 1;
        if (lead > 0 || (!lead && s->codecpar->bit_rate > best->codecpar->bit_rate)) best = s;
    }
    if (best) best->discard = AVDISCARD_DEFAULT;
    return best;
}

static video *open_video(ctx *c, int fd, bool only_intra)
{
    video *v = new (c->mem, video);
    v->format = av_open_fd(c, fd);
    defer(c, close_video, v);
    v->stream = best_stream(v->format);
    if (!v->stream) fail(c, 422, "the file has no video stream");
    const AVCodec *codec = avcodec_find_decoder(v->stream->codecpar->codec_id);
    if (!codec) fail(c, 422, "no decoder for %s video", avcodec_get_name(v->stream->codecpar->codec_id));
    v->decoder = avcodec_alloc_context3(codec);
    v->packet = av_packet_alloc();
    v->frame = av_frame_alloc();
    if (!v->decoder || !v->packet || !v->frame) fail(c, 500, "out of memory");
    avcodec_parameters_to_context(v->decoder, v->stream->codecpar);
    v->decoder->pkt_timebase = v->stream->time_base;
    v->decoder->thread_count = 1;
    v->decoder->max_pixels = MEDIA_MAX_PIXELS;
    // MPEG transport streams often mark no frame as such.
    if (only_intra && strcmp(v->format->iformat->name, "mpegts") != 0) v->decoder->skip_frame = AVDISCARD_NONINTRA;
    int error = avcodec_open2(v->decoder, codec, NULL);
    if (error < 0) fail(c, 422, "cannot decode the video: %s", av_reason(c->mem, error));
    return v;
}

// Broken packets are passed over: a picture from the rest is better than none. NULL at the end.
static AVFrame *next_frame(video *v)
{
    for (;;) {
        int error = avcodec_receive_frame(v->decoder, v->frame);
        if (!error) return v->frame;
        if (error != AVERROR(EAGAIN) && v->draining) return NULL;
        do {
            av_packet_unref(v->packet);
            error = av_read_frame(v->format, v->packet);
        } while (!error && v->packet->stream_index != v->stream->index);
        v->draining = error < 0;
        if (avcodec_send_packet(v->decoder, v->draining ? NULL : v->packet) < 0 && v->draining) return NULL;
    }
}

// Fills in what the stream leaves open, so that the filters know what they convert from.
static void settle_frame(const video *v, AVFrame *f)
{
    if (f->pts == AV_NOPTS_VALUE) f->pts = f->best_effort_timestamp;
    if (f->pts != AV_NOPTS_VALUE && v->format->start_time != AV_NOPTS_VALUE)
        f->pts -= av_rescale_q(v->format->start_time, AV_TIME_BASE_Q, v->stream->time_base);
    f->sample_aspect_ratio = av_guess_sample_aspect_ratio(v->format, v->stream, f);
    f->pict_type = AV_PICTURE_TYPE_NONE;

    if (f->color_primaries == AVCOL_PRI_RESERVED0) f->color_primaries = AVCOL_PRI_BT709;
    if (f->colorspace == AVCOL_SPC_RESERVED) f->colorspace = AVCOL_SPC_BT709;
    if (f->color_trc == AVCOL_TRC_RESERVED0) f->color_trc = AVCOL_TRC_BT709;
    bool hdr = f->color_trc == AVCOL_TRC_SMPTE2084 || f->color_trc == AVCOL_TRC_ARIB_STD_B67;
    if (f->color_primaries == AVCOL_PRI_UNSPECIFIED && hdr) f->color_primaries = AVCOL_PRI_BT2020;
    if (f->colorspace == AVCOL_SPC_UNSPECIFIED)
        f->colorspace = hdr ? AVCOL_SPC_BT2020_NCL : f->height >= 720 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

typedef struct {
    AVFilterGraph *graph;
    AVFilterContext *in, *out;
    AVFrame *frame;
} chain;

static void close_chain(void *arg)
{
    chain *k = arg;
    avfilter_graph_free(&k->graph);
    av_frame_free(&k->frame);
}

// A chain of filters for frames like `f`.
static chain *open_chain(ctx *c, const video *v, const AVFrame *f, const char *filters)
{
    chain *k = new (c->mem, chain);
    defer(c, close_chain, k);
    k->frame = av_frame_alloc();
    k->graph = avfilter_graph_alloc();
    if (!k->frame || !k->graph) fail(c, 500, "out of memory");
    k->graph->nb_threads = 1;
    k->in = avfilter_graph_alloc_filter(k->graph, avfilter_get_by_name("buffer"), "in");
    k->out = avfilter_graph_alloc_filter(k->graph, avfilter_get_by_name("buffersink"), "out");
    AVBufferSrcParameters *like = av_buffersrc_parameters_alloc();
    if (!k->in || !k->out || !like) fail(c, 500, "out of memory");
    like->format = f->format;
    like->width = f->width;
    like->height = f->height;
    like->time_base = v->stream->time_base;
    like->sample_aspect_ratio = f->sample_aspect_ratio;
#if LIBAVFILTER_VERSION_MAJOR >= 10
    like->color_space = f->colorspace;
    like->color_range = f->color_range;
#endif
    int error = av_buffersrc_parameters_set(k->in, like);
    av_free(like);
    if (error >= 0) error = avfilter_init_str(k->in, NULL);
    if (error >= 0) error = avfilter_init_str(k->out, NULL);

    AVFilterInOut *outputs = avfilter_inout_alloc(), *inputs = avfilter_inout_alloc();
    if (!outputs || !inputs) fail(c, 500, "out of memory");
    *outputs = (AVFilterInOut){.name = av_strdup("in"), .filter_ctx = k->in};
    *inputs = (AVFilterInOut){.name = av_strdup("out"), .filter_ctx = k->out};
    if (error >= 0) error = avfilter_graph_parse_ptr(k->graph, filters, &inputs, &outputs, NULL);
    avfilter_inout_free(&inputs);
    avfilter_inout_free(&outputs);
    if (error >= 0) error = avfilter_graph_config(k->graph, NULL);
    if (error < 0) fail(c, 422, "cannot filter the video: %s", av_reason(c->mem, error));
    return k;
}

static AVFrame *chain_frame(chain *k)
{
    av_frame_unref(k->frame);
    return av_buffersink_get_frame(k->out, k->frame) >= 0 ? k->frame : NULL;
}

// The number of the frame to show, counted in decoding order; -1 if there is no frame at all.
static int64_t choose_frame(ctx *c, int fd, bool only_intra)
{
    enum { ENOUGH = 2 };
    video *v = open_video(c, fd, only_intra);
    chain *k = NULL;
    int64_t chosen = -1;
    int found = 0;
    AVFrame *f;
    for (int64_t number = 0; found < ENOUGH && (f = next_frame(v)); number++) {
        settle_frame(v, f);
        if (!k) k = open_chain(c, v, f, SELECTION);
        if (chosen < 0) chosen = number; // should the filters like none
        av_dict_set_int(&f->metadata, NUMBER_KEY, number, 0);
        if (av_buffersrc_add_frame(k->in, f) < 0) break;
        for (AVFrame *out; found < ENOUGH && (out = chain_frame(k)); found++)
            chosen = atoll(av_dict_get(out->metadata, NUMBER_KEY, NULL, 0)->value);
    }
    if (!k || found == ENOUGH || av_buffersrc_add_frame(k->in, NULL) < 0) return chosen;
    for (AVFrame *out; found < ENOUGH && (out = chain_frame(k)); found++)
        chosen = atoll(av_dict_get(out->metadata, NUMBER_KEY, NULL, 0)->value);
    return chosen;
}

static int turn_of(const AVStream *s)
{
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
    const AVPacketSideData *side =
        av_packet_side_data_get(s->codecpar->coded_side_data, s->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    const uint8_t *data = side ? side->data : NULL;
#else
    const uint8_t *data = av_stream_get_side_data(s, AV_PKT_DATA_DISPLAYMATRIX, NULL);
#endif
    if (!data) return 1;
    int32_t m[5];
    memcpy(m, data, sizeof m);
    // Rounded to quarter turns: what is small beside the larger of two is nothing.
    if (llabs(m[0]) > llabs(m[1])) m[1] = m[3] = 0;
    else m[0] = m[4] = 0;
    return turn_of_matrix(m[0], m[3], m[1], m[4]);
}

void video_fit(int size, int *width, int *height)
{
    enum { LONGEST = 16382 }; // so that every output format can hold it; even
    int shorter = *width < *height ? *width : *height, longer = *width > *height ? *width : *height;
    int target = size - size % 2;
    if (target < 2 || (*width % 2 == 0 && *height % 2 == 0 && shorter <= target && longer <= LONGEST)) return;
    int long_target = 2 * (int)lround(fmin((double)target * longer / shorter, LONGEST) / 2);
    if (long_target == LONGEST) target = 2 * (int)fmax(1, lround((double)LONGEST * shorter / longer / 2));
    bool upright = *height > *width;
    *width = upright ? target : long_target;
    *height = upright ? long_target : target;
}

// Turned to a size and to 8-bit RGB; HDR brightness is mapped down where zimg's filter is there to linearise it.
static const char *finish_filters(ctx *c, const AVFrame *f, int width, int height, str tonemap)
{
    str scale = str_fmt(c->mem, "scale=%d:%d:flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp", width, height);
    bool hdr = f->color_trc == AVCOL_TRC_SMPTE2084 || f->color_trc == AVCOL_TRC_ARIB_STD_B67;
    bool known = str_is(tonemap, "mobius") || str_is(tonemap, "reinhard");
    if (!hdr || str_is(tonemap, "disabled") || !avfilter_get_by_name("zscale") || !avfilter_get_by_name("tonemap"))
        return cstr(c->mem, str_fmt(c->mem, "%.*s,format=rgb24", PR(scale)));
    return cstr(c->mem,
                str_fmt(c->mem,
                        "%.*s,zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=%.*s:desat=0,zscale=t=bt709,format=gbrp,"
                        "format=rgb24",
                        PR(scale), PR(known ? tonemap : S("hable"))));
}

picture video_load(ctx *c, int fd, int size, str tonemap)
{
    bool only_intra = true;
    int64_t chosen = choose_frame(c, fd, only_intra);
    if (chosen < 0) chosen = choose_frame(c, fd, only_intra = false);
    if (chosen < 0) fail(c, 422, "the video has no frame that can be decoded");

    video *v = open_video(c, fd, only_intra);
    AVFrame *f = next_frame(v);
    while (f && chosen--) f = next_frame(v);
    if (!f) fail(c, 422, "the video could be decoded only once");
    settle_frame(v, f);

    int width = f->width, height = f->height;
    AVRational pixel = f->sample_aspect_ratio;
    if (pixel.num > 0 && pixel.den > 0) width = (int)fmax(1, fmin(INT16_MAX, round((double)width * pixel.num / pixel.den)));
    picture out = {.width = width, .height = height, .turn = turn_of(v->stream)};
    video_fit(size, &width, &height);

    chain *k = open_chain(c, v, f, finish_filters(c, f, width, height, tonemap));
    AVFrame *rgb = av_buffersrc_add_frame(k->in, f) < 0 || av_buffersrc_add_frame(k->in, NULL) < 0 ? NULL : chain_frame(k);
    if (!rgb) fail(c, 422, "the video's frame cannot be converted");

    size_t line = (size_t)rgb->width * 3;
    uint8_t *pixels = arena_alloc_raw(c->mem, line * (size_t)rgb->height);
    for (int y = 0; y < rgb->height; y++) memcpy(pixels + line * (size_t)y, rgb->data[0] + (ptrdiff_t)rgb->linesize[0] * y, line);
    VipsImage *image = vips_image_new_from_memory(pixels, line * (size_t)rgb->height, rgb->width, rgb->height, 3, VIPS_FORMAT_UCHAR),
              *tagged;
    if (!image || vips_copy(own(c, image), &tagged, "interpretation", VIPS_INTERPRETATION_sRGB, NULL))
        vips_refuse(c, "cannot hold the frame");
    out.image = own(c, tagged);
    return out;
}
