#include "fixture.h"
#include "base/log.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// ---- this program as a decoder ---------------------------------------------------------------------------------------------------
// Runs before main() and before any test: when it was started as a decoder it is one, and never comes back.
__attribute__((constructor)) static void be_decoder(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "decoder")) _exit(media_decoder_main(argc, argv));
}

// The encoder that makes test files leaks a little in some of its versions.
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libx265\n";
}

static cage *the_cage;

static void end_cage(void)
{
    cage_free(the_cage);
}

cage *fixture_cage(void)
{
    if (!the_cage) {
        if (VIPS_INIT("test")) log_die("vips: %s", vips_error_buffer());
        vips_concurrency_set(1);
        static char *const argv[] = {"/proc/self/exe", "decoder", NULL};
        the_cage = cage_new((cage_options){.argv = argv});
        atexit(end_cage);
    }
    return the_cage;
}

// ---- files -----------------------------------------------------------------------------------------------------------------------
int file_new(void)
{
    return memfd_create("test", MFD_CLOEXEC);
}

int file_of(const void *at, size_t n)
{
    int fd = file_new();
    if (write(fd, at, n) != (ssize_t)n) log_die("cannot write a test file");
    lseek(fd, 0, SEEK_SET);
    return fd;
}

bytes file_bytes(arena *mem, int fd)
{
    size_t n = (size_t)lseek(fd, 0, SEEK_END);
    bytes b = {arena_alloc(mem, n), n};
    if (pread(fd, b.at, n, 0) != (ssize_t)n) log_die("cannot read a test file");
    return b;
}

// ---- images ----------------------------------------------------------------------------------------------------------------------
colour pixel(VipsImage *image, int x, int y)
{
    double *v;
    int n;
    if (vips_getpoint(image, &v, &n, x, y, NULL)) return (colour){-1, -1, -1, -1};
    colour c = {(int)v[0], (int)v[n >= 3 ? 1 : 0], (int)v[n >= 3 ? 2 : 0], n == 4 ? (int)v[3] : -1};
    g_free(v);
    return c;
}

bool colour_near(colour c, int r, int g, int b, int tolerance)
{
    return abs(c.r - r) <= tolerance && abs(c.g - g) <= tolerance && abs(c.b - b) <= tolerance;
}

VipsImage *quarters(int width, int height, int bands)
{
    fixture_cage(); // libvips is up
    uint8_t *pixels = g_malloc((size_t)(width * height * bands));
    static const uint8_t colours[4][4] = {{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 0}};
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++)
            memcpy(pixels + (y * width + x) * bands, colours[(y >= height / 2) * 2 + (x >= width / 2)], (size_t)bands);
    VipsImage *image = vips_image_new_from_memory_copy(pixels, (size_t)(width * height * bands), width, height, bands, VIPS_FORMAT_UCHAR),
              *out;
    g_free(pixels);
    vips_copy(image, &out, "interpretation", VIPS_INTERPRETATION_sRGB, NULL);
    g_object_unref(image);
    return out;
}

int save(VipsImage *image, const char *suffix)
{
    void *at;
    size_t n;
    if (vips_image_write_to_buffer(image, suffix, &at, &n, NULL)) log_die("cannot make %s: %s", suffix, vips_error_buffer());
    int fd = file_of(at, n);
    g_free(at);
    return fd;
}

VipsImage *open_output(int fd)
{
    lseek(fd, 0, SEEK_SET);
    VipsSource *source = vips_source_new_from_descriptor(fd);
    VipsImage *image = vips_image_new_from_source(source, "", NULL), *pixels = image ? vips_image_copy_memory(image) : NULL;
    g_object_unref(source);
    if (image) g_object_unref(image);
    if (!pixels) log_die("cannot read an output: %s", vips_error_buffer());
    return pixels;
}

// ---- renders ---------------------------------------------------------------------------------------------------------------------
typedef struct {
    render r;
    render_result result;
} render_job;

static void run(ctx *c, void *arg)
{
    render_job *j = arg;
    j->result = media_render(c, fixture_cage(), j->r);
}

outcome try_render(arena *mem, render r)
{
    ctx c = {.mem = mem};
    render_job j = {.r = r};
    bool ok = try(&c, run, &j);
    return (outcome){ok, c.status, c.message, j.result};
}

render usual(int fd, const char *name)
{
    return (render){
        .fd = fd,
        .name = str_of(name),
        .thumbhash = true,
        .outputs = {{.fd = file_new(), .size = 1440, .format = PICTURE_JPEG, .quality = 80},
                    {.fd = file_new(), .size = 250, .format = PICTURE_WEBP, .quality = 80}},
        .n = 2,
    };
}

void render_close(render *r)
{
    close(r->fd);
    for (int i = 0; i < r->n; i++) close(r->outputs[i].fd);
}
