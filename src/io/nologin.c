#include "io/nologin.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

static bool make_path(const char *installation, const struct options *options, char path[PATH_MAX])
{
    bool absolute = options->userspath[0] == '/';
    int len = snprintf(path, PATH_MAX, "%s%s%s/nologin", absolute ? "" : installation,
                       absolute ? "" : "/", options->userspath);
    return len >= 0 && len < PATH_MAX;
}

bool nologin_check(const char *installation, const struct options *options, bool *locked,
                   struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    *locked = false;
    if (options->keep_installation_unlocked)
        return true;
    if (!make_path(installation, options, path))
        return err_set(err, ERR_SYSTEM, "[paths] userspath is too long");
    if (stat(path, &st) == 0) {
        *locked = S_ISREG(st.st_mode);
        return true;
    }
    if (errno == ENOENT || errno == ENOTDIR)
        return true;
    return err_set_access(err, "cannot tell whether the installation is locked by %s", path);
}

int64_t nologin_since_s(const char *installation, const struct options *options)
{
    char path[PATH_MAX];
    struct stat st;
    bool is_there = !options->keep_installation_unlocked &&
                    make_path(installation, options, path) && stat(path, &st) == 0 &&
                    S_ISREG(st.st_mode);
    return is_there ? st.st_mtime : 0;
}
