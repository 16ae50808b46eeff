// The protocol: connections, requests, bodies, answers.
#include "client.h"
#include "http/internal.h"
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

TEST("a request gets its answer and the connection is kept")
{
    http_server *s = serve(mem);
    int fd = dial(s);
    for (int i = 0; i < 3; i++) {
        say_head(fd, "GET /echo?a=b%20c HTTP/1.1\r\nHost: x");
        reply r = hear(mem, fd);
        check_int(r.status, 200);
        check_str(reply_header(r, "Content-Type"), S("application/json; charset=utf-8"));
        check(str_find(r.body, S("{\"method\":\"GET\",\"path\":\"/echo\",\"query\":\"a=b%20c\"")) == 0);
        check(str_find(r.body, S("\"client\":\"127.0.0.1\",\"secure\":false")) > 0);
    }
    close(fd);
    end(s);
}

TEST("pipelined requests are answered in order")
{
    http_server *s = serve(mem);
    int fd = dial(s);
    say(fd, S("GET /json?n=1 HTTP/1.1\r\nHost: x\r\n\r\n"
              "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"
              "GET /json?n=3 HTTP/1.1\r\nHost: x\r\n\r\n"));
    check_str(hear(mem, fd).body, S("\"a\""));
    check(str_find(hear(mem, fd).body, S("\"body\":\"hi\"")) > 0);
    check_str(hear(mem, fd).body, S("\"abc\""));
    close(fd);
    end(s);
}

TEST("an HTTP/1.0 client gets an answer and the end of the connection")
{
    http_server *s = serve(mem);
    int fd = dial(s);
    say_head(fd, "GET /stream?n=100000 HTTP/1.0");
    reply r = hear(mem, fd);
    check_int(r.status, 200);
    check_int(r.body.n, 588895);
    check(is_closed(fd));
    close(fd);
    end(s);
}

TEST("bodies come whole, however they are sent")
{
    http_server *s = serve(mem);
    reply r = ask(mem, s, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: Text/Plain; charset=x",
                  S("3\r\nabc\r\n4\r\ndefg\r\n0\r\nX-Trailer: 1\r\n\r\n"));
    check(str_find(r.body, S("\"type\":\"text/plain\",\"has_body\":true,\"body\":\"abcdefg\"")) > 0);

    int fd = dial(s); // byte by byte
    str slow = S("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde");
    for (size_t i = 0; i < slow.n; i++) {
        say(fd, str_slice(slow, i, i + 1));
        if (i % 8 == 0) usleep(1000);
    }
    check(str_find(hear(mem, fd).body, S("\"body\":\"abcde\"")) > 0);
    close(fd);

    r = ask(mem, s, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nContent-Type: application/json", S(""));
    check(str_find(r.body, S("\"type\":\"application/json\",\"has_body\":true,\"body\":\"\"")) > 0);
    r = ask(mem, s, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked", S("0\r\n\r\n"));
    check(str_find(r.body, S("\"has_body\":true,\"body\":\"\"")) > 0);
    r = ask(mem, s, "DELETE /echo HTTP/1.1\r\nHost: x", S(""));
    check(str_find(r.body, S("\"type\":null,\"has_body\":false,\"body\":null")) > 0);
    end(s);
}

TEST("ten megabytes of body are taken, more is not")
{
    http_server *s = serve(mem);
    str most = {arena_alloc(mem, BODY_LIMIT + 1), BODY_LIMIT};
    reply r = ask(mem, s, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760", most);
    check(str_find(r.body, S("\"body\":\"10485760\"")) > 0);
    most.n++;
    r = ask(mem, s, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761", most);
    check_int(r.status, 500);
    check_str(r.body, S("{\"message\":\"Internal server error\"}"));

    int fd = dial(s); // without a length
    say_head(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked");
    say(fd, S("A00001\r\n"));
    say(fd, most);
    say(fd, S("\r\n0\r\n\r\n"));
    check_int(hear(mem, fd).status, 500);
    say_head(fd, "GET /json?n=1 HTTP/1.1\r\nHost: x"); // it was read to the end: the connection is fine
    check_int(hear(mem, fd).status, 200);
    close(fd);

    r = ask(mem, s, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue", S(""));
    check_int(r.status, 500); // who asks first is told before sending
    check_int(seen.handled, 2);
    end(s);
}

TEST("100-continue invites the body")
{
    http_server *s = serve(mem);
    int fd = dial(s);
    say_head(fd, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue");
    char line[26] = {0};
    check_int(recv(fd, line, 25, MSG_WAITALL), 25);
    check_str(str_of(line), S("HTTP/1.1 100 Continue\r\n\r\n"));
    say(fd, S("abc"));
    check(str_find(hear(mem, fd).body, S("\"body\":\"abc\"")) > 0);
    close(fd);
    end(s);
}

TEST("HEAD is GET without the body")
{
    http_server *s = serve(mem);
    int fd = dial(s);
    say_head(fd, "HEAD /json?n=500 HTTP/1.1\r\nHost: x");
    reply r = hear_head(mem, fd);
    check_int(r.status, 200);
    check_str(reply_header(r, "Content-Length"), S("502"));
    say_head(fd, "GET /json?n=1 HTTP/1.1\r\nHost: x");
    check_str(hear(mem, fd).body, S("\"a\""));
    close(fd);
    static const char *const streams[] = {"HEAD /stream?n=100000 HTTP/1.1\r\nHost: x", "HEAD /pieces?n=3 HTTP/1.1\r\nHost: x"};
    for (size_t i = 0; i < countof(streams); i++) {
        fd = dial(s);
        say_head(fd, streams[i]);
        check_int(hear_head(mem, fd).status, 200);
        char excess;
        check_int(recv(fd, &excess, 1, 0), 0);
        close(fd);
    }
    end(s);
    check_int(seen.finished, 1);
}

TEST("what is no request is refused and hurts nobody")
{
    http_server *s = serve(mem);
    static const char *const bad[] = {
        "nonsense\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /echo HTTP/1.1\r\nHost: x\r\n broken\r\nno colon\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    };
    for (size_t i = 0; i < countof(bad); i++) {
        int fd = dial(s);
        say(fd, str_of(bad[i]));
        shutdown(fd, SHUT_WR);
        reply r = hear(mem, fd);
        check(r.status == 0 || (r.status >= 400 && r.status < 600));
        close(fd);
    }
    // Headers beyond what a connection may keep.
    int fd = dial(s);
    say(fd, S("GET /echo HTTP/1.1\r\nHost: x\r\n"));
    for (int i = 0; i < 2000; i++) say(fd, S("X-Long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"));
    reply r = hear(mem, fd);
    check(r.status == 0 || r.status == 431 || r.status == 413);
    close(fd);
    // Header values in any encoding, strange URLs.
    r = ask(mem, s, "GET /echo?%zz=%ff&x\xc3\xbc=\xff HTTP/1.1\r\nHost: x\r\nUser-Agent: caf\xe9 \xf0\x9f\x98\x80", S(""));
    check_int(r.status, 200);
    r = ask(mem, s, "GET http://host:80/echo?q HTTP/1.1\r\nHost: x", S(""));
    check(str_find(r.body, S("\"path\":\"/echo\",\"query\":\"q\"")) > 0);
    check_int(ask(mem, s, "GET /json?n=1 HTTP/1.1\r\nHost: x", S("")).status, 200);
    end(s);
}

TEST("every answer has a correlation id, the client's if it sent one")
{
    http_server *s = serve(mem);
    reply r = ask(mem, s, "GET /x HTTP/1.1\r\nHost: x\r\nX-Correlation-ID: my-id", S(""));
    check_int(r.status, 404);
    check_str(reply_header(r, "X-Correlation-ID"), S("my-id"));
    str made = reply_header(ask(mem, s, "GET /json?n=1 HTTP/1.1\r\nHost: x", S("")), "X-Correlation-ID");
    check_int(made.n, 8);
    for (size_t i = 0; i < made.n; i++) check(strchr("0123456789abcdefghijklmnopqrstuvwxyz", made.at[i]) != NULL);
    end(s);
}

TEST("JSON has a strong ETag, and a client that has it gets 304")
{
    http_server *s = serve(mem);
    reply r = ask(mem, s, "GET /json?n=20 HTTP/1.1\r\nHost: x", S(""));
    str etag = reply_header(r, "ETag");
    check(etag.n > 10 && etag.at[0] == '"');
    str again = str_fmt(mem, "GET /json?n=20 HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"other\", W/%.*s", PR(etag));
    r = ask(mem, s, again.at, S(""));
    check_int(r.status, 304);
    check_str(reply_header(r, "ETag"), etag);
    check_str(reply_header(r, "Content-Length"), S("22")); // of the content that is not sent
    int fd = dial(s);
    say_head(fd, again.at);
    check_int(hear(mem, fd).status, 304);
    say_head(fd, "GET /json?n=1 HTTP/1.1\r\nHost: x"); // the connection is in step
    check_str(hear(mem, fd).body, S("\"a\""));
    close(fd);
    check_int(ask(mem, s, "GET /json?n=20 HTTP/1.1\r\nHost: x\r\nIf-None-Match: \"other\"", S("")).status, 200);
    check(!reply_header(ask(mem, s, "POST /json?n=20 HTTP/1.1\r\nHost: x\r\nContent-Length: 0", S("")), "ETag").at);
    end(s);
}

TEST("long text is compressed for those who take it")
{
    http_server *s = serve(mem);
    reply plain = ask(mem, s, "GET /json?n=5000 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br, gzip;q=0", S(""));
    reply packed = ask(mem, s, "GET /json?n=5000 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br, gzip", S(""));
    check_int(plain.body.n, 5002);
    check(!reply_header(plain, "Content-Encoding").at);
    check_str(reply_header(packed, "Content-Encoding"), S("gzip"));
    check_str(reply_header(packed, "Vary"), S("Accept-Encoding"));
    check_str(gunzip(mem, packed.body), plain.body);
    check(!reply_header(ask(mem, s, "GET /json?n=1000 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip", S("")), "Content-Encoding").at);
    end(s);
}

TEST("answers can be empty, redirect, set cookies, and be taken back")
{
    http_server *s = serve(mem);
    reply r = ask(mem, s, "GET /cookie HTTP/1.1\r\nHost: x", S(""));
    check_int(r.status, 204);
    check(!reply_header(r, "Content-Type").at && !reply_header(r, "Content-Length").at);
    check_str(reply_header(r, "Set-Cookie"), S("a=x%20y%3B%C3%BC; Path=/; HttpOnly"));
    check(str_find(r.head, S("Set-Cookie: b=2\r\n")) > 0);
    check(!reply_header(r, "X-Injected").at);
    check_str(reply_header(r, "X-Word"), S("na\xefve \xc3\xbc"));
    r = ask(mem, s, "GET /redirect HTTP/1.1\r\nHost: x", S(""));
    check_int(r.status, 302);
    check_str(reply_header(r, "Location"), S("original?a=b"));
    r = ask(mem, s, "GET /twice HTTP/1.1\r\nHost: x", S(""));
    check_int(r.status, 404);
    check_str(r.body, S("{\"message\":\"Not \\\"Found\\\"\"}"));
    check(!reply_header(r, "Cache-Control").at);
    r = ask(mem, s, "GET /none HTTP/1.1\r\nHost: x", S(""));
    check_int(r.status, 500);
    check_str(r.body, S("{\"message\":\"Internal server error\"}"));
    end(s);
}

TEST("cookies are decoded, the first of a name counts")
{
    http_server *s = serve(mem);
    reply r = ask(mem, s, "GET /echo HTTP/1.1\r\nHost: x\r\nCookie: cc=0; c=a%20b%C3%BC; c=second", S(""));
    check(str_find(r.body, S("\"cookie\":\"a b\xc3\xbc\"")) > 0);
    end(s);
    check_str(cookie_find(mem, S(" a = 1 ;b=\"x=y\"; c=%zz; =; d"), "a"), S("1"));
    check_str(cookie_find(mem, S("a=1;b=\"x=y\"; c=%zz; =; d"), "b"), S("x=y"));
    check_str(cookie_find(mem, S("a=1;b=\"x=y\"; c=%zz; =; d"), "c"), S("%zz"));
    check(!cookie_find(mem, S("a=1;b=\"x=y\"; c=%zz; =; d"), "d").at);
    check(cookie_find(mem, S("e="), "e").at && !cookie_find(mem, S("e="), "e").n);
}

TEST("queries keep order, repetition and broken escapes")
{
    http_pairs p = pairs_parse(mem, S("a=1&b=x+y%21&a=%zz&&c&=v&d=%C3%BC&e=%ff"));
    check_int(p.n, 7);
    check_str(p.at[1].value, S("x y!"));
    check_str(p.at[2].value, S("%zz"));
    check(str_is(p.at[3].name, "c") && !p.at[3].value.n);
    check_str(p.at[4].value, S("v"));
    check_str(p.at[5].value, S("\xc3\xbc"));
    check_str(p.at[6].value, S("\xef\xbf\xbd"));
    check_int(pairs_parse(mem, (str){0}).n, 0);
}

TEST("secrets in a URL do not reach the log")
{
    xch x = {.pub = {.mem = mem, .path = S("/p"), .query = S("key=abc&size=1&apiKey=k&x&%74oken=t")}};
    check_str(url_for_log(mem, &x.pub), S("/p?key=***&size=1&apiKey=***&x&%74oken=***"));
}

TEST("a streamed answer arrives whole, compressed or not")
{
    http_server *s = serve(mem);
    reply r = ask(mem, s, "GET /stream?n=3 HTTP/1.1\r\nHost: x", S(""));
    check_str(r.body, S("3\n2\n1\n"));
    check_str(reply_header(r, "Content-Type"), S("application/jsonlines+json"));
    r = ask(mem, s, "GET /stream?n=1000000 HTTP/1.1\r\nHost: x", S(""));
    check_int(r.body.n, 6888896);
    check(str_ends(r.body, S("\n3\n2\n1\n")));
    reply packed = ask(mem, s, "GET /stream?n=1000000 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip", S(""));
    check(packed.body.n < r.body.n / 2);
    check(str_eq(gunzip(mem, packed.body), r.body));
    end(s);
}

TEST("a stream does not wait for a slow reader")
{
    http_server *s = serve(mem);
    int fd = dial(s), small = 64 << 10;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    say_head(fd, "GET /stream?n=2000000 HTTP/1.1\r\nHost: x");
    usleep(300000); // the handler is long through; most of the answer has spilled
    reply r = hear(mem, fd);
    check_int(r.body.n, 14888896);
    check(str_ends(r.body, S("\n2\n1\n")));
    close(fd);
    end(s);
}

TEST("an error after the first block breaks the stream off, one before replaces it")
{
    http_server *s = serve(mem);
    reply r = ask(mem, s, "GET /broken?n=10 HTTP/1.1\r\nHost: x", S(""));
    check_int(r.status, 400);
    check_str(r.body, S("{\"message\":\"too late\"}"));
    r = ask(mem, s, "GET /broken?n=100000 HTTP/1.1\r\nHost: x", S(""));
    check_int(r.status, 200);
    check(!r.whole);
    end(s);
}

static bool all_finished(void *n)
{
    return __atomic_load_n(&seen.finished, __ATOMIC_SEQ_CST) == *(int *)n;
}

TEST("an answer in pieces is made as it is taken, and its maker always hears of the end")
{
    http_server *s = serve(mem);
    reply r = ask(mem, s, "GET /pieces?n=30 HTTP/1.1\r\nHost: x", S(""));
    check_int(r.body.n, 3000000);
    check(r.whole);
    r = ask(mem, s, "GET /pieces?n=0 HTTP/1.1\r\nHost: x", S(""));
    check(r.status == 200 && r.whole && !r.body.n);
    r = ask(mem, s, "GET /pieces?n=3&breaks=1 HTTP/1.1\r\nHost: x", S(""));
    check(!r.whole);
    int fd = dial(s); // goes away in the middle
    say_head(fd, "GET /pieces?n=1000000 HTTP/1.1\r\nHost: x");
    char some[1000];
    check_int(recv(fd, some, sizeof some, MSG_WAITALL), 1000);
    close(fd);
    check(soon(all_finished, &(int){4}));
    end(s);
}

TEST("requests under way are finished before the server ends, connections that idle are closed")
{
    http_server *s = serve(mem);
    int busy = dial(s), idle = dial(s), stuck = dial(s);
    say_head(busy, "GET /slow?ms=300 HTTP/1.1\r\nHost: x");
    say(stuck, S("GET /slow"));
    usleep(100000);
    end(s);
    reply r = hear(mem, busy);
    check_int(r.status, 200);
    check_str(reply_header(r, "Connection"), S("close"));
    check(is_closed(busy) && is_closed(idle) && is_closed(stuck));
    close(busy), close(idle), close(stuck);
}

TEST("a handler that takes too long is left behind by the stop")
{
    http_server *s = serve(mem);
    int fd = dial(s), half = dial(s), poll = dial(s);
    say_head(fd, "GET /slow?ms=700 HTTP/1.1\r\nHost: x");
    say_head(half, "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000");
    say_head(poll, "GET /pieces?n=100000 HTTP/1.1\r\nHost: x"); // never read
    usleep(200000);
    http_stop(s, 50);
    check(is_closed(fd) && is_closed(half) && is_closed(poll));
    close(fd), close(half), close(poll);
    usleep(900000); // until the handler is through, for the leak check's sake
}

TEST("a port in use is named")
{
    http_server *s = serve(mem);
    check(!serve_with(mem, (http_options){.port = http_port(s)}));
    check(!serve_with(mem, (http_options){.trusted_proxies = S("10.0.0.0/33")}));
    check(!serve_with(mem, (http_options){.tls_cert_file = S("/nonexistent"), .tls_key_file = S("/nonexistent")}));
    end(s);
}

TEST("proxies are believed only if they are trusted")
{
    http_server *s = serve_with(mem, (http_options){.trusted_proxies = S("10.1.0.0/16, uniquelocal")});
    reply r = ask(mem, s, "GET /echo HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 6.6.6.6, 9.9.9.9, 10.1.2.3\r\nX-Forwarded-Proto: https, http",
                  S(""));
    check(str_find(r.body, S("\"client\":\"9.9.9.9\",\"secure\":true")) > 0); // 6.6.6.6 may be the client's invention
    r = ask(mem, s, "GET /echo HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: [2001:db8::1]:1234", S(""));
    check(str_find(r.body, S("\"client\":\"2001:db8::1\",\"secure\":false")) > 0);
    r = ask(mem, s, "GET /echo HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: rubbish", S(""));
    check(str_find(r.body, S("\"client\":\"127.0.0.1\"")) > 0);
    end(s);

    networks trusted = {0};
    str bad;
    check(networks_parse(mem, S("linklocal,192.168.1.0/25,2001:db8::/33,1.2.3.4"), &trusted, &bad));
    static const struct {
        const char *peer;
        bool trusted;
    } cases[] = {{"169.254.9.9", true},      {"fe80::1", true},          {"192.168.1.127", true}, {"192.168.1.128", false},
                 {"2001:db8:7fff::1", true}, {"2001:db8:8000::", false}, {"1.2.3.4", true},       {"1.2.3.5", false},
                 {"::ffff:1.2.3.4", true},   {"8.8.8.8", false}};
    for (size_t i = 0; i < countof(cases); i++) {
        address peer;
        check(address_parse(str_of(cases[i].peer), &peer));
        xch x = {.pub = {.mem = mem}};
        *push(mem, x.headers) = (http_pair){S("X-Forwarded-Proto"), S("https")};
        proxy_apply(&x.pub, trusted, peer, false);
        if (x.pub.secure != cases[i].trusted) test_failed(__FILE__, __LINE__, "%s", cases[i].peer);
    }
    check(!networks_parse(mem, S("a.b"), &trusted, &bad));
    check(!networks_parse(mem, S("1.2.3.4/33"), &trusted, &bad));
    check(!networks_parse(mem, S("1.2.3.4/"), &trusted, &bad));
}
