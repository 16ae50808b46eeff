// What clients note about an asset under keys of their own: the phone app keeps its cloud ids here.              spec 02, section 7.4
#include "features/app.h"
#include "features/assets/assets.h"
#include <stdlib.h>

void asset_value_put(request *rq, uuid asset, str key, json_any value)
{
    buf text = {.mem = rq->mem};
    json_text(&text, value.tree);
    db_exec(rq->db,
            "insert into asset_metadata (\"assetId\", key, value) values ($1, $2, $3) "
            "on conflict (\"assetId\", key) do update set value = excluded.value",
            UUID(asset), STR(key), STR(buf_str(&text)));
}

HANDLER(getAssetMetadata)
{
    access_require_one(rq, ASSET_READ, in->id);
    db_rows (r, db, "select key, value, \"updatedAt\" from asset_metadata where \"assetId\" = $1 order by key", UUID(in->id)) {
        *push(mem, out->items) = (AssetMetadataResponseDto){
            .key = str_dup(mem, col_str(r, 0)),
            .value.text = str_dup(mem, col_str(r, 1)),
            .updatedAt = col_when(r, 2),
        };
    }
}

HANDLER(getAssetMetadataByKey)
{
    access_require_one(rq, ASSET_READ, in->id);
    row *r = db_one(db, "select value, \"updatedAt\" from asset_metadata where \"assetId\" = $1 and key = $2", UUID(in->id), STR(in->key));
    if (!r) fail(rq, 400, "Metadata with key \"%.*s\" not found for asset with id \"%.*s\"", PR(in->key), PR(uuid_text(mem, in->id)));
    *out = (AssetMetadataResponseDto){.key = in->key, .value.text = col_str(r, 0), .updatedAt = col_when(r, 1)};
}

// ---- writing ---------------------------------------------------------------------------------------------------------------------

typedef struct {
    uuid asset;
    str key;
    json_any value;
    str stored;
    when updated;
    size_t at; // in the request
} entry;
typedef LIST(entry) entries;

static int by_asset_and_key(const void *a_, const void *b_)
{
    const entry *a = a_, *b = b_;
    int order = uuid_cmp(a->asset, b->asset);
    return order ? order : str_cmp(a->key, b->key);
}

static int by_place(const void *a, const void *b)
{
    size_t x = ((const entry *)a)->at, y = ((const entry *)b)->at;
    return (x > y) - (x < y);
}

// Writes all entries and reads what is stored now; each may be there once.
static void put(request *rq, entries list, bool many_assets)
{
    if (!list.n) return;
    ids assets = {0};
    strs keys = {0};
    qsort(list.at, list.n, sizeof *list.at, by_asset_and_key);
    for (size_t i = 0; i < list.n; i++) {
        entry *e = &list.at[i];
        bool twice = i && by_asset_and_key(e - 1, e) == 0;
        if (twice && many_assets)
            fail(rq, 400, "Duplicate items are not allowed: \"(%.*s, %.*s)\"", PR(uuid_text(rq->mem, e->asset)), PR(e->key));
        if (twice) fail(rq, 400, "Duplicate items are not allowed: \"%.*s\"", PR(e->key));
        ids_add(rq->mem, &assets, e->asset);
        *push(rq->mem, keys) = e->key;
    }
    each (e, list) asset_value_put(rq, e->asset, e->key, e->value);

    db_rows (r, rq->db,
             "select \"assetId\", key, value, \"updatedAt\" from asset_metadata where \"assetId\" in ids($1) and key in strs($2)",
             IDS(assets), STRS(keys)) {
        entry wanted = {.asset = col_uuid(r, 0), .key = col_str(r, 1)};
        entry *e = bsearch(&wanted, list.at, list.n, sizeof *list.at, by_asset_and_key);
        if (!e) continue;
        e->stored = str_dup(rq->mem, col_str(r, 2));
        e->updated = col_when(r, 3);
    }
    qsort(list.at, list.n, sizeof *list.at, by_place);
}

HANDLER(updateAssetMetadata)
{
    access_require_one(rq, ASSET_UPDATE, in->id);
    entries list = {0};
    each (item, in->body.items) {
        size_t at = list.n;
        *push(mem, list) = (entry){.asset = in->id, .key = item->key, .value = item->value, .at = at};
    }
    put(rq, list, false);
    each (e, list) *push(mem, out->items) = (AssetMetadataResponseDto){.key = e->key, .value.text = e->stored, .updatedAt = e->updated};
}

HANDLER(updateBulkAssetMetadata)
{
    entries list = {0};
    ids assets = {0};
    each (item, in->body.items) {
        size_t at = list.n;
        *push(mem, list) = (entry){.asset = item->assetId, .key = item->key, .value = item->value, .at = at};
        ids_add(mem, &assets, item->assetId);
    }
    access_require(rq, ASSET_UPDATE, assets);
    put(rq, list, true);
    each (e, list) {
        *push(mem, out->items) = (AssetMetadataBulkResponseDto){
            .assetId = e->asset,
            .key = e->key,
            .value.text = e->stored,
            .updatedAt = e->updated,
        };
    }
}

HANDLER(deleteAssetMetadata)
{
    access_require_one(rq, ASSET_UPDATE, in->id);
    db_exec(db, "delete from asset_metadata where \"assetId\" = $1 and key = $2", UUID(in->id), STR(in->key));
}

HANDLER(deleteBulkAssetMetadata)
{
    ids assets = {0};
    each (item, in->body.items) ids_add(mem, &assets, item->assetId);
    access_require(rq, ASSET_UPDATE, assets);
    each (item, in->body.items)
        db_exec(db, "delete from asset_metadata where \"assetId\" = $1 and key = $2", UUID(item->assetId), STR(item->key));
}
