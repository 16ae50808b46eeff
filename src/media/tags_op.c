// What the decoder answers when it is asked for tags.
#include "media/call.h"
#include "media/tags_parts.h"
#include <math.h>
#include <unistd.h>

static int first_fd(ctx *c, const int *fds, size_t n)
{
    if (!n) fail(c, 500, "no file was given");
    return fds[0];
}

void tags_op(ctx *c, const json *in, const int *fds, size_t n, json_writer *out)
{
    file_tags f = tags_read(c->mem, first_fd(c, fds, n), json_get_str(in, "extension"));
    tags_to_json(out, &f);
}

void sidecar_tags_op(ctx *c, const json *in, const int *fds, size_t n, json_writer *out)
{
    tags_to_json(out, &(file_tags){.tags = tags_read_sidecar(c->mem, first_fd(c, fds, n))});
}

static str read_text(ctx *c, int fd)
{
    enum { MOST = 64 << 20 };
    buf b = {.mem = c->mem};
    char piece[65536];
    for (ssize_t n; (n = pread(fd, piece, sizeof piece, (off_t)b.n)) > 0;) {
        buf_add(&b, (str){piece, (size_t)n});
        if (b.n > MOST) fail(c, 422, "a sidecar of more than %d MiB", MOST >> 20);
    }
    return buf_str(&b);
}

static double given(const json *o, const char *key)
{
    json *j = json_get(o, key);
    return j && j->type == JSON_NUMBER ? j->number : NAN;
}

void sidecar_write_op(ctx *c, const json *in, const int *fds, size_t n, json_writer *out)
{
    json *list = json_get(in, "tags");
    sidecar_edit edit = {.description = json_get_str(in, "description"),
                         .date = json_get_str(in, "date"),
                         .rating = json_get_str(in, "rating"),
                         .latitude = given(in, "latitude"),
                         .longitude = given(in, "longitude"),
                         .has_tags = list && list->type == JSON_ARRAY};
    each_of(x, list) * push(c->mem, edit.tags) = x->text;
    str packet = sidecar_edited(c->mem, n > 1 ? read_text(c, fds[1]) : (str){0}, edit);
    if (!packet.at) fail(c, 422, "the sidecar is no readable XMP");
    int fd = first_fd(c, fds, n);
    for (size_t at = 0; at < packet.n;) {
        ssize_t written = write(fd, packet.at + at, packet.n - at);
        if (written <= 0) fail(c, 500, "cannot write the sidecar");
        at += (size_t)written;
    }
    json_null(out);
}
