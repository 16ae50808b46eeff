// Administering users, and what removes them.                                                              spec 01, section 13
#include "features/app.h"
#include "features/preferences.h"
#include "features/users.h"

HANDLER(searchUsersAdmin)
{
    db_rows (r, db,
             "select " USER_ADMIN_COLUMNS " from \"user\" u where ($1 or u.\"deletedAt\" is null) and (u.id = $2 or $2 is null) "
             "order by u.\"createdAt\" desc",
             BOOL(in->withDeleted.v), UUID(in->id))
        *push(mem, out->items) = user_admin(rq, r);
}

HANDLER(getUserAdmin)
{
    *out = user_admin_of(rq, in->id);
}

HANDLER(createUserAdmin)
{
    const UserAdminCreateDto *b = &in->body;
    if (!b->password.n && !config_get(rq)->oauth.enabled) fail(rq, 400, "password is required");
    uuid id = user_create(rq, (new_account){
                                  .email = b->email,
                                  .name = b->name,
                                  .password = b->password,
                                  .storage_label = b->storageLabel.v,
                                  .pin_code = b->pinCode.v,
                                  .avatar_color = UserAvatarColor_text(b->avatarColor.v),
                                  .is_admin = b->isAdmin.v,
                                  .should_change_password = b->shouldChangePassword,
                                  .quota_size = b->quotaSizeInBytes,
                              });
    if (b->notify.v && job_known(JOB_NotifyUserSignup)) job_push(rq, NotifyUserSignup, .id = id, .password = b->password);
    *out = user_admin_of(rq, id);
}

static void require_active(request *rq, uuid id)
{
    if (!db_has(rq->db, "select 1 from \"user\" where id = $1 and \"deletedAt\" is null", UUID(id))) fail(rq, 400, "User not found");
}

static int64_t usage_of(request *rq, uuid user)
{
    return db_int(rq->db,
                  "select sum(e.\"fileSizeInByte\") from asset a join asset_exif e on e.\"assetId\" = a.id "
                  "where a.\"ownerId\" = $1 and a.\"libraryId\" is null",
                  UUID(user));
}

HANDLER(updateUserAdmin)
{
    const UserAdminUpdateDto *b = &in->body;
    UserAdminResponseDto old = user_admin_of(rq, in->id);
    if (old.deletedAt != WHEN_NONE) fail(rq, 400, "User not found");
    if (uuid_eq(in->id, rq->auth.user_id) && b->isAdmin.has && b->isAdmin.v != old.isAdmin)
        fail(rq, 400, "Admin status can only be changed by another admin");

    str email = b->email.at ? lower_email(mem, b->email) : (str){0};
    if (email.at && email_taken(rq, email, in->id)) fail(rq, 400, "Email is not available");
    str label = user_storage_label(mem, b->storageLabel.v);
    if (label.n &&
        db_has(db, "select 1 from \"user\" where \"storageLabel\" = $1 and id <> $2 and \"deletedAt\" is null", STR(label), UUID(in->id)))
        fail(rq, 400, "Storage label already in use by another account");
    db_commit(db);
    str password = b->password.n ? password_hash(mem, b->password) : (str){0};
    str pin = b->pinCode.v.n ? password_hash(mem, b->pinCode.v) : (str){0};

    bool new_quota = b->quotaSizeInBytes.has && b->quotaSizeInBytes.v && b->quotaSizeInBytes.v != old.quotaSizeInBytes.v;
    if (new_quota) db_exec(db, "update \"user\" set \"quotaUsageInBytes\" = $2 where id = $1", UUID(in->id), INT(usage_of(rq, in->id)));
    db_exec(db,
            "update \"user\" set email = coalesce($2, email), name = coalesce($3, name), "
            "password = (case when $4 then $5 else password end), \"pinCode\" = (case when $6 then $7 else \"pinCode\" end), "
            "\"isAdmin\" = coalesce($8, \"isAdmin\"), \"shouldChangePassword\" = coalesce($9, \"shouldChangePassword\"), "
            "\"storageLabel\" = (case when $10 then $11 else \"storageLabel\" end), "
            "\"quotaSizeInBytes\" = (case when $12 then $13 else \"quotaSizeInBytes\" end), "
            "\"avatarColor\" = (case when $14 then $15 else \"avatarColor\" end) where id = $1",
            UUID(in->id), STR(email), STR(b->name), BOOL(b->password.at != NULL), STR(password), BOOL(b->pinCode.has), STR(pin),
            OPT(BOOL, b->isAdmin), OPT(BOOL, b->shouldChangePassword), BOOL(b->storageLabel.has), STR(label), BOOL(b->quotaSizeInBytes.has),
            OPT(INT, b->quotaSizeInBytes), BOOL(b->avatarColor.has), STR(UserAvatarColor_text(b->avatarColor.v)));
    *out = user_admin_of(rq, in->id);
}

// Marks the account and its albums as deleted; the nightly check removes them after the grace period, or a job does so now.
HANDLER(deleteUserAdmin)
{
    require_active(rq, in->id);
    if (uuid_eq(in->id, rq->auth.user_id)) fail(rq, 403, "Cannot delete your own account");
    db_exec(db,
            "update album set \"deletedAt\" = $2 where id in (select \"albumId\" from album_user where \"userId\" = $1 and role = 'owner') "
            "and \"deletedAt\" is null",
            UUID(in->id), WHEN(now()));
    db_exec(db, "update \"user\" set \"deletedAt\" = $2, status = $3 where id = $1", UUID(in->id), WHEN(now()),
            STR(in->body.force.v ? S("removing") : S("deleted")));
    if (in->body.force.v) job_push(rq, UserDelete, .id = in->id, .force = true, .has_force = true);
    *out = user_admin_of(rq, in->id);
}

HANDLER(restoreUserAdmin)
{
    db_exec(
        db,
        "update album set \"deletedAt\" = null where id in (select \"albumId\" from album_user where \"userId\" = $1 and role = 'owner')",
        UUID(in->id));
    db_exec(db, "update \"user\" set \"deletedAt\" = null, status = 'active' where id = $1", UUID(in->id));
    *out = user_admin_of(rq, in->id);
}

HANDLER(getUserStatisticsAdmin)
{
    db_rows (r, db,
             "select type, count(*) from asset where \"ownerId\" = $1 "
             "and (visibility = $2 or ($2 is null and visibility in ('archive', 'timeline'))) and (\"isFavorite\" = $3 or $3 is null) "
             "and (case when $4 then \"deletedAt\" is not null and status <> 'deleted' else \"deletedAt\" is null end) group by type",
             UUID(in->id), STR(AssetVisibility_text(in->visibility)), OPT(BOOL, in->isFavorite), BOOL(in->isTrashed.v)) {
        int64_t count = col_int(r, 1);
        out->total += count;
        if (str_is(col_str(r, 0), "IMAGE")) out->images = count;
        if (str_is(col_str(r, 0), "VIDEO")) out->videos = count;
    }
}

HANDLER(getUserPreferencesAdmin)
{
    user_admin_of(rq, in->id);
    *out = preferences_of(rq, in->id);
}

HANDLER(updateUserPreferencesAdmin)
{
    require_active(rq, in->id);
    *out = preferences_update(rq, in->id, &in->body);
}

// ---- jobs ------------------------------------------------------------------------------------------------------------------------

JOB(UserDeleteCheck)
{
    when before = now() - config_get(rq)->user.deleteDelay * DAY;
    ids due = db_ids(db, "select id from \"user\" where \"deletedAt\" <= $1", WHEN(before));
    each (id, due) job_push(rq, UserDelete, .id = *id);
    return JOB_SUCCESS;
}

static void delete_folders(request *rq, strs folders)
{
    each (folder, folders) {
        // Somebody else may have got the label in the meantime.
        str name = str_slice(*folder, (size_t)(str_rfind_char(*folder, '/') + 1), folder->n);
        bool taken = db_has(rq->db, "select 1 from \"user\" where \"storageLabel\" = $1", STR(name));
        db_commit(rq->db);
        if (!taken) storage_delete_tree(rq->app->storage, *folder);
    }
}

// Rows first, so that nobody can bring back a user without photos. What is left on disk goes in a second run, which the first one adds with the
// rows' deletion and which a crash can't lose.
JOB(UserDelete)
{
    if (in->paths.n) {
        delete_folders(rq, in->paths);
        return JOB_SUCCESS;
    }
    row *u = db_one(db, "select \"deletedAt\", \"storageLabel\" from \"user\" where id = $1", UUID(in->id));
    if (!u) return JOB_SKIPPED;
    when deleted = col_when(u, 0);
    bool ready = deleted != WHEN_NONE && deleted <= now() - config_get(rq)->user.deleteDelay * DAY;
    str id = uuid_text(mem, in->id), label = col_str(u, 1).n ? col_str(u, 1) : id;
    if (!in->force && !ready) {
        log_warn("Skipped user that was not ready for deletion: id=%.*s", PR(id));
        return JOB_SKIPPED;
    }
    db_exec(db, "delete from album where id in (select \"albumId\" from album_user where \"userId\" = $1 and role = 'owner')",
            UUID(in->id));
    db_exec(db, "delete from \"user\" where id = $1", UUID(in->id));
    emit(rq, (uuid){0}, "on_user_delete", str_fmt(mem, "\"%.*s\"", PR(id)));

    strs folders = {0};
    for (storage_folder f = 0; f < FOLDER_COUNT; f++) {
        if (f == FOLDER_BACKUPS) continue;
        str name = f == FOLDER_LIBRARY ? label : id;
        *push(mem, folders) = str_fmt(mem, "%.*s/%s/%.*s", PR(storage_root(rq->app->storage)), storage_folder_name(f), PR(name));
    }
    job_push(rq, UserDelete, .id = in->id, .paths = folders);
    return JOB_SUCCESS;
}

JOB(UserSyncUsage)
{
    ids users = db_ids(db, "select id from \"user\" where \"deletedAt\" is null");
    each (id, users) {
        db_exec(db, "update \"user\" set \"quotaUsageInBytes\" = $2 where id = $1 and \"quotaUsageInBytes\" <> $2", UUID(*id),
                INT(usage_of(rq, *id)));
    }
    return JOB_SUCCESS;
}
