-- Triggers: update stamps, audit rows of deleted things, and the few derived columns.

create trigger "activity_updatedAt" before update on activity for each row execute function updated_at();
create trigger "album_updatedAt" before update on album for each row execute function updated_at();
create trigger "album_asset_updatedAt" before update on album_asset for each row execute function updated_at();
create trigger "album_user_updatedAt" before update on album_user for each row execute function updated_at();
create trigger "api_key_updatedAt" before update on api_key for each row execute function updated_at();
create trigger "asset_updatedAt" before update on asset for each row execute function updated_at();
create trigger "asset_edit_updatedAt" before update on asset_edit for each row execute function updated_at();
create trigger "asset_exif_updatedAt" before update on asset_exif for each row execute function updated_at();
create trigger "asset_face_updatedAt" before update on asset_face for each row execute function updated_at();
create trigger "asset_file_updatedAt" before update on asset_file for each row execute function updated_at();
create trigger asset_metadata_updated_at before update on asset_metadata for each row execute function updated_at();
create trigger "asset_ocr_updatedAt" before update on asset_ocr for each row execute function updated_at();
create trigger "cluster_group_updatedAt" before update on cluster_group for each row execute function updated_at();
create trigger "library_updatedAt" before update on library for each row execute function updated_at();
create trigger "memory_updatedAt" before update on memory for each row execute function updated_at();
create trigger "memory_asset_updatedAt" before update on memory_asset for each row execute function updated_at();
create trigger "notification_updatedAt" before update on notification for each row execute function updated_at();
create trigger "partner_updatedAt" before update on partner for each row execute function updated_at();
create trigger "person_updatedAt" before update on person for each row execute function updated_at();
create trigger "person_group_updatedAt" before update on person_group for each row execute function updated_at();
create trigger "session_updatedAt" before update on session for each row execute function updated_at();
create trigger "session_sync_checkpoint_updatedAt" before update on session_sync_checkpoint for each row execute function updated_at();
create trigger "stack_updatedAt" before update on stack for each row execute function updated_at();
create trigger "tag_updatedAt" before update on tag for each row execute function updated_at();
create trigger "user_updatedAt" before update on "user" for each row execute function updated_at();
create trigger user_metadata_updated_at before update on user_metadata for each row execute function updated_at();
create trigger "workflow_updatedAt" before update on workflow for each row execute function updated_at();

-- Only direct deletes, never cascades.
create function user_delete_audit() returns trigger language plpgsql as $$
begin
    insert into user_audit ("userId") select id from old;
    return null;
end $$;
create trigger user_delete_audit after delete on "user" referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function user_delete_audit();
create function partner_delete_audit() returns trigger language plpgsql as $$
begin
    insert into partner_audit ("sharedById", "sharedWithId") select "sharedById", "sharedWithId" from old;
    return null;
end $$;
create trigger partner_delete_audit after delete on partner referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function partner_delete_audit();
create function asset_delete_audit() returns trigger language plpgsql as $$
begin
    insert into asset_audit ("assetId", "ownerId") select id, "ownerId" from old;
    return null;
end $$;
create trigger asset_delete_audit after delete on asset referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function asset_delete_audit();
create function memory_delete_audit() returns trigger language plpgsql as $$
begin
    insert into memory_audit ("memoryId", "userId") select id, "ownerId" from old;
    return null;
end $$;
create trigger memory_delete_audit after delete on memory referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function memory_delete_audit();
create function stack_delete_audit() returns trigger language plpgsql as $$
begin
    insert into stack_audit ("stackId", "userId") select id, "ownerId" from old;
    return null;
end $$;
create trigger stack_delete_audit after delete on stack referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function stack_delete_audit();
create function person_group_delete_audit() returns trigger language plpgsql as $$
begin
    insert into person_group_audit ("personGroupId", "clusterGroupId") select id, "clusterGroupId" from old;
    return null;
end $$;
create trigger person_group_delete_audit after delete on person_group referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function person_group_delete_audit();
create function user_metadata_audit() returns trigger language plpgsql as $$
begin
    insert into user_metadata_audit ("userId", key) select "userId", key from old;
    return null;
end $$;
create trigger user_metadata_audit after delete on user_metadata referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function user_metadata_audit();
create function asset_metadata_audit() returns trigger language plpgsql as $$
begin
    insert into asset_metadata_audit ("assetId", key) select "assetId", key from old;
    return null;
end $$;
create trigger asset_metadata_audit after delete on asset_metadata referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function asset_metadata_audit();
create function asset_face_audit() returns trigger language plpgsql as $$
begin
    insert into asset_face_audit ("assetFaceId", "assetId") select id, "assetId" from old;
    return null;
end $$;
create trigger asset_face_audit after delete on asset_face referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function asset_face_audit();
create function asset_edit_audit() returns trigger language plpgsql as $$
begin
    insert into asset_edit_audit ("editId", "assetId") select id, "assetId" from old;
    return null;
end $$;
create trigger asset_edit_audit after delete on asset_edit referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function asset_edit_audit();
create function asset_ocr_delete_audit() returns trigger language plpgsql as $$
begin
    insert into asset_ocr_audit ("assetId") select "assetId" from old;
    return null;
end $$;
create trigger asset_ocr_delete_audit after delete on asset_ocr referencing old table as old for each statement
    when (pg_trigger_depth() = 0)
    execute function asset_ocr_delete_audit();

-- Direct deletes and cascades: those of foreign keys all count as depth 1, however deep they reach.
create function person_delete_audit() returns trigger language plpgsql as $$
begin
    insert into person_audit ("personGroupId", "ownerId") select "personGroupId", "ownerId" from old;
    return null;
end $$;
create trigger person_delete_audit after delete on person referencing old table as old for each statement
    when (pg_trigger_depth() <= 1)
    execute function person_delete_audit();
create function album_asset_delete_audit() returns trigger language plpgsql as $$
begin
    insert into album_asset_audit ("albumId", "assetId") select "albumId", "assetId" from old where "albumId" in (select id from album);
    return null;
end $$;
create trigger album_asset_delete_audit after delete on album_asset referencing old table as old for each statement
    when (pg_trigger_depth() <= 1)
    execute function album_asset_delete_audit();
create function memory_asset_delete_audit() returns trigger language plpgsql as $$
begin
    insert into memory_asset_audit ("memoryId", "assetId") select "memoriesId", "assetId" from old where "memoriesId" in (select id from memory);
    return null;
end $$;
create trigger memory_asset_delete_audit after delete on memory_asset referencing old table as old for each statement
    when (pg_trigger_depth() <= 1)
    execute function memory_asset_delete_audit();

-- A member that goes loses the album; the others hear of it when it was taken out by hand, not when the album or the user is gone.
create function album_user_delete_audit() returns trigger language plpgsql as $$
begin
    insert into album_audit ("albumId", "userId") select "albumId", "userId" from old;
    insert into album_user_audit ("albumId", "userId")
        select "albumId", "userId" from old where "albumId" in (select id from album) and "userId" in (select id from "user");
    return null;
end $$;
create trigger album_user_delete_audit after delete on album_user referencing old table as old for each statement
    when (pg_trigger_depth() <= 1)
    execute function album_user_delete_audit();

-- An album lives only as long as it has an owner.
create function album_user_delete() returns trigger language plpgsql as $$
begin
    delete from album
        where id in (select "albumId" from old)
            and not exists (select 1 from album_user where "albumId" = album.id and role = 'owner');
    return null;
end $$;
create trigger album_user_delete after delete on album_user referencing old table as old for each row
    execute function album_user_delete();

-- A new member makes the album appear again in everybody's sync; the owner's row comes with the album itself.
create function album_user_after_insert() returns trigger language plpgsql as $$
begin
    if not exists (select 1 from inserted_rows where role = 'owner') then
        update album set "updatedAt" = clock_timestamp(), "updateId" = immich_uuid_v7() where id in (select "albumId" from inserted_rows);
    end if;
    return null;
end $$;
create trigger album_user_after_insert after insert on album_user referencing new table as inserted_rows for each statement
    execute function album_user_after_insert();

-- asset."isEdited" says whether there are edits.
create function asset_edit_insert() returns trigger language plpgsql as $$
begin
    update asset set "isEdited" = true where id in (select "assetId" from inserted_edit) and not "isEdited";
    return null;
end $$;
create trigger asset_edit_insert after insert on asset_edit referencing new table as inserted_edit for each statement
    execute function asset_edit_insert();

create function asset_edit_delete() returns trigger language plpgsql as $$
begin
    update asset set "isEdited" = false
        where id in (select "assetId" from deleted_edit)
            and "isEdited"
            and not exists (select 1 from asset_edit where "assetId" = asset.id);
    return null;
end $$;
create trigger asset_edit_delete after delete on asset_edit referencing old table as deleted_edit for each statement
    when (pg_trigger_depth() = 0)
    execute function asset_edit_delete();
