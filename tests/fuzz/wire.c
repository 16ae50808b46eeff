// The bus's frames: in whatever pieces bytes arrive, the same frames come out of them, and what was read is written as it came.
#include "bus/wire.h"
#include "fuzz.h"
#include <unistd.h>

typedef struct {
    arena *mem;
    strs texts; // topic and payload by turns
    wire_queue *out;
} heard;

static void take(void *arg, frame *f)
{
    heard *h = arg;
    str topic = frame_topic(f), payload = frame_payload(f);
    must(topic.n <= WIRE_TOPIC_MAX && payload.n <= WIRE_PAYLOAD_MAX && !topic.at[topic.n] && !payload.at[payload.n]);
    *push(h->mem, h->texts) = str_dup(h->mem, topic);
    *push(h->mem, h->texts) = str_dup(h->mem, payload);
    if (h->out) wire_push(h->out, f);
    else frame_drop(f);
}

// False: the bytes are none of ours.
static bool hear(heard *h, int pair[2], str text, size_t step)
{
    wire_reader r = {0};
    bool fine = true;
    for (size_t at = 0; fine && at < text.n; at += step) {
        str piece = str_slice(text, at, at + step);
        must(send(pair[0], piece.at, piece.n, 0) == (ssize_t)piece.n);
        fine = wire_read(&r, pair[1], take, h);
    }
    wire_reader_clear(&r);
    return fine;
}

FUZZ
{
    static int pair[2];
    enum { AT_ONCE = 32 << 10 };
    if (!pair[1]) must(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair));
    if (input.n > AT_ONCE) return;

    wire_queue queue = {0};
    heard whole = {.mem = mem, .out = &queue}, pieces = {.mem = mem}, back = {.mem = mem};
    must(hear(&whole, pair, input, AT_ONCE) == hear(&pieces, pair, input, 7));
    must(whole.texts.n == pieces.texts.n);
    for (size_t i = 0; i < whole.texts.n; i++) must(str_eq(whole.texts.at[i], pieces.texts.at[i]));

    wire_reader r = {0};
    must(wire_write(&queue, pair[0]) && !queue.first && !queue.bytes);
    if (whole.texts.n) must(wire_read(&r, pair[1], take, &back));
    must(!r.frame && !r.got && back.texts.n == whole.texts.n);
    for (size_t i = 0; i < back.texts.n; i++) must(str_eq(back.texts.at[i], whole.texts.at[i]));
}
