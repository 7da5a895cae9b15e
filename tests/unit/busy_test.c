/* store/busy: what a run shows comes back; hostile texts stay in their line, rubbish is passed
 * over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scratch.h"
#include "store/busy.h"

static void test_round_trip(void **state)
{
    (void)state;
    struct scratch scratch;
    struct err err = {0};
    struct busy read;
    struct busy busy = {.run_pid = 4711, .written_us = 1795428003000000, .count = 2};
    busy.jobs[0] = (struct busy_job){
        1795428000000001, BUSY_PERL, 17, 3, 4712, "Create\tPeriodic\nInvoices", "M\xFCller"};
    busy.jobs[1] = (struct busy_job){1795427999000000, BUSY_NATIVE, 0, 4, 4713, "", "b"};
    scratch_make(&scratch, "/tmp");
    const char *path = scratch_path(&scratch, "busy");

    assert_true(busy_load(&read, path, &err));
    assert_int_equal(read.run_pid, 0);
    assert_false(busy_is_of(&read, 0, 0));
    busy_release(&read);

    assert_true(busy_save(&busy, path, &err));
    assert_true(busy_load(&read, path, &err));
    assert_int_equal(read.count, 2);
    assert_int_equal(read.jobs[0].since_us, 1795428000000001);
    assert_string_equal(busy_kind_word(read.jobs[0].kind), "perl");
    assert_int_equal(read.jobs[0].job_id, 17);
    assert_int_equal(read.jobs[0].client_id, 3);
    assert_int_equal(read.jobs[0].lane_pid, 4712);
    assert_string_equal(read.jobs[0].package, "Create Periodic Invoices");
    assert_string_equal(read.jobs[0].client, "M\xEF\xBF\xBDller");
    assert_string_equal(read.jobs[1].package, "");
    assert_int_equal(read.jobs[1].job_id, 0);
    assert_true(busy_is_of(&read, 4711, 1795428000));
    assert_true(busy_is_of(&read, 4711, 0));
    assert_false(busy_is_of(&read, 4711, 1795428004)); /* a pid that is used again */
    assert_false(busy_is_of(&read, 4710, 1795428000));
    busy_release(&read);
    busy_remove(path);
    assert_int_not_equal(access(path, F_OK), 0);
    busy_remove(path);
    scratch_remove(&scratch);
}

static void test_rubbish(void **state)
{
    (void)state;
    struct scratch scratch;
    struct err err = {0};
    struct busy busy;
    scratch_make(&scratch, "/tmp");
    const char *path = scratch_file(&scratch, "busy",
                                    "\n\trun\njob\t1\tperhaps\t1\t2\t3\tP\tc\njob\t1\tperl\t1\n"
                                    "run\t5\t1000000\njob\t1\tcommand\t1\t2\t3\tP\tc",
                                    -1);
    assert_true(busy_load(&busy, path, &err));
    assert_int_equal(busy.run_pid, 5);
    assert_int_equal(busy.count, 1);
    assert_string_equal(busy.jobs[0].client, "c");
    busy_release(&busy);

    char many[4096] = "run\t5\t1\n";
    for (int i = 0; i < BUSY_MAX + 5; i++)
        strcat(many, "job\t1\tperl\t1\t2\t3\tPackage\tclient\n");
    path = scratch_file(&scratch, "busy", many, -1);
    assert_true(busy_load(&busy, path, &err));
    assert_int_equal(busy.count, BUSY_MAX);
    busy_release(&busy);
    scratch_remove(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_rubbish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
