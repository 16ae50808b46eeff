// API keys: credentials for programs, limited to named permissions.                                  spec 01, section 10; spec 12, 5.2
#include "features/authenticate.h"

#define KEY_COLUMNS "id, name, permissions, \"createdAt\", \"updatedAt\""

static ApiKeyResponseDto key_of(request *rq, row *r)
{
    ApiKeyResponseDto key = {
        .id = col_uuid(r, 0),
        .name = str_dup(rq->mem, col_str(r, 1)),
        .createdAt = col_when(r, 3),
        .updatedAt = col_when(r, 4),
    };
    strs permissions = col_strs(r, 2);
    each (p, permissions) {
        Permission known = Permission_parse(*p); // a database that was adopted may have others
        if (known) *push(rq->mem, key.permissions) = known;
    }
    return key;
}

static bool granted(const auth *a, str permission)
{
    each (p, a->permissions) {
        if (str_is(*p, "all") || str_eq(*p, permission)) return true;
    }
    return false;
}

// A key can't make a key that may do more than itself.
static strs grantable(request *rq, const Permission *at, size_t n)
{
    strs wanted = {0};
    for (size_t i = 0; i < n; i++) {
        str permission = Permission_text(at[i]);
        if (rq->auth.kind == AUTH_API_KEY && !granted(&rq->auth, permission)) fail(rq, 400, "Cannot grant permissions you do not have");
        *push(rq->mem, wanted) = permission;
    }
    return wanted;
}

static row *require_key(request *rq, uuid id)
{
    row *r = db_one(rq->db, "select " KEY_COLUMNS " from api_key where id = $1 and \"userId\" = $2", UUID(id), UUID(rq->auth.user_id));
    if (!r) fail(rq, 400, "API Key not found");
    return r;
}

static ApiKeyCreateResponseDto with_secret(ApiKeyResponseDto key, str secret)
{
    return (ApiKeyCreateResponseDto){
        .id = key.id,
        .name = key.name,
        .createdAt = key.createdAt,
        .updatedAt = key.updatedAt,
        .permissions = {key.permissions.at, key.permissions.n, key.permissions.cap},
        .secret = secret,
        .apiKey = key,
    };
}

HANDLER(createApiKey)
{
    strs permissions = grantable(rq, in->body.permissions.at, in->body.permissions.n);
    str secret = token_new(mem);
    row *r = db_one(db, "insert into api_key (name, key, \"userId\", permissions) values ($1, $2, $3, $4) returning " KEY_COLUMNS,
                    STR(in->body.name.n ? in->body.name : S("API Key")), BYTES(token_digest(mem, secret)), UUID(rq->auth.user_id),
                    STRS(permissions));
    *out = with_secret(key_of(rq, r), secret);
}

// Gives the key a new secret; the old one stops working at once. A key can't take over one that may do more than itself.
HANDLER(rotateApiKey)
{
    strs permissions = col_strs(require_key(rq, in->id), 2);
    each (p, permissions) {
        if (rq->auth.kind == AUTH_API_KEY && !granted(&rq->auth, *p))
            fail(rq, 400, "Cannot rotate an API Key with permissions you do not have");
    }
    str secret = token_new(mem);
    row *r = db_one(db, "update api_key set key = $2 where id = $1 returning " KEY_COLUMNS, UUID(in->id), BYTES(token_digest(mem, secret)));
    *out = with_secret(key_of(rq, r), secret);
}

HANDLER(getApiKeys)
{
    db_rows (r, db, "select " KEY_COLUMNS " from api_key where \"userId\" = $1 order by \"createdAt\" desc", UUID(rq->auth.user_id))
        *push(mem, out->items) = key_of(rq, r);
}

HANDLER(getMyApiKey)
{
    if (rq->auth.kind != AUTH_API_KEY) fail(rq, 403, "Not authenticated with an API Key");
    *out = key_of(rq, require_key(rq, rq->auth.api_key_id));
}

HANDLER(getApiKey)
{
    *out = key_of(rq, require_key(rq, in->id));
}

HANDLER(updateApiKey)
{
    require_key(rq, in->id);
    strs permissions = grantable(rq, in->body.permissions.at, in->body.permissions.n);
    if (!in->body.name.at && !permissions.n) fail(rq, 500, "Failed to update api key");
    row *r = db_one(db,
                    "update api_key set name = coalesce($2, name), permissions = (case when $3 then $4 else permissions end) where id = $1 "
                    "returning " KEY_COLUMNS,
                    UUID(in->id), STR(in->body.name), BOOL(permissions.n > 0), STRS(permissions));
    *out = key_of(rq, r);
}

HANDLER(deleteApiKey)
{
    require_key(rq, in->id);
    db_exec(db, "delete from api_key where id = $1", UUID(in->id));
}
