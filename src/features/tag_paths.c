#include "features/tag_paths.h"

// One level of the tree. The closure is completed every time: it is what searching by a parent looks at.
static uuid upsert_level(request *rq, uuid user, str value, uuid parent)
{
    db *db = rq->db;
    row *r = db_one(db, "select id, \"parentId\" from tag where \"userId\" = $1 and value = $2", UUID(user), STR(value));
    if (!r) {
        db_exec(db, "insert into tag (\"userId\", value, \"parentId\") values ($1, $2, $3) on conflict do nothing", UUID(user), STR(value),
                UUID(parent));
        r = db_one(db, "select id, \"parentId\" from tag where \"userId\" = $1 and value = $2", UUID(user), STR(value));
    }
    uuid id = col_uuid(r, 0);
    if (!uuid_eq(col_uuid(r, 1), parent)) db_exec(db, "update tag set \"parentId\" = $2 where id = $1", UUID(id), UUID(parent));
    db_exec(db, "insert into tag_closure (id_ancestor, id_descendant) values ($1, $1) on conflict do nothing", UUID(id));
    if (!uuid_nil(parent))
        db_exec(db,
                "insert into tag_closure (id_ancestor, id_descendant) select id_ancestor, $1 from tag_closure where id_descendant = $2 "
                "on conflict do nothing",
                UUID(id), UUID(parent));
    return id;
}

ids tag_paths_upsert(request *rq, uuid user, strs paths)
{
    ids leaves = {0};
    each (path, paths) {
        uuid parent = {0};
        buf value = {.mem = rq->mem};
        strs levels = str_split(rq->mem, *path, '/');
        each (level, levels) {
            if (!level->n) continue;
            if (value.n) buf_char(&value, '/');
            buf_add(&value, *level);
            parent = upsert_level(rq, user, str_dup(rq->mem, buf_str(&value)), parent);
        }
        if (!uuid_nil(parent)) ids_add(rq->mem, &leaves, parent);
    }
    return leaves;
}

void tags_replace(request *rq, uuid asset, ids tags)
{
    db_exec(rq->db, "delete from tag_asset where \"assetId\" = $1 and \"tagId\" not in ids($2)", UUID(asset), IDS(tags));
    db_exec(rq->db, "insert into tag_asset (\"assetId\", \"tagId\") select $1, id from ids($2) where true on conflict do nothing",
            UUID(asset), IDS(tags));
}
