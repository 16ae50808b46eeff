-- What PostgreSQL does with trigger functions: update stamps, audit rows of deleted things, and the few derived columns.
--
-- PostgreSQL tells a direct delete from a cascade by its trigger depth. SQLite has none, but it removes a parent before it cascades to the children.
-- So a row was deleted directly exactly when all the parents that could have taken it along still exist.

-- Every update of a row moves its stamps, whatever the statement assigned to them. The distinct keeps SQLite from reading the clock twice.
create trigger "activity_updatedAt" after update on activity begin
    update activity set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "album_updatedAt" after update on album begin
    update album set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "album_asset_updatedAt" after update on album_asset begin
    update album_asset set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where "albumId" = new."albumId" and "assetId" = new."assetId";
end;
create trigger "album_user_updatedAt" after update on album_user begin
    update album_user set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where "albumId" = new."albumId" and "userId" = new."userId";
end;
create trigger "api_key_updatedAt" after update on api_key begin
    update api_key set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "asset_updatedAt" after update on asset begin
    update asset set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "asset_edit_updatedAt" after update on asset_edit begin
    update asset_edit set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "asset_exif_updatedAt" after update on asset_exif begin
    update asset_exif set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "asset_face_updatedAt" after update on asset_face begin
    update asset_face set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "asset_file_updatedAt" after update on asset_file begin
    update asset_file set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger asset_metadata_updated_at after update on asset_metadata begin
    update asset_metadata set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "asset_ocr_updatedAt" after update on asset_ocr begin
    update asset_ocr set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "cluster_group_updatedAt" after update on cluster_group begin
    update cluster_group set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "library_updatedAt" after update on library begin
    update library set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "memory_updatedAt" after update on memory begin
    update memory set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "memory_asset_updatedAt" after update on memory_asset begin
    update memory_asset set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where "memoriesId" = new."memoriesId" and "assetId" = new."assetId";
end;
create trigger "notification_updatedAt" after update on notification begin
    update notification set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "partner_updatedAt" after update on partner begin
    update partner set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where "sharedById" = new."sharedById" and "sharedWithId" = new."sharedWithId";
end;
create trigger "person_updatedAt" after update on person begin
    update person set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "person_group_updatedAt" after update on person_group begin
    update person_group set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "session_updatedAt" after update on session begin
    update session set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "session_sync_checkpoint_updatedAt" after update on session_sync_checkpoint begin
    update session_sync_checkpoint set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "stack_updatedAt" after update on stack begin
    update stack set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "tag_updatedAt" after update on tag begin
    update tag set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "user_updatedAt" after update on "user" begin
    update "user" set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger user_metadata_updated_at after update on user_metadata begin
    update user_metadata set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;
create trigger "workflow_updatedAt" after update on workflow begin
    update workflow set ("updatedAt", "updateId") = (select at, uuid_v7(at) from (select distinct clock_timestamp() as at))
        where rowid = new.rowid;
end;

-- Only direct deletes.
create trigger user_delete_audit after delete on "user" begin
    insert into user_audit ("userId") values (old.id);
end;
create trigger partner_delete_audit after delete on partner when
    exists (select 1 from "user" where id = old."sharedById") and exists (select 1 from "user" where id = old."sharedWithId")
begin
    insert into partner_audit ("sharedById", "sharedWithId") values (old."sharedById", old."sharedWithId");
end;
create trigger memory_delete_audit after delete on memory when
    exists (select 1 from "user" where id = old."ownerId")
begin
    insert into memory_audit ("memoryId", "userId") values (old.id, old."ownerId");
end;
create trigger stack_delete_audit after delete on stack when
    exists (select 1 from "user" where id = old."ownerId")
begin
    insert into stack_audit ("stackId", "userId") values (old.id, old."ownerId");
end;
create trigger user_metadata_audit after delete on user_metadata when
    exists (select 1 from "user" where id = old."userId")
begin
    insert into user_metadata_audit ("userId", key) values (old."userId", old.key);
end;
create trigger asset_metadata_audit after delete on asset_metadata when
    exists (select 1 from asset where id = old."assetId")
begin
    insert into asset_metadata_audit ("assetId", key) values (old."assetId", old.key);
end;
create trigger asset_face_audit after delete on asset_face when
    exists (select 1 from asset where id = old."assetId")
begin
    insert into asset_face_audit ("assetFaceId", "assetId") values (old.id, old."assetId");
end;
create trigger asset_edit_audit after delete on asset_edit when
    exists (select 1 from asset where id = old."assetId")
begin
    insert into asset_edit_audit ("editId", "assetId") values (old.id, old."assetId");
end;
create trigger asset_ocr_delete_audit after delete on asset_ocr when
    exists (select 1 from asset where id = old."assetId")
begin
    insert into asset_ocr_audit ("assetId") values (old."assetId");
end;

create trigger asset_delete_audit after delete on asset when
    exists (select 1 from "user" where id = old."ownerId") and (old."libraryId" is null or exists (select 1 from library where id = old."libraryId"))
begin
    insert into asset_audit ("assetId", "ownerId") values (old.id, old."ownerId");
end;
create trigger person_group_delete_audit after delete on person_group when
    exists (select 1 from cluster_group where id = old."clusterGroupId")
begin
    insert into person_group_audit ("personGroupId", "clusterGroupId") values (old.id, old."clusterGroupId");
end;

-- Direct deletes and cascades.
create trigger person_delete_audit after delete on person begin
    insert into person_audit ("personGroupId", "ownerId") values (old."personGroupId", old."ownerId");
end;
create trigger album_asset_delete_audit after delete on album_asset when
    exists (select 1 from album where id = old."albumId")
begin
    insert into album_asset_audit ("albumId", "assetId") values (old."albumId", old."assetId");
end;
create trigger memory_asset_delete_audit after delete on memory_asset when
    exists (select 1 from memory where id = old."memoriesId")
begin
    insert into memory_asset_audit ("memoryId", "assetId") values (old."memoriesId", old."assetId");
end;

-- All members of a deleted album lose it. An album without an owner is one that album_user_delete (below) removes: its members are not told.
create trigger album_delete_audit before delete on album when
    exists (select 1 from album_user where "albumId" = old.id and role = 'owner')
begin
    insert into album_audit ("albumId", "userId") select "albumId", "userId" from album_user where "albumId" = old.id;
end;
-- A member that goes loses the album; the others hear of it when it was taken out by hand, not when the album or the user is gone.
create trigger album_user_delete_audit before delete on album_user when
    exists (select 1 from album where id = old."albumId")
begin
    insert into album_audit ("albumId", "userId") values (old."albumId", old."userId");
    insert into album_user_audit ("albumId", "userId")
        select old."albumId", old."userId" where old.role <> 'owner' and exists (select 1 from "user" where id = old."userId");
end;
-- An album lives only as long as it has an owner.
create trigger album_user_delete after delete on album_user when
    not exists (select 1 from album_user where "albumId" = old."albumId" and role = 'owner')
begin
    delete from album where id = old."albumId";
end;

-- A new member makes the album appear again in everybody's sync. The owner's row comes with the album itself.
create trigger album_user_after_insert after insert on album_user when new.role <> 'owner' begin
    update album set "updatedAt" = clock_timestamp() where id = new."albumId";
end;

-- asset."isEdited" says whether there are edits.
create trigger asset_edit_insert after insert on asset_edit begin
    update asset set "isEdited" = true where id = new."assetId" and not "isEdited";
end;
create trigger asset_edit_delete after delete on asset_edit when
    not exists (select 1 from asset_edit where "assetId" = old."assetId")
begin
    update asset set "isEdited" = false where id = old."assetId" and "isEdited";
end;

-- The row of an asset's details takes the asset's number. It mostly has it already: both tables count up, and the two are inserted together.
create trigger asset_exif_number after insert on asset_exif when new.number <> (select number from asset where id = new."assetId") begin
    update asset_exif set number = (select number from asset where id = new."assetId") where number = new.number;
end;

-- A check that asks for today's date is not allowed in SQLite.
create trigger "person_birthDate_insert" before insert on person when new."birthDate" > clock_timestamp() begin
    select raise(abort, 'person_birthDate_chk');
end;
create trigger "person_birthDate_update" before update on person when new."birthDate" > clock_timestamp() begin
    select raise(abort, 'person_birthDate_chk');
end;
