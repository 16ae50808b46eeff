// The timeline's months: who sees what.                                                                     spec 02, section 15
#include "ask.h"

typedef struct {
    request *rq;
    uuid me, other;
} people;

static people two(ctx *c, db_pool *pool, db *d)
{
    people p = {.me = new_user(d), .other = new_user(d)};
    p.rq = request_of(c, pool, d, p.me);
    return p;
}

static void share(db *d, people p)
{
    db_exec(d, "insert into partner (\"sharedById\", \"sharedWithId\", \"inTimeline\") values ($1, $2, true)", UUID(p.other), UUID(p.me));
}

static uuid album_of(db *d, people p)
{
    uuid album = new_album(d, p.other);
    db_exec(d, "insert into album_user (\"albumId\", \"userId\", role) values ($1, $2, 'viewer')", UUID(album), UUID(p.me));
    return album;
}

static void put_in(db *d, uuid album, uuid asset)
{
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(album), UUID(asset));
}

// "2024-05-01:2 2024-04-01:1"
static str months(arena *mem, const getTimeBuckets_out *out)
{
    buf text = {.mem = mem};
    each (m, out->items) buf_fmt(&text, "%s%.*s:%lld", text.n ? " " : "", PR(m->timeBucket), (long long)m->count);
    return text.n ? buf_str(&text) : S("");
}
#define months_of(rq, ...) months(mem, ask(rq, getTimeBuckets, __VA_ARGS__))

BOTH("months are counted by local time, in the order that is asked for")
{
    people p = two(c, pool, d);
    new_photo(d, p.me, "2024-05-31T23:59:59.999Z");
    new_photo(d, p.me, "2024-05-01T00:00:00Z");
    new_photo(d, p.me, "2024-04-30T12:00:00Z");
    new_photo(d, p.other, "2024-03-01T12:00:00Z");
    check_str(months_of(p.rq, "{}"), S("2024-05-01:2 2024-04-01:1"));
    check_str(months_of(p.rq, "{'order':'asc'}"), S("2024-04-01:1 2024-05-01:2"));
}

BOTH("without a visibility the timeline and the archive are listed, neither trash nor hidden nor locked ones")
{
    people p = two(c, pool, d);
    static const char *const visibilities[] = {"timeline", "archive", "hidden", "locked"};
    for (int i = 0; i < 4; i++) {
        uuid id = new_photo(d, p.me, str_fmt(mem, "2024-0%d-01T00:00:00Z", i + 1).at);
        set(d, "asset", id, "visibility", STR(str_of(visibilities[i])));
    }
    uuid gone = new_photo(d, p.me, "2024-05-01T00:00:00Z");
    set(d, "asset", gone, "deletedAt", WHEN(now()));
    check_str(months_of(p.rq, "{}"), S("2024-02-01:1 2024-01-01:1"));
    check_str(months_of(p.rq, "{'visibility':'timeline'}"), S("2024-01-01:1"));
    check_str(months_of(p.rq, "{'visibility':'hidden'}"), S("2024-03-01:1"));
    check_str(months_of(p.rq, "{'isTrashed':true}"), S("2024-05-01:1"));
    check_str(refusal(p.rq, getTimeBuckets, "{'visibility':'locked'}"), S("401 Elevated permission is required"));
    p.rq->auth.elevated = true;
    check_str(months_of(p.rq, "{'visibility':'locked'}"), S("2024-04-01:1"));
}

BOTH("a partner's photos come along when asked for, the partner's archive and trash never")
{
    people p = two(c, pool, d);
    const char *other = id_text(mem, p.other);
    check_str(refusal(p.rq, getTimeBuckets, "{'userId':'%s'}", other), S("400 Not found or no timeline.read access"));
    share(d, p);
    new_photo(d, p.me, "2024-01-01T00:00:00Z");
    new_photo(d, p.other, "2024-02-01T00:00:00Z");
    set(d, "asset", new_photo(d, p.other, "2024-03-01T00:00:00Z"), "visibility", STR(S("archive")));
    set(d, "asset", new_photo(d, p.other, "2024-04-01T00:00:00Z"), "deletedAt", WHEN(now()));
    check_str(months_of(p.rq, "{'visibility':'timeline','withPartners':true}"), S("2024-02-01:1 2024-01-01:1"));
    check_str(months_of(p.rq, "{'userId':'%s'}", other), S("2024-02-01:1"));
    check_str(months_of(p.rq, "{'userId':'%s','isTrashed':true}", other), S(""));
    check_str(refusal(p.rq, getTimeBuckets, "{'userId':'%s','visibility':'archive'}", other), S("400 Not found or no archive.read access"));
    check_str(refusal(p.rq, getTimeBuckets, "{'withPartners':true}"),
              S("400 withPartners is only supported for non-archived, non-trashed, non-favorited, non-locked assets"));
    set(d, "\"user\"", p.other, "deletedAt", WHEN(now()));
    check_str(refusal(p.rq, getTimeBuckets, "{'userId':'%s'}", other), S("400 Not found or no timeline.read access"));
}

BOTH("an album shows everybody's photos to its members, but not their trash")
{
    people p = two(c, pool, d);
    uuid album = album_of(d, p);
    put_in(d, album, new_photo(d, p.other, "2024-01-01T00:00:00Z"));
    put_in(d, album, new_photo(d, p.me, "2024-02-01T00:00:00Z"));
    uuid theirs = new_photo(d, p.other, "2024-03-01T00:00:00Z"), mine = new_photo(d, p.me, "2024-04-01T00:00:00Z");
    put_in(d, album, theirs);
    put_in(d, album, mine);
    set(d, "asset", theirs, "deletedAt", WHEN(now()));
    set(d, "asset", mine, "deletedAt", WHEN(now()));
    check_str(months_of(p.rq, "{'albumId':'%s'}", id_text(mem, album)), S("2024-02-01:1 2024-01-01:1"));
    check_str(months_of(p.rq, "{'albumId':'%s','isTrashed':true}", id_text(mem, album)), S("2024-04-01:1"));
    check_str(months_of(p.rq, "{'albumId':'%s','userId':'%s'}", id_text(mem, album), id_text(mem, p.me)), S("2024-02-01:1"));
    request *stranger = request_of(c, pool, d, new_user(d));
    check_str(refusal(stranger, getTimeBuckets, "{'albumId':'%s'}", id_text(mem, album)), S("400 Not found or no album.read access"));
}

BOTH("another's locked photos in a shared album stay locked for an unlocked session")
{
    people p = two(c, pool, d);
    uuid album = album_of(d, p), theirs = new_photo(d, p.other, "2024-01-01T00:00:00Z");
    put_in(d, album, theirs);
    set(d, "asset", theirs, "visibility", STR(S("locked")));
    p.rq->auth.elevated = true;
    check_str(months_of(p.rq, "{'albumId':'%s','visibility':'locked'}", id_text(mem, album)), S(""));
}

BOTH("stacks count as one where that is asked for")
{
    people p = two(c, pool, d);
    uuid first = new_photo(d, p.me, "2024-01-01T00:00:00Z"), second = new_photo(d, p.me, "2024-01-02T00:00:00Z");
    uuid stack = db_uuid(d, "insert into stack (\"primaryAssetId\", \"ownerId\") values ($1, $2) returning id", UUID(first), UUID(p.me));
    set(d, "asset", first, "stackId", UUID(stack));
    set(d, "asset", second, "stackId", UUID(stack));
    check_str(months_of(p.rq, "{}"), S("2024-01-01:2"));
    check_str(months_of(p.rq, "{'withStacked':true}"), S("2024-01-01:1"));
}

BOTH("a tag has the photos of the tags below it")
{
    people p = two(c, pool, d);
    uuid animals = db_uuid(d, "insert into tag (\"userId\", value) values ($1, 'animals') returning id", UUID(p.me));
    uuid cats = db_uuid(d, "insert into tag (\"userId\", value, \"parentId\") values ($1, 'animals/cats', $2) returning id", UUID(p.me),
                        UUID(animals));
    db_exec(d, "insert into tag_closure (id_ancestor, id_descendant) values ($1, $1), ($2, $2), ($1, $2)", UUID(animals), UUID(cats));
    uuid cat = new_photo(d, p.me, "2024-01-01T00:00:00Z");
    new_photo(d, p.me, "2024-02-01T00:00:00Z");
    db_exec(d, "insert into tag_asset (\"assetId\", \"tagId\") values ($1, $2)", UUID(cat), UUID(cats));
    check_str(months_of(p.rq, "{'tagId':'%s'}", id_text(mem, animals)), S("2024-01-01:1"));
    request *stranger = request_of(c, pool, d, p.other);
    check_str(refusal(stranger, getTimeBuckets, "{'tagId':'%s'}", id_text(mem, animals)), S("400 Not found or no tag.read access"));
}

BOTH("a person's photos are one's own and those of one's albums")
{
    people p = two(c, pool, d);
    uuid group = db_uuid(
        d, "insert into person_group (\"clusterGroupId\") select \"clusterGroupId\" from \"user\" where id = $1 returning id", UUID(p.me));
    uuid photos[] = {new_photo(d, p.me, "2024-01-01T00:00:00Z"), new_photo(d, p.other, "2024-02-01T00:00:00Z"),
                     new_photo(d, p.other, "2024-03-01T00:00:00Z")};
    for (size_t i = 0; i < countof(photos); i++)
        db_exec(d, "insert into asset_face (\"assetId\", \"personGroupId\") values ($1, $2)", UUID(photos[i]), UUID(group));
    put_in(d, album_of(d, p), photos[1]);
    check_str(months_of(p.rq, "{'personId':'%s'}", id_text(mem, group)), S("2024-02-01:1 2024-01-01:1"));
}

BOTH("a box on the map may cross the date line")
{
    people p = two(c, pool, d);
    static const double places[][2] = {{50, 10}, {-17, 179}, {-17, -179}};
    for (int i = 0; i < 3; i++) {
        uuid id = new_photo(d, p.me, str_fmt(mem, "2024-0%d-01T00:00:00Z", i + 1).at);
        set(d, "asset_exif", id, "latitude", FLOAT(places[i][0]));
        set(d, "asset_exif", id, "longitude", FLOAT(places[i][1]));
    }
    check_str(months_of(p.rq, "{'bbox':'0,40,20,60'}"), S("2024-01-01:1"));
    check_str(months_of(p.rq, "{'bbox':'178,-20,-178,0'}"), S("2024-03-01:1 2024-02-01:1"));
    check_str(months_of(p.rq, "{'bbox':',,,90'}"), S(""));
    check(str_find(refusal(p.rq, getTimeBuckets, "{'bbox':'0,0,0'}"), S("bbox must have 4 comma-separated numbers")) > 0);
    check(str_find(refusal(p.rq, getTimeBuckets, "{'bbox':'0,x,0,0'}"), S("bbox parts must be valid numbers")) > 0);
    check(str_find(refusal(p.rq, getTimeBuckets, "{'bbox':'0,1,0,0'}"), S("North latitude must be greater")) > 0);
    check(str_find(refusal(p.rq, getTimeBuckets, "{'bbox':'-181,0,0,0'}"), S("Too small: expected number to be >=-180")) > 0);
    check(str_find(refusal(p.rq, getTimeBuckets, "{'bbox':'0,0,0,91'}"), S("[\"bbox\",\"north\"]")) > 0);
}

BOTH("favourites are those of the owner")
{
    people p = two(c, pool, d);
    set(d, "asset", new_photo(d, p.me, "2024-01-01T00:00:00Z"), "isFavorite", BOOL(true));
    new_photo(d, p.me, "2024-02-01T00:00:00Z");
    check_str(months_of(p.rq, "{'isFavorite':true}"), S("2024-01-01:1"));
    check_str(months_of(p.rq, "{'isFavorite':false}"), S("2024-02-01:1"));
}
