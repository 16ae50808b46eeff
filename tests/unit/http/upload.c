// Multipart bodies: the parser by itself, and through the server.
#include "client.h"
#include "http/multipart.h"
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

// ---- the parser ------------------------------------------------------------------------------------------------------------------

typedef struct {
    buf text;
    int stop_after; // events
} record;

static bool note(record *r)
{
    return --r->stop_after != 0;
}

static bool begin(void *arg, str name, str filename, str type)
{
    record *r = arg;
    buf_fmt(&r->text, "[%.*s|%.*s|%.*s|", PR(name), PR(filename.at ? filename : S("-")), PR(type));
    return note(r);
}

static bool data(void *arg, const char *at, size_t n)
{
    record *r = arg;
    buf_add(&r->text, (str){(char *)at, n});
    return true;
}

static bool finish(void *arg)
{
    record *r = arg;
    buf_add(&r->text, S("]"));
    return note(r);
}

// Pushes the text cut at `cut`, and every `step` bytes if that is set.
static str parse(arena *mem, str text, size_t cut, size_t step)
{
    record r = {.text = {.mem = mem}};
    multipart *m = multipart_new(mem, S("XyZ"), (multipart_events){&r, begin, data, finish});
    if (step) {
        for (size_t i = 0; i < text.n; i += step) multipart_push(m, text.at + i, text.n - i < step ? text.n - i : step);
    } else {
        multipart_push(m, text.at, cut);
        multipart_push(m, text.at + cut, text.n - cut);
    }
    if (!multipart_finish(m)) buf_fmt(&r.text, " %.*s", PR(multipart_error(m)));
    return r.text.n ? buf_str(&r.text) : S("");
}

static const char form[] =
    "preamble\r\n--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r--XyZ\r\n--Xy\r\n--XyZZ\r\n--XyZ-\r\n--XyZ\r\n"
    "content-disposition: form-data; name=b; filename=\"C:\\\\dir/\\\"x\\\".jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\r\n\r\n\r\n--XyZ\r\n"
    "Content-Disposition: form-data; name=\"\"; filename=\"\"; filename*=UTF-8''na%C3%AFve.jpg\r\n\r\n\r\n--XyZ--\r\nepilogue";
static const char parsed[] = "[a|-||1\r\n2\r--XyZ\r\n--Xy\r\n--XyZZ\r\n--XyZ-][b|\"x\".jpg|image/jpeg|\r\n\r\n][|na\xc3\xafve.jpg||]";

TEST("a form may be cut anywhere")
{
    str text = str_of(form);
    for (size_t cut = 0; cut <= text.n; cut++) {
        str got = parse(mem, text, cut, 0);
        if (!str_eq(got, str_of(parsed))) test_failed(__FILE__, __LINE__, "cut at %zu: %.*s", cut, PR(got));
    }
    for (size_t step = 1; step < 70; step++) check_str(parse(mem, text, 0, step), str_of(parsed));
}

TEST("malformed forms are named as such")
{
    check_str(parse(mem, S(""), 0, 0), S(" Multipart: Unexpected end of form"));
    check_str(parse(mem, S("--XyZ"), 0, 0), S(" Multipart: Unexpected end of form"));
    check_str(parse(mem, S("--XyZ--"), 0, 0), S(""));
    check_str(parse(mem, S("--XyZ\r\n\r\nx\r\n--XyZ--"), 0, 0), S(" Multipart: Malformed part header"));
    check_str(parse(mem, S("--XyZ\r\nno colon\r\n\r\nx\r\n--XyZ--"), 0, 0), S(" Multipart: Malformed part header"));
    check_str(parse(mem, S("--XyZ\r\nA: b\r\n\r\nx\r\n--XyZ--"), 0, 0), S(" Multipart: Malformed part header"));
    check_str(parse(mem, S("--XyZ\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--XyZ"), 0, 0),
              S("[a|-||x Multipart: Unexpected end of form"));
    str endless = {arena_alloc(mem, 20000), 20000};
    memset(endless.at, 'x', endless.n);
    memcpy(endless.at, "--XyZ\r\n", 7);
    check_str(parse(mem, endless, 0, 0), S(" Multipart: Malformed part header"));
}

TEST("boundaries")
{
    check_str(multipart_boundary(mem, S("multipart/form-data; boundary=abc")), S("abc"));
    check_str(multipart_boundary(mem, S("multipart/form-data;charset=x; Boundary=\"a b;c\" ")), S("a b;c"));
    check(!multipart_boundary(mem, S("multipart/form-data")).at);
    check(!multipart_boundary(mem, S("multipart/form-data; boundary=")).at);
    check(!multipart_boundary(mem, S("multipart/form-data; boundary")).at);
    check(!multipart_boundary(mem, (str){0}).at);
}

// ---- through the server ----------------------------------------------------------------------------------------------------------

#define HEAD "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\n"
#define FIELD(name) "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define FILE_PART(name, file) "--b\r\nContent-Disposition: form-data; name=\"" name "\"; filename=\"" file "\"\r\n\r\n"

static reply post(arena *mem, http_server *s, str body)
{
    return ask(mem, s, str_fmt(mem, HEAD "Content-Length: %zu", body.n).at, body);
}

static bool all_discarded(void *unused)
{
    return __atomic_load_n(&seen.discarded, __ATOMIC_SEQ_CST) == __atomic_load_n(&seen.opened, __ATOMIC_SEQ_CST);
}

TEST("fields and files reach the handler in order")
{
    http_server *s = serve(mem);
    reply r =
        post(mem, s, S(FIELD("x") "1\r\n" FILE_PART("f", "a.jpg") "12345\r\n" FIELD("y") "\r\n" FILE_PART("g", "") "ignored\r\n--b--\r\n"));
    check_int(r.status, 201);
    check_str(r.body, S("x=1;f=<a.jpg:5>;y=;"));
    check_int(seen.finished, 1);
    check(soon(all_discarded, NULL));
    r = post(mem, s, S("--b--"));
    check_int(r.status, 201);
    check_str(r.body, S(""));
    end(s);
}

TEST("a large upload passes through in bounded memory, sent with a length or in chunks")
{
    http_server *s = serve(mem);
    str part = S(FILE_PART("f", "big.mov")), last = S("\r\n--b--\r\n");
    size_t n = 40 << 20;
    str content = {arena_alloc(mem, n), n};
    int fd = dial(s);
    say_head(fd, str_fmt(mem, HEAD "Content-Length: %zu", part.n + n + last.n).at);
    say(fd, part), say(fd, content), say(fd, last);
    check_str(hear(mem, fd).body, str_fmt(mem, "f=<big.mov:%zu>;", n));

    say_head(fd, HEAD "Transfer-Encoding: chunked");
    say(fd, str_fmt(mem, "%zx\r\n%s\r\n", part.n, part.at));
    for (size_t i = 0; i < n; i += 1 << 20) {
        say(fd, S("100000\r\n"));
        say(fd, str_slice(content, i, i + (1 << 20)));
        say(fd, S("\r\n"));
    }
    say(fd, str_fmt(mem, "%zx\r\n%s\r\n0\r\n\r\n", last.n, last.at));
    check_str(hear(mem, fd).body, str_fmt(mem, "f=<big.mov:%zu>;", n));
    close(fd);
    end(s);
}

TEST("slow uploads hold no handler thread")
{
    http_server *s = serve_with(mem, (http_options){.handler_threads = 1});
    int slow[20];
    str part = S(FILE_PART("f", "a.jpg"));
    for (size_t i = 0; i < countof(slow); i++) {
        slow[i] = dial(s);
        say_head(slow[i], str_fmt(mem, HEAD "Content-Length: %zu", part.n + 12).at);
        say(slow[i], part);
    }
    check_int(ask(mem, s, "GET /json?n=1 HTTP/1.1\r\nHost: x", S("")).status, 200);
    for (size_t i = 0; i < countof(slow); i++) {
        say(slow[i], S("123\r\n--b--\r\n"));
        check_str(hear(mem, slow[i]).body, S("f=<a.jpg:3>;"));
        close(slow[i]);
    }
    end(s);
}

TEST("who is refused before the body still hears why, after sending it")
{
    http_server *s = serve(mem);
    int fd = dial(s);
    str content = {arena_alloc(mem, 20 << 20), 20 << 20};
    say_head(fd, HEAD "X-Refuse: 1\r\nContent-Length: 20971520");
    say(fd, content);
    reply r = hear(mem, fd);
    check_int(r.status, 401);
    check_str(r.body, S("{\"message\":\"Authentication required\"}"));
    say_head(fd, "GET /json?n=1 HTTP/1.1\r\nHost: x");
    check_int(hear(mem, fd).status, 200);
    close(fd);
    // One who asks first need not send.
    r = ask(mem, s, HEAD "X-Refuse: 1\r\nExpect: 100-continue\r\nContent-Length: 20971520", S(""));
    check_int(r.status, 401);
    // A stranger may not send for ever.
    fd = dial(s);
    say_head(fd, HEAD "X-Refuse: 1\r\nContent-Length: 209715200");
    for (int i = 0; i < 10; i++) say(fd, content);
    check_int(hear(mem, fd).status, 0);
    close(fd);
    end(s);
    check_int(seen.opened, 0);
}

TEST("refusals in the middle of a form")
{
    http_server *s = serve(mem);
    static const struct {
        const char *body;
        int status;
        const char *message;
    } cases[] = {
        {FILE_PART("f", "a.jpg") "1\r\n" FILE_PART("f", "b.exe") "2\r\n" FIELD("x") "1\r\n--b--", 400, "Unsupported file type"},
        {FILE_PART("f", "a.jpg") "\r\n--b--", 400, "File is empty"},
        {FILE_PART("f", "a.jpg") "FULL\r\n--b--", 500, "Internal server error"},
        {FILE_PART("f", "a.jpg") "1", 400, "Multipart: Unexpected end of form"},
        {"nothing", 400, "Multipart: Unexpected end of form"},
        {"--b\r\n\r\n1\r\n--b--", 400, "Multipart: Malformed part header"},
        {"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--", 400, "Field name missing"},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        reply r = post(mem, s, str_of(cases[i].body));
        check_int(r.status, cases[i].status);
        check_str(r.body, str_fmt(mem, "{\"message\":\"%s\"}", cases[i].message));
        check(soon(all_discarded, NULL));
    }
    reply r = ask(mem, s, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data\r\nContent-Length: 5", S("--b--"));
    check_str(r.body, S("{\"message\":\"Multipart: Boundary not found\"}"));

    buf big = {.mem = mem};
    buf_add(&big, S(FIELD("long")));
    for (int i = 0; i < 1 << 20; i++) buf_char(&big, 'x');
    str fits = str_cat(mem, buf_str(&big), S("\r\n--b--"));
    check_int(post(mem, s, fits).status, 201);
    buf_char(&big, 'x');
    r = post(mem, s, str_cat(mem, buf_str(&big), S("\r\n--b--")));
    check_int(r.status, 400);
    check_str(r.body, S("{\"message\":\"Field value too long - long\"}"));
    end(s);
}

TEST("a connection that breaks off leaves nothing behind")
{
    http_server *s = serve(mem);
    str part = S(FILE_PART("f", "a.mov"));
    str some = {arena_alloc(mem, 300000), 300000};
    for (int i = 0; i < 10; i++) {
        int fd = dial(s);
        say_head(fd, str_fmt(mem, HEAD "Content-Length: %d", 90000000).at);
        say(fd, part);
        say(fd, str_slice(some, 0, (size_t)i * 30000));
        if (i % 2) usleep(20000);
        if (i % 3) setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger)); // a reset
        close(fd);
    }
    check(soon(all_discarded, NULL));
    end(s);
    check(all_discarded(NULL));
    check_int(seen.handled, 0);
}
