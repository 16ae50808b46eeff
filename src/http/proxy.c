// Who is the client behind the proxies? (spec 01, 1.2) A peer that we trust may name the address it speaks for; the names are read from the
// nearest backwards, and the first one that is no trusted proxy is the client.
#include "http/internal.h"
#include <arpa/inet.h>

static const struct {
    const char *name, *networks;
} named[] = {
    {"loopback", "127.0.0.0/8,::1"},
    {"linklocal", "169.254.0.0/16,fe80::/10"},
    {"uniquelocal", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7"},
};

static address mapped(const void *ipv4)
{
    address a = {.at = {[10] = 0xff, [11] = 0xff}};
    memcpy(a.at + 12, ipv4, 4);
    return a;
}

static bool is_mapped(address a)
{
    return memcmp(a.at, mapped(&(struct in_addr){0}).at, 12) == 0;
}

bool address_parse(str s, address *out)
{
    char text[INET6_ADDRSTRLEN];
    struct in_addr ipv4;
    if (!s.n || s.n >= sizeof text) return false;
    memcpy(text, s.at, s.n);
    text[s.n] = 0;
    if (inet_pton(AF_INET, text, &ipv4) == 1) return *out = mapped(&ipv4), true;
    return inet_pton(AF_INET6, text, out->at) == 1;
}

bool address_of(const struct sockaddr *a, address *out)
{
    if (a && a->sa_family == AF_INET) return *out = mapped(&((const struct sockaddr_in *)a)->sin_addr), true;
    if (!a || a->sa_family != AF_INET6) return false;
    memcpy(out->at, &((const struct sockaddr_in6 *)a)->sin6_addr, 16);
    return true;
}

str address_text(arena *mem, address a)
{
    char text[INET6_ADDRSTRLEN];
    if (is_mapped(a)) inet_ntop(AF_INET, a.at + 12, text, sizeof text);
    else inet_ntop(AF_INET6, a.at, text, sizeof text);
    return str_dup(mem, str_of(text));
}

bool networks_parse(arena *mem, str list, networks *out, str *bad)
{
    strs pieces = str_split(mem, list, ',');
    each (piece, pieces) {
        *piece = str_trim(*piece);
        if (!piece->n) continue;
        bool known = false;
        for (size_t i = 0; i < countof(named) && !known; i++)
            if (str_is(*piece, named[i].name)) known = networks_parse(mem, str_of(named[i].networks), out, bad);
        if (known) continue;

        ptrdiff_t slash = str_rfind_char(*piece, '/');
        network n;
        int64_t bits = -1;
        *bad = *piece;
        if (!address_parse(slash < 0 ? *piece : str_slice(*piece, 0, (size_t)slash), &n.base)) return false;
        int64_t most = is_mapped(n.base) ? 32 : 128;
        if (slash >= 0 && (!str_to_int(str_slice(*piece, (size_t)slash + 1, piece->n), &bits) || bits < 0 || bits > most)) return false;
        n.bits = (int)(bits < 0 ? 128 : bits + 128 - most);
        *push(mem, *out) = n;
    }
    return true;
}

static bool trusts(networks trusted, address a)
{
    each (n, trusted) {
        int whole = n->bits / 8, rest = n->bits % 8;
        if (memcmp(n->base.at, a.at, (size_t)whole) != 0) continue;
        if (rest && (n->base.at[whole] ^ a.at[whole]) >> (8 - rest)) continue;
        return true;
    }
    return false;
}

// "1.2.3.4", "1.2.3.4:567", "::1", "[::1]:567"
static bool forwarded_address(str s, address *out)
{
    s = str_trim(s);
    if (address_parse(s, out)) return true;
    if (s.n && s.at[0] == '[') {
        ptrdiff_t end = str_rfind_char(s, ']');
        return end > 0 && address_parse(str_slice(s, 1, (size_t)end), out);
    }
    ptrdiff_t colon = str_rfind_char(s, ':');
    return colon > 0 && address_parse(str_slice(s, 0, (size_t)colon), out);
}

void proxy_apply(exchange *x, networks trusted, address peer, bool tls)
{
    address client = peer;
    x->secure = tls;
    if (trusts(trusted, peer)) {
        str proto = http_header(x, "X-Forwarded-Proto");
        if (proto.at) x->secure = str_ieq(str_trim(str_split(x->mem, proto, ',').at[0]), S("https"));
        strs names = {0};
        each (h, ((xch *)x)->headers) {
            if (!str_ieq(h->name, S("X-Forwarded-For"))) continue;
            strs some = str_split(x->mem, h->value, ',');
            each (name, some) *push(x->mem, names) = *name;
        }
        for (size_t i = names.n; i-- > 0 && trusts(trusted, client);)
            if (!forwarded_address(names.at[i], &client)) break;
    }
    x->client = address_text(x->mem, client);
}
