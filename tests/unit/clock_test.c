#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"

static void test_real_time_is_in_microseconds(void **state)
{
    (void)state;
    int64_t before_s = (int64_t)time(NULL);
    int64_t now_us = clock_real_us();
    int64_t after_s = (int64_t)time(NULL);
    /* time() may lag behind by a tick of the kernel's. */
    assert_true(now_us / 1000000 >= before_s);
    assert_true(now_us / 1000000 <= after_s + 1);
}

static void test_monotonic_time_is_in_milliseconds(void **state)
{
    (void)state;
    int64_t before = clock_mono_ms();
    nanosleep(&(struct timespec){.tv_nsec = 30 * 1000 * 1000}, NULL);
    int64_t took = clock_mono_ms() - before;
    assert_true(took >= 29);
    assert_true(took < 10000);
}

static void test_what_is_left(void **state)
{
    (void)state;
    int64_t now = clock_mono_ms();
    assert_int_equal(clock_left_ms(now - 1000), 0);
    assert_int_equal(clock_left_ms(0), 0);
    int left = clock_left_ms(now + 60000);
    assert_true(left > 50000 && left <= 60000);
    assert_int_equal(clock_left_ms(INT64_MAX), INT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_time_is_in_microseconds),
        cmocka_unit_test(test_monotonic_time_is_in_milliseconds),
        cmocka_unit_test(test_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
