/* io/statedir: which directory it is, and which ones are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>

#include "io/statedir.h"
#include "scratch.h"

static bool try_open(struct statedir *dir, const struct scratch *s, const char *configured,
                     struct err *err)
{
    char system[PATH_MAX];
    snprintf(system, sizeof system, "%s/system", s->dir);
    const struct statedir_wish wish = {
        .installation = s->dir, .configured = configured, .system = system};
    return statedir_open(dir, &wish, err);
}

static void expect_dir(const struct scratch *s, const char *configured, const char *name)
{
    struct statedir dir;
    struct err err = {0};
    struct stat by_path, by_fd;
    if (!try_open(&dir, s, configured, &err))
        fail_msg("%s: %s", name, err.text);
    assert_string_equal(dir.path, scratch_path(s, name));
    assert_int_equal(stat(dir.path, &by_path), 0);
    assert_int_equal(fstat(dir.fd, &by_fd), 0);
    assert_int_equal(by_path.st_ino, by_fd.st_ino);
    assert_true(fcntl(dir.fd, F_GETFD) & FD_CLOEXEC);
    statedir_close(&dir);
    statedir_close(&dir);
}

static void expect_failure(const struct scratch *s, const char *configured, enum err_kind kind,
                           const char *text)
{
    struct statedir dir;
    struct err err = {0};
    assert_false(try_open(&dir, s, configured, &err));
    if (!strstr(err.text, text) || err.kind != kind)
        fail_msg("expected \"%s\", got \"%s\" (kind %d)", text, err.text, (int)err.kind);
    assert_null(dir.path);
}

static void expect_place(const struct scratch *s, const char *name)
{
    char system[PATH_MAX];
    struct buf place = {0};
    snprintf(system, sizeof system, "%s/system", s->dir);
    statedir_place(&(struct statedir_wish){.installation = s->dir, .system = system}, &place);
    assert_string_equal(buf_text(&place), scratch_path(s, name));
    buf_release(&place);
}

static void test_choice(void **state)
{
    (void)state;
    struct scratch s;
    struct stat st;
    struct err err = {0};
    scratch_make(&s, "/tmp");
    scratch_dir(&s, "users", 0755);

    expect_dir(&s, NULL, "users/task_server");
    assert_int_equal(stat(scratch_path(&s, "users/task_server"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0700);
    expect_dir(&s, NULL, "users/task_server"); /* now it is there already */

    scratch_dir(&s, "system", 0755);
    expect_dir(&s, NULL, "system");
    assert_int_equal(chmod(scratch_path(&s, "system"), 0777), 0);
    expect_failure(&s, NULL, ERR_PERMISSION,
                   "/system can be written by others"); /* ours: a fault */
    expect_place(&s, "system");
    scratch_file(&s, "system/file", "", -1);

    expect_dir(&s, "state", "state"); /* relative, created */
    const char *absolute = scratch_path(&s, "far");
    expect_dir(&s, absolute, "far");
    scratch_dir(&s, "real", 0700);
    assert_int_equal(symlink("real", scratch_path(&s, "link")), 0);
    expect_dir(&s, "link", "link"); /* the administrator's word */

    /* the place in use when nothing else is said, wherever that test runs */
    struct statedir dir;
    const struct statedir_wish wish = {.installation = s.dir};
    assert_true(statedir_open(&dir, &wish, &err));
    assert_true(strcmp(dir.path, STATEDIR_SYSTEM) == 0 ||
                strcmp(dir.path, scratch_path(&s, "users/task_server")) == 0);
    statedir_close(&dir);
    statedir_close(NULL);
    scratch_remove(&s);
}

static void test_failures(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    expect_failure(&s, NULL, ERR_SYSTEM, "/users/task_server: No such file or directory");
    expect_failure(&s, "a/b", ERR_SYSTEM, "/a/b: No such file or directory");

    scratch_file(&s, "file", "", -1);
    expect_failure(&s, "file", ERR_SYSTEM, "/file: Not a directory");

    scratch_dir(&s, "open", 0757);
    expect_failure(&s, "open", ERR_PERMISSION, "can be written by others (chmod go-w)");
    scratch_dir(&s, "group", 0775);
    expect_failure(&s, "group", ERR_PERMISSION, "can be written by others (chmod go-w)");

    scratch_dir(&s, "users", 0755);
    scratch_dir(&s, "elsewhere", 0700);
    assert_int_equal(symlink("../elsewhere", scratch_path(&s, "users/task_server")), 0);
    expect_failure(&s, NULL, ERR_SYSTEM, "cannot open the state directory");
    scratch_remove(&s);
}

/* Whose directories does an ordinary user accept? */
static void test_other_owners(void **state)
{
    (void)state;
    struct scratch s;
    if (geteuid() != 0) {
        print_message("needs root\n");
        skip();
    }
    scratch_make(&s, "/tmp");
    scratch_dir(&s, "users", 0755);
    scratch_dir(&s, "rootonly", 0755);
    scratch_dir(&s, "granted", 0770);
    scratch_dir(&s, "foreign", 0777);
    assert_int_equal(chown(scratch_path(&s, "granted"), 0, 65534), 0);
    assert_int_equal(chown(scratch_path(&s, "foreign"), 1234, 1234), 0);

    scratch_dir(&s, "system", 0700);
    assert_int_equal(chown(scratch_path(&s, "users"), 65534, 65534), 0);
    expect_failure(&s, "foreign", ERR_PERMISSION, "belongs to another user (id 1234)");
    assert_int_equal(setegid(65534), 0);
    assert_int_equal(seteuid(65534), 0);
    expect_dir(&s, NULL, "users/task_server"); /* the system's is root's alone */
    expect_failure(&s, "rootonly", ERR_PERMISSION, "cannot use the state directory");
    expect_failure(&s, "foreign", ERR_PERMISSION, "belongs to another user (id 1234)");
    expect_dir(&s, "granted", "granted"); /* root's, and its group is ours */
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(chown(scratch_path(&s, "system"), 65534, 65534), 0);
    assert_int_equal(chmod(scratch_path(&s, "system"), 0500), 0);
    assert_int_equal(seteuid(65534), 0);
    expect_failure(&s, NULL, ERR_PERMISSION, "cannot use the state directory"); /* ours: a fault */
    expect_place(&s, "system");
    assert_int_equal(seteuid(0), 0);
    assert_int_equal(setegid(0), 0);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_other_owners),
    };
    return cmocka_run_group_tests_name("statedir", tests, NULL, NULL);
}
