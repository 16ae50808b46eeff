// What the server is and has: version, features, storage, statistics.                               spec 05, section 5; spec 12, 6.4
#include "features/server.h"
#include "contract/route.h"
#include "features/app.h"
#include "features/config.h"
#include "features/onboarding.h"
#include "media/types.h"
#include <libavutil/ffversion.h>
#include <math.h>
#include <stdlib.h>
#include <vips/version.h>

HANDLER(pingServer)
{
    out->res = S("pong");
}

HANDLER(getServerVersion)
{
    out->major = API_MAJOR;
    out->minor = API_MINOR;
    out->patch = API_PATCH;
}

HANDLER(getVersionHistory)
{
    db_rows (r, db, "select id, \"createdAt\", version from version_history order by \"createdAt\" desc")
        *push(mem, out->items) =
            (ServerVersionHistoryResponseDto){.id = col_uuid(r, 0), .createdAt = col_when(r, 1), .version = str_dup(mem, col_str(r, 2))};
}

enum { VERSION_HISTORY_LOCK = 500 }; // spec 05, 7.5

static void remember_version(request *rq, void *unused)
{
    (void)unused;
    db_lock(rq->db, VERSION_HISTORY_LOCK);
    str newest = db_str(rq->db, "select version from version_history order by \"createdAt\" desc limit 1");
    if (str_is(newest, API_VERSION)) return;
    log_info("Adding %s to upgrade history", API_VERSION);
    db_exec(rq->db, "insert into version_history (version) values ($1)", STR(S(API_VERSION)));
}

void server_remember_version(app *app)
{
    arena *mem = arena_new();
    str error = {0};
    if (!app_work(app, mem, remember_version, NULL, &error)) log_warn("cannot note the version in the history: %.*s", PR(error));
    arena_free(mem);
}

HANDLER(getServerFeatures)
{
    const AdminConfigDto *c = config_get(rq);
    bool learning = c->machineLearning.enabled;
    out->smartSearch = learning && c->machineLearning.clip.enabled;
    out->facialRecognition = learning && c->machineLearning.facialRecognition.enabled;
    out->ocr = learning && c->machineLearning.ocr.enabled;
    out->duplicateDetection = out->smartSearch && c->machineLearning.duplicateDetection.enabled;
    out->map = c->map.enabled;
    out->reverseGeocoding = c->reverseGeocoding.enabled;
    out->importFaces = c->metadata.faces.import;
    out->trash = c->trash.enabled;
    out->oauth = c->oauth.enabled;
    out->oauthAutoLaunch = c->oauth.autoLaunch;
    out->passwordLogin = c->passwordLogin.enabled;
    out->email = c->notifications.smtp.enabled;
    out->realtimeTranscoding = c->ffmpeg.realtime.enabled;
    out->configFile = config_in_file();
    out->sidecar = true;
    out->search = true;
}

HANDLER(getServerConfig)
{
    const AdminConfigDto *c = config_get(rq);
    out->loginPageMessage = c->server.loginPageMessage;
    out->trashDays = c->trash.days;
    out->userDeleteDelay = c->user.deleteDelay;
    out->oauthButtonText = c->oauth.buttonText;
    if (c->oauth.accountManagementUrl.n) out->oauthAccountManagementUrl = c->oauth.accountManagementUrl;
    out->isInitialized = !rq->app->allow_setup || db_has(db, "select 1 from \"user\" where \"isAdmin\" = true and \"deletedAt\" is null");
    out->isOnboarded = onboarding_of_server(rq);
    out->externalDomain = c->server.externalDomain;
    out->publicUsers = c->server.publicUsers;
    out->mapDarkStyleUrl = c->map.darkStyle;
    out->mapLightStyleUrl = c->map.lightStyle;
    out->minFaces = c->machineLearning.facialRecognition.minFaces;
    out->maintenanceMode = false;
}

HANDLER(getSupportedMediaTypes)
{
    for (size_t i = 0; i < file_type_count; i++) {
        str extension = str_of(file_types[i].extension);
        switch (file_types[i].type) {
        case MEDIA_IMAGE: *push(mem, out->image) = extension; break;
        case MEDIA_VIDEO: *push(mem, out->video) = extension; break;
        case MEDIA_SIDECAR: *push(mem, out->sidecar) = extension; break;
        case MEDIA_OTHER: break;
        }
    }
}

static str from_environment(const char *name)
{
    return str_of(getenv(name));
}

HANDLER(getAboutInfo)
{
    out->version = S("v" API_VERSION);
    out->versionUrl = S("https://github.com/immich-app/immich/releases/tag/v" API_VERSION);
    out->licensed = db_has(db, "select 1 from system_metadata where key = 'license'");
    out->build = from_environment("IMMICH_BUILD");
    out->buildUrl = from_environment("IMMICH_BUILD_URL");
    out->buildImage = from_environment("IMMICH_BUILD_IMAGE");
    out->buildImageUrl = from_environment("IMMICH_BUILD_IMAGE_URL");
    out->repository = from_environment("IMMICH_REPOSITORY");
    out->repositoryUrl = from_environment("IMMICH_REPOSITORY_URL");
    out->sourceRef = from_environment("IMMICH_SOURCE_REF");
    out->sourceCommit = from_environment("IMMICH_SOURCE_COMMIT");
    out->sourceUrl = from_environment("IMMICH_SOURCE_URL");
    out->thirdPartySourceUrl = from_environment("IMMICH_THIRD_PARTY_SOURCE_URL");
    out->thirdPartyBugFeatureUrl = from_environment("IMMICH_THIRD_PARTY_BUG_FEATURE_URL");
    out->thirdPartyDocumentationUrl = from_environment("IMMICH_THIRD_PARTY_DOCUMENTATION_URL");
    out->thirdPartySupportUrl = from_environment("IMMICH_THIRD_PARTY_SUPPORT_URL");
    // What is built in; there is no other tool of this list.
    out->ffmpeg = S(FFMPEG_VERSION);
    out->libvips = S(VIPS_VERSION);
    out->nodejs = out->exiftool = out->imagemagick = S("");
}

HANDLER(getApkLinks)
{
#define APK(name) S("https://github.com/immich-app/immich/releases/download/v" API_VERSION "/" name)
    out->arm64v8a = APK("app-arm64-v8a-release.apk");
    out->armeabiv7a = APK("app-armeabi-v7a-release.apk");
    out->universal = APK("app-release.apk");
    out->x86_64 = APK("app-x86_64-release.apk");
}

static str human(arena *mem, int64_t bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    for (; value >= 1024 && unit + 1 < countof(units); unit++) value /= 1024;
    return str_fmt(mem, "%.*f %s", unit ? 1 : 0, value, units[unit]);
}

HANDLER(getStorage)
{
    storage_space space = storage_usage(rq->app->storage);
    out->diskSizeRaw = space.size;
    out->diskUseRaw = space.used;
    out->diskAvailableRaw = space.free;
    out->diskSize = human(mem, space.size);
    out->diskUse = human(mem, space.used);
    out->diskAvailable = human(mem, space.free);
    out->diskUsagePercentage = space.size ? round((double)space.used / (double)space.size * 10000) / 100 : 0;
}

// One row per user, in the order in which their accounts were made; the joins go along the index on the owner.
HANDLER(getServerStatistics)
{
    db_rows (r, db,
             "select u.id, u.name, u.\"quotaSizeInBytes\", "
             "coalesce(sum(case when a.type = 'IMAGE' and a.visibility <> 'hidden' then 1 else 0 end), 0), "
             "coalesce(sum(case when a.type = 'VIDEO' and a.visibility <> 'hidden' then 1 else 0 end), 0), "
             "coalesce(sum(case when a.type = 'IMAGE' and a.\"libraryId\" is null then e.\"fileSizeInByte\" else 0 end), 0), "
             "coalesce(sum(case when a.type = 'VIDEO' and a.\"libraryId\" is null then e.\"fileSizeInByte\" else 0 end), 0), "
             "coalesce(sum(case when a.\"libraryId\" is null then e.\"fileSizeInByte\" else 0 end), 0) "
             "from \"user\" u left join asset a on a.\"ownerId\" = u.id and a.\"deletedAt\" is null "
             "left join asset_exif e on e.\"assetId\" = a.id group by u.id order by u.\"createdAt\"") {
        UsageByUserDto user = {
            .userId = col_uuid(r, 0),
            .userName = str_dup(mem, col_str(r, 1)),
            .quotaSizeInBytes = {.has = !col_null(r, 2), .v = col_int(r, 2)},
            .photos = col_int(r, 3),
            .videos = col_int(r, 4),
            .usagePhotos = col_int(r, 5),
            .usageVideos = col_int(r, 6),
            .usage = col_int(r, 7),
        };
        *push(mem, out->usageByUser) = user;
        out->photos += user.photos;
        out->videos += user.videos;
        out->usagePhotos += user.usagePhotos;
        out->usageVideos += user.usageVideos;
        out->usage += user.usage;
    }
}

// ---- what the server remembers of itself -------------------------------------------------------------------------------------------

static const json *remembered(request *rq, const char *key)
{
    str text = db_str(rq->db, "select value from system_metadata where key = $1", STR(str_of(key)));
    return text.at ? json_parse(rq->mem, text, NULL) : NULL;
}

HANDLER(getReverseGeocodingState)
{
    const json *state = remembered(rq, "reverse-geocoding-state");
    out->lastUpdate = json_get_str(state, "lastUpdate");
    out->lastImportFileName = json_get_str(state, "lastImportFileName");
}

// Null as long as nobody has looked for a new version: Calotype itself never does.
static VersionCheckStateResponseDto version_check_state(request *rq)
{
    const json *state = remembered(rq, "version-check-state");
    return (VersionCheckStateResponseDto){
        .checkedAt = json_get_str(state, "checkedAt"),
        .releaseVersion = json_get_str(state, "releaseVersion"),
    };
}

HANDLER(getVersionCheckState)
{
    *out = version_check_state(rq);
}

HANDLER(getVersionCheck)
{
    *out = version_check_state(rq);
}
