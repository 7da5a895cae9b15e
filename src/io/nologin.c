#include "io/nologin.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

bool nologin_check(const char *installation, const struct options *options, bool *locked,
                   struct err *err)
{
    char path[PATH_MAX];
    struct stat st;
    *locked = false;
    if (options->keep_installation_unlocked)
        return true;
    bool absolute = options->userspath[0] == '/';
    int len = snprintf(path, sizeof path, "%s%s%s/nologin", absolute ? "" : installation,
                       absolute ? "" : "/", options->userspath);
    if (len < 0 || (size_t)len >= sizeof path)
        return err_set(err, ERR_SYSTEM, "[paths] userspath is too long");
    if (stat(path, &st) == 0) {
        *locked = S_ISREG(st.st_mode);
        return true;
    }
    if (errno == ENOENT || errno == ENOTDIR)
        return true;
    return err_set_access(err, "cannot tell whether the installation is locked by %s", path);
}
