/* civil.h: dates as people write them, dates as numbers, and the way between.
 *
 *     struct civil when = civil_from_local_s(local_s);
 *     when.day = civil_days_in_month(when.year, when.month);
 *     local_s = local_s_from_civil(&when);
 *
 * Units: "local seconds" count from 1970-01-01 00:00:00 of a wall clock, as if that clock were UTC;
 * "days" count from 1970-01-01.  Both are negative before it.
 * The calendar is the proleptic Gregorian one, with a year 0 (1 BC), as PostgreSQL and ISO 8601
 * have it.  Exact for |local_s| <= CIVIL_LOCAL_MAX_S, which is about a thousand million years.
 *
 * Not here: zones (zone.h) and texts (walltime.h).
 */
#ifndef CORE_CIVIL_H
#define CORE_CIVIL_H

#include <stdint.h>

#include "base/attr.h"

#define CIVIL_LOCAL_MAX_S ((int64_t)1 << 55)

enum { CIVIL_DAY_S = 86400, CIVIL_MINUTE_S = 60, CIVIL_DAYS_IN_400_YEARS = 146097 };

struct civil {
    int year;
    int month;  /* 1 to 12 */
    int day;    /* 1 to 31 */
    int hour;   /* 0 to 23 */
    int minute; /* 0 to 59 */
    int second; /* 0 to 59 */
};

/* a / b for b > 0, rounded towards minus infinity. */
static inline int64_t civil_floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* The date and time that local_s stands for. */
struct civil civil_from_local_s(int64_t local_s) MUST_USE;

/* The inverse.  The fields must be in range; a day beyond its month's end runs into the next. */
int64_t local_s_from_civil(const struct civil *civil) MUST_USE;

/* Days from 1970-01-01 to this date. */
int64_t civil_days(int year, int month, int day) MUST_USE;

/* 28 to 31. */
int civil_days_in_month(int year, int month) MUST_USE;

/* The weekday of a day number: 0 Monday to 6 Sunday. */
int civil_weekday(int64_t days) MUST_USE;

#endif
