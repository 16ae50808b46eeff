// What answers look like.
#include "help.h"

TEST("each type in its JSON form")
{
    AssetOcrResponseDto o = {.id = id_of(ID), .assetId = id_of(ID), .text = S("a\"b"), .x1 = 0.5, .boxScore = 1};
    check_str(written(AssetOcrResponseDto, &o),
              S("{\"assetId\":\"" ID "\",\"boxScore\":1,\"id\":\"" ID "\",\"text\":\"a\\\"b\",\"textScore\":0,"
                "\"x1\":0.5,\"x2\":0,\"x3\":0,\"x4\":0,\"y1\":0,\"y2\":0,\"y3\":0,\"y4\":0}"));
    SessionResponseDto s = {.id = id_of(ID), .createdAt = S("x")};
    check(str_find(written(SessionResponseDto, &s), S("\"current\":false")) > 0);
}

TEST("none is null where the contract requires the field, and nothing where it does not")
{
    PersonResponseDto p = {.id = id_of(ID), .name = S("Ann"), .birthDate = WHEN_NONE, .updatedAt = WHEN_NONE};
    check_str(written(PersonResponseDto, &p),
              S("{\"birthDate\":null,\"id\":\"" ID "\",\"isHidden\":false,\"name\":\"Ann\",\"thumbnailPath\":\"\"}"));
    p.birthDate = when_of((civil){1980, 5, 6, 0, 0, 0, 0});
    p.updatedAt = when_of((civil){2024, 1, 31, 8, 15, 0, 123999});
    p.isFavorite = OPT_IS(opt_bool, true);
    check_str(written(PersonResponseDto, &p), S("{\"birthDate\":\"1980-05-06\",\"id\":\"" ID "\",\"isFavorite\":true,\"isHidden\":false,"
                                                "\"name\":\"Ann\",\"thumbnailPath\":\"\",\"updatedAt\":\"2024-01-31T08:15:00.123Z\"}"));
}

TEST("a field that may be absent and null knows both")
{
    ActivityResponseDto a = {.createdAt = 0, .type = REACTION_TYPE_LIKE, .user = {.avatarColor = USER_AVATAR_COLOR_RED}};
    check(str_find(written(ActivityResponseDto, &a), S("comment\"")) < 0);
    a.comment = OPT_NULL(opt_str);
    check(str_find(written(ActivityResponseDto, &a), S("\"comment\":null")) > 0);
    a.comment = OPT_IS(opt_str, S("hi"));
    check(str_find(written(ActivityResponseDto, &a), S("\"comment\":\"hi\"")) > 0);
    check(str_find(written(ActivityResponseDto, &a), S("\"createdAt\":\"1970-01-01T00:00:00.000Z\"")) > 0);
}

TEST("a field with a default is always there")
{
    ExifResponseDto e = {.make = S("Canon")};
    schema_clear(&ExifResponseDto_schema, &e);
    str text = written(ExifResponseDto, &e);
    check(str_find(text, S("\"city\":null")) > 0);
    check(str_find(text, S("\"dateTimeOriginal\":null")) > 0);
    check(str_find(text, S("\"iso\":null")) > 0);
    check(str_find(text, S("\"make\":\"Canon\"")) > 0);
}

TEST("an optional list is left out unless it is there, even if empty")
{
    AssetResponseDto a = {0};
    check(str_find(written(AssetResponseDto, &a), S("\"tags\"")) < 0);
    EMPTY(a.tags);
    check(str_find(written(AssetResponseDto, &a), S("\"tags\":[]")) > 0);
    push(mem, a.tags)->name = S("t");
    check(str_find(written(AssetResponseDto, &a), S("\"name\":\"t\"")) > 0);
}

TEST("columns of a time bucket: nulls inside lists, lists inside lists")
{
    TimeBucketAssetResponseDto b = {0};
    *push(mem, b.city) = S("Graz");
    *push(mem, b.city) = (str){0};
    *push(mem, b.duration) = (opt_int){0};
    *push(mem, b.duration) = OPT_IS(opt_int, 7);
    *push(mem, b.stack) = (strs){0};
    strs *pair = push(mem, b.stack);
    *push(mem, *pair) = S("a");
    *push(mem, *pair) = S("2");
    *push(mem, b.visibility) = ASSET_VISIBILITY_HIDDEN;
    str text = written(TimeBucketAssetResponseDto, &b);
    check(str_find(text, S("\"city\":[\"Graz\",null]")) > 0);
    check(str_find(text, S("\"duration\":[null,7]")) > 0);
    check(str_find(text, S("\"stack\":[null,[\"a\",\"2\"]]")) > 0);
    check(str_find(text, S("\"visibility\":[\"hidden\"]")) > 0);
    check(str_find(text, S("\"latitude\"")) < 0);
    check(str_find(text, S("\"id\":[]")) > 0);
}

TEST("free-form objects are written from text or tree")
{
    AssetMetadataResponseDto m = {.key = S("k"), .updatedAt = 0, .value = {.text = S("{\"a\": 1}")}};
    check_str(written(AssetMetadataResponseDto, &m), S("{\"key\":\"k\",\"updatedAt\":\"1970-01-01T00:00:00.000Z\",\"value\":{\"a\": 1}}"));
    m.value = (json_any){.tree = json_parse(mem, S("{\"b\":[true]}"), NULL)};
    check_str(written(AssetMetadataResponseDto, &m),
              S("{\"key\":\"k\",\"updatedAt\":\"1970-01-01T00:00:00.000Z\",\"value\":{\"b\":[true]}}"));
}

TEST("what was written reads back as the same")
{
    const char *text = "{\"filter\":{\"albumIds\":{\"any\":[\"" ID
                       "\"]},\"city\":{\"eq\":null,\"in\":[\"a\",\"b\"]},\"or\":[{\"isMotion\":{\"eq\":true}}]},"
                       "\"rating\":null,\"size\":5,\"takenAfter\":\"2024-01-31T08:15:00.000Z\",\"type\":\"VIDEO\",\"withExif\":false}";
    check_str(written(MetadataSearchDto, read_as(MetadataSearchDto, text)), str_of(text));
    const char *edit = "{\"action\":\"crop\",\"parameters\":{\"height\":1,\"width\":2,\"x\":3,\"y\":4}}";
    check_str(written(AssetEditActionItemDto, read_as(AssetEditActionItemDto, edit)), str_of(edit));
}

TEST("years of more than four digits are written as JavaScript does")
{
    AssetMetadataResponseDto m = {.key = S("k"), .updatedAt = when_of((civil){12345, 1, 1, 0, 0, 0, 0}), .value = {.text = S("{}")}};
    check(str_find(written(AssetMetadataResponseDto, &m), S("\"+012345-01-01T00:00:00.000Z\"")) > 0);
}

// A zeroed struct of every schema can be written, and is valid JSON.
TEST("every answer can be written")
{
    for (size_t i = 0; i < route_count; i++) {
        if (!routes[i].out) continue;
        void *out = arena_alloc(mem, routes[i].out_size);
        schema_clear(routes[i].out, out);
        str error = {0};
        check(json_parse(mem, write_as(mem, routes[i].out, out), &error));
    }
}
