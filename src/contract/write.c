// From a struct to JSON text.
#include "contract/schema.h"

static void write_when(json_writer *w, when t)
{
    char text[WHEN_TEXT_MAX];
    size_t n = when_write(text, t, 3);
    text[n++] = 'Z';
    json_plain(w, (str){text, n});
}

static void write_uuid(json_writer *w, uuid id)
{
    char text[37];
    uuid_write(id, text);
    json_plain(w, (str){text, 36});
}

static bool is_none(const schema *s, const void *at)
{
    switch (s->kind) {
    case SCHEMA_STR: return !((const str *)at)->at;
    case SCHEMA_UUID: return uuid_nil(*(const uuid *)at);
    case SCHEMA_WHEN:
    case SCHEMA_DATE: return *(const when *)at == WHEN_NONE;
    case SCHEMA_ENUM: return !*(const int *)at;
    case SCHEMA_LIST: return !((const strs *)at)->at;
    case SCHEMA_JSON: return !((const json_any *)at)->tree && !((const json_any *)at)->text.at;
    case SCHEMA_UNION:
        for (uint32_t i = 0; i < s->n; i++) {
            if (*(void *const *)((const char *)at + s->fields[i].offset)) return false;
        }
        return true;
    default: return false;
    }
}

// The value of a field that must be written but is none. Text, lists and free-form objects have a natural empty value that a client can read;
// an item of a list is null on purpose (spec 03, 7.8: includeNull).
static void write_none(json_writer *w, const field *f)
{
    if (f->flags & FIELD_NULLABLE || !f->key) json_null(w);
    else if (f->of->kind == SCHEMA_STR) json_raw(w, S("\"\""));
    else if (f->of->kind == SCHEMA_LIST) json_raw(w, S("[]"));
    else if (f->of->kind == SCHEMA_JSON) json_raw(w, S("{}"));
    else json_null(w);
}

static void write_value(json_writer *w, const schema *s, const void *at);

// A value in its opt_…, behind its pointer, or as it is; NULL if there is none. *absent: not even as null.
static const void *value_of(const field *f, const void *slot, bool *absent)
{
    *absent = false;
    if (f->flags & FIELD_OPT) {
        const bool *flags = (const bool *)((const char *)slot + (f->flags & FIELD_POINTER ? sizeof(void *) : f->of->size));
        *absent = !flags[0];
        if (!flags[0] || flags[1]) return NULL;
    }
    if (f->flags & FIELD_POINTER) slot = *(void *const *)slot;
    if (slot && !(f->flags & FIELD_OPT) && is_none(f->of, slot)) slot = NULL;
    if (!slot && !(f->flags & FIELD_OPT)) *absent = true;
    return slot;
}

static void write_list(json_writer *w, const schema *s, const void *at)
{
    const LIST(char) *list = at;
    const field *item = s->fields;
    size_t step = item->of->size;
    if (item->flags & FIELD_OPT) step = item->of->kind == SCHEMA_DOUBLE ? sizeof(opt_double) : sizeof(opt_int);
    json_open_array(w);
    for (size_t i = 0; i < list->n; i++) {
        bool absent;
        const void *value = value_of(item, list->at + i * step, &absent);
        if (value) write_value(w, item->of, value);
        else write_none(w, item);
    }
    json_close_array(w);
}

static void write_object(json_writer *w, const schema *s, const void *at)
{
    json_open(w);
    for (const field *f = s->fields, *end = f + s->n; f < end; f++) {
        bool absent;
        const void *value = value_of(f, (const char *)at + f->offset, &absent);
        if (absent && !(f->flags & FIELD_ALWAYS)) continue;
        buf_add(&w->out, w->comma ? (str){(char *)f->key, f->key_n} : (str){(char *)f->key + 1, f->key_n - 1u});
        w->comma = false;
        if (value) write_value(w, f->of, value);
        else write_none(w, f);
    }
    json_close(w);
}

static void write_value(json_writer *w, const schema *s, const void *at)
{
    switch (s->kind) {
    case SCHEMA_STR: json_str(w, *(const str *)at); break;
    case SCHEMA_UUID: write_uuid(w, *(const uuid *)at); break;
    case SCHEMA_WHEN: write_when(w, *(const when *)at); break;
    case SCHEMA_DATE: json_str(w, when_date(w->out.mem, *(const when *)at)); break;
    case SCHEMA_INT: json_int(w, *(const int64_t *)at); break;
    case SCHEMA_DOUBLE: json_double(w, *(const double *)at); break;
    case SCHEMA_BOOL: json_bool(w, *(const bool *)at); break;
    case SCHEMA_ENUM: {
        str text = enum_text(s->values, *(const int *)at);
        if (s->values->numbers) json_raw(w, text);
        else json_str(w, text);
        break;
    }
    case SCHEMA_JSON: {
        const json_any *any = at;
        if (any->text.at) json_raw(w, any->text);
        else json_value(w, any->tree);
        break;
    }
    case SCHEMA_OBJECT: write_object(w, s, at); break;
    case SCHEMA_LIST: write_list(w, s, at); break;
    case SCHEMA_UNION:
        for (uint32_t i = 0; i < s->n; i++) {
            const void *choice = *(void *const *)((const char *)at + s->fields[i].offset);
            if (choice) {
                write_object(w, s->fields[i].of, choice);
                break;
            }
        }
        break;
    }
}

void schema_write(json_writer *w, const schema *s, const void *value)
{
    write_value(w, s, value);
}
