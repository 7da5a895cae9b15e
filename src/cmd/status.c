/* status: the installation at a glance. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "cmd/args.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/desk.h"
#include "cmd/paper.h"
#include "cmd/status_html.h"
#include "cmd/status_json.h"
#include "cmd/status_text.h"
#include "io/wholefile.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] status [--client C]\n"
    "                   [--json | --html FILE]\n"
    "\n"
    "Shows the installation at a glance: whether runs come and when the last one\n"
    "was, what is running, each client with its jobs, which jobs are overdue, what\n"
    "failed in the last 24 hours, and what keeps jobs from running.\n"
    "\n"
    "  --client C  only this client (its id or name)\n"
    "  --json      for scripts\n"
    "  --html FILE writes it as a page for browsers, with the runs of 24 hours and\n"
    "              7 days as timelines; FILE is replaced as a whole and may be read\n"
    "              by everybody\n"
    "\n"
    "Exit codes: 0 shown, 64 usage, 75 a database could not be reached (the rest is\n"
    "shown), 77 no permission, 78 wrong configuration.\n");

enum { DAY_S = 86400 };

struct request {
    const char *client;
    bool json;
    const char *html; /* the file to write; NULL: standard output it is */
};

static bool is_file_name(const char *path)
{
    struct stat st;
    return *path && (stat(path, &st) != 0 || !S_ISDIR(st.st_mode));
}

static bool parse_options(const struct cmd_args *args, struct request *request, struct err *err)
{
    const struct args_option options[] = {
        {.name = "client", .text = &request->client},
        {.name = "html", .text = &request->html},
        {.name = "json", .is_given = &request->json},
        {0},
    };
    if (!args_parse(args, "status", options, err))
        return false;
    if (optind != args->argc)
        return err_set(err, ERR_USAGE, "status: '%.60s' is not understood", args->argv[optind]);
    if (request->html && request->json)
        return err_set(err, ERR_USAGE, "status: --json and --html exclude each other");
    if (request->html && !is_file_name(request->html))
        return err_set(err, ERR_USAGE, "status: --html wants the name of a file, not '%.300s'",
                       request->html);
    return true;
}

static bool publish(const struct overview *overview, const struct desk *desk, const char *path,
                    struct err *err)
{
    struct buf page = {0};
    bool done = status_html(overview, desk, &page, err) && wholefile_publish(path, &page, err);
    buf_release(&page);
    return done;
}

static bool print(const struct request *request, const struct overview *overview,
                  const struct site *site, struct err *err)
{
    struct buf out = {0};
    struct table_style style = paper_style();
    if (request->json)
        status_json(overview, site, &out);
    else
        status_text(overview, site, &style, &out);
    bool done = paper_write(&out, err);
    buf_release(&out);
    return done;
}

static bool show(const struct request *request, const struct desk *desk, struct err *err)
{
    struct overview overview = {0};
    struct overview_wish wish = {.client = request->client,
                                 .back_s = DAY_S,
                                 .only_failures = true,
                                 .whole_errors = request->json};
    if (request->html)
        wish.trace_s = TIMELINE_WEEK_S;
    bool done = overview_collect(&overview, &desk->site, &wish, err);
    if (done && request->html)
        done = publish(&overview, desk, request->html, err);
    else
        done = done && print(request, &overview, &desk->site, err);
    if (done && overview.survey.trouble)
        done = err_set(err, ERR_AWAY, "status: %s", overview.survey.trouble);
    else if (done && overview.survey.away)
        done = err_set(err, ERR_AWAY, "status: not every client could be asked");
    overview_release(&overview);
    return done;
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct desk desk = {0};
    struct request request = {0};
    bool done = parse_options(args, &request, &err) && desk_open(&desk, args->cli, &err) &&
                show(&request, &desk, &err);
    desk_close(&desk);
    return done ? 0 : cli_fail(&err);
}

const struct cmd cmd_status = {.name = "status", .usage = usage, .run = run, .by_hand = true};
