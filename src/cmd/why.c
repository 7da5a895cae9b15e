/* why: why a job is not run, or that it is. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/i18n.h"
#include "cmd/args.h"
#include "cmd/cli.h"
#include "cmd/cmd.h"
#include "cmd/commands.h"
#include "cmd/desk.h"
#include "cmd/paper.h"
#include "core/json.h"
#include "engine/why.h"

static const char usage[] = N_(
    "usage: task-server [-c FILE] [-C DIR] why JOB [--client C] [--json]\n"
    "\n"
    "Goes through every condition for a job to be run, in the order in which a run\n"
    "asks, with its present value, and ends with a sentence that says what keeps the\n"
    "job from running and what to do.  JOB is its id, or its package.\n"
    "\n"
    "  --client C  only there (its id or name); also for a client that is not\n"
    "              enabled\n"
    "  --json      for scripts\n"
    "\n"
    "Exit codes: 0 shown, 64 usage or no such job, 75 a database could not be\n"
    "reached, 77 no permission, 78 wrong configuration.\n");

struct request {
    const char *job;
    const char *client;
    bool json;
};

struct answer {
    const struct request *request;
    const struct site *site;
    const struct situation *situation;
    const struct survey *survey;
    struct buf *out;
    int shown;
};

static bool parse_options(const struct cmd_args *args, struct request *request, struct err *err)
{
    const struct args_option options[] = {
        {.name = "client", .text = &request->client},
        {.name = "json", .is_given = &request->json},
        {0},
    };
    if (!args_parse(args, "why", options, err))
        return false;
    if (args->argc - optind != 1)
        return err_set(err, ERR_USAGE, "why: wanted one JOB, an id or a package");
    request->job = args->argv[optind];
    return true;
}

static bool is_wanted(const struct request *request, const struct job *job)
{
    char id[16];
    snprintf(id, sizeof id, "%d", job->id);
    return strcmp(request->job, id) == 0 ||
           (job->package && strcmp(request->job, job->package) == 0);
}

static void add_mark(struct table *table, enum why_verdict verdict)
{
    switch (verdict) {
    case WHY_FINE: table_coloured(table, TABLE_GREEN, "✓"); break;
    case WHY_STOPS: table_coloured(table, TABLE_RED, "✗"); break;
    case WHY_WAITS: table_coloured(table, TABLE_PLAIN, "…"); break;
    case WHY_WARNING: table_coloured(table, TABLE_YELLOW, "!"); break;
    }
}

/* What the conclusion says anyway is not said twice. */
static void add_advice(struct table *table, const struct why *why, const struct why_line *line)
{
    if (!line->advice || strstr(why->conclusion, line->advice))
        return;
    table_cell(table, "");
    table_cell(table, "");
    table_cellf(table, TABLE_PLAIN, "→ %s", line->advice);
}

static void show_conclusion(const struct why *why, const struct table_style *style, struct buf *out)
{
    struct table table = {0};
    table_column(&table, "", TABLE_WRAP);
    table_coloured(&table, TABLE_BOLD, why->conclusion);
    table_print(&table, style, out);
    table_release(&table);
}

static void show_text(const struct why *why, struct buf *out)
{
    struct table table = {0};
    struct table_style style = paper_style();
    style.leaves_head = true;
    table_column(&table, "", 0);
    table_column(&table, "", 0);
    table_column(&table, "", TABLE_WRAP);
    for (size_t i = 0; i < why->count; i++) {
        add_mark(&table, why->lines[i].verdict);
        table_cell(&table, _(why->lines[i].title));
        table_cell(&table, why->lines[i].value);
        add_advice(&table, why, &why->lines[i]);
    }
    table_print(&table, &style, out);
    table_release(&table);
    show_conclusion(why, &style, out);
}

static void show_json(const struct why *why, struct buf *out)
{
    json_add_member(out, "conclusion", why->conclusion);
    json_add_key(out, "conditions");
    buf_add_text(out, "[");
    for (size_t i = 0; i < why->count; i++) {
        const struct why_line *line = &why->lines[i];
        buf_add_text(out, i ? ",{" : "{");
        json_add_member(out, "what", line->what);
        json_add_member(out, "verdict", why_word(line->verdict));
        json_add_member(out, "value", line->value);
        json_add_member(out, "advice", line->advice);
        buf_add_text(out, "}");
    }
    buf_add_text(out, "]");
}

static void show_head(const struct survey_client *client, const struct survey_job *job,
                      struct buf *out)
{
    const struct job *row = job ? &job->row->job : NULL;
    if (!client)
        return;
    if (row)
        paper_add(out, _("client '%s', job %d (%s)\n"), client->client.fields[CLIENT_NAME], row->id,
                  row->package ? row->package : "");
    else
        paper_add(out, _("client '%s'\n"), client->client.fields[CLIENT_NAME]);
}

static bool show(struct answer *answer, const struct survey_client *client,
                 const struct survey_job *job, struct err *err)
{
    struct why why;
    struct why_subject subject = {.site = answer->site,
                                  .situation = answer->situation,
                                  .survey = answer->survey,
                                  .client = client,
                                  .job = job};
    bool done = why_ask(&why, &subject, err);
    if (done && answer->request->json) {
        buf_add_text(answer->out, answer->shown ? ",\n{" : "{");
        if (client) {
            json_add_member(answer->out, "client", client->client.fields[CLIENT_NAME]);
            json_add_number(answer->out, "client_id", client->client.id);
        }
        if (job) {
            json_add_number(answer->out, "job", job->row->job.id);
            json_add_member(answer->out, "package", job->row->job.package);
        }
        show_json(&why, answer->out);
        buf_add_text(answer->out, "}");
    } else if (done) {
        buf_add_text(answer->out, answer->shown ? "\n" : "");
        show_head(client, job, answer->out);
        show_text(&why, answer->out);
    }
    answer->shown++;
    why_release(&why);
    return done;
}

/* Of a client that cannot be asked what it knows of the job, the rest is shown. */
static bool show_client(struct answer *answer, const struct survey_client *client, struct err *err)
{
    bool done = true;
    bool asked_for = answer->request->client != NULL;
    if (client->trouble || (client->client.disabled && asked_for))
        return show(answer, client, NULL, err);
    for (size_t i = 0; done && i < client->count; i++)
        if (is_wanted(answer->request, &client->jobs[i].row->job))
            done = show(answer, client, &client->jobs[i], err);
    return done;
}

/* The package that was meant, but for small and capital letters; NULL: there is none. */
static const char *find_alike(const struct answer *answer)
{
    const struct survey *survey = answer->survey;
    for (size_t i = 0; i < survey->count; i++)
        for (size_t k = 0; k < survey->clients[i].count; k++) {
            const char *package = survey->clients[i].jobs[k].row->job.package;
            if (package && strcasecmp(package, answer->request->job) == 0)
                return package;
        }
    return NULL;
}

static bool fail_unknown(const struct answer *answer, struct err *err)
{
    const char *job = answer->request->job;
    const char *alike = find_alike(answer);
    if (alike)
        return err_set(err, ERR_USAGE, "why: there is no job '%.100s', but '%.100s'", job, alike);
    if (answer->request->client)
        return err_set(err, ERR_USAGE, "why: there is no job '%.100s' in that client", job);
    if (!answer->survey->left_out)
        return err_set(err, ERR_USAGE, "why: there is no job '%.100s' in any client", job);
    return err_set(err, ERR_USAGE,
                   "why: there is no job '%.100s' in any client that is enabled for the task "
                   "server; not enabled: %zu",
                   job, answer->survey->left_out);
}

static bool show_all(struct answer *answer, struct err *err)
{
    bool done = true;
    if (answer->request->json)
        buf_add_text(answer->out, "[");
    if (answer->survey->trouble)
        done = show(answer, NULL, NULL, err);
    for (size_t i = 0; done && i < answer->survey->count; i++)
        done = show_client(answer, &answer->survey->clients[i], err);
    if (answer->request->json)
        buf_add_text(answer->out, "]\n");
    if (done && !answer->shown)
        return fail_unknown(answer, err);
    return done && paper_write(answer->out, err);
}

static bool answer_request(const struct request *request, const struct site *site, struct err *err)
{
    struct situation situation = {0};
    struct survey survey = {0};
    struct buf out = {0};
    struct survey_wish wish = {.client = request->client, .without_auth = true};
    struct answer answer = {
        .request = request, .site = site, .situation = &situation, .survey = &survey, .out = &out};
    bool done = situation_look(&situation, site, err) &&
                survey_collect(&survey, site, &wish, err) && show_all(&answer, err);
    if (done && survey.trouble)
        done = err_set(err, ERR_AWAY, "why: %s", survey.trouble);
    else if (done && survey.away)
        done = err_set(err, ERR_AWAY, "why: not every client could be asked");
    buf_release(&out);
    survey_release(&survey);
    situation_release(&situation);
    return done;
}

static int run(const struct cmd_args *args)
{
    struct err err = {0};
    struct desk desk = {0};
    struct request request = {0};
    bool done = parse_options(args, &request, &err) && desk_open(&desk, args->cli, &err) &&
                answer_request(&request, &desk.site, &err);
    desk_close(&desk);
    return done ? 0 : cli_fail(&err);
}

const struct cmd cmd_why = {.name = "why", .usage = usage, .run = run, .by_hand = true};
