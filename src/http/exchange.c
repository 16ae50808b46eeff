// What an exchange says: headers, cookies, query and form values.
#include "http/internal.h"

str http_header(exchange *x, const char *name)
{
    str wanted = str_of(name);
    each (h, ((xch *)x)->headers)
        if (str_ieq(h->name, wanted)) return h->value;
    return (str){0};
}

// ---- cookies ---------------------------------------------------------------------------------------------------------------------

str cookie_find(arena *mem, str header, const char *name)
{
    str wanted = str_of(name);
    for (str rest = header; rest.n;) {
        char *semicolon = memchr(rest.at, ';', rest.n);
        str pair = semicolon ? str_slice(rest, 0, (size_t)(semicolon - rest.at)) : rest;
        rest = str_slice(rest, pair.n + 1, rest.n);
        char *equals = memchr(pair.at, '=', pair.n);
        if (!equals) continue;
        size_t at = (size_t)(equals - pair.at);
        if (!str_eq(str_trim(str_slice(pair, 0, at)), wanted)) continue;

        str value = str_trim(str_slice(pair, at + 1, pair.n)), decoded;
        if (value.n >= 2 && value.at[0] == '"' && value.at[value.n - 1] == '"') value = str_slice(value, 1, value.n - 1);
        return percent_decode(mem, value, &decoded) ? decoded : str_dup(mem, value); // a broken escape stays as it is
    }
    return (str){0};
}

str http_cookie(exchange *x, const char *name)
{
    each (h, ((xch *)x)->headers) {
        if (!str_ieq(h->name, S("Cookie"))) continue;
        str value = cookie_find(x->mem, h->value, name);
        if (value.at) return value;
    }
    return (str){0};
}

// ---- query and forms -------------------------------------------------------------------------------------------------------------

static int hex_value(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 : -1;
}

// Decodes what it can, as browsers and JavaScript's querystring do: a broken escape stays as it is, invalid UTF-8 is replaced.
static str form_decode(arena *mem, str s)
{
    str d = {arena_alloc_raw(mem, s.n + 1), 0};
    for (size_t i = 0; i < s.n; i++) {
        int high = s.at[i] == '%' && s.n - i > 2 ? hex_value(s.at[i + 1]) : -1, low = high >= 0 ? hex_value(s.at[i + 2]) : -1;
        if (low >= 0) {
            d.at[d.n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            d.at[d.n++] = s.at[i] == '+' ? ' ' : s.at[i];
        }
    }
    d.at[d.n] = 0;
    return utf8_valid(d) ? d : utf8_clean(mem, d);
}

http_pairs pairs_parse(arena *mem, str encoded)
{
    http_pairs pairs = {0};
    for (str rest = encoded; rest.n && pairs.n < 10000;) {
        char *ampersand = memchr(rest.at, '&', rest.n);
        str pair = ampersand ? str_slice(rest, 0, (size_t)(ampersand - rest.at)) : rest;
        rest = str_slice(rest, pair.n + 1, rest.n);
        if (!pair.n) continue;
        char *equals = memchr(pair.at, '=', pair.n);
        size_t at = equals ? (size_t)(equals - pair.at) : pair.n;
        http_pair *p = push(mem, pairs);
        p->name = form_decode(mem, str_slice(pair, 0, at));
        p->value = form_decode(mem, str_slice(pair, at + 1, pair.n));
    }
    return pairs;
}

http_pairs http_query_pairs(exchange *e)
{
    xch *x = (xch *)e;
    if (!x->query_parsed) x->query = pairs_parse(e->mem, e->query);
    x->query_parsed = true;
    return x->query;
}

strs http_query_all(exchange *x, str name)
{
    strs values = {0};
    http_pairs pairs = http_query_pairs(x);
    each (p, pairs)
        if (str_eq(p->name, name)) *push(x->mem, values) = p->value;
    return values;
}

str http_query(exchange *x, str name)
{
    http_pairs pairs = http_query_pairs(x);
    each (p, pairs)
        if (str_eq(p->name, name)) return p->value;
    return (str){0};
}

http_pairs http_form_pairs(exchange *x)
{
    return str_is(x->content_type, "application/x-www-form-urlencoded") ? pairs_parse(x->mem, x->body) : (http_pairs){0};
}

// ---- header values ---------------------------------------------------------------------------------------------------------------

// Takes the next element off a comma list; parameters after ';' go to *parameters.
static bool next_element(str *rest, str *element, str *parameters)
{
    if (!rest->n) return false;
    char *comma = memchr(rest->at, ',', rest->n);
    str whole = comma ? str_slice(*rest, 0, (size_t)(comma - rest->at)) : *rest;
    *rest = str_slice(*rest, whole.n + 1, rest->n);
    char *semicolon = whole.n ? memchr(whole.at, ';', whole.n) : NULL;
    size_t n = semicolon ? (size_t)(semicolon - whole.at) : whole.n;
    *element = str_trim(str_slice(whole, 0, n));
    *parameters = str_trim(str_slice(whole, n + 1, whole.n));
    return true;
}

bool header_has_token(str header, str token)
{
    str element, parameters;
    while (next_element(&header, &element, &parameters))
        if (str_ieq(element, token)) return true;
    return false;
}

bool accepts_encoding(str header, str coding)
{
    str element, parameters;
    bool any = false;
    while (next_element(&header, &element, &parameters)) {
        bool named = str_ieq(element, coding);
        if (!named && !str_is(element, "*")) continue;
        double q = 1;
        if (str_starts(parameters, S("q="))) str_to_double(str_slice(parameters, 2, parameters.n), &q);
        if (named) return q > 0;
        any = q > 0;
    }
    return any;
}

str url_for_log(arena *mem, exchange *x)
{
    static const char *const secret[] = {"key", "slug", "apiKey", "sessionKey", "token", "code", "state", "password", "sid"};
    if (!x->query.n) return x->path;
    buf out = {.mem = mem};
    buf_add(&out, x->path);
    char separator = '?';
    strs pairs = str_split(mem, x->query, '&');
    each (pair, pairs) {
        buf_char(&out, separator);
        separator = '&';
        char *equals = pair->n ? memchr(pair->at, '=', pair->n) : NULL;
        str name = str_slice(*pair, 0, equals ? (size_t)(equals - pair->at) : pair->n);
        str meant = form_decode(mem, name);
        bool mask = false;
        for (size_t i = 0; i < countof(secret); i++) mask |= str_is(meant, secret[i]);
        buf_add(&out, mask ? name : *pair);
        if (mask) buf_add(&out, S("=***"));
    }
    return buf_str(&out);
}
