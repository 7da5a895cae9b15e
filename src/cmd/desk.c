#include "cmd/desk.h"

#include "base/log.h"

static void open_state(struct desk *desk)
{
    struct err err = {0};
    if (!site_open_state(&desk->site, &desk->state, &err))
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

void desk_close(struct desk *desk)
{
    site_release(&desk->site);
    statedir_close(&desk->state);
    *desk = (struct desk){0};
}
