/* date.h: the dates that jobs reckon with: today, some days or months ago, and their texts.
 *
 *     struct civil today = date_today(zone, now_us);
 *     struct civil then = date_minus(&today, (struct date_step){.months = 1, .days = 10});
 *     char text[DATE_TEXT_MAX];
 *     date_text(&then, text);                                   2025-01-31
 *
 * Days are taken off first, then months.  Where the date in between is the last day of its month,
 * the result is the last day of its month too; otherwise a day the month doesn't have becomes its
 * last.  (This is what Perl's DateTime does on subtracting; tests/unit/date_test.c.)
 *
 * Nothing here goes back beyond the year 1: what would is 0001-01-01.
 * Source: kivitendo.md "Jobs that are plain SQL".
 * Not here: instants and how schedules store them (core/walltime.h).
 */
#ifndef CORE_DATE_H
#define CORE_DATE_H

#include <stdint.h>

#include "base/attr.h"
#include "core/civil.h"
#include "core/zone.h"

enum { DATE_TEXT_MAX = 16, DATE_TIME_TEXT_MAX = 32 };

/* How far back; neither is negative. */
struct date_step {
    int64_t months;
    int64_t days;
};

/* The wall clock's date and time at an instant. */
struct civil date_now(const struct zone *zone, int64_t instant_us) MUST_USE;

/* The same at 00:00:00 of its day. */
struct civil date_today(const struct zone *zone, int64_t instant_us) MUST_USE;

/* The time of day stays. */
struct civil date_minus(const struct civil *date, struct date_step step) MUST_USE;

/* 'YYYY-MM-DD', as PostgreSQL reads a date. */
void date_text(const struct civil *date, char out[static DATE_TEXT_MAX]);

/* 'YYYY-MM-DD HH:MM:SS', as PostgreSQL reads a timestamp. */
void date_time_text(const struct civil *date, char out[static DATE_TIME_TEXT_MAX]);

#endif
