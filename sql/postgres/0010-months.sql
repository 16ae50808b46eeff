-- How many assets each month of an owner has, so that the timeline need not count them. What is in the trash is not in it.
--
-- The count of a month is the sum of its rows: a change of assets only ever adds rows, so that nobody waits for anybody else's transaction, and
-- one statement in some hundreds adds them up. The functions have a schema of their own, since Immich reports any that it does not know
-- in its own (spec 09, 9.4); `drop schema calotype cascade` takes the triggers along. Immich keeps the counts right while it has the database.
create schema if not exists calotype;
drop table if exists calotype_month;

create table calotype_month (
    "ownerId" uuid not null,
    month timestamptz not null,
    visibility asset_visibility_enum not null,
    "isFavorite" bool not null,
    "isStacked" bool not null,
    assets int8 not null
);
create index calotype_month_idx on calotype_month ("ownerId");

-- Rows that another one is just adding up are left to it.
create or replace function calotype.add_up_months() returns void language sql as $$
    with gone as (
        delete from public.calotype_month where ctid = any(array(select ctid from public.calotype_month for update skip locked)) returning *
    )
    insert into public.calotype_month
        select "ownerId", month, visibility, "isFavorite", "isStacked", sum(assets) from gone group by 1, 2, 3, 4, 5 having sum(assets) <> 0;
$$;

-- `added` and `removed` are the assets that a statement made or took away, an updated one is in both.
create or replace function calotype.count_months() returns trigger language plpgsql as $$
begin
    if to_regclass('public.calotype_month') is null then
        return null;
    end if;
    if tg_op = 'INSERT' then
        insert into public.calotype_month
            select "ownerId", date_trunc('MONTH', "localDateTime" at time zone 'UTC') at time zone 'UTC', visibility, "isFavorite",
                "stackId" is not null, count(*)
            from added where "deletedAt" is null group by 1, 2, 3, 4, 5;
    elsif tg_op = 'DELETE' then
        insert into public.calotype_month
            select "ownerId", date_trunc('MONTH', "localDateTime" at time zone 'UTC') at time zone 'UTC', visibility, "isFavorite",
                "stackId" is not null, -count(*)
            from removed where "deletedAt" is null group by 1, 2, 3, 4, 5;
    else
        insert into public.calotype_month
            select "ownerId", date_trunc('MONTH', "localDateTime" at time zone 'UTC') at time zone 'UTC', visibility, "isFavorite",
                "stackId" is not null, sum(n)
            from (
                select "ownerId", "localDateTime", visibility, "isFavorite", "stackId", 1 as n from added where "deletedAt" is null
                union all
                select "ownerId", "localDateTime", visibility, "isFavorite", "stackId", -1 from removed where "deletedAt" is null
            ) changed group by 1, 2, 3, 4, 5 having sum(n) <> 0;
    end if;
    if random() < 0.002 then
        perform calotype.add_up_months();
    end if;
    return null;
end $$;

create or replace trigger calotype_month_insert after insert on asset referencing new table as added for each statement
    execute function calotype.count_months();
create or replace trigger calotype_month_delete after delete on asset referencing old table as removed for each statement
    execute function calotype.count_months();
create or replace trigger calotype_month_update after update on asset referencing old table as removed new table as added for each statement
    execute function calotype.count_months();

insert into calotype_month
    select "ownerId", date_trunc('MONTH', "localDateTime" at time zone 'UTC') at time zone 'UTC', visibility, "isFavorite", "stackId" is not null,
        count(*)
    from asset where "deletedAt" is null group by 1, 2, 3, 4, 5;
