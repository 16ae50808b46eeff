// Every kind of refusal of spec 01, section 2.1, word for word.
#include "help.h"

#define UUID_PATTERN "/^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-4[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12})$/"

TEST("a missing or wrong type says what was expected and what came")
{
    check_str(issues_of(ChangePasswordDto, "{\"password\":7}"),
              S("[{\"expected\":\"string\",\"code\":\"invalid_type\",\"path\":[\"newPassword\"],"
                "\"message\":\"Invalid input: expected string, received undefined\"},"
                "{\"expected\":\"string\",\"code\":\"invalid_type\",\"path\":[\"password\"],"
                "\"message\":\"Invalid input: expected string, received number\"}]"));
    check_str(issues_of(AssetCopyDto, "{\"sourceId\":\"" ID "\",\"targetId\":\"" ID "\",\"albums\":\"true\"}"),
              S("[{\"expected\":\"boolean\",\"code\":\"invalid_type\",\"path\":[\"albums\"],"
                "\"message\":\"Invalid input: expected boolean, received string\"}]"));
    check_str(issues_of(BulkIdsDto, "{\"ids\":{}}"), S("[{\"expected\":\"array\",\"code\":\"invalid_type\",\"path\":[\"ids\"],"
                                                       "\"message\":\"Invalid input: expected array, received object\"}]"));
    check_str(issues_of(OnThisDayDto, "{\"year\":\"2020\"}"), S("[{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"year\"],"
                                                                "\"message\":\"Invalid input: expected number, received string\"}]"));
    check_str(issues_of(AssetMetadataUpsertItemDto, "{\"key\":\"a\",\"value\":[]}"),
              S("[{\"expected\":\"record\",\"code\":\"invalid_type\",\"path\":[\"value\"],"
                "\"message\":\"Invalid input: expected record, received array\"}]"));
}

TEST("a whole body that is missing or no object has an empty path")
{
    issues list = {0};
    BulkIdsDto body;
    check(!schema_read(mem, &BulkIdsDto_schema, NULL, FROM_JSON, &body, &list));
    check_str(issues_answer(mem, list),
              S("{\"message\":\"Validation failed\",\"errors\":[{\"expected\":\"object\",\"code\":\"invalid_type\",\"path\":[],"
                "\"message\":\"Invalid input: expected object, received undefined\"}]}"));
    check_str(issues_of(BulkIdsDto, "[]"), S("[{\"expected\":\"object\",\"code\":\"invalid_type\",\"path\":[],"
                                             "\"message\":\"Invalid input: expected object, received array\"}]"));
}

TEST("an integer must be whole, and safe in JavaScript")
{
    check_str(issues_of(OnThisDayDto, "{\"year\":2020.5}"),
              S("[{\"expected\":\"int\",\"format\":\"safeint\",\"code\":\"invalid_type\",\"path\":[\"year\"],"
                "\"message\":\"Invalid input: expected int, received number\"}]"));
    check_str(issues_of(UserAdminUpdateDto, "{\"quotaSizeInBytes\":9007199254740992}"),
              S("[{\"code\":\"too_big\",\"maximum\":9007199254740991,\"note\":\"Integers must be within the safe integer range.\","
                "\"origin\":\"int\",\"inclusive\":true,\"path\":[\"quotaSizeInBytes\"],"
                "\"message\":\"Too big: expected int to be <=9007199254740991\"}]"));
    check_int(read_as(OnThisDayDto, "{\"year\":2020.0}")->year, 2020);
}

TEST("numbers have limits")
{
    check_str(issues_of(UpdateAssetDto, "{\"latitude\":90.5,\"longitude\":-181,\"rating\":6}"),
              S("[{\"origin\":\"number\",\"code\":\"too_big\",\"maximum\":90,\"inclusive\":true,\"path\":[\"latitude\"],"
                "\"message\":\"Too big: expected number to be <=90\"},"
                "{\"origin\":\"number\",\"code\":\"too_small\",\"minimum\":-180,\"inclusive\":true,\"path\":[\"longitude\"],"
                "\"message\":\"Too small: expected number to be >=-180\"},"
                "{\"origin\":\"number\",\"code\":\"too_big\",\"maximum\":5,\"inclusive\":true,\"path\":[\"rating\"],"
                "\"message\":\"Too big: expected number to be <=5\"}]"));
    check_str(issues_of(AdminConfigDuplicateDetectionDto, "{\"enabled\":true,\"maxDistance\":0.0001}"),
              S("[{\"origin\":\"number\",\"code\":\"too_small\",\"minimum\":0.001,\"inclusive\":true,\"path\":[\"maxDistance\"],"
                "\"message\":\"Too small: expected number to be >=0.001\"}]"));
    check_str(issues_of(WorkflowLogEntryDto_lastStep, "{\"index\":0,\"method\":\"a#b\"}"),
              S("[{\"origin\":\"number\",\"code\":\"too_small\",\"minimum\":0,\"inclusive\":false,\"path\":[\"index\"],"
                "\"message\":\"Too small: expected number to be >0\"}]"));
}

TEST("texts and lists have a least size, in UTF-16 units and items")
{
    check_str(issues_of(ChangePasswordDto, "{\"password\":\"\",\"newPassword\":\"1234567\"}"),
              S("[{\"origin\":\"string\",\"code\":\"too_small\",\"minimum\":8,\"inclusive\":true,\"path\":[\"newPassword\"],"
                "\"message\":\"Too small: expected string to have >=8 characters\"}]"));
    check_str(issues_of(ChangePasswordDto, "{\"password\":\"\",\"newPassword\":\"😀😀😀😀\"}"), S("[]"));
    check_str(issues_of(ApiKeyCreateDto, "{\"permissions\":[]}"),
              S("[{\"origin\":\"array\",\"code\":\"too_small\",\"minimum\":1,\"inclusive\":true,\"path\":[\"permissions\"],"
                "\"message\":\"Too small: expected array to have >=1 items\"}]"));
    buf many = {.mem = mem};
    buf_add(&many, S("{\"acks\":[\"\""));
    for (int i = 0; i < 1000; i++) buf_add(&many, S(",\"\""));
    buf_add(&many, S("]}"));
    check_str(issues_of(SyncAckSetDto, buf_str(&many).at),
              S("[{\"origin\":\"array\",\"code\":\"too_big\",\"maximum\":1000,\"inclusive\":true,\"path\":[\"acks\"],"
                "\"message\":\"Too big: expected array to have <=1000 items\"}]"));
}

TEST("a value outside an enum lists the values; missing counts as outside")
{
    const str refused = S("[{\"code\":\"invalid_value\",\"values\":[\"comment\",\"like\"],\"path\":[\"type\"],"
                          "\"message\":\"Invalid option: expected one of \\\"comment\\\"|\\\"like\\\"\"}]");
    check_str(issues_of(ActivityCreateDto, "{\"albumId\":\"" ID "\",\"type\":\"love\"}"), refused);
    check_str(issues_of(ActivityCreateDto, "{\"albumId\":\"" ID "\"}"), refused);
    check_str(issues_of(AdminConfigFFmpegRealtimeDto, "{\"enabled\":true,\"resolutions\":[480,481],\"videoCodecs\":[]}"),
              S("[{\"code\":\"invalid_value\",\"values\":[480,720,1080,1440,2160],\"path\":[\"resolutions\",1],"
                "\"message\":\"Invalid option: expected one of 480|720|1080|1440|2160\"}]"));
}

TEST("formats show their pattern")
{
    check_str(issues_of(BulkIdsDto, "{\"ids\":[\"" ID "\",\"11111111-2222-7333-8444-555555555555\"]}"),
              S("[{\"origin\":\"string\",\"code\":\"invalid_format\",\"format\":\"uuid\",\"pattern\":\"" UUID_PATTERN
                "\",\"path\":[\"ids\",1],\"message\":\"Invalid UUID\"}]"));
    check_str(issues_of(PinCodeSetupDto, "{\"pinCode\":\"12345\"}"),
              S("[{\"origin\":\"string\",\"code\":\"invalid_format\",\"format\":\"regex\",\"pattern\":\"/^\\\\d{6}$/\","
                "\"path\":[\"pinCode\"],\"message\":\"Invalid string: must match pattern /^\\\\d{6}$/\"}]"));
    check_str(issues_of(AdminConfigMapDto, "{\"enabled\":true,\"darkStyle\":\"nothing\",\"lightStyle\":\"https://a.b/c\"}"),
              S("[{\"code\":\"invalid_format\",\"format\":\"url\",\"path\":[\"darkStyle\"],\"message\":\"Invalid URL\"}]"));
}

// The message, for the formats whose pattern is long.
static str message(arena *mem, str list)
{
    json *first = json_parse(mem, list, NULL)->first;
    return first ? json_get_str(first, "message") : S("");
}

TEST("e-mail, dates and times of day use the word of typeof")
{
    check_str(message(mem, issues_of(LoginCredentialDto, "{\"email\":\"a@\",\"password\":\"\"}")),
              S("Invalid input: expected email, received string"));
    check_str(
        issues_of(LoginCredentialDto, "{\"email\":null,\"password\":\"\"}"),
        S("[{\"expected\":\"string\",\"code\":\"invalid_type\",\"path\":[\"email\"],\"message\":\"Invalid input: expected email, received object\"}]"));
    check_str(message(mem, issues_of(MemoryUpdateDto, "{\"seenAt\":\"2024-01-01\"}")),
              S("Invalid input: expected ISO 8601 datetime string, received string"));
    check_str(message(mem, issues_of(MemoryUpdateDto, "{\"seenAt\":[]}")),
              S("Invalid input: expected ISO 8601 datetime string, received object"));
    check_str(message(mem, issues_in(mem, &getMyCalendarHeatmap_in_schema, "{\"from\":\"2024-02-30\"}", FROM_TEXT)),
              S("Invalid input: expected ISO date string (YYYY-MM-DD), received string"));
    str night = issues_of(AdminConfigNightlyTasksDto, "{\"clusterNewFaces\":true,\"databaseCleanup\":true,\"generateMemories\":true,"
                                                      "\"missingThumbnails\":true,\"startTime\":\"24:00\",\"syncQuotaUsage\":true}");
    check_str(message(mem, night), S("Invalid input: expected string in HH:MM format, received string"));
}

TEST("texts of the specification replace the usual ones")
{
    check_str(issues_of(PersonCreateDto, "{\"birthDate\":\"soon\"}"),
              S("[{\"code\":\"custom\",\"path\":[\"birthDate\"],\"message\":\"Birth date cannot be in the future\"}]"));
    check_str(message(mem, issues_of(TagCreateDto, "{\"name\":\"a/b\"}")), S("Tag name cannot contain slash characters (\"/\")"));
}

TEST("unknown keys are dropped, except where an object is closed")
{
    check_str(issues_of(BulkIdsDto, "{\"ids\":[],\"more\":1}"), S("[]"));
    check_str(issues_of(SearchFilter, "{\"x\":1}"), S("[{\"code\":\"unrecognized_keys\",\"keys\":[\"x\"],\"path\":[],"
                                                      "\"message\":\"Unrecognized key: \\\"x\\\"\"}]"));
    check_str(issues_of(SearchFilter, "{}"), S("[]"));
}

TEST("some objects need one of their fields")
{
    check_str(issues_of(SearchFilter, "{\"or\":[{}],\"id\":{}}"),
              S("[{\"code\":\"custom\",\"path\":[\"id\"],\"message\":\"At least one of the following fields is required: eq, ne\"},"
                "{\"code\":\"custom\",\"path\":[\"or\",0],\"message\":\"At least one filter condition is required\"}]"));
    check_str(message(mem, issues_of(MemoryUpdateDto, "{}")),
              S("At least one of the following fields is required: isSaved, seenAt, memoryAt"));
}

TEST("a union that fits nowhere tells why for every choice")
{
    check_str(
        issues_of(AssetEditActionItemDto, "{\"action\":\"rotate\",\"parameters\":{\"angle\":\"x\"}}"),
        S("[{\"code\":\"invalid_union\",\"errors\":["
          "[{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"height\"],\"message\":\"Invalid input: expected number, received undefined\"},"
          "{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"width\"],\"message\":\"Invalid input: expected number, received undefined\"},"
          "{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"x\"],\"message\":\"Invalid input: expected number, received undefined\"},"
          "{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"y\"],\"message\":\"Invalid input: expected number, received undefined\"}],"
          "[{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"angle\"],\"message\":\"Invalid input: expected number, received string\"}],"
          "[{\"code\":\"invalid_value\",\"values\":[\"horizontal\",\"vertical\"],\"path\":[\"axis\"],"
          "\"message\":\"Invalid option: expected one of \\\"horizontal\\\"|\\\"vertical\\\"\"}]],"
          "\"path\":[\"parameters\"],\"message\":\"Invalid parameters for action, expected keys by action: "
          "crop: [x, y, width, height]; rotate: [angle]; mirror: [axis]\"}]"));
}

RULE(UpdateAlbumUserDto)
{
    if (it->role == ALBUM_USER_ROLE_OWNER) refuse(c, "role/0/x", "No second %s", "owner");
}

TEST("a rule speaks when all fields are good, and only then")
{
    check_str(issues_of(UpdateAlbumUserDto, "{\"role\":\"owner\"}"),
              S("[{\"code\":\"custom\",\"path\":[\"role\",0,\"x\"],\"message\":\"No second owner\"}]"));
    check_str(issues_of(UpdateAlbumUserDto, "{\"role\":\"viewer\"}"), S("[]"));
    check(str_find(issues_of(UpdateAlbumUserDto, "{\"role\":\"boss\"}"), S("custom")) < 0);
}

TEST("issues as lines for a configuration file")
{
    issues list = {0};
    AdminConfigMapDto map;
    schema_read(mem, &AdminConfigMapDto_schema, json_parse(mem, S("{\"enabled\":\"x\",\"darkStyle\":\"a:b\"}"), NULL), FROM_JSON, &map,
                &list);
    check_str(issues_lines(mem, list), S("  - [enabled] Invalid input: expected boolean, received string\n"
                                         "  - [lightStyle] Invalid input: expected string, received undefined"));
}

TEST("a list full of mistakes is told only in part")
{
    buf many = {.mem = mem};
    buf_add(&many, S("{\"permissions\":[1"));
    for (int i = 0; i < 100000; i++) buf_add(&many, S(",1"));
    buf_add(&many, S("]}"));
    issues list = {0};
    ApiKeyCreateDto body;
    check(!schema_read(mem, &ApiKeyCreateDto_schema, json_parse(mem, buf_str(&many), NULL), FROM_JSON, &body, &list));
    check_int(list.n, 1000);
}
