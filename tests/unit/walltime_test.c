/* Stored times: format, parse, and the way there and back through gaps and folds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/civil.h"
#include "core/walltime.h"
#include "io/zonefile.h"

static struct zone load(const char *tz)
{
    struct zone zone;
    struct err err;
    if (!zonefile_load(&zone, tz, &err))
        fail_msg("%s", err.text);
    return zone;
}

static int64_t parse(const struct zone *zone, const char *text)
{
    int64_t instant_us = 0;
    struct err err;
    if (!walltime_parse(zone, text, &instant_us, &err))
        fail_msg("%s", err.text);
    return instant_us;
}

static const struct zone utc = {0};

static void stored_times_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *stored;
        const char *utc;
    } rows[] = {
        {"ordinary", "2026-07-01 12:00:00", "2026-07-01 10:00:00"},
        {"a fraction of one digit", "2026-07-01 12:00:00.5", "2026-07-01 10:00:00.500000"},
        {"a fraction of six digits", "2026-07-01 12:00:00.123456", "2026-07-01 10:00:00.123456"},
        {"a mark where none is needed", "2026-07-01 12:00:00.000001", "2026-07-01 10:00:00.000001"},
        {"fold, first", "2026-10-25 02:15:00", "2026-10-25 00:15:00"},
        {"fold, second", "2026-10-25 02:15:00.000001", "2026-10-25 01:15:00"},
        {"fold, another fraction", "2026-10-25 02:15:00.000002", "2026-10-25 00:15:00.000002"},
        {"fold, a tenth", "2026-10-25 02:15:00.1", "2026-10-25 00:15:00.100000"},
        {"fold, an upgrade script's", "2026-10-25 02:15:00.654321", "2026-10-25 00:15:00.654321"},
        {"gap", "2026-03-29 02:15:00", "2026-03-29 01:00:00"},
        {"gap, with a fraction", "2026-03-29 02:15:00.5", "2026-03-29 01:00:00"},
        {"gap, with a mark", "2026-03-29 02:15:00.000001", "2026-03-29 01:00:00"},
        {"a long year", "12026-07-01 12:00:00", "12026-07-01 10:00:00"},
        {"the epoch", "1970-01-01 01:00:00", "1970-01-01 00:00:00"},
        {"before the epoch", "1969-12-31 23:59:59.25", "1969-12-31 22:59:59.250000"},
        {"a leap day", "2096-02-29 12:00:00", "2096-02-29 11:00:00"},
        {"year 1 BC", "0001-01-01 12:00:00 BC", "0001-01-01 11:06:32 BC"},
        {"the earliest PostgreSQL has", "4713-11-24 00:53:28 BC", "4713-11-24 00:00:00 BC"},
        {"infinity", "infinity", "infinity"},
        {"-infinity", "-infinity", "-infinity"},
        {"beyond an int64", "294276-12-31 23:59:59.999999", "infinity"},
        {"far beyond, before", "999999-12-31 23:59:59 BC", "-infinity"},
    };
    struct zone zone = load("Europe/Berlin");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t got = parse(&zone, rows[i].stored);
        int64_t expected = parse(&utc, rows[i].utc);
        if (got != expected)
            fail_msg("%s: expected %lld, got %lld", rows[i].name, (long long)expected,
                     (long long)got);
    }
    zone_release(&zone);
    assert_int_equal(0, parse(&utc, "1970-01-01 00:00:00"));
    assert_int_equal(INT64_MAX, parse(&utc, "infinity"));
    assert_int_equal(INT64_MIN, parse(&utc, "-infinity"));
    assert_int_equal(-1, parse(&utc, "1969-12-31 23:59:59.999999"));
    assert_int_equal(INT64_C(1774746000000000), parse(&utc, "2026-03-29 01:00:00"));
}

static void other_texts_are_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        " ",
        "now",
        "Infinity",
        "infinity ",
        "2026-07-01",
        "2026-07-01 12:00",
        "2026-07-01T12:00:00",
        "2026-07-01 12:00:00 ",
        "2026-07-01 12:00:00.",
        "2026-07-01 12:00:00.1234567",
        "2026-07-01 12:00:00+02",
        "2026-07-01 12:00:00 AD",
        "2026-07-01 12:00:00 BCE",
        "2026-7-1 12:00:00",
        "26-07-01 12:00:00",
        "0000-07-01 12:00:00",
        "-2026-07-01 12:00:00",
        "1234567-07-01 12:00:00",
        "2026-13-01 12:00:00",
        "2026-00-01 12:00:00",
        "2026-02-29 12:00:00",
        "2026-04-31 12:00:00",
        "2026-04-00 12:00:00",
        "2026-07-01 24:00:00",
        "2026-07-01 12:60:00",
        "2026-07-01 12:00:60",
        "01.07.2026 12:00:00",
        "Wed Jul 01 12:00:00 2026",
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        int64_t instant_us = 0;
        struct err err = {0};
        if (walltime_parse(&utc, texts[i], &instant_us, &err))
            fail_msg("'%s' was accepted", texts[i]);
        assert_non_null(strstr(err.text, texts[i]));
    }
}

static void times_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        const char *utc;
        const char *stored;
        const char *run;
        const char *shown;
    } rows[] = {
        {"ordinary", "2026-07-01 10:00:00.25", "2026-07-01 12:00:00", "2026-07-01 12:00:00.250000",
         "2026-07-01 12:00:00 +0200"},
        {"after the gap", "2026-03-29 01:00:00", "2026-03-29 03:00:00",
         "2026-03-29 03:00:00.000000", "2026-03-29 03:00:00 +0200"},
        {"before the fold", "2026-10-24 23:59:59", "2026-10-25 01:59:59",
         "2026-10-25 01:59:59.000000", "2026-10-25 01:59:59 +0200"},
        {"fold, first", "2026-10-25 00:15:00", "2026-10-25 02:15:00", "2026-10-25 02:15:00.000000",
         "2026-10-25 02:15:00 +0200"},
        {"fold, second", "2026-10-25 01:15:00.000002", "2026-10-25 02:15:00.000001",
         "2026-10-25 02:15:00.000002", "2026-10-25 02:15:00 +0100"},
        {"after the fold", "2026-10-25 02:00:00", "2026-10-25 03:00:00",
         "2026-10-25 03:00:00.000000", "2026-10-25 03:00:00 +0100"},
        {"before the epoch", "1969-12-31 22:59:58.999999", "1969-12-31 23:59:58",
         "1969-12-31 23:59:58.999999", "1969-12-31 23:59:58 +0100"},
        {"local mean time", "1890-01-01 00:00:00", "1890-01-01 00:53:28",
         "1890-01-01 00:53:28.000000", "1890-01-01 00:53:28 +005328"},
        {"before year 1", "0044-03-15 11:06:32 BC", "0044-03-15 12:00:00 BC",
         "0044-03-15 12:00:00.000000 BC", "0044-03-15 12:00:00 +005328 BC"},
        {"infinity", "infinity", "infinity", "infinity", "infinity"},
        {"-infinity", "-infinity", "-infinity", "-infinity", "-infinity"},
    };
    struct zone zone = load("Europe/Berlin");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t instant_us = parse(&utc, rows[i].utc);
        char stored[WALLTIME_MAX];
        char run[WALLTIME_MAX];
        char shown[WALLTIME_MAX];
        walltime_format(&zone, instant_us, stored);
        walltime_format_run(&zone, instant_us, run);
        walltime_show(&zone, instant_us, shown);
        if (strcmp(stored, rows[i].stored) || strcmp(run, rows[i].run) ||
            strcmp(shown, rows[i].shown))
            fail_msg("%s: got '%s', '%s', '%s'", rows[i].name, stored, run, shown);
    }
    zone_release(&zone);
}

static void offsets_west_are_negative(void **state)
{
    (void)state;
    char shown[WALLTIME_MAX];
    struct zone zone = load("<-0330>3:30");
    walltime_show(&zone, 0, shown);
    assert_string_equal("1969-12-31 20:30:00 -0330", shown);
    zone_release(&zone);
}

static void longest_texts_fit(void **state)
{
    (void)state;
    static const int64_t extremes[] = {INT64_MIN + 1, INT64_MAX - 1};
    struct zone zone = load("LMT24:59:59");
    for (size_t i = 0; i < ARRAY_LEN(extremes); i++) {
        char text[WALLTIME_MAX];
        walltime_show(&zone, extremes[i], text);
        assert_in_range(strlen(text), 20, WALLTIME_MAX - 1);
        walltime_format_run(&zone, extremes[i], text);
        assert_in_range(strlen(text), 20, WALLTIME_MAX - 1);
        walltime_format(&zone, extremes[i], text);
        assert_in_range(strlen(text), 19, WALLTIME_MAX - 1);
    }
    zone_release(&zone);
}

/* What is stored comes back as the same instant, every five minutes for five days around changes.
 */
static void stored_and_read_back(void **state)
{
    (void)state;
    static const struct {
        const char *tz;
        const char *around;
    } rows[] = {
        {"Europe/Berlin", "2026-03-29 01:00:00"},
        {"Europe/Berlin", "2026-10-25 01:00:00"},
        {"Australia/Lord_Howe", "2024-04-06 15:00:00"},
        {"Australia/Lord_Howe", "2024-10-05 15:30:00"},
        {"America/Santiago", "2024-04-07 03:00:00"},
        {"Pacific/Apia", "2011-12-30 10:00:00"},
        {"Africa/Casablanca", "2024-03-10 02:00:00"},
        {"Europe/Dublin", "2024-10-27 01:00:00"},
        {"Europe/Berlin", "2500-10-31 01:00:00"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct zone zone = load(rows[i].tz);
        int64_t middle_us = parse(&utc, rows[i].around);
        for (int minutes = -3600; minutes <= 3600; minutes += 5) {
            char text[WALLTIME_MAX];
            int64_t instant_us = middle_us + minutes * 60 * WALLTIME_SECOND_US;
            walltime_format(&zone, instant_us, text);
            if (parse(&zone, text) != instant_us)
                fail_msg("%s: '%s' came back as another instant", rows[i].tz, text);
        }
        zone_release(&zone);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stored_times_are_read), cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(times_are_written),     cmocka_unit_test(offsets_west_are_negative),
        cmocka_unit_test(longest_texts_fit),     cmocka_unit_test(stored_and_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
