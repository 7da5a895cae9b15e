/* io/identity and io/ownership: as root in forked children, since there is no way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <sys/xattr.h>

#include "io/identity.h"
#include "io/ownership.h"
#include "scratch.h"

enum { NOBODY = 65534, STRANGER = 54321 };

static bool need_root(void)
{
    if (geteuid() == 0)
        return true;
    print_message("needs root\n");
    return false;
}

/* A directory all of whose parents are root's alone. */
static void make_safe(struct scratch *s)
{
    scratch_make(s, "/var/lib");
    scratch_file(s, "config/kivitendo.conf", "", -1);
}

/* What a child found out, brought back through shared memory. */
struct report {
    bool ok;
    struct err err;
    struct identity identity; /* its pointers are the child's: do not follow */
    char name[64];
    char warnings[256];
    mode_t umask_now;
    int n_groups;
    bool can_return;
    bool reads_shadow;
};

static void look_around(struct report *report)
{
    report->umask_now = umask(0);
    report->n_groups = getgroups(0, NULL);
    report->can_return = seteuid(0) == 0 || setuid(0) == 0 || setegid(0) == 0;
    report->reads_shadow = open("/etc/shadow", O_RDONLY) >= 0;
}

/* Assumes the identity in a child, started with that uid and root's supplementary groups. */
static struct report assume(const struct identity_wish *wish, uid_t uid)
{
    struct report *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE,
                                 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED);
    pid_t child = fork();
    if (child == 0) {
        struct identity identity;
        struct buf warnings = {0};
        gid_t groups[] = {0, 4, 27};
        umask(027);
        if (uid != 0 ? setgroups(0, NULL) < 0 || setresuid(uid, uid, uid) < 0
                     : setgroups(3, groups) < 0)
            scratch_exit(1);
        shared->ok = identity_assume(wish, &identity, &warnings, &shared->err);
        shared->identity = identity;
        snprintf(shared->name, sizeof shared->name, "%s", identity.name ? identity.name : "");
        snprintf(shared->warnings, sizeof shared->warnings, "%s", buf_text(&warnings));
        look_around(shared);
        identity_release(&identity);
        buf_release(&warnings);
        scratch_exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    struct report report = *shared;
    munmap(shared, sizeof *shared);
    return report;
}

static void test_drop(void **state)
{
    (void)state;
    if (!need_root())
        skip();
    struct scratch s;
    make_safe(&s);
    const char *files[] = {NULL, scratch_path(&s, "config/kivitendo.conf")};
    const struct identity_wish wish = {.run_as = "nobody", .files = files, .n_files = 2};
    struct report report = assume(&wish, 0);
    if (!report.ok)
        fail_msg("%s", report.err.text);
    assert_true(report.identity.changed);
    assert_int_equal(report.identity.uid, NOBODY);
    assert_string_equal(report.name, "nobody");
    assert_int_equal(report.identity.inherited_umask, 027);
    assert_int_equal(report.umask_now, 077);
    assert_int_equal(report.n_groups, 1); /* its own, none of root's */
    assert_false(report.can_return);
    assert_false(report.reads_shadow);
    scratch_remove(&s);
}

/* Who may be what, without regard to the files. */
static const struct {
    const char *name;
    const char *run_as;
    bool allow_root;
    uid_t uid; /* started as */
    enum err_kind kind;
    const char *text; /* of the error, or of the warning */
} wish_rows[] = {
    {"root without run_as", NULL, false, 0, ERR_PERMISSION, "started as root: set [task_server]"},
    {"root allowed", NULL, true, 0, ERR_NONE, ""},
    {"root as root", "root", false, 0, ERR_PERMISSION, "run_as must not be root"},
    {"root as root, allowed", "root", true, 0, ERR_PERMISSION, "run_as must not be root"},
    {"root as nobody, allowed", "nobody", true, 0, ERR_NONE, ""},
    {"a user who isn't there", "no-such-user", false, 0, ERR_CONFIG,
     "run_as: there is no user 'no-such-user'"},
    {"nobody without run_as", NULL, false, NOBODY, ERR_NONE, ""},
    {"nobody as nobody", "nobody", false, NOBODY, ERR_NONE, ""},
    {"nobody as root", "root", false, NOBODY, ERR_NONE, "run_as = root has no effect"},
    {"nobody as somebody unknown", "no-such-user", false, NOBODY, ERR_NONE,
     "run_as = no-such-user has no effect: not started as root, but as nobody\n"},
    {"a uid without a name", NULL, false, STRANGER, ERR_NONE, ""},
    {"a uid without a name, run_as", "nobody", false, STRANGER, ERR_NONE,
     "run_as = nobody has no effect: not started as root, but as a user without a name\n"},
};

static void test_wishes(void **state)
{
    (void)state;
    if (!need_root())
        skip();
    for (size_t i = 0; i < ARRAY_LEN(wish_rows); i++) {
        const struct identity_wish wish = {.run_as = wish_rows[i].run_as,
                                           .allow_root = wish_rows[i].allow_root};
        struct report report = assume(&wish, wish_rows[i].uid);
        bool ok = wish_rows[i].kind == ERR_NONE;
        struct err refused = {0};
        if (wish_rows[i].uid == 0 && wish_rows[i].run_as &&
            (identity_check(&wish, &refused) != ok || refused.kind != wish_rows[i].kind))
            fail_msg("%s, only asked: %s", wish_rows[i].name, refused.text);
        const char *text = ok ? report.warnings : report.err.text;
        if (report.ok != ok || (!ok && report.err.kind != wish_rows[i].kind))
            fail_msg("%s: %s", wish_rows[i].name, report.err.text);
        if (*wish_rows[i].text ? !strstr(text, wish_rows[i].text) : *text)
            fail_msg("%s: %s", wish_rows[i].name, text);
        bool dropped = ok && wish_rows[i].uid == 0 && wish_rows[i].run_as;
        assert_int_equal(report.identity.changed, dropped);
        assert_int_equal(report.umask_now, ok ? 077 : 027);
    }
}

/* One thing made unsafe at a time: path below the scratch directory, owner, group, mode. */
static const struct {
    const char *name;
    const char *path;
    uid_t uid;
    gid_t gid;
    mode_t mode;
    const char *nobody_error; /* started with run_as = nobody; NULL: accepted */
    const char *root_error;   /* started with --allow-root; NULL: accepted */
} safety_rows[] = {
    {"all root's", "config", 0, 0, 0755, NULL, NULL},
    {"file is run_as's", "config/kivitendo.conf", NOBODY, NOBODY, 0600, NULL,
     "belongs to the user with id 65534 instead of root"},
    {"directory is run_as's", "config", NOBODY, NOBODY, 0755, NULL,
     "belongs to the user with id 65534 instead of root"},
    {"file is a stranger's", "config/kivitendo.conf", STRANGER, 0, 0644,
     "belongs to the user with id 54321 instead of root or nobody",
     "belongs to the user with id 54321 instead of root"},
    {"directory is a stranger's", "config", STRANGER, 0, 0755,
     "belongs to the user with id 54321 instead of root or nobody",
     "belongs to the user with id 54321 instead of root"},
    {"directory above is a stranger's", "", STRANGER, 0, 0755,
     "belongs to the user with id 54321 instead of root or nobody",
     "belongs to the user with id 54321 instead of root"},
    {"file is everybody's", "config/kivitendo.conf", 0, 0, 0646, "can be written by everybody",
     "can be written by everybody"},
    {"directory is everybody's", "config", 0, 0, 0757, "can be written by everybody",
     "can be written by everybody"},
    {"directory is like /tmp", "config", 0, 0, 01777, "can be written by everybody",
     "can be written by everybody"},
    {"file is a group's", "config/kivitendo.conf", 0, NOBODY, 0664, "can be written by a group",
     "can be written by a group"},
    {"file is root's group's", "config/kivitendo.conf", 0, 0, 0664, NULL, NULL},
    {"directory above is a group's", "", 0, 4, 0775, "can be written by a group",
     "can be written by a group"},
};

static void check_safety(const struct scratch *s, bool as_root, const char *name,
                         const char *expected)
{
    const char *files[] = {scratch_path(s, "config/kivitendo.conf")};
    const struct identity_wish wish = {
        .run_as = as_root ? NULL : "nobody", .allow_root = as_root, .files = files, .n_files = 1};
    struct report report = assume(&wish, 0);
    if (report.ok != !expected)
        fail_msg("%s: %s", name, report.ok ? "was accepted" : report.err.text);
    if (!expected)
        return;
    if (!strstr(report.err.text, expected) || report.err.kind != ERR_PERMISSION)
        fail_msg("%s: %s", name, report.err.text);
    assert_non_null(strstr(report.err.text, "started as root, but the configuration file "));
}

static void test_safety(void **state)
{
    (void)state;
    if (!need_root())
        skip();
    for (size_t i = 0; i < ARRAY_LEN(safety_rows); i++) {
        struct scratch s;
        make_safe(&s);
        const char *path = scratch_path(&s, safety_rows[i].path);
        assert_int_equal(chown(path, safety_rows[i].uid, safety_rows[i].gid), 0);
        assert_int_equal(chmod(path, safety_rows[i].mode), 0);
        check_safety(&s, false, safety_rows[i].name, safety_rows[i].nobody_error);
        check_safety(&s, true, safety_rows[i].name, safety_rows[i].root_error);
        scratch_remove(&s);
    }
}

static bool is_safe(const char *path, struct err *err)
{
    const struct ownership_rule rule = {.uid = NOBODY, .name = "nobody"};
    return ownership_check(path, &rule, err);
}

static void expect_unsafe(const char *path, enum err_kind kind, const char *text)
{
    struct err err = {0};
    if (is_safe(path, &err))
        fail_msg("%s was accepted", path);
    if (!strstr(err.text, text) || err.kind != kind)
        fail_msg("%s: %s", path, err.text);
}

/* Every link on the way counts, and everything above each of them. */
static void test_links(void **state)
{
    (void)state;
    if (!need_root())
        skip();
    struct scratch s;
    struct err err = {0};
    make_safe(&s);
    scratch_file(&s, "real/dir/k.conf", "", -1);
    scratch_dir(&s, "open", 0777);
    assert_int_equal(symlink("../real/dir", scratch_path(&s, "config/link")), 0);
    assert_int_equal(symlink(scratch_path(&s, "real/dir/k.conf"), scratch_path(&s, "absolute")), 0);
    assert_int_equal(symlink("../config/kivitendo.conf", scratch_path(&s, "open/k.conf")), 0);
    assert_int_equal(symlink("open/k.conf", scratch_path(&s, "via")), 0);
    assert_int_equal(symlink("loop", scratch_path(&s, "loop")), 0);
    assert_int_equal(symlink("nowhere", scratch_path(&s, "dangling")), 0);

    static const char *const good[] = {"config/link/k.conf", "absolute",
                                       "config/../config/link/../dir/k.conf",
                                       "./config//./kivitendo.conf", "config/"};
    for (size_t i = 0; i < ARRAY_LEN(good); i++)
        if (!is_safe(scratch_path(&s, good[i]), &err))
            fail_msg("%s: %s", good[i], err.text);

    expect_unsafe(scratch_path(&s, "open/k.conf"), ERR_PERMISSION, "/open can be written by");
    expect_unsafe(scratch_path(&s, "via"), ERR_PERMISSION, "/open can be written by");
    expect_unsafe(scratch_path(&s, "open/../config/kivitendo.conf"), ERR_PERMISSION,
                  "/open can be written by");
    expect_unsafe(scratch_path(&s, "loop"), ERR_SYSTEM, "too many links");
    expect_unsafe(scratch_path(&s, "dangling"), ERR_SYSTEM, "No such file or directory");

    /* a stranger's link can be turned elsewhere, though it points at a safe file */
    assert_int_equal(lchown(scratch_path(&s, "absolute"), STRANGER, STRANGER), 0);
    expect_unsafe(scratch_path(&s, "absolute"), ERR_PERMISSION, "/absolute belongs to");

    /* relative to the current directory */
    int before = open(".", O_RDONLY | O_DIRECTORY);
    assert_int_equal(chdir(s.dir), 0);
    assert_true(is_safe("config/kivitendo.conf", &err));
    expect_unsafe("open/k.conf", ERR_PERMISSION, "/open can be written by");
    assert_int_equal(fchdir(before), 0);
    close(before);
    scratch_remove(&s);
}

static void test_long_paths(void **state)
{
    (void)state;
    static char path[PATH_MAX + 100];
    memset(path, 'a', sizeof path - 1);
    path[0] = '/';
    expect_unsafe(path, ERR_SYSTEM, "path too long: /aaa");
    path[300] = '\0'; /* one component that no file can have */
    expect_unsafe(path, ERR_SYSTEM, "path too long: /aaa");
}

/* With an access list, root's group in the mode says nothing about who may write. */
static void test_access_list(void **state)
{
    (void)state;
    if (!need_root())
        skip();
    /* version 2; user::rw- user:54321:rw- group::r-- mask::rw- other::r-- */
    static const unsigned char acl[] = {2,   0,   0,   0,    1,   0,    6,    0,   255, 255, 255,
                                        255, 2,   0,   6,    0,   0x31, 0xD4, 0,   0,   4,   0,
                                        4,   0,   255, 255,  255, 255,  0x10, 0,   6,   0,   255,
                                        255, 255, 255, 0x20, 0,   4,    0,    255, 255, 255, 255};
    struct scratch s;
    make_safe(&s);
    const char *path = scratch_path(&s, "config/kivitendo.conf");
    if (setxattr(path, "system.posix_acl_access", acl, sizeof acl, 0) < 0) {
        scratch_remove(&s);
        print_message("no access lists on this file system\n");
        skip();
    }
    expect_unsafe(path, ERR_PERMISSION, "can be written by a group");
    scratch_remove(&s);
}

static void test_own_user(void **state)
{
    (void)state;
    struct identity identity;
    struct buf warnings = {0};
    struct err err = {0};
    if (geteuid() == 0) {
        print_message("needs another user than root; the rows above say the same\n");
        skip();
    }
    const struct passwd *entry = getpwuid(geteuid());
    mode_t before = umask(022);
    const struct identity_wish wish = {.run_as = entry ? entry->pw_name : NULL};
    assert_true(identity_assume(&wish, &identity, &warnings, &err));
    assert_false(identity.changed);
    assert_string_equal(buf_text(&warnings), "");
    umask(before);
    identity_release(&identity);
    identity_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_drop),       cmocka_unit_test(test_wishes),
        cmocka_unit_test(test_safety),     cmocka_unit_test(test_links),
        cmocka_unit_test(test_long_paths), cmocka_unit_test(test_access_list),
        cmocka_unit_test(test_own_user),
    };
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
