/* io/installation: found from each starting point, in the right order.  io/nologin beside it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>

#include "io/installation.h"
#include "io/nologin.h"
#include "scratch.h"

#define MARKER "/SL/System/TaskServer.pm"

/* Rows are relative to a directory with the installations "a" and "b", and "none" beside them;
 * "etc/k.conf" is what the link "a/config/linked.conf" points at, "none/to_b" a link into b. */
static const struct {
    const char *name;
    const char *directory;
    const char *config_file;
    const char *current;
    const char *fallback;
    const char *found; /* NULL: nothing */
} rows[] = {
    {"-C", "a", NULL, "b", "b", "a"},
    {"-C through a link", "none/link_to_a", NULL, "none", NULL, "a"},
    {"-C before -c", "a", "b/config/k.conf", "b", "b", "a"},
    {"-C without the file in it", "none", "a/config/k.conf", "a", "a", NULL},
    {"-C is not searched upwards", "a/config", NULL, "a", "a", NULL},
    {"-C is not there", "missing", NULL, "a", "a", NULL},
    {"-c in the installation", NULL, "a/config/k.conf", "b", "b", "a"},
    {"-c not there, its directory is", NULL, "a/config/missing.conf", "b", "b", "a"},
    {"-c is a link out of the installation", NULL, "a/config/linked.conf", "none", NULL, "a"},
    {"-c is a link into the installation", NULL, "none/to_b", "none", NULL, "b"},
    {"-c is somewhere else", NULL, "etc/k.conf", "a/users", "b", "a"},
    {"current directory", NULL, NULL, "a", "b", "a"},
    {"upwards from the current directory", NULL, NULL, "a/config", "b", "a"},
    {"compiled in", NULL, NULL, "none", "b", "b"},
    {"nowhere", NULL, NULL, "none", "none", NULL},
    {"nowhere, with a file", NULL, "etc/k.conf", "none", "missing", NULL},
};

static void make_tree(struct scratch *s)
{
    scratch_make(s, "/tmp");
    scratch_file(s, "a" MARKER, "", -1);
    scratch_file(s, "b" MARKER, "", -1);
    scratch_file(s, "a/config/k.conf", "", -1);
    scratch_file(s, "b/config/k.conf", "", -1);
    scratch_file(s, "a/users/x", "", -1);
    scratch_file(s, "etc/k.conf", "", -1);
    scratch_file(s, "none/x", "", -1);
    assert_int_equal(symlink("../../etc/k.conf", scratch_path(s, "a/config/linked.conf")), 0);
    assert_int_equal(symlink("../b/config/k.conf", scratch_path(s, "none/to_b")), 0);
    assert_int_equal(symlink("../a", scratch_path(s, "none/link_to_a")), 0);
}

static const char *absolute(const struct scratch *s, const char *name)
{
    return name ? scratch_path(s, name) : NULL;
}

static void test_search(void **state)
{
    (void)state;
    struct scratch s;
    int before = open(".", O_RDONLY | O_DIRECTORY);
    make_tree(&s);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err err = {0};
        assert_int_equal(chdir(scratch_path(&s, rows[i].current)), 0);
        const struct installation_hint hint = {
            .directory = absolute(&s, rows[i].directory),
            .config_file = absolute(&s, rows[i].config_file),
            .fallback = rows[i].fallback ? absolute(&s, rows[i].fallback) : "/nonexistent"};
        char *found = installation_find(&hint, &err);
        if (!found != !rows[i].found)
            fail_msg("%s: %s", rows[i].name, found ? found : err.text);
        if (found && strcmp(found, scratch_path(&s, rows[i].found)) != 0)
            fail_msg("%s: %s", rows[i].name, found);
        if (!found)
            assert_int_equal(err.kind, ERR_CONFIG);
        free(found);
    }
    assert_int_equal(fchdir(before), 0);
    close(before);
    scratch_remove(&s);
}

static void test_relative_paths(void **state)
{
    (void)state;
    struct scratch s;
    struct err err = {0};
    int before = open(".", O_RDONLY | O_DIRECTORY);
    make_tree(&s);
    static const struct {
        const char *current;
        struct installation_hint hint;
    } relative[] = {
        {"none", {.directory = "../a"}},
        {"a", {.directory = "."}},
        {"a/config", {.config_file = "k.conf"}},
        {"none", {.config_file = "../a/config/k.conf"}},
    };
    for (size_t i = 0; i < ARRAY_LEN(relative); i++) {
        assert_int_equal(chdir(scratch_path(&s, relative[i].current)), 0);
        char *found = installation_find(&relative[i].hint, &err);
        if (!found)
            fail_msg("%s", err.text);
        assert_string_equal(found, scratch_path(&s, "a"));
        free(found);
    }
    assert_int_equal(fchdir(before), 0);
    close(before);
    scratch_remove(&s);
}

static void test_messages(void **state)
{
    (void)state;
    struct scratch s;
    struct err err = {0};
    char expected[1024];
    int before = open(".", O_RDONLY | O_DIRECTORY);
    make_tree(&s);
    assert_int_equal(chdir(scratch_path(&s, "none")), 0);
    struct installation_hint hint = {.config_file = scratch_path(&s, "etc/k.conf"),
                                     .fallback = "/nonexistent"};
    assert_null(installation_find(&hint, &err));
    snprintf(
        expected, sizeof expected,
        "cannot find kivitendo's directory (the one with SL/System/TaskServer.pm), neither "
        "upwards from %s/etc, upwards from %s/etc, upwards from %s/none, in /nonexistent; name "
        "it with -C",
        s.dir, s.dir, s.dir);
    assert_string_equal(err.text, expected);
    hint.directory = "/nonexistent";
    assert_null(installation_find(&hint, &err));
    assert_string_equal(err.text, "cannot find kivitendo's directory /nonexistent (-C): No such "
                                  "file or directory");
    hint.directory = "/tmp";
    assert_null(installation_find(&hint, &err));
    assert_string_equal(err.text, "/tmp (-C) is not kivitendo's directory: there is no "
                                  "SL/System/TaskServer.pm in it");
    assert_int_equal(fchdir(before), 0);
    close(before);
    scratch_remove(&s);
}

static bool is_locked(const struct scratch *s, const char *userspath, bool keep_unlocked)
{
    struct err err = {0};
    bool locked = true;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", userspath);
    const struct options options = {.userspath = path, .keep_installation_unlocked = keep_unlocked};
    if (!nologin_check(s->dir, &options, &locked, &err))
        fail_msg("%s", err.text);
    return locked;
}

static void test_nologin(void **state)
{
    (void)state;
    struct scratch s;
    struct err err = {0};
    bool locked;
    scratch_make(&s, "/tmp");
    assert_false(is_locked(&s, "users", false)); /* no directory at all */
    scratch_file(&s, "users/nologin", "", -1);
    scratch_file(&s, "other/nologin", "", -1);
    assert_true(is_locked(&s, "users", false));
    assert_false(is_locked(&s, "users", true));
    assert_true(is_locked(&s, "other", false));
    assert_true(is_locked(&s, scratch_path(&s, "other"), false));
    assert_false(is_locked(&s, "users/nologin", false)); /* no directory */
    assert_int_equal(unlink(scratch_path(&s, "users/nologin")), 0);
    assert_false(is_locked(&s, "users", false)); /* and read anew */

    scratch_dir(&s, "users/nologin", 0755);
    assert_false(is_locked(&s, "users", false)); /* kivitendo means a file */
    assert_int_equal(symlink("../other/nologin", scratch_path(&s, "users/link")), 0);
    assert_int_equal(rename(scratch_path(&s, "users/link"), scratch_path(&s, "other/link")), 0);
    assert_int_equal(rmdir(scratch_path(&s, "users/nologin")), 0);
    assert_int_equal(rename(scratch_path(&s, "other/link"), scratch_path(&s, "users/nologin")), 0);
    assert_true(is_locked(&s, "users", false));

    /* what cannot be told is an error */
    char long_path[PATH_MAX];
    memset(long_path, 'a', sizeof long_path);
    long_path[sizeof long_path - 1] = '\0';
    const struct options too_long = {.userspath = long_path};
    assert_false(nologin_check(s.dir, &too_long, &locked, &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(chmod(scratch_path(&s, "users"), 0), 0);
    uid_t before = geteuid();
    char users[] = "users";
    const struct options options = {.userspath = users};
    if (before == 0)
        assert_int_equal(seteuid(65534), 0);
    bool told = nologin_check(s.dir, &options, &locked, &err);
    if (before == 0)
        assert_int_equal(seteuid(before), 0);
    assert_false(told);
    assert_int_equal(err.kind, ERR_PERMISSION);
    assert_int_equal(chmod(scratch_path(&s, "users"), 0755), 0);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_relative_paths),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_nologin),
    };
    return cmocka_run_group_tests_name("installation", tests, NULL, NULL);
}
