/* io/program: what may be run, and the words for what may not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <unistd.h>

#include "io/program.h"
#include "scratch.h"

enum { NOBODY = 65534 };

static void put(const struct scratch *s, const char *name, mode_t mode, uid_t uid)
{
    const char *path = scratch_file(s, name, "#!/bin/sh\n", -1);
    assert_int_equal(chown(path, uid, 0), 0);
    assert_int_equal(chmod(path, mode), 0);
}

/* Everything below a directory that only root may write in: /tmp would not do. */
static int set_up(void **state)
{
    static struct scratch s;
    if (geteuid() != 0) {
        *state = NULL;
        return 0;
    }
    scratch_make(&s, "/root");
    put(&s, "good", 0755, 0);
    put(&s, "nobodys", 0700, NOBODY);
    put(&s, "plain", 0644, 0);
    put(&s, "open", 0757, 0);
    put(&s, "group", 0775, 0);
    assert_int_equal(chown(scratch_path(&s, "group"), 0, NOBODY), 0);
    scratch_dir(&s, "dir", 0755);
    scratch_dir(&s, "wide", 0777);
    put(&s, "wide/good", 0755, 0);
    assert_int_equal(symlink("good", scratch_path(&s, "link")), 0);
    assert_int_equal(symlink("wide/good", scratch_path(&s, "wide-link")), 0);
    assert_int_equal(symlink("nowhere", scratch_path(&s, "dangling")), 0);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    if (*state)
        scratch_remove(*state);
    return 0;
}

/* A file of the above, for whom it is asked, and what the error says; NULL: it may be run. */
static const struct {
    const char *name;
    uid_t uid;
    const char *error;
    enum err_kind kind;
} rows[] = {
    {"good", 0, NULL, ERR_NONE},
    {"good", NOBODY, NULL, ERR_NONE},
    {"link", 0, NULL, ERR_NONE},
    {"nobodys", NOBODY, NULL, ERR_NONE},
    {"nobodys", 0, "belongs to the user with id 65534", ERR_PERMISSION},
    {"plain", 0, "it may not be executed: Permission denied", ERR_PERMISSION},
    {"open", 0, "can be written by everybody", ERR_PERMISSION},
    {"group", 0, "can be written by a group", ERR_PERMISSION},
    {"wide/good", 0, "/wide can be written by everybody", ERR_PERMISSION},
    {"wide-link", 0, "/wide can be written by everybody", ERR_PERMISSION},
    {"dir", 0, "it is not a file", ERR_PERMISSION},
    {"missing", 0, "No such file", ERR_SYSTEM},
    {"dangling", 0, "No such file", ERR_SYSTEM},
    {"good/x", 0, "Not a directory", ERR_SYSTEM},
};

static void test_rows(void **state)
{
    if (!*state)
        skip();
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        const struct ownership_rule rule = {.uid = rows[i].uid, .name = "somebody"};
        const char *path = scratch_path(*state, rows[i].name);
        char start[300];
        snprintf(start, sizeof start, "cannot run %s: ", path);
        bool ok = program_check(path, &rule, &err);
        if (ok != !rows[i].error || err.kind != rows[i].kind ||
            (!ok &&
             (strncmp(err.text, start, strlen(start)) != 0 || !strstr(err.text, rows[i].error))))
            fail_msg("%s for %d: '%s'", rows[i].name, (int)rows[i].uid, err.text);
    }
}

static void test_relative(void **state)
{
    (void)state;
    struct err err = {0};
    const struct ownership_rule rule = {.uid = geteuid(), .name = "somebody"};
    assert_false(program_check("bin/true", &rule, &err));
    assert_string_equal(err.text, "cannot run bin/true: the path is not absolute");
    assert_false(program_check("", &rule, &err));
    assert_true(program_check("/bin/true", &rule, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_relative),
    };
    return cmocka_run_group_tests_name("program", tests, set_up, tear_down);
}
