// Files, ranges, conditions, the static folder.
#include "http/file.h"
#include "client.h"
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static reply get(arena *mem, http_server *s, const char *path, const char *headers)
{
    return ask(mem, s, str_fmt(mem, "GET %s HTTP/1.1\r\nHost: x%s", path, headers).at, S(""));
}

TEST("range headers")
{
    static const struct {
        const char *header;
        uint64_t size;
        http_range kind;
        uint64_t from, length;
    } cases[] = {
        {"bytes=0-0", 10, RANGE_PART, 0, 1},  {"bytes=0-", 10, RANGE_PART, 0, 10},
        {"bytes=5-99", 10, RANGE_PART, 5, 5}, {"bytes=-3", 10, RANGE_PART, 7, 3},
        {"bytes=-30", 10, RANGE_PART, 0, 10}, {"bytes= 2 - 3 ", 10, RANGE_PART, 2, 2},
        {"bytes=10-", 10, RANGE_NONE, 0, 0},  {"bytes=-0", 10, RANGE_NONE, 0, 0},
        {"bytes=0-", 0, RANGE_NONE, 0, 0},    {"bytes=0-1,3-4", 10, RANGE_WHOLE, 0, 0},
        {"bytes=5-4", 10, RANGE_WHOLE, 0, 0}, {"bytes=-", 10, RANGE_WHOLE, 0, 0},
        {"bytes=a-b", 10, RANGE_WHOLE, 0, 0}, {"lines=0-1", 10, RANGE_WHOLE, 0, 0},
        {"bytes=--1", 10, RANGE_WHOLE, 0, 0}, {"bytes=99999999999999999999-", 10, RANGE_WHOLE, 0, 0},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        uint64_t from = 0, length = 0;
        http_range kind = range_parse(str_of(cases[i].header), cases[i].size, &from, &length);
        if (kind != cases[i].kind || (kind == RANGE_PART && (from != cases[i].from || length != cases[i].length)))
            test_failed(__FILE__, __LINE__, "%s: kind %d, from %d, length %d", cases[i].header, kind, (int)from, (int)length);
    }
}

TEST("dates of the protocol")
{
    check_str(http_date(mem, when_of((civil){1994, 11, 6, 8, 49, 37, 0})), S("Sun, 06 Nov 1994 08:49:37 GMT"));
    check_str(http_date(mem, when_of((civil){1969, 12, 31, 23, 59, 59, 0})), S("Wed, 31 Dec 1969 23:59:59 GMT"));
    check_int(http_date_parse(S("Sun, 06 Nov 1994 08:49:37 GMT")), when_of((civil){1994, 11, 6, 8, 49, 37, 0}));
    check_int(http_date_parse(S("yesterday")), WHEN_NONE);
    check_int(http_date_parse((str){0}), WHEN_NONE);
}

static str pattern(arena *mem, size_t n)
{
    str s = {arena_alloc(mem, n + 1), n};
    for (size_t i = 0; i < n; i++) s.at[i] = (char)(i * 2654435761u >> 13);
    return s;
}

TEST("files are sent whole or in part, small and large")
{
    http_server *s = serve(mem);
    size_t sizes[] = {0, 1, 1000, 70000, 3000000};
    for (size_t i = 0; i < countof(sizes); i++) {
        str content = pattern(mem, sizes[i]);
        scratch_file(mem, "f", content);
        reply r = get(mem, s, "/file?name=f", "");
        check_int(r.status, 200);
        check(str_eq(r.body, content));
        check_str(reply_header(r, "Content-Type"), S("image/jpeg"));
        check_str(reply_header(r, "Accept-Ranges"), S("bytes"));
        check_str(reply_header(r, "Cache-Control"), S("private"));
        check_str(reply_header(r, "Content-Disposition"), S("inline"));
        if (sizes[i] < 1000) continue;
        r = get(mem, s, "/file?name=f", "\r\nRange: bytes=100-");
        check_int(r.status, 206);
        check(str_eq(r.body, str_slice(content, 100, content.n)));
        check_str(reply_header(r, "Content-Range"), str_fmt(mem, "bytes 100-%zu/%zu", content.n - 1, content.n));
        r = get(mem, s, "/file?name=f", "\r\nRange: bytes=-5");
        check(str_eq(r.body, str_slice(content, content.n - 5, content.n)));
        r = get(mem, s, "/file?name=f", "\r\nRange: bytes=1-2,4-5");
        check_int(r.status, 200);
        r = get(mem, s, "/file?name=f", "\r\nRange: bytes=9999999-");
        check_int(r.status, 416);
        check_str(reply_header(r, "Content-Range"), str_fmt(mem, "bytes */%zu", content.n));
        reply h = ask(mem, s, "HEAD /file?name=f HTTP/1.1\r\nHost: x", S(""));
        check_str(reply_header(h, "Content-Length"), str_fmt(mem, "%zu", content.n));
    }
    reply r = get(mem, s, "/file?name=missing", "");
    check_int(r.status, 404);
    check_str(r.body, S("{\"message\":\"Not Found\"}"));
    check_int(get(mem, s, "/file?name=.", "").status, 404);
    end(s);
}

TEST("what the client has already needs no opening")
{
    http_server *s = serve(mem);
    scratch_file(mem, "u", S("0123456789"));
    reply r = get(mem, s, "/file?name=u", "");
    str etag = str_dup(mem, reply_header(r, "ETag")), modified = str_dup(mem, reply_header(r, "Last-Modified"));
    str matching[] = {str_fmt(mem, "\r\nIf-None-Match: %.*s", PR(etag)), S("\r\nIf-None-Match: *"),
                      str_fmt(mem, "\r\nIf-Modified-Since: %.*s", PR(modified))};
    for (size_t i = 0; i < countof(matching); i++) {
        r = get(mem, s, "/file?name=u&unopened=1", matching[i].at);
        check_int(r.status, 304);
        check_str(reply_header(r, "ETag"), etag);
        check_str(reply_header(r, "Last-Modified"), modified);
        check_str(reply_header(r, "Cache-Control"), S("private"));
        check_str(reply_header(r, "Content-Length"), S("10"));
        check_int(get(mem, s, "/file?name=u&unopened=1", str_fmt(mem, "%.*s\r\nIf-Match: \"x\"", PR(matching[i])).at).status, 404);
        check_int(get(mem, s, "/file?name=u&unopened=1", str_fmt(mem, "%.*s\r\nCache-Control: no-cache", PR(matching[i])).at).status, 404);
    }
    check_int(get(mem, s, "/file?name=u&unopened=1", "\r\nIf-None-Match: \"x\"").status, 404);
    check_int(get(mem, s, "/file?name=u&unopened=1", "").status, 404);
    end(s);
}

TEST("conditions spare the transfer")
{
    http_server *s = serve(mem);
    scratch_file(mem, "c", S("0123456789"));
    reply r = get(mem, s, "/file?name=c", "");
    str etag = str_dup(mem, reply_header(r, "ETag")), modified = str_dup(mem, reply_header(r, "Last-Modified"));
    check(str_starts(etag, S("W/\"a-")));
#define WITH(header, value) get(mem, s, "/file?name=c", str_fmt(mem, "\r\n%s: %.*s", header, PR(value)).at)
#define RANGE_WITH(header, value) get(mem, s, "/file?name=c", str_fmt(mem, "\r\nRange: bytes=2-3\r\n%s: %.*s", header, PR(value)).at)
    r = WITH("If-None-Match", etag);
    check_int(r.status, 304);
    check_str(reply_header(r, "Content-Length"), S("10"));
    check_str(reply_header(r, "ETag"), etag);
    check_int(WITH("If-None-Match", S("*")).status, 304);
    check_int(WITH("If-None-Match", S("\"x\"")).status, 200);
    check_int(WITH("If-Modified-Since", modified).status, 304);
    check_int(WITH("If-Modified-Since", S("Sun, 06 Nov 1994 08:49:37 GMT")).status, 200);
    check_int(get(mem, s, "/file?name=c", str_fmt(mem, "\r\nCache-Control: no-cache\r\nIf-None-Match: %.*s", PR(etag)).at).status, 200);
    check_int(WITH("If-Match", S("\"x\"")).status, 412);
    check_int(WITH("If-Match", etag).status, 200);
    check_int(WITH("If-Unmodified-Since", S("Sun, 06 Nov 1994 08:49:37 GMT")).status, 412);
    check_str(RANGE_WITH("If-Range", etag).body, S("23"));
    check_str(RANGE_WITH("If-Range", modified).body, S("23"));
    check_str(RANGE_WITH("If-Range", S("\"x\"")).body, S("0123456789"));
    check_str(RANGE_WITH("If-Range", S("Sun, 06 Nov 1994 08:49:37 GMT")).body, S("0123456789"));
    end(s);
}

TEST("the static folder gives what is in it and nothing else")
{
    http_server *s = serve(mem);
    scratch_file(mem, "secret", S("secret"));
    scratch_file(mem, "www/index.html", S("<p>"));
    scratch_file(mem, "www/_app/a b.js", S("plain"));
    scratch_file(mem, "www/_app/a b.js.gz", S("gzipped"));
    scratch_file(mem, "www/_app/a b.js.br", S("brotli"));
    scratch_file(mem, "www/.hidden", S("hidden"));
    check_int(symlink("../secret", str_cat(mem, scratch(mem), S("/www/link")).at), 0);

    reply r = get(mem, s, "/static/index.html", "");
    check_str(r.body, S("<p>"));
    check_str(reply_header(r, "Content-Type"), S("text/html"));
    check(str_starts(reply_header(r, "ETag"), S("W/\"3-")));
    r = get(mem, s, "/static/index.html", str_fmt(mem, "\r\nIf-None-Match: %.*s", PR(reply_header(r, "ETag"))).at);
    check_int(r.status, 304);
    check_str(get(mem, s, "/static/_app/a%20b.js", "").body, S("plain"));
    r = get(mem, s, "/static/_app/a%20b.js", "\r\nAccept-Encoding: gzip, deflate");
    check_str(r.body, S("gzipped"));
    check_str(reply_header(r, "Content-Encoding"), S("gzip"));
    check_str(reply_header(r, "Content-Type"), S("text/javascript"));
    r = get(mem, s, "/static/_app/a%20b.js", "\r\nAccept-Encoding: gzip, br");
    check_str(r.body, S("brotli"));
    check_str(reply_header(r, "Vary"), S("Accept-Encoding"));

    static const char *const outside[] = {
        "/static/../secret",
        "/static/%2e%2e/secret",
        "/static/_app/../../secret",
        "/static/..%2fsecret",
        "/static/%2e%2e%2fsecret",
        "/static/.hidden",
        "/static/%2ehidden",
        "/static/link",
        "/static/_app",
        "/static/_app/",
        "/static/index.html%00",
        "/static/..\\secret",
        "/static//etc/passwd",
        "/static/",
        "/static/index.html/",
        "/static/_app//a%20b.js",
        "/static/%ff",
        "/static/./index.html",
        "/static/nothing",
    };
    for (size_t i = 0; i < countof(outside); i++) {
        r = get(mem, s, outside[i], "");
        if (r.status != 404) test_failed(__FILE__, __LINE__, "%s gave %d: %.*s", outside[i], r.status, PR(r.body));
    }
    end(s);
}
