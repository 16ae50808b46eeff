// Every struct of the contract: values made after its own description, with slips, are read, written, and read again as the same.
//
// The first two bytes choose an object or an operation's parameters; each further byte decides one thing about the value. When the input is used
// up, everything is as the contract wants it.
#include "contract/route.h"
#include "fuzz.h"

// ---- what the input decides ------------------------------------------------------------------------------------------------------
typedef struct {
    arena *mem;
    str rest;
} dice;

static uint8_t roll(dice *d)
{
    if (!d->rest.n) return 0;
    uint8_t b = (uint8_t)*d->rest.at;
    d->rest = str_slice(d->rest, 1, d->rest.n);
    return b;
}

static str roll_text(dice *d)
{
    str text = str_slice(d->rest, 0, roll(d) % 24);
    d->rest = str_slice(d->rest, text.n, d->rest.n);
    return utf8_valid(text) ? text : utf8_clean(d->mem, text);
}

// ---- values ----------------------------------------------------------------------------------------------------------------------
static void make(dice *, json_writer *, const schema *);

static void make_text(dice *d, json_writer *w, const schema *s)
{
    static const char *const examples[] = {
        "11111111-2222-4333-8444-555555555555",
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "2024-02-29T08:15:30.1234567+05:45",
        "0001-01-01T00:00:00Z",
        "2024-02-29",
        "someone@example.org",
        "https://example.org/",
        "123456",
        "#00FF7f",
        "IMSV-AAAA-0000-bbbb-1111-CCCC-2222-dddd-3333",
        "seg_1.m4s",
        "23:59",
        "me",
        "",
    };
    if (!s->format) {
        buf text = {.mem = d->mem};
        buf_add(&text, d->rest.n ? roll_text(d) : S("* * * * *")); // which is even a schedule
        while (utf16_length(buf_str(&text)) < s->at_least) buf_char(&text, 'x');
        json_str(w, buf_str(&text));
        return;
    }
    size_t first = roll(d), i = 0;
    while (i < countof(examples) && !s->format->matches(str_of(examples[(first + i) % countof(examples)]))) i++;
    must(i < countof(examples)); // a format without an example would go untested
    json_str(w, str_of(examples[(first + i) % countof(examples)]));
}

static void make_number(dice *d, json_writer *w, const schema *s)
{
    double low = s->has_minimum ? s->minimum + s->above : 0, step = roll(d);
    switch (roll(d) % 6) {
    case 1: json_double(w, s->has_maximum ? s->maximum - step : -step); break;
    case 2: json_double(w, 9007199254740991 - step); break;
    case 3: json_double(w, low + step / 256); break;
    case 4: json_double(w, low - step * 1e300); break;
    default: json_double(w, s->has_maximum && low + step > s->maximum ? low : low + step); break;
    }
}

static void make_slip(dice *d, json_writer *w)
{
    switch (roll(d) % 8) {
    case 0: json_null(w); break;
    case 1: json_bool(w, roll(d) & 1); break;
    case 2: json_int(w, (int8_t)roll(d)); break;
    case 3: json_raw(w, S("[]")); break;
    case 4: json_raw(w, S("{}")); break;
    case 5: json_raw(w, S("[null,\"1e3\",[true]]")); break;
    case 6: json_str(w, S("00000000-0000-0000-0000-000000000000")); break;
    default: json_str(w, roll_text(d)); break;
    }
}

static void make_list(dice *d, json_writer *w, const schema *s)
{
    size_t n = s->at_least + roll(d) % 4;
    json_open_array(w);
    while (n--) make(d, w, s->fields->of);
    json_close_array(w);
}

static void make_object(dice *d, json_writer *w, const schema *s)
{
    json_open(w);
    for (uint32_t i = 0; i < s->n; i++) {
        const field *f = &s->fields[i];
        uint8_t whether = roll(d);
        if (f->flags & FIELD_REQUIRED ? whether > 250 : !(whether & 1)) continue;
        json_key(w, field_name(f));
        make(d, w, f->of);
    }
    if (roll(d) == 255) {
        json_key(w, roll_text(d));
        json_null(w);
    }
    json_close(w);
}

static void make(dice *d, json_writer *w, const schema *s)
{
    if (roll(d) > 240) {
        make_slip(d, w);
        return;
    }
    switch (s->kind) {
    case SCHEMA_STR:
    case SCHEMA_UUID:
    case SCHEMA_WHEN:
    case SCHEMA_DATE: make_text(d, w, s); break;
    case SCHEMA_INT:
    case SCHEMA_DOUBLE: make_number(d, w, s); break;
    case SCHEMA_BOOL: json_bool(w, roll(d) & 1); break;
    case SCHEMA_ENUM: {
        str text = s->values->text[roll(d) % s->values->n];
        if (s->values->numbers) json_raw(w, text);
        else json_str(w, text);
        break;
    }
    case SCHEMA_JSON:
        json_open(w);
        json_key(w, roll_text(d));
        json_str(w, roll_text(d));
        json_close(w);
        break;
    case SCHEMA_OBJECT: make_object(d, w, s); break;
    case SCHEMA_LIST: make_list(d, w, s); break;
    case SCHEMA_UNION: make_object(d, w, s->fields[roll(d) % s->n].of); break;
    }
}

static json *made(dice *d, const schema *s)
{
    json_writer w = json_writer_on(d->mem);
    make(d, &w, s);
    json *tree = json_parse(d->mem, buf_str(&w.out), NULL);
    must(tree);
    return tree;
}

// ---- what has to hold ------------------------------------------------------------------------------------------------------------
static str written(arena *mem, const schema *s, const void *value)
{
    json_writer w = json_writer_on(mem);
    schema_write(&w, s, value);
    return buf_str(&w.out);
}

static void check_issues(arena *mem, issues list)
{
    json *answer = json_parse(mem, issues_answer(mem, list), NULL);
    must(list.n && answer && json_get(answer, "errors")->count == list.n && utf8_valid(issues_lines(mem, list)));
}

static void check_value(arena *mem, const schema *s, const void *value)
{
    str once = written(mem, s, value);
    issues none = {0};
    void *again = arena_alloc(mem, s->size);
    const json *tree = json_parse(mem, once, NULL);
    must(tree && schema_read(mem, s, tree, FROM_JSON, again, &none) && str_eq(written(mem, s, again), once));
}

static void check_object(dice *d, const schema *s)
{
    issues list = {0};
    void *value = arena_alloc(d->mem, s->size);
    if (schema_read(d->mem, s, made(d, s), FROM_JSON, value, &list)) check_value(d->mem, s, value);
    else check_issues(d->mem, list);
}

// ---- parameters and forms: names and texts ---------------------------------------------------------------------------------------
static str as_text(arena *mem, const json *j)
{
    if (j->type == JSON_STRING) return j->text;
    buf text = {.mem = mem};
    json_text(&text, j);
    return buf_str(&text);
}

static void add_pairs(arena *mem, strs *pairs, const json *j)
{
    for (const json *item = j->type == JSON_ARRAY ? j->first : j; item; item = j->type == JSON_ARRAY ? item->next : NULL) {
        *push(mem, *pairs) = j->key;
        *push(mem, *pairs) = as_text(mem, item);
    }
}

static pair_texts pairs_of(strs list)
{
    return (pair_texts){list.at, list.n / 2};
}

static str find_pair(void *list, const char *name)
{
    const strs *pairs = list;
    for (size_t i = 0; i < pairs->n; i += 2)
        if (str_is(pairs->at[i], name)) return pairs->at[i + 1];
    return (str){0};
}

static void check_route(dice *d, const route *r)
{
    arena *mem = d->mem;
    route_match match = {.route = r};
    strs params = {0}, fields = {0};
    route_input input = {.header = find_pair, .header_arg = &params, .form = r->body == BODY_JSON && roll(d) % 4 == 1};
    const json *tree = made(d, r->in);
    for (const json *j = tree->first; j; j = j->next) {
        size_t i = 0;
        while (i < r->in->n && !str_eq(field_name(&r->in->fields[i]), j->key)) i++;
        if (i < r->path_n) {
            match.params[i] = as_text(mem, j);
        } else if (i + 1 < r->in->n || r->body == BODY_NONE) {
            add_pairs(mem, &params, j);
        } else {
            input.body = j;
            for (const json *child = j->first; child; child = child->next) add_pairs(mem, &fields, child);
        }
    }
    input.query = pairs_of(params);
    input.fields = pairs_of(fields);

    issues list = {0};
    void *in = arena_alloc(mem, r->in->size);
    if (route_read(mem, &match, &input, in, &list)) check_value(mem, r->in, in);
    else check_issues(mem, list);
}

// ----------------------------------------------------------------------------------------------------------------------------------
typedef LIST(const schema *) schemas;

static void collect(arena *mem, schemas *all, const schema *s)
{
    if (!s) return;
    each (known, *all)
        if (*known == s) return;
    if (s->kind == SCHEMA_OBJECT) *push(mem, *all) = s;
    for (uint32_t i = 0; i < s->n; i++) collect(mem, all, s->fields[i].of);
}

FUZZ
{
    static schemas objects; // all that an operation takes or gives
    if (!objects.n) {
        static arena *forever;
        forever = arena_new();
        for (size_t i = 0; i < route_count; i++) {
            for (uint32_t f = 0; f < routes[i].in->n; f++) collect(forever, &objects, routes[i].in->fields[f].of);
            collect(forever, &objects, routes[i].out);
        }
    }
    dice d = {mem, input};
    size_t choice = roll(&d);
    choice = (choice << 8 | roll(&d)) % (objects.n + route_count);
    if (choice < objects.n) check_object(&d, objects.at[choice]);
    else check_route(&d, &routes[choice - objects.n]);
}
