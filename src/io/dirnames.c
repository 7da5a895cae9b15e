#include "io/dirnames.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool add(struct dirnames *names, const char *name)
{
    char **items = realloc(names->items, (names->count + 1) * sizeof *items);
    if (!items)
        return false;
    names->items = items;
    items[names->count] = strdup(name);
    return items[names->count] && ++names->count;
}

/* A descriptor of its own: reading moves the position of the open directory. */
static DIR *open_dir(int dir, const char *name)
{
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *opened = fd < 0 ? NULL : fdopendir(fd);
    if (fd >= 0 && !opened)
        close(fd);
    return opened;
}

static bool read_all(struct dirnames *names, DIR *opened, const char *name, struct err *err)
{
    struct dirent *item;
    while (errno = 0, item = readdir(opened)) {
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
            continue;
        if (!add(names, item->d_name))
            return err_set_nomem(err);
    }
    return errno == 0 || err_set_errno(err, "cannot read the directory %s", name);
}

bool dirnames_read(struct dirnames *names, int dir, const char *name, struct err *err)
{
    *names = (struct dirnames){0};
    DIR *opened = open_dir(dir, name);
    if (!opened)
        return errno == ENOENT || err_set_errno(err, "cannot read the directory %s", name);
    bool done = read_all(names, opened, name, err);
    closedir(opened);
    if (!done)
        dirnames_release(names);
    return done;
}

void dirnames_release(struct dirnames *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < names->count; i++)
        free(names->items[i]);
    free(names->items);
    *names = (struct dirnames){0};
}
