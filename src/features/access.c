// Who may use which record.                                                                 spec 01, section 4.3; spec 02, section 2
//
// Every rule is one query over a set of ids; what it does not return is refused, whether it exists or not.
#include "features/feature.h"

static const char *const names[] = {
#define RECORD_PERMISSION(name, text) [name] = text,
#include "features/permissions.def"
#undef RECORD_PERMISSION
};

// Own assets; locked ones only for an unlocked session.
static ids own_assets(request *rq, ids wanted, bool locked_too)
{
    // By far the most frequent question: one picture of one's own.
    if (wanted.n == 1)
        return db_ids(rq->db, "select id from asset where id = $1 and \"ownerId\" = $2 and ($3 or visibility <> 'locked')",
                      UUID(wanted.at[0]), UUID(rq->auth.user_id), BOOL(locked_too));
    return db_ids(rq->db,
                  "select a.id from ids($1) i join asset a on a.id = i.id where a.\"ownerId\" = $2 and ($3 or a.visibility <> 'locked')",
                  IDS(wanted), UUID(rq->auth.user_id), BOOL(locked_too));
}

// Assets, and motion parts of assets, in an album that the caller belongs to.
static ids album_assets(request *rq, ids wanted)
{
    return db_ids(rq->db,
                  "select a.id from asset a join album_asset aa on aa.\"assetId\" = a.id join album al on al.id = aa.\"albumId\" "
                  "join album_user au on au.\"albumId\" = al.id "
                  "where a.id in ids($1) and au.\"userId\" = $2 and a.\"deletedAt\" is null and al.\"deletedAt\" is null "
                  "union select a.\"livePhotoVideoId\" from asset a join album_asset aa on aa.\"assetId\" = a.id "
                  "join album al on al.id = aa.\"albumId\" join album_user au on au.\"albumId\" = al.id "
                  "where a.\"livePhotoVideoId\" in ids($1) and au.\"userId\" = $2 and a.\"deletedAt\" is null and al.\"deletedAt\" is null",
                  IDS(wanted), UUID(rq->auth.user_id));
}

static ids partner_assets(request *rq, ids wanted)
{
    return db_ids(rq->db,
                  "select a.id from asset a join partner p on p.\"sharedById\" = a.\"ownerId\" join \"user\" u on u.id = p.\"sharedById\" "
                  "where a.id in ids($1) and p.\"sharedWithId\" = $2 and u.\"deletedAt\" is null and a.\"deletedAt\" is null "
                  "and a.visibility in ('timeline', 'hidden')",
                  IDS(wanted), UUID(rq->auth.user_id));
}

// Assets, and motion parts of assets, that the link shows directly or through its album.
static ids link_assets(request *rq, ids wanted)
{
    return db_ids(rq->db,
                  "select a.id from asset a join shared_link_asset s on s.\"assetId\" = a.id "
                  "where a.id in ids($1) and s.\"sharedLinkId\" = $2 and a.\"deletedAt\" is null "
                  "union select a.\"livePhotoVideoId\" from asset a join shared_link_asset s on s.\"assetId\" = a.id "
                  "where a.\"livePhotoVideoId\" in ids($1) and s.\"sharedLinkId\" = $2 and a.\"deletedAt\" is null "
                  "union select a.id from asset a join album_asset aa on aa.\"assetId\" = a.id join album al on al.id = aa.\"albumId\" "
                  "where a.id in ids($1) and al.id = $3 and al.\"deletedAt\" is null and a.\"deletedAt\" is null "
                  "union select a.\"livePhotoVideoId\" from asset a join album_asset aa on aa.\"assetId\" = a.id "
                  "join album al on al.id = aa.\"albumId\" "
                  "where a.\"livePhotoVideoId\" in ids($1) and al.id = $3 and al.\"deletedAt\" is null and a.\"deletedAt\" is null",
                  IDS(wanted), UUID(rq->auth.link.id), UUID(rq->auth.link.album_id));
}

// Albums in which the caller is the owner or has one of these roles.
static ids member_albums(request *rq, ids wanted, bool editor, bool viewer)
{
    return db_ids(rq->db,
                  "select au.\"albumId\" from album_user au join album a on a.id = au.\"albumId\" "
                  "where au.\"albumId\" in ids($1) and au.\"userId\" = $2 and a.\"deletedAt\" is null "
                  "and (au.role = 'owner' or ($3 and au.role = 'editor') or ($4 and au.role = 'viewer'))",
                  IDS(wanted), UUID(rq->auth.user_id), BOOL(editor), BOOL(viewer));
}

static ids link_album(request *rq, ids wanted)
{
    return db_ids(rq->db, "select id from album where id in ids($1) and id = $2 and \"deletedAt\" is null", IDS(wanted),
                  UUID(rq->auth.link.album_id));
}

static ids only(request *rq, ids wanted, uuid allowed)
{
    ids found = {0};
    if (ids_has(wanted, allowed)) ids_add(rq->mem, &found, allowed);
    return found;
}

// Asks the next rule about those that the rules before it have not allowed.
static void add_rest(request *rq, ids wanted, ids *found, ids (*rule)(request *, ids))
{
    ids_prepare(rq->mem, found);
    ids rest = {0};
    each (id, wanted) {
        if (!ids_has(*found, *id)) ids_add(rq->mem, &rest, *id);
    }
    if (!rest.n) return;
    ids more = rule(rq, rest);
    each (id, more) ids_add(rq->mem, found, *id);
}

static ids by_link(request *rq, record_permission permission, ids wanted)
{
    auth *a = &rq->auth;
    switch (permission) {
    case ASSET_READ:
    case ASSET_VIEW: return link_assets(rq, wanted);
    case ASSET_DOWNLOAD: return a->link.allow_download ? link_assets(rq, wanted) : (ids){0};
    case ASSET_UPLOAD: return a->link.allow_upload ? wanted : (ids){0};
    case ALBUM_READ: return link_album(rq, wanted);
    case ALBUM_DOWNLOAD: return a->link.allow_download ? link_album(rq, wanted) : (ids){0};
    case ALBUM_ASSET_CREATE: return a->link.allow_upload ? link_album(rq, wanted) : (ids){0};
    default: return (ids){0};
    }
}

static ids by_user(request *rq, record_permission permission, ids wanted)
{
    uuid me = rq->auth.user_id;
    ids found;
    switch (permission) {
    case ASSET_READ:
    case ASSET_VIEW:
    case ASSET_DOWNLOAD:
        found = own_assets(rq, wanted, rq->auth.elevated);
        add_rest(rq, wanted, &found, album_assets);
        add_rest(rq, wanted, &found, partner_assets);
        return found;
    case ASSET_SHARE:
        found = own_assets(rq, wanted, false);
        add_rest(rq, wanted, &found, partner_assets);
        return found;
    case ASSET_UPDATE:
    case ASSET_DELETE:
    case ASSET_COPY:
    case ASSET_EDIT_CREATE:
    case ASSET_EDIT_DELETE: return own_assets(rq, wanted, rq->auth.elevated);

    case ALBUM_READ:
    case ALBUM_DOWNLOAD: return member_albums(rq, wanted, true, true);
    case ALBUM_UPDATE:
    case ALBUM_SHARE:
    case ALBUM_ASSET_CREATE:
    case ALBUM_ASSET_DELETE: return member_albums(rq, wanted, true, false);
    case ALBUM_DELETE: return member_albums(rq, wanted, false, false);

    case ASSET_UPLOAD:
    case ARCHIVE_READ:
    case TIMELINE_DOWNLOAD: return only(rq, wanted, me);
    case TIMELINE_READ:
        return db_ids(rq->db,
                      "select id from ids($1) i where id = $2 union select p.\"sharedById\" from partner p "
                      "join \"user\" u on u.id = p.\"sharedById\" "
                      "where p.\"sharedById\" in ids($1) and p.\"sharedWithId\" = $2 and u.\"deletedAt\" is null",
                      IDS(wanted), UUID(me));

    case TAG_ASSET:
    case TAG_READ:
    case TAG_UPDATE:
    case TAG_DELETE: return db_ids(rq->db, "select id from tag where id in ids($1) and \"userId\" = $2", IDS(wanted), UUID(me));
    case STACK_READ:
    case STACK_UPDATE:
    case STACK_DELETE: return db_ids(rq->db, "select id from stack where id in ids($1) and \"ownerId\" = $2", IDS(wanted), UUID(me));
    case PERSON_READ:
    case PERSON_UPDATE:
    case PERSON_DELETE:
    case PERSON_MERGE:
        return db_ids(rq->db, "select \"personGroupId\" from person where \"personGroupId\" in ids($1) and \"ownerId\" = $2", IDS(wanted),
                      UUID(me));
    case SESSION_READ:
    case SESSION_UPDATE:
    case SESSION_LOCK:
    case AUTH_DEVICE_DELETE: return db_ids(rq->db, "select id from session where id in ids($1) and \"userId\" = $2", IDS(wanted), UUID(me));
    }
    return (ids){0};
}

static ids each_once(arena *mem, ids list)
{
    if (list.n < 2) return list;
    ids set = {0};
    each (id, list) ids_add(mem, &set, *id);
    return set;
}

ids access_filter(request *rq, record_permission permission, ids wanted)
{
    if (!wanted.n) return (ids){0};
    wanted = each_once(rq->mem, wanted);
    return rq->auth.kind == AUTH_SHARED_LINK ? by_link(rq, permission, wanted) : by_user(rq, permission, wanted);
}

void access_require(request *rq, record_permission permission, ids wanted)
{
    ids allowed = access_filter(rq, permission, wanted);
    ids_prepare(rq->mem, &allowed);
    each (id, wanted) {
        if (!ids_has(allowed, *id)) fail(rq, 400, "Not found or no %s access", names[permission]);
    }
}

void require_elevated(request *rq)
{
    if (!rq->auth.elevated) fail(rq, 401, "Elevated permission is required");
}

ids partners_in_timeline(request *rq, uuid user)
{
    return db_ids(rq->db,
                  "select p.\"sharedById\" from partner p join \"user\" u on u.id = p.\"sharedById\" "
                  "where p.\"sharedWithId\" = $1 and p.\"inTimeline\" = true and u.\"deletedAt\" is null",
                  UUID(user));
}
