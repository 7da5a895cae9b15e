#include <stdio.h>

#include "base/i18n.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"

static int run(const struct cmd_args *args)
{
    struct err err;
    if (args->argc > 1) {
        err_set(&err, ERR_USAGE, "version: it takes no arguments");
        return cli_fail(&err);
    }
    puts("task-server " TASK_SERVER_VERSION);
    return 0;
}

const struct cmd cmd_version = {
    .name = "version",
    .usage = N_("usage: task-server version\n\nPrints the name and the version of this program.\n"),
    .run = run,
};
