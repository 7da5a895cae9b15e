#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/ranges.h"

/* One minute before New Year, and half a minute after it: late. */
static const struct ranges_dates late = {
    .slot = {2025, 12, 31, 23, 59, 0},
    .today = {2026, 1, 1, 0, 0, 30},
};

#define DIGITS_40 "0000000000000000000000000000000000000042"

static const struct {
    const char *name;
    const char *data;
    const char *old;
    const char *want; /* NULL: null */
} good[] = {
    {"handbook's example", "multiplier: 100", "RE2025", "RE202600"},
    {"no parameters", NULL, "RE2025", "RE202600"},
    {"prefix ending in a dash, no digits", NULL, "RE-", "RE-202600"},
    {"digits in the prefix stay", NULL, "R2025-001", "R2025-202600"},
    {"empty", NULL, "", "202600"},
    {"null stays null", NULL, NULL, NULL},
    {"only a zero", NULL, "0", "202600"},
    {"padded to the old count, which is shorter", NULL, "00042", "202600"},
    {"padded to the old count, which is longer", NULL, "00000042", "00202600"},
    {"padded behind a prefix", NULL, "A-0000000001", "A-0000202600"},
    {"more digits than a number can hold", NULL, "X" DIGITS_40,
     "X0000000000000000000000000000000000202600"},
    {"digits only, too many for 64 bits", NULL, "99999999999999999999999",
     "00000000000000000202600"},
    {"one letter", NULL, "a", "a202600"},
    {"blank at the end is prefix", NULL, "RE2025 ", "RE2025 202600"},
    {"carriage return is prefix", NULL, "RE2025\r", "RE2025\r202600"},
    {"umlaut", NULL, "Ü7", "Ü202600"},
    {"other scripts' digits are prefix", NULL, "RE\xD9\xA1",
     "RE\xD9\xA1"
     "202600"},
    {"percent signs mean nothing", NULL, "%s%n5", "%s%n202600"},
    {"decimal point is prefix", NULL, "1.5", "1.202600"},
    {"two digits", "digits_year: 2", "RE2025", "RE2600"},
    {"two digits, padded", "digits_year: 2", "00042", "02600"},
    {"four digits said", "digits_year: 4", "RE1", "RE202600"},
    {"digits_year false", "digits_year: 0", "RE1", "RE202600"},
    {"this year", "current_year: 1", "RE1", "RE202500"},
    {"this year, two digits", "{\"current_year\": true, \"digits_year\": 2}", "RE1", "RE2500"},
    {"this year said to be false", "current_year: false", "RE1", "RE202600"},
    {"multiplier 10", "multiplier: 10", "RE1", "RE20260"},
    {"multiplier 1000000", "multiplier: 1000000", "RE1", "RE2026000000"},
    {"largest multiplier", "multiplier: 1000000000000", "RE1", "RE2026000000000000"},
    {"multiplier 0 is the default", "multiplier: 0", "RE1", "RE202600"},
    {"multiplier 00 is the default", "multiplier: '00'", "RE1", "RE202600"},
    {"multiplier with leading zeros", "multiplier: 010", "RE1", "RE20260"},
    {"multiplier empty", "multiplier: ''", "RE1", "RE202600"},
    {"multiplier null", "multiplier: ~", "RE1", "RE202600"},
    {"monthly, today's month", "monthly: 1", "RE2025", "26-01-000"},
    {"monthly, empty", "monthly: 1", "", "26-01-000"},
    {"monthly, null", "monthly: 1", NULL, "26-01-000"},
    {"monthly is false", "monthly: 0", "RE1", "RE202600"},
    {"monthly with a postfix", "monthly: 1\nmonthly_postfix: '0001'", "x", "26-01-0001"},
    {"monthly, postfix false", "monthly: 1\nmonthly_postfix: 0", "x", "26-01-000"},
    {"monthly, postfix without digits at its end", "monthly: 1\nmonthly_postfix: a", "x",
     "26-01-a0"},
    {"monthly, own format", "monthly: 1\nmonthly_strftime: 'R%Y%m'", "x", "R202601000"},
    {"monthly, English names", "monthly: 1\nmonthly_strftime: '%B %b %A %a '", "x",
     "January Jan Thursday Thu 000"},
    {"monthly, format empty", "monthly: 1\nmonthly_strftime: ''", "x", "26-01-000"},
    {"monthly, format without directives", "monthly: 1\nmonthly_strftime: Q", "x", "Q000"},
    {"format of no meaning, but not monthly", "monthly_strftime: '%Q'", "RE1", "RE202600"},
};

static const struct {
    const char *name;
    const char *data;
    const char *old;
    const char *want;
} bad[] = {
    {"digits_year 3", "digits_year: 3", "", "digits_year: 3 is neither 2 nor 4"},
    {"digits_year abc", "digits_year: abc", "", "digits_year: 'abc' is not a whole number"},
    {"digits_year 2.0", "digits_year: 2.0", "", "digits_year: '2.0' is not"},
    {"digits_year list", "digits_year: [2]", "", "digits_year: a list"},
    {"digits_year, even if monthly", "monthly: 1\ndigits_year: 5", "", "digits_year: 5"},
    {"multiplier 5", "multiplier: 5", "", "multiplier: 5 is not a multiple of 10"},
    {"multiplier 101", "multiplier: 101", "", "multiplier: 101 is not a multiple"},
    {"multiplier abc", "multiplier: abc", "", "multiplier: 'abc' is not a whole number"},
    {"multiplier 1e3", "multiplier: 1e3", "", "multiplier: '1e3'"},
    {"multiplier 10.5", "multiplier: 10.5", "", "multiplier: '10.5'"},
    {"multiplier 100.0", "multiplier: 100.0", "", "multiplier: '100.0'"},
    {"multiplier blank 10", "multiplier: ' 10'", "", "multiplier: ' 10'"},
    {"multiplier 10 and a newline", "multiplier: \"10\\n\"", "", "multiplier: '10\n'"},
    {"multiplier -10", "multiplier: -10", "", "multiplier: '-10'"},
    {"multiplier +10", "multiplier: +10", "", "multiplier: '+10'"},
    {"multiplier 0x10", "multiplier: 0x10", "", "multiplier: '0x10'"},
    {"multiplier list", "multiplier: [100]", "", "multiplier: a list"},
    {"multiplier true", "multiplier: true", "", "multiplier: 1 is not a multiple"},
    {"multiplier too large", "multiplier: 1000000000010", "",
     "multiplier: '1000000000010' is more"},
    {"multiplier beyond 64 bits", "multiplier: 99999999999999999999990", "", "multiplier: '9999"},
    {"format with an unknown directive", "monthly: 1\nmonthly_strftime: '%y-%Q'", "",
     "monthly_strftime: the directive %Q is not supported"},
    {"DateTime's methods", "monthly: 1\nmonthly_strftime: '%{year}'", "", "the directive %{ is"},
    {"DateTime's nanoseconds", "monthly: 1\nmonthly_strftime: '%N'", "", "the directive %N is"},
    {"widths", "monthly: 1\nmonthly_strftime: '%3N'", "", "the directive %3 is"},
    {"a lone percent sign", "monthly: 1\nmonthly_strftime: '%y%'", "",
     "monthly_strftime: a single % at the end"},
    {"an umlaut as a directive", "monthly: 1\nmonthly_strftime: '%ü'", "", "directive %ü is"},
    {"format list", "monthly: 1\nmonthly_strftime: [a]", "", "monthly_strftime: a list"},
    {"postfix list", "monthly: 1\nmonthly_postfix: [a]", "", "monthly_postfix: a list"},
    {"line break from the format", "monthly: 1\nmonthly_strftime: '%n'", "", "a line break"},
    {"line break in the postfix", "monthly: 1\nmonthly_postfix: \"\\n1\"", "", "a line break"},
    {"line break inside a range", NULL, "A\nB12", "contains a line break"},
    {"line break behind a range", NULL, "RE2025\n", "contains a line break"},
};

static bool run(const char *text, const char *old, struct range *next, struct err *err)
{
    struct data data = {0};
    struct ranges_rule rule;
    bool done = data_parse(&data, text, err) && ranges_rule_read(&rule, &data, &late, err) &&
                ranges_next(&rule, old, next, err);
    data_release(&data);
    return done;
}

static void test_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct range next;
        struct err err = {0};
        if (!run(good[i].data, good[i].old, &next, &err))
            fail_msg("%s: %s", good[i].name, err.text);
        if (next.is_null != !good[i].want)
            fail_msg("%s: %s", good[i].name, next.is_null ? "null" : "not null");
        if (good[i].want && strcmp(next.text, good[i].want) != 0)
            fail_msg("%s: got '%s'", good[i].name, next.text);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct range next;
        struct err err = {0};
        if (run(bad[i].data, bad[i].old, &next, &err))
            fail_msg("%s: got '%s'", bad[i].name, next.text);
        if (!strstr(err.text, bad[i].want) || err.kind != ERR_JOB)
            fail_msg("%s: got '%s'", bad[i].name, err.text);
    }
}

static void test_turn_of_the_century(void **state)
{
    (void)state;
    const struct ranges_dates dates = {.slot = {2099, 12, 31, 0, 0, 0},
                                       .today = {2099, 12, 31, 0, 0, 0}};
    struct data data = {0};
    struct ranges_rule rule;
    struct range next;
    struct err err = {0};
    assert_true(data_parse(&data, "digits_year: 2", &err));
    assert_true(ranges_rule_read(&rule, &data, &dates, &err));
    assert_true(ranges_next(&rule, "RE99", &next, &err));
    assert_string_equal(next.text, "RE00");
    data_release(&data);
}

static void test_length_limit(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int letters, digits;
        const char *want; /* NULL: fits */
    } rows[] = {
        {"fits exactly", RANGE_SIZE - 1 - 6, 0, NULL},
        {"result one byte too long", RANGE_SIZE - 6, 0, "would be longer than 255 bytes"},
        {"as many digits as fit", 0, RANGE_SIZE - 1, NULL},
        {"too long already", 0, RANGE_SIZE, "is longer than 255 bytes"},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char old[RANGE_SIZE * 2] = "";
        memset(old, 'A', (size_t)rows[i].letters);
        memset(old + rows[i].letters, '7', (size_t)rows[i].digits);
        struct range next;
        struct err err = {0};
        bool done = run(NULL, old, &next, &err);
        if (done != !rows[i].want || (!done && !strstr(err.text, rows[i].want)))
            fail_msg("%s: %s", rows[i].name, err.text);
        if (done)
            assert_int_equal(strlen(next.text), RANGE_SIZE - 1);
    }
}

static void test_long_parameters(void **state)
{
    (void)state;
    char text[2000] = "monthly: 1\nmonthly_postfix: ";
    memset(text + strlen(text), 'x', 300);
    struct range next;
    struct err err = {0};
    assert_false(run(text, "", &next, &err));
    assert_non_null(strstr(err.text, "monthly_postfix: more than 255 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_bad),
        cmocka_unit_test(test_turn_of_the_century),
        cmocka_unit_test(test_length_limit),
        cmocka_unit_test(test_long_parameters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
