// Strings: pointer and length, never changed once made. `{0}` is "no string" (at == NULL), which SQL and JSON see as null;
// S("") is the empty string. Strings made on an arena have a NUL after the last byte; slices of others need not: see cstr().
#pragma once
#include "base/arena.h"
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

typedef struct {
    char *at;
    size_t n;
} str;

typedef struct {
    uint8_t *at;
    size_t n;
} bytes;

typedef struct {
    str *at;
    size_t n, cap;
} strs;

#define S(literal) ((str){(char *)("" literal), sizeof(literal) - 1})
// For printf: "%.*s", PR(s)
#define PR(s) (int)(s).n, (s).at

str str_of(const char *cstring); // view of a C string; NULL gives {0}
str str_dup(arena *, str);       // copy with NUL; {0} stays {0}
char *cstr(arena *, str);        // NUL-terminated copy; {0} gives NULL. The caller must know that no NUL is inside
str str_fmt(arena *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
str str_vfmt(arena *, const char *fmt, va_list) __attribute__((nonnull(2)));
str str_cat(arena *, str, str);
str str_join(arena *, strs, str separator);
strs str_split(arena *, str, char separator); // "a,,b" gives three; "" gives one empty piece

bool str_eq(str, str);  // {0} equals only {0} and ""
bool str_ieq(str, str); // ASCII letters without case
bool str_is(str, const char *cstring);
int str_cmp(str, str); // byte order
bool str_starts(str, str prefix);
bool str_ends(str, str suffix);
ptrdiff_t str_find(str haystack, str needle); // index of the first, -1 if none
ptrdiff_t str_rfind_char(str, char);
str str_slice(str, size_t from, size_t to); // clamped
str str_trim(str);                          // without ASCII blanks at both ends
str str_lower(arena *, str);                // ASCII
str str_replace(arena *, str, str what, str with);

// The whole string must be a decimal number; false leaves *out alone.
bool str_to_int(str, int64_t *out);
bool str_to_double(str, double *out);

bool utf8_valid(str);
size_t utf8_length(str);       // code points; invalid bytes count one each
str utf8_clean(arena *, str);  // invalid bytes replaced by U+FFFD, NULs removed
size_t utf16_length(str);      // what JavaScript's .length says
uint32_t utf8_next(str *rest); // takes one code point off the front; U+FFFD for an invalid byte

str base64_encode(arena *, bytes);
#define BASE64_SIZE(n) (((n) + 2) / 3 * 4)    // characters for n bytes
char *base64_write(char *at, bytes);          // straight to where it belongs; returns the end
bool base64_decode(arena *, str, bytes *out); // standard or URL alphabet, padding optional
str base64url_encode(arena *, bytes);         // no padding
str hex_encode(arena *, bytes);               // lower case
bool hex_decode(arena *, str, bytes *out);
int hex_digit(char);                         // 0 to 15, -1 if it is none
bool percent_decode(arena *, str, str *out); // false on a broken escape or if the result is not UTF-8; '+' stays
str percent_encode(arena *, str);            // like encodeURIComponent

static inline bytes str_bytes(str s)
{
    return (bytes){(uint8_t *)s.at, s.n};
}
static inline str bytes_str(bytes b)
{
    return (str){(char *)b.at, b.n};
}

// A growing text. `{.mem = mem}` is ready for use.
typedef struct {
    arena *mem;
    char *at;
    size_t n, cap;
} buf;

void buf_grow(buf *, size_t n);
// Makes room for n more bytes and the NUL, for those who write there themselves.
static inline void buf_room(buf *b, size_t n)
{
    if (b->cap - b->n <= n) buf_grow(b, n);
}
void buf_add(buf *, str);
void buf_char(buf *, char);
void buf_code_point(buf *, uint32_t); // as UTF-8
void buf_fmt(buf *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
str buf_str(buf *); // the text so far, NUL-terminated, valid until the next addition
