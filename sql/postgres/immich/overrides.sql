-- The definitions that PostgreSQL rewrites when it stores them, for Immich's drift check. Ours mean the same; where the texts differ, Immich says so
-- in its log and goes on.
insert into migration_overrides (name, value)
select type || '_' || name, jsonb_build_object('type', type, 'name', name, 'sql', definition) from (
    select 'function' as type, proname as name, pg_get_functiondef(oid) as definition from pg_proc
        where pronamespace = 'public'::regnamespace
            and not exists (select 1 from pg_depend where classid = 'pg_proc'::regclass and objid = pg_proc.oid and deptype = 'e')
    union all
    select 'trigger', tgname, pg_get_triggerdef(oid) from pg_trigger where not tgisinternal
    union all
    select 'index', relname, pg_get_indexdef(oid) from pg_class where relname in (
        'IDX_asset_exif_gist_earthcoord', 'IDX_geodata_gist_earthcoord', 'UQ_assets_owner_checksum', 'activity_like_idx',
        'album_user_unique_owner', 'asset_face_personGroupId_assetId_notDeleted_isVisible_idx', 'asset_id_timeline_notDeleted_idx',
        'asset_localDateTime_idx', 'asset_localDateTime_month_idx', 'asset_originalFilename_trigram_idx',
        'asset_ownerId_libraryId_checksum_idx', 'idx_geodata_places_admin1_name', 'idx_geodata_places_admin2_name',
        'idx_geodata_places_alternate_names', 'idx_geodata_places_name', 'idx_ocr_search_text', 'idx_person_name_trigram')
    union all
    select 'index', 'face_index',
        'CREATE INDEX "face_index" ON "face_search" USING hnsw (embedding vector_cosine_ops) WITH (ef_construction = 300, m = 16);'
) as definitions
where true
on conflict (name) do nothing;
