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

static const char whole[] = "1\t2\t3\t4\tfailure\tP\tc\td\tthe text of it\tonce\n";

/* A log whose last line has lost what stood behind len bytes, to nothing or to zeros: it is no
 * record, and those that are appended then are. */
static void check_torn(size_t len, size_t zeros)
{
    struct run_record next = {.run_at_us = 9, .job_id = 7, .package = "Next"};
    char torn[sizeof whole + 100] = {0};
    memcpy(torn, whole, len);
    struct scratch scratch;
    struct err err = {0};
    struct runlog_reader reader;
    struct run_record record;
    scratch_make(&scratch, "/tmp");
    char *path = strdup(scratch_path(&scratch, "runs"));
    scratch_file(&scratch, "runs", torn, (int)(len + zeros));
    append(path, &next);
    append(path, &next);
    assert_true(runlog_open(&reader, path, 0, &err));
    for (int i = 0; i < 2; i++)
        if (!runlog_next(&reader, &record) || strcmp(record.package, "Next") != 0)
            fail_msg("cut after %zu bytes, %zu zeros: record %d", len, zeros, i);
    assert_false(runlog_next(&reader, &record));
    runlog_end(&reader);
    free(path);
    scratch_remove(&scratch);
}

/* Wherever a full disk or a crash cut the last line. */
static void test_torn(void **state)
{
    (void)state;
    for (size_t len = 1; len < sizeof whole - 1; len++) {
        check_torn(len, 0);
        check_torn(len, 1);
        check_torn(len, 100);
    }
}

/* Zeros where a crash lost some bytes of a line whose end was written. */
static void test_zeros_inside(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof whole - 2; at++) {
        struct scratch scratch;
        struct err err = {0};
        struct runlog_reader reader;
        struct run_record record;
        char text[sizeof whole];
        memcpy(text, whole, sizeof whole);
        text[at] = '\0';
        scratch_make(&scratch, "/tmp");
        scratch_file(&scratch, "runs", text, (int)sizeof whole - 1);
        assert_true(runlog_open(&reader, scratch_path(&scratch, "runs"), 0, &err));
        if (runlog_next(&reader, &record))
            fail_msg("a zero after %zu bytes", at);
        runlog_end(&reader);
        scratch_remove(&scratch);
    }
}

static const char *const absurd[] = {
    "9223372036854775807\t2\t3\t4",
    "-9223372036854775808\t2\t3\t4",
    "1\t99999999999\t3\t4",
    "1\t2\t-3\t4",
    "1\t2\t3\t9223372036854775807",
    "1\t2\t3\t-2",
    "\t2\t3\t4",
};

static void test_absurd(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(absurd); i++) {
        struct scratch scratch;
        struct err err = {0};
        struct runlog_reader reader;
        struct run_record record;
        char text[200];
        scratch_make(&scratch, "/tmp");
        snprintf(text, sizeof text, "%s\tlost\tP\tc\td\tt\t\n", absurd[i]);
        scratch_file(&scratch, "runs", text, -1);
        assert_true(runlog_open(&reader, scratch_path(&scratch, "runs"), 0, &err));
        if (runlog_next(&reader, &record))
            fail_msg("%s", absurd[i]);
        runlog_end(&reader);
        scratch_remove(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_rubbish),
        cmocka_unit_test(test_torn),       cmocka_unit_test(test_zeros_inside),
        cmocka_unit_test(test_absurd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
