// What to find, in either shape of the request, as a composed query: both append " from asset a … where …" (a: asset, e: asset_exif) to what
// selects, after they have checked that the caller may ask so.
#pragma once
#include "features/compose.h"
#include "features/feature.h"

// The flat fields (spec 03, 7.3), all ANDed. The bodies of other searches are brought into this one; what they lack is absent.
// albums_decide: assets of readable albums are found whoever owns them; otherwise albumIds only narrows the caller's and the partners' assets.
void search_flat(request *, query *, const MetadataSearchDto *, bool albums_decide);

// The structured filter (spec 12, 3.2 to 3.6). with_exif: e is needed for more than the filter; without_stacks: only what is in no stack.
typedef struct {
    bool with_exif, without_stacks;
} search_needs;
void search_filtered(request *, query *, const SearchFilter *, search_needs);

// " and <column> <operator> $n", unless the value is NULL.
static inline void compare(query *q, const char *column, const char *operator, param value)
{
    if (value.type == P_NULL) return;
    sql(q, " and ");
    sql(q, column);
    sql(q, operator);
    bind(q, value);
}

// The pattern as people mean it: without accents and case; % and _ stand for others, a backslash for itself.
static inline void compare_pattern(query *q, const char *column, const char *operator, const char * before, str part, const char *after)
{
    if (!part.n) return;
    sql(q, " and f_unaccent(");
    sql(q, column);
    sql(q, operator);
    sql(q, before);
    sql(q, "f_unaccent(");
    bind(q, STR(str_replace(q->mem, part, S("\\"), S("\\\\"))));
    sql(q, ")");
    sql(q, after);
}

// Conditions on membership, to be completed with a test of the id and ")". They are sets, so that SQLite, too, can go from a small one to its assets.
#define IN_ALBUM "a.id in (select m.\"assetId\" from album_asset m where m.\"albumId\""
#define SHOWS_PERSON                                                                                                                       \
    "a.id in (select m.\"assetId\" from asset_face m where m.\"deletedAt\" is null and m.\"isVisible\" = true and m.\"personGroupId\""
#define HAS_TAG "a.id in (select m.\"assetId\" from tag_asset m join tag_closure c on c.id_descendant = m.\"tagId\" where c.id_ancestor"
#define IN_ANY_ALBUM "exists (select 1 from album_asset m where m.\"assetId\" = a.id)"
#define IS_ENCODED "exists (select 1 from asset_file m where m.\"assetId\" = a.id and m.type = 'encoded_video')"

// The asset has every one of these.
static inline void compare_all(query *q, const char *membership, ids wanted)
{
    each (id, wanted) {
        sql(q, " and ");
        sql(q, membership);
        sql(q, " = ");
        bind(q, UUID(*id));
        sql(q, ")");
    }
}

// The caller's own assets, and those of partners who show theirs in the caller's timeline.
static inline ids search_owners(request *rq)
{
    ids owners = partners_in_timeline(rq, rq->auth.user_id);
    ids_add(rq->mem, &owners, rq->auth.user_id);
    return owners;
}

// A locked asset is for its owner alone, after the PIN code.
static inline void where_not_locked(request *rq, query *q)
{
    sql(q, " where (a.visibility <> 'locked'");
    if (rq->auth.elevated) {
        sql(q, " or a.\"ownerId\" = ");
        bind(q, UUID(rq->auth.user_id));
    }
    sql(q, ")");
}
