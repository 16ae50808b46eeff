// Queries, header lists, ETags and the addresses that proxies name.
#include "fuzz.h"
#include "http/internal.h"

static void check_query(arena *mem, str text)
{
    http_pairs pairs = pairs_parse(mem, text);
    buf written = {.mem = mem};
    each (p, pairs) {
        must(utf8_valid(p->name) && utf8_valid(p->value));
        str name = percent_encode(mem, p->name), value = percent_encode(mem, p->value);
        buf_fmt(&written, "&%.*s=%.*s", PR(name), PR(value));
    }
    http_pairs again = pairs_parse(mem, buf_str(&written));
    must(again.n == pairs.n);
    for (size_t i = 0; i < pairs.n; i++) must(str_eq(again.at[i].name, pairs.at[i].name) && str_eq(again.at[i].value, pairs.at[i].value));

    // A secret does not reach the log, wherever it stands and however its name is written.
    xch x = {.pub = {.mem = mem, .path = S("/"), .query = str_cat(mem, text, S("&key=one&%6Bey=two&b=1"))}};
    must(str_ends(url_for_log(mem, &x.pub), S("&key=***&%6Bey=***&b=1")));
}

static void check_lists(arena *mem, str text)
{
    must(header_has_token(str_cat(mem, text, S(", Upgrade;q=1")), S("upgrade")));
    must(!accepts_encoding(text, S("gzip")) || str_find(str_lower(mem, text), S("gzip")) >= 0 || str_find(text, S("*")) >= 0);
    must(!etag_matches(text, S("W/\"1\"")) || str_find(text, S("\"1\"")) >= 0 || str_find(text, S("*")) >= 0);
}

static void check_proxies(arena *mem, str text)
{
    networks listed = {0}, trusted = {0};
    str bad = {0};
    if (!networks_parse(mem, text, &listed, &bad)) must(str_find(text, bad) >= 0);
    each (n, listed) must(n->bits >= 0 && n->bits <= 128);

    xch x = {.pub = {.mem = mem}};
    *push(mem, x.headers) = (http_pair){S("X-Forwarded-For"), text};
    address loopback, client;
    must(address_parse(S("127.0.0.1"), &loopback) && networks_parse(mem, S("loopback,uniquelocal"), &trusted, &bad));
    proxy_apply(&x.pub, trusted, loopback, false);
    must(address_parse(x.pub.client, &client) && str_eq(address_text(mem, client), x.pub.client) && !x.pub.secure);
    // Nobody is believed whom we do not trust.
    proxy_apply(&x.pub, (networks){0}, loopback, true);
    must(str_is(x.pub.client, "127.0.0.1") && x.pub.secure);
}

FUZZ
{
    check_query(mem, input);
    check_lists(mem, input);
    check_proxies(mem, input);
}
