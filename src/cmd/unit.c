#include "cmd/unit.h"

#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/log.h"

void unit_explain(const struct site *site)
{
    struct buf path = {0};
    struct statvfs system;
    const char *config = site->files.typed;
    buf_addf(&path, "%s/users", site->installation);
    if (getenv("INVOCATION_ID") && !path.failed && statvfs(buf_text(&path), &system) == 0 &&
        system.f_flag & ST_RDONLY)
        log_msg(LOG_LEVEL_ERROR,
                "this systemd unit has no paths to write to yet: 'task_server -C %s%s%s start' "
                "gives it them",
                site->installation, config ? " -c " : "", config ? config : "");
    buf_release(&path);
}
