#include <string.h>

#include "core/civil.h"
#include "core/zone.h"
#include "core/zone_build.h"

enum { STD_HOURS_MAX = 24, TIME_HOURS_MAX = 167, FEBRUARY_29 = 60 };

static const char us_dates[] = ",M3.2.0,M11.1.0";

enum day_kind { DAY_JULIAN, DAY_OF_YEAR, DAY_OF_WEEK };

/* A day in every year and a time on it. */
struct yearly {
    enum day_kind kind;
    int day;    /* Jn: 1 to 365 without 29 February; n: 0 to 365; Mm.w.d: weekday, 0 Sunday */
    int month;  /* Mm.w.d only */
    int week;   /* Mm.w.d only: 1 to 5, 5 the last */
    int time_s; /* may be negative or beyond 24 hours */
};

struct rule {
    int32_t std_s;
    int32_t dst_s;
    bool has_dst;
    struct yearly start; /* in standard time */
    struct yearly end;   /* in daylight saving time */
};

/* What is left to read. */
struct cursor {
    const char *at;
    const char *end;
};

static char peek(const struct cursor *in)
{
    return in->at < in->end ? *in->at : '\0';
}

static bool take(struct cursor *in, char wanted)
{
    if (in->at == in->end || *in->at != wanted)
        return false;
    in->at++;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool take_number(struct cursor *in, int min, int max, int *number)
{
    int value = 0;
    if (!is_digit(peek(in)))
        return false;
    while (is_digit(peek(in))) {
        value = value * 10 + (*in->at++ - '0');
        if (value > max)
            return false;
    }
    *number = value;
    return value >= min;
}

/* "CET" or "<+0330>"; the standard wants three characters at least. */
static bool take_name(struct cursor *in)
{
    const char *start;
    if (take(in, '<')) {
        start = in->at;
        while (is_letter(peek(in)) || is_digit(peek(in)) || peek(in) == '+' || peek(in) == '-')
            in->at++;
        return in->at - start >= 3 && take(in, '>');
    }
    start = in->at;
    while (is_letter(peek(in)))
        in->at++;
    return in->at - start >= 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static bool take_time(struct cursor *in, int hours_max, int *seconds)
{
    int hours = 0;
    int minutes = 0;
    int rest = 0;
    bool negative = take(in, '-');
    if (!negative)
        (void)take(in, '+');
    if (!take_number(in, 0, hours_max, &hours))
        return false;
    if (take(in, ':')) {
        if (!take_number(in, 0, 59, &minutes))
            return false;
        if (take(in, ':') && !take_number(in, 0, 59, &rest))
            return false;
    }
    *seconds = hours * 3600 + minutes * 60 + rest;
    if (negative)
        *seconds = -*seconds;
    return true;
}

/* TZ counts offsets westwards. */
static bool take_offset(struct cursor *in, int32_t *offset_s)
{
    int west = 0;
    if (!take_time(in, STD_HOURS_MAX, &west))
        return false;
    *offset_s = -west;
    return true;
}

static bool take_month_day(struct cursor *in, struct yearly *yearly)
{
    yearly->kind = DAY_OF_WEEK;
    return take_number(in, 1, 12, &yearly->month) && take(in, '.') &&
           take_number(in, 1, 5, &yearly->week) && take(in, '.') &&
           take_number(in, 0, 6, &yearly->day);
}

static bool take_yearly(struct cursor *in, struct yearly *yearly)
{
    bool ok;
    if (take(in, 'M')) {
        ok = take_month_day(in, yearly);
    } else if (take(in, 'J')) {
        yearly->kind = DAY_JULIAN;
        ok = take_number(in, 1, 365, &yearly->day);
    } else {
        yearly->kind = DAY_OF_YEAR;
        ok = take_number(in, 0, 365, &yearly->day);
    }
    yearly->time_s = 2 * 3600;
    if (ok && take(in, '/'))
        ok = take_time(in, TIME_HOURS_MAX, &yearly->time_s);
    return ok;
}

static bool take_dates(struct cursor *in, struct rule *rule)
{
    return take(in, ',') && take_yearly(in, &rule->start) && take(in, ',') &&
           take_yearly(in, &rule->end);
}

static bool take_rule(struct cursor *in, struct rule *rule)
{
    if (!take_name(in) || !take_offset(in, &rule->std_s))
        return false;
    if (in->at == in->end)
        return true;
    rule->has_dst = true;
    rule->dst_s = rule->std_s + 3600;
    if (!take_name(in))
        return false;
    if (peek(in) != ',' && in->at != in->end && !take_offset(in, &rule->dst_s))
        return false;
    if (in->at != in->end)
        return take_dates(in, rule);
    struct cursor dates = {us_dates, us_dates + strlen(us_dates)};
    return take_dates(&dates, rule);
}

static int64_t yearly_day(const struct yearly *yearly, int year)
{
    int64_t new_year = civil_days(year, 1, 1);
    if (yearly->kind == DAY_OF_YEAR)
        return new_year + yearly->day;
    if (yearly->kind == DAY_JULIAN) {
        bool after_leap_day = civil_days_in_month(year, 2) == 29 && yearly->day >= FEBRUARY_29;
        return new_year + yearly->day - 1 + after_leap_day;
    }
    int64_t first = civil_days(year, yearly->month, 1);
    int first_weekday = (civil_weekday(first) + 1) % 7; /* 0 Sunday, as the rule counts */
    int day = (yearly->day - first_weekday + 7) % 7 + (yearly->week - 1) * 7;
    if (day >= civil_days_in_month(year, yearly->month))
        day -= 7;
    return first + day;
}

static int64_t yearly_instant(const struct yearly *yearly, int year, int32_t offset_s)
{
    return yearly_day(yearly, year) * CIVIL_DAY_S + yearly->time_s - offset_s;
}

/* Writes the two changes of a year down, unless they are not later than `after`. */
static bool add_year(struct zone *zone, const struct rule *rule, int year, int64_t after,
                     struct err *err)
{
    struct zone_entry first = {yearly_instant(&rule->start, year, rule->std_s), rule->dst_s};
    struct zone_entry second = {yearly_instant(&rule->end, year, rule->dst_s), rule->std_s};
    if (first.at_s > second.at_s) {
        struct zone_entry swap = first;
        first = second;
        second = swap;
    }
    return (first.at_s <= after || zone_add(zone, first.at_s, first.offset_s, err)) &&
           (second.at_s <= after || zone_add(zone, second.at_s, second.offset_s, err));
}

/* Two years before the repeated part settle what is in force when it begins, two years behind it
 * settle what follows its last change; what lies more than a year behind is provisional. */
static bool add_years(struct zone *zone, const struct rule *rule, const int64_t *after_s,
                      struct err *err)
{
    int64_t after = after_s ? *after_s : INT64_MIN;
    int repeat_year = after_s ? civil_from_local_s(after).year + 2 : 1970;
    for (int year = repeat_year - 2; year <= repeat_year + 402; year++)
        if (!add_year(zone, rule, year, after, err))
            return false;
    int64_t trusted_s = civil_days(repeat_year + 401, 1, 1) * CIVIL_DAY_S;
    while (zone->count && zone->entries[zone->count - 1].at_s > trusted_s)
        zone->count--;
    zone->repeats = true;
    zone->repeats_before = !after_s;
    zone->repeat_from_s = civil_days(repeat_year, 1, 1) * CIVIL_DAY_S;
    return true;
}

bool zone_add_rule(struct zone *zone, const char *posix_tz, size_t len, const int64_t *after_s,
                   struct err *err)
{
    struct rule rule = {0};
    struct cursor in = {posix_tz, posix_tz + len};
    if (!take_rule(&in, &rule) || in.at != in.end)
        return err_set(err, ERR_CONFIG, "not a time zone rule: '%.*s'", len > 100 ? 100 : (int)len,
                       posix_tz);
    if (!after_s)
        zone->first_offset_s = rule.std_s;
    return !rule.has_dst || add_years(zone, &rule, after_s, err);
}

bool zone_parse_posix(struct zone *zone, const char *posix_tz, struct err *err)
{
    *zone = (struct zone){0};
    if (zone_add_rule(zone, posix_tz, strlen(posix_tz), NULL, err))
        return true;
    zone_release(zone);
    return false;
}
