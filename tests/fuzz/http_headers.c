// Cookies, queries and header lists.
#include "http/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t n)
{
    arena *mem = arena_new();
    str text = {(char *)at, n};
    cookie_find(mem, text, "immich_access_token");
    pairs_parse(mem, text);
    accepts_encoding(text, S("gzip"));
    header_has_token(text, S("upgrade"));
    etag_matches(text, S("W/\"1\""));
    networks trusted = {0};
    str bad;
    networks_parse(mem, text, &trusted, &bad);
    xch x = {.pub = {.mem = mem, .path = S("/"), .query = text}};
    url_for_log(mem, &x.pub);
    *push(mem, x.headers) = (http_pair){S("X-Forwarded-For"), text};
    address loopback;
    address_parse(S("127.0.0.1"), &loopback);
    networks_parse(mem, S("loopback,uniquelocal"), &trusted, &bad);
    proxy_apply(&x.pub, trusted, loopback, false);
    arena_free(mem);
    return 0;
}
