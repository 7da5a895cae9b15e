#include "io/ownership.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/i18n.h"

enum { LINKS_MAX = 40 }; /* as the kernel's own limit */

/* Where the walk stands: `done` has been checked, `todo` is still to be followed from there. */
struct walk {
    const struct ownership_rule *rule;
    char done[PATH_MAX]; /* absolute, without links and dots; "" is the root */
    char todo[PATH_MAX];
    int links;
};

static bool too_long(const char *path, struct err *err)
{
    return err_set(err, ERR_SYSTEM, "path too long: %s", path);
}

/* With an access list on it, the group's bits say what any of the list's entries may do at most. */
static bool is_group_writable(const char *path, const struct stat *st)
{
    if (!(st->st_mode & S_IWGRP))
        return false;
    return st->st_gid != 0 || lgetxattr(path, "system.posix_acl_access", NULL, 0) > 0;
}

static bool check_node(const struct walk *walk, const struct stat *st, struct err *err)
{
    const char *path = *walk->done ? walk->done : "/";
    const struct ownership_rule *rule = walk->rule;
    if (st->st_uid != 0 && st->st_uid != rule->uid)
        return err_set(err, ERR_PERMISSION, "%s belongs to the user with id %ld instead of %s%s",
                       path, (long)st->st_uid, rule->uid ? _("root or ") : "", rule->name);
    if (S_ISLNK(st->st_mode))
        return true; /* a link has no permissions: its directory has */
    if (st->st_mode & S_IWOTH)
        return err_set(err, ERR_PERMISSION, "%s can be written by everybody (chmod o-w)", path);
    if (is_group_writable(path, st))
        return err_set(err, ERR_PERMISSION, "%s can be written by a group (chmod g-w)", path);
    return true;
}

/* Puts the target of the link at `done` in front of what is to do. */
static bool follow_link(struct walk *walk, struct err *err)
{
    char target[PATH_MAX];
    ssize_t len = readlink(walk->done, target, sizeof target - 1);
    if (len < 0)
        return err_set_errno(err, "cannot read the link %s", walk->done);
    target[len] = '\0';
    if (++walk->links > LINKS_MAX)
        return err_set(err, ERR_SYSTEM, "too many links on the way to %s", walk->done);
    size_t used = (size_t)len;
    int rest = snprintf(target + used, sizeof target - used, "/%s", walk->todo);
    if (rest < 0 || (size_t)rest >= sizeof target - used)
        return too_long(walk->done, err);
    memcpy(walk->todo, target, sizeof target);
    *(*target == '/' ? walk->done : strrchr(walk->done, '/')) = '\0';
    return true;
}

/* Cuts the next component off `todo`; NULL when there is none. */
static char *next_component(struct walk *walk, char component[NAME_MAX + 1])
{
    char *start = walk->todo + strspn(walk->todo, "/");
    size_t len = strcspn(start, "/");
    if (!len || len > NAME_MAX)
        return NULL;
    memcpy(component, start, len);
    component[len] = '\0';
    memmove(walk->todo, start + len, strlen(start + len) + 1);
    return component;
}

/* Goes one component further and looks at what is there. */
static bool step(struct walk *walk, const char *component, struct err *err)
{
    size_t len = strlen(walk->done);
    if (strcmp(component, ".") == 0)
        return true;
    if (strcmp(component, "..") == 0) {
        *(len ? strrchr(walk->done, '/') : walk->done) = '\0';
        return true;
    }
    if (len + strlen(component) + 2 > sizeof walk->done)
        return too_long(walk->done, err);
    sprintf(walk->done + len, "/%s", component);
    struct stat st;
    if (lstat(walk->done, &st) < 0)
        return err_set_errno(err, "cannot look at %s", walk->done);
    return check_node(walk, &st, err) && (!S_ISLNK(st.st_mode) || follow_link(walk, err));
}

static bool start(struct walk *walk, const char *path, struct err *err)
{
    char here[PATH_MAX] = "";
    struct stat st;
    if (*path != '/' && !getcwd(here, sizeof here))
        return err_set_errno(err, "cannot find the current directory");
    int len = snprintf(walk->todo, sizeof walk->todo, "%s/%s", here, path);
    if (len < 0 || (size_t)len >= sizeof walk->todo)
        return too_long(path, err);
    if (lstat("/", &st) < 0)
        return err_set_errno(err, "cannot look at /");
    return check_node(walk, &st, err);
}

bool ownership_check(const char *path, const struct ownership_rule *rule, struct err *err)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk)
        return err_set_nomem(err);
    walk->rule = rule;
    char component[NAME_MAX + 1];
    bool ok = start(walk, path, err);
    while (ok && next_component(walk, component))
        ok = step(walk, component, err);
    if (ok && walk->todo[strspn(walk->todo, "/")])
        ok = too_long(path, err);
    free(walk);
    return ok;
}
