// A database that Immich made, or may take back: its list of migrations, and what has to be true before Calotype writes to it.
#include "db/migrate.h"

// The migrations of Immich 3.2.2, in order (spec 09, 9.2; spec 12, 10.4). The name with the .ts is correct.
static const char *const names[] = {
    "1744910873969-InitialMigration",
    "1744991379464-AddNotificationsTable",
    "1745244781846-AddUserAvatarColorColumn",
    "1745902563899-AddAssetVisibilityColumn",
    "1746636476623-DropExtraIndexes",
    "1746768490606-AddUserPincode",
    "1746844028242-AddLockedVisibilityEnum",
    "1746987967923-AddPinExpiresAtColumn",
    "1747329504572-AddNewSessionColumns",
    "1747338664832-SessionRename",
    "1747664684909-AddAlbumAuditTables",
    "1749067526135-UserOnboardingDefault",
    "1750107668827-PartnerCreateId",
    "1750189909087-AddAlbumUserCreateFields",
    "1750323941566-UnsetPrewarmDimParameter",
    "1750676477029-AlbumAssetUpdateId",
    "1750694237564-AlbumAssetAuditTable",
    "1750780093818-AddAlbumToAssetDeleteTrigger",
    "1751035357937-MemorySyncChanges",
    "1751304834247-StackSyncChanges",
    "1751924596408-AddOverrides",
    "1752004072340-UpdateIndexOverrides",
    "1752152941084-PeopleAuditTable",
    "1752161055253-RenameGeodataPKConstraint",
    "1752161055254-AddActivityAssetFk",
    "1752169992364-AddIsPendingSyncReset",
    "1752250924342-UserMetadataSync",
    "1752267649968-StandardizeNames",
    "1752759108283-ConvertToAbsolutePaths",
    "1753104909784-AssetFaceUpdateIdAndAuditTable",
    "1753464178233-RenameApiKeyPermissions",
    "1753471866748-AddSharedLinkSlug",
    "1753800911775-ProfileImageCheckpointRemoval",
    "1754389095885-ResetAlbumAssetSync",
    "1756318797207-AssetMetadataTables",
    "1758705774125-CreateAssetOCRTable",
    "1758705789125-CreateOCRSearchTable",
    "1758705804128-UpsertOcrAssetJobStatus",
    "1761078763279-AddAppVersionColumnToSession",
    "1761755618862-FixColumnNames",
    "1762297277677-AddPluginAndWorkflowTables",
    "1764483051488-OCRBigramsForCJK",
    "1764698859174-SidecarInAssetFile",
    "1764705680041-ChangeWorkflowTableColumnsName",
    "1764957138636-AddLockedPropertiesToAssetExif",
    "1768336661963-AddAssetWidthHeight",
    "1768336671610-CreateAssetEditTable",
    "1768336694315-CreateIsVisibleColumns",
    "1768587436457-AddEditCountToAsset",
    "1768757482271-SwitchToIsEdited",
    "1768828334807-AddIsEditedToAssetFile",
    "1768847456553-AddTagsToExif",
    "1769105700133-AddAssetEditSequence",
    "1769441657564-AddIsProgressiveColumn",
    "1769635093204-DropThumbnailJobStatusColumns",
    "1771478781948-PeopleSearchIndex",
    "1771535611395-ConvertRating0ToNull",
    "1771639515206-AddIsTransparentColumn",
    "1771873044511-ChangesTokensToBuffers",
    "1771873813973-AssetEditSync",
    "1772121424533-AddAssetExifGistEarthcoord",
    "1772129818245-FixStupidWhiteSpace",
    "1772609167000-UpdateOpusCodecName",
    "1773242919341-EncodedVideoAssetFiles",
    "1773956345315-DuplicateSharedLinkAssets",
    "1774393726320-AssetFaceSyncReset",
    "1774548649115-AddChecksumAlgorithm.ts",
    "1775165531374-AddPersonNameTrigramIndex",
    "1776217577402-DropAuditTable",
    "1776263790468-DropDeviceIdAndDeviceAssetId",
    "1776332807985-SetOAuthAllowInsecureRequests",
    "1776442031775-AddOauthSidToSession",
    "1776792304485-ReconcileSqlToolsUpgradeChanges",
    "1776848612954-MigrateAlbumOwnerIdToAlbumUser",
    "1777415973792-AddVideoStreamTables",
    "1777654048096-CreateAudioVideoTables",
    "1777667825574-ChangeDurationToInteger",
    "1777897107000-PartnerAssetSyncReset",
    "1778614946174-UpdateWorkflowTables",
    "1779806699547-AddPluginTemplates",
    "1780435471692-DeleteMismatchedAssetFaces",
    "1780592070031-ConvertNegativeRatingToNull",
    "1780592071031-AssetOcrSync",
    "1781089983296-CreateIntegrityReportTable",
    "1782414436633-AddPluginMethodAllowedHosts",
    "1782500000000-RestoreLivePhotoStillVisibility",
    "1784647658615-AddOAuthBearerTokenToSession",
    "1784836013770-MinFacePreferenceMigration",
    "1784986754473-ConvertUserPasswordEmptyStringToNull",
    "1784986754474-AlbumDescriptionNullable",
    "1786385711807-AlbumOwnerDeleteTrigger",
    "1786741078327-AddWorkflowLogsTable",
    "1786972746371-AssetOcrUpdatedAtTrigger",
    "1786972746372-AssetOcrSyncReset",
    "1787148183729-ClusterGroups",
    "1787148183730-DeleteMismatchedMemoryAssets",
};
enum { NAMES_OF_3_1_0 = 88 };
_Static_assert(countof(names) == 96, "Immich 3.2.2 has 96 migrations");

static void record(db *d, strs migrations)
{
    str at = when_iso(d->ctx->mem, now());
    db_exec(d, "insert into kysely_migrations (name, timestamp) select text, $2 from strs($1)", STRS(migrations), STR(at));
}

static void note_overrides(db *d)
{
    migrate_run(d, immich_overrides);
}

void immich_bookkeeping(db *d)
{
    strs all = {0};
    for (size_t i = 0; i < countof(names); i++) *push(d->ctx->mem, all) = str_of(names[i]);
    record(d, all); // all at the same instant: Immich sorts them by time, then by name
    note_overrides(d);
}

bool immich_has(const char *migration)
{
    return strcmp(migration, "0008-immich") <= 0;
}

// Immich holds 600 and 1337 while it runs, 621 during its maintenance (spec 09, 11.1). Getting them shows that it doesn't. Calotype's own
// connections share 621 (postgres.c).
static void require_alone(ctx *c, db *d)
{
    if (!db_has(
            d,
            "select 1 where pg_try_advisory_xact_lock(600) and pg_try_advisory_xact_lock(1337) and pg_try_advisory_xact_lock_shared(621)"))
        fail_hint(c, 500, "Stop all Immich containers, then start Calotype again.",
                  "Immich is running on this database. Nothing was changed");
    if (db_has(d, "select 1 from system_metadata where key = 'maintenance-mode' and value ->> 'isMaintenanceMode' = 'true'"))
        fail_hint(c, 500, "End the maintenance in Immich first.", "The database is in Immich's maintenance mode. Nothing was changed");
}

void immich_adopt(ctx *c, db *d)
{
    strs applied = db_strs(d, "select name from kysely_migrations order by timestamp, name");
    for (size_t i = 0; i < applied.n; i++)
        if (i >= countof(names) || !str_is(applied.at[i], names[i]))
            fail_hint(c, 500, "Calotype takes over databases of Immich 3.1.0 to 3.2.2.",
                      "The database was made by another version of Immich (it has the migration \"%.*s\"). Nothing was changed",
                      PR(applied.at[i]));
    if (applied.n < NAMES_OF_3_1_0)
        fail_hint(c, 500, "Let Immich 3.1.0 or 3.2.2 start once on this database, so that it finishes its upgrade.",
                  "The database was made by an older version of Immich. Nothing was changed");
    require_alone(c, d);

    strs missing = {0};
    for (const embedded *m = immich_upgrades; m->name; m++) {
        if (str_cmp(str_of(m->name), applied.at[applied.n - 1]) <= 0) continue;
        migrate_run(d, m);
        *push(d->ctx->mem, missing) = str_of(m->name);
    }
    record(d, missing);
    note_overrides(d);
    log_info("Took over the database of Immich (%zu of its migrations were missing)", missing.n);
}
