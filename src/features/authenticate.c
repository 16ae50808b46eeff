// Who is calling.                                                                                    spec 01, sections 3 and 9.1
#include "features/authenticate.h"
#include "features/app.h"

bytes token_digest(arena *mem, str token)
{
    sha256 *digest = new (mem, sha256);
    *digest = sha256_of(str_bytes(token));
    return (bytes){digest->b, sizeof digest->b};
}

static str first_of(str a, str b)
{
    return a.n ? a : b;
}

static str credential(request *rq, const char *header, const char *query, bool query_too)
{
    str value = http_header(rq->http, header);
    return query_too ? first_of(value, http_query(rq->http, str_of(query))) : value;
}

static str session_token(request *rq, bool query_too)
{
    exchange *x = rq->http;
    str token = first_of(http_header(x, "x-immich-user-token"), http_header(x, "x-immich-session-token"));
    if (!token.n && query_too) token = http_query(x, S("sessionKey"));
    if (!token.n) {
        str value = http_header(x, "authorization");
        if (value.n > 7 && str_ieq(str_slice(value, 0, 7), S("bearer "))) token = str_trim(str_slice(value, 7, value.n));
    }
    return first_of(token, http_cookie(x, "immich_access_token"));
}

// The acting user, columns in the order of every query below.
#define USER_COLUMNS "u.id, u.email, u.name, u.\"isAdmin\", u.\"quotaSizeInBytes\", u.\"quotaUsageInBytes\""

static void take_user(request *rq, row *r)
{
    rq->auth.user_id = col_uuid(r, 0);
    rq->auth.email = str_dup(rq->mem, col_str(r, 1));
    rq->auth.name = str_dup(rq->mem, col_str(r, 2));
    rq->auth.is_admin = col_bool(r, 3);
    rq->auth.quota_size = col_null(r, 4) ? -1 : col_int(r, 4);
    rq->auth.quota_usage = col_int(r, 5);
}

static void by_session(request *rq, str token)
{
    row *r = db_one(rq->db,
                    "select " USER_COLUMNS ", s.id, s.\"pinExpiresAt\", s.\"updatedAt\", s.\"appVersion\" from session s "
                    "join \"user\" u on u.id = s.\"userId\" "
                    "where s.token = $1 and (s.\"expiresAt\" is null or s.\"expiresAt\" > $2) and u.\"deletedAt\" is null",
                    BYTES(token_digest(rq->mem, token)), WHEN(now()));
    if (!r) fail(rq, 401, "Invalid user token");
    take_user(rq, r);
    rq->auth.kind = AUTH_SESSION;
    rq->auth.session_id = col_uuid(r, 6);

    when pin_expires = col_when(r, 7);
    rq->auth.elevated = pin_expires != WHEN_NONE && pin_expires > now();
    rq->auth.extend_elevation = rq->auth.elevated && pin_expires < now() + 5 * MINUTE;
    rq->auth.stale = now() - col_when(r, 8) > HOUR || !str_eq(app_version_of(rq->http, rq->mem), col_str(r, 9));
}

static void by_api_key(request *rq, str key)
{
    row *r = db_one(rq->db,
                    "select " USER_COLUMNS ", k.id, k.permissions from api_key k join \"user\" u on u.id = k.\"userId\" "
                    "where k.key = $1 and u.\"deletedAt\" is null",
                    BYTES(token_digest(rq->mem, key)));
    if (!r) fail(rq, 401, "Invalid API key");
    take_user(rq, r);
    rq->auth.kind = AUTH_API_KEY;
    rq->auth.api_key_id = col_uuid(r, 6);
    rq->auth.permissions = col_strs(r, 7);
}

#define LINK_QUERY(condition)                                                                                                              \
    "select " USER_COLUMNS ", l.id, l.\"albumId\", l.\"allowUpload\", l.\"allowDownload\", l.\"showExif\" from shared_link l "             \
    "join \"user\" u on u.id = l.\"userId\" left join album a on a.id = l.\"albumId\" "                                                    \
    "where " condition " and (l.\"expiresAt\" is null or l.\"expiresAt\" > $2) and (l.\"albumId\" is null or a.\"deletedAt\" is null)"

static void take_link(request *rq, row *r)
{
    take_user(rq, r);
    rq->auth.kind = AUTH_SHARED_LINK;
    rq->auth.is_admin = false; // a link made by an administrator gives no such power
    rq->auth.link.id = col_uuid(r, 6);
    rq->auth.link.album_id = col_uuid(r, 7);
    rq->auth.link.allow_upload = col_bool(r, 8);
    rq->auth.link.allow_download = col_bool(r, 9);
    rq->auth.link.show_exif = col_bool(r, 10);
}

static void by_share_key(request *rq, str key)
{
    bytes raw;
    bool readable = key.n == 100 ? hex_decode(rq->mem, key, &raw) : base64_decode(rq->mem, key, &raw);
    row *r = readable && raw.n ? db_one(rq->db, LINK_QUERY("l.key = $1"), BYTES(raw), WHEN(now())) : NULL;
    if (!r) fail(rq, 401, "Invalid share key");
    take_link(rq, r);
}

static void by_share_slug(request *rq, str slug)
{
    row *r = db_one(rq->db, LINK_QUERY("l.slug = $1"), STR(slug), WHEN(now()));
    if (!r) fail(rq, 401, "Invalid share slug");
    take_link(rq, r);
}

void authenticate(request *rq, bool query_too)
{
    str key = credential(rq, "x-immich-share-key", "key", query_too);
    if (key.n) {
        by_share_key(rq, key);
        return;
    }
    str slug = credential(rq, "x-immich-share-slug", "slug", query_too);
    if (slug.n) {
        by_share_slug(rq, slug);
        return;
    }
    str token = session_token(rq, query_too);
    if (token.n) {
        by_session(rq, token);
        return;
    }
    str api_key = credential(rq, "x-api-key", "apiKey", query_too);
    if (!api_key.n) fail(rq, 401, "Authentication required");
    by_api_key(rq, api_key);
}

static void touch(ctx *unused, void *arg)
{
    (void)unused;
    request *rq = arg;
    if (rq->auth.stale) {
        device d = device_of(rq->http, rq->mem);
        db_exec(rq->db, "update session set \"appVersion\" = $2, \"deviceOS\" = $3, \"deviceType\" = $4 where id = $1",
                UUID(rq->auth.session_id), STR(d.app_version), STR(d.os), STR(d.type));
    }
    if (rq->auth.extend_elevation)
        db_exec(rq->db, "update session set \"pinExpiresAt\" = $2 where id = $1 and \"pinExpiresAt\" is not null",
                UUID(rq->auth.session_id), WHEN(now() + 5 * MINUTE));
    db_commit(rq->db);
}

void authenticate_touch(request *rq)
{
    if (!rq->auth.stale && !rq->auth.extend_elevation) return;
    db_commit(rq->db);
    db_set_mode(rq->db, DB_WRITE);
    // The caller was let in already: that its last use could not be noted is no reason to refuse it.
    if (!try(&rq->ctx, touch, rq)) {
        log_warn("cannot note the use of a session: %.*s", PR(rq->ctx.message));
        db_rollback(rq->db);
    }
    db_set_mode(rq->db, DB_READ);
}
