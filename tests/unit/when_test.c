/* cmd/when: times on the command line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "cmd/when.h"
#include "core/walltime.h"
#include "io/zonefile.h"

static struct zone berlin;

static int load(void **state)
{
    struct err err;
    (void)state;
    return zonefile_load(&berlin, "Europe/Berlin", &err) ? 0 : -1;
}

static int release(void **state)
{
    (void)state;
    zone_release(&berlin);
    return 0;
}

/* Tuesday, 2026-11-24 13:00:00 in Berlin. */
static const int64_t now_s = 1795521600;

static struct when make_when(int towards)
{
    return (struct when){.option = "--when", .zone = &berlin, .now_s = now_s, .towards = towards};
}

/* Shortly after midnight in Berlin it is still yesterday in UTC. */
static void times_of_day_with_an_offset_have_its_today(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int64_t now_s;
        const char *text;
        int towards;
        const char *shown;
    } rows[] = {
        /* 2026-11-25 00:20 */
        {"to come", 1795562400, "23:45Z", 1, "2026-11-25 00:45:00 +0100"},
        {"that is over there: tomorrow's", 1795562400, "23:15Z", 1, "2026-11-26 00:15:00 +0100"},
        {"past", 1795562400, "23:15Z", -1, "2026-11-25 00:15:00 +0100"},
        {"that is to come there: yesterday's", 1795562400, "23:45Z", -1,
         "2026-11-24 00:45:00 +0100"},
        {"our own offset", 1795562400, "00:45 +0100", 1, "2026-11-25 00:45:00 +0100"},
        /* 2026-11-24 23:30, where it is tomorrow already in the east */
        {"further east", 1795559400, "08:00+0900", 1, "2026-11-25 00:00:00 +0100"},
        {"further east, past", 1795559400, "07:00+0900", -1, "2026-11-24 23:00:00 +0100"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char shown[WALLTIME_MAX];
        int64_t instant_s = 0;
        struct err err;
        struct when when = make_when(rows[i].towards);
        when.now_s = rows[i].now_s;
        if (!when_parse(&when, rows[i].text, &instant_s, &err))
            fail_msg("%s: %s", rows[i].name, err.text);
        walltime_show(&berlin, instant_s * WALLTIME_SECOND_US, shown);
        if (strcmp(shown, rows[i].shown) != 0)
            fail_msg("%s: %s", rows[i].name, shown);
    }
}

static void times_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        int towards;
        const char *shown;
    } rows[] = {
        {"a day", "2026-11-24", -1, "2026-11-24 00:00:00 +0100"},
        {"a day and a time", "2026-11-24 13:05", 1, "2026-11-24 13:05:00 +0100"},
        {"with seconds", "2026-11-24 13:05:07", 1, "2026-11-24 13:05:07 +0100"},
        {"ISO 8601", "2026-11-24T13:00", 1, "2026-11-24 13:00:00 +0100"},
        {"in UTC", "2026-11-24T13:00Z", 1, "2026-11-24 14:00:00 +0100"},
        {"with an offset", "2026-11-24T13:00:00+0530", 1, "2026-11-24 08:30:00 +0100"},
        {"with a colon in it", "2026-11-24T13:00-01:00", 1, "2026-11-24 15:00:00 +0100"},
        {"hours only", "2026-11-24T13:00+02", 1, "2026-11-24 12:00:00 +0100"},
        {"as we show it", "2026-11-24 13:05:07 +0100", 1, "2026-11-24 13:05:07 +0100"},
        {"the second time of two", "2026-10-25 02:30 +0100", 1, "2026-10-25 02:30:00 +0100"},
        {"the first of two", "2026-10-25 02:30", 1, "2026-10-25 02:30:00 +0200"},
        {"in a gap", "2027-03-28 02:30", 1, "2027-03-28 03:00:00 +0200"},
        {"a leap day", "2028-02-29", 1, "2028-02-29 00:00:00 +0100"},
        {"today", "today", -1, "2026-11-24 00:00:00 +0100"},
        {"yesterday", "yesterday", -1, "2026-11-23 00:00:00 +0100"},
        {"tomorrow", "tomorrow", 1, "2026-11-25 00:00:00 +0100"},
        {"with a time", "tomorrow 08:30", 1, "2026-11-25 08:30:00 +0100"},
        {"a time to come", "18:30", 1, "2026-11-24 18:30:00 +0100"},
        {"that is over: tomorrow's", "12:59", 1, "2026-11-25 12:59:00 +0100"},
        {"now: tomorrow's", "13:00", 1, "2026-11-25 13:00:00 +0100"},
        {"a past time", "12:59:30", -1, "2026-11-24 12:59:30 +0100"},
        {"that is to come: yesterday's", "18:30", -1, "2026-11-23 18:30:00 +0100"},
        {"seconds from now", "90s", 1, "2026-11-24 13:01:30 +0100"},
        {"minutes before", "30m", -1, "2026-11-24 12:30:00 +0100"},
        {"hours and minutes", "2h30m", 1, "2026-11-24 15:30:00 +0100"},
        {"a week and a day before", "1w1d", -1, "2026-11-16 13:00:00 +0100"},
        {"days are of 24 hours", "180d", 1, "2027-05-23 14:00:00 +0200"},
        {"seconds since 1970", "@0", 1, "1970-01-01 01:00:00 +0100"},
        {"before it", "@-3600", 1, "1970-01-01 00:00:00 +0100"},
        {"the last second", "@253402300799", 1, "10000-01-01 00:59:59 +0100"},
        {"the first one", "@-62135596800", 1, "0001-01-01 00:53:28 +005328"},
        {"nearly 8000 years", "416000w", 1, "9999-09-07 14:00:00 +0200"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char shown[WALLTIME_MAX];
        int64_t instant_s = 0;
        struct err err;
        struct when when = make_when(rows[i].towards);
        if (!when_parse(&when, rows[i].text, &instant_s, &err))
            fail_msg("%s: %s", rows[i].name, err.text);
        walltime_show(&berlin, instant_s * WALLTIME_SECOND_US, shown);
        if (strcmp(shown, rows[i].shown) != 0)
            fail_msg("%s: %s", rows[i].name, shown);
    }
}

static void others_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *message;
    } rows[] = {
        {"nothing", "", "wanted a time"},
        {"a word", "sometime", "wanted a time"},
        {"a word with a tail", "todays", "wanted a time"},
        {"a number", "30", "wanted a time"},
        {"a unit that is none", "30y", "wanted a time"},
        {"no number", "h", "wanted a time"},
        {"a negative one", "-2h", "wanted a time"},
        {"half of a distance", "2h30", "wanted a time"},
        {"endless", "99999999999999999999d", "wanted a time"},
        {"a short date", "2026-1-2", "wanted a time"},
        {"a half time", "2026-11-24 13", "wanted a time"},
        {"only T", "2026-11-24T", "wanted a time"},
        {"a half offset", "2026-11-24T13:00+1", "wanted a time"},
        {"an offset behind a date", "2026-11-24+0100", "wanted a time"},
        {"more behind it", "2026-11-24 13:00 +0100 x", "wanted a time"},
        {"the 31st of November", "2026-11-31", "'2026-11-31': there is no such day"},
        {"with a time", "2026-02-29 12:00", "there is no such day"},
        {"month 13", "2026-13-01", "there is no such day"},
        {"day 0", "2026-01-00", "there is no such day"},
        {"hour 24", "2026-11-24 24:00", "there is no such time of day"},
        {"minute 60", "12:60", "there is no such time of day"},
        {"an epoch that is none", "@x", "not seconds since 1970"},
        {"beyond all times", "@99999999999999999999", "not seconds since 1970"},
        {"after the year 9999", "@253402300800", "wanted a time from the year 1 to 9999"},
        {"before the year 1", "@-62135596801", "wanted a time from the year 1 to 9999"},
        {"a distance beyond it", "1000000w", "wanted a time from the year 1 to 9999"},
        {"its parts together", "400000w400000w", "wanted a time from the year 1 to 9999"},
        {"the year 0", "0000-12-31", "wanted a time from the year 1 to 9999"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t instant_s = 0;
        struct err err = {0};
        struct when when = make_when(1);
        if (when_parse(&when, rows[i].text, &instant_s, &err))
            fail_msg("%s is understood", rows[i].name);
        if (!strstr(err.text, rows[i].message) || err.kind != ERR_USAGE ||
            strncmp(err.text, "--when '", 8) != 0)
            fail_msg("%s: %s", rows[i].name, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_understood),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(times_of_day_with_an_offset_have_its_today),
    };
    return cmocka_run_group_tests(tests, load, release);
}
