#include "media/avio.h"
#include <errno.h>
#include <unistd.h>

// What DESIGN calls the enemy's bytes arrive here first, so the list is short: every demuxer on it reads one file from front to back or by
// offset and opens nothing else.
static const char formats[] =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,live_flv,mpegts,mpegtsraw,mpeg,mpegvideo,mxf,mxf_opatom,asf,asf_o,gif,"
    "ogg,h264,hevc,m4v,vob";

typedef struct {
    AVFormatContext *format;
    AVIOContext *io;
    int fd;
    int64_t at; // own position: the descriptor's offset is shared with whoever else holds it
} stream;

static int read_some(void *opaque, uint8_t *buffer, int n)
{
    stream *s = opaque;
    ssize_t got = pread(s->fd, buffer, n, s->at);
    if (got < 0) return AVERROR(errno);
    if (!got) return AVERROR_EOF;
    s->at += got;
    return (int)got;
}

static int64_t seek_to(void *opaque, int64_t offset, int whence)
{
    stream *s = opaque;
    off_t size = lseek(s->fd, 0, SEEK_END);
    switch (whence & ~AVSEEK_FORCE) {
    case AVSEEK_SIZE: return size;
    case SEEK_SET: break;
    case SEEK_CUR: offset += s->at; break;
    case SEEK_END: offset += size; break;
    default: return AVERROR(EINVAL);
    }
    if (offset < 0) return AVERROR(EINVAL);
    return s->at = offset;
}

static int open_nothing(AVFormatContext *f, AVIOContext **pb, const char *url, int flags, AVDictionary **options)
{
    return AVERROR(EACCES);
}

static void close_stream(void *arg)
{
    stream *s = arg;
    avformat_close_input(&s->format);
    if (s->io) av_freep(&s->io->buffer);
    avio_context_free(&s->io);
}

const char *av_reason(arena *mem, int error)
{
    char text[AV_ERROR_MAX_STRING_SIZE];
    return str_dup(mem, str_of(av_make_error_string(text, sizeof text, error))).at;
}

AVFormatContext *av_open_fd(ctx *c, int fd)
{
    enum { BUFFER = 64 * 1024 };
    stream *s = new (c->mem, stream);
    s->fd = fd;
    defer(c, close_stream, s);

    uint8_t *buffer = av_malloc(BUFFER);
    s->io = buffer ? avio_alloc_context(buffer, BUFFER, 0, s, read_some, NULL, seek_to) : NULL;
    s->format = avformat_alloc_context();
    if (!s->io || !s->format) fail(c, 500, "out of memory");
    s->format->pb = s->io;
    s->format->io_open = open_nothing;
    s->format->flags |= AVFMT_FLAG_CUSTOM_IO;

    AVDictionary *options = NULL;
    av_dict_set(&options, "format_whitelist", formats, 0);
    av_dict_set(&options, "protocol_whitelist", "none", 0);
    int error = avformat_open_input(&s->format, NULL, NULL, &options); // frees and clears s->format when it fails
    av_dict_free(&options);
    if (error < 0) fail(c, 422, "not a readable video: %s", av_reason(c->mem, error));
    error = avformat_find_stream_info(s->format, NULL);
    if (error < 0) fail(c, 422, "no readable streams: %s", av_reason(c->mem, error));
    return s->format;
}
