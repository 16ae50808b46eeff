// A part ends where CR LF "--" boundary follows. CR occurs nowhere else in that delimiter, so a match that fails can only start again at
// the byte that broke it, and what was held back is a prefix of the delimiter itself: nothing needs to be stored.
#include "http/multipart.h"

enum { HEADER_LIMIT = 16 << 10 };

typedef enum {
    PREAMBLE,   // before the first delimiter
    BODY,       // of a part
    AFTER,      // the delimiter was seen: "--" ends the form, CR LF starts a part
    AFTER_DASH, //
    AFTER_CR,   //
    HEADER,     //
    EPILOGUE,   // after the end
    STOPPED
} state;

struct multipart {
    arena *mem;
    multipart_events on;
    str delimiter;
    size_t matched; // bytes of the delimiter seen so far
    state state;
    bool in_part; // the delimiter ends a part
    buf header;
    str error;
};

// ---- headers of a part -----------------------------------------------------------------------------------------------------------

// Takes one parameter (; name=value or ; name="value") off the front. False at the end or at something else.
static bool next_parameter(arena *mem, str *rest, str *name, str *value)
{
    size_t i = 0, n = rest->n;
    const char *at = rest->at;
    while (i < n && (at[i] == ' ' || at[i] == '\t' || at[i] == ';')) i++;
    size_t from = i;
    while (i < n && at[i] != '=' && at[i] != ';') i++;
    *name = str_trim(str_slice(*rest, from, i));
    if (i == n || at[i] != '=') {
        *rest = str_slice(*rest, i, n);
        *value = S("");
        return name->n > 0;
    }
    i++;
    while (i < n && (at[i] == ' ' || at[i] == '\t')) i++;
    if (i < n && at[i] == '"') {
        buf text = {.mem = mem};
        for (i++; i < n && at[i] != '"'; i++) {
            if (at[i] == '\\' && i + 1 < n && (at[i + 1] == '"' || at[i + 1] == '\\')) i++;
            buf_char(&text, at[i]);
        }
        if (i < n) i++;
        *value = text.n ? buf_str(&text) : S("");
    } else {
        from = i;
        while (i < n && at[i] != ';') i++;
        *value = str_trim(str_slice(*rest, from, i));
    }
    *rest = str_slice(*rest, i, n);
    return true;
}

str multipart_boundary(arena *mem, str type)
{
    char *semicolon = type.n ? memchr(type.at, ';', type.n) : NULL;
    if (!semicolon) return (str){0};
    str rest = str_slice(type, (size_t)(semicolon - type.at), type.n), name, value;
    while (next_parameter(mem, &rest, &name, &value)) {
        if (!str_ieq(name, S("boundary"))) continue;
        bool sane = value.n > 0 && value.n <= 200 && !memchr(value.at, '\r', value.n) && !memchr(value.at, '\n', value.n);
        return sane ? value : (str){0};
    }
    return (str){0};
}

// filename*=UTF-8''na%C3%AFve.jpg (RFC 5987)
static str extended_value(arena *mem, str s)
{
    str decoded;
    ptrdiff_t quotes = str_find(s, S("''"));
    if (quotes < 0 || !percent_decode(mem, str_slice(s, (size_t)quotes + 2, s.n), &decoded)) return (str){0};
    return decoded;
}

static str base_name(str path)
{
    for (size_t i = path.n; i-- > 0;)
        if (path.at[i] == '/' || path.at[i] == '\\') return str_slice(path, i + 1, path.n);
    return path;
}

static bool malformed(multipart *m, const char *what)
{
    m->error = str_of(what);
    m->state = STOPPED;
    return false;
}

// A copy that outlives the header's buffer.
static str own(arena *mem, str s)
{
    return s.at ? str_dup(mem, utf8_clean(mem, s)) : s;
}

static bool part_begin(multipart *m)
{
    str name = {0}, filename = {0}, extended = {0}, type = {0};
    bool form_data = false;
    str rest = buf_str(&m->header);
    while (rest.n) {
        ptrdiff_t end = str_find(rest, S("\r\n"));
        str line = str_slice(rest, 0, end < 0 ? rest.n : (size_t)end);
        rest = str_slice(rest, line.n + 2, rest.n);
        char *colon = line.n ? memchr(line.at, ':', line.n) : NULL;
        if (!colon) return malformed(m, "Multipart: Malformed part header");
        str field = str_trim(str_slice(line, 0, (size_t)(colon - line.at)));
        str value = str_trim(str_slice(line, (size_t)(colon - line.at) + 1, line.n));
        if (str_ieq(field, S("Content-Type"))) type = str_dup(m->mem, value);
        if (!str_ieq(field, S("Content-Disposition"))) continue;
        str kind, empty;
        if (!next_parameter(m->mem, &value, &kind, &empty)) continue;
        form_data = str_ieq(kind, S("form-data"));
        str key, text;
        while (next_parameter(m->mem, &value, &key, &text)) {
            if (str_ieq(key, S("name"))) name = text;
            if (str_ieq(key, S("filename"))) filename = text;
            if (str_ieq(key, S("filename*"))) extended = extended_value(m->mem, text);
        }
    }
    if (!form_data) return malformed(m, "Multipart: Malformed part header");
    if (extended.at) filename = extended;
    m->header.n = 0;
    m->state = BODY;
    m->in_part = true;
    name = own(m->mem, name);
    filename = own(m->mem, base_name(filename));
    if (m->on.begin(m->on.arg, name, filename, type)) return true;
    m->state = STOPPED;
    return false;
}

// ---- the machine -----------------------------------------------------------------------------------------------------------------

multipart *multipart_new(arena *mem, str boundary, multipart_events on)
{
    multipart *m = new (mem, multipart);
    // The first delimiter may stand at the very start, without CR LF: as if these had been seen.
    *m = (multipart){.mem = mem, .on = on, .delimiter = str_cat(mem, S("\r\n--"), boundary), .matched = 2, .header = {.mem = mem}};
    return m;
}

static bool emit(multipart *m, const char *at, size_t n)
{
    if (!n || !m->in_part || m->on.data(m->on.arg, at, n)) return true;
    m->state = STOPPED;
    return false;
}

// Looks for the delimiter in at[0..n); returns how many bytes were used, which is fewer than n only when it was found.
static size_t scan(multipart *m, const char *at, size_t n)
{
    size_t i = 0;
    while (m->matched && i < n && m->state != STOPPED) { // go on where the last push ended
        if (m->matched == m->delimiter.n) break;
        if (at[i] == m->delimiter.at[m->matched]) {
            m->matched++;
            i++;
            continue;
        }
        size_t held = m->matched;
        m->matched = 0;
        emit(m, m->delimiter.at, held);
    }
    if (m->state == STOPPED) return n;
    if (!m->matched) {
        char *found = memmem(at + i, n - i, m->delimiter.at, m->delimiter.n);
        size_t end = n; // of what is surely data
        if (found) {
            end = (size_t)(found - at);
            m->matched = m->delimiter.n;
        } else {
            // A prefix of the delimiter at the end must wait for the next push.
            size_t tail = n - i < m->delimiter.n - 1 ? i : n - (m->delimiter.n - 1);
            for (char *cr; (cr = memchr(at + tail, '\r', n - tail)); tail = (size_t)(cr - at) + 1) {
                size_t left = n - (size_t)(cr - at);
                if (memcmp(cr, m->delimiter.at, left) != 0) continue;
                end = n - left;
                m->matched = left;
                break;
            }
        }
        if (!emit(m, at + i, end - i)) return n;
        i = end + m->matched;
    }
    if (m->matched == m->delimiter.n) m->state = AFTER;
    return i;
}

// What followed the delimiter shows that it was none: it and `seen` are data.
static bool no_delimiter(multipart *m, str seen)
{
    m->state = m->in_part ? BODY : PREAMBLE;
    m->matched = 0;
    return emit(m, m->delimiter.at, m->delimiter.n) && emit(m, seen.at, seen.n);
}

static bool part_end(multipart *m)
{
    m->matched = 0;
    if (!m->in_part) return true;
    m->in_part = false;
    if (m->on.end(m->on.arg)) return true;
    m->state = STOPPED;
    return false;
}

static bool header_char(multipart *m, char c)
{
    if (m->header.n >= HEADER_LIMIT) return malformed(m, "Multipart: Malformed part header");
    buf_char(&m->header, c);
    size_t n = m->header.n;
    if (n == 2 && memcmp(m->header.at, "\r\n", 2) == 0) return malformed(m, "Multipart: Malformed part header");
    if (n < 4 || memcmp(m->header.at + n - 4, "\r\n\r\n", 4) != 0) return true;
    m->header.n = n - 4;
    return part_begin(m);
}

bool multipart_push(multipart *m, const char *at, size_t n)
{
    for (size_t i = 0; i < n;) {
        switch (m->state) {
        case PREAMBLE:
        case BODY: i += scan(m, at + i, n - i); break;
        case AFTER:
            if (at[i] == '-') m->state = AFTER_DASH, i++;
            else if (at[i] == '\r') m->state = AFTER_CR, i++;
            else no_delimiter(m, (str){0});
            break;
        case AFTER_DASH:
            if (at[i] != '-') {
                no_delimiter(m, S("-"));
                break;
            }
            i++;
            if (part_end(m)) m->state = EPILOGUE;
            break;
        case AFTER_CR:
            if (at[i] != '\n') {
                // The CR may begin the true delimiter.
                no_delimiter(m, (str){0});
                m->matched = 1;
                break;
            }
            i++;
            if (part_end(m)) m->state = HEADER;
            break;
        case HEADER: header_char(m, at[i++]); break;
        case EPILOGUE: return true;
        case STOPPED: return false;
        }
    }
    return m->state != STOPPED;
}

bool multipart_finish(multipart *m)
{
    if (m->state == EPILOGUE) return true;
    return m->error.at ? false : malformed(m, "Multipart: Unexpected end of form");
}

str multipart_error(const multipart *m)
{
    return m->error;
}
