// A thumbhash: 25 bytes or so that a client turns into a blurred placeholder.
// Source: Evan Wallace, "ThumbHash" (2023), https://evanw.github.io/thumbhash/ ; the formula is in spec 06, 7.4.
#pragma once
#include "base/base.h"

enum { THUMBHASH_SIDE = 100, THUMBHASH_MAX = 25 };

// rgba: width * height * 4 bytes, sRGB, not premultiplied; both sides 1..100 pixels.
// Returns at most 25 bytes on the arena. Cannot fail.
bytes thumbhash(arena *mem, const uint8_t *rgba, int width, int height);
