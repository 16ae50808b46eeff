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

static void add_int(buf *out, int64_t value)
{
    char text[20], *at = text + sizeof text;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0) *--at = '-';
    buf_add(out, (str){at, (size_t)(text + sizeof text - at)});
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

// Most numbers have few decimals: up to nine digits before and six behind the point. False if this is none of them. Fifteen digits tell all such
// decimals apart, so the one that divides back to the value is the shortest, too.
static bool add_short(buf *out, double value)
{
    enum { DECIMALS = 6, SCALE = 1000000 };
    double size = fabs(value);
    int64_t scaled = size < 1e9 ? llround(size * SCALE) : 0;
    if ((double)scaled / SCALE != size) return false;
    if (value < 0) buf_char(out, '-');
    add_int(out, scaled / SCALE);
    char text[1 + DECIMALS] = {'.'};
    int n = 0;
    for (int64_t i = DECIMALS, rest = scaled % SCALE; i > 0; i--, rest /= 10) {
        text[i] = (char)('0' + rest % 10);
        if (!n && text[i] != '0') n = (int)i;
    }
    buf_add(out, (str){text, 1 + (size_t)n});
    return true;
}

// Number::toString of ECMA-262, with its limits: exponents from 1e21 up and below 1e-6.
static void add_double(buf *out, double value)
{
    if (!isfinite(value)) {
        buf_add(out, S("null"));
        return;
    }
    if (fabs(value) < 0x1p53 && value == (double)(int64_t)value) {
        add_int(out, (int64_t)value);
        return;
    }
    if (add_short(out, value)) return;
    if (value < 0) buf_char(out, '-');
    decimal d = shortest(fabs(value));
    if (d.point > 21 || d.point < -5) {
        buf_char(out, d.digits[0]);
        if (d.n > 1) buf_fmt(out, ".%.*s", d.n - 1, d.digits + 1);
        buf_fmt(out, "e%+d", d.point - 1);
    } else if (d.point <= 0) {
        buf_fmt(out, "0.%.*s%.*s", -d.point, "00000", d.n, d.digits);
    } else if (d.n <= d.point) {
        buf_fmt(out, "%.*s%.*s", d.n, d.digits, d.point - d.n, "00000000000000000000");
    } else {
        buf_fmt(out, "%.*s.%.*s", d.point, d.digits, d.n - d.point, d.digits + d.point);
    }
}

// ---- the writer ------------------------------------------------------------------------------------------------------------------

static buf *before_value(json_writer *w)
{
    if (w->comma) buf_char(&w->out, ',');
    w->comma = true;
    return &w->out;
}

static void after_value(json_writer *w)
{
    if (w->sink && w->out.n >= (w->flush_at ? w->flush_at : DEFAULT_BLOCK)) json_flush(w);
}

static void open_with(json_writer *w, char bracket)
{
    buf_char(before_value(w), bracket);
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
    add_string(before_value(w), key);
    buf_char(&w->out, ':');
    w->comma = false;
}

void json_str(json_writer *w, str s)
{
    buf *out = before_value(w);
    if (s.at) add_string(out, s);
    else buf_add(out, S("null"));
    after_value(w);
}

void json_plain(json_writer *w, str s)
{
    buf *out = before_value(w);
    buf_char(out, '"');
    buf_add(out, s);
    buf_char(out, '"');
    after_value(w);
}

void json_int(json_writer *w, int64_t value)
{
    add_int(before_value(w), value);
    after_value(w);
}

void json_double(json_writer *w, double value)
{
    add_double(before_value(w), value);
    after_value(w);
}

void json_bool(json_writer *w, bool value)
{
    json_raw(w, value ? S("true") : S("false"));
}

void json_null(json_writer *w)
{
    json_raw(w, S("null"));
}

void json_raw(json_writer *w, str text)
{
    buf_add(before_value(w), text);
    after_value(w);
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
