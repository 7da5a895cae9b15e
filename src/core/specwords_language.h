/* specwords_language.h: the words of core/specwords.c, a table per language.
 *
 * Not for anybody but specwords.c.
 */
#ifndef CORE_SPECWORDS_LANGUAGE_H
#define CORE_SPECWORDS_LANGUAGE_H

#include <stdbool.h>

/* How a language puts it.  "@" is the first thing to fill in, "#" the second. */
struct language {
    const char *days_of_week[7]; /* Monday first, as in "on Mondays" */
    const char *months[12];
    const char *and, *never;
    const char *every_minute, *minutes, *minutes_from;
    const char *hourly, *hourly_at_minute, *hourly_at_minutes;
    const char *hours, *hours_from;
    const char *at, *from_to;
    const char *daily, *on_weekdays, *weekday_range;
    const char *on_days, *day_range, *of_each_month, *in_months, *month_range;
    const char *yearly; /* day, month */
    const char *or_days;
    bool days_first; /* in front of "every 5 minutes", too */
};

extern const struct language specwords_english;
extern const struct language specwords_german;

#endif
