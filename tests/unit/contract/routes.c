// From method and path to operation and input.
#include "help.h"

static route_match match;

static str find(arena *mem, const char *method, const char *path)
{
    switch (route_find(mem, str_of(method), str_of(path), &match)) {
    case ROUTE_FOUND: return str_of(match.route->operation);
    case ROUTE_BAD_ESCAPE: return S("bad escape");
    default: return S("unknown");
    }
}

TEST("paths find their operation")
{
    check_str(find(mem, "GET", "/api/albums/" ID), S("getAlbumInfo"));
    check_str(match.params[0], S(ID));
    check_str(find(mem, "GET", "/api/assets/statistics"), S("getAssetStatistics"));
    check_str(find(mem, "DELETE", "/api/albums/a/user/me"), S("removeUserFromAlbum"));
    check_str(match.params[1], S("me"));
    check_str(find(mem, "GET", "/api/assets/a/video/stream/b/3/seg_1.m4s"), S("getSegment"));
    check_str(match.params[3], S("seg_1.m4s"));
}

TEST("letters may have either case, one slash at the end is fine, HEAD is GET")
{
    check_str(find(mem, "GET", "/API/Server/PING"), S("pingServer"));
    check_str(find(mem, "HEAD", "/api/server/ping/"), S("pingServer"));
    check_str(find(mem, "GET", "/api/server/ping//"), S("unknown"));
    check_str(find(mem, "GET", "/api/people/AbC"), S("getPerson"));
    check_str(match.params[0], S("AbC"));
}

TEST("what is not in the contract is unknown")
{
    check_str(find(mem, "GET", "/api/foo"), S("unknown"));
    check_str(find(mem, "POST", "/api/server/ping"), S("unknown"));
    check_str(find(mem, "GET", "/api"), S("unknown"));
    check_str(find(mem, "GET", "/api/"), S("unknown"));
    check_str(find(mem, "GET", "/apiserver/ping"), S("unknown"));
    check_str(find(mem, "GET", "/server/ping"), S("unknown"));
    check_str(find(mem, "GET", "/api/albums//map-markers"), S("unknown"));
    check_str(find(mem, "GET", "/api/a/b/c/d/e/f/g/h/i/j/k"), S("unknown"));
    check_str(find(mem, "GET", "/api/server@ping"), S("unknown"));
}

TEST("parameters are decoded, broken escapes are told")
{
    check_str(find(mem, "GET", "/api/system-metadata/a%20b%2Fc"), S("unknown"));
    check_str(find(mem, "GET", "/api/admin/database-backups/a%20b%2Fc"), S("downloadDatabaseBackup"));
    check_str(match.params[0], S("a b/c"));
    check_str(find(mem, "GET", "/api/albums/%zz"), S("bad escape"));
    check_str(match.bad, S("%zz"));
}

TEST("fourteen PUT routes have a PATCH twin")
{
    check_str(find(mem, "PATCH", "/api/assets/" ID), S("updateAsset"));
    check(match.as_patch);
    check_str(find(mem, "PUT", "/api/assets/" ID), S("updateAsset"));
    check(!match.as_patch);
    check_str(find(mem, "PATCH", "/api/users/me"), S("updateMyUser"));
    check_str(find(mem, "PATCH", "/api/albums/" ID), S("updateAlbumInfo"));
    check(!match.as_patch);
    check_str(find(mem, "PATCH", "/api/albums/" ID "/assets"), S("unknown"));
    int twins = 0;
    for (size_t i = 0; i < route_count; i++) twins += routes[i].also_patch;
    check_int(twins, 14);
}

TEST("all operations are there, each found by its own path")
{
    check_int(route_count, 276);
    for (size_t i = 0; i < route_count; i++) {
        str path = str_replace(mem, str_replace(mem, str_cat(mem, S("/api"), str_of(routes[i].path)), S("{"), S("")), S("}"), S(""));
        check_str(find(mem, routes[i].method, path.at), str_of(routes[i].operation));
        check(route_by_operation(str_of(routes[i].operation)) == &routes[i]);
    }
    check(!route_by_operation(S("getNothing")));
}

TEST("who may is data")
{
    const route *r = route_by_operation(S("addAssetsToAlbum"));
    check(str_is(str_of(r->permission), "albumAsset.create") && !r->is_public && !r->admin_only && r->status == 200);
    check(route_by_operation(S("login"))->is_public && !route_by_operation(S("login"))->permission);
    check(!route_by_operation(S("getMyApiKey"))->permission);
    check(str_is(str_of(route_by_operation(S("logout"))->permission), "all"));
    check(route_by_operation(S("getAlbumInfo"))->shared_link);
    check(route_by_operation(S("searchUsersAdmin"))->admin_only);
    check_int(route_by_operation(S("deleteAssets"))->status, 204);
    check_int(route_by_operation(S("uploadAsset"))->status, 201);
    check_int(route_by_operation(S("downloadAsset"))->answer, ANSWER_BINARY);
    check_int(route_by_operation(S("uploadAsset"))->body, BODY_MULTIPART);
    check_int(route_by_operation(S("getMainPlaylist"))->answer, ANSWER_TEXT);
    for (size_t i = 0; i < route_count; i++) {
        const char *permission = routes[i].permission;
        check(!permission || Permission_parse(str_of(permission)));
    }
}

// ---- input -----------------------------------------------------------------------------------------------------------------------

static str header_value;
static str header(void *arg, const char *name)
{
    return str_is(S("x-immich-hls-pos"), name) || str_is(S("x-immich-checksum"), name) ? header_value : (str){0};
}

// Reads a request and gives its issues as text, "" for none.
static str refused(arena *mem, const char *method, const char *path, route_input input, void *in)
{
    find(mem, method, path);
    issues list = {0};
    input.header = header;
    return route_read(mem, &match, &input, in, &list) ? S("") : issues_answer(mem, list);
}
#define PAIRS(...) ((pair_texts){(const str[]){__VA_ARGS__}, sizeof((str[]){__VA_ARGS__}) / sizeof(str) / 2})
#define QUERY(...) ((route_input){.query = PAIRS(__VA_ARGS__)})

TEST("query values are coerced")
{
    getAllPeople_in in = {0};
    check_str(refused(mem, "GET", "/api/people", QUERY(S("page"), S(" 2 "), S("withHidden"), S("true"), S("unknown"), S("x")), &in), S(""));
    check_int(in.page, 2);
    check_int(in.size, 500);
    check(in.withHidden.has && in.withHidden.v);

    check_str(
        refused(mem, "GET", "/api/people", QUERY(S("page"), S("0"), S("size"), S("many"), S("withHidden"), S("TRUE")), &in),
        S("{\"message\":\"Validation failed\",\"errors\":["
          "{\"origin\":\"number\",\"code\":\"too_small\",\"minimum\":1,\"inclusive\":true,\"path\":[\"page\"],\"message\":\"Too small: expected number to be >=1\"},"
          "{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"size\"],\"message\":\"Invalid input: expected number, received NaN\"},"
          "{\"code\":\"invalid_value\",\"expected\":\"stringbool\",\"values\":[\"true\",\"false\"],\"path\":[\"withHidden\"],"
          "\"message\":\"Invalid option: expected one of \\\"true\\\"|\\\"false\\\"\"}]}"));
}

TEST("a required number that is missing is NaN")
{
    reverseGeocode_in in = {0};
    str text = refused(mem, "GET", "/api/map/reverse-geocode", QUERY(S("lat"), S("91")), &in);
    check(str_find(text, S("\"path\":[\"lat\"],\"message\":\"Too big: expected number to be <=90\"")) > 0);
    check(str_find(text, S("\"path\":[\"lon\"],\"message\":\"Invalid input: expected number, received NaN\"")) > 0);
}

TEST("a list is a repeated name; one value is not a list")
{
    getQueueJobs_in in = {0};
    str text = refused(mem, "GET", "/api/queues/ocr/jobs", QUERY(S("status"), S("failed"), S("status"), S("active")), &in);
    check_str(text, S(""));
    check_int(in.status.n, 2);
    check_int(in.status.at[1], QUEUE_JOB_STATUS_ACTIVE);
    text = refused(mem, "GET", "/api/queues/ocr/jobs", QUERY(S("status"), S("failed")), &in);
    check(str_find(text, S("Invalid input: expected array, received string")) > 0);
    text = refused(mem, "GET", "/api/queues/ocr/jobs", QUERY(S("status"), S("failed"), S("status"), S("x")), &in);
    check(str_find(text, S("\"path\":[\"status\",1]")) > 0);
    text = refused(mem, "GET", "/api/queues/nothing/jobs", QUERY(), &in);
    check(str_find(text, S("\"path\":[\"name\"]")) > 0);
}

TEST("what only JSON could express is refused in a query")
{
    searchLargeAssets_in in = {0};
    str text = refused(mem, "POST", "/api/search/large-assets", QUERY(S("isFavorite"), S("true"), S("minFileSize"), S("5")), &in);
    check(str_find(text, S("Invalid input: expected boolean, received string")) > 0);
    check(str_find(text, S("minFileSize")) < 0);
}

TEST("a bad path parameter is reported")
{
    getAlbumInfo_in in = {0};
    check(str_find(refused(mem, "GET", "/api/albums/x", QUERY(), &in), S("\"path\":[\"id\"],\"message\":\"Invalid UUID\"")) > 0);
    check_str(refused(mem, "GET", "/api/albums/" ID, QUERY(), &in), S(""));
    check(uuid_eq(in.id, id_of(ID)));
}

TEST("of body and path only one is reported: the body, but the path for DELETE")
{
    addAssetsToAlbum_in in = {0};
    check(str_find(refused(mem, "PUT", "/api/albums/x/assets", QUERY(), &in), S("expected object, received undefined")) > 0);
    check(str_find(refused(mem, "DELETE", "/api/albums/x/assets", QUERY(), &in), S("Invalid UUID")) > 0);
    route_input input = {.body = json_parse(mem, S("{\"ids\":[]}"), NULL)};
    check(str_find(refused(mem, "PUT", "/api/albums/x/assets", input, &in), S("Invalid UUID")) > 0);
    check_str(refused(mem, "PUT", "/api/albums/" ID "/assets", input, &in), S(""));
}

TEST("headers are parameters too")
{
    getMediaPlaylist_in in = {0};
    header_value = S("1.5");
    check_str(refused(mem, "GET", "/api/assets/" ID "/video/stream/" ID "/0/playlist.m3u8", QUERY(), &in), S(""));
    check(in.x_immich_hls_pos.has && in.x_immich_hls_pos.v == 1.5 && in.variantIndex == 0);
    header_value = S("-1");
    check(str_find(refused(mem, "GET", "/api/assets/" ID "/video/stream/" ID "/0/playlist.m3u8", QUERY(), &in), S("x-immich-hls-pos")) > 0);
    header_value = (str){0};
}

TEST("multipart fields are text; metadata is JSON in it")
{
    uploadAsset_in in = {0};
    route_input input = {.fields = PAIRS(S("fileCreatedAt"), S("2024-01-31T08:15:00.000Z"), S("fileModifiedAt"), S("2024-01-31T08:15Z"),
                                         S("isFavorite"), S("true"), S("duration"), S(""), S("deviceId"), S("x"), S("metadata"),
                                         S("[{\"key\":\"mobile-app\",\"value\":{\"a\":1}}]"))};
    check_str(refused(mem, "POST", "/api/assets", input, &in), S(""));
    check(in.body.isFavorite.v && in.body.duration.has && in.body.duration.v == 0);
    check_str(in.body.metadata.at[0].key, S("mobile-app"));
    check_int(in.body.fileModifiedAt, when_of((civil){2024, 1, 31, 8, 15, 0, 0}));

    input.fields = PAIRS(S("fileCreatedAt"), S("2024-01-31"), S("metadata"), S("{"), S("duration"), S("0:00:10.1"));
    str text = refused(mem, "POST", "/api/assets", input, &in);
    check(str_find(text,
                   S("\"path\":[\"fileCreatedAt\"],\"message\":\"Invalid input: expected ISO 8601 datetime string, received string\"")) >
          0);
    check(str_find(
              text,
              S("\"path\":[\"fileModifiedAt\"],\"message\":\"Invalid input: expected ISO 8601 datetime string, received undefined\"")) > 0);
    check(str_find(text, S("\"path\":[\"metadata\"],\"message\":\"Invalid input: expected JSON string, received string\"")) > 0);
    check(str_find(text, S("\"path\":[\"duration\"],\"message\":\"Invalid input: expected number, received NaN\"")) > 0);
}

TEST("a form may send a list as one text with commas")
{
    downloadArchive_in in = {0};
    route_input input = {.form = true, .fields = PAIRS(S("assetIds"), S(ID "," ID), S("edited"), S("true"), S("archiveName"), S("x"))};
    check_str(refused(mem, "POST", "/api/download/archive", input, &in), S(""));
    check_int(in.body.assetIds.n, 2);
    check(in.body.edited.v);
}

RULE(getMyCalendarHeatmap_in)
{
    if (it->from != WHEN_NONE && it->to != WHEN_NONE && it->from > it->to) refuse(c, "from", "from must be before to");
}

TEST("a rule may look at all parameters")
{
    getMyCalendarHeatmap_in in = {0};
    check_str(
        refused(mem, "GET", "/api/users/me/calendar-heatmap", QUERY(S("from"), S("2024-02-01"), S("to"), S("2024-01-01")), &in),
        S("{\"message\":\"Validation failed\",\"errors\":[{\"code\":\"custom\",\"path\":[\"from\"],\"message\":\"from must be before to\"}]}"));
    check_str(refused(mem, "GET", "/api/users/me/calendar-heatmap", QUERY(S("from"), S("2024-01-01")), &in), S(""));
    check_int(in.type, CALENDAR_HEATMAP_TYPE_UPLOAD);
}
