/* store/runlog: what is written comes back, hostile texts stay in their line, rubbish is skipped.
 */
#include <fcntl.h>
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
#include "store/runlog.h"

static void append(const char *path, const struct run_record *record)
{
    struct runlog log = RUNLOG_CLOSED;
    struct err err = {0};
    log.path = path;
    if (!runlog_append(&log, record, &err))
        fail_msg("%s", err.text);
    runlog_close(&log);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct scratch scratch;
    struct err err = {0};
    struct runlog_reader reader;
    struct run_record record;
    scratch_make(&scratch, "/tmp");
    char *path = strdup(scratch_path(&scratch, "runs"));

    assert_true(runlog_open(&reader, path, 0, &err));
    assert_false(runlog_next(&reader, &record));
    runlog_end(&reader);

    append(path, &(struct run_record){1795428000123456, 3, 17, 250, RUN_FAILED, "Test", "Mül\tler",
                                      "", "a\nb\xFF", true});
    append(path, &(struct run_record){1795428060000000, 3, 18, 1, RUN_SUCCEEDED, NULL, "x", NULL,
                                      NULL, false});
    assert_true(runlog_open(&reader, path, 0, &err));
    assert_true(runlog_next(&reader, &record));
    assert_int_equal(record.run_at_us, 1795428000123456);
    assert_int_equal(record.client_id, 3);
    assert_int_equal(record.job_id, 17);
    assert_int_equal(record.duration_ms, 250);
    assert_int_equal(record.end, RUN_FAILED);
    assert_string_equal(record.package, "Test");
    assert_string_equal(record.client, "Mül ler");
    assert_string_equal(record.text, "a b\xEF\xBF\xBD");
    assert_true(record.once);
    int64_t offset = reader.offset;
    assert_true(runlog_next(&reader, &record));
    assert_string_equal(record.package, "");
    assert_false(record.once);
    assert_false(runlog_next(&reader, &record));
    runlog_end(&reader);

    assert_true(runlog_open(&reader, path, offset, &err));
    assert_true(runlog_next(&reader, &record));
    assert_int_equal(record.job_id, 18);
    runlog_end(&reader);
    assert_true(runlog_open(&reader, path, 1000000, &err));
    assert_true(runlog_next(&reader, &record));
    assert_int_equal(record.job_id, 17);
    runlog_end(&reader);
    free(path);
    scratch_remove(&scratch);
}

static void test_rubbish(void **state)
{
    (void)state;
    static const char text[] = "rubbish\n\n1\t2\t3\n1\t2\t3\t4\tperhaps\ta\tb\tc\td\n"
                               "1\t2\t3\t4\tlost\tP\tc\t\twithout once\n5\t6\t7\t8\tsucc";
    struct scratch scratch;
    struct err err = {0};
    struct runlog_reader reader;
    struct run_record record;
    scratch_make(&scratch, "/tmp");
    char *path = strdup(scratch_path(&scratch, "runs"));
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
    close(fd);
    assert_true(runlog_open(&reader, path, 0, &err));
    assert_true(runlog_next(&reader, &record));
    assert_int_equal(record.end, RUN_LOST);
    assert_string_equal(run_end_word(record.end), "lost");
    assert_string_equal(record.text, "without once");
    assert_false(record.once);
    assert_false(runlog_next(&reader, &record));
    assert_int_equal(reader.offset, strrchr(text, '\n') + 1 - text);
    runlog_end(&reader);
    assert_false(runlog_rotate(path));
    assert_int_equal(truncate(path, RUNLOG_ROTATE_BYTES), 0);
    assert_true(runlog_rotate(path));
    assert_int_not_equal(access(path, F_OK), 0);
    free(path);
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
