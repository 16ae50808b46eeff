// Writing JSON: straight into a buffer, which goes to the sink block by block.
#include "base/json.h"
#include <math.h>
#include <stdio.h>

enum { DEFAULT_BLOCK = 32 << 10 };

// ---- strings ---------------------------------------------------------------------------------------------------------------------

// What a byte needs inside a string: 0 nothing, 'u' \u00xx, 8 a look at its UTF-8 sequence, else the letter after the backslash.
enum { UTF8 = 8 };
static const char needs[256] = {
    [0 ... 7] = 'u', ['\b'] = 'b',      ['\t'] = 't', ['\n'] = 'n',  [11] = 'u',           ['\f'] = 'f',
    ['\r'] = 'r',    [14 ... 31] = 'u', ['"'] = '"',  ['\\'] = '\\', [128 ... 255] = UTF8,
};

static void add_string(buf *out, str s)
{
    buf_char(out, '"');
    size_t from = 0; // start of the run that can be copied as it is
    for (size_t i = 0; i < s.n;) {
        char need = needs[(uint8_t)s.at[i]];
        if (!need) {
            i++;
            continue;
        }
        if (need == UTF8) {
            str rest = str_slice(s, i, s.n);
            uint32_t point = utf8_next(&rest);
            size_t length = s.n - i - rest.n;
            if (point != 0xfffd || length > 1) {
                i += length;
                continue;
            }
        }
        buf_add(out, str_slice(s, from, i));
        if (need == UTF8) buf_add(out, S("\xef\xbf\xbd"));
        else if (need == 'u') buf_fmt(out, "\\u%04x", s.at[i]);
        else buf_add(out, (str){(char[]){'\\', need}, 2});
        from = ++i;
    }
    buf_add(out, str_slice(s, from, s.n));
    buf_char(out, '"');
}

// ---- numbers ---------------------------------------------------------------------------------------------------------------------

// Each writes at the place it is given and returns where it ended.

static inline char *put(char *at, str s)
{
    memcpy(at, s.at, s.n);
    return at + s.n;
}

static char *put_int(char *at, int64_t value)
{
    char text[20], *first = text + sizeof text;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do *--first = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) *at++ = '-';
    return put(at, (str){first, (size_t)(text + sizeof text - first)});
}

// A positive number as 0.d1d2d3… times ten to the power `point`.
typedef struct {
    char digits[18];
    int n, point;
} decimal;

// The nearest decimal of n digits. printf writes the locale's decimal separator, which is stepped over.
static decimal decimal_of(double value, int n)
{
    char text[64];
    decimal d = {0};
    snprintf(text, sizeof text, "%.*e", n - 1, value);
    char *at = text;
    for (; *at != 'e'; at++)
        if (*at >= '0' && *at <= '9') d.digits[d.n++] = *at;
    int64_t exponent = 0;
    str_to_int(str_of(at + 1), &exponent);
    d.point = (int)exponent + 1;
    return d;
}

static bool same(decimal d, double value)
{
    char text[48];
    double back;
    int n = snprintf(text, sizeof text, "%.*se%d", d.n, d.digits, d.point - d.n);
    return str_to_double((str){text, (size_t)n}, &back) && back == value;
}

// The next greater decimal with as many digits.
static decimal next_up(decimal d)
{
    int i = d.n - 1;
    while (i >= 0 && d.digits[i] == '9') d.digits[i--] = '0';
    if (i >= 0) d.digits[i]++;
    else d.digits[0] = '1', d.point++;
    return d;
}

// The shortest decimal that reads back as the same double. Fifteen digits tell all decimals apart that are that short, except among the denormal
// numbers. The step up is for powers of two: below them doubles lie twice as dense, so the nearest 16 digits may miss where the next ones hit.
static decimal shortest(double value)
{
    decimal d;
    for (int n = value < 0x1p-1022 ? 1 : 15; n < 17; n++) {
        if (same(d = decimal_of(value, n), value)) goto found;
        if (n == 16 && same(d = next_up(d), value)) goto found;
    }
    d = decimal_of(value, 17);
found:
    while (d.n > 1 && d.digits[d.n - 1] == '0') d.n--;
    return d;
}

// Most numbers have few decimals: up to nine digits before and six behind the point. NULL if this is none of them. Fifteen digits tell all such
// decimals apart, so the one that divides back to the value is the shortest, too.
static char *put_short(char *at, double value)
{
    enum { DECIMALS = 6, SCALE = 1000000 };
    double size = fabs(value);
    int64_t scaled = size < 1e9 ? (int64_t)(size * SCALE + 0.5) : 0;
    if ((double)scaled / SCALE != size) return NULL;
    if (value < 0) *at++ = '-';
    at = put_int(at, scaled / SCALE);
    *at++ = '.';
    int n = DECIMALS;
    int64_t rest = scaled % SCALE;
    for (; rest % 10 == 0; rest /= 10) n--;
    for (int i = n; i-- > 0; rest /= 10) at[i] = (char)('0' + rest % 10);
    return at + n;
}

// Number::toString of ECMA-262, with its limits: exponents from 1e21 up and below 1e-6.
enum { DOUBLE_MAX = 32 };
static char *put_double(char *at, double value)
{
    if (!isfinite(value)) return put(at, S("null"));
    if (fabs(value) < 0x1p53 && value == (double)(int64_t)value) return put_int(at, (int64_t)value);
    char *end = put_short(at, value);
    if (end) return end;
    if (value < 0) *at++ = '-';
    decimal d = shortest(fabs(value));
    if (d.point > 21 || d.point < -5) {
        *at++ = d.digits[0];
        if (d.n > 1) at += sprintf(at, ".%.*s", d.n - 1, d.digits + 1);
        return at + sprintf(at, "e%+d", d.point - 1);
    }
    if (d.point <= 0) return at + sprintf(at, "0.%.*s%.*s", -d.point, "00000", d.n, d.digits);
    if (d.n <= d.point) return at + sprintf(at, "%.*s%.*s", d.n, d.digits, d.point - d.n, "00000000000000000000");
    return at + sprintf(at, "%.*s.%.*s", d.point, d.digits, d.n - d.point, d.digits + d.point);
}

// ---- the writer ------------------------------------------------------------------------------------------------------------------

static void after_value(json_writer *w)
{
    if (w->sink && w->out.n >= (w->flush_at ? w->flush_at : DEFAULT_BLOCK)) json_flush(w);
}

char *json_room(json_writer *w, size_t n)
{
    buf_room(&w->out, n + 1);
    char *at = w->out.at + w->out.n;
    if (w->comma) *at++ = ',';
    w->comma = true;
    return at;
}

void json_wrote(json_writer *w, const char *end)
{
    w->out.n = (size_t)(end - w->out.at);
    after_value(w);
}

static void open_with(json_writer *w, char bracket)
{
    json_wrote(w, put(json_room(w, 1), (str){&bracket, 1}));
    w->comma = false;
}

static void close_with(json_writer *w, char bracket)
{
    buf_char(&w->out, bracket);
    w->comma = true;
    after_value(w);
}

void json_open(json_writer *w)
{
    open_with(w, '{');
}

void json_close(json_writer *w)
{
    close_with(w, '}');
}

void json_open_array(json_writer *w)
{
    open_with(w, '[');
}

void json_close_array(json_writer *w)
{
    close_with(w, ']');
}

void json_key(json_writer *w, str key)
{
    json_str(w, key);
    buf_char(&w->out, ':');
    w->comma = false;
}

void json_str(json_writer *w, str s)
{
    if (!s.at) return json_null(w);
    size_t plain = 0; // bytes that can be copied as they are
    while (plain < s.n && !needs[(uint8_t)s.at[plain]]) plain++;
    if (plain == s.n) return json_plain(w, s);
    json_wrote(w, json_room(w, 0));
    add_string(&w->out, s);
    after_value(w);
}

void json_plain(json_writer *w, str s)
{
    char *at = json_room(w, s.n + 2);
    *at++ = '"';
    at = put(at, s);
    *at++ = '"';
    json_wrote(w, at);
}

void json_uuid(json_writer *w, uuid id)
{
    char *at = json_room(w, 39);
    *at = '"';
    uuid_write(id, at + 1);
    at[37] = '"';
    json_wrote(w, at + 38);
}

void json_int(json_writer *w, int64_t value)
{
    json_wrote(w, put_int(json_room(w, 20), value));
}

void json_double(json_writer *w, double value)
{
    json_wrote(w, put_double(json_room(w, DOUBLE_MAX), value));
}

void json_bool(json_writer *w, bool value)
{
    char *at = json_room(w, 5);
    json_wrote(w, value ? put(at, S("true")) : put(at, S("false")));
}

void json_null(json_writer *w)
{
    json_wrote(w, put(json_room(w, 4), S("null")));
}

void json_raw(json_writer *w, str text)
{
    json_wrote(w, put(json_room(w, text.n), text));
}

void json_value(json_writer *w, const json *v)
{
    switch (v ? v->type : JSON_NULL) {
    case JSON_NULL: json_null(w); break;
    case JSON_BOOL: json_bool(w, v->boolean); break;
    case JSON_NUMBER: json_double(w, v->number); break;
    case JSON_STRING: json_str(w, v->text); break;
    case JSON_ARRAY:
        json_open_array(w);
        for (const json *child = v->first; child; child = child->next) json_value(w, child);
        json_close_array(w);
        break;
    case JSON_OBJECT:
        json_open(w);
        for (const json *child = v->first; child; child = child->next) {
            json_key(w, child->key);
            json_value(w, child);
        }
        json_close(w);
        break;
    }
}

void json_newline(json_writer *w)
{
    buf_char(&w->out, '\n');
    w->comma = false;
    after_value(w);
}

void json_flush(json_writer *w)
{
    if (!w->sink || !w->out.n) return;
    w->sink(w->sink_arg, w->out.at, w->out.n);
    w->out.n = 0;
}

void json_text(buf *out, const json *v)
{
    json_writer w = {.out = *out};
    json_value(&w, v);
    *out = w.out;
}
