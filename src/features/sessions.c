// The devices on which somebody is signed in.                                                                 spec 01, section 9.2
#include "features/authenticate.h"

// A longer duration (in seconds) than a thousand years would only run out of the calendar.
#define FOR_EVER (INT64_C(1000) * 365 * 86400)

#define SESSION_COLUMNS                                                                                                                    \
    "id, \"createdAt\", \"updatedAt\", \"expiresAt\", \"appVersion\", \"deviceOS\", \"deviceType\", \"isPendingSyncReset\""

static SessionResponseDto session_of(request *rq, row *r)
{
    arena *mem = rq->mem;
    return (SessionResponseDto){
        .id = col_uuid(r, 0),
        .createdAt = when_iso(mem, col_when(r, 1)),
        .updatedAt = when_iso(mem, col_when(r, 2)),
        .expiresAt = when_iso(mem, col_when(r, 3)),
        .appVersion = str_dup(mem, col_str(r, 4)),
        .deviceOS = str_dup(mem, col_str(r, 5)),
        .deviceType = str_dup(mem, col_str(r, 6)),
        .isPendingSyncReset = col_bool(r, 7),
        .current = uuid_eq(col_uuid(r, 0), rq->auth.session_id),
    };
}

// Along session_userId_idx. None for a deleted user, whose sessions wait for the account to come back.
static SessionResponseDto_list sessions_of(request *rq, uuid user)
{
    SessionResponseDto_list list = {0};
    db_rows (r, rq->db,
             "select " SESSION_COLUMNS " from session where \"userId\" = (select id from \"user\" where id = $1 and \"deletedAt\" is null) "
             "and (\"expiresAt\" is null or \"expiresAt\" > $2) order by \"updatedAt\" desc, \"createdAt\" desc",
             UUID(user), WHEN(now()))
        *push(rq->mem, list) = session_of(rq, r);
    return list;
}

HANDLER(getSessions)
{
    out->items = sessions_of(rq, rq->auth.user_id);
}

HANDLER(getUserSessionsAdmin)
{
    out->items = sessions_of(rq, in->id);
    each (s, out->items) s->current = false;
}

// A session for another device, which ends with the one that made it.
HANDLER(createSession)
{
    if (rq->auth.kind != AUTH_SESSION) fail(rq, 400, "This endpoint can only be used with a session token");
    str token = token_new(mem);
    int64_t seconds = in->body.duration.v < FOR_EVER ? in->body.duration.v : FOR_EVER;
    when expires = in->body.duration.has ? now() + seconds * SECOND : WHEN_NONE;
    row *r = db_one(db,
                    "insert into session (token, \"userId\", \"parentId\", \"expiresAt\", \"deviceType\", \"deviceOS\") "
                    "values ($1, $2, $3, $4, $5, $6) returning " SESSION_COLUMNS,
                    BYTES(token_digest(mem, token)), UUID(rq->auth.user_id), UUID(rq->auth.session_id), WHEN(expires),
                    STR(in->body.deviceType.at ? in->body.deviceType : S("")), STR(in->body.deviceOS.at ? in->body.deviceOS : S("")));
    SessionResponseDto s = session_of(rq, r);
    *out = (SessionCreateResponseDto){
        .id = s.id,
        .createdAt = s.createdAt,
        .updatedAt = s.updatedAt,
        .expiresAt = s.expiresAt,
        .appVersion = s.appVersion,
        .deviceOS = s.deviceOS,
        .deviceType = s.deviceType,
        .isPendingSyncReset = s.isPendingSyncReset,
        .token = token,
    };
}

HANDLER(updateSession)
{
    access_require_one(rq, SESSION_UPDATE, in->id);
    if (!in->body.isPendingSyncReset.has) fail(rq, 400, "No fields to update");
    row *r = db_one(db, "update session set \"isPendingSyncReset\" = $2 where id = $1 returning " SESSION_COLUMNS, UUID(in->id),
                    BOOL(in->body.isPendingSyncReset.v));
    *out = session_of(rq, r);
    out->current = false;
}

HANDLER(deleteSession)
{
    access_require_one(rq, AUTH_DEVICE_DELETE, in->id);
    db_exec(db, "delete from session where id = $1", UUID(in->id));
}

// Signs out everywhere else.
HANDLER(deleteAllSessions)
{
    db_exec(db, "delete from session where \"userId\" = $1 and (id <> $2 or $2 is null)", UUID(rq->auth.user_id),
            UUID(rq->auth.session_id));
}

HANDLER(lockSession)
{
    access_require_one(rq, SESSION_LOCK, in->id);
    db_exec(db, "update session set \"pinExpiresAt\" = null where id = $1", UUID(in->id));
}

// Sessions that have expired or were not used for 90 days.
JOB(SessionCleanup)
{
    db_exec(db, "delete from session where \"updatedAt\" <= $1 or \"expiresAt\" <= $2", WHEN(now() - 90 * DAY), WHEN(now()));
    return JOB_SUCCESS;
}
