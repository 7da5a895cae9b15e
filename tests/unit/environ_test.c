/* core/environ: what passes, what is added, what wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/environ.h"

static const char *const ours[] = {"PATH=/evil",
                                   "HOME=/home/a",
                                   "USER=a",
                                   "LOGNAME=a",
                                   "LANG=de_DE.UTF-8",
                                   "LC_CTYPE=C",
                                   "LC_=x",
                                   "TZ=Europe/Berlin",
                                   "LD_PRELOAD=/x",
                                   "PGPASSWORD=secret",
                                   "PERL5LIB=/x",
                                   "LANGUAGE=de",
                                   "MAIL=x",
                                   "no equals",
                                   "=odd",
                                   "HOMEWARD=/no",
                                   NULL};

/* A variable after environ_start; NULL: it must not be there. */
static const struct {
    const char *name;
    const char *value;
} pass_rows[] = {
    {"PATH", ENVIRON_PATH},  {"HOME", "/home/a"}, {"USER", "a"},           {"LOGNAME", "a"},
    {"LANG", "de_DE.UTF-8"}, {"LC_CTYPE", "C"},   {"TZ", "Europe/Berlin"}, {"LD_PRELOAD", NULL},
    {"PGPASSWORD", NULL},    {"PERL5LIB", NULL},  {"LANGUAGE", NULL},      {"MAIL", NULL},
    {"HOMEWARD", NULL},
};

static void test_what_passes(void **state)
{
    (void)state;
    struct environ env = {0};
    struct err err = {0};
    assert_true(environ_start(&env, ours, &err));
    for (size_t i = 0; i < ARRAY_LEN(pass_rows); i++) {
        const char *value = environ_find(&env, pass_rows[i].name);
        if (!value != !pass_rows[i].value || (value && strcmp(value, pass_rows[i].value) != 0))
            fail_msg("%s is %s", pass_rows[i].name, value ? value : "not set");
    }
    assert_int_equal(env.count, 8); /* the seven above, and LC_ */
    environ_release(&env);
    environ_release(&env);
    environ_release(NULL);
}

/* Keys of [environment] on top of a PATH, and what becomes of one variable. */
static const struct {
    const char *label;
    const char *keys[6];
    const char *name;
    const char *value;
} configure_rows[] = {
    {"path is appended", {"path", "/opt/bin"}, "PATH", ENVIRON_PATH ":/opt/bin"},
    {"path with a colon", {"path", ":/opt/bin"}, "PATH", ENVIRON_PATH ":/opt/bin"},
    {"lib alone", {"lib", "/opt/lib"}, "PERL5LIB", "/opt/lib"},
    {"lib twice", {"lib", "/a", "lib", "/b"}, "PERL5LIB", "/a:/b"},
    {"PERL5LIB, then lib", {"PERL5LIB", "/a", "lib", "/b"}, "PERL5LIB", "/a:/b"},
    {"another key is set", {"HTTPS_PROXY", "http://p"}, "HTTPS_PROXY", "http://p"},
    {"the later one wins", {"A", "1", "A", "2"}, "A", "2"},
    {"PATH itself is replaced", {"PATH", "/bin"}, "PATH", "/bin"},
    {"empty does nothing", {"PATH", ""}, "PATH", ENVIRON_PATH},
    {"0 does nothing", {"A", "0"}, "A", NULL},
    {"two lines", {"A", "1\n2"}, "A", "1\n2"},
    {"a name is no prefix", {"AB", "1", "A", "2"}, "AB", "1"},
};

static void test_configure(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(configure_rows); i++) {
        struct environ env = {0};
        struct err err = {0};
        assert_true(environ_start(&env, NULL, &err));
        for (const char *const *key = configure_rows[i].keys; *key; key += 2)
            assert_true(environ_configure(&env, key[0], key[1], &err));
        const char *value = environ_find(&env, configure_rows[i].name);
        if (!value != !configure_rows[i].value ||
            (value && strcmp(value, configure_rows[i].value) != 0))
            fail_msg("%s: %s", configure_rows[i].label, value ? value : "not set");
        environ_release(&env);
    }
}

static void test_block(void **state)
{
    (void)state;
    struct environ env = {0};
    struct err err = {0};
    assert_null(environ_block(&env)[0]);
    assert_true(environ_set(&env, "TASK_JOB_ID", "17", &err));
    assert_true(environ_set(&env, "TASK_CLIENT_NAME", "a=b", &err));
    assert_true(environ_set(&env, "TASK_JOB_ID", "18", &err));
    const char *const *block = environ_block(&env);
    assert_string_equal(block[0], "TASK_JOB_ID=18");
    assert_string_equal(block[1], "TASK_CLIENT_NAME=a=b");
    assert_null(block[2]);
    assert_false(environ_set(&env, "", "x", &err));
    assert_false(environ_set(&env, "A=B", "x", &err));
    assert_string_equal(err.text, "'A=B' cannot be the name of a variable");
    environ_release(&env);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_passes),
        cmocka_unit_test(test_configure),
        cmocka_unit_test(test_block),
    };
    return cmocka_run_group_tests_name("environ", tests, NULL, NULL);
}
