// Assets: what is shown, what may be changed, and what remains when they go.                          spec 02, sections 6, 7 and 10
#include "ask.h"
#include <unistd.h>

typedef struct {
    request *rq;
    uuid me, a, b;
    const char *a_text, *b_text;
} pair;

static pair pair_of(ctx *c, db_pool *pool, db *d)
{
    pair p = {.me = new_user(d)};
    p.rq = request_of(c, pool, d, p.me);
    p.a = new_photo(d, p.me, "2024-01-01T10:00:00Z");
    p.b = new_photo(d, p.me, "2024-02-01T10:00:00Z");
    p.a_text = id_text(c->mem, p.a);
    p.b_text = id_text(c->mem, p.b);
    forget_jobs(d);
    return p;
}

static row *exif_of(db *d, uuid asset)
{
    return db_one(
        d,
        "select description, \"dateTimeOriginal\", \"timeZone\", latitude, longitude, rating, \"lockedProperties\" from asset_exif "
        "where \"assetId\" = $1",
        UUID(asset));
}

static str locked(db *d, arena *mem, uuid asset)
{
    return str_join(mem, col_strs(exif_of(d, asset), 6), S(" "));
}

static int64_t count(db *d, const char *table, uuid asset)
{
    return db_int_(d, db_sql(d, str_fmt(db_memory(d), "select count(*) from %s where \"assetId\" = $1", table)), PARAMS(UUID(asset)));
}

// ---- looking ---------------------------------------------------------------------------------------------------------------------

BOTH("people are shown by the viewer's names for them, to a link not at all")
{
    pair p = pair_of(c, pool, d);
    uuid friend = new_user(d), album = new_album(d, p.me);
    uuid group = db_uuid(
        d, "insert into person_group (\"clusterGroupId\") select \"clusterGroupId\" from \"user\" where id = $1 returning id", UUID(p.me));
    db_exec(d, "insert into person (\"ownerId\", \"personGroupId\", name) values ($1, $2, 'Mum')", UUID(p.me), UUID(group));
    db_exec(d, "insert into asset_face (\"assetId\", \"personGroupId\") values ($1, $2), ($1, $2)", UUID(p.a), UUID(group));
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(album), UUID(p.a));
    db_exec(d, "insert into album_user (\"albumId\", \"userId\", role) values ($1, $2, 'viewer')", UUID(album), UUID(friend));

    AssetResponseDto *mine = ask(p.rq, getAssetInfo, "{'id':'%s'}", p.a_text);
    check_int((int64_t)mine->people.n, 1);
    if (mine->people.n) check_str(mine->people.at[0].name, S("Mum"));
    check(mine->owner && mine->stack.has && mine->stack.null && mine->tags.at);

    request *other = request_of(c, pool, d, friend);
    AssetResponseDto *theirs = ask(other, getAssetInfo, "{'id':'%s'}", p.a_text);
    check(theirs->people.at && !theirs->people.n);
    db_exec(d, "insert into person (\"ownerId\", \"personGroupId\", name) values ($1, $2, 'Ann')", UUID(friend), UUID(group));
    theirs = ask(other, getAssetInfo, "{'id':'%s'}", p.a_text);
    check(theirs->people.n == 1 && str_is(theirs->people.at[0].name, "Ann"));

    request *visitor = request_of(c, pool, d, p.me);
    visitor->auth = (auth){.kind = AUTH_SHARED_LINK, .user_id = p.me, .link = {.album_id = album, .show_exif = true}};
    AssetResponseDto *seen = ask(visitor, getAssetInfo, "{'id':'%s'}", p.a_text);
    check(seen->people.at && !seen->people.n && !seen->owner && seen->exifInfo);
}

BOTH("a favourite is the owner's only, and a stack of one is none")
{
    pair p = pair_of(c, pool, d);
    set(d, "asset", p.a, "isFavorite", BOOL(true));
    uuid stack = db_uuid(d, "insert into stack (\"primaryAssetId\", \"ownerId\") values ($1, $2) returning id", UUID(p.a), UUID(p.me));
    set(d, "asset", p.a, "stackId", UUID(stack));
    AssetResponseDto *a = ask(p.rq, getAssetInfo, "{'id':'%s'}", p.a_text);
    check(a->isFavorite && a->stack.null);
    set(d, "asset", p.b, "stackId", UUID(stack));
    a = ask(p.rq, getAssetInfo, "{'id':'%s'}", p.a_text);
    check(!a->stack.null && a->stack.v->assetCount == 2);
    uuid friend = new_user(d);
    db_exec(d, "insert into partner (\"sharedById\", \"sharedWithId\") values ($1, $2)", UUID(p.me), UUID(friend));
    check(!ask(request_of(c, pool, d, friend), getAssetInfo, "{'id':'%s'}", p.a_text)->isFavorite);
}

BOTH("statistics count by kind, favourite, visibility and trash")
{
    pair p = pair_of(c, pool, d);
    set(d, "asset", p.b, "type", STR(S("VIDEO")));
    set(d, "asset", p.b, "isFavorite", BOOL(true));
    AssetStatsResponseDto *s = ask(p.rq, getAssetStatistics, "{}");
    check(s->images == 1 && s->videos == 1 && s->total == 2);
    s = ask(p.rq, getAssetStatistics, "{'isFavorite':false}");
    check(s->images == 1 && s->total == 1);
    set(d, "asset", p.a, "visibility", STR(S("archive")));
    s = ask(p.rq, getAssetStatistics, "{'visibility':'archive'}");
    check(s->images == 1 && s->total == 1);
    set(d, "asset", p.b, "deletedAt", WHEN(now()));
    check_int(ask(p.rq, getAssetStatistics, "{}")->total, 1);
    check_int(ask(p.rq, getAssetStatistics, "{'isTrashed':true}")->videos, 1);
    set(d, "asset", p.b, "status", STR(S("deleted")));
    check_int(ask(p.rq, getAssetStatistics, "{'isTrashed':true}")->total, 0);
    set(d, "asset", p.b, "status", STR(S("active"))); // or the test of the trash would meet it
    db_commit(d);
}

// ---- changing --------------------------------------------------------------------------------------------------------------------

BOTH("what people write is locked until the sidecar has it")
{
    pair p = pair_of(c, pool, d);
    ask(p.rq, updateAsset, "{'id':'%s','body':{'description':'sea','rating':5,'dateTimeOriginal':'2023-11-20T01:11:00.123456-07:00'}}",
        p.a_text);
    row *e = exif_of(d, p.a);
    check_str(col_str(e, 0), S("sea"));
    check_int(col_when(e, 1), when_of((civil){2023, 11, 20, 8, 11, 0, 123000}));
    check_str(col_str(e, 2), S("UTC-7"));
    check_int(col_int(e, 5), 5);
    check_str(locked(d, mem, p.a), S("dateTimeOriginal description rating timeZone"));
    check_str(waiting_jobs(d, mem), S("SidecarWrite"));

    ask(p.rq, updateAsset, "{'id':'%s','body':{'rating':null,'latitude':1.5,'longitude':-2}}", p.a_text);
    e = exif_of(d, p.a);
    check(col_null(e, 5) && col_float(e, 3) == 1.5 && col_float(e, 4) == -2);
    check_str(col_str(e, 0), S("sea"));
    check_str(locked(d, mem, p.a), S("dateTimeOriginal description latitude longitude rating timeZone"));
    ask(p.rq, updateAsset, "{'id':'%s','body':{'description':''}}", p.a_text);
    check_str(col_str(exif_of(d, p.a), 0), S(""));
}

BOTH("a date without an offset is UTC and leaves the zone; other forms of date are refused")
{
    pair p = pair_of(c, pool, d);
    set(d, "asset_exif", p.a, "timeZone", STR(S("UTC+2")));
    ask(p.rq, updateAsset, "{'id':'%s','body':{'dateTimeOriginal':'2023-11-20T01:11:00'}}", p.a_text);
    check_int(col_when(exif_of(d, p.a), 1), when_of((civil){2023, 11, 20, 1, 11, 0, 0}));
    check_str(col_str(exif_of(d, p.a), 2), S("UTC+2"));
    static const char *const zones[][2] = {{"Z", "UTC"}, {"+00:00", "UTC"}, {"+05:30", "UTC+5:30"}, {"-11:00", "UTC-11"}};
    for (size_t i = 0; i < countof(zones); i++) {
        ask(p.rq, updateAsset, "{'id':'%s','body':{'dateTimeOriginal':'2023-11-20T01:11:00%s'}}", p.a_text, zones[i][0]);
        check_str(col_str(exif_of(d, p.a), 2), str_of(zones[i][1]));
    }
    check_str(refusal(p.rq, updateAsset, "{'id':'%s','body':{'dateTimeOriginal':'yesterday'}}", p.a_text),
              S("400 Unreadable date: yesterday"));
}

BOTH("nothing to change changes nothing, and makes no work")
{
    pair p = pair_of(c, pool, d);
    uuid before = db_uuid(d, "select \"updateId\" from asset where id = $1", UUID(p.a));
    check(uuid_eq(ask(p.rq, updateAsset, "{'id':'%s','body':{}}", p.a_text)->id, p.a));
    check(uuid_eq(db_uuid(d, "select \"updateId\" from asset where id = $1", UUID(p.a)), before));
    ask(p.rq, updateAsset, "{'id':'%s','body':{'isFavorite':true,'visibility':'archive'}}", p.a_text);
    check_str(waiting_jobs(d, mem), S(""));
    check(str_find(refusal(p.rq, updateAsset, "{'id':'%s','body':{'latitude':1}}", p.a_text),
                   S("Latitude and longitude must be provided together")) > 0);
}

BOTH("many at once: dates move together, zones change, each gets its sidecar")
{
    pair p = pair_of(c, pool, d);
    when taken = when_of((civil){2020, 1, 1, 12, 0, 0, 0});
    set(d, "asset_exif", p.a, "dateTimeOriginal", WHEN(taken));
    ask(p.rq, updateAssets, "{'body':{'ids':['%s','%s'],'dateTimeRelative':-90,'timeZone':'Europe/Rome'}}", p.a_text, p.b_text);
    check_int(col_when(exif_of(d, p.a), 1), taken - 90 * MINUTE);
    check(col_null(exif_of(d, p.b), 1));
    check_str(col_str(exif_of(d, p.b), 2), S("Europe/Rome"));
    check_str(locked(d, mem, p.a), S("dateTimeOriginal timeZone"));
    check_str(waiting_jobs(d, mem), S("SidecarWrite SidecarWrite"));
    ask(p.rq, updateAssets, "{'body':{'ids':[],'isFavorite':true}}");
    check(str_find(refusal(p.rq, updateAssets, "{'body':{'ids':[],'dateTimeRelative':1,'dateTimeOriginal':'2020-01-01T00:00:00Z'}}"),
                   S("dateTimeRelative cannot exist alongside dateTimeOriginal")) > 0);
    uuid group = uuid_v4();
    ask(p.rq, updateAssets, "{'body':{'ids':['%s'],'duplicateId':'%s'}}", p.a_text, id_text(mem, group));
    check(uuid_eq(db_uuid(d, "select \"duplicateId\" from asset where id = $1", UUID(p.a)), group));
    ask(p.rq, updateAssets, "{'body':{'ids':['%s'],'duplicateId':null}}", p.a_text);
    check(uuid_nil(db_uuid(d, "select \"duplicateId\" from asset where id = $1", UUID(p.a))));
}

BOTH("what is locked away leaves all albums")
{
    pair p = pair_of(c, pool, d);
    uuid album = new_album(d, new_user(d));
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2), ($1, $3)", UUID(album), UUID(p.a), UUID(p.b));
    ask(p.rq, updateAssets, "{'body':{'ids':['%s'],'visibility':'locked'}}", p.a_text);
    check_int(count(d, "album_asset", p.a), 0);
    check_int(count(d, "album_asset", p.b), 1);
    check_str(refusal(p.rq, updateAsset, "{'id':'%s','body':{'visibility':'timeline'}}", p.a_text),
              S("400 Not found or no asset.update access"));
}

BOTH("a film becomes the motion part of a photo, and comes back")
{
    pair p = pair_of(c, pool, d);
    str refused = refusal(p.rq, updateAsset, "{'id':'%s','body':{'livePhotoVideoId':'%s'}}", p.a_text, p.b_text);
    check_str(refused, S("400 Live photo video must be a video"));
    set(d, "asset", p.b, "type", STR(S("VIDEO")));
    ask(p.rq, updateAsset, "{'id':'%s','body':{'livePhotoVideoId':'%s'}}", p.a_text, p.b_text);
    check_str(db_str(d, "select visibility from asset where id = $1", UUID(p.b)), S("hidden"));
    check_str(waiting_jobs(d, mem), S(""));
    ask(p.rq, updateAsset, "{'id':'%s','body':{'livePhotoVideoId':null,'visibility':'archive'}}", p.a_text);
    check_str(db_str(d, "select visibility from asset where id = $1", UUID(p.b)), S("archive"));
    check(uuid_nil(db_uuid(d, "select \"livePhotoVideoId\" from asset where id = $1", UUID(p.a))));
    check_str(waiting_jobs(d, mem), S("AssetGenerateThumbnails"));

    uuid theirs = new_photo(d, new_user(d), "2024-01-01T00:00:00Z");
    set(d, "asset", theirs, "type", STR(S("VIDEO")));
    refused = refusal(p.rq, updateAsset, "{'id':'%s','body':{'livePhotoVideoId':'%s'}}", p.a_text, id_text(mem, theirs));
    check_str(refused, S("400 Live photo video does not belong to the user"));
    refused = refusal(p.rq, updateAsset, "{'id':'%s','body':{'livePhotoVideoId':'%s'}}", p.a_text, id_text(mem, uuid_v4()));
    check_str(refused, S("400 Live photo video not found"));
}

static uuid stack_of(db *d, uuid owner, uuid primary, uuid second)
{
    uuid stack = db_uuid(d, "insert into stack (\"primaryAssetId\", \"ownerId\") values ($1, $2) returning id", UUID(primary), UUID(owner));
    set(d, "asset", primary, "stackId", UUID(stack));
    set(d, "asset", second, "stackId", UUID(stack));
    return stack;
}

BOTH("albums, links, stack and favourite go over to another asset, each only if wanted")
{
    pair p = pair_of(c, pool, d);
    uuid album = new_album(d, p.me), link = uuid_v4(), third = new_photo(d, p.me, "2024-03-01T00:00:00Z");
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(album), UUID(p.a));
    db_exec(d, "insert into shared_link (id, \"userId\", key, type) values ($1, $2, $3, 'INDIVIDUAL')", UUID(link), UUID(p.me),
            BYTES(((bytes){link.b, sizeof link})));
    db_exec(d, "insert into shared_link_asset (\"sharedLinkId\", \"assetId\") values ($1, $2)", UUID(link), UUID(p.a));
    set(d, "asset", p.a, "isFavorite", BOOL(true));
    uuid stack = stack_of(d, p.me, p.a, third);

    ask(p.rq, copyAsset, "{'body':{'sourceId':'%s','targetId':'%s','albums':false,'sharedLinks':false,'stack':false,'favorite':false}}",
        p.a_text, p.b_text);
    check_int(count(d, "album_asset", p.b) + count(d, "shared_link_asset", p.b), 0);
    for (int again = 0; again < 2; again++) ask(p.rq, copyAsset, "{'body':{'sourceId':'%s','targetId':'%s'}}", p.a_text, p.b_text);
    check_int(count(d, "album_asset", p.b), 1);
    check_int(count(d, "shared_link_asset", p.b), 1);
    check(db_has(d, "select 1 from asset where id = $1 and \"isFavorite\" = true and \"stackId\" = $2", UUID(p.b), UUID(stack)));
    check_str(refusal(p.rq, copyAsset, "{'body':{'sourceId':'%s','targetId':'%s'}}", p.a_text, p.a_text),
              S("400 Source and target id must be distinct"));

    uuid fourth = new_photo(d, p.me, "2024-04-01T00:00:00Z"), fifth = new_photo(d, p.me, "2024-05-01T00:00:00Z");
    uuid other = stack_of(d, p.me, fourth, fifth);
    ask(p.rq, copyAsset, "{'body':{'sourceId':'%s','targetId':'%s'}}", p.a_text, id_text(mem, fifth));
    check_int(db_int(d, "select count(*) from asset where \"stackId\" = $1", UUID(other)), 5);
    check(!db_has(d, "select 1 from stack where id = $1", UUID(stack)));
}

typedef struct {
    request *rq;
    str path;
    const char *text;
} small_file;

static void make_file(ctx *c, void *arg)
{
    small_file *made = arg;
    storage_file *f = storage_create(c->mem, made->rq->app->storage, false);
    check(f && storage_write(f, made->text, strlen(made->text)));
    storage_keep(c, f, made->path, WHEN_NONE);
    storage_settle(c);
}

static str file_with(request *rq, const char *name, const char *text)
{
    small_file f = {rq, str_fmt(rq->mem, "%.*s/library/%s", PR(storage_root(rq->app->storage)), name), text};
    check(try(&rq->ctx, make_file, &f));
    return f.path;
}

static void read_file(ctx *c, void *arg)
{
    small_file *f = arg;
    char text[100] = "";
    check(read(storage_read(c, f->path), text, sizeof text - 1) >= 0);
    check_str(str_of(text), str_of(f->text));
}

BOTH("a sidecar is copied beside the other asset's original, whose own one goes")
{
    pair p = pair_of(c, pool, d);
    str source = file_with(p.rq, "a.xmp", "the notes"), original = file_with(p.rq, "b.jpg", "a picture");
    set(d, "asset", p.b, "originalPath", STR(original));
    db_exec(d, "insert into asset_file (\"assetId\", type, path) values ($1, 'sidecar', $2), ($3, 'sidecar', '/old.xmp')", UUID(p.a),
            STR(source), UUID(p.b));
    ask(p.rq, copyAsset, "{'body':{'sourceId':'%s','targetId':'%s'}}", p.a_text, p.b_text);
    str copy = str_cat(mem, original, S(".xmp"));
    check_str(db_str(d, "select path from asset_file where \"assetId\" = $1", UUID(p.b)), copy);
    check_str(waiting_jobs(d, mem), S("FileDelete AssetExtractMetadata"));
    check(try(&p.rq->ctx, read_file, &(small_file){.path = copy, .text = "the notes"}));
}

// ---- clients' own values ---------------------------------------------------------------------------------------------------------

BOTH("a client's own values are stored under their keys and replaced as a whole")
{
    pair p = pair_of(c, pool, d);
    updateAssetMetadata_out *put =
        ask(p.rq, updateAssetMetadata, "{'id':'%s','body':{'items':[{'key':'z','value':{'x':1}},{'key':'mobile-app','value':{'y':[2]}}]}}",
            p.a_text);
    check(put->items.n == 2 && str_is(put->items.at[0].key, "z") && put->items.at[0].updatedAt > 0);
    ask(p.rq, updateAssetMetadata, "{'id':'%s','body':{'items':[{'key':'z','value':{'w':3}}]}}", p.a_text);
    getAssetMetadataByKey_out *one = ask(p.rq, getAssetMetadataByKey, "{'id':'%s','key':'z'}", p.a_text);
    check_str(str_replace(mem, one->value.text, S(" "), S("")), S("{\"w\":3}"));
    check_int((int64_t)ask(p.rq, getAssetMetadata, "{'id':'%s'}", p.a_text)->items.n, 2);
    check_int((int64_t)ask(p.rq, updateAssetMetadata, "{'id':'%s','body':{'items':[]}}", p.a_text)->items.n, 0);

    check_str(refusal(p.rq, getAssetMetadataByKey, "{'id':'%s','key':'none'}", p.a_text),
              str_fmt(mem, "400 Metadata with key \"none\" not found for asset with id \"%s\"", p.a_text));
    check_str(refusal(p.rq, updateAssetMetadata, "{'id':'%s','body':{'items':[{'key':'k','value':{}},{'key':'k','value':{}}]}}", p.a_text),
              S("400 Duplicate items are not allowed: \"k\""));
    ask(p.rq, deleteAssetMetadata, "{'id':'%s','key':'z'}", p.a_text);
    ask(p.rq, deleteAssetMetadata, "{'id':'%s','key':'z'}", p.a_text);
    check_int((int64_t)ask(p.rq, getAssetMetadata, "{'id':'%s'}", p.a_text)->items.n, 1);
    check_int(count(d, "asset_metadata_audit", p.a), 1);
}

BOTH("values of many assets are written in one go, in the order of the request")
{
    pair p = pair_of(c, pool, d);
    updateBulkAssetMetadata_out *put = ask(
        p.rq, updateBulkAssetMetadata,
        "{'body':{'items':[{'assetId':'%s','key':'k','value':{'n':1}},{'assetId':'%s','key':'k','value':{'n':2}},{'assetId':'%s','key':'a','value':{}}]}}",
        p.b_text, p.a_text, p.b_text);
    check_int((int64_t)put->items.n, 3);
    check(uuid_eq(put->items.at[0].assetId, p.b) && uuid_eq(put->items.at[1].assetId, p.a) && str_is(put->items.at[2].key, "a"));
    check_str(str_replace(mem, put->items.at[1].value.text, S(" "), S("")), S("{\"n\":2}"));
    str twice =
        refusal(p.rq, updateBulkAssetMetadata,
                "{'body':{'items':[{'assetId':'%s','key':'k','value':{}},{'assetId':'%s','key':'k','value':{}}]}}", p.a_text, p.a_text);
    check_str(twice, str_fmt(mem, "400 Duplicate items are not allowed: \"(%s, k)\"", p.a_text));
    ask(p.rq, deleteBulkAssetMetadata, "{'body':{'items':[{'assetId':'%s','key':'k'},{'assetId':'%s','key':'none'}]}}", p.a_text, p.b_text);
    check_int(count(d, "asset_metadata", p.a), 0);
    check_int(count(d, "asset_metadata", p.b), 2);
    request *other = request_of(c, pool, d, new_user(d));
    check_str(refusal(other, deleteBulkAssetMetadata, "{'body':{'items':[{'assetId':'%s','key':'k'}]}}", p.a_text),
              S("400 Not found or no asset.update access"));
}

// ---- the trash -------------------------------------------------------------------------------------------------------------------

BOTH("into the trash, out of it, and marked for good")
{
    pair p = pair_of(c, pool, d);
    ask(p.rq, deleteAssets, "{'body':{'ids':['%s','%s']}}", p.a_text, p.b_text);
    check_int(
        db_int(d, "select count(*) from asset where \"ownerId\" = $1 and status = 'trashed' and \"deletedAt\" is not null", UUID(p.me)), 2);
    check_int(ask(p.rq, restoreAssets, "{'body':{'ids':['%s','%s']}}", p.a_text, p.a_text)->count, 2);
    check_int(ask(p.rq, restoreAssets, "{'body':{'ids':[]}}")->count, 0);
    check_int(ask(p.rq, restoreTrash, "{}")->count, 1);
    check_int(db_int(d, "select count(*) from asset where \"ownerId\" = $1 and status = 'active' and \"deletedAt\" is null", UUID(p.me)),
              2);
    check_int(ask(p.rq, emptyTrash, "{}")->count, 0);
    check_str(waiting_jobs(d, mem), S(""));
    ask(p.rq, deleteAssets, "{'body':{'ids':['%s']}}", p.a_text);
    check_int(ask(p.rq, emptyTrash, "{}")->count, 1);
    ask(p.rq, deleteAssets, "{'body':{'ids':['%s'],'force':true}}", p.b_text);
    check_str(waiting_jobs(d, mem), S("AssetEmptyTrash"));
    forget_jobs(d);
    check_int(run_job(pool, mem, JOB_AssetEmptyTrash, (job_data){0}), JOB_SUCCESS);
    check_str(waiting_jobs(d, mem), S("AssetDelete AssetDelete"));
}

// Deletes for good what is in the trash, and returns the files that are to be unlinked.
static str deleted(db_pool *pool, db *d, arena *mem, uuid asset, bool on_disk)
{
    set(d, "asset", asset, "deletedAt", WHEN(now()));
    forget_jobs(d);
    check_int(run_job(pool, mem, JOB_AssetDelete, (job_data){.id = asset, .delete_on_disk = on_disk}), JOB_SUCCESS);
    check(!db_has(d, "select 1 from asset where id = $1", UUID(asset)));
    str files = db_str(d, "select data from calotype_job where name = 'FileDelete'");
    db_commit(d);
    return files;
}

BOTH("an asset goes with its rows, its bytes on the account and its files")
{
    pair p = pair_of(c, pool, d);
    db_exec(d, "update \"user\" set \"quotaUsageInBytes\" = 1500 where id = $1", UUID(p.me));
    db_exec(d, "insert into asset_file (\"assetId\", type, path) values ($1, 'preview', '/p'), ($1, 'sidecar', '/x')", UUID(p.a));
    str files = deleted(pool, d, mem, p.a, true);
    check(str_find(files, S("\"/p\"")) > 0 && str_find(files, S("\"/x\"")) > 0);
    check(str_find(files, str_fmt(mem, "/photos/%s.jpg", p.a_text)) > 0);
    check_int(db_int(d, "select \"quotaUsageInBytes\" from \"user\" where id = $1", UUID(p.me)), 500);
    check_int(count(d, "asset_audit", p.a), 1);
    db_commit(d);
    check_int(run_job(pool, mem, JOB_AssetDelete, (job_data){.id = p.a}), JOB_FAILED);
}

BOTH("what was never on disk, is offline, or shows another asset's file too, leaves the original alone")
{
    pair p = pair_of(c, pool, d);
    db_exec(d, "insert into asset_file (\"assetId\", type, path) values ($1, 'preview', '/p'), ($1, 'sidecar', '/x')", UUID(p.a));
    str files = deleted(pool, d, mem, p.a, false);
    check(str_find(files, S("\"/p\"")) > 0 && str_find(files, S("/x")) < 0 && str_find(files, S("/photos/")) < 0);
    set(d, "asset", p.b, "isOffline", BOOL(true));
    check(!deleted(pool, d, mem, p.b, true).at);
    uuid one = new_photo(d, p.me, "2024-01-01T00:00:00Z"), same = new_photo(d, p.me, "2024-01-01T00:00:00Z");
    set(d, "asset", one, "originalPath", STR(S("/library/photo.jpg")));
    set(d, "asset", same, "originalPath", STR(S("/library/photo.jpg")));
    check(!deleted(pool, d, mem, one, true).at);
    check(str_find(deleted(pool, d, mem, same, true), S("/library/photo.jpg")) > 0);
}

BOTH("what was restored in the meantime is not deleted")
{
    pair p = pair_of(c, pool, d);
    db_commit(d);
    check_int(run_job(pool, mem, JOB_AssetDelete, (job_data){.id = p.a, .delete_on_disk = true}), JOB_SKIPPED);
    check(db_has(d, "select 1 from asset where id = $1", UUID(p.a)));
}

BOTH("a motion part goes with the last photo that has it")
{
    pair p = pair_of(c, pool, d);
    uuid film = new_photo(d, p.me, "2024-01-01T00:00:00Z");
    set(d, "asset", film, "visibility", STR(S("hidden")));
    set(d, "asset", p.a, "livePhotoVideoId", UUID(film));
    set(d, "asset", p.b, "livePhotoVideoId", UUID(film));
    deleted(pool, d, mem, p.a, true);
    check_str(waiting_jobs(d, mem), S("FileDelete"));
    deleted(pool, d, mem, p.b, true);
    check_str(waiting_jobs(d, mem), S("AssetDelete FileDelete"));
    db_commit(d);
    check_int(run_job(pool, mem, JOB_AssetDelete, (job_data){.id = film, .delete_on_disk = true}), JOB_SUCCESS);
}

BOTH("a stack that loses its first gets another, and ends when one is left")
{
    pair p = pair_of(c, pool, d);
    uuid third = new_photo(d, p.me, "2024-03-01T00:00:00Z");
    uuid stack = db_uuid(d, "insert into stack (\"primaryAssetId\", \"ownerId\") values ($1, $2) returning id", UUID(p.a), UUID(p.me));
    uuid members[] = {p.a, p.b, third};
    for (int i = 0; i < 3; i++) set(d, "asset", members[i], "stackId", UUID(stack));
    deleted(pool, d, mem, p.a, true);
    check(uuid_eq(db_uuid(d, "select \"primaryAssetId\" from stack where id = $1", UUID(stack)), p.b));
    deleted(pool, d, mem, third, true);
    check(!db_has(d, "select 1 from stack where id = $1", UUID(stack)));
    check(uuid_nil(db_uuid(d, "select \"stackId\" from asset where id = $1", UUID(p.b))));
}

BOTH("what has been in the trash for long enough is queued, offline files without their disk, and what was given up once more")
{
    pair p = pair_of(c, pool, d);
    uuid young = new_photo(d, p.me, "2024-01-01T00:00:00Z"), given_up = new_photo(d, p.me, "2024-01-02T00:00:00Z");
    set(d, "asset", given_up, "deletedAt", WHEN(now()));
    set(d, "asset", given_up, "status", STR(S("deleted")));
    set(d, "asset", p.a, "deletedAt", WHEN(now() - 31 * DAY));
    set(d, "asset", p.b, "deletedAt", WHEN(now() - 31 * DAY));
    set(d, "asset", p.b, "isOffline", BOOL(true));
    set(d, "asset", young, "deletedAt", WHEN(now() - 29 * DAY));
    forget_jobs(d);
    check_int(run_job(pool, mem, JOB_AssetDeleteCheck, (job_data){0}), JOB_SUCCESS);
    static const char text[] = "select count(*) from calotype_job where name = 'AssetDelete' and strpos(data, $1) > 0 and "
                               "(strpos(data, 'deleteOnDisk\":true') > 0) = $2";
    check_int(db_int(d, text, STR(str_of(p.a_text)), BOOL(true)), 1);
    check_int(db_int(d, text, STR(str_of(p.b_text)), BOOL(false)), 1);
    check_int(db_int(d, text, STR(str_of(id_text(mem, young))), BOOL(true)), 0);
    check_int(db_int(d, text, STR(str_of(id_text(mem, given_up))), BOOL(true)), 1);
}

// ---- before sending --------------------------------------------------------------------------------------------------------------

BOTH("a bulk check answers in order and finds the trash and libraries too")
{
    pair p = pair_of(c, pool, d);
    sha1 sum = sha1_of(str_bytes(uuid_text(mem, p.a)));
    set(d, "asset", p.a, "checksum", BYTES(((bytes){sum.b, sizeof sum.b})));
    set(d, "asset", p.a, "deletedAt", WHEN(now()));
    str hex = hex_encode(mem, (bytes){sum.b, sizeof sum.b}), base64 = base64_encode(mem, (bytes){sum.b, sizeof sum.b});
    AssetBulkUploadCheckResponseDto *answer =
        ask(p.rq, checkBulkUpload,
            "{'body':{'assets':[{'id':'1','checksum':'nonsense'},{'id':'2','checksum':'%.*s'},{'id':'3','checksum':'%.*s'}]}}", PR(hex),
            PR(base64));
    check_int((int64_t)answer->results.n, 3);
    check(answer->results.at[0].action == ASSET_UPLOAD_ACTION_ACCEPT && uuid_nil(answer->results.at[0].assetId));
    for (int i = 1; i < 3; i++) {
        AssetBulkUploadCheckResult *r = &answer->results.at[i];
        check(r->action == ASSET_UPLOAD_ACTION_REJECT && uuid_eq(r->assetId, p.a) && r->isTrashed.v);
    }
    check_int((int64_t)ask(p.rq, checkBulkUpload, "{'body':{'assets':[]}}")->results.n, 0);
}
