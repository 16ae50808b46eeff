// Whether the first steps have been shown: to a user, and to the administrator of a new server.       spec 01, sections 6 and 12.6
#include "features/onboarding.h"
#include "features/app.h"

static bool is_onboarded(arena *mem, str stored)
{
    const json *flag = json_get(stored.at ? json_parse(mem, stored, NULL) : NULL, "isOnboarded");
    return flag && flag->type == JSON_BOOL && flag->boolean;
}

static str text_of(bool onboarded)
{
    return onboarded ? S("{\"isOnboarded\":true}") : S("{\"isOnboarded\":false}");
}

bool onboarding_of(request *rq, uuid user)
{
    return is_onboarded(rq->mem,
                        db_str(rq->db, "select value from user_metadata where \"userId\" = $1 and key = 'onboarding'", UUID(user)));
}

HANDLER(getUserOnboarding)
{
    out->isOnboarded = onboarding_of(rq, rq->auth.user_id);
}

HANDLER(setUserOnboarding)
{
    db_exec(db,
            "insert into user_metadata (\"userId\", key, value) values ($1, 'onboarding', $2) "
            "on conflict (\"userId\", key) do update set value = excluded.value",
            UUID(rq->auth.user_id), STR(text_of(in->body.isOnboarded)));
    out->isOnboarded = in->body.isOnboarded;
}

HANDLER(deleteUserOnboarding)
{
    db_exec(db, "delete from user_metadata where \"userId\" = $1 and key = 'onboarding'", UUID(rq->auth.user_id));
}

// ---- the server's ----------------------------------------------------------------------------------------------------------------

bool onboarding_of_server(request *rq)
{
    return is_onboarded(rq->mem, db_str(rq->db, "select value from system_metadata where key = 'admin-onboarding'"));
}

void onboarding_set_server(request *rq, bool onboarded)
{
    db_exec(
        rq->db,
        "insert into system_metadata (key, value) values ('admin-onboarding', $1) on conflict (key) do update set value = excluded.value",
        STR(text_of(onboarded)));
}

HANDLER(getAdminOnboarding)
{
    out->isOnboarded = onboarding_of_server(rq);
}

HANDLER(updateAdminOnboarding)
{
    onboarding_set_server(rq, in->body.isOnboarded);
}
