// The months' counts that triggers keep (calotype_month) are at any time what counting the assets would give.
#include "db_test.h"
#include <stdlib.h>

#define KEYS "\"ownerId\", month, visibility, \"isFavorite\", \"isStacked\""

// Months whose kept count is not the counted one.
static int64_t wrong_months(db *d)
{
    return db_int(
        d, "select count(*) from (select " KEYS " from (select " KEYS ", assets as n from calotype_month union all "
           "select \"ownerId\", date_trunc_month(\"localDateTime\"), visibility, \"isFavorite\", \"stackId\" is not null, -1 from asset "
           "where \"deletedAt\" is null) both_counts group by " KEYS " having sum(n) <> 0) wrong");
}

static uuid any_of(ids list)
{
    return list.at[(size_t)rand() % list.n];
}

static when some_day(void)
{
    return (when)(rand() % 1500) * DAY;
}

static str some_visibility(void)
{
    static const char *const all[] = {"timeline", "archive", "hidden", "locked"};
    return str_of(all[rand() % 4]);
}

static void change(db *d, ids owners, ids *assets, ids stacks)
{
    arena *mem = db_memory(d);
    uuid one = any_of(*assets);
    switch (rand() % 12) {
    case 0:
    case 1: *push(mem, *assets) = new_asset(d, any_of(owners)); break;
    case 2: db_exec(d, "delete from asset where id = $1", UUID(one)); break;
    case 3: db_exec(d, "update asset set \"deletedAt\" = $2, status = 'trashed' where id = $1", UUID(one), WHEN(now())); break;
    case 4: db_exec(d, "update asset set \"deletedAt\" = null, status = 'active' where \"ownerId\" = $1", UUID(any_of(owners))); break;
    case 5: db_exec(d, "update asset set visibility = $2 where id = $1", UUID(one), STR(some_visibility())); break;
    case 6: db_exec(d, "update asset set \"localDateTime\" = $2 where id = $1", UUID(one), WHEN(some_day())); break;
    case 7: db_exec(d, "update asset set \"isFavorite\" = not \"isFavorite\" where \"ownerId\" = $1", UUID(any_of(owners))); break;
    case 8: db_exec(d, "update asset set \"stackId\" = $2 where id = $1", UUID(one), UUID(any_of(stacks))); break;
    case 9: db_exec(d, "update asset set \"ownerId\" = $2 where id = $1", UUID(one), UUID(any_of(owners))); break;
    case 10:
        db_exec(
            d, "insert into asset select * from asset where id = $1 on conflict (id) do update set \"localDateTime\" = $2, visibility = $3",
            UUID(one), WHEN(some_day()), STR(some_visibility()));
        break;
    case 11: db_exec(d, "insert into asset select * from asset where \"ownerId\" = $1 on conflict do nothing", UUID(any_of(owners))); break;
    }
}

BOTH("the kept counts of the months are the counted ones, whatever happens to the assets")
{
    srand(1);
    ids owners = {0}, assets = {0}, stacks = {0};
    for (int i = 0; i < 3; i++) *push(mem, owners) = new_user(d);
    for (int i = 0; i < 20; i++) *push(mem, assets) = new_asset(d, any_of(owners));
    for (int i = 0; i < 4; i++) {
        uuid primary = new_asset(d, owners.at[0]);
        *push(mem, stacks) = db_uuid(d, "insert into stack (\"primaryAssetId\", \"ownerId\") values ($1, $2) returning id", UUID(primary),
                                     UUID(owners.at[0]));
    }
    for (int i = 0; i < 400; i++) {
        change(d, owners, &assets, stacks);
        if (wrong_months(d)) {
            test_failed(__FILE__, __LINE__, "wrong after change %d", i);
            return;
        }
        if (i % 50 == 0 && db_engine_of(d) == DB_POSTGRES) db_exec(d, "select calotype.add_up_months()");
    }
    check_int(wrong_months(d), 0);

    // Cascades: a stack lets its assets go, a user takes them along.
    db_exec(d, "delete from stack where id = $1", UUID(stacks.at[0]));
    check_int(wrong_months(d), 0);
    db_exec(d, "delete from stack");
    db_exec(d, "delete from \"user\" where id = $1", UUID(owners.at[1]));
    check_int(wrong_months(d), 0);
    if (db_engine_of(d) == DB_POSTGRES) db_exec(d, "select calotype.add_up_months()");
    check_int(db_int(d, "select count(*) from calotype_month where \"ownerId\" = $1 and assets <> 0", UUID(owners.at[1])), 0);
}
