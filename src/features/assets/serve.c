// Serving files: originals, thumbnails, videos.                                                              spec 02, section 8
#include "features/app.h"
#include "features/assets/assets.h"
#include "media/types.h"

#define KEPT_BY_CLIENTS "private, max-age=86400, no-transform, stale-while-revalidate=2592000, stale-if-error=2592000"

// Does the client have this file already? Then it was told so, and the file need not be opened nor named.
static bool client_has(request *rq, str path)
{
    struct stat st;
    bool may_have = http_header(rq->http, "If-None-Match").at || http_header(rq->http, "If-Modified-Since").at;
    rq->answered =
        may_have && storage_state(path, &st) && answer_unchanged(rq->http, (http_file){.cache_control = S(KEPT_BY_CLIENTS)}, &st);
    return rq->answered;
}

static void send_file(request *rq, str path, str filename)
{
    rq->answered = true;
    answer_file(
        rq->http,
        (http_file){
            .fd = storage_open_file(&rq->ctx, path),
            .content_type = str_of(mime_of(path)),
            .cache_control = S(KEPT_BY_CLIENTS),
            .disposition = filename.at ? str_cat(rq->mem, S("inline; filename*=UTF-8''"), percent_encode(rq->mem, filename)) : (str){0},
        });
}

// Every failure of these routes looks the same, so that nobody learns which assets exist.
static void require_or_404(request *rq, record_permission permission, uuid id)
{
    if (!access_filter(rq, permission, one_id(id)).n) fail(rq, 404, "Not Found");
}

static str base_of(str filename)
{
    return str_slice(filename, 0, filename.n - storage_extension(filename).n);
}

// A link without metadata does not even show the file's name.
static str shown_base(request *rq, uuid id, str filename)
{
    bool hidden = rq->auth.kind == AUTH_SHARED_LINK && !rq->auth.link.show_exif;
    return hidden ? uuid_text(rq->mem, id) : base_of(filename);
}

HANDLER(downloadAsset)
{
    require_or_404(rq, ASSET_DOWNLOAD, in->id);
    bool edited = in->edited || rq->auth.kind == AUTH_SHARED_LINK;
    row *r = db_one(db,
                    "select a.\"originalPath\", a.\"originalFileName\", f.path from asset a left join asset_file f on f.\"assetId\" = a.id "
                    "and f.type = 'fullsize' and f.\"isEdited\" = true and $2 where a.id = $1",
                    UUID(in->id), BOOL(edited));
    if (!r) fail(rq, 404, "Not Found");
    str path = col_null(r, 2) ? col_str(r, 0) : col_str(r, 2);
    if (client_has(rq, path)) return;
    send_file(rq, path, str_cat(mem, base_of(col_str(r, 1)), storage_extension(path)));
}

// The rest of the query, without `size`, for a redirect.
static str other_query(request *rq, const char *first)
{
    buf out = {.mem = rq->mem};
    char separator = '?';
    if (first) {
        buf_fmt(&out, "?%s", first);
        separator = '&';
    }
    http_pairs pairs = http_query_pairs(rq->http);
    each (p, pairs) {
        if (str_is(p->name, "size")) continue;
        buf_fmt(&out, "%c%.*s=%.*s", separator, PR(percent_encode(rq->mem, p->name)), PR(percent_encode(rq->mem, p->value)));
        separator = '&';
    }
    return out.n ? buf_str(&out) : S("");
}

static void redirect(request *rq, str location)
{
    answer_header(rq->http, "Vary", S("Accept"));
    answer_redirect(rq->http, 302, location);
    rq->answered = true;
}

HANDLER(viewAsset)
{
    AssetMediaSize size = in->size ? in->size : ASSET_MEDIA_SIZE_THUMBNAIL;
    if (size == ASSET_MEDIA_SIZE_ORIGINAL) {
        redirect(rq, str_cat(mem, S("original"), other_query(rq, NULL)));
        return;
    }
    access_require_one(rq, ASSET_VIEW, in->id);
    bool edited = in->edited || rq->auth.kind == AUTH_SHARED_LINK;
    str wanted = AssetMediaSize_text(size);
    // Of the edited and the unedited picture the one asked for, or else the other.
    row *r = db_one(
        db,
        "select a.\"originalFileName\", coalesce(f.path, other.path), a.\"originalPath\" from asset a "
        "left join asset_file f on f.\"assetId\" = a.id and f.type = $2 and f.\"isEdited\" = $3 "
        "left join asset_file other on other.\"assetId\" = a.id and other.type = $2 and other.\"isEdited\" = (not $3) where a.id = $1",
        UUID(in->id), STR(wanted), BOOL(edited));
    if (!r) fail(rq, 404, "Asset media not found");
    str name = col_str(r, 0), path = col_str(r, 1);
    if (size == ASSET_MEDIA_SIZE_FULLSIZE && !edited && file_type_has(col_str(r, 2), TYPE_WEB)) {
        redirect(rq, str_cat(mem, S("original"), other_query(rq, NULL)));
        return;
    }
    if (size == ASSET_MEDIA_SIZE_FULLSIZE && !path.n) {
        redirect(rq, str_cat(mem, rq->http->path, other_query(rq, "size=preview")));
        return;
    }
    if (!path.n) fail(rq, 404, "Asset media not found");
    if (client_has(rq, path)) return;
    send_file(rq, path, str_fmt(mem, "%.*s_%.*s%.*s", PR(shown_base(rq, in->id, name)), PR(wanted), PR(storage_extension(path))));
}

HANDLER(playAssetVideo)
{
    require_or_404(rq, ASSET_VIEW, in->id);
    row *r =
        db_one(db,
               "select a.\"originalPath\", f.path from asset a left join asset_file f on f.\"assetId\" = a.id and f.type = 'encoded_video' "
               "where a.id = $1 and a.type = 'VIDEO'",
               UUID(in->id));
    if (!r) fail(rq, 404, "Not Found");
    str path = col_null(r, 1) ? col_str(r, 0) : col_str(r, 1);
    if (!client_has(rq, path)) send_file(rq, path, (str){0});
}
