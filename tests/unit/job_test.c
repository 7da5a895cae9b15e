/* core/job: which next times no schedule has set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/job.h"
#include "core/walltime.h"
#include "io/zonefile.h"

static const char now[] = "2026-11-30 12:00:00";

static const struct {
    const char *name;
    const char *spec;
    const char *next; /* NULL: none */
    bool once;
    bool postponed;
} rows[] = {
    {"in its turn", "*/5 * * * *", "2026-11-30 12:05:00", false, false},
    {"left out until tomorrow", "*/5 * * * *", "2026-12-01 12:00:00", false, false},
    {"the clock was wrong", "*/5 * * * *", "2099-01-01 00:05:00", false, true},
    {"without a spec, every minute", NULL, "2099-01-01 00:05:00", false, true},
    {"a week ahead of every day's", "0 3 * * *", "2026-12-07 03:00:00", false, true},
    {"one left out of every month's", "0 3 1 * *", "2027-01-01 03:00:00", false, false},
    {"two left out of every month's", "0 3 1 * *", "2027-02-01 03:00:00", false, true},
    {"a rare one in its turn", "0 3 29 2 *", "2028-02-29 03:00:00", false, false},
    {"a rare one, one left out", "0 3 29 2 *", "2032-02-29 03:00:00", false, false},
    {"a rare one, far too late", "0 3 29 2 *", "2099-01-01 00:00:00", false, true},
    {"once", "*/5 * * * *", "2099-01-01 00:05:00", true, false},
    {"never, as somebody wants it", "*/5 * * * *", "infinity", false, false},
    {"no time", "*/5 * * * *", NULL, false, false},
    {"no spec", "99 * * * *", "2099-01-01 00:05:00", false, false},
    {"a spec that never fires", "0 3 30 2 *", "2099-01-01 00:05:00", false, false},
    {"due", "*/5 * * * *", "2020-01-01 00:00:00", false, false},
};

static int64_t instant_of(const struct zone *zone, const char *text)
{
    int64_t instant_us = 0;
    struct err err = {0};
    if (!walltime_parse(zone, text, &instant_us, &err))
        fail_msg("%s: %s", text, err.text);
    return instant_us;
}

static void test_postponed(void **state)
{
    (void)state;
    struct zone zone;
    struct err err = {0};
    if (!zonefile_load(&zone, "Europe/Berlin", &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct job job = {
            .type = rows[i].once ? (char[]){"once"} : (char[]){"interval"},
            .spec = (char *)rows[i].spec,
            .has_next = rows[i].next != NULL,
        };
        if (rows[i].next)
            job.next_us = instant_of(&zone, rows[i].next);
        if (job_is_postponed(&job, &zone, instant_of(&zone, now)) != rows[i].postponed)
            fail_msg("%s", rows[i].name);
    }
    zone_release(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_postponed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
