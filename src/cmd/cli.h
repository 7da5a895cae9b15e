/* cli.h: the global options, which stand before the command.
 *
 * main.c fills it; commands that need an installation hand it on with cli_site_request.
 */
#ifndef CMD_CLI_H
#define CMD_CLI_H

#include <stdbool.h>

#include "engine/site.h"

struct cli {
    const char *config;       /* -c FILE */
    const char *installation; /* -C DIR */
    bool quiet;               /* -q */
    bool verbose;             /* -v */
    bool allow_root;          /* --allow-root */
};

struct site_request cli_site_request(const struct cli *cli);

/* [task_server] debug = 1 means -v, unless -q was given. */
void cli_obey_debug(const struct cli *cli, const struct site *site);

/* Messages go from now on where [task_server] log says: for runs that nobody waits for. */
void cli_choose_log(const struct cli *cli, const struct site *site);

/* Reports an error and returns its exit code. */
int cli_fail(const struct err *err);

#endif
