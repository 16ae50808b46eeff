// From what the decoder says of a file to what is stored of it. The decoder works on hostile bytes and may have been taken over, so its answer is no better
// than they are: {"tags":{…},"probe":{…},"sidecar":{…},"name":"a.jpg","size":1}
#include "media/facts.h"
#include "fuzz.h"
#include "media/zone.h"
#include <math.h>

static void check_list(const tags *list)
{
    must(list->n <= MOST_TAGS);
    each (t, *list) {
        must(t->values.n && utf8_valid(t->name));
        each (value, t->values) must(value->at && utf8_valid(*value));
    }
}

static bool is_whole(double n)
{
    return isnan(n) || fabs(n) <= 2147483648.0;
}

FUZZ
{
    const json *said = json_parse(mem, input, NULL), *size = json_get(said, "size");
    if (!said) return;
    file_tags original = tags_from_json(mem, said), again;
    check_list(&original.tags);
    json_writer w = json_writer_on(mem), v = json_writer_on(mem);
    tags_to_json(&w, &original);
    again = tags_from_json(mem, json_parse(mem, buf_str(&w.out), NULL));
    tags_to_json(&v, &again);
    must(str_eq(buf_str(&w.out), buf_str(&v.out)));

    json *beside = json_get(said, "sidecar");
    json whole = {.type = JSON_OBJECT, .first = beside ? &(json){0} : NULL};
    if (beside) *whole.first = *beside, whole.first->key = S("tags"), whole.first->next = NULL;
    tags sidecar = tags_from_json(mem, &whole).tags;
    facts_input in = {
        .name = json_get_str(said, "name"),
        .size = size && size->is_integer && size->integer > 0 ? size->integer : 0,
        .modified = 1700000000 * SECOND,
        .born = WHEN_NONE,
        .created = WHEN_NONE,
        .original = &original,
        .sidecar = beside ? &sidecar : NULL,
    };
    facts f = facts_of(mem, in);

    must(f.taken != WHEN_NONE && f.local != WHEN_NONE && llabs(f.taken - f.local) < 16 * HOUR);
    must(!f.time_zone.n || zone_load(mem, f.time_zone) || !zone_load(mem, S("Europe/Berlin")));
    must(f.duration == NO_NUMBER || f.duration >= 0);
    must(f.width >= 0 && f.height >= 0 && f.exif_width >= 0 && f.exif_height >= 0);
    must(f.orientation >= -1 && f.orientation <= 8);
    must(isnan(f.latitude) == isnan(f.longitude) && !(fabs(f.latitude) > 90) && !(fabs(f.longitude) > 180));
    must(f.rating == NO_NUMBER || (f.rating >= 1 && f.rating <= 5));
    must(is_whole(f.f_number) && is_whole(f.focal_length));
    must(f.iso == NO_NUMBER || llabs(f.iso) <= 2147483648);
    must(f.description.at && (f.bits_per_sample == NO_NUMBER || f.bits_per_sample > 0));
    must(f.motion.length >= 0 && f.motion.offset >= 0 && f.motion.length <= in.size - f.motion.offset);
    each (face, f.faces) must(face->name.n && face->image_width >= 0 && face->image_height >= 0);
    each (tag, f.tags) must(utf8_valid(*tag));
}
