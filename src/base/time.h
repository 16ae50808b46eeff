// Time: microseconds since 1970-01-01 UTC, signed. WHEN_NONE is "no time", null in SQL and JSON.
#pragma once
#include "base/str.h"

typedef int64_t when;
#define WHEN_NONE INT64_MIN
#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

typedef struct {
    int year, month, day, hour, minute, second, microsecond; // month 1..12
} civil;

when now(void);          // wall clock
int64_t monotonic(void); // microseconds, for waits and durations
civil civil_of(when);    // proleptic Gregorian, UTC
when when_of(civil);     // out-of-range fields carry over; years within ±290,000
// 2024-01-31T08:15:00 with 0, 3 or 6 decimals, truncated, and without a zone; returns its length. Not for WHEN_NONE.
enum { WHEN_TEXT_MAX = 40 };
size_t when_write(char out[WHEN_TEXT_MAX], when, int decimals);
str when_iso(arena *, when);       // 2024-01-31T08:15:00.123Z, truncated to milliseconds; years beyond 9999 as JavaScript writes them
str when_iso_micro(arena *, when); // 2024-01-31T08:15:00.123456Z
str when_date(arena *, when);      // 2024-01-31

// ISO 8601 date-time with Z or +hh:mm, seconds and decimals optional (spec 02, 4.3); kept to microseconds.
// False if malformed or no such day.
bool when_parse(str, when *out);
bool date_parse(str, when *out); // YYYY-MM-DD, a real day
int days_in_month(int year, int month);
