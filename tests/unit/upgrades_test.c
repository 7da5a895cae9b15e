#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "io/upgrades.h"
#include "scratch.h"

static void test_parse(void **state)
{
    static const struct {
        const char *name, *text, *tag;
    } rows[] = {
        {"an SQL file", "-- @tag: add_column\n-- @description: x\nALTER", "add_column"},
        {"a Perl file", "# @tag: move_files\npackage X;\n", "move_files"},
        {"no blanks", "--@tag:tight\n", "tight"},
        {"many blanks, CRLF", "--   @tag :   wide \t\r\n", "wide"},
        {"not in the first line", "-- Copyright\n\n-- @tag: late", "late"},
        {"the last one counts", "-- @tag: a\n-- @tag: b\n", "b"},
        {"another key", "-- @tags: a\n-- @depends: b\n", NULL},
        {"in the middle of a line", "SELECT 1; -- @tag: a\n", NULL},
        {"no value", "-- @tag:\n-- x\n", NULL},
        {"no colon", "-- @tag a\n", NULL},
        {"ignored", "-- @tag: a\n-- @ignore: 1\n", NULL},
        {"ignored, before the tag", "-- @ignore: yes\n-- @tag: a\n", NULL},
        {"not ignored", "-- @tag: a\n-- @ignore: 0\n", "a"},
        {"nothing", "", NULL},
        {"only dashes", "--", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char *tag = NULL;
        assert_true(upgrades_parse(rows[i].text, &tag));
        if (rows[i].tag ? !tag || strcmp(tag, rows[i].tag) != 0 : tag != NULL)
            fail_msg("%s: %s", rows[i].name, tag ? tag : "no tag");
        free(tag);
    }
}

static void set_changed(const char *path, time_t when_s)
{
    struct timespec times[] = {{.tv_sec = when_s}, {.tv_sec = when_s}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_load(void **state)
{
    struct scratch s;
    struct upgrades upgrades = {0};
    struct err err = {0};
    (void)state;
    scratch_make(&s, "/tmp");
    assert_true(upgrades_load(&upgrades, scratch_path(&s, "."), &err));
    assert_int_equal(upgrades.count, 0);

    scratch_file(&s, "sql/Pg-upgrade2/one.sql", "-- @tag: one\n", -1);
    scratch_file(&s, "sql/Pg-upgrade2/two.pl", "# @tag: two\n", -1);
    scratch_file(&s, "sql/Pg-upgrade2/README", "-- @tag: readme\n", -1);
    scratch_file(&s, "sql/Pg-upgrade2/.hidden.sql", "-- @tag: hidden\n", -1);
    set_changed(scratch_path(&s, "sql/Pg-upgrade2"), 1000);
    assert_true(upgrades_load(&upgrades, scratch_path(&s, "."), &err));
    assert_int_equal(upgrades.count, 2);

    /* Unchanged, the directory is not read again … */
    char **before = upgrades.tags;
    assert_true(upgrades_load(&upgrades, scratch_path(&s, "."), &err));
    assert_ptr_equal(upgrades.tags, before);
    /* … changed, it is. */
    scratch_file(&s, "sql/Pg-upgrade2/three.sql", "-- @tag: three\n", -1);
    assert_true(upgrades_load(&upgrades, scratch_path(&s, "."), &err));
    assert_int_equal(upgrades.count, 3);
    upgrades_release(&upgrades);
    upgrades_release(NULL);
    scratch_remove(&s);
}

/* Those of the authentication database lie elsewhere; without a directory there are none. */
static void test_load_auth(void **state)
{
    struct scratch s;
    struct upgrades upgrades = {0};
    struct err err = {0};
    (void)state;
    scratch_make(&s, "/tmp");
    scratch_file(&s, "sql/Pg-upgrade2/one.sql", "-- @tag: one\n", -1);
    assert_true(upgrades_load_auth(&upgrades, scratch_path(&s, "."), &err));
    assert_int_equal(upgrades.count, 0);
    scratch_file(&s, "sql/Pg-upgrade2-auth/two.sql", "-- @tag: two\n", -1);
    assert_true(upgrades_load_auth(&upgrades, scratch_path(&s, "."), &err));
    assert_int_equal(upgrades.count, 1);
    assert_string_equal(upgrades.tags[0], "two");
    upgrades_release(&upgrades);
    scratch_remove(&s);
}

static void test_unreadable(void **state)
{
    struct scratch s;
    struct upgrades upgrades = {0};
    struct err err = {0};
    (void)state;
    scratch_make(&s, "/tmp");
    scratch_file(&s, "sql/Pg-upgrade2/dir.sql/file", "", -1);
    assert_false(upgrades_load(&upgrades, scratch_path(&s, "."), &err));
    assert_non_null(strstr(err.text, "dir.sql"));
    assert_int_equal(upgrades.count, 0);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_load),
        cmocka_unit_test(test_load_auth),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
