#include "cmd/cli.h"

#include <stdlib.h>

#include "base/log.h"

struct site_request cli_site_request(const struct cli *cli)
{
    return (struct site_request){
        .config = cli->config,
        .installation = cli->installation,
        .tz = getenv("TZ"),
        .allow_root = cli->allow_root,
        .perl_dir = getenv("TASK_SERVER_PERL"),
    };
}

void cli_obey_debug(const struct cli *cli, const struct site *site)
{
    if (site->options.debug && !cli->quiet)
        log_raise(LOG_LEVEL_DEBUG);
}

int cli_fail(const struct err *err)
{
    log_msg(LOG_LEVEL_ERROR, "%s", err->text);
    return err_exit_code(err->kind);
}
