// Who may use which asset.                                                             spec 01, section 4.3; spec 02, sections 2.1 to 2.3
#include "ask.h"

typedef struct {
    uuid me, other, mine, theirs, film; // `film` is the motion part of `theirs`
    request *rq;
} scene;

static scene scene_of(ctx *c, db_pool *pool, db *d)
{
    scene s = {.me = new_user(d), .other = new_user(d)};
    s.mine = new_photo(d, s.me, "2024-01-01T00:00:00Z");
    s.theirs = new_photo(d, s.other, "2024-01-01T00:00:00Z");
    s.film = new_photo(d, s.other, "2024-01-01T00:00:00Z");
    set(d, "asset", s.theirs, "livePhotoVideoId", UUID(s.film));
    set(d, "asset", s.film, "visibility", STR(S("hidden")));
    s.rq = request_of(c, pool, d, s.me);
    return s;
}

static bool may(request *rq, record_permission permission, uuid id)
{
    return access_filter(rq, permission, one_id(id)).n == 1;
}

static const record_permission looking[] = {ASSET_READ, ASSET_VIEW, ASSET_DOWNLOAD};
static const record_permission changing[] = {ASSET_UPDATE, ASSET_DELETE, ASSET_COPY, ASSET_EDIT_CREATE, ASSET_EDIT_DELETE};

static void check_all(request *rq, const record_permission *list, size_t n, uuid id, bool wanted)
{
    for (size_t i = 0; i < n; i++) check_int(may(rq, list[i], id), wanted);
}
#define may_look(rq, id, wanted) check_all((rq), looking, countof(looking), (id), (wanted))
#define may_change(rq, id, wanted) check_all((rq), changing, countof(changing), (id), (wanted))

BOTH("one's own assets are one's own, in the trash and the archive too; locked ones need the PIN code and are never shared")
{
    scene s = scene_of(c, pool, d);
    may_look(s.rq, s.mine, true);
    may_change(s.rq, s.mine, true);
    check(may(s.rq, ASSET_SHARE, s.mine));
    set(d, "asset", s.mine, "deletedAt", WHEN(now()));
    may_look(s.rq, s.mine, true);
    set(d, "asset", s.mine, "visibility", STR(S("locked")));
    may_look(s.rq, s.mine, false);
    may_change(s.rq, s.mine, false);
    s.rq->auth.elevated = true;
    may_look(s.rq, s.mine, true);
    may_change(s.rq, s.mine, true);
    check(!may(s.rq, ASSET_SHARE, s.mine));
}

BOTH("a stranger's assets do not exist, not even for an administrator")
{
    scene s = scene_of(c, pool, d);
    s.rq->auth.is_admin = true;
    may_look(s.rq, s.theirs, false);
    may_change(s.rq, s.theirs, false);
    check(!may(s.rq, ASSET_SHARE, s.theirs));
}

BOTH("the members of an album may look at what is in it and at its motion parts, and do no more")
{
    scene s = scene_of(c, pool, d);
    uuid album = new_album(d, s.other);
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(album), UUID(s.theirs));
    may_look(s.rq, s.theirs, false);
    check(!may(s.rq, ALBUM_READ, album));
    db_exec(d, "insert into album_user (\"albumId\", \"userId\", role) values ($1, $2, 'viewer')", UUID(album), UUID(s.me));
    may_look(s.rq, s.theirs, true);
    may_look(s.rq, s.film, true);
    may_change(s.rq, s.theirs, false);
    check(!may(s.rq, ASSET_SHARE, s.theirs));
    check(may(s.rq, ALBUM_READ, album) && may(s.rq, ALBUM_DOWNLOAD, album) && !may(s.rq, ALBUM_UPDATE, album));
    db_exec(d, "update album_user set role = 'editor' where \"userId\" = $1", UUID(s.me));
    check(may(s.rq, ALBUM_UPDATE, album) && may(s.rq, ALBUM_ASSET_CREATE, album) && !may(s.rq, ALBUM_DELETE, album));
    check(may(request_of(c, pool, d, s.other), ALBUM_DELETE, album));

    set(d, "asset", s.theirs, "deletedAt", WHEN(now()));
    may_look(s.rq, s.theirs, false);
    may_look(s.rq, s.film, false);
    set(d, "asset", s.theirs, "deletedAt", NUL);
    set(d, "album", album, "deletedAt", WHEN(now()));
    may_look(s.rq, s.theirs, false);
    check(!may(s.rq, ALBUM_READ, album));
}

BOTH("a partner shows the timeline and its motion parts, as long as the partner is there")
{
    scene s = scene_of(c, pool, d);
    db_exec(d, "insert into partner (\"sharedById\", \"sharedWithId\") values ($1, $2)", UUID(s.other), UUID(s.me));
    may_look(s.rq, s.theirs, true);
    may_look(s.rq, s.film, true);
    check(may(s.rq, ASSET_SHARE, s.theirs));
    may_change(s.rq, s.theirs, false);
    check(may(s.rq, TIMELINE_READ, s.other) && !may(s.rq, ARCHIVE_READ, s.other) && !may(s.rq, TIMELINE_DOWNLOAD, s.other));
    check(!may(request_of(c, pool, d, s.other), TIMELINE_READ, s.me));
    set(d, "asset", s.theirs, "visibility", STR(S("archive")));
    may_look(s.rq, s.theirs, false);
    set(d, "asset", s.theirs, "visibility", STR(S("timeline")));
    set(d, "asset", s.theirs, "deletedAt", WHEN(now()));
    may_look(s.rq, s.theirs, false);
    set(d, "asset", s.theirs, "deletedAt", NUL);
    set(d, "\"user\"", s.other, "deletedAt", WHEN(now()));
    may_look(s.rq, s.theirs, false);
    check(!may(s.rq, TIMELINE_READ, s.other));
}

BOTH("a shared link shows its assets or its album, and lets download and upload only when it says so")
{
    scene s = scene_of(c, pool, d);
    uuid album = new_album(d, s.me), link = uuid_v4();
    db_exec(d, "insert into shared_link (id, \"userId\", key, type) values ($1, $2, $3, 'INDIVIDUAL')", UUID(link), UUID(s.me),
            BYTES(((bytes){link.b, sizeof link})));
    db_exec(d, "insert into shared_link_asset (\"sharedLinkId\", \"assetId\") values ($1, $2)", UUID(link), UUID(s.theirs));
    request *visitor = request_of(c, pool, d, s.me);
    visitor->auth.kind = AUTH_SHARED_LINK;
    visitor->auth.link.id = link;
    check(may(visitor, ASSET_VIEW, s.theirs) && may(visitor, ASSET_READ, s.film));
    check(!may(visitor, ASSET_READ, s.mine) && !may(visitor, ASSET_UPDATE, s.theirs) && !may(visitor, TIMELINE_READ, s.me));
    check(!may(visitor, ASSET_DOWNLOAD, s.theirs) && !may(visitor, ASSET_UPLOAD, s.me));
    visitor->auth.link.allow_download = visitor->auth.link.allow_upload = true;
    check(may(visitor, ASSET_DOWNLOAD, s.theirs) && may(visitor, ASSET_UPLOAD, s.me));
    set(d, "asset", s.theirs, "deletedAt", WHEN(now()));
    check(!may(visitor, ASSET_VIEW, s.theirs) && !may(visitor, ASSET_VIEW, s.film));

    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(album), UUID(s.mine));
    visitor->auth.link.album_id = album;
    check(may(visitor, ASSET_VIEW, s.mine) && may(visitor, ALBUM_READ, album) && may(visitor, ALBUM_ASSET_CREATE, album));
    set(d, "album", album, "deletedAt", WHEN(now()));
    check(!may(visitor, ASSET_VIEW, s.mine) && !may(visitor, ALBUM_READ, album));
}

BOTH("ids that are not there are refused like those of others, each id once, and none is fine")
{
    scene s = scene_of(c, pool, d);
    access_require(s.rq, ASSET_READ, (ids){0});
    ids twice = {.at = (uuid[]){s.mine, s.mine}, .n = 2};
    access_require(s.rq, ASSET_READ, twice);
    check_int((int64_t)access_filter(s.rq, ASSET_READ, twice).n, 1);
    for (int i = 0; i < 2; i++) {
        uuid id = i ? s.theirs : uuid_v4();
        check_str(refusal(s.rq, getAssetInfo, "{'id':'%s'}", id_text(mem, id)), S("400 Not found or no asset.read access"));
    }
}
