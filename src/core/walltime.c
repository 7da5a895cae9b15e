#include "core/walltime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/civil.h"
#include "core/scan.h"

enum { YEAR_DIGITS_MAX = 6, FRACTION_DIGITS = 6, SECOND_OF_TWO_US = 1 };

static int64_t whole_s(int64_t instant_us)
{
    return civil_floor_div(instant_us, WALLTIME_SECOND_US);
}

/* Year 0 is 1 BC. */
static int shown_year(int year)
{
    return year > 0 ? year : 1 - year;
}

/* date and time, `suffix`, and the era where there is one; or infinity. */
static void print(char out[WALLTIME_MAX], int64_t instant_us, int64_t local_s, const char *suffix)
{
    struct civil at = civil_from_local_s(local_s);
    if (instant_us == INT64_MAX || instant_us == INT64_MIN)
        snprintf(out, WALLTIME_MAX, "%sinfinity", instant_us < 0 ? "-" : "");
    else
        snprintf(out, WALLTIME_MAX, "%04d-%02d-%02d %02d:%02d:%02d%s%s", shown_year(at.year),
                 at.month, at.day, at.hour, at.minute, at.second, suffix, at.year > 0 ? "" : " BC");
}

void walltime_format(const struct zone *zone, int64_t instant_us, char out[WALLTIME_MAX])
{
    int64_t instant_s = whole_s(instant_us);
    int64_t local_s = instant_s + zone_offset_s(zone, instant_s);
    struct zone_local found = zone_resolve(zone, local_s);
    bool second = found.count == 2 && instant_s >= found.second_s;
    print(out, instant_us, local_s, second ? ".000001" : "");
}

void walltime_format_run(const struct zone *zone, int64_t instant_us, char out[WALLTIME_MAX])
{
    char fraction[16];
    int64_t instant_s = whole_s(instant_us);
    int64_t rest_us = instant_us % WALLTIME_SECOND_US;
    if (rest_us < 0)
        rest_us += WALLTIME_SECOND_US;
    snprintf(fraction, sizeof fraction, ".%06d", (int)rest_us);
    print(out, instant_us, instant_s + zone_offset_s(zone, instant_s), fraction);
}

void walltime_show(const struct zone *zone, int64_t instant_us, char out[WALLTIME_MAX])
{
    char suffix[16];
    int64_t instant_s = whole_s(instant_us);
    int32_t offset_s = zone_offset_s(zone, instant_s);
    int distance_s = abs(offset_s);
    int used = snprintf(suffix, sizeof suffix, " %c%02d%02d", offset_s < 0 ? '-' : '+',
                        distance_s / 3600, distance_s / 60 % 60);
    if (distance_s % 60)
        snprintf(suffix + used, sizeof suffix - (size_t)used, "%02d", distance_s % 60);
    print(out, instant_us, instant_s + offset_s, suffix);
}

static bool take_date(const char **text, struct civil *at)
{
    return scan_number(text, 4, YEAR_DIGITS_MAX, &at->year) && scan_word(text, "-") &&
           scan_number(text, 2, 2, &at->month) && scan_word(text, "-") &&
           scan_number(text, 2, 2, &at->day);
}

static bool take_time(const char **text, struct civil *at)
{
    return scan_number(text, 2, 2, &at->hour) && scan_word(text, ":") &&
           scan_number(text, 2, 2, &at->minute) && scan_word(text, ":") &&
           scan_number(text, 2, 2, &at->second);
}

/* ".5" is half a second: the digits count from the left. */
static bool take_fraction(const char **text, int *fraction_us)
{
    *fraction_us = 0;
    if (!scan_word(text, "."))
        return true;
    const char *start = *text;
    if (!scan_number(text, 1, FRACTION_DIGITS, fraction_us))
        return false;
    for (long digits = *text - start; digits < FRACTION_DIGITS; digits++)
        *fraction_us *= 10;
    return true;
}

static bool is_valid(const struct civil *at)
{
    return at->month >= 1 && at->month <= 12 && at->day >= 1 &&
           at->day <= civil_days_in_month(at->year, at->month) && at->hour < 24 &&
           at->minute < 60 && at->second < 60;
}

static bool read_local(const char *text, struct civil *at, int *fraction_us)
{
    if (!take_date(&text, at) || !scan_word(&text, " ") || !take_time(&text, at) ||
        !take_fraction(&text, fraction_us))
        return false;
    if (at->year == 0) /* PostgreSQL writes 0001 … BC */
        return false;
    if (scan_word(&text, " BC"))
        at->year = 1 - at->year;
    return *text == '\0' && is_valid(at);
}

static int64_t to_us(int64_t instant_s, int fraction_us)
{
    int64_t limit_s = INT64_MAX / WALLTIME_SECOND_US;
    if (instant_s >= limit_s)
        return INT64_MAX;
    if (instant_s <= -limit_s)
        return INT64_MIN;
    return instant_s * WALLTIME_SECOND_US + fraction_us;
}

bool walltime_parse(const struct zone *zone, const char *text, int64_t *instant_us, struct err *err)
{
    struct civil at;
    int fraction_us = 0;
    bool infinite = strcmp(text, "infinity") == 0;
    if (infinite || strcmp(text, "-infinity") == 0) {
        *instant_us = infinite ? INT64_MAX : INT64_MIN;
        return true;
    }
    if (!read_local(text, &at, &fraction_us))
        return err_set(err, ERR_INTERNAL, "not a local time: '%.60s'", text);

    struct zone_local found = zone_resolve(zone, local_s_from_civil(&at));
    if (found.count == 0)
        *instant_us = to_us(found.gap_end_s, 0);
    else if (found.count == 2 && fraction_us == SECOND_OF_TWO_US)
        *instant_us = to_us(found.second_s, 0);
    else
        *instant_us = to_us(found.first_s, fraction_us);
    return true;
}
