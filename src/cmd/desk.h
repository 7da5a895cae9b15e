/* desk.h: what commands for people work at: the site and its state directory.
 *
 *     struct desk desk = {0};
 *     if (!desk_open(&desk, args->cli, &err)) … cli_fail(&err)
 *     survey_collect(&survey, &desk.site, &wish, &err)
 *     desk_close(&desk)                                also after a failure
 *
 * Without a state directory the command goes on: what lies there is unknown then (desk.state.path
 * is NULL, and a warning was logged).
 */
#ifndef CMD_DESK_H
#define CMD_DESK_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/cli.h"
#include "engine/site.h"
#include "io/statedir.h"

struct desk {
    struct site site;
    struct statedir state;
};

bool desk_open(struct desk *desk, const struct cli *cli, struct err *err) MUST_USE;

void desk_close(struct desk *desk);

#endif
