// Frames of videos that libavcodec makes on the spot.
#include "base/log.h"
#include "fixture.h"
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <stdio.h>
#include <unistd.h>

// One colour per scene, each so many seconds at 10 frames a second, as Y, U, V.
typedef struct {
    const char *container, *codec;
    int width, height;
    enum AVPixelFormat format;
    enum AVColorTransferCharacteristic transfer;
    int rotation;     // degrees clockwise that a player turns
    AVRational pixel; // aspect of one pixel
    int scenes, seconds;
} clip;

static const int colours[][3] = {{81, 90, 240}, {145, 54, 34}, {41, 240, 110}, {210, 16, 146}}; // red, green, blue, yellow in BT.601

static void paint(AVFrame *f, const int *yuv)
{
    int shift = f->format == AV_PIX_FMT_YUV420P10 ? 2 : 0;
    for (int plane = 0; plane < 3; plane++)
        for (int y = 0; y < (plane ? (f->height + 1) / 2 : f->height); y++)
            for (int x = 0; x < (plane ? (f->width + 1) / 2 : f->width); x++) {
                uint8_t *line = f->data[plane] + (ptrdiff_t)y * f->linesize[plane];
                if (shift) ((uint16_t *)line)[x] = (uint16_t)(yuv[plane] << shift);
                else line[x] = (uint8_t)yuv[plane];
            }
}

static void encode(AVFormatContext *out, AVCodecContext *encoder, AVFrame *f, AVPacket *p)
{
    avcodec_send_frame(encoder, f);
    while (!avcodec_receive_packet(encoder, p)) {
        av_packet_rescale_ts(p, encoder->time_base, out->streams[0]->time_base);
        av_interleaved_write_frame(out, p);
    }
}

static int film(clip k)
{
    fixture_cage();
    av_log_set_level(AV_LOG_QUIET);
    int fd = file_new();
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    AVFormatContext *out;
    const AVCodec *codec = avcodec_find_encoder_by_name(k.codec);
    if (!codec || avformat_alloc_output_context2(&out, NULL, k.container, path) < 0) return -1;
    avio_open(&out->pb, path, AVIO_FLAG_WRITE);
    AVStream *stream = avformat_new_stream(out, NULL);
    AVCodecContext *e = avcodec_alloc_context3(codec);
    e->width = k.width, e->height = k.height, e->pix_fmt = k.format, e->time_base = (AVRational){1, 10}, e->framerate = (AVRational){10, 1};
    e->gop_size = 5, e->bit_rate = 2000000, e->thread_count = 1, e->sample_aspect_ratio = k.pixel;
    if (k.transfer) e->color_trc = k.transfer, e->color_primaries = AVCOL_PRI_BT2020, e->colorspace = AVCOL_SPC_BT2020_NCL;
    if (out->oformat->flags & AVFMT_GLOBALHEADER) e->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    av_opt_set(e->priv_data, "x265-params", "log-level=none", 0);
    if (avcodec_open2(e, codec, NULL) < 0) log_die("cannot encode %s", k.codec);
    avcodec_parameters_from_context(stream->codecpar, e);
    stream->time_base = e->time_base;
    stream->sample_aspect_ratio = k.pixel;
    if (k.rotation) {
        int32_t matrix[9];
        av_display_rotation_set(matrix, -k.rotation);
#if LIBAVFORMAT_VERSION_INT >= AV_VERSION_INT(60, 15, 100)
        AVCodecParameters *p = stream->codecpar;
        AVPacketSideData *side =
            av_packet_side_data_new(&p->coded_side_data, &p->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX, sizeof matrix, 0);
        memcpy(side->data, matrix, sizeof matrix);
#else
        memcpy(av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, sizeof matrix), matrix, sizeof matrix);
#endif
    }
    if (avformat_write_header(out, NULL) < 0) log_die("cannot write %s", k.container);
    AVFrame *f = av_frame_alloc();
    AVPacket *p = av_packet_alloc();
    f->width = k.width, f->height = k.height, f->format = k.format;
    av_frame_get_buffer(f, 0);
    for (int i = 0; i < k.scenes * k.seconds * 10; i++) {
        av_frame_make_writable(f);
        paint(f, colours[i / (k.seconds * 10)]);
        f->pts = i;
        encode(out, e, f, p);
    }
    encode(out, e, NULL, p);
    av_write_trailer(out);
    av_frame_free(&f);
    av_packet_free(&p);
    avcodec_free_context(&e);
    avio_closep(&out->pb);
    avformat_free_context(out);
    return fd;
}

static render video(int fd, const char *name)
{
    render r = usual(fd, name);
    r.video = true;
    return r;
}

static void check_frame(arena *mem, const char *file, int line, clip k, int width, int height, int red, int green, int blue)
{
    int fd = film(k);
    if (fd < 0) {
        printf("  (no encoder %s, skipped)\n", k.codec);
        return;
    }
    render r = video(fd, "a.mp4");
    outcome o = try_render(mem, r);
    if (!o.ok) {
        test_failed(file, line, "%.*s", PR(o.message));
    } else {
        VipsImage *preview = open_output(r.outputs[0].fd);
        colour c = pixel(preview, vips_image_get_width(preview) / 2, vips_image_get_height(preview) / 2);
        if (!colour_near(c, red, green, blue, 12))
            test_failed(file, line, "the colour is %d,%d,%d, not %d,%d,%d", c.r, c.g, c.b, red, green, blue);
        if (vips_image_get_width(preview) != width || vips_image_get_height(preview) != height)
            test_failed(file, line, "the preview is %d x %d, not %d x %d", vips_image_get_width(preview), vips_image_get_height(preview),
                        width, height);
        check(o.result.thumbhash.n > 10);
        check(!o.result.transparent);
        g_object_unref(preview);
    }
    render_close(&r);
}

static const clip plain = {"mp4", "mpeg4", 320, 240, AV_PIX_FMT_YUV420P, 0, 0, {1, 1}, 1, 1};

TEST("the second scene stands for a video, or the first if there is one only")
{
    clip k = plain;
    check_frame(mem, __FILE__, __LINE__, k, 320, 240, 255, 0, 0);
    k.scenes = 3, k.seconds = 2;
    check_frame(mem, __FILE__, __LINE__, k, 320, 240, 0, 255, 0);
}

TEST("containers of phones and cameras")
{
    static const struct {
        const char *container, *codec;
    } kinds[] = {{"mov", "mpeg4"},       {"matroska", "mpeg4"}, {"avi", "mpeg4"},  {"mpegts", "mpeg2video"},
                 {"mpeg", "mpeg2video"}, {"flv", "flv"},        {"asf", "wmv2"},   {"3gp", "mpeg4"},
                 {"webm", "libvpx"},     {"mp4", "libx264"},    {"mp4", "libx265"}};
    for (size_t i = 0; i < countof(kinds); i++) {
        clip k = plain;
        k.container = kinds[i].container, k.codec = kinds[i].codec, k.scenes = 2, k.seconds = 2;
        check_frame(mem, __FILE__, __LINE__, k, 320, 240, 0, 255, 0);
    }
}

TEST("video sizes: even, upright, with the pixel aspect applied")
{
    clip k = plain;
    k.width = 2560, k.height = 1920;
    check_frame(mem, __FILE__, __LINE__, k, 1920, 1440, 254, 24, 0); // large and unmarked: taken for BT.709
    k = plain;
    k.rotation = 90;
    check_frame(mem, __FILE__, __LINE__, k, 240, 320, 255, 0, 0);
    k = plain;
    k.pixel = (AVRational){2, 1};
    k.width = 1600, k.height = 1600;
    check_frame(mem, __FILE__, __LINE__, k, 2880, 1440, 254, 24, 0);
    k = plain;
    k.codec = "ffv1", k.container = "matroska", k.width = 321; // odd sizes are scaled to the target, upwards as well
    check_frame(mem, __FILE__, __LINE__, k, 1926, 1440, 255, 0, 0);
}

TEST("a video's rotation turns the picture the right way")
{
    clip k = plain;
    k.rotation = 180;
    check_frame(mem, __FILE__, __LINE__, k, 320, 240, 255, 0, 0);
    k.rotation = 270;
    check_frame(mem, __FILE__, __LINE__, k, 240, 320, 255, 0, 0);
}

TEST("high dynamic range is mapped to what screens show")
{
    clip k = {"matroska", "ffv1", 320, 240, AV_PIX_FMT_YUV420P10, AVCOL_TRC_SMPTE2084, 0, {1, 1}, 1, 1};
    int fd = film(k);
    render r = video(fd, "a.mkv");
    outcome mapped = try_render(mem, r);
    check(mapped.ok);
    VipsImage *a = open_output(r.outputs[0].fd);
    render_close(&r);
    r = video(film(k), "a.mkv");
    r.tonemap = S("disabled");
    outcome flat = try_render(mem, r);
    check(flat.ok);
    VipsImage *b = open_output(r.outputs[0].fd);
    colour with = pixel(a, 160, 120), without = pixel(b, 160, 120);
    check(with.r != without.r || with.g != without.g || with.b != without.b);
    check(with.r > with.g && with.r > with.b);
    g_object_unref(a);
    g_object_unref(b);
    render_close(&r);
}

TEST("a GIF goes the way of videos")
{
    VipsImage *image = quarters(400, 300, 3);
    render r = video(save(image, ".gif"), "a.gif");
    outcome o = try_render(mem, r);
    check(o.ok);
    check_int(o.result.width, 400);
    VipsImage *preview = open_output(r.outputs[0].fd);
    check_near(preview, 20, 20, 255, 0, 0, 12);
    check_near(preview, 380, 280, 255, 255, 255, 12);
    g_object_unref(preview);
    g_object_unref(image);
    render_close(&r);
}

TEST("broken videos are refused or give what can be seen, and playlists are no videos")
{
    clip k = plain;
    k.scenes = 3, k.seconds = 2;
    int fd = film(k);
    bytes whole = file_bytes(mem, fd);
    close(fd);
    for (int round = 0; round < 10; round++) {
        bytes b = {arena_alloc(mem, whole.n), whole.n};
        memcpy(b.at, whole.at, whole.n);
        for (int i = 0; i < 30; i++) b.at[(size_t)(round * 7919 + i * 104729) % b.n] ^= (uint8_t)(1 << i % 8);
        render r = video(file_of(b.at, round % 2 ? b.n : b.n / 2), "a.mp4");
        outcome o = try_render(mem, r);
        check(o.ok || o.status == 422 || o.status == CAGE_BROKEN);
        render_close(&r);
    }
    static const char *const playlists[] = {"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
                                            "ffconcat version 1.0\nfile /etc/passwd\n", ""};
    for (size_t i = 0; i < countof(playlists); i++) {
        render r = video(file_of(playlists[i], strlen(playlists[i])), "a.mp4");
        outcome o = try_render(mem, r);
        check(!o.ok);
        check_int(o.status, 422);
        render_close(&r);
    }
}
