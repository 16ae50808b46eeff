-- How many assets each month of an owner has, so that the timeline need not count them. What is in the trash is not in it.

create table calotype_month (
    "ownerId" blob not null,
    month integer not null,
    visibility text not null,
    "isFavorite" integer not null,
    "isStacked" integer not null,
    assets integer not null,
    primary key ("ownerId", month, visibility, "isFavorite", "isStacked")
) strict, without rowid;

insert into calotype_month
    select "ownerId", date_trunc_month("localDateTime"), visibility, "isFavorite", "stackId" is not null, count(*)
    from asset where "deletedAt" is null group by 1, 2, 3, 4, 5;

create trigger calotype_month_insert after insert on asset when new."deletedAt" is null begin
    insert into calotype_month
        values (new."ownerId", date_trunc_month(new."localDateTime"), new.visibility, new."isFavorite", new."stackId" is not null, 1)
        on conflict do update set assets = assets + 1;
end;
create trigger calotype_month_delete after delete on asset when old."deletedAt" is null begin
    update calotype_month set assets = assets - 1
        where "ownerId" = old."ownerId" and month = date_trunc_month(old."localDateTime") and visibility = old.visibility
            and "isFavorite" = old."isFavorite" and "isStacked" = (old."stackId" is not null);
end;
create trigger calotype_month_update after update of "ownerId", "deletedAt", "localDateTime", visibility, "isFavorite", "stackId" on asset when
    (old."ownerId", old."deletedAt", old."localDateTime", old.visibility, old."isFavorite", old."stackId") is not
    (new."ownerId", new."deletedAt", new."localDateTime", new.visibility, new."isFavorite", new."stackId")
begin
    update calotype_month set assets = assets - 1
        where old."deletedAt" is null and "ownerId" = old."ownerId" and month = date_trunc_month(old."localDateTime")
            and visibility = old.visibility and "isFavorite" = old."isFavorite" and "isStacked" = (old."stackId" is not null);
    insert into calotype_month
        select new."ownerId", date_trunc_month(new."localDateTime"), new.visibility, new."isFavorite", new."stackId" is not null, 1
        where new."deletedAt" is null
        on conflict do update set assets = assets + 1;
end;
