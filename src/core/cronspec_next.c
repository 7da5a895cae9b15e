#include "core/civil.h"
#include "core/cronspec.h"

enum { MINUTES_IN_DAY = 1440, MONTHS_SEARCHED = 8 * 12 + 2 };

/* Two changes of offset can make wall clocks repeat at most this much. */
static const int64_t fold_max_s = 2 * (int64_t)ZONE_OFFSET_MAX_S;

static const int64_t search_limit_s = CIVIL_LOCAL_MAX_S - 20 * (int64_t)366 * CIVIL_DAY_S;

/* The days of a month that match, bit 1 for the first. */
static uint64_t matching_days(const struct cronspec *spec, int year, int month)
{
    uint64_t every_week = spec->weekdays * UINT64_C(0x810204081); /* bits 0, 7, 14, 21, 28, 35 */
    int first_weekday = civil_weekday(civil_days(year, month, 1));
    uint64_t by_weekday = (every_week >> first_weekday) << 1;
    uint64_t exist = (UINT64_C(2) << civil_days_in_month(year, month)) - 2;
    return (spec->days | by_weekday) & exist;
}

/* The first matching day that is not before `day`.  The spec fires, so within eight years (from
 * 29 February 2096 to 2104) there is one. */
static int64_t day_from(const struct cronspec *spec, int64_t day)
{
    struct civil date = civil_from_local_s(day * CIVIL_DAY_S);
    uint64_t later = UINT64_MAX << date.day;
    for (int i = 0; i < MONTHS_SEARCHED; i++) {
        if (spec->months >> date.month & 1) {
            uint64_t days = matching_days(spec, date.year, date.month) & later;
            if (days)
                return civil_days(date.year, date.month, __builtin_ctzll(days));
        }
        later = UINT64_MAX;
        date.year += date.month == 12;
        date.month = date.month % 12 + 1;
    }
    return INT64_MAX / CIVIL_DAY_S; /* not reached */
}

/* The first matching minute of a day that is not before `minute`; -1: none. */
static int minute_from(const struct cronspec *spec, int minute)
{
    int hour = minute / 60;
    uint64_t minutes = spec->minutes & UINT64_MAX << minute % 60;
    if (minutes && spec->hours >> hour & 1)
        return hour * 60 + __builtin_ctzll(minutes);
    uint32_t hours = spec->hours & ~((UINT32_C(2) << hour) - 1);
    return hours ? __builtin_ctz(hours) * 60 + __builtin_ctzll(spec->minutes) : -1;
}

/* The first local time that matches and is not before local_s. */
static int64_t match_from(const struct cronspec *spec, int64_t local_s)
{
    int64_t minute = -civil_floor_div(-local_s, CIVIL_MINUTE_S);
    int64_t earliest_day = civil_floor_div(minute, MINUTES_IN_DAY);
    int64_t day = day_from(spec, earliest_day);
    int of_day = minute_from(spec, day == earliest_day ? (int)(minute - day * MINUTES_IN_DAY) : 0);
    if (of_day < 0) {
        day = day_from(spec, day + 1);
        of_day = minute_from(spec, 0);
    }
    return day * CIVIL_DAY_S + (int64_t)of_day * CIVIL_MINUTE_S;
}

/* The first local time that wall clocks had not reached or passed before instant_s. */
static int64_t first_unseen(const struct zone *zone, int64_t instant_s)
{
    struct zone_change change = {0};
    int64_t before = instant_s - 1;
    int64_t unseen = instant_s + zone_offset_s(zone, before);
    int64_t from = instant_s - fold_max_s;
    while (zone_next_transition(zone, from, &change) && change.at_s <= before) {
        if (change.at_s + change.before_s > unseen)
            unseen = change.at_s + change.before_s;
        from = change.at_s;
    }
    return unseen;
}

/* Time passes in stretches of one offset.  In each the wall clock runs evenly, so the first match
 * is an addition away; between two it jumps.
 *
 * A spec that picks all 24 hours fires whenever the clock shows a match.  Any other fires when the
 * clock reaches or jumps over a match for the first time; then what counts is the first local time
 * never seen before, which a fold does not move back and a gap makes earlier than the clock. */
bool cronspec_next(const struct cronspec *spec, const struct zone *zone, int64_t after_s,
                   int64_t *at_s)
{
    if (!spec->fires || after_s > search_limit_s)
        return false;
    if (after_s < -search_limit_s)
        after_s = -search_limit_s;

    int64_t start = after_s + 1;
    int32_t offset = zone_offset_s(zone, start);
    int64_t from = spec->every_hour ? start + offset : first_unseen(zone, start);
    int64_t match = match_from(spec, from);
    while (start <= search_limit_s) {
        struct zone_change change = {.at_s = INT64_MAX};
        bool more = zone_next_transition(zone, start, &change);
        int64_t at = match - offset > start ? match - offset : start;
        if (at < change.at_s) {
            *at_s = at;
            return true;
        }
        if (!more)
            return false;
        int64_t next_from = change.at_s + (spec->every_hour ? change.after_s : change.before_s);
        if (!spec->every_hour && next_from < from)
            next_from = from;
        if (next_from > match || next_from < from)
            match = match_from(spec, next_from);
        from = next_from;
        start = change.at_s;
        offset = change.after_s;
    }
    return false;
}

/* What fires after some instant fires after every earlier one: halving finds the last. */
int64_t cronspec_latest(const struct cronspec *spec, const struct zone *zone, int64_t after_s,
                        int64_t until_s)
{
    int64_t low_s = after_s;
    int64_t high_s = until_s;
    while (low_s < high_s) {
        int64_t next_s = 0;
        int64_t middle_s = low_s + (high_s - low_s) / 2;
        if (cronspec_next(spec, zone, middle_s, &next_s) && next_s <= until_s)
            low_s = next_s;
        else
            high_s = middle_s;
    }
    return low_s;
}
