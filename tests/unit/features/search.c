// Searching: every condition of both shapes, and what is searched for whom.                      spec 03, section 7; spec 12, section 3
#include "ask.h"

// Two photos of mine, "a" and "b", with these values; which of them does a request find?
typedef struct {
    request *rq;
    uuid me, a, b;
} library;

static library two_photos(ctx *c, db_pool *pool, db *d)
{
    library l = {.me = new_user(d)};
    l.rq = request_of(c, pool, d, l.me);
    l.a = new_photo(d, l.me, "2024-01-01T00:00:00Z");
    l.b = new_photo(d, l.me, "2024-02-01T00:00:00Z");
    return l;
}

static str names(arena *mem, const library *l, const SearchResponseDto *found)
{
    buf text = {.mem = mem};
    each (item, found->assets.items) buf_char(&text, uuid_eq(item->id, l->a) ? 'a' : uuid_eq(item->id, l->b) ? 'b' : '?');
    check_int(found->assets.total, (int64_t)found->assets.items.n);
    return text.n ? buf_str(&text) : S("");
}
#define found(l, ...) names(mem, &(l), ask((l).rq, searchAssets, __VA_ARGS__))
// Newest first, so "ba" is both.
#define finds(l, body, wanted) check_str(found(l, "{'body':" body "}"), S(wanted))
#define finds_by(l, filter, wanted) check_str(found(l, "{'body':{'filter':" filter "}}"), S(wanted))

BOTH("text conditions mind case and know null")
{
    library l = two_photos(c, pool, d);
    set(d, "asset_exif", l.a, "make", STR(S("Acme")));
    finds_by(l, "{'make':{'eq':'Acme'}}", "a");
    finds_by(l, "{'make':{'eq':'acme'}}", "");
    finds_by(l, "{'make':{'ne':'Other'}}", "a");
    finds_by(l, "{'make':{'ne':'Acme'}}", "");
    finds_by(l, "{'make':{'eq':null}}", "b");
    finds_by(l, "{'make':{'ne':null}}", "a");
    finds_by(l, "{'make':{'in':['Acme','x']}}", "a");
    finds_by(l, "{'make':{'notIn':['x','y']}}", "a");
    finds(l, "{'make':'Acme'}", "a");
    finds(l, "{'make':null}", "b");
}

BOTH("patterns mind neither case nor accents, and a backslash is one")
{
    library l = two_photos(c, pool, d);
    set(d, "asset", l.a, "originalFileName", STR(S("Über\\den Wolken.JPG")));
    set(d, "asset_exif", l.a, "description", STR(S("The old café")));
    finds_by(l, "{'originalFileName':{'like':'uber'}}", "a");
    finds_by(l, "{'originalFileName':{'notLike':'uber'}}", "b");
    finds_by(l, "{'originalFileName':{'startsWith':'UBER'}}", "a");
    finds_by(l, "{'originalFileName':{'startsWith':'den'}}", "");
    finds_by(l, "{'originalFileName':{'endsWith':'.jpg'}}", "ba");
    finds_by(l, "{'originalFileName':{'like':'r\\\\d'}}", "a");
    finds_by(l, "{'originalFileName':{'endsWith':'\\\\'}}", "");
    finds_by(l, "{'originalPath':{'like':'/photos/'}}", "ba");
    finds_by(l, "{'description':{'like':'CAFE'}}", "a");
    finds_by(l, "{'description':{'eq':''}}", "b");
    finds(l, "{'originalFileName':'  uber  '}", "a");
    finds(l, "{'description':'old cafe'}", "a");
    finds(l, "{'description':'   '}", "ba");
}

BOTH("numbers, dates, enums and truths")
{
    library l = two_photos(c, pool, d);
    set(d, "asset_exif", l.a, "rating", INT(4));
    set(d, "asset", l.b, "type", STR(S("VIDEO")));
    set(d, "asset", l.b, "isFavorite", BOOL(true));
    finds_by(l, "{'rating':{'eq':4}}", "a");
    finds_by(l, "{'rating':{'gte':4,'lt':5}}", "a");
    finds_by(l, "{'rating':{'gt':4}}", "");
    finds_by(l, "{'rating':{'lte':3.5}}", "");
    finds_by(l, "{'rating':{'in':[1,4]}}", "a");
    finds_by(l, "{'rating':{'notIn':[1,2]}}", "a");
    finds_by(l, "{'rating':{'ne':5}}", "a");
    finds_by(l, "{'rating':{'eq':null}}", "b");
    finds_by(l, "{'fileSizeInBytes':{'gte':1000}}", "ba");
    finds_by(l, "{'takenAt':{'gte':'2024-01-01T00:00:00Z','lt':'2024-02-01T00:00:00Z'}}", "a");
    finds_by(l, "{'takenAt':{'eq':'2024-02-01T01:00:00+01:00'}}", "b");
    finds_by(l, "{'takenAt':{'ne':'2024-02-01T00:00:00Z'}}", "a");
    finds_by(l, "{'createdAt':{'gt':'2024-02-01T00:00:00Z'},'updatedAt':{'lte':'2999-01-01T00:00:00Z'}}", "ba");
    finds_by(l, "{'type':{'eq':'VIDEO'}}", "b");
    finds_by(l, "{'type':{'ne':'VIDEO'}}", "a");
    finds_by(l, "{'type':{'in':['IMAGE','OTHER']}}", "a");
    finds_by(l, "{'isFavorite':{'eq':true}}", "b");
    finds_by(l, "{'isFavorite':{'eq':false},'isOffline':{'eq':false},'isMotion':{'eq':false},'isEncoded':{'eq':false}}", "a");
    finds(l, "{'rating':4}", "a");
    finds(l, "{'rating':null}", "b");
    finds(l, "{'type':'VIDEO','isFavorite':true,'isMotion':false,'isEncoded':false,'isOffline':false}", "b");
    finds(l, "{'takenAfter':'2024-01-15T00:00:00Z','takenBefore':'2024-03-01T00:00:00Z'}", "b");
}

BOTH("ids, checksums and the paths of transcoded films")
{
    library l = two_photos(c, pool, d);
    sha1 sum = sha1_of(str_bytes(S("some photo")));
    set(d, "asset", l.a, "checksum", BYTES(((bytes){sum.b, sizeof sum.b})));
    str hex = hex_encode(mem, (bytes){sum.b, sizeof sum.b}), base64 = base64_encode(mem, (bytes){sum.b, sizeof sum.b});
    db_exec(d, "insert into asset_file (\"assetId\", type, path) values ($1, 'encoded_video', '/films/b.mp4')", UUID(l.b));
    check_str(found(l, "{'body':{'filter':{'id':{'eq':'%s'}}}}", id_text(mem, l.a)), S("a"));
    check_str(found(l, "{'body':{'filter':{'id':{'ne':'%s'}}}}", id_text(mem, l.a)), S("b"));
    check_str(found(l, "{'body':{'filter':{'checksum':{'eq':'%.*s'}}}}", PR(hex)), S("a"));
    check_str(found(l, "{'body':{'filter':{'checksum':{'in':['x','%.*s']}}}}", PR(base64)), S("a"));
    check_str(found(l, "{'body':{'checksum':'%.*s'}}", PR(base64)), S("a"));
    finds(l, "{'checksum':'no checksum'}", "");
    finds_by(l, "{'checksum':{'eq':'no checksum'}}", "");
    finds_by(l, "{'checksum':{'ne':'no checksum'}}", "ba");
    finds_by(l, "{'libraryId':{'eq':null}}", "ba");
    finds_by(l, "{'libraryId':{'ne':null}}", "");
    finds_by(l, "{'isEncoded':{'eq':true}}", "b");
    finds_by(l, "{'encodedVideoPath':{'eq':'/films/b.mp4'}}", "b");
    finds(l, "{'encodedVideoPath':'/films/b.mp4'}", "b");
    finds(l, "{'isEncoded':true}", "b");
}

BOTH("albums, people and tags: any, all, none")
{
    library l = two_photos(c, pool, d);
    uuid x = new_album(d, l.me), y = new_album(d, l.me);
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $3), ($2, $3), ($1, $4)", UUID(x), UUID(y), UUID(l.a),
            UUID(l.b));
    uuid tag = db_uuid(d, "insert into tag (\"userId\", value) values ($1, 'animals') returning id", UUID(l.me));
    uuid cats =
        db_uuid(d, "insert into tag (\"userId\", value, \"parentId\") values ($1, 'animals/cats', $2) returning id", UUID(l.me), UUID(tag));
    db_exec(d, "insert into tag_closure (id_ancestor, id_descendant) values ($1, $1), ($2, $2), ($1, $2)", UUID(tag), UUID(cats));
    db_exec(d, "insert into tag_asset (\"assetId\", \"tagId\") values ($1, $2)", UUID(l.a), UUID(cats));
    uuid group = db_uuid(
        d, "insert into person_group (\"clusterGroupId\") select \"clusterGroupId\" from \"user\" where id = $1 returning id", UUID(l.me));
    db_exec(d, "insert into asset_face (\"assetId\", \"personGroupId\") values ($1, $2)", UUID(l.b), UUID(group));

    const char *first = id_text(mem, x), *second = id_text(mem, y);
    check_str(found(l, "{'body':{'filter':{'albumIds':{'any':['%s','%s']}}}}", first, second), S("ba"));
    check_str(found(l, "{'body':{'filter':{'albumIds':{'all':['%s','%s','%s']}}}}", first, second, second), S("a"));
    check_str(found(l, "{'body':{'filter':{'albumIds':{'any':['%s'],'none':['%s']}}}}", first, second), S("b"));
    check_str(found(l, "{'body':{'albumIds':['%s','%s']}}", first, second), S("a"));
    check_str(found(l, "{'body':{'filter':{'tagIds':{'any':['%s']}}}}", id_text(mem, tag)), S("a"));
    check_str(found(l, "{'body':{'filter':{'tagIds':{'none':['%s']}}}}", id_text(mem, tag)), S("b"));
    check_str(found(l, "{'body':{'tagIds':['%s']}}", id_text(mem, tag)), S("a"));
    check_str(found(l, "{'body':{'filter':{'personIds':{'all':['%s']}}}}", id_text(mem, group)), S("b"));
    check_str(found(l, "{'body':{'personIds':['%s']}}", id_text(mem, group)), S("b"));
    finds(l, "{'tagIds':null}", "b");
    finds(l, "{'isNotInAlbum':true}", "");
    finds_by(l, "{'hasAlbums':{'eq':false}}", "");
    finds_by(l, "{'hasTags':{'eq':true}}", "a");
    finds_by(l, "{'hasPeople':{'eq':false}}", "a");
}

BOTH("branches are alternatives beside what holds for all")
{
    library l = two_photos(c, pool, d);
    set(d, "asset_exif", l.a, "city", STR(S("Paris")));
    set(d, "asset_exif", l.b, "city", STR(S("Rome")));
    finds_by(l, "{'or':[{'city':{'eq':'Paris'}},{'city':{'eq':'Rome'}}]}", "ba");
    finds_by(l, "{'takenAt':{'lt':'2024-01-15T00:00:00Z'},'or':[{'city':{'eq':'Paris'}},{'city':{'eq':'Rome'}}]}", "a");
    finds_by(l, "{}", "ba");
    check(str_find(refusal(l.rq, searchAssets, "{'body':{'filter':{'or':[{}]}}}"), S("At least one filter condition is required")) > 0);
    check(str_find(refusal(l.rq, searchAssets, "{'body':{'filter':{'nonsense':1}}}"), S("Unrecognized key")) > 0);
}

BOTH("what is trashed, archived or hidden is found by the filter unless it is left out; flat fields leave the trash out")
{
    library l = two_photos(c, pool, d);
    set(d, "asset", l.a, "deletedAt", WHEN(now()));
    set(d, "asset", l.b, "visibility", STR(S("hidden")));
    finds_by(l, "{}", "ba");
    finds_by(l, "{'trashedAt':{'eq':null}}", "b");
    finds_by(l, "{'trashedAt':{'ne':null}}", "a");
    finds_by(l, "{'visibility':{'in':['timeline','archive']}}", "a");
    finds(l, "{}", "b");
    finds(l, "{'withDeleted':true}", "ba");
    finds(l, "{'trashedAfter':'2024-01-01T00:00:00Z'}", "a");
}

BOTH("locked photos are for their owner alone, with the PIN code")
{
    library l = two_photos(c, pool, d);
    uuid other = new_user(d), theirs = new_photo(d, other, "2024-03-01T00:00:00Z");
    db_exec(d, "insert into partner (\"sharedById\", \"sharedWithId\", \"inTimeline\") values ($1, $2, true)", UUID(other), UUID(l.me));
    set(d, "asset", l.a, "visibility", STR(S("locked")));
    set(d, "asset", theirs, "visibility", STR(S("locked")));
    finds(l, "{}", "b");
    finds_by(l, "{}", "b");
    str refused = S("401 Elevated permission is required");
    check_str(refusal(l.rq, searchAssets, "{'body':{'visibility':'locked'}}"), refused);
    check_str(refusal(l.rq, searchAssets, "{'body':{'filter':{'visibility':{'eq':'locked'}}}}"), refused);
    check_str(refusal(l.rq, searchAssets, "{'body':{'filter':{'visibility':{'ne':'timeline'}}}}"), refused);
    check_str(refusal(l.rq, searchAssets, "{'body':{'filter':{'or':[{'visibility':{'in':['locked']}}]}}}"), refused);
    check_str(refusal(l.rq, searchAssetStatistics, "{'body':{'visibility':'locked'}}"), refused);
    finds_by(l, "{'visibility':{'ne':'locked'}}", "b");
    l.rq->auth.elevated = true;
    finds(l, "{}", "ba");
    finds(l, "{'visibility':'locked'}", "a");
    finds_by(l, "{'visibility':{'eq':'locked'}}", "a");
}

BOTH("partners in the timeline are searched too, albums decide for themselves")
{
    library l = two_photos(c, pool, d);
    uuid other = new_user(d), theirs = new_photo(d, other, "2024-03-01T00:00:00Z"), album = new_album(d, other);
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(album), UUID(theirs));
    const char *id = id_text(mem, album);
    finds(l, "{}", "ba");
    check_str(refusal(l.rq, searchAssets, "{'body':{'albumIds':['%s']}}", id), S("400 Not found or no album.read access"));
    check_str(refusal(l.rq, searchAssets, "{'body':{'filter':{'or':[{'albumIds':{'none':['%s']}}]}}}", id),
              S("400 Not found or no album.read access"));
    db_exec(d, "insert into album_user (\"albumId\", \"userId\", role) values ($1, $2, 'viewer')", UUID(album), UUID(l.me));
    check_str(found(l, "{'body':{'albumIds':['%s']}}", id), S("?"));
    check_str(found(l, "{'body':{'filter':{'albumIds':{'any':['%s']}}}}", id), S("?"));
    check_str(found(l, "{'body':{'filter':{'or':[{'albumIds':{'all':['%s']}},{'takenAt':{'gte':'2024-02-01T00:00:00Z'}}]}}}", id), S("?b"));
    check_int(ask(l.rq, searchAssetStatistics, "{'body':{'albumIds':['%s']}}", id)->total, 0);
    db_exec(d, "insert into partner (\"sharedById\", \"sharedWithId\", \"inTimeline\") values ($1, $2, true)", UUID(other), UUID(l.me));
    finds(l, "{}", "?ba");
    finds_by(l, "{}", "?ba");
    check_int(ask(l.rq, searchAssetStatistics, "{'body':{'albumIds':['%s']}}", id)->total, 1);
}

BOTH("a shared link searches its album only")
{
    library l = two_photos(c, pool, d);
    uuid album = new_album(d, l.me);
    db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)", UUID(album), UUID(l.a));
    l.rq->auth = (auth){.kind = AUTH_SHARED_LINK, .user_id = l.me, .link = {.id = uuid_v4(), .album_id = album}};
    str refused = S("400 Shared link access is only allowed in combination with an albumIds filter");
    check_str(refusal(l.rq, searchAssets, "{'body':{}}"), refused);
    check_str(
        refusal(l.rq, searchAssets, "{'body':{'filter':{'or':[{'albumIds':{'any':['%s']}},{'city':{'eq':'x'}}]}}}", id_text(mem, album)),
        refused);
    check_str(found(l, "{'body':{'albumIds':['%s']}}", id_text(mem, album)), S("a"));
    check_str(found(l, "{'body':{'filter':{'albumIds':{'any':['%s']}}}}", id_text(mem, album)), S("a"));
}

BOTH("pages follow each other by number or by cursor, in the order that was asked for")
{
    library l = two_photos(c, pool, d);
    SearchResponseDto *page = ask(l.rq, searchAssets, "{'body':{'size':1}}");
    check_str(names(mem, &l, page), S("b"));
    check_str(page->assets.nextPage, S("2"));
    check(!page->assets.nextCursor.at);
    page = ask(l.rq, searchAssets, "{'body':{'size':1,'page':2}}");
    check_str(names(mem, &l, page), S("a"));
    check(!page->assets.nextPage.at);

    set(d, "asset_exif", l.a, "rating", INT(1));
    page = ask(l.rq, searchAssets, "{'body':{'size':1,'orderBy':{'field':'rating'}}}");
    check_str(names(mem, &l, page), S("a"));
    check(!page->assets.nextPage.at);
    page = ask(l.rq, searchAssets, "{'body':{'size':1,'orderBy':{'field':'rating'},'cursor':'%.*s'}}", PR(page->assets.nextCursor));
    check_str(names(mem, &l, page), S("b"));
    check(!page->assets.nextCursor.at);
    finds(l, "{'orderBy':{'field':'rating','direction':'asc'}}", "ab");
    finds(l, "{'orderBy':{'field':'localDateTime','direction':'asc'}}", "ab");
    finds(l, "{'orderBy':{}}", "ba");
    finds(l, "{'order':'asc'}", "ab");
    check_str(refusal(l.rq, searchAssets, "{'body':{'cursor':'x'}}"), S("400 Invalid cursor"));
    check_str(refusal(l.rq, searchAssets, "{'body':{'cursor':'eyJvZmZzZXQiOi0xfQ'}}"), S("400 Invalid cursor"));
}

BOTH("the two shapes do not mix")
{
    library l = two_photos(c, pool, d);
    str refused = refusal(l.rq, searchAssets, "{'body':{'filter':{},'cursor':'x','city':'Rome','page':1,'withExif':true,'size':5}}");
    check(str_find(refused, S("Deprecated field city cannot be combined with filter/cursor")) > 0);
    check(str_find(refused, S("Deprecated field page cannot be combined with filter/cursor")) > 0);
    check(str_find(refused, S("withExif")) < 0);
    check(str_find(refusal(l.rq, searchRandom, "{'body':{'filter':{},'type':'IMAGE'}}"), S("Deprecated field type")) > 0);
    check(str_find(refusal(l.rq, searchAssetStatistics, "{'body':{'filter':{},'city':null}}"), S("Deprecated field city")) > 0);
}

BOTH("numbers and random picks go by the same filters")
{
    library l = two_photos(c, pool, d);
    set(d, "asset_exif", l.a, "description", STR(S("sea")));
    set(d, "asset", l.b, "stackId",
        UUID(db_uuid(d, "insert into stack (\"primaryAssetId\", \"ownerId\") values ($1, $2) returning id", UUID(l.b), UUID(l.me))));
    check_int(ask(l.rq, searchAssetStatistics, "{'body':{}}")->total, 2);
    check_int(ask(l.rq, searchAssetStatistics, "{'body':{'description':'sea'}}")->total, 1);
    check_int(ask(l.rq, searchAssetStatistics, "{'body':{'filter':{'description':{'like':'sea'}}}}")->total, 1);
    searchRandom_out *some = ask(l.rq, searchRandom, "{'body':{'size':1,'withExif':true}}");
    check(some->items.n == 1 && some->items.at[0].exifInfo);
    check_int(ask(l.rq, searchRandom, "{'body':{}}")->items.n, 2);
    some = ask(l.rq, searchRandom, "{'body':{'withStacked':false}}");
    check(some->items.n == 1 && uuid_eq(some->items.at[0].id, l.a));
    some = ask(l.rq, searchRandom, "{'body':{'filter':{},'withStacked':false}}");
    check(some->items.n == 1 && uuid_eq(some->items.at[0].id, l.a));
}

BOTH("an asset without EXIF is found by the filter, and by flat fields that ask for none")
{
    library l = two_photos(c, pool, d);
    db_exec(d, "delete from asset_exif where \"assetId\" = $1", UUID(l.a));
    finds(l, "{}", "ba");
    finds(l, "{'withExif':true}", "b");
    finds(l, "{'city':null}", "b");
    finds_by(l, "{'city':{'eq':null}}", "ba");
}
