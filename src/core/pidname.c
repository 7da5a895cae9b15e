#include "core/pidname.h"

#include <string.h>

enum { FILE_NAME_MAX = 255 }; /* NAME_MAX of Linux's file systems */

bool pidname_typed(struct buf *name, const char *typed, struct err *err)
{
    if (!*typed)
        return err_set(err, ERR_CONFIG, "the name of the configuration file is empty");
    size_t start = name->len;
    for (const char *p = typed; *p; p++)
        buf_add(name, *p == '/' ? "." : p, 1);
    buf_add_text(name, ".pid");
    if (name->failed)
        return err_set_nomem(err);
    if (name->len - start > FILE_NAME_MAX)
        return err_set(
            err, ERR_CONFIG,
            "the path of the configuration file is too long to name a pid file after it");
    return true;
}

/* Length of what both paths have in common, counted in whole directories, with its slash. */
static size_t common_directories(const char *file, const char *directory)
{
    size_t common = 0;
    size_t i = 0;
    while (file[i] && file[i] == directory[i]) {
        i++;
        if (file[i - 1] == '/')
            common = i;
    }
    return !directory[i] && file[i] == '/' ? i + 1 : common;
}

bool pidname_resolved(struct buf *name, const char *file, const char *installation, struct err *err)
{
    struct buf relative = {0};
    size_t common = common_directories(file, installation);
    size_t len = strlen(installation);
    if (common < len) /* each directory of the installation that the file is not below */
        for (const char *p = installation + common; p; p = strchr(p, '/')) {
            p += *p == '/';
            if (*p)
                buf_add_text(&relative, "../");
        }
    buf_add_text(&relative, file + common);
    bool ok = relative.failed ? err_set_nomem(err) : pidname_typed(name, buf_text(&relative), err);
    buf_release(&relative);
    return ok;
}
