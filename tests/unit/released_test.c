/* core/released: the table is sorted and whole, and finds exactly what is in it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/released.h"
#include "engine/catalogue.h"

#define NO_SUM "0000000000000000000000000000000000000000000000000000000000000000"

static int order(const struct released *a, const struct released *b)
{
    int by_package = strcmp(a->package, b->package);
    return by_package ? by_package : strcmp(a->sha256, b->sha256);
}

static void test_sorted(void **state)
{
    (void)state;
    for (size_t i = 0; i < released_count(); i++) {
        const struct released *text = released_at(i);
        if (i && order(released_at(i - 1), text) >= 0)
            fail_msg("%s %s is out of order", text->package, text->sha256);
        if (strlen(text->sha256) != 64 || strspn(text->sha256, "0123456789abcdef") != 64)
            fail_msg("%s: '%s' is no sum", text->package, text->sha256);
        if (released_find(text->package, text->sha256) != text)
            fail_msg("%s %s is not found", text->package, text->sha256);
    }
    assert_null(released_at(released_count()));
}

/* Of each native job there is a text that does what our handler does, up to the newest release. */
static void test_every_native_job_is_there(void **state)
{
    (void)state;
    for (size_t n = 0; n < catalogue_count(); n++) {
        const char *package = catalogue_at(n)->package;
        int newest = 0;
        for (size_t i = 0; i < released_count(); i++)
            newest += strcmp(released_at(i)->package, package) == 0 &&
                      strcmp(released_at(i)->last, "4.1.0") == 0 && !released_at(i)->differs;
        if (newest != 1)
            fail_msg("%s has %d texts in release 4.1.0", package, newest);
    }
    for (size_t i = 0; i < released_count(); i++)
        if (!catalogue_find(released_at(i)->package))
            fail_msg("%s is no native job", released_at(i)->package);
}

static void test_others_are_not_found(void **state)
{
    (void)state;
    const struct released *first = released_at(0);
    const struct released *last = released_at(released_count() - 1);
    assert_null(released_find(first->package, NO_SUM));
    assert_null(released_find(first->package, last->sha256));
    assert_null(released_find(last->package, first->sha256));
    assert_null(released_find("NoSuchJob", first->sha256));
    assert_null(released_find(first->package, ""));
}

/* The ones that kivitendo has changed since: auto must not replace them. */
static void test_which_differ(void **state)
{
    (void)state;
    static const struct {
        const char *package;
        const char *first;
    } rows[] = {
        {"CloseProjectsBelongingToClosedSalesOrders", "3.5.0"},
        {"SetNumberRange", "3.9.0"},
        {"SetNumberRange", "3.5.5"},
    };
    size_t found = 0;
    for (size_t i = 0; i < released_count(); i++) {
        const struct released *text = released_at(i);
        if (!text->differs)
            continue;
        assert_true(found < ARRAY_LEN(rows));
        assert_string_equal(text->package, rows[found].package);
        assert_string_equal(text->first, rows[found].first);
        found++;
    }
    assert_int_equal(found, ARRAY_LEN(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted),
        cmocka_unit_test(test_every_native_job_is_there),
        cmocka_unit_test(test_others_are_not_found),
        cmocka_unit_test(test_which_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
