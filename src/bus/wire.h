// What goes over the bus's socket, for both of its ends: frames, read piecemeal and written from a queue without ever blocking.
//
// A frame is two native 32-bit lengths (both ends are on one machine), the topic, a NUL, the payload, a NUL.
#pragma once
#include "base/base.h"
#include <pthread.h>
#include <sys/socket.h>

enum {
    WIRE_HEAD = 8,
    WIRE_TOPIC_MAX = 255,
    WIRE_PAYLOAD_MAX = 1 << 20,
    WIRE_BEHIND_MAX = 8 << 20, // bytes that may wait for one receiver
};

// Counted, so that one frame can wait in many queues; only ever touched by one thread at a time.
typedef struct {
    int users;
    size_t n;
    uint8_t at[];
} frame;

frame *frame_new(str topic, str payload); // for one user; NULL if it is too long
void frame_drop(frame *);                 // one user less
str frame_topic(const frame *);
str frame_payload(const frame *);

// A frame of which `got` bytes have arrived.
typedef struct {
    uint8_t head[WIRE_HEAD];
    size_t got;
    frame *frame;
} wire_reader;

// Reads once from the socket and hands over each frame that became whole, to be dropped by the taker. False: closed or not one of us.
bool wire_read(wire_reader *, int fd, void (*take)(void *arg, frame *), void *arg);
void wire_reader_clear(wire_reader *);

typedef struct wire_item wire_item;
typedef struct {
    wire_item *first, *last;
    size_t sent;  // of the first frame
    size_t bytes; // waiting in all
} wire_queue;

void wire_push(wire_queue *, frame *); // takes over one use of the frame
frame *wire_pop(wire_queue *);         // NULL if it is empty
bool wire_write(wire_queue *, int fd); // as much as the socket takes; false: closed
void wire_queue_clear(wire_queue *);

// A stream socket, non-blocking and closed on exec, after attach (bind or connect) to a path of any length. -1 with errno.
int wire_socket(const char *path, int (*attach)(int fd, const struct sockaddr *, socklen_t));

// A thread that no signal is delivered to. Ends the process if there can be none.
pthread_t wire_thread(void *(*run)(void *), void *arg);
