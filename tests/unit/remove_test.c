#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io/remove.h"

/* A directory of its own for each test. */
struct place {
    char path[64];
    int dir;
};

static void touch(const struct place *place, const char *name)
{
    int fd = openat(place->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static void make_dir(const struct place *place, const char *name)
{
    assert_int_equal(mkdirat(place->dir, name, 0700), 0);
}

static bool exists(const struct place *place, const char *name)
{
    struct stat st;
    return fstatat(place->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    assert_non_null(place);
    snprintf(place->path, sizeof place->path, "/tmp/remove_test.XXXXXX");
    assert_non_null(mkdtemp(place->path));
    place->dir = open(place->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(place->dir >= 0);
    *state = place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    int left = rmdir(place->path); /* each test leaves it empty */
    close(place->dir);
    free(place);
    return left;
}

static void test_tree(void **state)
{
    struct place *place = *state;
    struct err err = {0};
    make_dir(place, "s1");
    make_dir(place, "s1/sub");
    make_dir(place, "s1/sub/.hidden");
    for (int i = 0; i < 300; i++) {
        char name[64];
        snprintf(name, sizeof name, "s1/sub/file %d\n", i);
        touch(place, name);
    }
    assert_true(remove_tree(place->dir, "s1", &err));
    assert_false(exists(place, "s1"));
}

static void test_links_are_not_followed(void **state)
{
    struct place *place = *state;
    struct err err = {0};
    make_dir(place, "precious");
    touch(place, "precious/file");
    make_dir(place, "s1");
    assert_int_equal(symlinkat("../precious", place->dir, "s1/link"), 0);
    assert_int_equal(symlinkat("precious/file", place->dir, "s2"), 0);
    assert_int_equal(symlinkat("precious", place->dir, "s3"), 0);
    assert_int_equal(symlinkat("nowhere", place->dir, "s4"), 0);
    assert_true(remove_tree(place->dir, "s1", &err));
    assert_true(remove_tree(place->dir, "s2", &err));
    assert_true(remove_tree(place->dir, "s3", &err));
    assert_true(remove_tree(place->dir, "s4", &err));
    assert_true(exists(place, "precious/file"));
    assert_false(exists(place, "s1") || exists(place, "s2") || exists(place, "s3") ||
                 exists(place, "s4"));
    assert_true(remove_tree(place->dir, "precious", &err));
}

static void test_nothing_there(void **state)
{
    struct place *place = *state;
    struct err err = {0};
    char long_name[400];
    memset(long_name, 'a', sizeof long_name);
    long_name[sizeof long_name - 1] = '\0';
    assert_true(remove_tree(place->dir, "missing", &err));
    assert_true(remove_tree(place->dir, long_name, &err));
}

static void test_a_file_and_a_fifo(void **state)
{
    struct place *place = *state;
    struct err err = {0};
    touch(place, "file");
    make_dir(place, "s1");
    assert_int_equal(mkfifoat(place->dir, "s1/fifo", 0600), 0);
    assert_true(remove_tree(place->dir, "file", &err));
    assert_true(remove_tree(place->dir, "s1", &err));
}

/* Something stays: it is named, and its neighbours go all the same. */
static void test_too_deep(void **state)
{
    struct place *place = *state;
    struct err err = {0};
    char name[256] = "s";
    make_dir(place, name);
    for (int i = 0; i < REMOVE_DEPTH_MAX; i++) {
        snprintf(name + strlen(name), sizeof name - strlen(name), "/d");
        make_dir(place, name);
    }
    touch(place, "s/neighbour");
    touch(place, "s/d/neighbour");
    assert_false(remove_tree(place->dir, "s", &err));
    assert_int_equal(err.kind, ERR_SYSTEM);
    assert_int_equal(strncmp(err.text, "s: d: d: d: ", 12), 0);
    assert_non_null(strstr(err.text, "nested too deeply"));
    assert_false(exists(place, "s/neighbour") || exists(place, "s/d/neighbour"));
    assert_int_equal(renameat(place->dir, "s/d", place->dir, "rest"), 0);
    assert_true(remove_tree(place->dir, "rest", &err));
    assert_true(remove_tree(place->dir, "s", &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_tree, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_links_are_not_followed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_there, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_file_and_a_fifo, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_too_deep, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
