#include <getopt.h>
#include <poll.h>
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
#include "engine/execute.h"
#include "engine/held.h"
#include "engine/host.h"
#include "engine/leftover.h"
#include "engine/memory.h"
#include "store/claim_tx.h"
#include "store/jobs.h"
#include "store/origins.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] [-q|-v] run-job ID\n"
    "                   [--client C | --all-clients] [--force]\n"
    "\n"
    "Runs the job with this ID now, whatever its schedule and whether it is active\n"
    "or not: in every enabled client that has it, or in the client C (its id or its\n"
    "name).  The run is recorded and the next time is set, as if it had been due.\n"
    "\n"
    "  --client C      only there\n"
    "  --force         also where the client is held, by hand or because its\n"
    "                  database is not the one it was\n"
    "  --all-clients   also if the ID means different packages in different clients\n"
    "\n"
    "Exit codes: 0 it ran (its outcome, also a failure, is in its history and on\n"
    "standard error), 64 no such job, or usage, 75 a database could not be reached,\n"
    "the installation is locked, or another session has claimed the job, 77 no\n"
    "permission, 78 wrong configuration.\n");

enum { WAIT_MS = 250 };

struct request {
    int job_id;
    const char *client; /* NULL: every enabled one */
    bool all_clients;
    bool force; /* held clients, too */
};

/* What run-job works with. */
struct errand {
    struct request request;
    struct site site;
    struct signals signals;
    struct clients clients;
    struct origins origins;
    struct memory memory;
    struct journal journal;
    struct host host;
    bool away; /* something could not be reached, or is claimed elsewhere */
};

static bool parse_request(const struct cmd_args *args, struct request *request, struct err *err)
{
    const struct args_option options[] = {
        {.name = "client", .text = &request->client},
        {.name = "all-clients", .is_given = &request->all_clients},
        {.name = "force", .is_given = &request->force},
        {0},
    };
    if (!args_parse(args, "run-job", options, err))
        return false;
    if (args->argc - optind != 1)
        return err_set(err, ERR_USAGE, "run-job: wanted one job ID");
    return args_job_id("run-job", args->argv[optind], &request->job_id, err);
}

static bool load_clients(struct errand *errand, struct err *err)
{
    const char *wanted = errand->request.client;
    return site_load_clients(&errand->site, &errand->clients, err) &&
           (!wanted || clients_choose(&errand->clients, wanted, err));
}

/* The job's row in one client; the list is empty where it has none. */
static bool find_job(struct errand *errand, struct visit *visit, struct job_list *list,
                     struct err *err)
{
    struct job_query query = {
        .zone = &errand->site.zone,
        .now_us = clock_real_us(),
        .job_id = errand->request.job_id,
        .untold = visit->home.untold,
    };
    bool found = visit_open(visit, err) && jobs_list(&visit->db, &query, list, err) &&
                 visit_take_list(visit, list, err);
    errand->away |= !found;
    return found;
}

/* Which database the client is to have; NULL: it does not matter. */
static const struct origin_home *find_home(const struct errand *errand, const struct client *client)
{
    return errand->request.force ? NULL : origins_find(&errand->origins, client->id);
}

static void begin_visit(struct errand *errand, const struct client *client, struct visit *visit)
{
    const struct origin_home *home = find_home(errand, client);
    visit_begin(visit, &errand->site, client, errand->site.board->slots);
    visit->ignores_holds = errand->request.force;
    if (home) {
        visit->home = home->origin;
        visit->renamed = origin_is_renamed(home, client);
    }
}

static void explain_move(const struct origin_home *home, const struct visit *visit, struct err *err)
{
    struct buf text = {0};
    origin_describe_move(home, visit->client, &visit->origin, &text);
    err_set(err, ERR_AWAY, "held: %s", buf_text(&text));
    buf_release(&text);
}

/* The job's row in the database that is to be the client's. */
static bool find_at_home(struct errand *errand, struct visit *visit, struct job_list *list,
                         struct err *err)
{
    const struct origin_home *home = find_home(errand, visit->client);
    bool found = find_job(errand, visit, list, err);
    if (home && visit->moved)
        explain_move(home, visit, err);
    return found;
}

static void tell_holder(struct errand *errand, struct visit *visit, const struct job *job)
{
    struct buf holder = {0};
    struct err err = {0};
    errand->away = true;
    bool known = claim_holder(&visit->db, job->id, &holder, &err);
    visit_log(visit, LOG_LEVEL_ERROR, job, "not run: claimed by %s",
              known ? buf_text(&holder) : _("another session"));
    buf_release(&holder);
}

/* Too many run already: somebody who asks by hand is willing to wait. */
static enum executed execute_patiently(struct errand *errand, struct visit *visit,
                                       const struct job *job, struct err *err)
{
    enum executed end;
    while ((end = execute(visit, job, EXECUTION_ON_DEMAND, err)) == EXECUTED_WAITS) {
        struct pollfd fd = {.fd = errand->signals.fd, .events = POLLIN};
        poll(&fd, 1, WAIT_MS);
    }
    return end;
}

/* Without a bridge nobody would answer: then the job is to fail with what Perl said. */
static bool load_bridge(struct errand *errand, struct err *err)
{
    char **trouble = &errand->site.bridge.trouble;
    free(*trouble);
    *trouble = NULL;
    if (host_load(&errand->host, err))
        return true;
    if (err->kind == ERR_JOB)
        *trouble = strdup(err->text);
    return *trouble != NULL;
}

static bool load_perl(struct errand *errand, struct visit *visit, const struct job *job,
                      struct err *err)
{
    return execute_way(visit, job->package).kind != BOARD_PERL || !errand->site.journal ||
           held_perl(visit) || /* execute will tell */
           load_bridge(errand, err);
}

static bool settle_leftovers(struct visit *visit, struct err *err)
{
    struct journal_list leftovers;
    bool done = leftover_find(visit, &leftovers, err) && leftover_settle(visit, &leftovers, err);
    journal_list_release(&leftovers);
    return done;
}

static void run_in(struct errand *errand, struct visit *visit, const struct job *job)
{
    struct err err = {0};
    if (!settle_leftovers(visit, &err) || !load_perl(errand, visit, job, &err)) {
        visit_log(visit, LOG_LEVEL_ERROR, job, "not run: %s", err.text);
        errand->away = true;
        return;
    }
    if (visit->refused.kind != ERR_NONE)
        visit_log(visit, LOG_LEVEL_ERROR, NULL, "%s", visit->refused.text);
    switch (execute_patiently(errand, visit, job, &err)) {
    case EXECUTED: break;
    case EXECUTED_LOST: tell_holder(errand, visit, job); break;
    case EXECUTED_HELD:
    case EXECUTED_UNSTARTED:
    case EXECUTED_STOPPED:
    case EXECUTED_UNCLAIMED:
    case EXECUTED_UNRECORDED:
        visit_log(visit, LOG_LEVEL_ERROR, job, "not run: %s", err.text);
        errand->away = true;
        break;
    case EXECUTED_NOTHING:
    case EXECUTED_WAITS:
    case EXECUTED_KEPT:
    case EXECUTED_AWAY: errand->away = true; break;
    }
}

/* The id must mean one package everywhere; `first` is what the clients before this one had. */
static bool agrees(struct errand *errand, const struct client *client, char **first,
                   struct err *err)
{
    struct visit visit;
    struct job_list list = {0};
    bool agrees = true;
    begin_visit(errand, client, &visit);
    if (find_job(errand, &visit, &list, err) && list.count) {
        const char *package = list.items[0].package ? list.items[0].package : "";
        if (!*first)
            *first = strdup(package);
        else if (strcmp(*first, package) != 0)
            agrees = err_set(
                err, ERR_USAGE,
                "run-job: job %d is %s in one client and %s in client '%s': choose with "
                "--client, or run all of them with --all-clients",
                errand->request.job_id, *first, package, client->fields[CLIENT_NAME]);
    }
    job_list_release(&list);
    visit_end(&visit);
    return agrees;
}

static bool all_agree(struct errand *errand, struct err *err)
{
    char *first = NULL;
    bool agree = true;
    if (errand->request.client || errand->request.all_clients)
        return true;
    for (size_t i = 0; i < errand->clients.count && agree; i++)
        agree = agrees(errand, &errand->clients.items[i], &first, err);
    free(first);
    return agree;
}

/* True: this client has the job. */
static bool serve(struct errand *errand, const struct client *client)
{
    struct err err = {0};
    struct visit visit;
    struct job_list list = {0};
    begin_visit(errand, client, &visit);
    bool reached = find_at_home(errand, &visit, &list, &err);
    bool has_it = reached && list.count;
    if (!reached)
        visit_log(&visit, LOG_LEVEL_ERROR, NULL, "%s", err.text);
    if (has_it)
        run_in(errand, &visit, &list.items[0]);
    job_list_release(&list);
    visit_end(&visit);
    return has_it;
}

static bool serve_all(struct errand *errand, struct err *err)
{
    int runs = 0;
    errand->away = false;
    for (size_t i = 0; i < errand->clients.count; i++)
        runs += serve(errand, &errand->clients.items[i]);
    if (!runs && !errand->away)
        return err_set(err, ERR_USAGE, "run-job: no job %d in %s", errand->request.job_id,
                       errand->request.client ? _("that client") : _("any enabled client"));
    return !errand->away || err_set(err, ERR_AWAY, "run-job: not everything was done");
}

static void open_outside(struct errand *errand)
{
    struct err err = {0};
    memory_open(&errand->memory, &errand->site);
    if (errand->memory.state.path && (!site_open_outside(&errand->site, &errand->journal, &err) ||
                                      !host_open(&errand->host, &errand->site, &err)))
        log_msg(LOG_LEVEL_WARNING, "commands and Perl jobs cannot run: %s", err.text);
}

static bool run_errand(struct errand *errand, struct err *err)
{
    errand->site.signals = &errand->signals;
    errand->site.board = board_new(err);
    open_outside(errand);
    const char *origins = errand->site.origins_path;
    return errand->site.board && site_is_unlocked(&errand->site, err) &&
           (!origins || origins_load(&errand->origins, origins, err)) &&
           load_clients(errand, err) && all_agree(errand, err) && serve_all(errand, err);
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct errand errand = {.signals = SIGNALS_CLOSED};
    struct site_request request = cli_site_request(args->cli);
    bool done = parse_request(args, &errand.request, &err) &&
                site_open(&errand.site, &request, &err) && signals_open(&errand.signals, &err);
    site_log_warnings(&errand.site);
    cli_obey_debug(args->cli, &errand.site);
    done = done && run_errand(&errand, &err);
    int exit_code = done ? 0 : cli_fail(&err);
    host_close(&errand.host);
    journal_close(&errand.journal);
    memory_close(&errand.memory);
    clients_release(&errand.clients);
    origins_release(&errand.origins);
    board_free(errand.site.board);
    signals_release(&errand.signals);
    site_release(&errand.site);
    return exit_code;
}

const struct cmd cmd_run_job = {.name = "run-job", .usage = usage, .run = run, .by_hand = true};
