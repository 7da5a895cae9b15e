/* handover: what would trouble kivitendo's own task server, and with --fix its mending. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "cmd/args.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/desk.h"
#include "cmd/paper.h"
#include "engine/handover.h"
#include "engine/leftover.h"
#include "store/journal_count.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] handover [--fix]\n"
    "\n"
    "Lists what would trouble kivitendo's own task_server.pl if it took over now, in\n"
    "all enabled clients: schedules that its parser refuses, jobs that rest without\n"
    "a next time, commands, and runs that are not recorded yet.\n"
    "\n"
    "  --fix   mends it: such jobs are made inactive, those with a good schedule get\n"
    "          their next time, and runs are recorded\n"
    "\n"
    "task_server uninstall calls it.\n"
    "\n"
    "Exit codes: 0 done, whatever was found; 75 a database could not be reached (the\n"
    "others are looked at), 77 no permission, 78 wrong configuration.\n");

struct errand {
    struct desk desk;
    struct signals signals;
    struct journal journal;
    struct survey survey;
    struct table table;
    int count; /* of findings */
    bool fix;
    bool away; /* not everything could be looked at */
};

/* ---- the journal ---- */

static void settle_client(struct errand *errand, const struct client *client)
{
    struct visit visit;
    struct err err = {0};
    struct journal_list list = {0};
    visit_begin(&visit, &errand->desk.site, client, errand->desk.site.board->slots);
    bool done = leftover_find(&visit, &list, &err);
    if (done && list.count)
        done = visit_connect(&visit, &err) && leftover_settle(&visit, &list, &err);
    if (!done)
        visit_log(&visit, LOG_LEVEL_ERROR, NULL, "%s", err.text);
    journal_list_release(&list);
    visit_end(&visit);
}

static bool settle(struct errand *errand, struct err *err)
{
    struct clients clients = {0};
    bool done = site_load_clients(&errand->desk.site, &clients, err);
    for (size_t i = 0; done && i < clients.count; i++)
        settle_client(errand, &clients.items[i]);
    clients_release(&clients);
    return done;
}

static const char *client_name(const struct survey *survey, int id)
{
    for (size_t i = 0; i < survey->count; i++)
        if (survey->clients[i].client.id == id)
            return survey->clients[i].client.fields[CLIENT_NAME];
    return NULL;
}

/* All cells of a line that is about no single job, but the last. */
static void begin_line(struct errand *errand, const char *client)
{
    table_cell(&errand->table, client);
    table_cell(&errand->table, "");
    table_cell(&errand->table, "");
    errand->count++;
}

static void add_entries(struct errand *errand, const struct journal_count *count,
                        const char *clients)
{
    if (count->running) {
        begin_line(errand, "");
        table_cellf(&errand->table, TABLE_PLAIN, _("jobs at work: %d"), count->running);
    }
    if (count->waiting) {
        begin_line(errand, clients);
        table_cellf(
            &errand->table, TABLE_PLAIN,
            _("runs that wait to be recorded: %d; task_server.pl would run their jobs again"),
            count->waiting);
    }
    if (count->bad) {
        begin_line(errand, "");
        table_cellf(&errand->table, TABLE_PLAIN,
                    _("runs that could not be recorded and lie in the journal's bad/: %d"),
                    count->bad);
    }
}

static void list_journal(struct errand *errand)
{
    struct journal_count count = {0};
    struct err err = {0};
    struct buf names = {0};
    if (!errand->desk.site.journal)
        return;
    if (!journal_count(errand->desk.site.journal, &count, &err)) {
        log_msg(LOG_LEVEL_ERROR, "%s", err.text);
        errand->away = true;
    }
    for (size_t i = 0; i < count.client_count; i++) {
        const char *name = client_name(&errand->survey, count.clients[i]);
        buf_addf(&names, "%s%s", i ? ", " : "", name ? name : _("a client that is not enabled"));
    }
    add_entries(errand, &count, buf_text(&names));
    buf_release(&names);
    journal_count_release(&count);
}

/* ---- rows ---- */

static void add_finding(struct errand *errand, const struct client *client, const struct job *job,
                        const struct handover_finding *finding)
{
    table_cell(&errand->table, client->fields[CLIENT_NAME]);
    table_cellf(&errand->table, TABLE_PLAIN, "%d", job->id);
    table_cell(&errand->table, job->package);
    table_cell(&errand->table, finding->text);
    errand->count++;
}

/* The connection is made for the first job that needs it. */
static bool mend(struct errand *errand, struct visit *visit, const struct job *job,
                 struct handover_finding *finding, struct err *err)
{
    if (finding->remedy == HANDOVER_NOTHING || !errand->fix)
        return true;
    return (!db_lost(&visit->db) || visit_connect(visit, err)) &&
           handover_mend(&visit->db, &errand->desk.site, job, finding, err);
}

static void look_at_client(struct errand *errand, const struct survey_client *client)
{
    struct visit visit;
    struct err err = {0};
    bool done = true;
    if (client->trouble) {
        log_msg(LOG_LEVEL_ERROR, "client '%s' was not looked at: %s",
                client->client.fields[CLIENT_NAME], client->trouble);
        errand->away = true;
        return;
    }
    visit_begin(&visit, &errand->desk.site, &client->client, errand->desk.site.board->slots);
    for (size_t i = 0; done && i < client->count; i++) {
        const struct job *job = &client->jobs[i].row->job;
        struct handover_finding finding;
        if (!handover_judge(&errand->desk.site, &client->jobs[i], errand->survey.now_us, &finding))
            continue;
        done = mend(errand, &visit, job, &finding, &err);
        add_finding(errand, &client->client, job, &finding);
        if (!done)
            visit_log(&visit, LOG_LEVEL_ERROR, job, "cannot be mended: %s", err.text);
    }
    errand->away |= !done;
    visit_end(&visit);
}

static bool print(struct errand *errand, struct err *err)
{
    struct buf out = {0};
    struct table_style style = paper_style();
    if (errand->count)
        table_print(&errand->table, &style, &out);
    else if (!errand->away)
        buf_addf(&out, "%s\n", _("nothing would trouble task_server.pl"));
    if (errand->table.failed)
        out.failed = true;
    bool done = paper_write(&out, err);
    buf_release(&out);
    return done;
}

static void add_columns(struct table *table)
{
    table_column(table, _("client"), 0);
    table_column(table, _("id"), TABLE_RIGHT);
    table_column(table, _("package"), 0);
    table_column(table, _("trouble for task_server.pl"), 0);
}

static bool look(struct errand *errand, struct err *err)
{
    struct site *site = &errand->desk.site;
    struct err why = {0};
    site->signals = &errand->signals;
    site->board = board_new(err);
    if (!site->board)
        return false;
    if (errand->desk.state.path && !site_open_outside(site, &errand->journal, &why))
        log_msg(LOG_LEVEL_WARNING, "the journal was not looked at: %s", why.text);
    if ((errand->fix && site->journal && !settle(errand, err)) ||
        !survey_collect(&errand->survey, site, &(struct survey_wish){0}, err))
        return false;
    add_columns(&errand->table);
    for (size_t i = 0; i < errand->survey.count; i++)
        look_at_client(errand, &errand->survey.clients[i]);
    list_journal(errand);
    if (!print(errand, err))
        return false;
    return !errand->away || err_set(err, ERR_AWAY, "handover: not everything could be looked at");
}

static bool parse_options(const struct cmd_args *args, bool *fix, struct err *err)
{
    const struct args_option options[] = {
        {.name = "fix", .is_given = fix},
        {0},
    };
    if (!args_parse(args, "handover", options, err))
        return false;
    return optind == args->argc || err_set(err, ERR_USAGE, "handover: it takes no arguments");
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct errand errand = {.signals = SIGNALS_CLOSED};
    bool done = parse_options(args, &errand.fix, &err) &&
                desk_open(&errand.desk, args->cli, &err) && signals_open(&errand.signals, &err) &&
                look(&errand, &err);
    int exit_code = done ? 0 : cli_fail(&err);
    journal_close(&errand.journal);
    survey_release(&errand.survey);
    table_release(&errand.table);
    board_free(errand.desk.site.board);
    signals_release(&errand.signals);
    desk_close(&errand.desk);
    return exit_code;
}

const struct cmd cmd_handover = {.name = "handover", .usage = usage, .run = run, .by_hand = true};
