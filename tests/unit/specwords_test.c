/* core/specwords: specs in words, English and German. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/specwords.h"

struct row {
    const char *spec;
    const char *english;
    const char *german;
};

/* A row's name is its spec. */
static const struct row rows[] = {
    {NULL, "every minute", "jede Minute"},
    {"* * * * *", "every minute", "jede Minute"},
    {"*/5 * * * *", "every 5 minutes", "alle 5 Minuten"},
    {"0,15,30,45 * * * *", "every 15 minutes", "alle 15 Minuten"},
    {"3-59/5 * * * *", "every 5 minutes from minute 3 on", "alle 5 Minuten ab Minute 3"},
    {"*/7 * * * *", "'*/7 * * * *'", "'*/7 * * * *'"},
    {"0 * * * *", "every hour", "stündlich"},
    {"@hourly", "every hour", "stündlich"},
    {"17 * * * *", "every hour at minute 17", "stündlich zur Minute 17"},
    {"5,20 * * * *", "every hour at the minutes 5 and 20", "stündlich zu den Minuten 5 und 20"},
    {"0 3 * * *", "daily at 03:00", "täglich um 03:00"},
    {"0 6,18 * * *", "daily at 06:00 and 18:00", "täglich um 06:00 und 18:00"},
    {"0 */4 * * *", "every 4 hours", "alle 4 Stunden"},
    {"5 1-23/2 * * *", "every 2 hours from 01:05 on", "alle 2 Stunden ab 01:05"},
    {"*/5 8-17 * * *", "every 5 minutes from 08:00 to 17:55", "alle 5 Minuten von 08:00 bis 17:55"},
    {"15 8-17 * * *", "every hour from 08:15 to 17:15", "stündlich von 08:15 bis 17:15"},
    {"* 8-17 * * *", "every minute from 08:00 to 17:59", "jede Minute von 08:00 bis 17:59"},
    {"10-20 3 * * *", "every minute from 03:10 to 03:20", "jede Minute von 03:10 bis 03:20"},
    {"1 2,4,6,8,11 * * *", "daily at 02:01, 04:01, 06:01, 08:01 and 11:01",
     "täglich um 02:01, 04:01, 06:01, 08:01 und 11:01"},
    {"0 3 * * 1", "on Mondays at 03:00", "montags um 03:00"},
    {"0 3 * * 0", "on Sundays at 03:00", "sonntags um 03:00"},
    {"0 3 * * mon,thu", "on Mondays and Thursdays at 03:00", "montags und donnerstags um 03:00"},
    {"0 3 * * 1-5", "Mondays to Fridays at 03:00", "montags bis freitags um 03:00"},
    {"*/5 8-17 * * 1-5", "every 5 minutes from 08:00 to 17:55, Mondays to Fridays",
     "montags bis freitags alle 5 Minuten von 08:00 bis 17:55"},
    {"1 0 10 * *", "on the 10th of each month at 00:01", "am 10. jedes Monats um 00:01"},
    {"0 0 1,2,3 * *", "from the 1st to the 3rd of each month at 00:00",
     "vom 1. bis 3. jedes Monats um 00:00"},
    {"0 0 1,22 * *", "on the 1st and 22nd of each month at 00:00",
     "am 1. und 22. jedes Monats um 00:00"},
    {"0 0 11,13 * *", "on the 11th and 13th of each month at 00:00",
     "am 11. und 13. jedes Monats um 00:00"},
    {"59 23 31 12 *", "every year on 31 December at 23:59", "jährlich am 31. Dezember um 23:59"},
    {"@yearly", "every year on 1 January at 00:00", "jährlich am 1. Januar um 00:00"},
    {"0 3 1 1,7 *", "on the 1st in January and July at 03:00", "am 1. im Januar und Juli um 03:00"},
    {"0 3 * 12 *", "daily in December at 03:00", "täglich im Dezember um 03:00"},
    {"0 3 * 6-8 1", "on Mondays from June to August at 03:00",
     "montags von Juni bis August um 03:00"},
    {"0 3 1 * 1", "on the 1st of each month and on Mondays at 03:00",
     "am 1. jedes Monats sowie montags um 03:00"},
    {"0 3 1 12 1", "on the 1st and on Mondays in December at 03:00",
     "am 1. sowie montags im Dezember um 03:00"},
    {"*/5 * * 12 *", "every 5 minutes, daily in December", "täglich im Dezember alle 5 Minuten"},
    {"0 0 31 2 *", "never", "nie"},
    {"3 4 1-31/3 * *", "'3 4 1-31/3 * *'", "'3 4 1-31/3 * *'"},
};

static void check(const struct row *row, enum specwords_language language, const char *expected)
{
    struct cronspec spec;
    struct err err = {0};
    struct buf words = {0};
    if (!cronspec_parse(&spec, row->spec, &err))
        fail_msg("%s: %s", row->spec, err.text);
    specwords_add(&spec, row->spec, language, &words);
    if (strcmp(buf_text(&words), expected) != 0)
        print_error("%s: '%s'\n", row->spec ? row->spec : "NULL", buf_text(&words));
    assert_string_equal(buf_text(&words), expected);
    buf_release(&words);
}

static void in_english(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(&rows[i], SPECWORDS_ENGLISH, rows[i].english);
}

static void in_german(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        check(&rows[i], SPECWORDS_GERMAN, rows[i].german);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_english),
        cmocka_unit_test(in_german),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
