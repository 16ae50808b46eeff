// Files as answers: conditional requests (RFC 9110, 13), single ranges (14) and the static folder of the web app (spec 02, 8.1; 05, 6.2).
#include "http/file.h"
#include "http/internal.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// Up to this size the handler reads the file into memory, so that a cold disk makes a handler thread wait and not an epoll thread, which
// has others to serve. Larger ones go by sendfile, with the kernel told to read ahead.
enum { READ_AT_ONCE = 64 << 10, READ_AHEAD = 4 << 20 };

// ---- dates -----------------------------------------------------------------------------------------------------------------------

str http_date(arena *mem, when t)
{
    char iso[WHEN_TEXT_MAX], *end = iso + when_write(iso, t, 0); // …2024-01-31T08:15:00
    int64_t days = t >= 0 ? t / DAY : -((-t + DAY - 1) / DAY);
    str out = str_dup(mem, S("ddd, dd mmm yyyy hh:mm:ss GMT"));
    memcpy(out.at, &"ThuFriSatSunMonTueWed"[((days % 7) + 7) % 7 * 3], 3); // 1970 began on a Thursday
    memcpy(out.at + 5, end - 11, 2);
    memcpy(out.at + 8, &"JanFebMarAprMayJunJulAugSepOctNovDec"[(civil_of(t).month - 1) * 3], 3);
    memcpy(out.at + 12, end - 19, 4);
    memcpy(out.at + 17, end - 8, 8);
    return out;
}

when http_date_parse(str s)
{
    char text[40];
    struct tm tm = {0};
    if (!s.n || s.n >= sizeof text) return WHEN_NONE;
    memcpy(text, s.at, s.n);
    text[s.n] = 0;
    char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    return end && !*end ? (when)timegm(&tm) * SECOND : WHEN_NONE;
}

static when whole_second(when t)
{
    return t - ((t % SECOND) + SECOND) % SECOND;
}

// ---- ranges ----------------------------------------------------------------------------------------------------------------------

http_range range_parse(str header, uint64_t size, uint64_t *from, uint64_t *length)
{
    if (!str_starts(header, S("bytes="))) return RANGE_WHOLE;
    str spec = str_trim(str_slice(header, 6, header.n));
    char *dash = spec.n ? memchr(spec.at, '-', spec.n) : NULL;
    if (!dash || memchr(spec.at, ',', spec.n)) return RANGE_WHOLE; // several ranges: the whole file is a valid answer
    str first = str_trim(str_slice(spec, 0, (size_t)(dash - spec.at))),
        last = str_trim(str_slice(spec, (size_t)(dash - spec.at) + 1, spec.n));
    int64_t a = -1, b = -1;
    if ((first.n && (!str_to_int(first, &a) || a < 0)) || (last.n && (!str_to_int(last, &b) || b < 0))) return RANGE_WHOLE;
    if (a < 0 && b < 0) return RANGE_WHOLE;
    if (a < 0) { // the last b bytes
        if (!b || !size) return RANGE_NONE;
        *length = (uint64_t)b < size ? (uint64_t)b : size;
        *from = size - *length;
        return RANGE_PART;
    }
    if (b >= 0 && b < a) return RANGE_WHOLE;
    if ((uint64_t)a >= size) return RANGE_NONE;
    *from = (uint64_t)a;
    *length = (b >= 0 && (uint64_t)b < size ? (uint64_t)b + 1 : size) - *from;
    return RANGE_PART;
}

// ---- conditions ------------------------------------------------------------------------------------------------------------------

// If-Match and If-Unmodified-Since: is the file still the one that the client means?
static bool precondition_failed(exchange *x, str etag, when modified)
{
    str match = http_header(x, "If-Match");
    if (match.at) return !etag_matches(match, etag);
    when since = http_date_parse(http_header(x, "If-Unmodified-Since"));
    return since != WHEN_NONE && modified > since;
}

static bool not_modified(exchange *x, str etag, when modified)
{
    if (header_has_token(http_header(x, "Cache-Control"), S("no-cache"))) return false;
    str none_match = http_header(x, "If-None-Match");
    if (none_match.at) return etag_matches(none_match, etag);
    when since = http_date_parse(http_header(x, "If-Modified-Since"));
    return since != WHEN_NONE && modified <= since;
}

static bool range_is_fresh(exchange *x, str etag, when modified)
{
    str condition = http_header(x, "If-Range");
    if (!condition.at) return true;
    if (memchr(condition.at, '"', condition.n)) return etag_matches(condition, etag);
    when since = http_date_parse(condition);
    return since != WHEN_NONE && modified <= since;
}

// ---- answers ---------------------------------------------------------------------------------------------------------------------

static void answer_content(xch *x, int fd, uint64_t from, uint64_t length)
{
    exchange *e = &x->pub;
    if (length > READ_AT_ONCE || x->head) {
        posix_fadvise(fd, (off_t)from, READ_AHEAD, POSIX_FADV_WILLNEED);
        x->answer = ANSWER_FILE;
        x->fd = fd;
        x->offset = from;
        x->size = length;
        return;
    }
    str content = {arena_alloc_raw(e->mem, length), 0};
    while (content.n < length) {
        ssize_t n = pread(fd, content.at + content.n, length - content.n, (off_t)(from + content.n));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        content.n += (size_t)n;
    }
    close(fd);
    if (content.n < length) { // it shrank, or the disk fails
        answer_forget(e);
        return answer_error(e, 404, S("Not Found"));
    }
    x->answer = ANSWER_BYTES;
    x->bytes = content;
}

// What a client can know a file by.
typedef struct {
    str etag;
    when modified;
    uint64_t size;
} version;

static version version_of(arena *mem, const http_file *f, const struct stat *st)
{
    uint64_t size = (uint64_t)st->st_size;
    when changed = st->st_mtim.tv_sec * SECOND + st->st_mtim.tv_nsec / 1000;
    return (version){
        .size = size,
        .modified = whole_second(f->modified && f->modified != WHEN_NONE ? f->modified : changed),
        .etag = f->etag.n ? f->etag : str_fmt(mem, "W/\"%llx-%llx\"", (unsigned long long)size, (unsigned long long)(changed / 1000)),
    };
}

static void put_version(xch *x, const http_file *f, const version *v)
{
    answer_content_header(x, "ETag", v->etag);
    answer_content_header(x, "Last-Modified", http_date(x->pub.mem, v->modified));
    answer_content_header(x, "Cache-Control", f->cache_control);
}

bool answer_unchanged(exchange *e, http_file f, const struct stat *st)
{
    xch *x = (xch *)e;
    version v = version_of(e->mem, &f, st);
    if (precondition_failed(e, v.etag, v.modified) || !not_modified(e, v.etag, v.modified)) return false;
    if (!answer_drop(x)) return true;
    put_version(x, &f, &v);
    answer_not_modified(x, v.size);
    return true;
}

void answer_file(exchange *e, http_file f)
{
    xch *x = (xch *)e;
    struct stat st;
    if (!answer_drop(x)) {
        close(f.fd);
        return;
    }
    if (f.fd < 0 || fstat(f.fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        if (f.fd >= 0) close(f.fd);
        return answer_error(e, 404, S("Not Found"));
    }
    version v = version_of(e->mem, &f, &st);
    uint64_t from = 0, length = v.size;
    int status = 200;

    put_version(x, &f, &v);
    if (precondition_failed(e, v.etag, v.modified)) {
        status = 412;
    } else if (not_modified(e, v.etag, v.modified)) {
        close(f.fd);
        return answer_not_modified(x, v.size);
    } else {
        answer_content_header(x, "Accept-Ranges", S("bytes"));
        str range = range_is_fresh(e, v.etag, v.modified) ? http_header(e, "Range") : (str){0};
        http_range kind = range_parse(range, v.size, &from, &length);
        if (kind == RANGE_NONE) {
            status = 416;
            answer_content_header(x, "Content-Range", str_fmt(e->mem, "bytes */%llu", (unsigned long long)v.size));
        } else if (kind == RANGE_PART) {
            status = 206;
            answer_content_header(x, "Content-Range",
                                  str_fmt(e->mem, "bytes %llu-%llu/%llu", (unsigned long long)from, (unsigned long long)(from + length - 1),
                                          (unsigned long long)v.size));
        }
    }
    e->status = status;
    if (status >= 300) {
        close(f.fd);
        x->answer = ANSWER_BYTES;
        return;
    }
    answer_content_header(x, "Content-Type", f.content_type);
    answer_content_header(x, "Content-Disposition", f.disposition);
    // A file is what its type says, and one that may hold a program runs none, even when somebody opens it as a page of ours.
    answer_content_header(x, "X-Content-Type-Options", S("nosniff"));
    if (str_starts(f.content_type, S("image/svg")))
        answer_content_header(x, "Content-Security-Policy", S("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"));
    answer_content(x, f.fd, from, length);
}

// ---- the static folder -----------------------------------------------------------------------------------------------------------

str http_type_of(str name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {"html", "text/html"}, // as the reference: without charset
        {"js", "text/javascript"},
        {"mjs", "text/javascript"},
        {"css", "text/css"},
        {"json", "application/json"},
        {"map", "application/json"},
        {"geojson", "application/geo+json"},
        {"webmanifest", "application/manifest+json"},
        {"txt", "text/plain"},
        {"xml", "application/xml"},
        {"svg", "image/svg+xml"},
        {"png", "image/png"},
        {"jpg", "image/jpeg"},
        {"jpeg", "image/jpeg"},
        {"gif", "image/gif"},
        {"webp", "image/webp"},
        {"avif", "image/avif"},
        {"ico", "image/x-icon"},
        {"woff", "font/woff"},
        {"woff2", "font/woff2"},
        {"ttf", "font/ttf"},
        {"otf", "font/otf"},
        {"wasm", "application/wasm"},
        {"pbf", "application/x-protobuf"},
        {"mp4", "video/mp4"},
        {"webm", "video/webm"},
        {"mp3", "audio/mpeg"},
        {"pdf", "application/pdf"},
    };
    ptrdiff_t dot = str_rfind_char(name, '.');
    str ending = dot < 0 ? (str){0} : str_slice(name, (size_t)dot + 1, name.n);
    for (size_t i = 0; i < countof(types); i++)
        if (str_ieq(ending, str_of(types[i].ending))) return str_of(types[i].type);
    return S("application/octet-stream");
}

// A relative path without empty, dotted or otherwise strange segments; {0} if it is not one.
static str safe_path(arena *mem, str sent)
{
    str path;
    if (!percent_decode(mem, sent, &path)) return (str){0};
    while (path.n && path.at[0] == '/') path = str_slice(path, 1, path.n);
    if (!path.n || path.n > 1024 || memchr(path.at, 0, path.n) || memchr(path.at, '\\', path.n)) return (str){0};
    strs segments = str_split(mem, path, '/');
    each (segment, segments)
        if (!segment->n || segment->at[0] == '.') return (str){0};
    return path;
}

// Opens a regular file below the folder; the kernel sees to it that no link leads outside.
static int open_below(int folder, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    // A kernel before 5.6 or a container that forbids it: the path has no dotted segments, so only links made by the operator could lead
    // outside.
    if (fd < 0 && (errno == ENOSYS || errno == EPERM)) fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat st;
    if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

bool http_static(exchange *x, str folder, str sent, str cache_control)
{
    str path = safe_path(x->mem, sent), coding = {0};
    int dir = path.at ? open(cstr(x->mem, folder), O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir < 0) return false;
    int plain = open_below(dir, cstr(x->mem, path)), packed = -1;
    if (plain >= 0) {
        str accepted = http_header(x, "Accept-Encoding");
        static const struct {
            str coding, ending;
        } siblings[] = {{{"br", 2}, {".br", 3}}, {{"gzip", 4}, {".gz", 3}}};
        for (size_t i = 0; i < countof(siblings) && packed < 0; i++) {
            if (!accepts_encoding(accepted, siblings[i].coding)) continue;
            packed = open_below(dir, str_cat(x->mem, path, siblings[i].ending).at);
            coding = siblings[i].coding;
        }
    }
    close(dir);
    struct stat st;
    int fd = packed >= 0 ? packed : plain;
    if (plain < 0 || fstat(fd, &st) < 0) return false;
    if (packed >= 0) close(plain);
    str etag =
        str_fmt(x->mem, "W/\"%lld-%lld\"", (long long)st.st_size, (long long)st.st_mtim.tv_sec * 1000 + st.st_mtim.tv_nsec / 1000000);
    answer_file(
        x, (http_file){.fd = fd, .content_type = http_type_of(path), .cache_control = cache_control, .etag = etag, .modified = WHEN_NONE});
    if (packed >= 0) answer_content_header((xch *)x, "Content-Encoding", coding);
    answer_content_header((xch *)x, "Vary", S("Accept-Encoding"));
    return true;
}
