// Uploading: what arrives is on disk, synced and in the database before it is acknowledged.        spec 02, sections 4 and 5
#include "features/app.h"
#include "features/assets/assets.h"
#include "features/uploads.h"
#include "media/types.h"
#include <errno.h>
#include <stdlib.h>

// A file part on its way to its place.
typedef struct {
    storage_file *file;
    str path; // where it will lie
    str name; // as the client calls it
    bool is_sidecar;
} incoming;

bytes checksum_parse(arena *mem, str text)
{
    bytes raw = {0};
    bool readable = text.n == 28 ? base64_decode(mem, text, &raw) : hex_decode(mem, text, &raw);
    return readable ? raw : (bytes){0};
}

param checksum_param(arena *mem, str text)
{
    if (!text.at) return NUL;
    bytes raw = checksum_parse(mem, text);
    return raw.n ? BYTES(raw) : BYTES(str_bytes(S("")));
}

uuid asset_with_checksum(request *rq, uuid owner, bytes sha1)
{
    return db_uuid(rq->db,
                   "select id from asset where \"ownerId\" = $1 and checksum = $2 and \"libraryId\" is null and status <> 'deleted'",
                   UUID(owner), BYTES(sha1));
}

// ---- receiving -------------------------------------------------------------------------------------------------------------------

static str part_value(exchange *x, const char *name)
{
    each (p, x->parts) {
        if (!p->file && str_is(p->name, name)) return p->value;
    }
    return (str){0};
}

static bool part_seen(exchange *x, str name)
{
    each (p, x->parts) {
        if (p->file && str_eq(p->name, name)) return true;
    }
    return false;
}

static void *turn_away(exchange *x, int status, const char *text, str what)
{
    answer_error(x, status, str_fmt(x->mem, "%s%.*s", text, PR(what)));
    return NULL;
}

static void *open_part(void *arg, exchange *x, str field, str filename)
{
    request *rq = arg;
    bool is_sidecar = str_is(field, "sidecarData");
    if ((!is_sidecar && !str_is(field, "assetData")) || part_seen(x, field)) return turn_away(x, 400, "Unexpected field - ", field);
    if (rq->auth.kind == AUTH_SHARED_LINK && !rq->auth.link.allow_upload) return turn_away(x, 401, "Unauthorized", S(""));

    // The field `filename` names the asset; a sidecar is judged by its own name.
    str given = part_value(x, "filename");
    str name = !is_sidecar && given.n ? given : filename;
    name = str_slice(name, (size_t)(str_rfind_char(name, '/') + 1), name.n);
    name = str_slice(name, (size_t)(str_rfind_char(name, '\\') + 1), name.n);
    media_type kind = media_type_of(name);
    if (is_sidecar ? kind != MEDIA_SIDECAR : kind != MEDIA_IMAGE && kind != MEDIA_VIDEO)
        return turn_away(x, 400, "Unsupported file type ", name);

    incoming *in = new (x->mem, incoming);
    in->file = storage_create(x->mem, rq->app->storage, !is_sidecar);
    if (!in->file) {
        log_error("cannot create a file for an upload: %s", strerror(errno));
        return turn_away(x, 500, "Failed to upload asset", S(""));
    }
    str extension = is_sidecar ? S(".xmp") : storage_extension(name);
    in->path =
        storage_nested(rq->app->storage, x->mem, FOLDER_UPLOAD, rq->auth.user_id, str_cat(x->mem, uuid_text(x->mem, uuid_v4()), extension));
    in->name = utf8_clean(x->mem, name);
    in->is_sidecar = is_sidecar;
    return in;
}

static bool write_part(void *file, const void *at, size_t n)
{
    return storage_write(((incoming *)file)->file, at, n);
}

static bool finish_part(void *arg, exchange *x, void *file)
{
    (void)arg;
    incoming *in = file;
    if (in->file->size || in->is_sidecar) return true;
    turn_away(x, 400, "File is empty", S(""));
    return false;
}

static void discard_part(void *file)
{
    storage_discard(((incoming *)file)->file);
}

// Runs when the headers are in: a file that the user has already need not be sent at all.
void uploadAsset_upload(request *rq, http_sink *sink)
{
    bytes checksum = checksum_parse(rq->mem, http_header(rq->http, "x-immich-checksum"));
    uuid existing = checksum.n ? asset_with_checksum(rq, rq->auth.user_id, checksum) : (uuid){0};
    if (!uuid_nil(existing)) {
        answer_json(rq->http, 200, str_fmt(rq->mem, "{\"id\":\"%.*s\",\"status\":\"duplicate\"}", PR(uuid_text(rq->mem, existing))));
        return;
    }
    *sink = (http_sink){.arg = rq, .open = open_part, .write = write_part, .finish = finish_part, .discard = discard_part};
}

// ---- taking it in ----------------------------------------------------------------------------------------------------------------

static incoming *received(request *rq, const char *field)
{
    each (p, rq->http->parts) {
        if (p->file && str_is(p->name, field)) return p->file;
    }
    return NULL;
}

void live_photo_check(request *rq, uuid video)
{
    if (uuid_nil(video)) return;
    row *r = db_one(rq->db, "select type, \"ownerId\" from asset where id = $1", UUID(video));
    if (!r) fail(rq, 400, "Live photo video not found");
    if (!str_is(col_str(r, 0), "VIDEO")) fail(rq, 400, "Live photo video must be a video");
    if (!uuid_eq(col_uuid(r, 1), rq->auth.user_id)) fail(rq, 400, "Live photo video does not belong to the user");
}

void live_photo_hide(request *rq, uuid video)
{
    if (db_exec(rq->db, "update asset set visibility = 'hidden' where id = $1 and visibility = 'timeline'", UUID(video)))
        emit(rq, rq->auth.user_id, "on_asset_hidden", str_fmt(rq->mem, "\"%.*s\"", PR(uuid_text(rq->mem, video))));
}

static void add_to_shared_link(request *rq, uuid asset)
{
    if (rq->auth.kind != AUTH_SHARED_LINK) return;
    uuid album = rq->auth.link.album_id;
    if (uuid_nil(album)) {
        db_exec(rq->db, "insert into shared_link_asset (\"sharedLinkId\", \"assetId\") values ($1, $2) on conflict do nothing",
                UUID(rq->auth.link.id), UUID(asset));
        return;
    }
    db_exec(rq->db, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2) on conflict do nothing", UUID(album), UUID(asset));
    ids members = db_ids(rq->db, "select \"userId\" from album_user where \"albumId\" = $1", UUID(album));
    str event = str_fmt(rq->mem, "\"%.*s\"", PR(uuid_text(rq->mem, album)));
    each (member, members) {
        emit(rq, *member, "on_album_update", event);
        if (job_known(JOB_NotifyAlbumUpdate)) job_push(rq, NotifyAlbumUpdate, .id = album, .recipient_id = *member);
    }
}

// What the sender says that the bytes are. Bytes that are something else were damaged on the way or changed while they were read: the sender, who
// still has the file, hears of it, instead of finding later that it is not here.
static void compare_with_announced(request *rq, bytes checksum)
{
    bytes announced = checksum_parse(rq->mem, http_header(rq->http, "x-immich-checksum"));
    if (announced.n == checksum.n && memcmp(announced.at, checksum.at, checksum.n) != 0)
        fail(rq, 400, "The file does not have the checksum that was announced in x-immich-checksum");
}

static const char no_room[] = "Quota has been exceeded!";

static void look_at_quota(request *rq, int64_t more)
{
    if (db_has(rq->db, "select 1 from \"user\" where id = $1 and \"quotaUsageInBytes\" + $2 > \"quotaSizeInBytes\"", UUID(rq->auth.user_id),
               INT(more)))
        fail(rq, 400, no_room);
}

// Counts the file; that is also the test that holds when several files come at once.
static void take_quota(request *rq, int64_t more)
{
    if (!db_exec(rq->db,
                 "update \"user\" set \"quotaUsageInBytes\" = \"quotaUsageInBytes\" + $2 "
                 "where id = $1 and (\"quotaSizeInBytes\" is null or \"quotaUsageInBytes\" + $2 <= \"quotaSizeInBytes\")",
                 UUID(rq->auth.user_id), INT(more)))
        fail(rq, 400, no_room);
}

static void commit(ctx *unused, void *db)
{
    (void)unused;
    db_commit(db);
}

// Whether a database that is lost during the commit has kept the asset, nobody knows. Then the file stays: one too many can be found, one too few
// is a lost photo.
static void commit_with_file(request *rq)
{
    if (try(&rq->ctx, commit, rq->db)) return;
    if (rq->ctx.status == 503) storage_leave_in_doubt(&rq->ctx);
    fail(rq, rq->ctx.status, "%.*s", PR(rq->ctx.message));
}

// Puts the files in their places and writes the rows, all or nothing. nil: there is an asset with this checksum, perhaps since a moment ago.
static uuid keep(request *rq, const AssetMediaCreateDto *b, incoming *file, incoming *sidecar, bytes checksum)
{
    storage_keep(&rq->ctx, file->file, file->path, b->fileModifiedAt);
    if (sidecar) storage_keep(&rq->ctx, sidecar->file, sidecar->path, b->fileModifiedAt);
    live_photo_check(rq, b->livePhotoVideoId);

    db *db = rq->db;
    uuid id = uuid_v4();
    db_result inserted = db_try(
        db,
        "insert into asset (id, \"ownerId\", checksum, \"checksumAlgorithm\", \"originalPath\", \"fileCreatedAt\", \"fileModifiedAt\", "
        "\"localDateTime\", type, \"isFavorite\", duration, visibility, \"originalFileName\", \"livePhotoVideoId\") "
        "values ($1, $2, $3, 'sha1', $4, $5, $6, $5, $7, $8, $9, $10, $11, $12)",
        UUID(id), UUID(rq->auth.user_id), BYTES(checksum), STR(file->path), WHEN(b->fileCreatedAt), WHEN(b->fileModifiedAt),
        STR(media_type_of(file->path) == MEDIA_VIDEO ? S("VIDEO") : S("IMAGE")), BOOL(b->isFavorite.v),
        b->duration.v ? INT(b->duration.v) : NUL, STR(b->visibility ? AssetVisibility_text(b->visibility) : S("timeline")),
        STR(b->filename.n ? b->filename : file->name), UUID(b->livePhotoVideoId));
    if (inserted != DB_DONE) {
        db_rollback(db);
        storage_delete(file->path);
        if (sidecar) storage_delete(sidecar->path);
        return (uuid){0};
    }

    live_photo_hide(rq, b->livePhotoVideoId);
    each (item, b->metadata) asset_value_put(rq, id, item->key, item->value);
    if (sidecar) db_exec(db, "insert into asset_file (\"assetId\", type, path) values ($1, 'sidecar', $2)", UUID(id), STR(sidecar->path));
    db_exec(db, "insert into asset_exif (\"assetId\", \"fileSizeInByte\") values ($1, $2)", UUID(id), INT(file->file->size));
    take_quota(rq, file->file->size);
    add_to_shared_link(rq, id);
    job_push(rq, AssetExtractMetadata, .id = id, .source = S("upload"));
    commit_with_file(rq);
    return id;
}

// The asset that has this checksum already. Was it deleted for good and only waits to be gone, then whoever sends it again wants it back.
static uuid take_back(request *rq, bytes checksum)
{
    row *r = db_one(rq->db,
                    "update asset set status = 'active', \"deletedAt\" = null "
                    "where \"ownerId\" = $1 and checksum = $2 and \"libraryId\" is null and status = 'deleted' returning id",
                    UUID(rq->auth.user_id), BYTES(checksum));
    if (!r) return asset_with_checksum(rq, rq->auth.user_id, checksum);
    emit(rq, rq->auth.user_id, "on_asset_restore", str_fmt(rq->mem, "[\"%.*s\"]", PR(uuid_text(rq->mem, col_uuid(r, 0)))));
    return col_uuid(r, 0);
}

// Adds a photo or video. One that the user has already is answered with its existing asset.
HANDLER(uploadAsset)
{
    incoming *file = received(rq, "assetData"), *sidecar = received(rq, "sidecarData");
    if (!file) fail(rq, 400, sidecar ? "Field(s) assetData should not be empty" : "File is required");
    if (rq->auth.kind == AUTH_SHARED_LINK && !rq->auth.link.allow_upload) fail(rq, 401, "Unauthorized");

    sha1 digest = sha1_end(file->file->hash);
    bytes checksum = {digest.b, sizeof digest.b};
    compare_with_announced(rq, checksum);
    db_set_mode(db, DB_READ);
    look_at_quota(rq, file->file->size);
    out->id = asset_with_checksum(rq, rq->auth.user_id, checksum);
    db_commit(db); // the files are synced without holding the database
    db_set_mode(db, DB_WRITE);

    if (uuid_nil(out->id)) {
        out->id = keep(rq, &in->body, file, sidecar, checksum);
        out->status = ASSET_MEDIA_STATUS_CREATED;
        if (!uuid_nil(out->id)) return;
        out->id = take_back(rq, checksum);
        if (uuid_nil(out->id)) fail(rq, 500, "an asset was refused as a duplicate, but there is none with its checksum");
    }
    add_to_shared_link(rq, out->id);
    out->status = ASSET_MEDIA_STATUS_DUPLICATE;
    rq->status = 200;
}

// ---- asking before sending -------------------------------------------------------------------------------------------------------

typedef struct {
    bytes checksum;
    uuid id;
    bool trashed;
} known;

static int by_checksum(const void *a, const void *b)
{
    return memcmp(((const known *)a)->checksum.at, ((const known *)b)->checksum.at, 20);
}

// Which of these checksums does the user have? In the order of the question, with one query for all.
HANDLER(checkBulkUpload)
{
    db_set_mode(db, DB_READ);
    typeof(in->body.assets) *assets = (void *)&in->body.assets;
    strs wanted = {0};
    bytes *checksums = new_n(mem, bytes, assets->n);
    for (size_t i = 0; i < assets->n; i++) {
        bytes raw = checksum_parse(mem, assets->at[i].checksum);
        if (raw.n != 20) continue;
        checksums[i] = raw;
        *push(mem, wanted) = hex_encode(mem, raw);
    }

    LIST(known) found = {0};
    db_rows (r, db,
             "select a.checksum, a.id, a.\"deletedAt\" from strs($2) s join asset a on a.checksum = decode(s.text, 'hex') "
             "where a.\"ownerId\" = $1 and a.status <> 'deleted'",
             UUID(rq->auth.user_id), STRS(wanted)) {
        bytes sum = col_bytes(r, 0);
        str copy = str_dup(mem, bytes_str(sum));
        *push(mem, found) = (known){str_bytes(copy), col_uuid(r, 1), !col_null(r, 2)};
    }
    if (found.n) qsort(found.at, found.n, sizeof *found.at, by_checksum);

    for (size_t i = 0; i < assets->n; i++) {
        AssetBulkUploadCheckResult *answer = push(mem, out->results);
        answer->id = assets->at[i].id;
        answer->action = ASSET_UPLOAD_ACTION_ACCEPT;
        known *k = checksums[i].n && found.n
                       ? (known *)bsearch(&(known){.checksum = checksums[i]}, found.at, found.n, sizeof *found.at, by_checksum)
                       : NULL;
        if (!k) continue;
        answer->action = ASSET_UPLOAD_ACTION_REJECT;
        answer->reason = ASSET_REJECT_REASON_DUPLICATE;
        answer->assetId = k->id;
        answer->isTrashed = (opt_bool){.has = true, .v = k->trashed};
    }
}
