#include "io/remove.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Removes an entry that may be a directory of depth `depth`. */
static bool remove_entry(int dir, const char *name, int depth, struct err *err);

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* The first failure is the one that is told. */
static bool remove_contents(DIR *stream, int depth, struct err *err)
{
    bool clean = true;
    struct err later;
    struct dirent *entry;
    while ((entry = readdir(stream)))
        if (!is_dots(entry->d_name) &&
            !remove_entry(dirfd(stream), entry->d_name, depth + 1, clean ? err : &later))
            clean = false;
    return clean;
}

static bool remove_directory(int dir, const char *name, int depth, struct err *err)
{
    if (depth >= REMOVE_DEPTH_MAX)
        return err_set(err, ERR_SYSTEM, "%s: nested too deeply", name);
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
    if (!stream) {
        err_set_errno(err, "%s", name);
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool clean = remove_contents(stream, depth, err);
    closedir(stream);
    if (!clean)
        return err_wrap(err, "%s", name);
    if (unlinkat(dir, name, AT_REMOVEDIR) != 0 && errno != ENOENT)
        return err_set_errno(err, "%s", name);
    return true;
}

static bool remove_entry(int dir, const char *name, int depth, struct err *err)
{
    if (unlinkat(dir, name, 0) == 0 || errno == ENOENT || errno == ENAMETOOLONG)
        return true;
    if (errno == EISDIR)
        return remove_directory(dir, name, depth, err);
    return err_set_errno(err, "%s", name);
}

bool remove_tree(int dir, const char *name, struct err *err)
{
    return remove_entry(dir, name, 0, err);
}
