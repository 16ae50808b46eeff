// Schedules: cron expressions of 5 fields, or 6 with leading seconds (spec 05, 1.8), in the process's time zone (TZ).
//
// Fields: second, minute, hour, day of month, month, day of week (0 to 7, both ends Sunday), each *, ?, n, a-b, with /step, in comma lists;
// months and week days also by their three-letter English names. When both days are restricted, either one is enough.
// Aliases: @yearly @annually @monthly @weekly @daily @midnight @hourly @minutely @secondly @weekdays @weekends.
#pragma once
#include "db/db.h"

typedef struct {
    uint64_t seconds, minutes; // a bit for each value
    uint32_t hours, days, months;
    uint8_t weekdays;
    bool any_day, any_weekday; // written as *
    bool any_hour;
} cron;

// False: *error says why, in the words of spec 05, 2.3 ("Too few fields", "Field value (25) is out of range").
bool cron_parse(arena *, str text, cron *out, str *error);

// The first matching second after `after`; WHEN_NONE if there is none within eight years (31 February).
// Where clocks go forward, a time that does not exist fires right after the gap; where they go back, a fixed hour fires once.
when cron_next(const cron *, when after);

// True for exactly one caller on all hosts: the run of schedule `name` that was due at `due` is this one's to do. Commit before doing it.
bool cron_claim(db *, str name, when due);
