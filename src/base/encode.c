// Bytes as text: base64, hexadecimal, percent escapes.
#include "base/str.h"

int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// Without padding; returns the end.
static char *put_base64(char *at, bytes b, const char *alphabet)
{
    const uint8_t *in = b.at, *end = b.at + b.n;
    for (; end - in >= 3; in += 3) {
        uint32_t three = (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2];
        *at++ = alphabet[three >> 18];
        *at++ = alphabet[three >> 12 & 63];
        *at++ = alphabet[three >> 6 & 63];
        *at++ = alphabet[three & 63];
    }
    if (in == end) return at;
    uint32_t two = (uint32_t)in[0] << 8 | (end - in == 2 ? in[1] : 0);
    *at++ = alphabet[two >> 10];
    *at++ = alphabet[two >> 4 & 63];
    if (end - in == 2) *at++ = alphabet[two << 2 & 63];
    return at;
}

char *base64_write(char *at, bytes b)
{
    at = put_base64(at, b, base64_alphabet);
    for (size_t n = b.n; n % 3; n++) *at++ = '=';
    return at;
}

static str text_at(char *start, char *end)
{
    *end = 0;
    return (str){start, (size_t)(end - start)};
}

str base64_encode(arena *mem, bytes b)
{
    char *at = arena_alloc_raw(mem, BASE64_SIZE(b.n) + 1);
    return text_at(at, base64_write(at, b));
}

str base64url_encode(arena *mem, bytes b)
{
    char *at = arena_alloc_raw(mem, BASE64_SIZE(b.n) + 1);
    return text_at(at, put_base64(at, b, base64url_alphabet));
}

static int base64_digit(char c)
{
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

bool base64_decode(arena *mem, str s, bytes *out)
{
    if (s.n && s.n % 4 == 0) // padding, if any, fills up the last four
        for (int i = 0; i < 2 && s.at[s.n - 1] == '='; i++) s.n--;
    if (s.n % 4 == 1) return false;
    bytes b = {arena_alloc_raw(mem, s.n / 4 * 3 + 3), 0};
    uint32_t bits = 0;
    for (size_t i = 0; i < s.n; i++) {
        int value = base64_digit(s.at[i]);
        if (value < 0) return false;
        bits = bits << 6 | (uint32_t)value;
        if (i % 4) b.at[b.n++] = (uint8_t)(bits >> (6 - i % 4 * 2));
    }
    *out = b;
    return true;
}

str hex_encode(arena *mem, bytes b)
{
    str s = {arena_alloc_raw(mem, 2 * b.n + 1), 2 * b.n};
    for (size_t i = 0; i < b.n; i++) {
        s.at[2 * i] = "0123456789abcdef"[b.at[i] >> 4];
        s.at[2 * i + 1] = "0123456789abcdef"[b.at[i] & 15];
    }
    s.at[s.n] = 0;
    return s;
}

bool hex_decode(arena *mem, str s, bytes *out)
{
    if (s.n % 2) return false;
    bytes b = {arena_alloc_raw(mem, s.n / 2), s.n / 2};
    for (size_t i = 0; i < b.n; i++) {
        int high = hex_digit(s.at[2 * i]), low = hex_digit(s.at[2 * i + 1]);
        if (high < 0 || low < 0) return false;
        b.at[i] = (uint8_t)(high << 4 | low);
    }
    *out = b;
    return true;
}

bool percent_decode(arena *mem, str s, str *out)
{
    if (!s.at) return *out = s, true;
    str d = {arena_alloc_raw(mem, s.n + 1), 0};
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] == '%') {
            int high = s.n - i > 2 ? hex_digit(s.at[i + 1]) : -1, low = s.n - i > 2 ? hex_digit(s.at[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            d.at[d.n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            d.at[d.n++] = s.at[i];
        }
    }
    d.at[d.n] = 0;
    if (!utf8_valid(d)) return false;
    *out = d;
    return true;
}

str percent_encode(arena *mem, str s)
{
    if (!s.at) return s;
    str e = {arena_alloc_raw(mem, 3 * s.n + 1), 0};
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.at[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c && strchr("-_.!~*'()", c))) {
            e.at[e.n++] = (char)c;
        } else {
            e.at[e.n++] = '%';
            e.at[e.n++] = "0123456789ABCDEF"[c >> 4];
            e.at[e.n++] = "0123456789ABCDEF"[c & 15];
        }
    }
    e.at[e.n] = 0;
    return e;
}
