#include "io/program.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static bool check_file(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return err_set_errno(err, "cannot look at it");
    if (!S_ISREG(st.st_mode))
        return err_set(err, ERR_PERMISSION, "it is not a file");
    if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0) {
        err_set_errno(err, "it may not be executed");
        err->kind = ERR_PERMISSION;
        return false;
    }
    return true;
}

bool program_check(const char *path, const struct ownership_rule *rule, struct err *err)
{
    bool ok = *path == '/' || err_set(err, ERR_PERMISSION, "the path is not absolute");
    ok = ok && ownership_check(path, rule, err) && check_file(path, err);
    return ok || err_wrap(err, "cannot run %s", path);
}
