// The hash is checked by decoding it as a client does.
#include "../test.h"
#include "media/thumbhash.h"
#include <math.h>
#include <stdlib.h>

typedef struct {
    double r, g, b, a;
} rgba;

typedef struct {
    double dc, scale;
    int nx, ny;
    double ac[64];
} channel;

static uint32_t bits(bytes h, size_t from, size_t n)
{
    uint32_t value = 0;
    for (size_t i = 0; i < n; i++) value |= (uint32_t)(h.at[from + i]) << 8 * i;
    return value;
}

static void read_ac(bytes h, size_t start, int *index, channel *c)
{
    int n = 0;
    for (int cy = 0; cy < c->ny; cy++)
        for (int cx = cy ? 0 : 1; cx * c->ny < c->nx * (c->ny - cy); cx++, (*index)++)
            c->ac[n++] = ((h.at[start + (size_t)(*index >> 1)] >> ((*index & 1) << 2) & 15) / 7.5 - 1) * c->scale;
}

static double value_at(const channel *c, double x, double y)
{
    double v = c->dc;
    int n = 0;
    for (int cy = 0; cy < c->ny; cy++)
        for (int cx = cy ? 0 : 1; cx * c->ny < c->nx * (c->ny - cy); cx++) v += c->ac[n++] * 2 * cos(M_PI * cx * x) * cos(M_PI * cy * y);
    return v;
}

// The colour that the hash shows at x, y (0..1).
static rgba colour_at(bytes h, double x, double y)
{
    uint32_t head = bits(h, 0, 3), tail = bits(h, 3, 2);
    bool alpha = head >> 23, landscape = tail >> 15;
    int lx = landscape ? (alpha ? 5 : 7) : (int)(tail & 7), ly = landscape ? (int)(tail & 7) : (alpha ? 5 : 7);
    channel l = {(head & 63) / 63.0, (head >> 18 & 31) / 31.0, lx > 3 ? lx : 3, ly > 3 ? ly : 3, {0}};
    channel p = {(head >> 6 & 63) / 31.5 - 1, (tail >> 3 & 63) / 63.0, 3, 3, {0}};
    channel q = {(head >> 12 & 63) / 31.5 - 1, (tail >> 9 & 63) / 63.0, 3, 3, {0}};
    channel a = {alpha ? (h.at[5] & 15) / 15.0 : 1, alpha ? (h.at[5] >> 4) / 15.0 : 0, 5, 5, {0}};
    int index = 0;
    size_t start = alpha ? 6 : 5;
    read_ac(h, start, &index, &l);
    read_ac(h, start, &index, &p);
    read_ac(h, start, &index, &q);
    if (alpha) read_ac(h, start, &index, &a);
    double L = value_at(&l, x, y), P = value_at(&p, x, y), Q = value_at(&q, x, y);
    double blue = L - 2.0 / 3 * P, red = (3 * L - blue + Q) / 2;
    return (rgba){red, red - Q, blue, alpha ? value_at(&a, x, y) : 1};
}

static uint8_t *filled(arena *mem, int width, int height, uint8_t r, uint8_t g, uint8_t b, uint8_t a)
{
    uint8_t *p = arena_alloc(mem, (size_t)(width * height * 4));
    for (int i = 0; i < width * height; i++) memcpy(p + 4 * i, (uint8_t[]){r, g, b, a}, 4);
    return p;
}

TEST("one colour comes back as that colour, within the six bits that it has")
{
    static const uint8_t colours[][3] = {{0, 0, 0}, {255, 255, 255}, {255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {120, 60, 200}, {250, 200, 10}};
    for (size_t i = 0; i < countof(colours); i++) {
        const uint8_t *k = colours[i];
        bytes h = thumbhash(mem, filled(mem, 30, 20, k[0], k[1], k[2], 255), 30, 20);
        rgba c = colour_at(h, 0.5, 0.5);
        check(fabs(c.r - k[0] / 255.0) < 0.06 && fabs(c.g - k[1] / 255.0) < 0.06 && fabs(c.b - k[2] / 255.0) < 0.06);
        check(c.a == 1);
    }
}

TEST("the head of a flat white picture is what the formula gives by hand")
{
    // L = 63; P and Q = 31.5, rounded up; no scale to speak of; no alpha. lx = 7 in the last two bytes.
    bytes h = thumbhash(mem, filled(mem, 100, 100, 255, 255, 255, 255), 100, 100);
    check_int((int64_t)h.n, 5 + 19); // 27 + 5 + 5 half bytes
    check_int(bits(h, 0, 3), 63 | 32 << 6 | 32 << 12);
    check_int(bits(h, 3, 2), 7);
}

TEST("light from the left stays on the left, also where the picture is higher than wide")
{
    static const int sizes[][2] = {{100, 50}, {50, 100}, {64, 64}, {100, 3}, {1, 90}};
    for (size_t i = 0; i < countof(sizes); i++) {
        int width = sizes[i][0], height = sizes[i][1];
        uint8_t *p = filled(mem, width, height, 0, 0, 0, 255);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) memset(p + 4 * (y * width + x), 255 - 255 * x / width, 3);
        bytes h = thumbhash(mem, p, width, height);
        check(h.n >= 5 && h.n <= THUMBHASH_MAX);
        check_int(bits(h, 3, 2) >> 15, width > height);
        if (width > 1) check(colour_at(h, 0.05, 0.5).r > colour_at(h, 0.95, 0.5).r + 0.3);
    }
}

TEST("transparency: the average is that of the visible part, and the hash says where it is")
{
    uint8_t *p = filled(mem, 40, 40, 200, 100, 50, 255);
    for (int y = 0; y < 40; y++)
        for (int x = 20; x < 40; x++) memcpy(p + 4 * (y * 40 + x), (uint8_t[]){0, 0, 255, 0}, 4);
    bytes h = thumbhash(mem, p, 40, 40);
    check_int(bits(h, 0, 3) >> 23, 1);
    rgba left = colour_at(h, 0.2, 0.5), right = colour_at(h, 0.8, 0.5);
    check(fabs(left.r - 200 / 255.0) < 0.06 && fabs(left.g - 100 / 255.0) < 0.06 && fabs(left.b - 50 / 255.0) < 0.06);
    check(left.a > 0.8 && right.a < 0.2);
}

TEST("an empty picture and noise of any size have a hash")
{
    check(thumbhash(mem, filled(mem, 10, 10, 9, 9, 9, 0), 10, 10).n >= 6);
    for (int i = 0; i < 200; i++) {
        int width = 1 + rand() % 100, height = 1 + rand() % 100;
        uint8_t *p = arena_alloc(mem, (size_t)(width * height * 4));
        random_bytes(p, (size_t)(width * height * 4));
        bytes h = thumbhash(mem, p, width, height);
        check(h.n >= 5 && h.n <= THUMBHASH_MAX);
    }
}
