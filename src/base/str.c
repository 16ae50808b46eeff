// Strings, numbers in text, UTF-8, growing texts.
#include "base/str.h"
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

// A new string of n bytes, still to be filled, with its NUL.
static str blank(arena *mem, size_t n)
{
    str s = {arena_alloc_raw(mem, n + 1), n};
    s.at[n] = 0;
    return s;
}

// memcpy() that may be given NULL for nothing; returns the end.
static char *put(char *to, str s)
{
    if (s.n) memcpy(to, s.at, s.n);
    return to + s.n;
}

str str_of(const char *cstring)
{
    return cstring ? (str){(char *)cstring, strlen(cstring)} : (str){0};
}

str str_dup(arena *mem, str s)
{
    if (!s.at) return s;
    str copy = blank(mem, s.n);
    put(copy.at, s);
    return copy;
}

char *cstr(arena *mem, str s)
{
    return str_dup(mem, s).at;
}

str str_fmt(arena *mem, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    str s = str_vfmt(mem, fmt, args);
    va_end(args);
    return s;
}

str str_vfmt(arena *mem, const char *fmt, va_list args)
{
    char small[256];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, fmt, args);
    str s = blank(mem, n < 0 ? 0 : (size_t)n);
    if (s.n < sizeof small) put(s.at, (str){small, s.n});
    else vsnprintf(s.at, s.n + 1, fmt, again);
    va_end(again);
    return s;
}

str str_cat(arena *mem, str a, str b)
{
    str s = blank(mem, a.n + b.n);
    put(put(s.at, a), b);
    return s;
}

str str_join(arena *mem, strs parts, str separator)
{
    size_t n = parts.n > 1 ? (parts.n - 1) * separator.n : 0;
    each (part, parts) n += part->n;
    str s = blank(mem, n);
    char *at = s.at;
    each (part, parts) {
        if (part != parts.at) at = put(at, separator);
        at = put(at, *part);
    }
    return s;
}

strs str_split(arena *mem, str s, char separator)
{
    strs parts = {0};
    if (!s.at) return parts;
    for (size_t from = 0; from <= s.n;) {
        char *end = s.n > from ? memchr(s.at + from, separator, s.n - from) : NULL;
        size_t to = end ? (size_t)(end - s.at) : s.n;
        *push(mem, parts) = (str){s.at + from, to - from};
        from = to + 1;
    }
    return parts;
}

bool str_eq(str a, str b)
{
    return a.n == b.n && (!a.n || !memcmp(a.at, b.at, a.n));
}

bool str_ieq(str a, str b)
{
    if (a.n != b.n) return false;
    for (size_t i = 0; i < a.n; i++)
        if (lower(a.at[i]) != lower(b.at[i])) return false;
    return true;
}

bool str_is(str s, const char *cstring)
{
    return str_eq(s, str_of(cstring));
}

int str_cmp(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.at, b.at, n) : 0;
    return order ? order : (a.n > b.n) - (a.n < b.n);
}

bool str_starts(str s, str prefix)
{
    return s.n >= prefix.n && str_eq((str){s.at, prefix.n}, prefix);
}

bool str_ends(str s, str suffix)
{
    return s.n >= suffix.n && str_eq(str_slice(s, s.n - suffix.n, s.n), suffix);
}

ptrdiff_t str_find(str haystack, str needle)
{
    if (!needle.n) return 0;
    char *at = haystack.n ? memmem(haystack.at, haystack.n, needle.at, needle.n) : NULL;
    return at ? at - haystack.at : -1;
}

ptrdiff_t str_rfind_char(str s, char c)
{
    char *at = s.n ? memrchr(s.at, c, s.n) : NULL;
    return at ? at - s.at : -1;
}

str str_slice(str s, size_t from, size_t to)
{
    if (!s.at) return s;
    if (to > s.n) to = s.n;
    if (from > to) from = to;
    return (str){s.at + from, to - from};
}

str str_trim(str s)
{
    size_t from = 0, to = s.n;
    while (from < to && (s.at[from] == ' ' || (s.at[from] >= '\t' && s.at[from] <= '\r'))) from++;
    while (to > from && (s.at[to - 1] == ' ' || (s.at[to - 1] >= '\t' && s.at[to - 1] <= '\r'))) to--;
    return str_slice(s, from, to);
}

str str_lower(arena *mem, str s)
{
    str copy = str_dup(mem, s);
    for (size_t i = 0; i < copy.n; i++) copy.at[i] = lower(copy.at[i]);
    return copy;
}

str str_replace(arena *mem, str s, str what, str with)
{
    if (!what.n || str_find(s, what) < 0) return str_dup(mem, s);
    buf out = {.mem = mem};
    for (ptrdiff_t at; (at = str_find(s, what)) >= 0; s = str_slice(s, (size_t)at + what.n, s.n)) {
        buf_add(&out, str_slice(s, 0, (size_t)at));
        buf_add(&out, with);
    }
    buf_add(&out, s);
    return buf_str(&out);
}

// ---- numbers ---------------------------------------------------------------------------------------------------------------------

bool str_to_int(str s, int64_t *out)
{
    bool negative = s.n && s.at[0] == '-';
    size_t i = s.n && (s.at[0] == '-' || s.at[0] == '+');
    if (i == s.n) return false;
    int64_t value = 0; // counted downwards: the negative side has room for one more
    for (; i < s.n; i++) {
        if (!digit(s.at[i])) return false;
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_sub_overflow(value, s.at[i] - '0', &value)) return false;
    }
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}

static locale_t c_locale;

static void c_locale_make(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", NULL);
}

// strtod() of a text that is known to be a number, whatever locale some library may have set.
static double slow_double(str s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, c_locale_make);
    char small[128];
    char *text = s.n < sizeof small ? small : malloc(s.n + 1);
    if (!text) abort();
    *put(text, s) = 0;
    double value = strtod_l(text, NULL, c_locale);
    if (text != small) free(text);
    return value;
}

bool str_to_double(str s, double *out)
{
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    size_t i = s.n && (s.at[0] == '-' || s.at[0] == '+');
    uint64_t digits = 0;
    int count = 0, decimals = 0, exponent = 0;
    for (; i < s.n && digit(s.at[i]); i++, count++) digits = digits * 10 + (uint64_t)(s.at[i] - '0');
    if (i < s.n && s.at[i] == '.')
        for (i++; i < s.n && digit(s.at[i]); i++, count++, decimals++) digits = digits * 10 + (uint64_t)(s.at[i] - '0');
    if (!count) return false;
    if (i < s.n && (s.at[i] == 'e' || s.at[i] == 'E')) {
        bool negative = ++i < s.n && s.at[i] == '-';
        i += i < s.n && (s.at[i] == '-' || s.at[i] == '+');
        if (i == s.n) return false;
        for (; i < s.n && digit(s.at[i]); i++)
            if (exponent < 100000) exponent = exponent * 10 + (s.at[i] - '0');
        if (negative) exponent = -exponent;
    }
    if (i < s.n) return false;
    exponent -= decimals;
    // Whole numbers below 2^53 and powers of ten up to 10^22 are exact as doubles, so one division or multiplication rounds rightly.
    if (count <= 19 && digits <= (UINT64_C(1) << 53) && exponent >= -22 && exponent <= 22) {
        double value = exponent < 0 ? (double)digits / powers[-exponent] : (double)digits * powers[exponent];
        *out = s.at[0] == '-' ? -value : value;
    } else {
        *out = slow_double(s);
    }
    return true;
}

// ---- UTF-8 -----------------------------------------------------------------------------------------------------------------------

// Length of the well-formed sequence at the front (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF); 0 if there is none.
static size_t utf8_sequence(str s, uint32_t *point)
{
    const uint8_t *b = (const uint8_t *)s.at;
    if (b[0] < 0x80) return *point = b[0], 1;
    size_t n = b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2;
    if (b[0] < 0xc2 || b[0] > 0xf4 || s.n < n) return 0;
    uint32_t c = b[0] & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((b[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (b[i] & 0x3f);
    }
    if ((n == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) || (n == 4 && (c < 0x10000 || c > 0x10ffff))) return 0;
    *point = c;
    return n;
}

uint32_t utf8_next(str *rest)
{
    uint32_t point = 0xfffd;
    if (!rest->n) return point;
    size_t n = utf8_sequence(*rest, &point);
    *rest = str_slice(*rest, n ? n : 1, rest->n);
    return point;
}

bool utf8_valid(str s)
{
    uint32_t point;
    for (size_t n; s.n; s = str_slice(s, n, s.n))
        if (!(n = utf8_sequence(s, &point))) return false;
    return true;
}

size_t utf8_length(str s)
{
    size_t n = 0;
    for (; s.n; n++) utf8_next(&s);
    return n;
}

size_t utf16_length(str s)
{
    size_t n = 0;
    while (s.n) n += utf8_next(&s) > 0xffff ? 2 : 1;
    return n;
}

str utf8_clean(arena *mem, str s)
{
    if (utf8_valid(s) && (!s.n || !memchr(s.at, 0, s.n))) return str_dup(mem, s);
    buf out = {.mem = mem};
    while (s.n) {
        uint32_t point;
        size_t n = utf8_sequence(s, &point);
        if (!n) buf_add(&out, S("\xef\xbf\xbd"));
        else if (s.at[0]) buf_add(&out, str_slice(s, 0, n));
        s = str_slice(s, n ? n : 1, s.n);
    }
    return buf_str(&out);
}

// ---- growing texts ---------------------------------------------------------------------------------------------------------------

void buf_grow(buf *b, size_t n)
{
    size_t wanted = b->cap < 32 ? 64 : 2 * b->cap;
    if (wanted < b->n + n + 1) wanted = b->n + n + 1;
    b->at = arena_grow(b->mem, b->at, b->cap, wanted);
    b->cap = wanted;
}

void buf_add(buf *b, str s)
{
    buf_room(b, s.n);
    put(b->at + b->n, s);
    b->n += s.n;
}

void buf_char(buf *b, char c)
{
    buf_room(b, 1);
    b->at[b->n++] = c;
}

void buf_code_point(buf *b, uint32_t c)
{
    static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
    int more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    buf_char(b, (char)(lead[more] | c >> 6 * more));
    while (more--) buf_char(b, (char)(0x80 | (c >> 6 * more & 0x3f)));
}

void buf_fmt(buf *b, const char *fmt, ...)
{
    va_list args;
    buf_room(b, 64);
    va_start(args, fmt);
    int n = vsnprintf(b->at + b->n, b->cap - b->n, fmt, args);
    va_end(args);
    if (n < 0) return;
    if ((size_t)n >= b->cap - b->n) {
        buf_room(b, (size_t)n);
        va_start(args, fmt);
        vsnprintf(b->at + b->n, b->cap - b->n, fmt, args);
        va_end(args);
    }
    b->n += (size_t)n;
}

str buf_str(buf *b)
{
    buf_room(b, 0);
    b->at[b->n] = 0;
    return (str){b->at, b->n};
}
