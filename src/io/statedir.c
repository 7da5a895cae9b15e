#include "io/statedir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

static bool check_ours(int fd, const char *path, struct err *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0)
        return err_set_access(err, "cannot look at the state directory %s", path);
    bool own = st.st_uid == geteuid();
    if (!own && st.st_uid != 0)
        return err_set(err, ERR_PERMISSION,
                       "the state directory %s belongs to another user (id %ld)", path,
                       (long)st.st_uid);
    if (st.st_mode & S_IWOTH || (own && st.st_mode & S_IWGRP))
        return err_set(err, ERR_PERMISSION,
                       "the state directory %s can be written by others (chmod go-w)", path);
    if (faccessat(fd, ".", R_OK | W_OK | X_OK, AT_EACCESS) < 0)
        return err_set_access(err, "cannot use the state directory %s", path);
    return true;
}

/* Opens what is at path; on success the struct owns path. */
static bool open_at(struct statedir *state, char *path, int more_flags, struct err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | more_flags);
    if (fd < 0)
        return err_set_access(err, "cannot open the state directory %s", path);
    if (!check_ours(fd, path, err)) {
        close(fd);
        return false;
    }
    *state = (struct statedir){.path = path, .fd = fd};
    return true;
}

static bool create_and_open(struct statedir *state, char *path, int more_flags, struct err *err)
{
    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return err_set_access(err, "cannot create the state directory %s", path);
    return open_at(state, path, more_flags, err);
}

/* One that is ours and cannot be used is a fault, no reason to look elsewhere: our holds lie in it.
 */
static bool is_ours(const char *path)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return errno != ENOENT && errno != ENOTDIR && errno != EACCES;
    return st.st_uid == geteuid() ||
           (st.st_uid == 0 && faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0);
}

/* NULL: the system has none for us. */
static const char *find_system(const struct statedir_wish *wish)
{
    const char *path = wish->system ? wish->system : STATEDIR_SYSTEM;
    return !wish->configured && is_ours(path) ? path : NULL;
}

void statedir_place(const struct statedir_wish *wish, struct buf *path)
{
    const char *place = wish->configured ? wish->configured : find_system(wish);
    if (!place)
        place = "users/task_server";
    if (*place != '/')
        buf_addf(path, "%s/", wish->installation);
    buf_add_text(path, place);
}

bool statedir_open(struct statedir *state, const struct statedir_wish *wish, struct err *err)
{
    *state = (struct statedir){0};
    struct buf place = {0};
    statedir_place(wish, &place);
    char *path = place.failed ? NULL : strdup(buf_text(&place));
    buf_release(&place);
    if (!path)
        return err_set_nomem(err);
    /* What lies below users/ could be somebody's link to elsewhere; the others are the
     * administrator's word. */
    bool is_last = !wish->configured && !find_system(wish);
    if (create_and_open(state, path, is_last ? O_NOFOLLOW : 0, err))
        return true;
    free(path);
    return false;
}

void statedir_close(struct statedir *state)
{
    if (!state)
        return;
    if (state->path)
        close(state->fd);
    free(state->path);
    *state = (struct statedir){0};
}
