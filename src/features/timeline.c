// The timeline: how many assets each month has, and a month's assets in columns.                         spec 02, section 15
//
// Both queries are composed of the same filter. Counts come from the table that triggers keep of them (calotype_month) where it knows what is
// asked for; else they are made along the index of an owner's months (asset_timeline_idx, calotype_asset_timeline_idx). A month's answer is
// built in one buffer per column.
#include "features/app.h"
#include "features/compose.h"
#include <stdio.h>

typedef struct {
    uuid album, person, tag, user;
    AssetVisibility visibility;
    opt_bool favorite;
    bool trashed, partners, stacked, coordinates;
    str bbox;
    AssetOrder order;
    AssetOrderBy by;
    ids owners; // none: whoever has assets in the album
} filter;

static void check_access(request *rq, filter *f)
{
    auth *a = &rq->auth;
    if (f->visibility == ASSET_VISIBILITY_LOCKED) require_elevated(rq);
    if (!uuid_nil(f->album)) access_require_one(rq, ALBUM_READ, f->album);
    else if (uuid_nil(f->user)) f->user = a->user_id;
    if (!uuid_nil(f->user)) {
        access_require_one(rq, TIMELINE_READ, f->user);
        if (f->visibility == ASSET_VISIBILITY_ARCHIVE) access_require_one(rq, ARCHIVE_READ, f->user);
        if (f->visibility == ASSET_VISIBILITY_LOCKED && !uuid_eq(f->user, a->user_id))
            fail(rq, 400, "You may not access another user's locked timeline");
    }
    if (!uuid_nil(f->tag)) access_require_one(rq, TAG_READ, f->tag);
    if (a->kind == AUTH_SHARED_LINK && !a->link.show_exif) f->coordinates = false;
    bool own_only = !f->visibility || f->visibility == ASSET_VISIBILITY_LOCKED || f->visibility == ASSET_VISIBILITY_ARCHIVE;
    if (f->partners && (own_only || f->favorite.has || f->trashed))
        fail(rq, 400, "withPartners is only supported for non-archived, non-trashed, non-favorited, non-locked assets");
}

static void find_owners(request *rq, filter *f)
{
    if (uuid_nil(f->user)) return;
    if (f->partners) f->owners = partners_in_timeline(rq, rq->auth.user_id);
    ids_add(rq->mem, &f->owners, f->user);
}

static void where_box(query *q, str box)
{
    double at[4] = {0};
    strs parts = str_split(q->mem, box, ',');
    for (size_t i = 0; i < 4 && i < parts.n; i++) str_to_double(str_trim(parts.at[i]), &at[i]);
    sql(q, " and e.latitude between ");
    bind(q, FLOAT(at[1]));
    sql(q, " and ");
    bind(q, FLOAT(at[3]));
    sql(q, " and (e.longitude >= ");
    bind(q, FLOAT(at[0]));
    sql(q, at[0] > at[2] ? " or e.longitude <= " : " and e.longitude <= ");
    bind(q, FLOAT(at[2]));
    sql(q, ")");
}

static void where_owner(query *q, const filter *f, uuid caller)
{
    if (!f->owners.n) return;
    sql(q, " and (a.\"ownerId\"");
    bind_one_of(q, f->owners);
    // A person's photos are also those in the caller's albums (spec 12, 4.7).
    if (!uuid_nil(f->person) && f->visibility != ASSET_VISIBILITY_LOCKED) {
        sql(q, " or exists (select 1 from album_asset aa join album_user au on au.\"albumId\" = aa.\"albumId\" "
               "join album al on al.id = aa.\"albumId\" where aa.\"assetId\" = a.id and al.\"deletedAt\" is null and au.\"userId\" = ");
        bind(q, UUID(caller));
        sql(q, ")");
    }
    sql(q, ")");
}

// What others may never list, though they share the album or the timeline: the trash, locked assets, and a partner's archive.
static void where_private(query *q, const filter *f, const auth *a)
{
    if (f->trashed || f->visibility == ASSET_VISIBILITY_LOCKED) {
        sql(q, " and a.\"ownerId\" = ");
        bind(q, UUID(a->kind == AUTH_SHARED_LINK ? (uuid){0} : a->user_id));
    }
    if (!uuid_nil(f->user) && !uuid_eq(f->user, a->user_id)) sql(q, " and a.visibility in ('timeline', 'hidden')");
}

// What both the assets and the counts of months know.
static void where_known(query *q, const filter *f, const auth *a)
{
    if (f->visibility) {
        // One of four words, in the text: SQLite would plan anew at each value that it might compare with the condition of an index.
        sql(q, " a.visibility = '");
        sql(q, AssetVisibility_text(f->visibility).at);
        sql(q, "'");
    } else {
        sql(q, " a.visibility in ('archive', 'timeline')");
    }
    where_owner(q, f, a->user_id);
    where_private(q, f, a);
    if (f->favorite.has) {
        sql(q, " and a.\"isFavorite\" = ");
        bind(q, BOOL(f->favorite.v));
    }
}

static void where(query *q, const filter *f, const auth *a)
{
    sql(q, f->trashed ? " where a.\"deletedAt\" > " : " where a.\"deletedAt\" is null and");
    if (f->trashed) {
        bind(q, EVER);
        sql(q, " and a.status <> 'deleted' and");
    }
    where_known(q, f, a);
    // As sets and not as conditions of each asset, so that SQLite, too, can go from a small album to its assets.
    if (!uuid_nil(f->album)) {
        sql(q, " and a.id in (select aa.\"assetId\" from album_asset aa where aa.\"albumId\" = ");
        bind(q, UUID(f->album));
        sql(q, ")");
    }
    if (!uuid_nil(f->person)) {
        sql(q, " and a.id in (select af.\"assetId\" from asset_face af where af.\"deletedAt\" is null and af.\"isVisible\" = true "
               "and af.\"personGroupId\" = ");
        bind(q, UUID(f->person));
        sql(q, ")");
    }
    if (!uuid_nil(f->tag)) {
        sql(q, " and a.id in (select ta.\"assetId\" from tag_asset ta join tag_closure tc on tc.id_descendant = ta.\"tagId\" "
               "where tc.id_ancestor = ");
        bind(q, UUID(f->tag));
        sql(q, ")");
    }
    if (f->stacked)
        sql(q, " and (a.\"stackId\" is null or exists (select 1 from stack s where s.id = a.\"stackId\" and s.\"primaryAssetId\" = a.id))");
    if (f->bbox.n) where_box(q, f->bbox);
}

static const char *month_of(const filter *f)
{
    return f->by == ASSET_ORDER_BY_CREATED_AT ? "date_trunc_month(a.\"createdAt\")" : "date_trunc_month(a.\"localDateTime\")";
}

static const char *direction(const filter *f)
{
    return f->order == ASSET_ORDER_ASC ? " asc" : " desc";
}

#define FILTER_OF(in)                                                                                                                      \
    ((filter){                                                                                                                             \
        .album = (in)->albumId,                                                                                                            \
        .person = (in)->personId,                                                                                                          \
        .tag = (in)->tagId,                                                                                                                \
        .user = (in)->userId,                                                                                                              \
        .visibility = (in)->visibility,                                                                                                    \
        .favorite = (in)->isFavorite,                                                                                                      \
        .trashed = (in)->isTrashed.v,                                                                                                      \
        .partners = (in)->withPartners.v,                                                                                                  \
        .stacked = (in)->withStacked.v,                                                                                                    \
        .coordinates = (in)->withCoordinates.v,                                                                                            \
        .bbox = (in)->bbox,                                                                                                                \
        .order = (in)->order,                                                                                                              \
        .by = (in)->orderBy,                                                                                                               \
    })

static void check_box(check *c, str box)
{
    if (!box.at) return;
    strs parts = str_split(c->mem, box, ',');
    double at[4] = {0};
    static const char *const names[] = {"west", "south", "east", "north"};
    if (parts.n != 4) {
        refuse(c, "bbox", "bbox must have 4 comma-separated numbers: west,south,east,north");
        return;
    }
    for (size_t i = 0; i < 4; i++) {
        str part = str_trim(parts.at[i]);
        if (part.n && !str_to_double(part, &at[i])) {
            refuse(c, "bbox", "bbox parts must be valid numbers");
            return;
        }
    }
    for (size_t i = 0; i < 4; i++) {
        int limit = i % 2 ? 90 : 180;
        const char *path = str_fmt(c->mem, "bbox/%s", names[i]).at;
        if (at[i] < -limit) refuse(c, path, "Too small: expected number to be >=%d", -limit);
        if (at[i] > limit) refuse(c, path, "Too big: expected number to be <=%d", limit);
    }
    if (at[3] < at[1]) refuse(c, "bbox/north", "North latitude must be greater than or equal to south latitude");
}

RULE(getTimeBuckets_in)
{
    check_box(c, it->bbox);
}

RULE(getTimeBucket_in)
{
    check_box(c, it->bbox);
}

static bool counts_are_kept(const filter *f)
{
    return f->owners.n && uuid_nil(f->album) && uuid_nil(f->person) && uuid_nil(f->tag) && !f->bbox.n && !f->trashed &&
           f->by != ASSET_ORDER_BY_CREATED_AT;
}

// Of a stack its primary asset is seen, which the kept counts do not know; but there are far fewer stacks than assets.
static void from_kept_counts(query *q, const filter *f, const auth *a)
{
    sql(q, "select month, cast(sum(assets) as bigint) from (select a.month, a.assets from calotype_month a where");
    where_known(q, f, a);
    if (f->stacked) {
        sql(q, " and a.\"isStacked\" = false union all select date_trunc_month(a.\"localDateTime\"), 1 from stack s "
               "join asset a on a.id = s.\"primaryAssetId\" and a.\"stackId\" = s.id where a.\"deletedAt\" is null and");
        where_known(q, f, a);
    }
    sql(q, ") counted group by month having sum(assets) > 0");
}

static void by_counting(query *q, db *d, const filter *f, const auth *a)
{
    sql(q, "select ");
    sql(q, month_of(f));
    sql(q, " as month, count(*) from asset a");
    if (f->bbox.n) join_exif(q, d);
    where(q, f, a);
    sql(q, " group by month");
}

HANDLER(getTimeBuckets)
{
    filter f = FILTER_OF(in);
    check_access(rq, &f);
    find_owners(rq, &f);
    query q = query_on(mem);
    if (counts_are_kept(&f)) from_kept_counts(&q, &f, &rq->auth);
    else by_counting(&q, db, &f, &rq->auth);
    sql(&q, " order by month");
    sql(&q, direction(&f));
    query_rows(r, db, &q) * push(mem, out->items) =
        (TimeBucketsResponseDto){.count = col_int(r, 1), .timeBucket = when_date(mem, col_when(r, 0))};
}

// ---- one month in columns --------------------------------------------------------------------------------------------------------

// Only the decimals that there are.
static void put_date(json_writer *w, when t)
{
    char *start = json_room(w, WHEN_TEXT_MAX + 2), *at = start + 1;
    at += when_write(at, t, t % SECOND ? 6 : 0);
    while (t % SECOND && at[-1] == '0') at--;
    *start = *at++ = '"';
    json_wrote(w, at);
}

static void put_id(json_writer *w, uuid id)
{
    uuid_nil(id) ? json_null(w) : json_uuid(w, id);
}

static void put_thumbhash(json_writer *w, bytes hash)
{
    if (!hash.at) {
        json_null(w);
        return;
    }
    char *at = json_room(w, BASE64_SIZE(hash.n) + 2);
    *at++ = '"';
    at = base64_write(at, hash);
    *at++ = '"';
    json_wrote(w, at);
}

// The columns of the answer.
enum {
    ID,
    OWNER,
    VISIBILITY,
    FAVORITE,
    IMAGE,
    TRASHED,
    DURATION,
    TAKEN,
    CREATED,
    OFFSET,
    RATIO,
    THUMBHASH,
    MOTION,
    PROJECTION,
    STATUS,
    CITY,
    COUNTRY,
    LATITUDE,
    LONGITUDE,
    STACK,
    COLUMNS
};

static const char *const names[COLUMNS] = {
    [ID] = "id",
    [OWNER] = "ownerId",
    [VISIBILITY] = "visibility",
    [FAVORITE] = "isFavorite",
    [IMAGE] = "isImage",
    [TRASHED] = "isTrashed",
    [DURATION] = "duration",
    [TAKEN] = "fileCreatedAt",
    [CREATED] = "createdAt",
    [OFFSET] = "localOffsetHours",
    [RATIO] = "ratio",
    [THUMBHASH] = "thumbhash",
    [MOTION] = "livePhotoVideoId",
    [PROJECTION] = "projectionType",
    [STATUS] = "status",
    [CITY] = "city",
    [COUNTRY] = "country",
    [LATITUDE] = "latitude",
    [LONGITUDE] = "longitude",
    [STACK] = "stack",
};

// What a month shows of an asset.
typedef struct {
    uuid id, owner, motion, stack;
    when taken, created, local;
    int64_t width, height, stack_size;
    opt_int duration;
    str visibility, status, projection, city, country;
    bytes thumbhash;
    opt_double latitude, longitude;
    bool is_favorite, is_image;
} shown;

// What the filter says already, or the answer doesn't show, is not fetched.
static void select_shown(query *q, const filter *f, bool owners)
{
    sql(q,
        "select a.id, a.\"isFavorite\", a.type, a.duration, a.\"fileCreatedAt\", a.\"createdAt\", a.\"localDateTime\", a.width, a.height, "
        "a.thumbhash, a.\"livePhotoVideoId\", a.status, e.\"projectionType\", e.city, e.country");
    sql(q, owners ? ", a.\"ownerId\"" : ", null");
    sql(q, f->visibility ? ", null" : ", a.visibility");
    sql(q, f->coordinates ? ", e.latitude, e.longitude" : ", null, null");
    sql(q, f->stacked ? ", a.\"stackId\", case when a.\"stackId\" is null then 0 else (select count(*) from asset m "
                        "where m.\"stackId\" = a.\"stackId\" and m.\"deletedAt\" is null and m.visibility = 'timeline') end"
                      : ", null, 0");
}

// A copy, or the one of the row before: neighbours have much in common.
static str text_of(arena *mem, row *r, int column, str before)
{
    str text = col_str(r, column);
    return text.at && before.at && str_eq(text, before) ? before : str_dup(mem, text);
}

static opt_double number_of(row *r, int column)
{
    return col_null(r, column) ? (opt_double){0} : (opt_double){.has = true, .v = col_float(r, column)};
}

// owner: of all rows, nil if they tell it themselves.
static void read_shown(arena *mem, row *r, shown *a, const shown *before, const filter *f, uuid owner)
{
    a->id = col_uuid(r, 0);
    a->is_favorite = col_bool(r, 1);
    a->is_image = str_is(col_str(r, 2), "IMAGE");
    a->duration = (opt_int){.has = !col_null(r, 3), .v = col_int(r, 3)};
    a->taken = col_when(r, 4);
    a->created = col_when(r, 5);
    a->local = col_when(r, 6);
    a->width = col_int(r, 7);
    a->height = col_int(r, 8);
    a->thumbhash = str_bytes(str_dup(mem, bytes_str(col_bytes(r, 9))));
    a->motion = col_uuid(r, 10);
    a->status = text_of(mem, r, 11, before->status);
    a->projection = text_of(mem, r, 12, before->projection);
    a->city = text_of(mem, r, 13, before->city);
    a->country = text_of(mem, r, 14, before->country);
    a->owner = uuid_nil(owner) ? col_uuid(r, 15) : owner;
    a->visibility = f->visibility ? AssetVisibility_text(f->visibility) : text_of(mem, r, 16, before->visibility);
    if (f->coordinates) {
        a->latitude = number_of(r, 17);
        a->longitude = number_of(r, 18);
    }
    if (f->stacked) {
        a->stack = col_uuid(r, 19);
        a->stack_size = col_int(r, 20);
    }
}

static void put_stack(json_writer *w, const shown *a)
{
    if (uuid_nil(a->stack)) {
        json_null(w);
        return;
    }
    char count[24];
    int n = snprintf(count, sizeof count, "%lld", (long long)a->stack_size);
    json_open_array(w);
    json_uuid(w, a->stack);
    json_plain(w, (str){count, (size_t)n});
    json_close_array(w);
}

static void put_number(json_writer *w, opt_double number)
{
    number.has ? json_double(w, number.v) : json_null(w);
}

static double ratio_of(const shown *a)
{
    return a->width && a->height ? (double)(int64_t)((double)a->width / (double)a->height * 1000 + 0.5) / 1000 : 1;
}

static void put_value(json_writer *w, int column, const shown *a, bool trashed)
{
    switch (column) {
    case ID: json_uuid(w, a->id); break;
    case OWNER: json_uuid(w, a->owner); break;
    case VISIBILITY: json_plain(w, a->visibility); break;
    case FAVORITE: json_bool(w, a->is_favorite); break;
    case IMAGE: json_bool(w, a->is_image); break;
    case TRASHED: json_bool(w, trashed); break;
    case DURATION: a->duration.has ? json_int(w, a->duration.v) : json_null(w); break;
    case TAKEN: put_date(w, a->taken); break;
    case CREATED: put_date(w, a->created); break;
    case OFFSET: json_double(w, (double)(a->local - a->taken) / (double)HOUR); break;
    case RATIO: json_double(w, ratio_of(a)); break;
    case THUMBHASH: put_thumbhash(w, a->thumbhash); break;
    case MOTION: put_id(w, a->motion); break;
    case PROJECTION: json_str(w, a->projection); break;
    case STATUS: json_plain(w, a->status); break;
    case CITY: json_str(w, a->city); break;
    case COUNTRY: json_str(w, a->country); break;
    case LATITUDE: put_number(w, a->latitude); break;
    case LONGITUDE: put_number(w, a->longitude); break;
    case STACK: put_stack(w, a); break;
    }
}

// The first instant of "2024-05-01", "+012345-01-01" or a whole ISO time. A day that begins no month is in no bucket.
static when month_start(request *rq, str text)
{
    str rest = text.n && (text.at[0] == '+' || text.at[0] == '-') ? str_slice(text, 1, text.n) : text;
    ptrdiff_t t = str_find(rest, S("T"));
    strs parts = str_split(rq->mem, t < 0 ? rest : str_slice(rest, 0, (size_t)t), '-');
    int64_t y = 0, m = 0, d = 0;
    bool good = parts.n == 3 && str_to_int(parts.at[0], &y) && str_to_int(parts.at[1], &m) && str_to_int(parts.at[2], &d);
    if (!good || y > 99999 || m < 1 || m > 12 || d < 1 || d > days_in_month((int)y, (int)m))
        fail(rq, 400, "Unreadable time bucket: %.*s", PR(text));
    return when_of((civil){.year = (int)y, .month = (int)m, .day = (int)d});
}

// By the index on months; for the date of arrival there is only one on the date itself.
static void where_month(query *q, const filter *f, when start)
{
    if (f->by != ASSET_ORDER_BY_CREATED_AT) {
        sql(q, " and date_trunc_month(a.\"localDateTime\") = ");
        bind(q, WHEN(start));
        return;
    }
    civil next = civil_of(start);
    if (next.day != 1) {
        sql(q, " and 1 = 0");
        return;
    }
    next.month++;
    sql(q, " and a.\"createdAt\" >= ");
    bind(q, WHEN(start));
    sql(q, " and a.\"createdAt\" < ");
    bind(q, WHEN(when_of(next)));
}

// The rows of one month, ordered by day, time and name.
HANDLER(getTimeBucket)
{
    filter f = FILTER_OF(in);
    check_access(rq, &f);
    find_owners(rq, &f);
    bool with_places = rq->auth.kind != AUTH_SHARED_LINK || rq->auth.link.show_exif;
    bool wanted[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) wanted[i] = true;
    wanted[CITY] = wanted[COUNTRY] = with_places;
    wanted[LATITUDE] = wanted[LONGITUDE] = f.coordinates;
    wanted[STACK] = f.stacked;

    // A person's photos may be other people's (where_owner).
    uuid owner = f.owners.n == 1 && uuid_nil(f.person) ? f.owners.at[0] : (uuid){0};
    query q = query_on(mem);
    select_shown(&q, &f, uuid_nil(owner));
    sql(&q, " from asset a");
    join_exif(&q, db);
    where(&q, &f, &rq->auth);
    where_month(&q, &f, month_start(rq, in->timeBucket));
    // Always oldest first, and turned around when it is written: SQLite steps to the next row of a table, but searches for the one before.
    sql(&q, f.by == ASSET_ORDER_BY_CREATED_AT ? " order by a.\"createdAt\"" : " order by date_of(a.\"localDateTime\")");
    sql(&q, ", a.\"fileCreatedAt\", a.\"originalFileName\"");

    LIST(shown) list = {0};
    query_rows(r, db, &q)
    {
        shown *a = push(mem, list);
        read_shown(mem, r, a, list.n > 1 ? a - 1 : a, &f, owner);
        a->is_favorite = a->is_favorite && uuid_eq(a->owner, rq->auth.user_id);
    }

    json_writer w = json_writer_on(mem);
    json_open(&w);
    for (int column = 0; column < COLUMNS; column++) {
        if (!wanted[column]) continue;
        json_key(&w, str_of(names[column]));
        json_open_array(&w);
        for (size_t i = 0; i < list.n; i++) put_value(&w, column, &list.at[f.order == ASSET_ORDER_ASC ? i : list.n - 1 - i], f.trashed);
        json_close_array(&w);
    }
    json_close(&w);
    db_commit(db);
    answer_json(rq->http, 200, buf_str(&w.out));
    rq->answered = true;
}
