// Golden parity: what the reference server says of 113 real files against what tags.h and facts.h make of them.
//
//     metadata [-v] [name]      prints each difference and the share of equal fields; -v: of files whose name contains `name`, all tags as well
//
// The files lie in $CALOTYPE_SHARED or in ../shared beside the source; without them the test is skipped. What may differ, and why, stands in
// docs/compatibility.md.
#include "media/facts.h"
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SKIPPED = 77, BAR = 98 };

typedef struct {
    arena *mem;
    str file;
    int fields, equal;
} tally;

static void compare(tally *t, const char *field, str want, str got)
{
    t->fields++;
    if (str_eq(want, got)) t->equal++;
    else printf("%.*s: %s is %.*s, not %.*s\n", PR(t->file), field, PR(got), PR(want));
}

// Expected values as text, so that one comparison fits all: numbers shortest, nothing as "null".
static str number_text(arena *mem, double n)
{
    return isnan(n) ? S("null") : str_fmt(mem, "%.10g", n);
}
static str integer_text(arena *mem, int64_t n)
{
    return n == NO_NUMBER ? S("null") : str_fmt(mem, "%lld", (long long)n);
}
static str size_text(arena *mem, int n)
{
    return n ? str_fmt(mem, "%d", n) : S("null");
}
static str text_or_null(str s)
{
    return s.at ? s : S("null");
}

static str expected(arena *mem, const json *o, const char *key)
{
    json *j = json_get(o, key);
    if (!j || j->type == JSON_NULL) return S("null");
    if (j->type == JSON_STRING) return j->text;
    return number_text(mem, j->number);
}

static str expected_time(arena *mem, const json *o, const char *key)
{
    when w;
    return when_parse(json_get_str(o, key), &w) ? when_iso(mem, w) : S("null");
}

static int by_bytes(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

static str joined(arena *mem, strs list)
{
    if (list.n) qsort(list.at, list.n, sizeof *list.at, by_bytes);
    return str_join(mem, list, S(" | "));
}

static str expected_tags(arena *mem, const json *o)
{
    strs list = {0};
    json *tags = json_get(o, "tags");
    for (json *j = tags ? tags->first : NULL; j; j = j->next) *push(mem, list) = j->text;
    return joined(mem, list);
}

static facts read_facts(arena *mem, str path, str name, bool verbose)
{
    char *file = cstr(mem, path);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st)) {
        fprintf(stderr, "cannot read %s: %s\n", file, strerror(errno));
        exit(1);
    }
    file_tags tags = tags_read(mem, fd, str_slice(name, (size_t)str_rfind_char(name, '.'), name.n));
    close(fd);
    if (verbose) {
        each (t, tags.tags) printf("    %.*s = %.*s\n", PR(t->name), PR(str_join(mem, t->values, S(" | "))));
    }
    when mtime;
    when_parse(S("2001-02-03T04:05:06Z"), &mtime); // all files had this time when the reference read them
    return facts_of(
        mem, (facts_input){.name = name, .size = st.st_size, .modified = mtime, .born = WHEN_NONE, .created = mtime, .original = &tags});
}

static void check_file(tally *t, str folder, const json *want, bool verbose)
{
    arena *mem = t->mem;
    if (verbose) printf("%.*s\n", PR(t->file));
    facts f = read_facts(mem, str_fmt(mem, "%.*s/%.*s", PR(folder), PR(t->file)), t->file, verbose);
    const json *exif = json_get(want, "exifInfo");

    compare(t, "fileCreatedAt", expected_time(mem, want, "fileCreatedAt"), when_iso(mem, f.taken));
    compare(t, "localDateTime", expected_time(mem, want, "localDateTime"), when_iso(mem, f.local));
    compare(t, "duration", expected(mem, want, "duration"), integer_text(mem, f.duration));
    compare(t, "width", expected(mem, want, "width"), size_text(mem, f.width));
    compare(t, "height", expected(mem, want, "height"), size_text(mem, f.height));
    compare(t, "tags", expected_tags(mem, want), joined(mem, f.tags));
    json *live = json_get(want, "hasLivePhotoVideo");
    compare(t, "hasLivePhotoVideo", live && live->boolean ? S("yes") : S("no"), f.motion.length ? S("yes") : S("no"));

    compare(t, "exif.dateTimeOriginal", expected_time(mem, exif, "dateTimeOriginal"), when_iso(mem, f.taken));
    compare(t, "exif.timeZone", expected(mem, exif, "timeZone"), text_or_null(f.time_zone));
    compare(t, "exif.description", expected(mem, exif, "description"), f.description);
    compare(t, "exif.exifImageWidth", expected(mem, exif, "exifImageWidth"), size_text(mem, f.exif_width));
    compare(t, "exif.exifImageHeight", expected(mem, exif, "exifImageHeight"), size_text(mem, f.exif_height));
    compare(t, "exif.exposureTime", expected(mem, exif, "exposureTime"), text_or_null(f.exposure_time));
    compare(t, "exif.fNumber", expected(mem, exif, "fNumber"), number_text(mem, f.f_number));
    compare(t, "exif.focalLength", expected(mem, exif, "focalLength"), number_text(mem, f.focal_length));
    compare(t, "exif.iso", expected(mem, exif, "iso"), integer_text(mem, f.iso));
    compare(t, "exif.latitude", expected(mem, exif, "latitude"), number_text(mem, f.latitude));
    compare(t, "exif.longitude", expected(mem, exif, "longitude"), number_text(mem, f.longitude));
    compare(t, "exif.lensModel", expected(mem, exif, "lensModel"), text_or_null(f.lens));
    compare(t, "exif.make", expected(mem, exif, "make"), text_or_null(f.make));
    compare(t, "exif.model", expected(mem, exif, "model"), text_or_null(f.model));
    compare(t, "exif.orientation", expected(mem, exif, "orientation"), f.orientation < 0 ? S("null") : str_fmt(mem, "%d", f.orientation));
    compare(t, "exif.projectionType", expected(mem, exif, "projectionType"), text_or_null(f.projection));
    compare(t, "exif.rating", expected(mem, exif, "rating"), integer_text(mem, f.rating));
}

static str read_all(arena *mem, str path)
{
    FILE *file = fopen(cstr(mem, path), "rb");
    if (!file) return (str){0};
    buf b = {.mem = mem};
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0;) buf_add(&b, (str){piece, n});
    fclose(file);
    return buf_str(&b);
}

int main(int argc, char **argv)
{
    bool verbose = argc > 1 && !strcmp(argv[1], "-v");
    const char *only = argc > 1 + verbose ? argv[1 + verbose] : "";
    arena *mem = arena_new();
    const char *shared = getenv("CALOTYPE_SHARED");
    str folder = str_fmt(mem, "%s/golden/metadata", shared ? shared : SOURCE_ROOT "/../shared");
    str text = read_all(mem, str_cat(mem, folder, S("/expected.json")));
    if (!text.at) {
        printf("skipped: no golden files in %.*s\n", PR(folder));
        return SKIPPED;
    }
    json *all = json_parse(mem, text, NULL);
    tally t = {.mem = mem};
    for (json *want = all ? all->first : NULL; want; want = want->next) {
        t.file = want->key;
        if (strstr(cstr(mem, t.file), only)) check_file(&t, str_cat(mem, folder, S("/files")), want, verbose);
    }
    double share = t.fields ? 100.0 * t.equal / t.fields : 0;
    printf("%d of %d fields equal: %.2f %%\n", t.equal, t.fields, share);
    printf("%d passed, %d failed\n", share >= BAR, share < BAR);
    arena_free(mem);
    return share < BAR;
}
