#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/date.h"
#include "core/dateformat.h"
#include "core/whole.h"

/* Expected dates are what DateTime 1.59 makes of ->subtract(months => …, days => …). */
static void test_minus(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct civil from;
        int64_t months, days;
        const char *want;
    } rows[] = {
        {"the standard of SetClosedTo", {2025, 3, 10, 0, 1, 0}, 1, 10, "2025-01-31 00:01:00"},
        {"last of February to last of January", {2025, 3, 1, 0, 0, 0}, 1, 1, "2025-01-31 00:00:00"},
        {"28 February of a leap year is not the last",
         {2024, 3, 1, 0, 0, 0},
         1,
         2,
         "2024-01-28 00:00:00"},
        {"31 to a month of 30", {2025, 12, 31, 0, 0, 0}, 1, 0, "2025-11-30 00:00:00"},
        {"30 of a month of 30 to 31", {2025, 11, 30, 0, 0, 0}, 1, 0, "2025-10-31 00:00:00"},
        {"30 of a month of 31 to February", {2025, 3, 30, 0, 0, 0}, 1, 0, "2025-02-28 00:00:00"},
        {"a year back from 29 February", {2024, 2, 29, 0, 0, 0}, 12, 0, "2023-02-28 00:00:00"},
        {"a year back to 29 February", {2025, 2, 28, 0, 0, 0}, 12, 0, "2024-02-29 00:00:00"},
        {"four years back from 29 February", {2024, 2, 29, 0, 0, 0}, 48, 0, "2020-02-29 00:00:00"},
        {"1900 was no leap year", {2000, 2, 29, 0, 0, 0}, 1200, 0, "1900-02-28 00:00:00"},
        {"nothing", {2025, 2, 28, 12, 0, 0}, 0, 0, "2025-02-28 12:00:00"},
        {"across New Year", {2026, 1, 1, 0, 0, 30}, 0, 1, "2025-12-31 00:00:30"},
        {"January to December", {2026, 1, 15, 0, 0, 0}, 1, 0, "2025-12-15 00:00:00"},
        {"13 months", {2026, 1, 31, 0, 0, 0}, 13, 0, "2024-12-31 00:00:00"},
        {"to the first year", {2025, 1, 1, 0, 0, 0}, 2024 * 12, 0, "0001-01-01 00:00:00"},
        {"not beyond it", {2025, 6, 1, 5, 0, 0}, 2025 * 12, 0, "0001-01-01 00:00:00"},
        {"far beyond it", {2025, 6, 1, 5, 0, 0}, WHOLE_MAX, WHOLE_MAX, "0001-01-01 00:00:00"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct civil then = date_minus(
            &rows[i].from, (struct date_step){.months = rows[i].months, .days = rows[i].days});
        char text[DATE_TIME_TEXT_MAX];
        date_time_text(&then, text);
        if (strcmp(text, rows[i].want) != 0)
            fail_msg("%s: got %s", rows[i].name, text);
    }
}

static void test_now_and_today(void **state)
{
    (void)state;
    struct zone berlin = {0};
    struct err err = {0};
    assert_true(zone_parse_posix(&berlin, "CET-1CEST,M3.5.0,M10.5.0/3", &err));
    static const struct {
        const char *name;
        int64_t instant_us;
        const char *local, *utc;
    } rows[] = {
        {"New Year in Berlin, not yet in London", INT64_C(1767222000000000), "2026-01-01",
         "2025-12-31"},
        {"a microsecond before it", INT64_C(1767221999999999), "2025-12-31", "2025-12-31"},
        {"summer: two hours", INT64_C(1751320800000000), "2025-07-01", "2025-06-30"},
        {"before 1970", INT64_C(-1), "1970-01-01", "1969-12-31"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char local[DATE_TEXT_MAX];
        char utc[DATE_TEXT_MAX];
        struct civil date = date_today(&berlin, rows[i].instant_us);
        date_text(&date, local);
        assert_int_equal(date.hour * 3600 + date.minute * 60 + date.second, 0);
        date = date_now(&(struct zone){0}, rows[i].instant_us);
        date_text(&date, utc);
        if (strcmp(local, rows[i].local) != 0 || strcmp(utc, rows[i].utc) != 0)
            fail_msg("%s: got %s, %s", rows[i].name, local, utc);
    }
    zone_release(&berlin);
}

/* Expected texts are DateTime's and those of strftime(3) in the C locale. */
static void test_format(void **state)
{
    (void)state;
    static const struct {
        const char *format;
        struct civil date;
        const char *want;
    } rows[] = {
        {"%a %A %b %B %h", {2026, 3, 1, 0, 0, 0}, "Sun Sunday Mar March Mar"},
        {"%C %d %e %j", {2026, 3, 1, 0, 0, 0}, "20 01  1 060"},
        {"%D %F %T %R %r", {2026, 3, 1, 0, 0, 0}, "03/01/26 2026-03-01 00:00:00 00:00 12:00:00 AM"},
        {"%H %I %k %l %M %S %p %P", {2026, 3, 1, 0, 5, 9}, "00 12  0 12 05 09 AM am"},
        {"%H %I %k %l %p %P", {2026, 3, 1, 13, 0, 0}, "13 01 13  1 PM pm"},
        {"%G-%V %g %u %w", {2024, 12, 30, 0, 0, 0}, "2025-01 25 1 1"},
        {"%G-%V %g %u %w", {2027, 1, 3, 0, 0, 0}, "2026-53 26 7 0"},
        {"%U %W", {2026, 1, 1, 0, 0, 0}, "00 00"},
        {"%U %W", {2026, 1, 4, 0, 0, 0}, "01 00"},
        {"%U %W", {2026, 12, 31, 0, 0, 0}, "52 52"},
        {"%y %Y %%", {2005, 1, 1, 0, 0, 0}, "05 2005 %"},
        {"a%tb%nc", {2005, 1, 1, 0, 0, 0}, "a\tb\nc"},
        {"", {2005, 1, 1, 0, 0, 0}, ""},
        {"Jänner", {2005, 1, 1, 0, 0, 0}, "Jänner"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        struct err err = {0};
        if (!dateformat_add(&out, rows[i].format, &rows[i].date, &err))
            fail_msg("%s: %s", rows[i].format, err.text);
        if (strcmp(buf_text(&out), rows[i].want) != 0)
            fail_msg("%s: got '%s'", rows[i].format, buf_text(&out));
        buf_release(&out);
    }
}

static void test_format_refuses(void **state)
{
    (void)state;
    static const char *const rows[] = {"%c",  "%x",  "%X",     "%s", "%z", "%Z",
                                       "%E",  "%Ey", "%Oy",    "%+", "%N", "%-d",
                                       "%_d", "%5Y", "%{ymd}", "%Q", "%",  "x%"};
    const struct civil date = {2026, 1, 1, 0, 0, 0};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        struct err err = {0};
        if (dateformat_add(&out, rows[i], &date, &err))
            fail_msg("%s: got '%s'", rows[i], buf_text(&out));
        assert_int_equal(err.kind, ERR_JOB);
        buf_release(&out);
    }
}

static void test_whole(void **state)
{
    (void)state;
    static const struct {
        const char *name, *data;
        int64_t number, above; /* -1: an error */
    } rows[] = {
        {"missing", "x: 1", 7, 7},
        {"null", "n: ~", 7, 7},
        {"empty", "n: ''", -1, 7},
        {"zero", "n: 0", 0, 7},
        {"zeros", "n: 000", 0, 7},
        {"some", "n: 14", 14, 14},
        {"leading zeros", "n: 0014", 14, 14},
        {"largest", "n: 999", 999, 999},
        {"too large", "n: 1000", -1, -1},
        {"far too large", "n: 18446744073709551617", -1, -1},
        {"negative", "n: -1", -1, -1},
        {"fraction", "n: 1.0", -1, -1},
        {"blank", "n: '1 '", -1, -1},
        {"word", "n: abc", -1, -1},
        {"list", "n: [1]", -1, -1},
        {"empty list", "n: []", -1, -1},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct data data;
        struct err err = {0};
        int64_t number = 7;
        int64_t above = 7;
        assert_true(data_parse(&data, rows[i].data, &err));
        if (!whole_number(&data, "n", 999, &number, &err))
            number = -1;
        if (!whole_above_zero(&data, "n", 999, &above, &err))
            above = -1;
        if (number != rows[i].number || above != rows[i].above)
            fail_msg("%s: got %lld, %lld", rows[i].name, (long long)number, (long long)above);
        if (number == -1)
            assert_non_null(strstr(err.text, "n: "));
        data_release(&data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_minus),  cmocka_unit_test(test_now_and_today),
        cmocka_unit_test(test_format), cmocka_unit_test(test_format_refuses),
        cmocka_unit_test(test_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
