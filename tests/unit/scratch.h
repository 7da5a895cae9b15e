/* scratch.h: a throw-away directory for a test, and files in it.
 *
 *     struct scratch s;
 *     scratch_make(&s, "/tmp");
 *     const char *path = scratch_file(&s, "config/kivitendo.conf", "[system]\n", -1);
 *     scratch_remove(&s);
 *
 * Every failure ends the test.  Paths lent by scratch_path live until the fourth next call.
 */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H

#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch {
    char dir[64];
};

static inline void scratch_make(struct scratch *s, const char *below)
{
    snprintf(s->dir, sizeof s->dir, "%s/task-server-test-XXXXXX", below);
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(chmod(s->dir, 0755), 0);
}

static inline const char *scratch_path(const struct scratch *s, const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", s->dir, name);
    return path;
}

#ifdef TASK_SERVER_COVERAGE
void __gcov_dump(void);
#endif

/* Ends a forked child without cmocka's and the parent's exit handlers, but with its counters. */
static inline void scratch_exit(int status)
{
#ifdef TASK_SERVER_COVERAGE
    __gcov_dump();
#endif
    _exit(status);
}

/* Makes the directories above the name. */
static inline void scratch_parents(const struct scratch *s, const char *name)
{
    char part[PATH_MAX];
    snprintf(part, sizeof part, "%s", scratch_path(s, name));
    for (char *slash = part + strlen(s->dir) + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        mkdir(part, 0755);
        *slash = '/';
    }
}

static inline const char *scratch_dir(const struct scratch *s, const char *name, mode_t mode)
{
    scratch_parents(s, name);
    const char *path = scratch_path(s, name);
    assert_int_equal(mkdir(path, 0755), 0);
    assert_int_equal(chmod(path, mode), 0);
    return path;
}

/* len < 0: text is a string. */
static inline const char *scratch_file(const struct scratch *s, const char *name, const char *text,
                                       long len)
{
    scratch_parents(s, name);
    const char *path = scratch_path(s, name);
    size_t bytes = len < 0 ? strlen(text) : (size_t)len;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0644), 0);
    return path;
}

static inline int scratch_remove_one(const char *path, const struct stat *st, int kind,
                                     struct FTW *ftw)
{
    (void)st, (void)kind, (void)ftw;
    return remove(path);
}

static inline void scratch_remove(struct scratch *s)
{
    nftw(s->dir, scratch_remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif
