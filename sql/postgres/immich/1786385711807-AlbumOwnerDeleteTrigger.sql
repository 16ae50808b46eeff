-- An album lives only as long as it has an owner.
delete from album where not exists (select 1 from album_user where "albumId" = album.id and role = 'owner');
create function album_user_delete() returns trigger language plpgsql as $$
begin
    delete from album
        where id in (select "albumId" from old)
            and not exists (select 1 from album_user where "albumId" = album.id and role = 'owner');
    return null;
end $$;
create trigger album_user_delete after delete on album_user referencing old table as old for each row
    execute function album_user_delete();
