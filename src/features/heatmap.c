// How many assets came on each day of a year or so.                                                       spec 01, section 12.7
#include "features/feature.h"

enum { DAYS = 364, MOST_DAYS = 36525 };

static const char too_long[] = "The range must not be longer than a hundred years";

static void check_range(check *c, when from, when to)
{
    if (from == WHEN_NONE || to == WHEN_NONE) return;
    if (from > to) refuse(c, "from", "from must be before to");
    else if (to - from > MOST_DAYS * DAY) refuse(c, "from", "%s", too_long);
}

RULE(getMyCalendarHeatmap_in)
{
    check_range(c, it->from, it->to);
}

RULE(getUserCalendarHeatmapAdmin_in)
{
    check_range(c, it->from, it->to);
}

// Along asset_createdAt_idx and asset_localDateTime_idx (whose key is the day). Trashed assets do not count, hidden and locked ones do.
static CalendarHeatmapResponseDto heatmap_of(request *rq, uuid user, when from, when to, CalendarHeatmapType type)
{
    static const char *const by_upload =
        "select date_of(\"createdAt\"), count(*) from asset where \"ownerId\" = $1 and \"deletedAt\" is null "
        "and \"createdAt\" >= $2 and \"createdAt\" < $3 group by 1";
    static const char *const by_taken =
        "select date_of(\"localDateTime\"), count(*) from asset where \"ownerId\" = $1 and \"deletedAt\" is null "
        "and date_of(\"localDateTime\") >= date_of($2) and date_of(\"localDateTime\") < date_of($3) group by 1";
    when today = now() / DAY * DAY;
    if (to == WHEN_NONE) to = today;
    if (from == WHEN_NONE) from = to - (DAYS - 1) * DAY;
    if (to - from > MOST_DAYS * DAY) fail(rq, 400, "%s", too_long);

    CalendarHeatmapResponseDto out = {.from = when_date(rq->mem, from), .to = when_date(rq->mem, to)};
    if (from > to) return out; // it begins after today
    for (when day = from; day <= to; day += DAY)
        *push(rq->mem, out.series) = (CalendarHeatmapResponseDto_series){.date = when_date(rq->mem, day)};
    db_rows (r, rq->db, type == CALENDAR_HEATMAP_TYPE_TAKEN ? by_taken : by_upload, UUID(user), WHEN(from), WHEN(to + DAY)) {
        int64_t count = col_int(r, 1);
        out.series.at[(col_when(r, 0) - from) / DAY].count = count;
        out.totalCount += count;
    }
    return out;
}

HANDLER(getMyCalendarHeatmap)
{
    *out = heatmap_of(rq, rq->auth.user_id, in->from, in->to, in->type);
}

HANDLER(getUserCalendarHeatmapAdmin)
{
    if (!db_has(db, "select 1 from \"user\" where id = $1 and \"deletedAt\" is null", UUID(in->id))) fail(rq, 400, "User not found");
    *out = heatmap_of(rq, in->id, in->from, in->to, in->type);
}
