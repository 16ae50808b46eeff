// A user's preferences: defaults, overlaid by what the user changed.                                           spec 01, section 12.4
#include "features/preferences.h"
#include "embedded_defaults.h"
#include "features/overlay.h"

static const json *stored(request *rq, uuid user)
{
    str text = db_str(rq->db, "select value from user_metadata where \"userId\" = $1 and key = 'preferences'", UUID(user));
    return text.at ? json_parse(rq->mem, text, NULL) : NULL;
}

static json *defaults(arena *mem)
{
    return json_parse(mem, embedded_preferences_json, NULL);
}

static UserPreferencesResponseDto as_answer(request *rq, const json *tree)
{
    UserPreferencesResponseDto *out = new (rq->mem, UserPreferencesResponseDto);
    issues unused = {0};
    schema_read(rq->mem, &UserPreferencesResponseDto_schema, tree, FROM_JSON, out, &unused);
    return *out;
}

UserPreferencesResponseDto preferences_of(request *rq, uuid user)
{
    return as_answer(rq, overlay(rq->mem, defaults(rq->mem), stored(rq, user)));
}

UserPreferencesResponseDto preferences_update(request *rq, uuid user, const UserPreferencesUpdateDto *change)
{
    arena *mem = rq->mem;
    json_writer w = json_writer_on(mem);
    schema_write(&w, &UserPreferencesUpdateDto_schema, change);
    json *merged = overlay(mem, overlay(mem, defaults(mem), stored(rq, user)), json_parse(mem, buf_str(&w.out), NULL));

    buf sparse = {.mem = mem};
    json_text(&sparse, overlay_difference(mem, defaults(mem), merged, true));
    db_exec(rq->db,
            "insert into user_metadata (\"userId\", key, value) values ($1, 'preferences', $2) "
            "on conflict (\"userId\", key) do update set value = excluded.value",
            UUID(user), STR(buf_str(&sparse)));
    return as_answer(rq, merged);
}

HANDLER(getMyPreferences)
{
    *out = preferences_of(rq, rq->auth.user_id);
}

HANDLER(updateMyPreferences)
{
    *out = preferences_update(rq, rq->auth.user_id, &in->body);
}
