// Signing up, in and out; password, PIN code and the unlocked session.                              spec 01, sections 5 to 8
#include "features/app.h"
#include "features/authenticate.h"
#include "features/onboarding.h"
#include "features/patience.h"
#include "features/users.h"
#include <time.h>

#define YEAR_AND_A_BIT 34560000 // 400 days, in seconds

static str expiry(arena *mem, int64_t seconds)
{
    time_t at = now() / SECOND + seconds;
    struct tm t;
    char text[64];
    gmtime_r(&at, &t);
    size_t n = strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &t);
    return str_dup(mem, (str){text, n});
}

static void set_cookie(request *rq, str name, str value, bool http_only)
{
    str attributes = str_fmt(rq->mem, "Max-Age=%d; Path=/; Expires=%.*s%s%s; SameSite=Lax", YEAR_AND_A_BIT,
                             PR(expiry(rq->mem, YEAR_AND_A_BIT)), http_only ? "; HttpOnly" : "", rq->http->secure ? "; Secure" : "");
    answer_cookie(rq->http, name, value, attributes);
}

static void clear_cookie(request *rq, str name)
{
    answer_cookie(rq->http, name, S(""), S("Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT"));
}

// Creates the first user, who administers the server.
HANDLER(signUpAdmin)
{
    if (!rq->app->allow_setup) fail(rq, 400, "Admin setup is disabled");
    uuid id = user_create(rq, (new_account){
                                  .email = in->body.email,
                                  .name = in->body.name,
                                  .password = in->body.password,
                                  .storage_label = S("admin"),
                                  .is_admin = true,
                                  .is_first = true,
                              });
    *out = user_admin_of(rq, id);
}

// Answers with a session token, in the body and as cookies. Takes as long for an unknown account as for a wrong password.
HANDLER(login)
{
    if (!config_get(rq)->passwordLogin.enabled) fail(rq, 401, "Password login has been disabled");

    row *r = db_one(db,
                    "select id, email, name, \"isAdmin\", \"profileImagePath\", \"shouldChangePassword\", password from \"user\" "
                    "where email = $1 and \"deletedAt\" is null",
                    STR(lower_email(mem, in->body.email)));
    db_commit(db); // the comparison is slow on purpose
    if (!password_check(in->body.password, r ? col_str(r, 6) : (str){0})) {
        log_warn("Failed login attempt for user %.*s from ip address %.*s", PR(in->body.email), PR(rq->http->client));
        patience_lose(rq, lower_email(mem, in->body.email));
        fail(rq, 401, "Incorrect email or password");
    }
    patience_regain(col_str(r, 1));

    out->accessToken = token_new(mem);
    out->userId = col_uuid(r, 0);
    out->userEmail = col_str(r, 1);
    out->name = col_str(r, 2);
    out->isAdmin = col_bool(r, 3);
    out->profileImagePath = col_str(r, 4);
    out->shouldChangePassword = col_bool(r, 5);
    out->isOnboarded = onboarding_of(rq, out->userId);

    device d = device_of(rq->http, mem);
    db_exec(db, "insert into session (token, \"userId\", \"deviceType\", \"deviceOS\", \"appVersion\") values ($1, $2, $3, $4, $5)",
            BYTES(token_digest(mem, out->accessToken)), UUID(out->userId), STR(d.type), STR(d.os), STR(d.app_version));

    set_cookie(rq, S("immich_access_token"), out->accessToken, true);
    set_cookie(rq, S("immich_auth_type"), S("password"), true);
    set_cookie(rq, S("immich_is_authenticated"), S("true"), false);
}

// Ends the calling session and clears the cookies.
HANDLER(logout)
{
    if (rq->auth.kind == AUTH_SESSION) {
        db_exec(db, "delete from session where id = $1", UUID(rq->auth.session_id));
        emit(rq, rq->auth.session_id, "on_session_delete", str_fmt(mem, "\"%.*s\"", PR(uuid_text(mem, rq->auth.session_id))));
    }
    clear_cookie(rq, S("immich_access_token"));
    clear_cookie(rq, S("immich_auth_type"));
    clear_cookie(rq, S("immich_is_authenticated"));
    out->successful = true;
    out->redirectUri = S("/auth/login?autoLaunch=0");
}

// Says that the credential is valid: an invalid one never gets here.
HANDLER(validateAccessToken)
{
    out->authStatus = true;
}

HANDLER(getAuthStatus)
{
    row *r = db_one(db, "select password, \"pinCode\" from \"user\" where id = $1", UUID(rq->auth.user_id));
    out->password = r && col_str(r, 0).n > 0;
    out->pinCode = r && col_str(r, 1).n > 0;
    out->isElevated = rq->auth.elevated;
    if (rq->auth.kind != AUTH_SESSION) return;
    row *s = db_one(db, "select \"expiresAt\", \"pinExpiresAt\" from session where id = $1", UUID(rq->auth.session_id));
    if (!s) return;
    out->expiresAt = when_iso(mem, col_when(s, 0));
    out->pinExpiresAt = when_iso(mem, col_when(s, 1));
}

// A guess by somebody who is logged in already.
_Noreturn static void wrong_guess(request *rq, const char *what)
{
    patience_lose(rq, rq->auth.email);
    fail(rq, 400, "%s", what);
}

static str stored_password(request *rq)
{
    return db_str(rq->db, "select password from \"user\" where id = $1", UUID(rq->auth.user_id));
}

// Changes the password after checking the old one; every other session of the user ends.
HANDLER(changePassword)
{
    str stored = stored_password(rq);
    db_commit(db);
    if (!password_check(in->body.password, stored)) wrong_guess(rq, "Wrong password");
    str hash = password_hash(mem, in->body.newPassword);

    db_exec(db, "update \"user\" set password = $2 where id = $1", UUID(rq->auth.user_id), STR(hash));
    db_exec(db, "delete from session where \"userId\" = $1 and (id <> $2 or $2 is null)", UUID(rq->auth.user_id),
            UUID(rq->auth.session_id));
    *out = user_admin_of(rq, rq->auth.user_id);
}

// ---- PIN code --------------------------------------------------------------------------------------------------------------------

static void check_pin_or_password(request *rq, str pin, str password)
{
    row *r = db_one(rq->db, "select \"pinCode\", password from \"user\" where id = $1", UUID(rq->auth.user_id));
    str pin_hash = r ? col_str(r, 0) : (str){0};
    str password_hash = r ? col_str(r, 1) : (str){0};
    db_commit(rq->db);
    if (!pin_hash.n) fail(rq, 400, "User does not have a PIN code");
    if (password.n) {
        if (!password_check(password, password_hash)) wrong_guess(rq, "Wrong password");
    } else if (pin.n) {
        if (!password_check(pin, pin_hash)) wrong_guess(rq, "Wrong PIN code");
    } else {
        fail(rq, 400, "Either password or pinCode is required");
    }
}

static void store_pin(request *rq, str pin)
{
    db_commit(rq->db);
    str hash = pin.at ? password_hash(rq->mem, pin) : (str){0};
    db_exec(rq->db, "update \"user\" set \"pinCode\" = $2 where id = $1", UUID(rq->auth.user_id), STR(hash));
}

HANDLER(setupPinCode)
{
    str stored = db_str(db, "select \"pinCode\" from \"user\" where id = $1", UUID(rq->auth.user_id));
    if (stored.n) fail(rq, 400, "User already has a PIN code");
    store_pin(rq, in->body.pinCode);
}

HANDLER(changePinCode)
{
    check_pin_or_password(rq, in->body.pinCode, in->body.password);
    store_pin(rq, in->body.newPinCode);
}

HANDLER(resetPinCode)
{
    check_pin_or_password(rq, in->body.pinCode, in->body.password);
    store_pin(rq, (str){0});
    db_exec(db, "update session set \"pinExpiresAt\" = null where \"userId\" = $1 and \"pinExpiresAt\" is not null",
            UUID(rq->auth.user_id));
}

static void require_session(request *rq)
{
    if (rq->auth.kind != AUTH_SESSION) fail(rq, 400, "This endpoint can only be used with a session token");
}

HANDLER(unlockAuthSession)
{
    require_session(rq);
    check_pin_or_password(rq, in->body.pinCode, (str){0});
    db_exec(db, "update session set \"pinExpiresAt\" = $2 where id = $1", UUID(rq->auth.session_id), WHEN(now() + 15 * MINUTE));
}

HANDLER(lockAuthSession)
{
    require_session(rq);
    db_exec(db, "update session set \"pinExpiresAt\" = null where id = $1", UUID(rq->auth.session_id));
}
