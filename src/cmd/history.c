/* history: how the runs of jobs ended, and their statistics. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "cmd/args.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/desk.h"
#include "cmd/history_show.h"
#include "cmd/paper.h"
#include "cmd/took.h"
#include "cmd/when.h"
#include "core/walltime.h"
#include "io/session.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] history [--client C] [--package P]\n"
    "                   [--status S] [--since WHEN] [--limit N] [--json]\n"
    "       task-server … history stats [--client C] [--package P] [--status S]\n"
    "                   [--since WHEN] [--json]\n"
    "\n"
    "Shows how runs of jobs ended, the newest first, in all enabled clients.  With\n"
    "stats: per job how many there were and how many failed, and how long they took.\n"
    "\n"
    "  --client C    only this client (its id or name)\n"
    "  --package P   only this package\n"
    "  --status S    only success, failure or interrupted\n"
    "  --since WHEN  only from then on: 'YYYY-MM-DD [HH:MM]', yesterday, 13:00, or a\n"
    "                distance like 2h30m, 7d or 2w; task-server(1) lists the forms\n"
    "  --limit N     at most so many (default: 50, and all of them with --since)\n"
    "  --json        everything, whole, for scripts\n"
    "\n"
    "How long a run took is known where it ran from this machine and was started by\n"
    "this program.\n"
    "\n"
    "Exit codes: 0 done, 64 usage, 75 a database could not be reached (the others\n"
    "are shown), 77 no permission, 78 wrong configuration.\n");

enum { LIMIT_DEFAULT = 50, LIMIT_MAX = 100000 };

struct request {
    const char *client;
    const char *since;
    const char *limit;
    size_t count; /* of lines at most; 0: all */
    struct history_query query;
    bool json;
    bool stats;
};

static bool check_status(const char *status, struct err *err)
{
    static const char *const words[] = {"success", "failure", "interrupted"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++)
        if (strcmp(status, words[i]) == 0)
            return true;
    return err_set(err, ERR_USAGE, "--status '%.60s': wanted success, failure or interrupted",
                   status);
}

static bool parse_limit(const char *limit, size_t *count, struct err *err)
{
    char *end;
    long value = strtol(limit, &end, 10);
    if (*end || end == limit || value < 1 || value > LIMIT_MAX)
        return err_set(err, ERR_USAGE, "--limit '%.60s': wanted a number from 1 to %d", limit,
                       LIMIT_MAX);
    *count = (size_t)value;
    return true;
}

static bool parse_options(const struct cmd_args *args, struct request *request, struct err *err)
{
    const struct args_option options[] = {
        {.name = "client", .text = &request->client},
        {.name = "json", .is_given = &request->json},
        {.name = "limit", .text = &request->limit},
        {.name = "package", .text = &request->query.package},
        {.name = "since", .text = &request->since},
        {.name = "status", .text = &request->query.status},
        {0},
    };
    if (!args_parse(args, "history", options, err))
        return false;
    request->stats = optind < args->argc && strcmp(args->argv[optind], "stats") == 0;
    if (optind + request->stats != args->argc)
        return err_set(err, ERR_USAGE, "history: '%.60s' is not understood",
                       args->argv[optind + request->stats]);
    if (request->stats && request->limit)
        return err_set(err, ERR_USAGE, "history stats: --limit does not belong to it");
    return (!request->query.status || check_status(request->query.status, err)) &&
           (!request->limit || parse_limit(request->limit, &request->count, err));
}

/* One client's rows; false: it could not be reached, which is told. */
static bool ask_client(const struct site *site, const struct client *client,
                       const struct request *request, struct history_show *show)
{
    struct db db = {0};
    struct session session;
    struct db_reply reply = {0};
    struct err err = {0};
    struct db_target target = client_target(client);
    struct db_options options = site_db_options(site, "task-server history");
    bool done = db_connect(&db, &target, &options, &err) && session_start(&db, &session, &err) &&
                (request->stats ? history_stats(&db, &request->query, &reply, &err)
                                : history_list(&db, &request->query, &reply, &err)) &&
                history_show_add(show, client, &reply, &err);
    if (!done)
        log_msg(LOG_LEVEL_ERROR, "client '%s': %s", client->fields[CLIENT_NAME], err.text);
    db_reply_release(&reply);
    db_close(&db);
    return done;
}

static bool print(struct history_show *show, const struct request *request, struct err *err)
{
    struct buf out = {0};
    struct table_style style = paper_style();
    if (request->json)
        history_show_json(show, &out);
    else
        history_show_table(show, &style, &out);
    if (request->json && show->cut && !request->limit)
        log_msg(LOG_LEVEL_WARNING,
                "history: these are the newest %zu runs, and there are more: --limit N",
                show->limit);
    bool done = paper_write(&out, err);
    buf_release(&out);
    return done;
}

static bool show_all(const struct desk *desk, const struct request *request, struct err *err)
{
    const struct site *site = &desk->site;
    struct clients clients = {0};
    struct durations durations = {0};
    struct history_show show = {.site = site,
                                .query = &request->query,
                                .durations = &durations,
                                .limit = request->stats ? 0 : request->count,
                                .stats = request->stats};
    bool done = site_load_clients(site, &clients, err) &&
                (!request->client || clients_choose(&clients, request->client, err));
    if (done)
        took_load(desk, &durations);
    for (size_t i = 0; done && i < clients.count; i++)
        show.incomplete |= !ask_client(site, &clients.items[i], request, &show);
    done = done && print(&show, request, err);
    bool away = show.incomplete;
    history_show_release(&show);
    durations_release(&durations);
    clients_release(&clients);
    if (done && away)
        return err_set(err, ERR_AWAY, "history: not every client could be asked");
    return done;
}

static bool run_request(struct request *request, const struct desk *desk, struct err *err)
{
    char since[WALLTIME_MAX];
    int64_t since_s = 0;
    char one_more[16]; /* so that it shows whether there are more */
    if (!request->limit && !request->since)
        request->count = LIMIT_DEFAULT;
    snprintf(one_more, sizeof one_more, "%zu", request->count + 1);
    request->query.limit = request->count ? one_more : NULL;
    request->query.whole = request->json;
    if (request->since) {
        struct when when = {.option = "--since",
                            .zone = &desk->site.zone,
                            .now_s = clock_real_us() / 1000000,
                            .towards = -1};
        if (!when_parse(&when, request->since, &since_s, err))
            return false;
        walltime_format(&desk->site.zone, since_s * 1000000, since);
        request->query.since = since;
    }
    return show_all(desk, request, err);
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct desk desk = {0};
    struct request request = {0};
    bool done = parse_options(args, &request, &err) && desk_open(&desk, args->cli, &err) &&
                run_request(&request, &desk, &err);
    desk_close(&desk);
    return done ? 0 : cli_fail(&err);
}

const struct cmd cmd_history = {.name = "history", .usage = usage, .run = run, .by_hand = true};
