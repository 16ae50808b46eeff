// BMP and PSD through libavcodec. libvips would hand them to ImageMagick, whose hundred formats and delegates are too wide a door for untrusted bytes.
// PSD gives the flattened picture that Photoshop stores beside the layers; its colour profile is not read.
#include "media/avio.h"
#include "media/picture.h"
#include <libavcodec/avcodec.h>
#include <libavutil/pixdesc.h>
#include <libswscale/swscale.h>
#include <sys/stat.h>
#include <unistd.h>

static void free_packet(void *p)
{
    av_packet_free(&(AVPacket *){p});
}

static void free_frame(void *f)
{
    av_frame_free(&(AVFrame *){f});
}

static void free_codec(void *codec)
{
    avcodec_free_context(&(AVCodecContext *){codec});
}

static void free_scaler(void *s)
{
    sws_freeContext(s);
}

// The decoder wants the whole file in one packet.
static AVPacket *read_packet(ctx *c, int fd)
{
    struct stat st;
    if (fstat(fd, &st) || st.st_size < 1 || st.st_size > INT32_MAX / 2) fail(c, 422, "the file is too large for its kind");
    AVPacket *packet = av_packet_alloc();
    if (!packet) fail(c, 500, "out of memory");
    defer(c, free_packet, packet);
    if (av_new_packet(packet, (int)st.st_size) < 0) fail(c, 500, "out of memory");
    for (int at = 0; at < packet->size;) {
        ssize_t got = pread(fd, packet->data + at, (size_t)(packet->size - at), at);
        if (got <= 0) fail(c, 422, "the file cannot be read");
        at += (int)got;
    }
    return packet;
}

static AVFrame *decode(ctx *c, int fd, enum AVCodecID id)
{
    AVPacket *packet = read_packet(c, fd);
    const AVCodec *codec = avcodec_find_decoder(id);
    AVCodecContext *decoder = codec ? avcodec_alloc_context3(codec) : NULL;
    if (!decoder) fail(c, 422, "libavcodec lacks a decoder for this image");
    defer(c, free_codec, decoder);
    decoder->thread_count = 1;
    decoder->max_pixels = MEDIA_MAX_PIXELS;
    AVFrame *frame = av_frame_alloc();
    if (!frame) fail(c, 500, "out of memory");
    defer(c, free_frame, frame);
    int error = avcodec_open2(decoder, codec, NULL);
    if (error >= 0) error = avcodec_send_packet(decoder, packet);
    if (error >= 0) error = avcodec_receive_frame(decoder, frame);
    if (error < 0) fail(c, 422, "damaged image: %s", av_reason(c->mem, error));
    return frame;
}

bool still_load(ctx *c, int fd, picture *out)
{
    uint8_t magic[4] = {0};
    if (pread(fd, magic, sizeof magic, 0) != sizeof magic) return false;
    enum AVCodecID id = !memcmp(magic, "BM", 2) ? AV_CODEC_ID_BMP : !memcmp(magic, "8BPS", 4) ? AV_CODEC_ID_PSD : AV_CODEC_ID_NONE;
    if (id == AV_CODEC_ID_NONE) return false;

    AVFrame *frame = decode(c, fd, id);
    int width = frame->width, height = frame->height;
    pixel_limit(c, width, height);
    const AVPixFmtDescriptor *format = av_pix_fmt_desc_get(frame->format);
    // A palette has room for alpha, but these two formats do not use it.
    bool alpha = format && (format->flags & AV_PIX_FMT_FLAG_ALPHA) && !(format->flags & AV_PIX_FMT_FLAG_PAL);
    int bands = alpha ? 4 : 3;

    struct SwsContext *scaler = sws_getContext(width, height, frame->format, width, height, alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24,
                                               SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT, NULL, NULL, NULL);
    if (!scaler) fail(c, 422, "the image has a pixel format that is not supported");
    defer(c, free_scaler, scaler);

    // libswscale may write a little past the end of a line.
    enum { SPARE = 64 };
    size_t size = (size_t)width * (size_t)height * (size_t)bands;
    uint8_t *pixels = g_try_malloc(size + SPARE);
    if (!pixels) fail(c, 500, "out of memory");
    defer(c, g_free, pixels);
    sws_scale(scaler, (const uint8_t *const *)frame->data, frame->linesize, 0, height, (uint8_t *[]){pixels}, (int[]){width * bands});

    VipsImage *image = vips_image_new_from_memory(pixels, size, width, height, bands, VIPS_FORMAT_UCHAR);
    VipsImage *tagged;
    if (!image || vips_copy(own(c, image), &tagged, "interpretation", VIPS_INTERPRETATION_sRGB, NULL))
        vips_refuse(c, "cannot hold the image");
    *out = (picture){.image = own(c, tagged), .width = width, .height = height, .turn = 1};
    return true;
}
