/* engine/metrics: what is counted comes back in the next run and out in Prometheus' form, whatever
 * the names are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "engine/metrics.h"
#include "scratch.h"

struct desk {
    struct scratch scratch;
    char counters[PATH_MAX];
    char file[PATH_MAX];
    struct metrics metrics;
};

static void reopen(struct desk *desk)
{
    struct err err = {0};
    metrics_close(&desk->metrics);
    if (!metrics_open(&desk->metrics, desk->counters, &err))
        fail_msg("%s", err.text);
}

static void desk_open(struct desk *desk)
{
    *desk = (struct desk){0};
    scratch_make(&desk->scratch, "/tmp");
    snprintf(desk->counters, sizeof desk->counters, "%s", scratch_path(&desk->scratch, "counters"));
    snprintf(desk->file, sizeof desk->file, "%s", scratch_path(&desk->scratch, "x.prom"));
    reopen(desk);
}

static void desk_close(struct desk *desk)
{
    metrics_close(&desk->metrics);
    metrics_close(&desk->metrics);
    metrics_close(NULL);
    scratch_remove(&desk->scratch);
}

static void count(struct desk *desk, const char *client, const char *package, enum run_end end)
{
    metrics_count(&desk->metrics,
                  &(struct run_record){.client = client, .package = package, .end = end});
}

static void write_all(struct desk *desk)
{
    struct metrics_run run = {
        .file = desk->file,
        .started_us = 1795428000000000,
        .ended_us = 1795428001250000,
        .succeeded = true,
        .clients = 3,
        .unreachable = 1,
        .held = 2,
        .journal = 4,
    };
    struct err err = {0};
    if (!metrics_write(&desk->metrics, &run, &err))
        fail_msg("%s", err.text);
}

/* Ends the test unless the file has exactly `times` lines like that one. */
static void expect(const struct desk *desk, const char *line, int times)
{
    char text[65536] = "\n";
    char whole[1024];
    int found = 0;
    FILE *file = fopen(desk->file, "r");
    assert_non_null(file);
    text[1 + fread(text + 1, 1, sizeof text - 2, file)] = '\0';
    fclose(file);
    snprintf(whole, sizeof whole, "\n%s\n", line);
    for (const char *p = text; (p = strstr(p, whole)); p++)
        found++;
    if (found != times)
        fail_msg("%d times instead of %d: %s\nin:%s", found, times, line, text);
}

static void test_gauges(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "# HELP task_server_last_run_timestamp_seconds When the last run ended.",
        "# TYPE task_server_last_run_timestamp_seconds gauge",
        "task_server_last_run_timestamp_seconds 1795428001.250",
        "task_server_last_run_duration_seconds 1.250",
        "task_server_last_run_success 1",
        "task_server_installation_locked 0",
        "task_server_all_held 0",
        "task_server_clients 3",
        "task_server_clients_unreachable 1",
        "task_server_clients_held 2",
        "task_server_journal_entries 4",
    };
    struct desk desk;
    struct stat st;
    desk_open(&desk);
    write_all(&desk);
    for (size_t i = 0; i < ARRAY_LEN(lines); i++)
        expect(&desk, lines[i], 1);
    expect(&desk, "# TYPE task_server_jobs_total counter", 0);
    expect(&desk, "# TYPE task_server_overdue_seconds gauge", 0);
    assert_int_equal(stat(desk.file, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0644);
    assert_int_not_equal(access(desk.counters, F_OK), 0);
    desk_close(&desk);
}

/* The clients could not be read: nobody knows how many there are. */
static void test_unknown(void **state)
{
    (void)state;
    struct desk desk;
    struct err err = {0};
    desk_open(&desk);
    struct metrics_run run = {.file = desk.file, .clients = -1};
    assert_true(metrics_write(&desk.metrics, &run, &err));
    expect(&desk, "# TYPE task_server_clients gauge", 0);
    expect(&desk, "task_server_clients_unreachable 0", 1);
    desk_close(&desk);
}

#define JOBS(client, package, outcome, count)                                                      \
    "task_server_jobs_total{client=\"" client "\",package=\"" package "\",outcome=\"" outcome      \
    "\"} " count

static void test_counters(void **state)
{
    (void)state;
    struct desk desk;
    struct stat st;
    desk_open(&desk);
    count(&desk, "acme", "Test", RUN_FAILED);
    write_all(&desk);
    expect(&desk, JOBS("acme", "Test", "failure", "1"), 1);
    expect(&desk, JOBS("acme", "Test", "success", "0"), 1);
    assert_int_equal(stat(desk.counters, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);

    reopen(&desk);
    assert_int_equal(unlink(desk.file), 0);
    count(&desk, "acme", "Test", RUN_FAILED);
    count(&desk, "acme", "Test", RUN_LOST);
    count(&desk, "acme", "Test", RUN_INTERRUPTED);
    count(&desk, "acme", "Other", RUN_SUCCEEDED);
    count(&desk, "beta", "Test", RUN_SUCCEEDED);
    write_all(&desk);
    expect(&desk, JOBS("acme", "Test", "failure", "2"), 1);
    expect(&desk, JOBS("acme", "Test", "lost", "1"), 1);
    expect(&desk, JOBS("acme", "Test", "interrupted", "1"), 1);
    expect(&desk, JOBS("acme", "Test", "success", "0"), 1);
    expect(&desk, JOBS("acme", "Other", "success", "1"), 1);
    expect(&desk, JOBS("beta", "Test", "success", "1"), 1);
    expect(&desk, "# TYPE task_server_jobs_total counter", 1);
    desk_close(&desk);
}

/* ---- names ---- */

static const struct {
    const char *row;
    const char *name;
    const char *label;
} names[] = {
    {"plain", "acme", "acme"},
    {"UTF-8", "Müller GmbH", "Müller GmbH"},
    {"quote and backslash", "a\"b\\c", "a\\\"b\\\\c"},
    {"backslash at the end", "a\\", "a\\\\"},
    {"a line of its own", "x\"} 1\nevil 2\n# ", "x\\\"} 1 evil 2 # "},
    {"tab, return, escape", "a\tb\rc\033", "a b c "},
    {"no UTF-8", "M\xFCller", "M\xEF\xBF\xBDller"},
    {"empty", "", ""},
};

/* The same label wherever the name appears, now and in the next run. */
static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        struct desk desk;
        char line[256];
        desk_open(&desk);
        for (int run = 1; run <= 2; run++) {
            reopen(&desk);
            count(&desk, names[i].name, "Test", RUN_SUCCEEDED);
            metrics_overdue(&desk.metrics, names[i].name, 5);
            write_all(&desk);
            print_message("%s, run %d\n", names[i].row, run);
            snprintf(
                line, sizeof line,
                "task_server_jobs_total{client=\"%s\",package=\"Test\",outcome=\"success\"} %d",
                names[i].label, run);
            expect(&desk, line, 1);
            snprintf(line, sizeof line, "task_server_overdue_seconds{client=\"%s\"} 5",
                     names[i].label);
            expect(&desk, line, 1);
        }
        assert_int_equal(desk.metrics.count, 1);
        desk_close(&desk);
    }
}

static void test_overdue(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    metrics_overdue(&desk.metrics, "acme", 30);
    metrics_overdue(&desk.metrics, "acme", 90);
    metrics_overdue(&desk.metrics, "acme", 60);
    metrics_overdue(&desk.metrics, "beta", 0);
    write_all(&desk);
    expect(&desk, "task_server_overdue_seconds{client=\"acme\"} 90", 1);
    expect(&desk, "task_server_overdue_seconds{client=\"beta\"} 0", 1);
    reopen(&desk);
    write_all(&desk);
    expect(&desk, "# TYPE task_server_overdue_seconds gauge", 0);
    desk_close(&desk);
}

/* ---- what can be wrong with files ---- */

/* Each series once, or the collector refuses all of the file. */
static void test_rubbish(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    scratch_file(&desk.scratch, "counters",
                 "rubbish\n\nacme\tTest\t1\t2\nacme\tTest\t3\t1\t0\t0\nacme\tTest\t4\t0\t0\t0\n"
                 "acme\tBad\t-7\tx\t9223372036854775807\t1\nacme\tCut\t1\t2\t3",
                 -1);
    reopen(&desk);
    write_all(&desk);
    expect(&desk, JOBS("acme", "Test", "success", "4"), 1);
    expect(&desk, JOBS("acme", "Bad", "success", "0"), 1);
    expect(&desk, JOBS("acme", "Bad", "failure", "0"), 1);
    expect(&desk, JOBS("acme", "Bad", "lost", "1"), 1);
    assert_int_equal(desk.metrics.count, 2);
    desk_close(&desk);
}

/* A byte that went bad on the disk: the collector refuses a file that is no UTF-8. */
static void test_bad_bytes(void **state)
{
    (void)state;
    struct desk desk;
    desk_open(&desk);
    scratch_file(&desk.scratch, "counters",
                 "ac\xFFme\tTe\x01st\t1\t0\t0\t0\nM\xC3\tTest\r\t2\t0\t0\t0\n", -1);
    reopen(&desk);
    write_all(&desk);
    expect(&desk, JOBS("ac\xEF\xBF\xBDme", "Te st", "success", "1"), 1);
    expect(&desk, JOBS("M\xEF\xBF\xBD", "Test ", "success", "2"), 1);
    desk_close(&desk);
}

static bool fails_to_write(struct desk *desk, struct err *err)
{
    struct metrics_run run = {.file = desk->file};
    *err = (struct err){0};
    return !metrics_write(&desk->metrics, &run, err);
}

/* Neither file needs the other one. */
static void test_unwritable(void **state)
{
    (void)state;
    struct desk desk;
    struct err err;
    desk_open(&desk);
    count(&desk, "acme", "Test", RUN_SUCCEEDED);
    snprintf(desk.file, sizeof desk.file, "%s/not/there.prom", desk.scratch.dir);
    assert_true(fails_to_write(&desk, &err));
    assert_non_null(strstr(err.text, "metrics_file: cannot write"));
    assert_non_null(strstr(err.text, "there.prom"));
    snprintf(desk.file, sizeof desk.file, "%s/x.prom", desk.scratch.dir);
    reopen(&desk);
    write_all(&desk);
    expect(&desk, JOBS("acme", "Test", "success", "1"), 1);

    snprintf(desk.counters, sizeof desk.counters, "%s/not/counters", desk.scratch.dir);
    reopen(&desk);
    count(&desk, "acme", "Test", RUN_FAILED);
    assert_true(fails_to_write(&desk, &err));
    assert_non_null(strstr(err.text, "not/counters"));
    expect(&desk, JOBS("acme", "Test", "failure", "1"), 1);
    desk_close(&desk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gauges),    cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_counters),  cmocka_unit_test(test_names),
        cmocka_unit_test(test_overdue),   cmocka_unit_test(test_rubbish),
        cmocka_unit_test(test_bad_bytes), cmocka_unit_test(test_unwritable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
