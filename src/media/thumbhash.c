#include "media/thumbhash.h"
#include <math.h>

enum { PIXELS = THUMBHASH_SIDE * THUMBHASH_SIDE, AC_MAX = 48 };

typedef struct {
    double dc, scale;
    double ac[AC_MAX];
    int n;
} channel;

// The low frequencies of one channel: of an nx * ny grid those above the diagonal, without the constant term among them.
static channel transform(const double *value, int width, int height, int nx, int ny)
{
    channel out = {0};
    double column[THUMBHASH_SIDE];
    for (int cy = 0; cy < ny; cy++)
        for (int cx = 0; cx * ny < nx * (ny - cy); cx++) {
            for (int x = 0; x < width; x++) column[x] = cos(M_PI / width * cx * (x + 0.5));
            double sum = 0;
            for (int y = 0; y < height; y++) {
                double row = cos(M_PI / height * cy * (y + 0.5));
                for (int x = 0; x < width; x++) sum += value[y * width + x] * column[x] * row;
            }
            sum /= width * height;
            if (cx || cy) {
                out.ac[out.n++] = sum;
                out.scale = fmax(out.scale, fabs(sum));
            } else {
                out.dc = sum;
            }
        }
    if (out.scale > 0)
        for (int i = 0; i < out.n; i++) out.ac[i] = 0.5 + 0.5 * out.ac[i] / out.scale;
    return out;
}

typedef struct {
    uint8_t *at;
    int nibbles;
} nibble_writer;

static void write_ac(nibble_writer *w, const channel *c)
{
    for (int i = 0; i < c->n; i++, w->nibbles++)
        w->at[w->nibbles / 2] |= (uint8_t)((unsigned)lround(15 * c->ac[i]) << (w->nibbles % 2 * 4));
}

bytes thumbhash(arena *mem, const uint8_t *rgba, int width, int height)
{
    int count = width * height, longer = width > height ? width : height;
    double r = 0, g = 0, b = 0, opaque = 0;
    for (int i = 0; i < count; i++) {
        const uint8_t *p = rgba + 4 * i;
        double alpha = p[3] / 255.0;
        r += alpha / 255 * p[0], g += alpha / 255 * p[1], b += alpha / 255 * p[2], opaque += alpha;
    }
    if (opaque > 0) r /= opaque, g /= opaque, b /= opaque;

    bool has_alpha = opaque < count;
    int limit = has_alpha ? 5 : 7;
    int lx = (int)fmax(1, lround((double)limit * width / longer));
    int ly = (int)fmax(1, lround((double)limit * height / longer));

    // Luminance, yellow against blue, red against green, alpha; transparent pixels take the average colour.
    double *l = arena_alloc_raw(mem, sizeof(double) * 4 * PIXELS), *p = l + PIXELS, *q = p + PIXELS, *a = q + PIXELS;
    for (int i = 0; i < count; i++) {
        const uint8_t *at = rgba + 4 * i;
        double alpha = at[3] / 255.0;
        double red = r * (1 - alpha) + alpha / 255 * at[0];
        double green = g * (1 - alpha) + alpha / 255 * at[1];
        double blue = b * (1 - alpha) + alpha / 255 * at[2];
        l[i] = (red + green + blue) / 3, p[i] = (red + green) / 2 - blue, q[i] = red - green, a[i] = alpha;
    }
    channel L = transform(l, width, height, lx > 3 ? lx : 3, ly > 3 ? ly : 3);
    channel P = transform(p, width, height, 3, 3);
    channel Q = transform(q, width, height, 3, 3);
    channel A = has_alpha ? transform(a, width, height, 5, 5) : (channel){0};

    bool landscape = width > height;
    uint32_t head = (uint32_t)lround(63 * L.dc) | (uint32_t)lround(31.5 + 31.5 * P.dc) << 6 | (uint32_t)lround(31.5 + 31.5 * Q.dc) << 12 |
                    (uint32_t)lround(31 * L.scale) << 18 | (uint32_t)has_alpha << 23;
    uint32_t tail = (uint32_t)(landscape ? ly : lx) | (uint32_t)lround(63 * P.scale) << 3 | (uint32_t)lround(63 * Q.scale) << 9 |
                    (uint32_t)landscape << 15;

    uint8_t *hash = arena_alloc(mem, THUMBHASH_MAX);
    size_t n = 0;
    for (int i = 0; i < 3; i++) hash[n++] = (uint8_t)(head >> 8 * i);
    for (int i = 0; i < 2; i++) hash[n++] = (uint8_t)(tail >> 8 * i);
    if (has_alpha) hash[n++] = (uint8_t)(lround(15 * A.dc) | lround(15 * A.scale) << 4);
    nibble_writer w = {hash + n, 0};
    write_ac(&w, &L);
    write_ac(&w, &P);
    write_ac(&w, &Q);
    if (has_alpha) write_ac(&w, &A);
    return (bytes){hash, n + (size_t)(w.nibbles + 1) / 2};
}
