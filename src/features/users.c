// Users as others see them, and one's own account.                                              spec 01, sections 6.1, 12.1 to 12.3
#include "features/users.h"
#include "features/app.h"
#include "features/license.h"
#include <locale.h>
#include <pthread.h>
#include <wctype.h>

// The C library knows the case of the letters of all scripts in this locale, whatever the environment says.
static locale_t unicode;

static void open_locale(void)
{
    unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

str lower_email(arena *mem, str email)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_locale);
    if (!unicode) return str_lower(mem, email);
    buf lower = {.mem = mem};
    for (str rest = email; rest.n;) buf_code_point(&lower, (uint32_t)towlower_l((wint_t)utf8_next(&rest), unicode));
    return buf_str(&lower);
}

bool email_taken(request *rq, str email, uuid but_of)
{
    return db_has(rq->db, "select 1 from \"user\" where email = $1 and \"deletedAt\" is null and (id <> $2 or $2 is null)", STR(email),
                  UUID(but_of));
}

// The stored colour, or one that follows from the e-mail address.
static UserAvatarColor avatar_color(str stored, str email)
{
    UserAvatarColor chosen = UserAvatarColor_parse(stored);
    if (chosen) return chosen;
    uint32_t sum = 0;
    for (str rest = email; rest.n;) sum += utf8_next(&rest);
    return (UserAvatarColor)(1 + sum % 10);
}

UserResponseDto user_public(request *rq, row *r)
{
    arena *mem = rq->mem;
    return (UserResponseDto){
        .id = col_uuid(r, 0),
        .email = str_dup(mem, col_str(r, 1)),
        .name = str_dup(mem, col_str(r, 2)),
        .profileImagePath = str_dup(mem, col_str(r, 3)),
        .avatarColor = avatar_color(col_str(r, 4), col_str(r, 1)),
        .profileChangedAt = col_when(r, 5),
    };
}

static UserLicense *license_of(request *rq, str stored)
{
    UserLicense *license = new (rq->mem, UserLicense);
    return license_read(rq->mem, stored, license) ? license : NULL;
}

UserAdminResponseDto user_admin(request *rq, row *r)
{
    arena *mem = rq->mem;
    return (UserAdminResponseDto){
        .id = col_uuid(r, 0),
        .email = str_dup(mem, col_str(r, 1)),
        .name = str_dup(mem, col_str(r, 2)),
        .profileImagePath = str_dup(mem, col_str(r, 3)),
        .avatarColor = avatar_color(col_str(r, 4), col_str(r, 1)),
        .profileChangedAt = col_when(r, 5),
        .storageLabel = str_dup(mem, col_str(r, 6)),
        .shouldChangePassword = col_bool(r, 7),
        .isAdmin = col_bool(r, 8),
        .createdAt = col_when(r, 9),
        .updatedAt = col_when(r, 10),
        .deletedAt = col_when(r, 11),
        .oauthId = str_dup(mem, col_str(r, 12)),
        .quotaSizeInBytes = {.has = !col_null(r, 13), .v = col_int(r, 13)},
        .quotaUsageInBytes = {.has = !col_null(r, 14), .v = col_int(r, 14)},
        .status = UserStatus_parse(col_str(r, 15)),
        .clusterGroupId = col_uuid(r, 16),
        .license = license_of(rq, col_str(r, 17)),
    };
}

UserAdminResponseDto user_admin_of(request *rq, uuid id)
{
    row *r = db_one(rq->db, "select " USER_ADMIN_COLUMNS " from \"user\" u where u.id = $1", UUID(id));
    if (!r) fail(rq, 400, "User not found");
    return user_admin(rq, r);
}

static bool windows_device(str label)
{
    static const char *const names[] = {"con", "prn", "aux", "nul"};
    for (size_t i = 0; i < countof(names); i++) {
        if (str_ieq(label, str_of(names[i]))) return true;
    }
    bool numbered = label.n == 4 && label.at[3] >= '0' && label.at[3] <= '9';
    return numbered && (str_ieq(str_slice(label, 0, 3), S("com")) || str_ieq(str_slice(label, 0, 3), S("lpt")));
}

str user_storage_label(arena *mem, str label)
{
    buf out = {.mem = mem};
    str rest = utf8_clean(mem, label);
    while (rest.n) {
        str before = rest;
        uint32_t c = utf8_next(&rest);
        bool refused = c < 0x20 || (c >= 0x80 && c <= 0x9f) || (c < 0x80 && strchr("./?<>\\:*|\"", (int)c));
        size_t width = before.n - rest.n;
        if (refused) continue;
        if (out.n + width > 255) break;
        buf_add(&out, (str){before.at, width});
    }
    str clean = buf_str(&out);
    while (clean.n && clean.at[clean.n - 1] == ' ') clean.n--;
    return clean.n && !windows_device(clean) ? str_dup(mem, clean) : (str){0};
}

// Asked before the password is hashed, which takes its time, and again after it.
static void require_possible(request *rq, str email, const new_account *u)
{
    bool has_admin = db_has(rq->db, "select 1 from \"user\" where \"isAdmin\" = true and \"deletedAt\" is null");
    if (u->is_first && has_admin) fail(rq, 400, "The server already has an admin");
    if (email_taken(rq, email, (uuid){0})) fail(rq, 400, "Email is not available");
    if (!u->is_admin && !has_admin) fail(rq, 400, "The first registered account must the administrator.");
}

uuid user_create(request *rq, new_account u)
{
    str email = lower_email(rq->mem, u.email);
    require_possible(rq, email, &u);
    db_commit(rq->db);
    str password = u.password.n ? password_hash(rq->mem, u.password) : (str){0};
    str pin = u.pin_code.n ? password_hash(rq->mem, u.pin_code) : (str){0};

    require_possible(rq, email, &u);
    uuid group = db_uuid(rq->db, "insert into cluster_group (id) values (uuid_v4()) returning id");
    return db_uuid(
        rq->db,
        "insert into \"user\" (email, name, password, \"pinCode\", \"isAdmin\", \"shouldChangePassword\", \"storageLabel\", "
        "\"avatarColor\", \"quotaSizeInBytes\", \"clusterGroupId\") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
        STR(email), STR(u.name), STR(password), STR(pin), BOOL(u.is_admin),
        BOOL(u.should_change_password.has ? u.should_change_password.v : true), STR(user_storage_label(rq->mem, u.storage_label)),
        STR(u.avatar_color), OPT(INT, u.quota_size), UUID(group));
}

// All users; only oneself when the server hides its users and one is not its administrator.
HANDLER(searchUsers)
{
    bool all = rq->auth.is_admin || config_get(rq)->server.publicUsers;
    db_rows (r, db,
             "select " USER_COLUMNS_PUBLIC
             " from \"user\" u where u.\"deletedAt\" is null and ($1 or u.id = $2) order by u.\"createdAt\" desc",
             BOOL(all), UUID(rq->auth.user_id))
        *push(mem, out->items) = user_public(rq, r);
}

HANDLER(getUser)
{
    row *r = db_one(db, "select " USER_COLUMNS_PUBLIC " from \"user\" u where u.id = $1 and u.\"deletedAt\" is null", UUID(in->id));
    if (!r) fail(rq, 400, "User not found");
    *out = user_public(rq, r);
}

HANDLER(getMyUser)
{
    *out = user_admin_of(rq, rq->auth.user_id);
}

// Changes one's own account. A new password needs no old one here: this is what the forced change after the first login uses.
HANDLER(updateMyUser)
{
    const UserUpdateMeDto *b = &in->body;
    str email = b->email.at ? lower_email(mem, b->email) : (str){0};
    if (email.at && email_taken(rq, email, rq->auth.user_id)) fail(rq, 400, "Email is not available");
    if (!email.at && !b->name.at && !b->password.n && !b->avatarColor.has) fail(rq, 500, "Failed to update my user");

    db_commit(db);
    str password = b->password.n ? password_hash(mem, b->password) : (str){0};
    if (email.at && email_taken(rq, email, rq->auth.user_id)) fail(rq, 400, "Email is not available");
    str color = b->avatarColor.has && !b->avatarColor.null ? UserAvatarColor_text(b->avatarColor.v) : (str){0};
    db_exec(db,
            "update \"user\" set email = coalesce($2, email), name = coalesce($3, name), password = coalesce($4, password), "
            "\"shouldChangePassword\" = (case when $5 then false else \"shouldChangePassword\" end), "
            "\"avatarColor\" = (case when $6 then $7 else \"avatarColor\" end) where id = $1",
            UUID(rq->auth.user_id), STR(email), STR(b->name), STR(password), BOOL(password.at != NULL), BOOL(b->avatarColor.has),
            STR(color));
    *out = user_admin_of(rq, rq->auth.user_id);
}
