#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/err.h"

static void test_context_goes_in_front(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(err_set(&err, ERR_AWAY, "cannot connect to port %d", 5432));
    assert_false(err_wrap(&err, "job %d", 17));
    assert_false(err_wrap(&err, "client '%s'", "acme"));
    assert_string_equal(err.text, "client 'acme': job 17: cannot connect to port 5432");
    assert_int_equal(err.kind, ERR_AWAY);
}

static void test_a_database_code_stays_behind_context(void **state)
{
    (void)state;
    struct err err = {.kind = ERR_JOB, .sqlstate = "55P03", .text = "lock timeout"};
    err_wrap(&err, "job %d", 17);
    assert_string_equal(err.sqlstate, "55P03");
    struct err other = err;
    assert_false(err_set(&err, ERR_JOB, "something else"));
    assert_string_equal(err.sqlstate, "");
    assert_false(err_set_errno(&other, "something else"));
    assert_string_equal(other.sqlstate, "");
}

static void test_errno_in_words(void **state)
{
    (void)state;
    struct err err = {0};
    errno = ENOENT;
    assert_false(err_set_errno(&err, "cannot open %s", "x"));
    assert_string_equal(err.text, "cannot open x: No such file or directory");
    assert_int_equal(err.kind, ERR_SYSTEM);
}

static void test_what_we_may_not(void **state)
{
    (void)state;
    struct err err = {0};
    static const int refusals[] = {EACCES, EPERM, EROFS};
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        errno = refusals[i];
        assert_false(err_set_access(&err, "cannot open %s", "x"));
        assert_int_equal(err.kind, ERR_PERMISSION);
    }
    assert_string_equal(err.text, "cannot open x: Read-only file system");
    errno = ENOSPC;
    assert_false(err_set_access(&err, "cannot open %s", "x"));
    assert_int_equal(err.kind, ERR_SYSTEM);
}

static void test_what_is_short(void **state)
{
    (void)state;
    struct err err = {0};
    static const int shortages[] = {EAGAIN, EMFILE, ENFILE, ENOBUFS, ENOMEM, ENOSPC};
    for (size_t i = 0; i < sizeof shortages / sizeof shortages[0]; i++) {
        errno = shortages[i];
        assert_false(err_set_shortage(&err, "cannot fork for %s", "x"));
        assert_int_equal(err.kind, ERR_AWAY);
    }
    assert_string_equal(err.text, "cannot fork for x: No space left on device");
    errno = ENOENT;
    assert_false(err_set_shortage(&err, "cannot open %s", "x"));
    assert_int_equal(err.kind, ERR_SYSTEM);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    struct err err = {0};
    assert_false(err_set_nomem(&err));
    assert_string_equal(err.text, "out of memory");
    assert_int_equal(err.kind, ERR_INTERNAL);
}

static void test_too_long_is_cut_at_the_end(void **state)
{
    (void)state;
    struct err err = {0};
    char much[2 * ERR_TEXT_MAX];
    memset(much, 'x', sizeof much - 1);
    much[sizeof much - 1] = '\0';
    err_set(&err, ERR_JOB, "%s", much);
    assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
    err_wrap(&err, "context");
    assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
    assert_memory_equal(err.text, "context: xxx", 12);
    errno = ENOENT;
    err_set_errno(&err, "%s", much);
    assert_int_equal(strlen(err.text), ERR_TEXT_MAX - 1);
}

struct exit_code {
    enum err_kind kind;
    int want;
};

static void test_exit_codes(void **state)
{
    (void)state;
    static const struct exit_code rows[] = {
        {ERR_NONE, 0},  {ERR_USAGE, 64},      {ERR_INTERNAL, 70}, {ERR_SYSTEM, 71},
        {ERR_AWAY, 75}, {ERR_PERMISSION, 77}, {ERR_CONFIG, 78},   {ERR_JOB, 0},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (err_exit_code(rows[i].kind) != rows[i].want)
            fail_msg("kind %d: %d, not %d", rows[i].kind, err_exit_code(rows[i].kind),
                     rows[i].want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_context_goes_in_front),
        cmocka_unit_test(test_a_database_code_stays_behind_context),
        cmocka_unit_test(test_errno_in_words),
        cmocka_unit_test(test_what_we_may_not),
        cmocka_unit_test(test_what_is_short),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_too_long_is_cut_at_the_end),
        cmocka_unit_test(test_exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
