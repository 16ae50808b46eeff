// Triggers: stamps, and who hears of what was deleted (spec 09, 5; spec 12, 10.3).
#include "db_test.h"

static const char *const audits[] = {"user_audit",           "partner_audit",      "asset_audit",        "memory_audit",
                                     "stack_audit",          "person_audit",       "person_group_audit", "user_metadata_audit",
                                     "asset_metadata_audit", "asset_face_audit",   "asset_edit_audit",   "asset_ocr_audit",
                                     "album_asset_audit",    "memory_asset_audit", "album_audit",        "album_user_audit"};

// What a statement adds to the audit tables, as "album_audit 2, asset_audit 1" in the order above.
static str audited(db *d, arena *mem, const char *sql, uuid id)
{
    int64_t before[countof(audits)];
    for (size_t i = 0; i < countof(audits); i++) before[i] = rows_of(d, audits[i]);
    db_exec(d, sql, UUID(id));
    buf out = {.mem = mem};
    for (size_t i = 0; i < countof(audits); i++) {
        int64_t added = rows_of(d, audits[i]) - before[i];
        if (added) buf_fmt(&out, "%s%s %lld", out.n ? ", " : "", audits[i], (long long)added);
    }
    return buf_str(&out);
}

// A user with one of everything that hangs on it.
typedef struct {
    uuid owner, member, asset, album, memory, library, person_group, cluster_group;
} household;

static household new_household(db *d)
{
    household h = {.owner = new_user(d), .member = new_user(d)};
    h.asset = new_asset(d, h.owner);
    h.album = new_album(d, h.owner);
    h.cluster_group = db_uuid(d, "select \"clusterGroupId\" from \"user\" where id = $1", UUID(h.owner));
    db_exec(d, "insert into album_user (\"albumId\", \"userId\") values ($1, $2)", UUID(h.album), UUID(h.member));
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(h.album), UUID(h.asset));
    h.memory = db_uuid(d, "insert into memory (\"ownerId\", type, data, \"memoryAt\") values ($1, 'on_this_day', '{}', now()) returning id",
                       UUID(h.owner));
    db_exec(d, "insert into memory_asset (\"memoriesId\", \"assetId\") values ($1, $2)", UUID(h.memory), UUID(h.asset));
    db_exec(d, "insert into partner (\"sharedById\", \"sharedWithId\") values ($1, $2)", UUID(h.owner), UUID(h.member));
    db_exec(d, "insert into user_metadata (\"userId\", key, value) values ($1, 'onboarding', '{}')", UUID(h.owner));
    db_exec(d, "insert into asset_metadata (\"assetId\", key, value) values ($1, 'mobile-app', '{}')", UUID(h.asset));
    db_exec(d, "insert into asset_edit (\"assetId\", action, parameters, sequence) values ($1, 'rotate', '{}', 0)", UUID(h.asset));
    db_exec(d,
            "insert into asset_ocr (\"assetId\", x1, y1, x2, y2, x3, y3, x4, y4, \"boxScore\", \"textScore\", text) "
            "values ($1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 'hello')",
            UUID(h.asset));
    h.person_group = db_uuid(d, "insert into person_group (\"clusterGroupId\") values ($1) returning id", UUID(h.cluster_group));
    db_exec(d, "insert into person (\"ownerId\", \"personGroupId\") values ($1, $3), ($2, $3)", UUID(h.owner), UUID(h.member),
            UUID(h.person_group));
    db_exec(d, "insert into asset_face (\"assetId\", \"personGroupId\") values ($1, $2)", UUID(h.asset), UUID(h.person_group));
    uuid in_library = new_asset(d, h.owner);
    h.library =
        db_uuid(d, "insert into library (name, \"ownerId\", \"importPaths\", \"exclusionPatterns\") values ('x', $1, $2, $2) returning id",
                UUID(h.owner), STRS((strs){0}));
    db_exec(d, "update asset set \"libraryId\" = $2 where id = $1", UUID(in_library), UUID(h.library));
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(h.album), UUID(in_library));
    return h;
}

BOTH("a deleted asset tells its albums and memories, not its faces and edits")
{
    household h = new_household(d);
    check_str(audited(d, mem, "delete from asset where id = $1", h.asset), S("asset_audit 1, album_asset_audit 1, memory_asset_audit 1"));
    check_int(db_int(d, "select count(*) from album_asset_audit where \"assetId\" = $1 and \"albumId\" = $2", UUID(h.asset), UUID(h.album)),
              1);
}

BOTH("a deleted album tells its owner and members")
{
    household h = new_household(d);
    check_str(audited(d, mem, "delete from album where id = $1", h.album), S("album_audit 2"));
}

BOTH("a member that is removed, or an asset taken out, tells those who stay")
{
    household h = new_household(d);
    check_str(audited(d, mem, "delete from album_user where \"userId\" = $1", h.member), S("album_audit 1, album_user_audit 1"));
    check_str(audited(d, mem, "delete from album_asset where \"assetId\" = $1", h.asset), S("album_asset_audit 1"));
    check_str(audited(d, mem, "delete from memory_asset where \"assetId\" = $1", h.asset), S("memory_asset_audit 1"));
}

BOTH("a deleted user tells the albums that it was in, and of its persons")
{
    household h = new_household(d);
    uuid theirs = new_album(d, h.member), asset = new_asset(d, h.owner);
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(theirs), UUID(asset));
    db_exec(d, "insert into album_user (\"albumId\", \"userId\") values ($1, $2)", UUID(theirs), UUID(h.owner));
    check_str(audited(d, mem, "delete from \"user\" where id = $1", h.owner),
              S("user_audit 1, person_audit 1, album_asset_audit 1, album_audit 2"));
    check(!db_has(d, "select 1 from album where id = $1", UUID(h.album)));
    check(db_has(d, "select 1 from album where id = $1", UUID(theirs)));
}

BOTH("a deleted library is silent about its assets, but the albums that they were in are told")
{
    household h = new_household(d);
    check_str(audited(d, mem, "delete from library where id = $1", h.library), S("album_asset_audit 1"));
}

BOTH("a deleted memory tells of itself only")
{
    household h = new_household(d);
    check_str(audited(d, mem, "delete from memory where id = $1", h.memory), S("memory_audit 1"));
}

BOTH("an album dies with its owner's membership, and the other members are not told")
{
    household h = new_household(d);
    check_str(audited(d, mem, "delete from album_user where \"userId\" = $1", h.owner), S("album_audit 1"));
    check(!db_has(d, "select 1 from album where id = $1", UUID(h.album)));
}

BOTH("persons are told of, whatever took them along; person groups only by themselves")
{
    household h = new_household(d);
    check_str(audited(d, mem, "delete from person where \"ownerId\" = $1", h.member), S("person_audit 1"));
    check_str(audited(d, mem, "delete from person_group where id = $1", h.person_group), S("person_audit 1, person_group_audit 1"));
    check(db_has(d, "select 1 from asset_face where \"assetId\" = $1 and \"personGroupId\" is null", UUID(h.asset)));
    uuid cluster = db_uuid(d, "insert into cluster_group default values returning id");
    uuid group = db_uuid(d, "insert into person_group (\"clusterGroupId\") values ($1) returning id", UUID(cluster));
    db_exec(d, "insert into person (\"ownerId\", \"personGroupId\") values ($1, $2)", UUID(h.owner), UUID(group));
    check_str(audited(d, mem, "delete from cluster_group where id = $1", cluster), S("person_audit 1"));
}

BOTH("direct deletes of what hangs on users and assets are told")
{
    household h = new_household(d);
    uuid stack =
        db_uuid(d, "insert into stack (\"primaryAssetId\", \"ownerId\") values ($1, $2) returning id", UUID(h.asset), UUID(h.owner));
    check_str(audited(d, mem, "delete from stack where id = $1", stack), S("stack_audit 1"));
    check_str(audited(d, mem, "delete from partner where \"sharedById\" = $1", h.owner), S("partner_audit 1"));
    check_str(audited(d, mem, "delete from user_metadata where \"userId\" = $1", h.owner), S("user_metadata_audit 1"));
    check_str(audited(d, mem, "delete from asset_metadata where \"assetId\" = $1", h.asset), S("asset_metadata_audit 1"));
    check_str(audited(d, mem, "delete from asset_face where \"assetId\" = $1", h.asset), S("asset_face_audit 1"));
    check_str(audited(d, mem, "delete from asset_edit where \"assetId\" = $1", h.asset), S("asset_edit_audit 1"));
    check_str(audited(d, mem, "delete from asset_ocr where \"assetId\" = $1", h.asset), S("asset_ocr_audit 1"));
}

BOTH("isEdited follows the edits")
{
    uuid user = new_user(d), asset = new_asset(d, user);
    const char *edited = "select \"isEdited\" from asset where id = $1";
    const char *add = "insert into asset_edit (\"assetId\", action, parameters, sequence) values ($1, 'rotate', '{}', $2)";
    db_exec(d, add, UUID(asset), INT(0));
    db_exec(d, add, UUID(asset), INT(1));
    check(col_bool(db_one(d, edited, UUID(asset)), 0));
    db_exec(d, "delete from asset_edit where \"assetId\" = $1 and sequence = 1", UUID(asset));
    check(col_bool(db_one(d, edited, UUID(asset)), 0));
    db_exec(d, "delete from asset_edit where \"assetId\" = $1", UUID(asset));
    check(!col_bool(db_one(d, edited, UUID(asset)), 0));
}

static int64_t milliseconds_of(uuid u)
{
    int64_t ms = 0;
    for (int i = 0; i < 6; i++) ms = ms << 8 | u.b[i];
    return ms;
}

BOTH("every update moves updatedAt and updateId together, whatever it assigns")
{
    uuid user = new_user(d), album = new_album(d, user), asset = new_asset(d, user);
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(album), UUID(asset));
    static const char *const touches[] = {"update album set \"updatedAt\" = \"createdAt\" where id = $1",
                                          "update album_asset set \"assetId\" = \"assetId\" where \"albumId\" = $1"};
    static const char *const stamps[] = {"select \"updatedAt\", \"updateId\" from album where id = $1",
                                         "select \"updatedAt\", \"updateId\" from album_asset where \"albumId\" = $1"};
    for (size_t i = 0; i < countof(touches); i++) {
        row *before = db_one(d, stamps[i], UUID(album));
        for (int n = 0; n < 3; n++) {
            when start = now();
            while (now() < start + 2000) {}
            check_int(db_exec(d, touches[i], UUID(album)), 1);
            row *after = db_one(d, stamps[i], UUID(album));
            check(col_when(after, 0) > col_when(before, 0));
            check(uuid_cmp(col_uuid(after, 1), col_uuid(before, 1)) > 0);
            check_int(milliseconds_of(col_uuid(after, 1)), col_when(after, 0) / 1000);
            before = after;
        }
    }
}

BOTH("a new member makes the album new for everybody")
{
    uuid user = new_user(d), member = new_user(d), album = new_album(d, user);
    uuid before = db_uuid(d, "select \"updateId\" from album where id = $1", UUID(album));
    when start = now();
    while (now() < start + 2000) {}
    db_exec(d, "insert into album_user (\"albumId\", \"userId\") values ($1, $2)", UUID(album), UUID(member));
    check(uuid_cmp(db_uuid(d, "select \"updateId\" from album where id = $1", UUID(album)), before) > 0);
}

static void born_tomorrow(ctx *c, void *arg)
{
    db *d = db_begin(c, arg, DB_WRITE);
    household h = new_household(d);
    db_exec(d, "update person set \"birthDate\" = $2 where \"ownerId\" = $1", UUID(h.owner), WHEN(now() + 2 * DAY));
}

static void unknown_role(ctx *c, void *arg)
{
    db *d = db_begin(c, arg, DB_WRITE);
    household h = new_household(d);
    db_exec(d, "update album_user set role = $2 where \"userId\" = $1", UUID(h.owner), STR(S("king")));
}

static void liked_comment(ctx *c, void *arg)
{
    db *d = db_begin(c, arg, DB_WRITE);
    household h = new_household(d);
    db_exec(d, "insert into activity (\"albumId\", \"userId\", comment, \"isLiked\") values ($1, $2, 'x', true)", UUID(h.album),
            UUID(h.owner));
}

BOTH("nobody is born tomorrow, and enums and checks hold")
{
    check_str(failure_of(mem, born_tomorrow, pool), S("Internal server error"));
    check_str(failure_of(mem, unknown_role, pool), S("Internal server error"));
    check_str(failure_of(mem, liked_comment, pool), S("Internal server error"));
}

BOTH("the details of an asset have its number, in whatever order they come")
{
    if (db_engine_of(d) != DB_SQLITE) return;
    uuid owner = new_user(d), assets[4];
    for (size_t i = 0; i < countof(assets); i++) assets[i] = new_asset(d, owner);
    static const size_t order[] = {2, 0, 3, 1};
    for (size_t i = 0; i < countof(order); i++)
        db_exec(
            d,
            "insert into asset_exif (\"assetId\", make) values ($1, 'Maker') on conflict (\"assetId\") do update set make = excluded.make",
            UUID(assets[order[i]]));
    check_int(db_int(d, "select count(*) from asset a join asset_exif e on e.\"assetId\" = a.id and e.number = a.number"), 4);
    db_exec(d, "delete from asset where id = $1", UUID(assets[3]));
    uuid next = new_asset(d, owner);
    db_exec(d, "insert into asset_exif (\"assetId\") select id from asset where id = $1", UUID(next));
    check_int(db_int(d, "select count(*) from asset a join asset_exif e on e.\"assetId\" = a.id where e.number = a.number"), 4);
}
