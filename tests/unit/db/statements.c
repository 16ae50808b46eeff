// Parameters, columns, sets and functions.
#include "db_test.h"

BOTH("every type survives a round trip, null and empty too")
{
    uuid user = new_user(d), asset = new_asset(d, user);
    when moment = when_of((civil){2024, 2, 29, 23, 59, 58, 123456});
    bytes blob = {(uint8_t *)"\0\1\xff", 3};
    db_exec(d,
            "update asset set \"localDateTime\" = $2, \"isFavorite\" = $3, duration = $4, checksum = $5, visibility = $6, thumbhash = $7 "
            "where id = $1",
            UUID(asset), WHEN(moment), BOOL(true), INT(-7), BYTES(blob), STR(S("locked")), BYTES(((bytes){(uint8_t *)"", 0})));
    row *r = db_one(
        d,
        "select id, \"localDateTime\", \"isFavorite\", duration, checksum, visibility, thumbhash, \"libraryId\", width, \"deletedAt\", "
        "\"isOffline\" from asset where id = $1",
        UUID(asset));
    check(uuid_eq(col_uuid(r, 0), asset));
    check_int(col_when(r, 1), moment);
    check(col_bool(r, 2));
    check_int(col_int(r, 3), -7);
    check_str(bytes_str(col_bytes(r, 4)), bytes_str(blob));
    check_str(col_str(r, 5), S("locked"));
    check(!col_null(r, 6) && col_bytes(r, 6).at && col_bytes(r, 6).n == 0);
    check(col_null(r, 7) && uuid_nil(col_uuid(r, 7)));
    check(col_null(r, 8) && col_int(r, 8) == 0);
    check_int(col_when(r, 9), WHEN_NONE);
    check(!col_null(r, 10) && !col_bool(r, 10));

    strs tags = {0};
    *push(mem, tags) = S("Fam\"ily/Ünï\\cödé");
    *push(mem, tags) = S("");
    *push(mem, tags) = S("a,b{}");
    db_exec(d,
            "insert into asset_exif (\"assetId\", latitude, \"fileSizeInByte\", description, tags, city, \"lockedProperties\") "
            "values ($1, $2, $3, $4, $5, $6, $7)",
            UUID(asset), FLOAT(-12.375), INT(INT64_C(1) << 40), STR(S("")), STRS(tags), STR((str){0}), STRS((strs){0}));
    r = db_one(
        d,
        "select latitude, \"fileSizeInByte\", description, tags, city, \"lockedProperties\", longitude from asset_exif where \"assetId\" = $1",
        UUID(asset));
    check(col_float(r, 0) == -12.375);
    check_int(col_int(r, 1), INT64_C(1) << 40);
    check(!col_null(r, 2));
    check_str(col_str(r, 2), S(""));
    check_int(col_strs(r, 3).n, 3);
    for (size_t i = 0; i < 3; i++) check_str(col_strs(r, 3).at[i], tags.at[i]);
    check(col_null(r, 4) && !col_str(r, 4).at);
    check(!col_null(r, 5) && col_strs(r, 5).n == 0);
    check(col_float(r, 6) == 0);

    int64_t pts[] = {0, 1001, -5};
    db_exec(d, "insert into asset_keyframe values ($1, $2, $2, $3, 1, 2, 3)", UUID(asset), INTS(pts, 3), INTS(pts, 0));
    r = db_one(d, "select pts, \"ownDuration\" from asset_keyframe where \"assetId\" = $1", UUID(asset));
    check_int(col_ints(r, 0).n, 3);
    check_int(col_ints(r, 0).at[1], 1001);
    check_int(col_ints(r, 0).at[2], -5);
    check_int(col_ints(r, 1).n, 0);

    float vector[512] = {0.25f, -1.5f, [511] = 1e-7f};
    db_exec(d, "insert into smart_search values ($1, $2)", UUID(asset), FLOATS(vector, 512));
    r = db_one(d, "select embedding, cosine_distance(embedding, $2) from smart_search where \"assetId\" = $1", UUID(asset),
               FLOATS(vector, 512));
    check_int(col_floats(r, 0).n, 512);
    check(memcmp(col_floats(r, 0).at, vector, sizeof vector) == 0);
    check(col_float(r, 1) < 1e-6);

    uuid person_group = db_uuid(
        d, "insert into person_group (\"clusterGroupId\") select \"clusterGroupId\" from \"user\" where id = $1 returning id", UUID(user));
    when birth = when_of((civil){.year = 1954, .month = 7, .day = 30});
    db_exec(d, "insert into person (\"ownerId\", \"personGroupId\", \"birthDate\") values ($1, $2, $3)", UUID(user), UUID(person_group),
            WHEN(birth));
    r = db_one(d, "select \"birthDate\" from person where \"birthDate\" = $1 and \"ownerId\" = $2", WHEN(birth), UUID(user));
    check(r && col_when(r, 0) == birth);

    db_exec(d, "insert into system_metadata values ('test', $1)", STR(S("{\"a\":{\"b\":true},\"c\":[1,2.5,\"x\"],\"d\":null,\"e\":\"\"}")));
    r = db_one(d, "select value -> 'a' ->> 'b', value -> 'c' ->> 1, value -> 'c' ->> -1, value ->> 'd', value ->> 'e', value ->> 'f' "
                  "from system_metadata where key = 'test'");
    check_str(col_str(r, 0), S("true"));
    check_str(col_str(r, 1), S("2.5"));
    check_str(col_str(r, 2), S("x"));
    check(col_null(r, 3));
    check(!col_null(r, 4) && col_str(r, 4).n == 0);
    check(col_null(r, 5));
}

BOTH("one statement takes nulls and values in turn")
{
    const char *sql = "insert into shared_link (\"userId\", key, type, slug, \"expiresAt\", \"albumId\") values ($1, $2, $3, $4, $5, $6)";
    uuid user = new_user(d), album = new_album(d, user);
    db_exec(d, sql, UUID(user), BYTES(((bytes){(uint8_t *)"a", 1})), STR(S("ALBUM")), NUL, NUL, NUL);
    db_exec(d, sql, UUID(user), BYTES(((bytes){(uint8_t *)"b", 1})), STR(S("ALBUM")), STR(S("x")), WHEN(now()), UUID(album));
    db_exec(d, sql, UUID(user), BYTES(((bytes){(uint8_t *)"c", 1})), STR(S("ALBUM")), NUL, WHEN(now()), NUL);
    check_int(db_int(d, "select count(*) from shared_link where \"userId\" = $1", UUID(user)), 3);
    check_int(db_int(d, "select count(\"albumId\") from shared_link where \"userId\" = $1", UUID(user)), 1);
}

BOTH("sets stand in conditions and among the tables")
{
    uuid user = new_user(d), a = new_asset(d, user), b = new_asset(d, user), other = new_asset(d, user);
    ids two = {0}, none = {0};
    ids_add(mem, &two, a);
    ids_add(mem, &two, b);
    check_int(db_int(d, "select count(*) from asset where id in ids($1)", IDS(two)), 2);
    check_int(db_int(d, "select count(*) from asset where id in ids($1)", IDS(none)), 0);
    ids rest = db_ids(d, "select id from asset where \"ownerId\" = $2 and id not in ids($1)", IDS(two), UUID(user));
    check_int(rest.n, 1);
    check(uuid_eq(rest.at[0], other));
    check_int(db_int(d, "select count(*) from ids($1) join asset on asset.id = ids.id", IDS(two)), 2);
    check_int(
        db_int(d, "select count(*) from asset a join ids($1) as wanted on wanted.id = a.id where a.\"ownerId\" = $2", IDS(two), UUID(user)),
        2);

    strs types = {0};
    *push(mem, types) = S("archive");
    *push(mem, types) = S("timeline");
    check_int(db_int(d, "select count(*) from asset where visibility in strs($1) and \"ownerId\" = $2", STRS(types), UUID(user)), 3);
    strs back = db_strs(d, "select t.text from strs($1) t order by t.text desc", STRS(types));
    check_int(back.n, 2);
    check_str(back.at[0], S("timeline"));

    uuid album = new_album(d, user);
    check_int(db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") select $1, id from ids($2) where true on conflict do nothing",
                      UUID(album), IDS(two)),
              2);
    check_int(db_exec(d, "insert into album_asset (\"albumId\", \"assetId\") select $1, id from ids($2) where true on conflict do nothing",
                      UUID(album), IDS(two)),
              0);
}

BOTH("both engines agree on the functions that db.h promises")
{
    check_str(db_str(d, "select f_unaccent($1)", STR(S("Ångström Œuvre ÀÉÎõü Łódź straße ñ Ёлка Άλφα"))),
              S("Angstrom OEuvre AEIou Lodz strasse n Елка Αλφα"));
    check_str(db_str(d, "select lower($1)", STR(S("STRASSE"))), S("strasse"));
    check(db_has(d, "select 1 where lower(f_unaccent($1)) = 'cafe'", STR(S("CAFÉ"))));
    check(db_has(d, "select 1 where $1 ilike $2", STR(S("IMG_0042.JPG")), STR(S("img\\_%.jpg"))));
    check(!db_has(d, "select 1 where $1 ilike $2", STR(S("IMGX0042.JPG")), STR(S("img\\_%.jpg"))));
    check(!db_has(d, "select 1 where $1 like $2", STR(S("IMG.JPG")), STR(S("img%"))));
    check(db_has(d, "select 1 where $1 like $2", STR(S("/data/a%b/x")), STR(S("/data/a\\%b/%"))));
    check(db_has(d, "select 1 where $1 not like $2", STR(S("aab")), STR(S("%c%"))));
    check(db_has(d, "select 1 where $1 like $2", STR(S("aaab")), STR(S("%aab"))));
    check(db_has(d, "select 1 where $1 like '_ü_'", STR(S("äüö"))));
    when t = when_of((civil){1969, 3, 31, 23, 59, 59, 999999});
    row *r = db_one(d, "select date_trunc_month($1), date_of($1)", WHEN(t));
    check_int(col_when(r, 0), when_of((civil){.year = 1969, .month = 3, .day = 1}));
    check_int(col_when(r, 1), when_of((civil){.year = 1969, .month = 3, .day = 31}));
    r = db_one(
        d, "select greatest(3, null, 7), least(2.5, 1.5), strpos('äbc', 'c'), starts_with('abc', 'ab'), concat_ws('-', 'a', null, 'b')");
    check_int(col_int(r, 0), 7);
    check(col_float(r, 1) == 1.5);
    check_int(col_int(r, 2), 3);
    check(col_bool(r, 3));
    check_str(col_str(r, 4), S("a-b"));

    check_str(db_str(d, "select substr($1, $2, $3)", STR(S("äöüß")), INT(2), INT(2)), S("öü"));
    check_str(db_str(d, "select string_agg(text, '+') from strs($1)", STRS(((strs){(str[]){S("a"), S("b")}, 2, 2}))), S("a+b"));
    strs order = db_strs(d, "select text from strs($1) order by text collate \"C\"", STRS(((strs){(str[]){S("b"), S("a"), S("B")}, 3, 3})));
    check_str(order.at[0], S("B"));

    uuid user = new_user(d), asset = new_asset(d, user);
    strs given = {0}, more = {0};
    *push(mem, given) = S("rating");
    *push(mem, more) = S("description");
    *push(mem, more) = S("rating");
    db_exec(d, "insert into asset_exif (\"assetId\", \"lockedProperties\") values ($1, $2)", UUID(asset), STRS(given));
    db_exec(d, "update asset_exif set \"lockedProperties\" = array_union(\"lockedProperties\", $2) where \"assetId\" = $1", UUID(asset),
            STRS(more));
    r = db_one(d,
               "select \"lockedProperties\", array_has(\"lockedProperties\", 'rating'), array_has(\"lockedProperties\", $2), "
               "cardinality(\"lockedProperties\") from asset_exif where \"assetId\" = $1",
               UUID(asset), STR(S("nothing")));
    check_int(col_strs(r, 0).n, 2);
    check_str(col_strs(r, 0).at[0], S("description"));
    check(col_bool(r, 1) && !col_bool(r, 2));
    check_int(col_int(r, 3), 2);
    db_exec(d, "update asset_exif set \"lockedProperties\" = array_minus(\"lockedProperties\", $2) where \"assetId\" = $1", UUID(asset),
            STRS(more));
    check(col_null(db_one(d, "select \"lockedProperties\" from asset_exif where \"assetId\" = $1", UUID(asset)), 0));

    r = db_one(
        d,
        "select sum(\"fileSizeInByte\"), avg(rating), count(*), bool_or(rating = 3), bool_and(rating = 3), min(rating) from asset_exif "
        "where \"assetId\" = $1",
        UUID(asset));
    check(col_null(r, 0) && col_int(r, 0) == 0 && col_null(r, 1) && col_null(r, 3));
    check_int(col_int(r, 2), 1);
    db_exec(d, "update asset_exif set \"fileSizeInByte\" = 5000000000, rating = 3 where \"assetId\" = $1", UUID(asset));
    r = db_one(d,
               "select sum(\"fileSizeInByte\"), avg(rating), bool_or(rating = 3), bool_and(rating = 4), sum(0.5 * rating) from asset_exif "
               "where \"assetId\" = $1",
               UUID(asset));
    check_int(col_int(r, 0), INT64_C(5000000000));
    check(col_float(r, 1) == 3);
    check(col_bool(r, 2) && !col_bool(r, 3));
    check(col_float(r, 4) == 1.5);
    check(db_has(d, "select 1 from \"user\" where id = $1 for update skip locked", UUID(user)));
}

BOTH("now() is when the transaction began; the clock goes on")
{
    when began = db_one(d, "select now()") ? col_when(db_one(d, "select now()"), 0) : 0;
    while (now() <= began + 2000) {}
    check_int(col_when(db_one(d, "select now()"), 0), began);
    check(col_when(db_one(d, "select clock_timestamp()"), 0) > began);
    uuid a = db_uuid(d, "select uuid_v7()"), four = db_uuid(d, "select uuid_v4()");
    check((a.b[6] & 0xf0) == 0x70 && (a.b[8] & 0xc0) == 0x80);
    check((four.b[6] & 0xf0) == 0x40 && (four.b[8] & 0xc0) == 0x80);
}

BOTH("a violated key is an answer, and the transaction goes on")
{
    uuid user = new_user(d), asset = new_asset(d, user), album = new_album(d, user), nobody = uuid_v4();
    const char *add = "insert into album_asset (\"albumId\", \"assetId\") values ($1, $2)";
    check_int(db_try(d, add, UUID(album), UUID(asset)), DB_DONE);
    check_int(db_try(d, add, UUID(album), UUID(asset)), DB_DUPLICATE);
    check_int(db_try(d, add, UUID(album), UUID(nobody)), DB_MISSING_PARENT);
    check_int(db_int(d, "select count(*) from album_asset where \"albumId\" = $1", UUID(album)), 1);
    check_int(db_try(d, "delete from asset where id = $1", UUID(asset)), DB_DONE);
}

BOTH("statements nest, the same one too, and a loop may be left")
{
    uuid user = new_user(d);
    for (int i = 0; i < 5; i++) new_asset(d, user);
    int pairs = 0;
    const char *all = "select id from asset where \"ownerId\" = $1 order by id";
    db_rows (a, d, all, UUID(user)) {
        uuid first = col_uuid(a, 0);
        db_rows (b, d, all, UUID(user)) {
            if (uuid_eq(first, col_uuid(b, 0))) break;
            pairs++;
        }
    }
    check_int(pairs, 10);
    for (int i = 0; i < 1000; i++)
        db_rows (a, d, all, UUID(user)) break;
}

BOTH("a large result arrives whole, in parts")
{
    uuid user = new_user(d);
    db_exec(d,
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500) "
            "insert into tag (\"userId\", value) select $1, concat_ws('/', 'a', i) from n",
            UUID(user));
    int count = 0;
    db_stream(r, d, "select value from tag where \"userId\" = $1", UUID(user))
    {
        if (count++ % 500 == 0) check(db_has(d, "select 1 from tag where value = $1", STR(col_str(r, 0))));
    }
    check_int(count, 2500);
    db_stream(r, d, "select value from tag where \"userId\" = $1", UUID(user)) break;
    check_int(db_int(d, "select count(*) from tag where \"userId\" = $1", UUID(user)), 2500);
}

BOTH("texts may be composed at run time")
{
    uuid user = new_user(d);
    buf sql = {.mem = mem};
    param_list p = {0};
    buf_add(&sql, S("select count(*) from \"user\" where id = "));
    sql_bind(&sql, mem, &p, UUID(user));
    buf_add(&sql, S(" and email like "));
    sql_bind(&sql, mem, &p, STR(S("user%")));
    check_int(db_int_(d, db_sql(d, buf_str(&sql)), (params){p.at, p.n}), 1);
    for (int i = 0; i < 700; i++) { // more than a connection keeps
        str text = str_fmt(mem, "select %d + $1", i);
        check_int(db_int(d, db_sql(d, text), INT(1)), i + 1);
    }
}
