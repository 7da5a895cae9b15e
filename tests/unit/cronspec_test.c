/* Cron specs: what the fields pick, which days match, and the next time around odd hours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/civil.h"
#include "core/cronspec.h"
#include "core/walltime.h"
#include "io/zonefile.h"

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY };

static struct cronspec parse(const char *text)
{
    struct cronspec spec;
    struct err err;
    if (!cronspec_parse(&spec, text, &err))
        fail_msg("%s", err.text);
    return spec;
}

/* "1-3,7": the numbers in a set, runs as ranges. */
static void print_set(uint64_t set, char out[256])
{
    size_t used = 0;
    out[0] = '\0';
    for (int n = 0; n < 64; n++) {
        int last = n;
        if (!(set >> n & 1))
            continue;
        while (last < 63 && set >> (last + 1) & 1)
            last++;
        used += (size_t)snprintf(out + used, 256 - used, "%s%d", used ? "," : "", n);
        if (last > n)
            used += (size_t)snprintf(out + used, 256 - used, "-%d", last);
        n = last;
    }
}

static uint64_t set_of(const struct cronspec *spec, int field)
{
    const uint64_t sets[] = {spec->minutes, spec->hours, spec->days, spec->months,
                             (uint64_t)spec->weekdays << 1};
    return sets[field];
}

static void fields(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int field;
        const char *text;
        const char *picked;
    } rows[] = {
        {"one number", MINUTE, "7", "7"},
        {"leading zeros", MINUTE, "007", "7"},
        {"list", MINUTE, "5,1,59", "1,5,59"},
        {"list that repeats a number", MINUTE, "5,5,1-5", "1-5"},
        {"range", HOUR, "8-17", "8-17"},
        {"range of one", HOUR, "8-8", "8"},
        {"star", HOUR, "*", "0-23"},
        {"steps count from the first of the range", HOUR, "*/5", "0,5,10,15,20"},
        {"steps of months count from 1", MONTH, "*/5", "1,6,11"},
        {"steps of weekdays count from Monday", WEEKDAY, "*/2", "1,3,5,7"},
        {"steps in a range", MINUTE, "10-30/7", "10,17,24"},
        {"a step on a number", MINUTE, "5/10", "5"},
        {"step 0 is ignored", HOUR, "0-3/0", "0-3"},
        {"a step larger than the range", HOUR, "*/99", "0"},
        {"a step beyond any integer", HOUR, "*/99999999999999999999999", "0"},
        {"a step jumps over what is out of range", MINUTE, "50-80/40", "50"},
        {"below", HOUR, "<3", "0-2"},
        {"above", HOUR, ">20", "21-23"},
        {"below and above are joined with and", HOUR, ">3,<6", "4-5"},
        {"two belows", HOUR, "<9,<3", "0-2"},
        {"two aboves", HOUR, ">9,>20", "21-23"},
        {"a step on below is ignored", HOUR, "<3/2", "0-2"},
        {"below everything is everything", HOUR, "<99", "0-23"},
        {"below joins the list", HOUR, "12,<3", "0-2,12"},
        {"not", MONTH, "!7", "1-6,8-12"},
        {"two nots", MONTH, "!7,!1", "2-6,8-12"},
        {"not takes away from the items", HOUR, "8-12,!10", "8-9,11-12"},
        {"not comes first", HOUR, "!10,8-12", "8-9,11-12"},
        {"not and above", MONTH, ">3,!7", "4-6,8-12"},
        {"not, where the others pick nothing", MONTH, "foo,!1", "2-12"},
        {"not of what is not there", HOUR, "8-12,!99", "8-12"},
        {"not of what is out of range", HOUR, "8-24,!24", "8-23"},
        {"not of what is far out of range", HOUR, "8,5000,!5000", "8"},
        {"not of several far ones", HOUR, "8,70-72,!70,!72,!71", "8"},
        {"not alone, out of range", HOUR, "!99", "0-23"},
        {"not 0 in a month's days", DAY, "0-5,!0", "1-5"},
        {"nonsense picks nothing", MINUTE, "1,foo,5", "1,5"},
        {"empty items pick nothing", MINUTE, ",1,,5,", "1,5"},
        {"a range backwards picks nothing", MINUTE, "9-5,3", "3"},
        {"two steps are nonsense", MINUTE, "*/2/3,4", "4"},
        {"an open range is nonsense", MINUTE, "5-,4", "4"},
        {"a sign is nonsense", MINUTE, "-5,4", "4"},
        {"a fraction is nonsense", MINUTE, "1.5,4", "4"},
        {"a star with a tail is nonsense", MINUTE, "*1,4", "4"},
        {"names of months", MONTH, "jan,MAR,Dec", "1,3,12"},
        {"range of names", MONTH, "feb-apr", "2-4"},
        {"name and number", MONTH, "2-apr/2", "2,4"},
        {"not a name", MONTH, "!dec", "1-11"},
        {"above a name", MONTH, ">oct", "11-12"},
        {"a longer name is nonsense", MONTH, "january,3", "3"},
        {"a weekday is no month", MONTH, "mon,3", "3"},
        {"names of weekdays", WEEKDAY, "mon-FRI", "1-5"},
        {"Sunday is 7", WEEKDAY, "7", "7"},
        {"Sunday is 0", WEEKDAY, "0", "7"},
        {"Sunday is both", WEEKDAY, "0,7", "7"},
        {"Sunday twice as 0", WEEKDAY, "0,0", "7"},
        {"from Sunday 0", WEEKDAY, "0-2", "1-2,7"},
        {"from Sunday 0 in steps", WEEKDAY, "0-6/2", "2,4,6-7"},
        {"to Sunday 7", WEEKDAY, "5-7", "5-7"},
        {"named Sunday", WEEKDAY, "sun", "7"},
        {"from named Sunday", WEEKDAY, "sun-tue", "1-2,7"},
        {"to named Sunday", WEEKDAY, "fri-sun", "5-7"},
        {"from Sunday to Sunday", WEEKDAY, "sun-sun", "7"},
        {"not 7", WEEKDAY, "!7", "1-6"},
        {"not 0 removes nothing from 1-7", WEEKDAY, "1-5,!0", "1-5"},
        {"not 0 removes 0", WEEKDAY, "0-5,!0", "1-5"},
        {"not 7 leaves 0", WEEKDAY, "0-2,!7", "1-2,7"},
        {"not named Sunday removes both", WEEKDAY, "0-2,!sun", "1-2"},
        {"below weekday", WEEKDAY, "<3", "1-2"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *words[] = {"*", "*", "*", "*", "*"};
        char text[256];
        char got[256];
        words[rows[i].field] = rows[i].text;
        snprintf(text, sizeof text, "%s %s %s %s %s", words[0], words[1], words[2], words[3],
                 words[4]);
        struct cronspec spec = parse(text);
        print_set(set_of(&spec, rows[i].field), got);
        if (strcmp(got, rows[i].picked) != 0)
            fail_msg("%s ('%s'): expected %s, got %s", rows[i].name, rows[i].text, rows[i].picked,
                     got);
    }
}

static void whole_specs(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *text;
        const char *same_as;
    } rows[] = {
        {"null", NULL, "* * * * *"},
        {"empty", "", "* * * * *"},
        {"blank", " \t\n ", "* * * * *"},
        {"a no-break space alone", "\xC2\xA0", "* * * * *"},
        {"blanks around", "  1 2 3 4 5\n", "1 2 3 4 5"},
        {"several blanks between", "1   2\t3 \r\n4\v5", "1 2 3 4 5"},
        {"no-break spaces",
         "1\xC2\xA0"
         "2 3 4 5",
         "1 2 3 4 5"},
        {"wide spaces",
         "1\xE2\x80\x89"
         "2\xE3\x80\x80"
         "3 4 5",
         "1 2 3 4 5"},
        {"hourly", "@hourly", "0 * * * *"},
        {"daily", "@daily", "0 0 * * *"},
        {"midnight", "@midnight", "0 0 * * *"},
        {"weekly", "@weekly", "0 0 * * 0"},
        {"monthly", "@monthly", "0 0 1 * *"},
        {"yearly", "@yearly", "0 0 1 1 *"},
        {"annually", " @ANNUALLY ", "0 0 1 1 *"},
        {"all days written out", "0 0 1-31 * 1", "0 0 * * 1"},
        {"all days in steps of one", "0 0 */1 * 1", "0 0 * * 1"},
        {"all weekdays written out", "0 0 5 * 0-6", "0 0 5 * *"},
        {"all weekdays as 1-7", "0 0 5 * 1-7", "0 0 5 * *"},
        {"all weekdays by below", "0 0 5 * <9", "0 0 5 * *"},
        {"everything unrestricted", "0 0 1-31 * 0-7", "0 0 * * *"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cronspec got = parse(rows[i].text);
        struct cronspec expected = parse(rows[i].same_as);
        if (memcmp(&got, &expected, sizeof got) != 0)
            fail_msg("%s: '%s' is not '%s'", rows[i].name, rows[i].text, rows[i].same_as);
    }
}

static void wrong_specs_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *why;
    } rows[] = {
        {"5", "only 1 of 5 fields"},
        {"* * * *", "only 4 of 5 fields"},
        {"60 * * * *", "minute field '60': 60 is not within 0-59"},
        {"* 24 * * *", "hour field '24': 24 is not within 0-23"},
        {"* * 0 * *", "day of month field '0': 0 is not within 1-31"},
        {"* * 0-5 * *", "0 is not within 1-31"},
        {"* * 32 * *", "32 is not within 1-31"},
        {"* * * 13 *", "month field '13': 13 is not within 1-12"},
        {"* * * 0 *", "0 is not within 1-12"},
        {"* * * * 8", "day of week field '8': 8 is not within 1-7"},
        {"0-60 * * * *", "60 is not within 0-59"},
        {"70-80/5,!70,!80 * * * *", "75 is not within 0-59"},
        {"64 * * * *", "64 is not within 0-59"},
        {"0-99999999999999999999 * * * *", "minute field"},
        {"18446744073709551616 * * * *", "minute field"},
        {"* 99,!99 * * *", "hour field '99,!99' picks nothing"},
        {"foo * * * *", "minute field 'foo' picks nothing"},
        {", * * * *", "picks nothing"},
        {"5-3 * * * *", "picks nothing"},
        {"<0 * * * *", "picks nothing"},
        {">59 * * * *", "picks nothing"},
        {">5,<3 * * * *", "picks nothing"},
        {"3,!3 * * * *", "picks nothing"},
        {"mon * * * *", "picks nothing"},
        {"* * * * * */0 nothing here counts, but: \xFF", NULL},
        {"@never", "'@never' is not a known schedule"},
        {"@", "'@' is not a known schedule"},
        {"@reboot", "'@reboot' is not a known schedule"},
        {"@hourlyy", "not a known schedule"},
        {"\x01\x02\x03", "only 1 of 5 fields"},
        {"% % % % %", "minute field '%' picks nothing"},
        {"%s %n %d * *", "minute field '%s' picks nothing"},
        {"'; DROP TABLE background_jobs; --", "picks nothing"},
        {"\xE4\xF6\xFC \xC0\x80 * * *", "picks nothing"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cronspec spec;
        struct err err = {0};
        bool accepted = cronspec_parse(&spec, rows[i].text, &err);
        if (accepted != !rows[i].why || (!accepted && !strstr(err.text, rows[i].why)))
            fail_msg("'%s': %s", rows[i].text, accepted ? "accepted" : err.text);
        if (accepted)
            continue;
        assert_int_equal(ERR_JOB, err.kind);
        assert_non_null(strstr(err.text, rows[i].text)); /* the message quotes the spec */
        assert_false(spec.fires);
    }
}

static void long_specs_are_refused(void **state)
{
    (void)state;
    static const char *const items[] = {"1,", "!1,", "99,!99,", "0-99999,", "@", " ", "x", "<1,"};
    for (size_t i = 0; i < ARRAY_LEN(items); i++) {
        char text[10001] = "";
        struct cronspec spec;
        struct err err;
        for (size_t used = 0; used + strlen(items[i]) < sizeof text; used += strlen(items[i]))
            memcpy(text + used, items[i], strlen(items[i]) + 1);
        assert_false(cronspec_parse(&spec, text, &err));
        assert_true(strlen(err.text) < 200);
    }
}

/* The worst that fits: each item strays, each stray is looked for in all items. */
static void the_worst_spec_is_read_quickly(void **state)
{
    (void)state;
    char text[CRONSPEC_TEXT_MAX + 1] = "";
    struct cronspec spec;
    struct err err;
    for (int n = 64; n < 100; n++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "!%d,", n);
    while (strlen(text) + strlen("64-99,1 * * * *") < sizeof text)
        strcat(text, "64-99,");
    strcat(text, "1 * * * *");
    clock_t start = clock();
    if (!cronspec_parse(&spec, text, &err))
        fail_msg("%s", err.text);
    assert_true(clock() - start < CLOCKS_PER_SEC / 2); /* about 20 ms; sanitizers are slow */
}

static void people_are_told(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *warning;
    } rows[] = {
        {"1,5 * * * *", ""},
        {"0 0 * * mon-fri", ""},
        {"1,foo,5 * * * *", "'foo' in the minute field picks nothing"},
        {"1,,5 * * * *", "an empty item in the minute field picks nothing"},
        {"* 1,9-5 * * *", "'9-5' in the hour field picks nothing"},
        {"1,x * * 2,y *",
         "'x' in the minute field picks nothing; 'y' in the month field picks nothing"},
        {"0 0 * * mon,3", "kivitendo's own pages pass over 'mon' in the day of week field"},
        {"* * * * * root true", "what follows the schedule is ignored: 'root true'"},
        {"@daily true", "what follows the schedule is ignored: 'true'"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cronspec spec = parse(rows[i].text);
        assert_string_equal(rows[i].warning, spec.warning);
    }
}

static void warnings_that_do_not_fit_are_left_out(void **state)
{
    (void)state;
    char text[600] = "1";
    for (int i = 0; i < 30; i++)
        strcat(text, ",nonsense");
    strcat(text, " * * * *");
    struct cronspec spec = parse(text);
    size_t len = strlen(spec.warning);
    assert_true(len > 100 && len < CRONSPEC_WARNING_MAX);
    assert_string_equal("picks nothing", spec.warning + len - strlen("picks nothing"));
}

/* ---- next ---- */

static int64_t local(const struct zone *zone, const char *text)
{
    int64_t instant_us = 0;
    struct err err;
    if (!walltime_parse(zone, text, &instant_us, &err))
        fail_msg("%s", err.text);
    return instant_us / WALLTIME_SECOND_US;
}

enum { TIMES_MAX = 5 };

struct next_row {
    const char *name;
    const char *tz;
    const char *text;
    const char *after; /* stored form of local time */
    const char *times[TIMES_MAX];
};

static void check_next(const struct next_row *row)
{
    struct zone zone;
    struct err err;
    struct cronspec spec = parse(row->text);
    if (!zonefile_load(&zone, row->tz, &err))
        fail_msg("%s", err.text);
    int64_t at_s = local(&zone, row->after);
    for (size_t i = 0; i < TIMES_MAX && row->times[i]; i++) {
        char got[WALLTIME_MAX] = "never";
        if (cronspec_next(&spec, &zone, at_s, &at_s))
            walltime_show(&zone, at_s * WALLTIME_SECOND_US, got);
        if (strcmp(got, row->times[i]) != 0)
            fail_msg("%s, time %zu: expected %s, got %s", row->name, i + 1, row->times[i], got);
    }
    zone_release(&zone);
}

static void ordinary_times(void **state)
{
    (void)state;
    static const struct next_row rows[] = {
        {"every minute",
         "UTC",
         "* * * * *",
         "2026-05-05 12:00:00",
         {"2026-05-05 12:01:00 +0000", "2026-05-05 12:02:00 +0000"}},
        {"a second before",
         "UTC",
         "* * * * *",
         "2026-05-05 11:59:59",
         {"2026-05-05 12:00:00 +0000"}},
        {"later, not at",
         "UTC",
         "0 12 * * *",
         "2026-05-05 12:00:00",
         {"2026-05-06 12:00:00 +0000"}},
        {"the last minute of a year",
         "UTC",
         "59 23 31 12 *",
         "2026-05-05 12:00:00",
         {"2026-12-31 23:59:00 +0000", "2027-12-31 23:59:00 +0000"}},
        {"over New Year", "UTC", "0 0 * * *", "2026-12-31 23:59:59", {"2027-01-01 00:00:00 +0000"}},
        {"the hour's last match is over",
         "UTC",
         "10 8,20 * * *",
         "2026-05-05 08:10:00",
         {"2026-05-05 20:10:00 +0000", "2026-05-06 08:10:00 +0000"}},
        {"the 31st",
         "UTC",
         "0 0 31 * *",
         "2026-01-31 00:00:00",
         {"2026-03-31 00:00:00 +0000", "2026-05-31 00:00:00 +0000", "2026-07-31 00:00:00 +0000"}},
        {"a weekday",
         "UTC",
         "0 0 * * 1",
         "2026-05-05 00:00:00",
         {"2026-05-11 00:00:00 +0000", "2026-05-18 00:00:00 +0000"}},
        {"day or weekday",
         "UTC",
         "0 0 13 * 5",
         "2026-05-05 00:00:00",
         {"2026-05-08 00:00:00 +0000", "2026-05-13 00:00:00 +0000", "2026-05-15 00:00:00 +0000"}},
        {"all days written out leave it to the weekday",
         "UTC",
         "0 0 1-31 * 5",
         "2026-05-05 00:00:00",
         {"2026-05-08 00:00:00 +0000", "2026-05-15 00:00:00 +0000"}},
        {"an impossible day with a weekday",
         "UTC",
         "0 0 30 2 1",
         "2026-02-20 00:00:00",
         {"2026-02-23 00:00:00 +0000", "2027-02-01 00:00:00 +0000"}},
        {"weekday of a month",
         "UTC",
         "0 0 * 2 1",
         "2026-02-20 00:00:00",
         {"2026-02-23 00:00:00 +0000", "2027-02-01 00:00:00 +0000"}},
        {"29 February",
         "UTC",
         "0 0 29 2 *",
         "2023-05-05 00:00:00",
         {"2024-02-29 00:00:00 +0000", "2028-02-29 00:00:00 +0000"}},
        {"29 February over 2100",
         "Europe/Berlin",
         "30 2 29 2 *",
         "2095-12-31 00:00:00",
         {"2096-02-29 02:30:00 +0100", "2104-02-29 02:30:00 +0100", "2108-02-29 02:30:00 +0100"}},
        {"every minute of 29 February",
         "Europe/Berlin",
         "* * 29 2 *",
         "2096-02-29 23:58:00",
         {"2096-02-29 23:59:00 +0100", "2104-02-29 00:00:00 +0100"}},
        {"before 1970", "UTC", "0 0 * * *", "1969-12-31 00:00:01", {"1970-01-01 00:00:00 +0000"}},
        {"before year 1",
         "UTC",
         "0 0 1 1 *",
         "0001-06-01 00:00:00 BC",
         {"0001-01-01 00:00:00 +0000"}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_next(&rows[i]);
}

static void the_two_odd_hours(void **state)
{
    (void)state;
    static const struct next_row rows[] = {
        {"gap: a daily job fires at its end",
         "Europe/Berlin",
         "30 2 * * *",
         "2026-03-28 02:30:00",
         {"2026-03-29 03:00:00 +0200", "2026-03-30 02:30:00 +0200"}},
        {"gap: once for all of them",
         "Europe/Berlin",
         "*/5 2 * * *",
         "2026-03-28 02:55:00",
         {"2026-03-29 03:00:00 +0200", "2026-03-30 02:00:00 +0200"}},
        {"gap: once, also when its end matches",
         "Europe/Berlin",
         "0 2,3 * * *",
         "2026-03-29 01:00:00",
         {"2026-03-29 03:00:00 +0200", "2026-03-30 02:00:00 +0200"}},
        {"gap: goes on behind it",
         "Europe/Berlin",
         "0,30 1-4 * * *",
         "2026-03-29 01:00:00",
         {"2026-03-29 01:30:00 +0100", "2026-03-29 03:00:00 +0200", "2026-03-29 03:30:00 +0200"}},
        {"gap: asked at its last instant",
         "Europe/Berlin",
         "30 2 * * *",
         "2026-03-29 01:59:59",
         {"2026-03-29 03:00:00 +0200"}},
        {"gap: asked at its end",
         "Europe/Berlin",
         "30 2 * * *",
         "2026-03-29 03:00:00",
         {"2026-03-30 02:30:00 +0200"}},
        {"gap: every hour skips it",
         "Europe/Berlin",
         "30 * * * *",
         "2026-03-29 01:00:00",
         {"2026-03-29 01:30:00 +0100", "2026-03-29 03:30:00 +0200"}},
        {"gap: every hour, written out",
         "Europe/Berlin",
         "30 0-23 * * *",
         "2026-03-29 01:30:00",
         {"2026-03-29 03:30:00 +0200"}},
        {"gap: 23 hours are not every hour",
         "Europe/Berlin",
         "30 1-23 * * *",
         "2026-03-29 01:30:00",
         {"2026-03-29 03:00:00 +0200", "2026-03-29 03:30:00 +0200"}},
        {"gap: only on a Sunday",
         "Europe/Berlin",
         "30 2 * * 0",
         "2026-03-23 00:00:00",
         {"2026-03-29 03:00:00 +0200", "2026-04-05 02:30:00 +0200"}},
        {"fold: a daily job fires the first time",
         "Europe/Berlin",
         "30 2 * * *",
         "2026-10-24 02:30:00",
         {"2026-10-25 02:30:00 +0200", "2026-10-26 02:30:00 +0100"}},
        {"fold: asked between the two",
         "Europe/Berlin",
         "30 2 * * *",
         "2026-10-25 02:00:00.000001",
         {"2026-10-26 02:30:00 +0100"}},
        {"fold: asked in the second pass",
         "Europe/Berlin",
         "*/15 2,3 * * *",
         "2026-10-25 02:50:00.000001",
         {"2026-10-25 03:00:00 +0100", "2026-10-25 03:15:00 +0100"}},
        {"fold: some hours stand still in the second pass",
         "Europe/Berlin",
         "*/15 1-3 * * *",
         "2026-10-25 02:30:00",
         {"2026-10-25 02:45:00 +0200", "2026-10-25 03:00:00 +0100"}},
        {"fold: every hour fires both times",
         "Europe/Berlin",
         "30 * * * *",
         "2026-10-25 01:30:00",
         {"2026-10-25 02:30:00 +0200", "2026-10-25 02:30:00 +0100", "2026-10-25 03:30:00 +0100"}},
        {"fold: every quarter never pauses",
         "Europe/Berlin",
         "*/15 * * * *",
         "2026-10-25 02:30:00",
         {"2026-10-25 02:45:00 +0200", "2026-10-25 02:00:00 +0100", "2026-10-25 02:15:00 +0100"}},
        {"Lord Howe: half an hour missing",
         "Australia/Lord_Howe",
         "10 2 * * *",
         "2024-10-05 12:00:00",
         {"2024-10-06 02:30:00 +1100", "2024-10-07 02:10:00 +1100"}},
        {"Lord Howe: later in the same hour",
         "Australia/Lord_Howe",
         "10,45 2 * * *",
         "2024-10-05 12:00:00",
         {"2024-10-06 02:30:00 +1100", "2024-10-06 02:45:00 +1100"}},
        {"Lord Howe: half an hour twice",
         "Australia/Lord_Howe",
         "*/15 * * * *",
         "2024-04-07 01:30:00",
         {"2024-04-07 01:45:00 +1100", "2024-04-07 01:30:00 +1030", "2024-04-07 01:45:00 +1030",
          "2024-04-07 02:00:00 +1030"}},
        {"Santiago: no midnight",
         "America/Santiago",
         "0 0 * * *",
         "2024-09-07 12:00:00",
         {"2024-09-08 01:00:00 -0300", "2024-09-09 00:00:00 -0300"}},
        {"Santiago: no midnight on the 8th",
         "America/Santiago",
         "30 0 8 9 *",
         "2024-01-01 00:00:00",
         {"2024-09-08 01:00:00 -0300", "2025-09-08 00:30:00 -0300"}},
        {"Santiago: 23:30 twice",
         "America/Santiago",
         "30 23 * * *",
         "2024-04-06 12:00:00",
         {"2024-04-06 23:30:00 -0300", "2024-04-07 23:30:00 -0400"}},
        {"Beirut: no midnight",
         "Asia/Beirut",
         "0 0 * * *",
         "2024-03-30 12:00:00",
         {"2024-03-31 01:00:00 +0300", "2024-04-01 00:00:00 +0300"}},
        {"Apia: the lost day",
         "Pacific/Apia",
         "0 12 * * *",
         "2011-12-29 12:00:00",
         {"2011-12-31 00:00:00 +1400", "2011-12-31 12:00:00 +1400"}},
        {"Apia: only on the lost day",
         "Pacific/Apia",
         "0 12 30 12 *",
         "2011-01-01 00:00:00",
         {"2011-12-31 00:00:00 +1400", "2012-12-30 12:00:00 +1400"}},
        {"Apia: every hour follows elapsed time",
         "Pacific/Apia",
         "0 * * * *",
         "2011-12-29 22:30:00",
         {"2011-12-29 23:00:00 -1000", "2011-12-31 00:00:00 +1400"}},
        {"Dublin: winter is the deviation",
         "Europe/Dublin",
         "30 1 * * *",
         "2024-03-30 12:00:00",
         {"2024-03-31 02:00:00 +0100", "2024-04-01 01:30:00 +0100"}},
        {"Dublin: fold",
         "Europe/Dublin",
         "30 * * * *",
         "2024-10-27 00:30:00",
         {"2024-10-27 01:30:00 +0100", "2024-10-27 01:30:00 +0000"}},
        {"Casablanca: Ramadan begins",
         "Africa/Casablanca",
         "30 2 * * *",
         "2024-03-09 12:00:00",
         {"2024-03-10 02:30:00 +0100", "2024-03-11 02:30:00 +0000"}},
        {"Casablanca: Ramadan ends",
         "Africa/Casablanca",
         "30 2 * * *",
         "2024-04-13 12:00:00",
         {"2024-04-14 03:00:00 +0100", "2024-04-15 02:30:00 +0100"}},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check_next(&rows[i]);
}

/* Two folds within an hour, as no country has had them: the same minute three times. */
static void three_times_the_same_minute(void **state)
{
    (void)state;
    struct zone_entry entries[] = {{7200, 3600}, {9000, 0}};
    struct zone zone = {.entries = entries, .count = 2, .first_offset_s = 7200};
    struct cronspec once = parse("0 3 * * *");
    struct cronspec later = parse("45 3 * * *");
    struct cronspec always = parse("0 * * * *");
    int64_t at_s = 3600 - 1;
    static const int64_t expected[] = {3600, 7200, 10800};

    assert_true(cronspec_next(&once, &zone, at_s, &at_s));
    assert_int_equal(3600, at_s);
    for (int64_t from = 3600; from < 12000; from += 300) {
        assert_true(cronspec_next(&once, &zone, from, &at_s));
        assert_int_equal(CIVIL_DAY_S + 10800, at_s);
    }
    for (int64_t from = 6300; from < 14400; from += 300) {
        assert_true(cronspec_next(&later, &zone, from, &at_s));
        assert_int_equal(CIVIL_DAY_S + 13500, at_s);
    }
    at_s = 3600 - 1;
    for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
        assert_true(cronspec_next(&always, &zone, at_s, &at_s));
        assert_int_equal(expected[i], at_s);
    }
}

/* The latest time is the one that walking finds, over a year with both odd hours, from and to every
 * kind of instant. */
static void the_latest_of_many(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "* * * * *", "*/15 * * * *", "0 3 * * *",  "30 2 * * *", "* 2 * * *",
        "0 0 1 * *", "* * * 1 *",    "0 0 29 2 *", "0 0 31 2 *",
    };
    struct zone zone;
    struct err err;
    assert_true(zonefile_load(&zone, "Europe/Berlin", &err));
    int64_t end_s = local(&zone, "2027-01-01 00:00:00");
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct cronspec spec = parse(texts[i]);
        int64_t after_s = local(&zone, "2026-01-01 00:00:00");
        for (int64_t step_s = 1; after_s < end_s; after_s += step_s, step_s = step_s * 3 % 900007) {
            int64_t until_s = after_s + step_s * 7 % 200000;
            int64_t expected = after_s;
            int64_t next_s = 0;
            while (cronspec_next(&spec, &zone, expected, &next_s) && next_s <= until_s)
                expected = next_s;
            if (cronspec_latest(&spec, &zone, after_s, until_s) != expected)
                fail_msg("'%s', after %lld until %lld", texts[i], (long long)after_s,
                         (long long)until_s);
        }
        int64_t backwards_s = cronspec_latest(&spec, &zone, end_s, end_s - 86400);
        assert_int_equal(backwards_s, end_s);
    }
    zone_release(&zone);
}

static void never(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "0 0 31 2 *",    "0 0 30 2 *",          "0 0 30,31 2 *",
        "* * 31 4 *",    "* * 31 2,4,6,9,11 *", "0 0 31 */2,!1,!3,!5,!7,!8,!10,!12,2 0-7",
        "0 0 >29 feb *",
    };
    struct zone zone = {0};
    int64_t at_s = 0;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct cronspec spec = parse(texts[i]);
        if (spec.fires || cronspec_next(&spec, &zone, 0, &at_s))
            fail_msg("'%s' fires", texts[i]);
    }
    struct cronspec zero = {0};
    assert_false(cronspec_next(&zero, &zone, 0, &at_s));
}

static void extreme_instants_are_answered(void **state)
{
    (void)state;
    struct zone zone;
    struct err err;
    struct cronspec spec = parse("0 0 29 2 *");
    int64_t at_s = 0;
    assert_true(zonefile_load(&zone, "Europe/Berlin", &err));
    assert_false(cronspec_next(&spec, &zone, INT64_MAX, &at_s));
    assert_false(cronspec_next(&spec, &zone, CIVIL_LOCAL_MAX_S, &at_s));
    assert_true(cronspec_next(&spec, &zone, INT64_MIN, &at_s));
    assert_true(cronspec_next(&spec, &zone, -CIVIL_LOCAL_MAX_S / 2, &at_s));
    zone_release(&zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(whole_specs),
        cmocka_unit_test(wrong_specs_are_refused),
        cmocka_unit_test(long_specs_are_refused),
        cmocka_unit_test(the_worst_spec_is_read_quickly),
        cmocka_unit_test(people_are_told),
        cmocka_unit_test(warnings_that_do_not_fit_are_left_out),
        cmocka_unit_test(ordinary_times),
        cmocka_unit_test(the_two_odd_hours),
        cmocka_unit_test(three_times_the_same_minute),
        cmocka_unit_test(the_latest_of_many),
        cmocka_unit_test(never),
        cmocka_unit_test(extreme_instants_are_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
