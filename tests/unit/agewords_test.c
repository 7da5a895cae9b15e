/* core/agewords: how long, in few words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/agewords.h"

struct row {
    int64_t seconds;
    const char *ago;
};

static const struct row rows[] = {
    {0, "0 s ago"},    {59, "59 s ago"},     {60, "1 min ago"},       {7199, "119 min ago"},
    {7200, "2 h ago"}, {172799, "47 h ago"}, {172800, "2 d ago"},     {-1, "in 1 s"},
    {-90, "in 1 min"}, {-86400, "in 24 h"},  {-31536000, "in 365 d"},
};

static void ages(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf text = {0};
        agewords_ago(rows[i].seconds, &text);
        assert_string_equal(buf_text(&text), rows[i].ago);
        buf_release(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
