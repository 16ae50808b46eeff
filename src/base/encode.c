// Bytes as text: base64, hexadecimal, percent escapes.
#include "base/str.h"

int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static str base64_with(arena *mem, bytes b, const char *alphabet, bool padding)
{
    str s = {arena_alloc_raw(mem, (b.n + 2) / 3 * 4 + 1), 0};
    for (size_t i = 0; i < b.n; i += 3) {
        size_t left = b.n - i < 3 ? b.n - i : 3;
        uint32_t three = (uint32_t)b.at[i] << 16;
        if (left > 1) three |= (uint32_t)b.at[i + 1] << 8;
        if (left > 2) three |= b.at[i + 2];
        for (size_t k = 0; k <= left; k++) s.at[s.n++] = alphabet[three >> (18 - 6 * k) & 63];
        if (padding)
            for (size_t k = left; k < 3; k++) s.at[s.n++] = '=';
    }
    s.at[s.n] = 0;
    return s;
}

str base64_encode(arena *mem, bytes b)
{
    return base64_with(mem, b, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", true);
}

str base64url_encode(arena *mem, bytes b)
{
    return base64_with(mem, b, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", false);
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
