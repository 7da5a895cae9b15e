#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "core/job.h"
#include "engine/catalogue.h"

static void test_sorted_and_listed(void **state)
{
    (void)state;
    struct buf names = {0};
    for (size_t i = 0; i < catalogue_count(); i++) {
        const char *package = catalogue_at(i)->package;
        if (i && strcmp(catalogue_at(i - 1)->package, package) >= 0)
            fail_msg("%s is out of order", package);
        if (catalogue_find(package) != catalogue_at(i) || !job_package_is_valid(package))
            fail_msg("%s is not found", package);
        buf_addf(&names, "%s%s", i ? ", " : "", package);
    }
    assert_string_equal(buf_text(&names), catalogue_names());
    assert_int_equal(catalogue_count(), 10);
    assert_null(catalogue_at(catalogue_count()));
    buf_release(&names);
}

static void test_others_are_not_found(void **state)
{
    (void)state;
    static const char *const others[] = {"",     "test", "Test ", "Testx", "Tes",
                                         "Base", "../x", "ZZZ",   "AAA",   "CloseProjects"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++)
        if (catalogue_find(others[i]))
            fail_msg("found '%s'", others[i]);
}

static void test_which_works_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < catalogue_count(); i++) {
        const struct handler *handler = catalogue_at(i);
        assert_true(handler->works_elsewhere ==
                    (strcmp(handler->package, "CleanAuthSessions") == 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sorted_and_listed),
        cmocka_unit_test(test_others_are_not_found),
        cmocka_unit_test(test_which_works_elsewhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
