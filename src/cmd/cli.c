#include "cmd/cli.h"

#include <fcntl.h>
#include <syslog.h>
#include <unistd.h>

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

static bool open_log(const struct site *site, struct err *err)
{
    struct buf path = {0};
    const char *name = site->options.debug_file;
    buf_addf(&path, "%s%s%s", *name == '/' ? "" : site->installation, *name == '/' ? "" : "/",
             name);
    int fd = open(buf_text(&path), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    bool done = fd >= 0 && dup2(fd, STDERR_FILENO) >= 0;
    if (done)
        log_to(LOG_TO_FILE);
    else
        err_set_access(err, "log = file: cannot write to %s", buf_text(&path));
    if (fd >= 0)
        close(fd);
    buf_release(&path);
    return done;
}

void cli_choose_log(const struct cli *cli, const struct site *site)
{
    struct err err = {0};
    if (site->options.log == OPTIONS_LOG_SYSLOG) {
        openlog("task-server", LOG_PID, LOG_CRON);
        log_to(LOG_TO_SYSLOG);
    } else if (site->options.log == OPTIONS_LOG_FILE && !open_log(site, &err)) {
        log_msg(LOG_LEVEL_ERROR, "%s", err.text);
    }
    if (site->options.log != OPTIONS_LOG_STDERR && !cli->quiet) /* a log keeps, cron would mail */
        log_raise(LOG_LEVEL_INFO);
}

int cli_fail(const struct err *err)
{
    log_msg(LOG_LEVEL_ERROR, "%s", err->text);
    return err_exit_code(err->kind);
}
