#include "cmd/desk.h"

#include "base/log.h"

static void open_state(struct desk *desk)
{
    struct err err = {0};
    struct statedir_wish wish = {
        .installation = desk->site.installation,
        .configured = desk->site.options.state_dir,
    };
    if (!statedir_open(&desk->state, &wish, &err) ||
        !site_take_state(&desk->site, &desk->state, &err))
        log_msg(LOG_LEVEL_WARNING, "no state directory, so what lies there is unknown: %s",
                err.text);
}

bool desk_open(struct desk *desk, const struct cli *cli, struct err *err)
{
    struct site_request request = cli_site_request(cli);
    *desk = (struct desk){0};
    bool done = site_open(&desk->site, &request, err);
    site_log_warnings(&desk->site);
    if (!done)
        return false;
    cli_obey_debug(cli, &desk->site);
    open_state(desk);
    return true;
}

bool desk_path(const struct desk *desk, const char *suffix, struct buf *path, struct err *err)
{
    struct buf name = {0};
    if (!desk->state.path)
        return err_set(err, ERR_SYSTEM, "there is no state directory");
    bool done = site_file_name(&desk->site, suffix, &name, err);
    buf_addf(path, "%s/%s", desk->state.path, buf_text(&name));
    buf_release(&name);
    return done && (!path->failed || err_set_nomem(err));
}

void desk_close(struct desk *desk)
{
    site_release(&desk->site);
    statedir_close(&desk->state);
    *desk = (struct desk){0};
}
