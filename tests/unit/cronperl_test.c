/* core/cronperl: which specs kivitendo's own parser takes; tests/reference/cron-reference asks it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/cronperl.h"
#include "core/cronspec.h"

static const struct {
    const char *name;
    const char *spec;
    const char *why; /* NULL: it is accepted */
} rows[] = {
    {"null", NULL, NULL},
    {"empty", "", NULL},
    {"a zero is nothing to Perl", "0", NULL},
    {"blanks only", "  ", "only 0 of 5 fields"},
    {"every minute", "* * * * *", NULL},
    {"blanks around, and a rest", "  0\t3 * * *  root true", NULL},
    {"a no-break space",
     "0\xC2\xA0"
     "3 * * *",
     NULL},
    {"a nickname", "@daily", "only 1 of 5 fields"},
    {"four fields", "0 3 * *", "only 4 of 5 fields"},
    {"a weekday's name", "0 3 * * mon", "day of week field 'mon' picks nothing"},
    {"a month's name", "0 3 1 jan *", "month field 'jan' picks nothing"},
    {"a name in a list is passed over", "0 3 * * mon,3", NULL},
    {"Sunday as 0", "0 3 * * 0", NULL},
    {"Sunday as 0 and 7", "0 3 * * 0,7", NULL},
    {"Sunday as 0 twice", "0 3 * * 0,0", "day of week field '0,0': 0 is not within 1-7"},
    {"from Sunday on", "0 3 * * 0-6", NULL},
    {"beyond the range", "60 3 * * *", "minute field '60': 60 is not within 0-59"},
    {"beyond the range, and removed", "60,!60,5 3 * * *", NULL},
    {"below the range", "0 3 0 * *", "day of month field '0': 0 is not within 1-31"},
    {"no number for octal", "!08 3 * * *", "minute field '!08' picks nothing"},
    {"bounds", ">10,<20 3 * * *", NULL},
    {"an empty range", "5-3 3 * * *", "minute field '5-3' picks nothing"},
    {"31 February", "0 0 31 2 *", "no month it names has such a day of month"},
    {"30 February or a Monday", "0 0 30 2 1", "no month it names has such a day of month"},
    {"29 February", "0 0 29 2 *", NULL},
};

static void judges(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err why = {0};
        bool accepts = cronperl_accepts(rows[i].spec, &why);
        if (accepts != !rows[i].why)
            fail_msg("%s: %s", rows[i].name, accepts ? "accepted" : why.text);
        if (rows[i].why)
            assert_string_equal(why.text, rows[i].why);
    }
}

/* Moving over must not lose a job: "0" is the one thing that only Perl can read. */
static void ours_reads_what_it_accepts(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct cronspec spec;
        struct err err = {0};
        bool zero = rows[i].spec && rows[i].spec[0] == '0' && !rows[i].spec[1];
        if (!rows[i].why && !zero && !cronspec_parse(&spec, rows[i].spec, &err))
            fail_msg("%s: %s", rows[i].name, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judges),
        cmocka_unit_test(ours_reads_what_it_accepts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
