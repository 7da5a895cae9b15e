#include "cmd/when.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/civil.h"
#include "core/scan.h"
#include "core/walltime.h"

/* 0001-01-01, UTC: the first that a date of four digits can say; WALLTIME_LAST_S is the last. */
static const int64_t instant_min_s = INT64_C(-62135596800);

enum { DISTANCE_MAX = 1000000 }; /* of a unit; beyond that it is a slip */

/* A point in time as it is written. */
struct point {
    struct civil at;
    bool has_day;
    bool has_offset;
    int offset_s;
};

static bool parse_epoch(const struct when *when, const char *text, int64_t *instant_s,
                        struct err *err)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end)
        return err_set(err, ERR_USAGE, "%s '@%.60s': not seconds since 1970", when->option, text);
    *instant_s = value;
    return true;
}

/* ---- pieces ---- */

static bool take_date(const char **text, struct civil *at)
{
    return scan_number(text, 4, 4, &at->year) && scan_word(text, "-") &&
           scan_number(text, 2, 2, &at->month) && scan_word(text, "-") &&
           scan_number(text, 2, 2, &at->day);
}

/* HH:MM[:SS] */
static bool take_time(const char **text, struct civil *at)
{
    return scan_number(text, 2, 2, &at->hour) && scan_word(text, ":") &&
           scan_number(text, 2, 2, &at->minute) &&
           (!scan_word(text, ":") || scan_number(text, 2, 2, &at->second));
}

/* Z, +01, +0100 or +01:00, or nothing. */
static bool take_offset(const char **text, struct point *point)
{
    int hours = 0;
    int minutes = 0;
    scan_word(text, " ");
    if (!**text)
        return true;
    point->has_offset = true;
    if (scan_word(text, "Z"))
        return true;
    int sign = scan_word(text, "-") ? -1 : 1;
    if (sign > 0 && !scan_word(text, "+"))
        return false;
    if (!scan_number(text, 2, 2, &hours))
        return false;
    scan_word(text, ":");
    if (**text && !scan_number(text, 2, 2, &minutes))
        return false;
    point->offset_s = sign * (hours * 3600 + minutes * 60);
    return hours < 24 && minutes < 60;
}

/* ---- distances ---- */

/* "2h30m" and so on. */
static bool parse_distance(const struct when *when, const char *text, int64_t *instant_s)
{
    static const char units[] = "smhdw";
    static const int seconds[] = {1, 60, 3600, 86400, 604800};
    int64_t sum_s = 0;
    do {
        char *end;
        errno = 0;
        long value = *text >= '0' && *text <= '9' ? strtol(text, &end, 10) : -1;
        const char *unit = value >= 0 && *end ? strchr(units, *end) : NULL;
        if (errno || !unit || value > DISTANCE_MAX)
            return false;
        sum_s += (int64_t)value * seconds[unit - units];
        text = end + 1;
    } while (*text);
    *instant_s = when->now_s + (when->towards < 0 ? -sum_s : sum_s);
    return true;
}

/* ---- points ---- */

/* The day that lies so many days from today where clocks are offset_s ahead; midnight. */
static struct civil day_from_today(const struct when *when, int offset_s, int days)
{
    struct civil at = civil_from_local_s(when->now_s + offset_s + (int64_t)days * CIVIL_DAY_S);
    at.hour = at.minute = at.second = 0;
    return at;
}

static bool take_day(const struct when *when, const char **text, struct civil *at)
{
    static const char *const words[] = {"yesterday", "today", "tomorrow"};
    for (int i = 0; i < (int)ARRAY_LEN(words); i++) {
        if (!scan_word(text, words[i]))
            continue;
        *at = day_from_today(when, zone_offset_s(when->zone, when->now_s), i - 1);
        return true;
    }
    return take_date(text, at);
}

/* Today is what it is where that time of day is: with an offset another day, perhaps, than here. */
static void set_today(const struct when *when, struct point *point)
{
    int offset_s = point->has_offset ? point->offset_s : zone_offset_s(when->zone, when->now_s);
    struct civil today = day_from_today(when, offset_s, 0);
    point->at.year = today.year;
    point->at.month = today.month;
    point->at.day = today.day;
}

static bool read_point(const struct when *when, const char *text, struct point *point)
{
    const char *rest = text;
    point->has_day = take_day(when, &rest, &point->at);
    if (point->has_day && !*rest)
        return true;
    if (!point->has_day)
        rest = text;
    else if (!scan_word(&rest, " ") && !scan_word(&rest, "T"))
        return false;
    if (!take_time(&rest, &point->at) || !take_offset(&rest, point) || *rest)
        return false;
    if (!point->has_day)
        set_today(when, point);
    return true;
}

static bool exists(const struct when *when, const char *text, const struct civil *at,
                   struct err *err)
{
    if (at->month < 1 || at->month > 12 || at->day < 1 ||
        at->day > civil_days_in_month(at->year, at->month))
        return err_set(err, ERR_USAGE, "%s '%.60s': there is no such day", when->option, text);
    if (at->hour > 23 || at->minute > 59 || at->second > 59)
        return err_set(err, ERR_USAGE, "%s '%.60s': there is no such time of day", when->option,
                       text);
    return true;
}

static int64_t instant_of(const struct when *when, const struct point *point, int64_t local_s)
{
    if (point->has_offset)
        return local_s - point->offset_s;
    struct zone_local found = zone_resolve(when->zone, local_s);
    return found.count ? found.first_s : found.gap_end_s;
}

/* A time of day alone is the one nearest to now, in the wanted direction. */
static int64_t find_instant(const struct when *when, const struct point *point)
{
    int64_t local_s = local_s_from_civil(&point->at);
    int64_t instant_s = instant_of(when, point, local_s);
    if (!point->has_day && when->towards > 0 && instant_s <= when->now_s)
        return instant_of(when, point, local_s + CIVIL_DAY_S);
    if (!point->has_day && when->towards < 0 && instant_s > when->now_s)
        return instant_of(when, point, local_s - CIVIL_DAY_S);
    return instant_s;
}

static bool parse(const struct when *when, const char *text, int64_t *instant_s, struct err *err)
{
    struct point point = {0};
    if (*text == '@')
        return parse_epoch(when, text + 1, instant_s, err);
    if (parse_distance(when, text, instant_s))
        return true;
    if (!read_point(when, text, &point))
        return err_set(err, ERR_USAGE,
                       "%s '%.60s': wanted a time such as '2026-11-24 13:00', 13:00 or tomorrow, a "
                       "distance such as 30m, 2h30m, 3d or 1w, or @EPOCH",
                       when->option, text);
    if (!exists(when, text, &point.at, err))
        return false;
    *instant_s = find_instant(when, &point);
    return true;
}

bool when_parse(const struct when *when, const char *text, int64_t *instant_s, struct err *err)
{
    if (!parse(when, text, instant_s, err))
        return false;
    return (*instant_s >= instant_min_s && *instant_s <= WALLTIME_LAST_S) ||
           err_set(err, ERR_USAGE, "%s '%.60s': wanted a time from the year 1 to 9999",
                   when->option, text);
}
