/* status: the installation at a glance. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/desk.h"
#include "cmd/paper.h"
#include "cmd/status_json.h"
#include "cmd/status_text.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] status [--client C] [--json]\n"
    "\n"
    "Shows the installation at a glance: whether runs come and when the last one was, what is\n"
    "running, each client with its jobs, which jobs are overdue, what failed in the last 24 "
    "hours,\n"
    "and what keeps jobs from running.\n"
    "\n"
    "  --client C  only this client (its id or name)\n"
    "  --json      for scripts\n"
    "\n"
    "Exit codes: 0 shown, 64 usage, 75 a database could not be reached (the rest is shown), 77 no\n"
    "permission, 78 wrong configuration.\n");

enum { DAY_S = 86400 };

struct request {
    const char *client;
    bool json;
};

static bool parse_options(const struct cmd_args *args, struct request *request, struct err *err)
{
    static const struct option options[] = {
        {"client", required_argument, NULL, 'c'},
        {"json", no_argument, NULL, 'j'},
        {0},
    };
    int option;
    optind = 0; /* main.c has used getopt before; 0 makes GNU's start afresh */
    while ((option = getopt_long(args->argc, args->argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'c': request->client = optarg; break;
        case 'j': request->json = true; break;
        default: return err_set(err, ERR_USAGE, "status: see task-server status --help");
        }
    }
    if (optind != args->argc)
        return err_set(err, ERR_USAGE, "status: '%.60s' is not understood", args->argv[optind]);
    return true;
}

static bool show(const struct request *request, const struct site *site, struct err *err)
{
    struct overview overview = {0};
    struct buf out = {0};
    struct overview_wish wish = {.client = request->client, .back_s = DAY_S, .only_failures = true};
    bool done = overview_collect(&overview, site, &wish, err);
    if (done && request->json) {
        status_json(&overview, site, &out);
    } else if (done) {
        struct table_style style = paper_style();
        status_text(&overview, site, &style, &out);
    }
    done = done && paper_write(&out, err);
    if (done && overview.survey.away)
        done = err_set(err, ERR_AWAY, "status: not every client could be asked");
    buf_release(&out);
    overview_release(&overview);
    return done;
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct desk desk = {0};
    struct request request = {0};
    bool done = parse_options(args, &request, &err) && desk_open(&desk, args->cli, &err) &&
                show(&request, &desk.site, &err);
    desk_close(&desk);
    return done ? 0 : cli_fail(&err);
}

const struct cmd cmd_status = {.name = "status", .usage = usage, .run = run, .by_hand = true};
