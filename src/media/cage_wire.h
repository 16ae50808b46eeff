// What both ends of the cage agree on beside the messages in cage.h.
#pragma once
#include <stdint.h>

#define CAGE_DECODER "calotype-decoder" // the decoder's program

enum {
    CAGE_SOCKET = 3, // the decoder's only descriptor beside the standard ones
    CAGE_REQUEST_MAX = 64 * 1024,
    CAGE_ANSWER_MAX = 64 * 1024 * 1024, // the key frames of a day of video and more
};
