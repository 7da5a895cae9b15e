#include "core/date.h"

#include <stdbool.h>
#include <stdio.h>

struct civil date_now(const struct zone *zone, int64_t instant_us)
{
    int64_t instant_s = civil_floor_div(instant_us, 1000000);
    return civil_from_local_s(instant_s + zone_offset_s(zone, instant_s));
}

struct civil date_today(const struct zone *zone, int64_t instant_us)
{
    struct civil date = date_now(zone, instant_us);
    return (struct civil){.year = date.year, .month = date.month, .day = date.day};
}

static struct civil not_before_year_1(struct civil date)
{
    return date.year >= 1 ? date : (struct civil){.year = 1, .month = 1, .day = 1};
}

static struct civil minus_months(struct civil date, int64_t months)
{
    bool is_last = date.day == civil_days_in_month(date.year, date.month);
    int64_t month = (int64_t)date.year * 12 + date.month - 1 - months;
    date.year = (int)civil_floor_div(month, 12);
    date.month = (int)(month - (int64_t)date.year * 12) + 1;
    int last = civil_days_in_month(date.year, date.month);
    if (is_last || date.day > last)
        date.day = last;
    return date;
}

struct civil date_minus(const struct civil *date, struct date_step step)
{
    struct civil then = civil_from_local_s(local_s_from_civil(date) - step.days * CIVIL_DAY_S);
    return not_before_year_1(minus_months(then, step.months));
}

void date_text(const struct civil *date, char out[static DATE_TEXT_MAX])
{
    snprintf(out, DATE_TEXT_MAX, "%04d-%02d-%02d", date->year, date->month, date->day);
}

void date_time_text(const struct civil *date, char out[static DATE_TIME_TEXT_MAX])
{
    snprintf(out, DATE_TIME_TEXT_MAX, "%04d-%02d-%02d %02d:%02d:%02d", date->year, date->month,
             date->day, date->hour, date->minute, date->second);
}
