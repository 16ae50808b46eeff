// What strings of a certain kind look like. By hand, because each is a line or two, and regular expressions on enemy text are a risk of their own.
#include "contract/match.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool hex(char c)
{
    return digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool all(str s, bool (*is)(char))
{
    for (size_t i = 0; i < s.n; i++) {
        if (!is(s.at[i])) return false;
    }
    return true;
}

// ---- ids -------------------------------------------------------------------------------------------------------------------------

static bool rfc_uuid(str s, char lowest, char highest)
{
    uuid ignored;
    return uuid_parse(s, &ignored) && s.at[14] >= lowest && s.at[14] <= highest && strchr("89abAB", s.at[19]);
}

bool match_uuid(str s)
{
    return rfc_uuid(s, '1', '8') || str_is(s, "00000000-0000-0000-0000-000000000000") || str_is(s, "ffffffff-ffff-ffff-ffff-ffffffffffff");
}

bool match_uuid4(str s)
{
    return rfc_uuid(s, '4', '4');
}

bool match_uuid7(str s)
{
    return rfc_uuid(s, '7', '7');
}

bool match_uuid4_or_me(str s)
{
    return match_uuid4(s) || str_is(s, "me");
}

// ---- times -----------------------------------------------------------------------------------------------------------------------

bool match_datetime(str s)
{
    when ignored;
    return when_parse(s, &ignored);
}

bool match_date(str s)
{
    when ignored;
    return date_parse(s, &ignored);
}

bool match_date_or_datetime(str s)
{
    return match_date(s) || match_datetime(s);
}

bool match_time(str s)
{
    if (s.n != 5 || s.at[2] != ':' || !digit(s.at[0]) || !digit(s.at[1]) || !digit(s.at[3]) || !digit(s.at[4])) return false;
    return (s.at[0] < '2' || (s.at[0] == '2' && s.at[1] < '4')) && s.at[3] < '6';
}

// ---- addresses -------------------------------------------------------------------------------------------------------------------

// Above ASCII: blanks, punctuation, symbols, private and control characters; the rest are letters, marks and digits of some script, or not assigned.
static bool no_letter(uint32_t c)
{
    static const struct {
        uint32_t from, to;
    } ranges[] = {
        {0x80, 0xa9},     {0xab, 0xb1},     {0xb4, 0xb4},       {0xb6, 0xb8},       {0xbb, 0xbb},       {0xbf, 0xbf},
        {0xd7, 0xd7},     {0xf7, 0xf7},     {0x2c2, 0x2c5},     {0x2d2, 0x2df},     {0x37e, 0x37e},     {0x387, 0x387},
        {0x589, 0x58f},   {0x5be, 0x5be},   {0x600, 0x60f},     {0x66a, 0x66d},     {0x964, 0x965},     {0xe3f, 0xe3f},
        {0x1680, 0x1680}, {0x2000, 0x206f}, {0x207a, 0x207e},   {0x208a, 0x208e},   {0x20a0, 0x20cf},   {0x2190, 0x245f},
        {0x249c, 0x24e9}, {0x2500, 0x2775}, {0x2794, 0x2bff},   {0x2e00, 0x2e2e},   {0x2e30, 0x2fff},   {0x3000, 0x3004},
        {0x3008, 0x3020}, {0x3030, 0x3030}, {0x303d, 0x303f},   {0x30a0, 0x30a0},   {0x30fb, 0x30fb},   {0x4dc0, 0x4dff},
        {0xd800, 0xf8ff}, {0xfe10, 0xfe1f}, {0xfe30, 0xfe6f},   {0xfeff, 0xff0f},   {0xff1a, 0xff20},   {0xff3b, 0xff40},
        {0xff5b, 0xff65}, {0xffe0, 0xffff}, {0x1f000, 0x1f0ff}, {0x1f10d, 0x1fbef}, {0xe0000, 0xe00ff}, {0xf0000, 0x10ffff},
    };
    for (size_t i = 0; i < countof(ranges); i++) {
        if (c <= ranges[i].to) return c >= ranges[i].from;
    }
    return false;
}

static bool word_point(uint32_t c)
{
    return c < 0x80 ? digit((char)c) || letter((char)c) : !no_letter(c);
}

// Labels of 1 to 63 characters between dots, no '-' at their ends.
static bool domain(str rest)
{
    while (rest.n) {
        int length = 0;
        uint32_t c = 0;
        while (rest.n && *rest.at != '.') {
            c = utf8_next(&rest);
            if (!word_point(c) && (c != '-' || !length)) return false;
            length++;
        }
        if (!length || length > 63 || c == '-') return false;
        if (!rest.n) return true;
        rest = str_slice(rest, 1, rest.n);
    }
    return false;
}

bool match_email(str s)
{
    ptrdiff_t at = str_find(s, S("@"));
    if (at < 1 || !utf8_valid(s)) return false;
    for (str name = str_slice(s, 0, (size_t)at); name.n;) {
        uint32_t c = utf8_next(&name);
        if (!word_point(c) && (c >= 0x80 || !c || !strchr(".!#$%&'*+/=?^_`{|}~-", (int)c))) return false;
    }
    return domain(str_slice(s, (size_t)at + 1, s.n));
}

static bool host(str s)
{
    ptrdiff_t user = str_rfind_char(s, '@');
    s = str_slice(s, (size_t)(user + 1), s.n);
    if (s.n && *s.at == '[') {
        ptrdiff_t end = str_find(s, S("]"));
        if (end < 0) return false;
        s = str_slice(s, (size_t)end, s.n); // "]:port"
    }
    ptrdiff_t colon = str_find(s, S(":"));
    if (colon >= 0) {
        str port = str_slice(s, (size_t)colon + 1, s.n);
        int64_t number = 0;
        if (!all(port, digit) || (port.n && (!str_to_int(port, &number) || number > 65535))) return false;
        s = str_slice(s, 0, (size_t)colon);
    }
    for (size_t i = 0; i < s.n; i++) {
        if ((uint8_t)s.at[i] <= ' ' || s.at[i] == 0x7f || strchr("#<>?@[\\^`{|}", s.at[i])) return false;
    }
    return s.n;
}

bool match_url(str s)
{
    s = str_trim(s);
    ptrdiff_t colon = str_find(s, S(":"));
    if (colon < 1 || !letter(*s.at)) return false;
    str scheme = str_slice(s, 0, (size_t)colon), rest = str_slice(s, (size_t)colon + 1, s.n);
    for (size_t i = 0; i < scheme.n; i++) {
        if (!letter(scheme.at[i]) && !digit(scheme.at[i]) && (!scheme.at[i] || !strchr("+-.", scheme.at[i]))) return false;
    }
    static const char *const special[] = {"http", "https", "ws", "wss", "ftp"};
    for (size_t i = 0; i < countof(special); i++) {
        if (!str_ieq(scheme, str_of(special[i]))) continue;
        while (rest.n && (*rest.at == '/' || *rest.at == '\\')) rest = str_slice(rest, 1, rest.n);
        size_t n = 0;
        while (n < rest.n && !strchr("/\\?#", rest.at[n])) n++;
        return host(str_slice(rest, 0, n));
    }
    return true;
}

bool match_url_or_empty(str s)
{
    return !s.n || match_url(s);
}

// ---- the rest --------------------------------------------------------------------------------------------------------------------

bool match_pin(str s)
{
    return s.n == 6 && all(s, digit);
}

bool match_color(str s)
{
    if (s.n && *s.at == '#') s = str_slice(s, 1, s.n);
    return (s.n == 3 || s.n == 4 || s.n == 6 || s.n == 8) && all(s, hex);
}

bool match_license(str s)
{
    if (s.n != 44 || (!str_starts(s, S("IMSV")) && !str_starts(s, S("IMCL")))) return false;
    for (size_t i = 4; i < s.n; i++) {
        if (i % 5 == 4 ? s.at[i] != '-' : !digit(s.at[i]) && !letter(s.at[i])) return false;
    }
    return true;
}

bool match_no_slash(str s)
{
    return str_find(s, S("/")) < 0;
}

static bool file_name_letter(char c)
{
    return digit(c) || letter(c) || c == '_' || c == '-' || c == '.';
}

bool match_file_name(str s)
{
    return s.n && all(s, file_name_letter);
}

bool match_segment(str s)
{
    if (str_is(s, "init.mp4")) return true;
    return s.n > 8 && str_starts(s, S("seg_")) && str_ends(s, S(".m4s")) && all(str_slice(s, 4, s.n - 4), digit);
}
