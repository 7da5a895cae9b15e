/* io/bridge: what a job's answer becomes, whatever bytes it holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>

#include "io/bridge.h"
#include "scratch.h"

/* A file, and the text and data of the answer in it. */
static const struct {
    const char *name;
    const char *file;
    bool failed;
    const char *text;
    const char *data;
} rows[] = {
    {"a result", "{\"ok\":true,\"result\":\"fine\"}\n", false, "fine", NULL},
    {"an error", "{\"ok\":false,\"error\":\"broken\"}\n", true, "broken", NULL},
    {"a byte of no character", "{\"ok\":true,\"result\":\"a\xFF\x62\"}\n", false, "a\uFFFDb", NULL},
    {"half a character", "{\"ok\":true,\"result\":\"a\xC3\"}\n", false, "a\uFFFD", NULL},
    {"half a pair of UTF-16", "{\"ok\":false,\"error\":\"\xED\xA0\x80\"}\n", true,
     "\uFFFD\uFFFD\uFFFD", NULL},
    {"in the data", "{\"ok\":true,\"result\":\"fine\",\"data\":\"x: \xE4\"}\n", false, "fine",
     "x: \uFFFD"},
};

static void check_row(const struct scratch *s, size_t row)
{
    struct bridge_call call = BRIDGE_CALL_NONE;
    struct bridge_answer answer;
    struct err err = {0};
    scratch_file(s, "one.answer", rows[row].file, -1);
    call.dir_fd = open(s->dir, O_RDONLY | O_DIRECTORY);
    snprintf(call.answer_name, sizeof call.answer_name, "one.answer");
    if (!bridge_answer(&call, &answer, &err))
        fail_msg("%s: %s", rows[row].name, err.text);
    assert_int_equal(answer.failed, rows[row].failed);
    assert_string_equal(answer.text, rows[row].text);
    assert_int_equal(answer.data == NULL, rows[row].data == NULL);
    if (answer.data)
        assert_string_equal(answer.data, rows[row].data);
    bridge_answer_release(&answer);
    close(call.dir_fd);
}

static void test_rows(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    for (size_t row = 0; row < ARRAY_LEN(rows); row++)
        check_row(&s, row);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
