#include "core/civil.h"

#include <stdbool.h>

/* Years are counted from March here, so that a leap day is the last day of its year and of every
 * larger cycle; day 0 of that count, 0000-03-01, lies this many days before 1970-01-01. */
enum { DAYS_BEFORE_1970 = 719468 };
enum { DAYS_IN_100_YEARS = 36524, DAYS_IN_4_YEARS = 1461, DAYS_IN_YEAR = 365 };

/* Days between 1 March and the first of a month, counted from March = 0: 31, 30, 31, 30, 31 and
 * again, which is 153 days every five months. */
static int days_before_month(int months_since_march)
{
    return (153 * months_since_march + 2) / 5;
}

int64_t civil_days(int year, int month, int day)
{
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t leap_days = civil_floor_div(y, 4) - civil_floor_div(y, 100) + civil_floor_div(y, 400);
    return y * DAYS_IN_YEAR + leap_days + days_before_month((month + 9) % 12) + day - 1 -
           DAYS_BEFORE_1970;
}

/* The last cycle of a larger one holds the leap day and is longer by it: never index 4. */
static int64_t cycle_index(int64_t days, int64_t cycle_days)
{
    int64_t index = days / cycle_days;
    return index > 3 ? 3 : index;
}

static void set_date(struct civil *civil, int64_t days)
{
    int64_t rest = days + DAYS_BEFORE_1970;
    int64_t n400 = civil_floor_div(rest, CIVIL_DAYS_IN_400_YEARS);
    rest -= n400 * CIVIL_DAYS_IN_400_YEARS;
    int64_t n100 = cycle_index(rest, DAYS_IN_100_YEARS);
    rest -= n100 * DAYS_IN_100_YEARS;
    int64_t n4 = rest / DAYS_IN_4_YEARS;
    rest -= n4 * DAYS_IN_4_YEARS;
    int64_t n1 = cycle_index(rest, DAYS_IN_YEAR);
    rest -= n1 * DAYS_IN_YEAR;

    int day_of_year = (int)rest;
    int since_march = (5 * day_of_year + 2) / 153;
    bool next_year = since_march >= 10;
    civil->month = next_year ? since_march - 9 : since_march + 3;
    civil->day = day_of_year - days_before_month(since_march) + 1;
    civil->year = (int)(n400 * 400 + n100 * 100 + n4 * 4 + n1 + next_year);
}

struct civil civil_from_local_s(int64_t local_s)
{
    struct civil civil = {0};
    int64_t days = civil_floor_div(local_s, CIVIL_DAY_S);
    int of_day = (int)(local_s - days * CIVIL_DAY_S);
    set_date(&civil, days);
    civil.hour = of_day / 3600;
    civil.minute = of_day / 60 % 60;
    civil.second = of_day % 60;
    return civil;
}

int64_t local_s_from_civil(const struct civil *civil)
{
    int64_t days = civil_days(civil->year, civil->month, civil->day);
    return days * CIVIL_DAY_S + civil->hour * 3600 + civil->minute * 60 + civil->second;
}

int civil_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

int civil_weekday(int64_t days)
{
    int64_t since_monday = days + 3; /* 1970-01-01 was a Thursday */
    return (int)(since_monday - civil_floor_div(since_monday, 7) * 7);
}
