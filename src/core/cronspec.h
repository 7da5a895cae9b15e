/* cronspec.h: what a cron_spec means, and when it fires next.
 *
 *     struct cronspec spec;
 *     if (!cronspec_parse(&spec, text, &err)) …         the text of the column, NULL included
 *     if (*spec.warning) …                              somebody is looking: tell them
 *     if (!cronspec_next(&spec, &zone, now_s, &at_s)) …  never
 *
 * Units: instants in seconds since 1970-01-01 00:00:00 UTC.  Nothing to release.
 * `= {0}` is a spec that never fires.
 *
 * The grammar, the rule for days and that for the two odd hours are the project's own document
 * schedule.md, chapter by chapter; the answers are those of DateTime::Event::Cron 0.09 for every
 * spec it accepts, away from clock changes and from its known faults (tests/reference/).
 * Extensions: names of months and weekdays, @hourly and its like, and Sunday as 0 at any place.
 * "sun" is 0 where a range begins (sun-tue), 7 elsewhere.
 *
 * Errors (ERR_JOB): the message quotes the spec and says which field is wrong and why.
 *
 * Not here: what happens to a job whose spec is wrong or never fires.
 */
#ifndef CORE_CRONSPEC_H
#define CORE_CRONSPEC_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/zone.h"

enum {
    CRONSPEC_TEXT_MAX = 1020, /* bytes: 255 characters, what the column holds, of four bytes each */
    CRONSPEC_WARNING_MAX = 256,
};

/* Sets of numbers: bit n stands for n. */
struct cronspec {
    uint64_t minutes; /* 0 to 59 */
    uint32_t hours;   /* 0 to 23 */
    uint32_t days;    /* 1 to 31; empty when only weekdays decide */
    uint16_t months;  /* 1 to 12 */
    uint8_t weekdays; /* 0 Monday to 6 Sunday; empty when only days of the month decide */
    bool every_hour;  /* all 24 hours: follows elapsed time through gaps and folds */
    bool fires;       /* false: there is no such date, as for 31 February */
    char warning[CRONSPEC_WARNING_MAX]; /* what a person should be told, "" when nothing */
};

/* Reads a spec; NULL, "" and blanks mean every minute.  A spec that never fires is no error. */
bool cronspec_parse(struct cronspec *spec, const char *text, struct err *err) MUST_USE;

/* The earliest instant later than after_s at which the spec fires; false: never (or not before
 * CIVIL_LOCAL_MAX_S).  Dates lie at most eight years apart, so the search is short. */
bool cronspec_next(const struct cronspec *spec, const struct zone *zone, int64_t after_s,
                   int64_t *at_s) MUST_USE;

/* The latest instant after after_s and up to until_s at which the spec fires; after_s where there
 * is none.  However many there are, it takes some dozen steps at most. */
int64_t cronspec_latest(const struct cronspec *spec, const struct zone *zone, int64_t after_s,
                        int64_t until_s);

#endif
