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

void statedir_place(const struct statedir_wish *wish, struct buf *path)
{
    const char *place = wish->configured ? wish->configured : "users/task_server";
    if (*place != '/')
        buf_addf(path, "%s/", wish->installation);
    buf_add_text(path, place);
}

/* The system's directory is a chance, not a must: whatever is wrong with it, we do without. */
static bool open_system(struct statedir *state, const struct statedir_wish *wish)
{
    struct err ignored;
    char *path = strdup(wish->system ? wish->system : STATEDIR_SYSTEM);
    if (path && open_at(state, path, 0, &ignored))
        return true;
    free(path);
    return false;
}

bool statedir_open(struct statedir *state, const struct statedir_wish *wish, struct err *err)
{
    *state = (struct statedir){0};
    const char *configured = wish->configured;
    if (!configured && open_system(state, wish))
        return true;
    struct buf place = {0};
    statedir_place(wish, &place);
    char *path = place.failed ? NULL : strdup(buf_text(&place));
    buf_release(&place);
    if (!path)
        return err_set_nomem(err);
    /* What lies below users/ could be somebody's link to elsewhere; a configured path is the
     * administrator's word. */
    if (create_and_open(state, path, configured ? 0 : O_NOFOLLOW, err))
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
