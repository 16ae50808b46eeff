// What a good request becomes: presence, null, defaults, and text taken as numbers and booleans.
#include "help.h"

TEST("values arrive in the struct")
{
    AssetBulkUpdateDto *b =
        read_as(AssetBulkUpdateDto, "{\"ids\":[\"" ID "\"],\"isFavorite\":false,\"latitude\":-1.5,\"visibility\":\"archive\"}");
    check_int(b->ids.n, 1);
    check(uuid_eq(b->ids.at[0], id_of(ID)));
    check(b->isFavorite.has && !b->isFavorite.v);
    check(b->latitude.has && b->latitude.v == -1.5);
    check(!b->longitude.has);
    check_int(b->visibility, ASSET_VISIBILITY_ARCHIVE);
    check(!b->description.at);
}

TEST("absent, null and given are three things where the contract says so")
{
    UpdateAssetDto *a = read_as(UpdateAssetDto, "{}");
    check(!a->rating.has && !a->livePhotoVideoId.has);
    a = read_as(UpdateAssetDto, "{\"rating\":null,\"livePhotoVideoId\":null}");
    check(a->rating.has && a->rating.null && a->livePhotoVideoId.has && a->livePhotoVideoId.null);
    a = read_as(UpdateAssetDto, "{\"rating\":3,\"livePhotoVideoId\":\"" ID "\"}");
    check(a->rating.has && !a->rating.null && a->rating.v == 3 && uuid_eq(a->livePhotoVideoId.v, id_of(ID)));

    MetadataSearchDto *m = read_as(MetadataSearchDto, "{\"tagIds\":null}");
    check(m->tagIds.has && m->tagIds.null);
    check_int(m->size, 250);
    check(!m->filter && m->takenAfter == WHEN_NONE);
    m = read_as(MetadataSearchDto, "{\"filter\":{\"rating\":{\"eq\":null,\"in\":[1,2.5]},\"trashedAt\":{\"ne\":null}},\"orderBy\":{}}");
    check(m->filter && m->filter->rating->eq.null && m->filter->rating->in.at[1] == 2.5);
    check(m->filter->trashedAt->ne.has && m->filter->trashedAt->ne.v == WHEN_NONE);
    check_int(m->orderBy->field, SEARCH_ORDER_FIELD_FILE_CREATED_AT);
    check_int(m->orderBy->direction, ASSET_ORDER_DESC);
}

TEST("null is refused where it is only optional")
{
    check(str_find(issues_of(PersonCreateDto, "{\"name\":null}"), S("expected string, received null")) > 0);
}

TEST("defaults are filled in")
{
    SharedLinkCreateDto *l = read_as(SharedLinkCreateDto, "{\"type\":\"ALBUM\"}");
    check(l->allowDownload && l->showMetadata && l->expiresAt == WHEN_NONE);
    AssetCopyDto *c = read_as(AssetCopyDto, "{\"sourceId\":\"" ID "\",\"targetId\":\"" ID "\",\"stack\":false}");
    check(c->albums && c->sidecar && !c->stack);
    check_int(read_as(AlbumUserAddDto, "{\"userId\":\"" ID "\"}")->role, ALBUM_USER_ROLE_EDITOR);
}

TEST("an e-mail address is kept in lower case")
{
    check_str(read_as(LoginCredentialDto, "{\"email\":\"Ann@Example.ORG\",\"password\":\"X\"}")->email, S("ann@example.org"));
}

TEST("times are instants, dates are midnights")
{
    check_int(read_as(MemoryUpdateDto, "{\"seenAt\":\"2024-01-31T08:15:00.123+02:00\"}")->seenAt,
              when_of((civil){2024, 1, 31, 6, 15, 0, 123000}));
    check_int(read_as(PersonUpdateDto, "{\"birthDate\":\"1980-05-06\"}")->birthDate.v, when_of((civil){1980, 5, 6, 0, 0, 0, 0}));
}

TEST("times are kept to the millisecond, also before 1970")
{
    check_int(read_as(MemoryUpdateDto, "{\"seenAt\":\"2024-01-31T08:15:00.123999Z\"}")->seenAt,
              when_of((civil){2024, 1, 31, 8, 15, 0, 123000}));
    check_int(read_as(MemoryUpdateDto, "{\"seenAt\":\"1960-01-31T08:15:00.1239Z\"}")->seenAt,
              when_of((civil){1960, 1, 31, 8, 15, 0, 123000}));
}

TEST("NULs are dropped from texts, before their length is looked at, and from free-form objects")
{
    check_str(read_as(UpdateAssetDto, "{\"description\":\"a\\u0000b\"}")->description, S("ab"));
    check(str_find(issues_of(MetadataSearchDto, "{\"cursor\":\"\\u0000\"}"), S(">=1 characters")) > 0);
    AssetMetadataUpsertItemDto *item =
        read_as(AssetMetadataUpsertItemDto, "{\"key\":\"k\\u0000\",\"value\":{\"a\\u0000\":[\"\\u0000x\"]}}");
    check_str(item->key, S("k"));
    check_str(json_get(item->value.tree, "a")->first->text, S("x"));
}

TEST("free-form objects are kept as trees")
{
    NotificationCreateDto *n = read_as(NotificationCreateDto, "{\"title\":\"t\",\"userId\":\"" ID "\",\"data\":{\"a\":[1]}}");
    check_int(json_get(n->data.tree, "a")->count, 1);
    check(!read_as(NotificationCreateDto, "{\"title\":\"t\",\"userId\":\"" ID "\"}")->data.tree);
}

TEST("every choice of a union that fits is there")
{
    AssetEditActionItemDto *e =
        read_as(AssetEditActionItemDto, "{\"action\":\"rotate\",\"parameters\":{\"angle\":90,\"axis\":\"vertical\"}}");
    check(!e->parameters.crop && e->parameters.rotate->angle == 90 && e->parameters.mirror->axis == MIRROR_AXIS_VERTICAL);
}

TEST("the configuration takes some numbers and booleans as text")
{
    const char *ffmpeg =
        "{\"accel\":\"disabled\",\"accelDecode\":\"true\",\"acceptedAudioCodecs\":[],\"acceptedContainers\":[],\"acceptedVideoCodecs\":[],"
        "\"bframes\":\"-1\",\"cqMode\":\"auto\",\"crf\":null,\"gopSize\":\"\",\"maxBitrate\":\"0\",\"preferredHwDevice\":\"auto\","
        "\"preset\":\"ultrafast\",\"realtime\":{\"enabled\":\"false\",\"resolutions\":[2160],\"videoCodecs\":[\"av1\"]},\"refs\":true,"
        "\"targetAudioCodec\":\"aac\",\"targetResolution\":\"720\",\"targetVideoCodec\":\"h264\",\"temporalAQ\":false,\"threads\":\" 0x10 \","
        "\"tonemap\":\"hable\",\"transcode\":\"required\",\"twoPass\":false}";
    AdminConfigFFmpegDto *f = read_as(AdminConfigFFmpegDto, ffmpeg);
    check(f->accelDecode && f->bframes == -1 && f->crf == 0 && f->gopSize == 0 && f->refs == 1 && f->threads == 16 && !f->realtime.enabled);
    check_int(f->realtime.resolutions.at[0], HLS_VIDEO_RESOLUTION_2160);

    str broken = issues_of(AdminConfigFFmpegDto, str_replace(mem, str_of(ffmpeg), S("\"-1\""), S("\"x\"")).at);
    check_str(broken, S("[{\"expected\":\"number\",\"code\":\"invalid_type\",\"path\":[\"bframes\"],"
                        "\"message\":\"Invalid input: expected number, received NaN\"}]"));
    check(str_find(issues_of(AdminConfigClipDto, "{\"enabled\":\"true\",\"modelName\":\"m\"}"), S("expected boolean, received string")) >
          0);
}

TEST("enums have texts")
{
    check_str(AssetVisibility_text(ASSET_VISIBILITY_TIMELINE), S("timeline"));
    check_int(AssetVisibility_parse(S("locked")), ASSET_VISIBILITY_LOCKED);
    check_int(AssetVisibility_parse(S("Locked")), 0);
    check(!AssetVisibility_text(0).at);
    check_str(Permission_text(PERMISSION_ASSET_EDIT_GET), S("asset.edit.get"));
    check_int(Permission_values.n, 168);
}
