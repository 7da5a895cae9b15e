#include "engine/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/walltime.h"
#include "io/session.h"
#include "store/history_read.h"

/* What a client's history is asked for. */
struct asked {
    const struct site *site;
    struct history_query query;
    char since[WALLTIME_MAX];
};

static enum run_end end_of(const char *status)
{
    if (status && strcmp(status, "success") == 0)
        return RUN_SUCCEEDED;
    return status && strcmp(status, "interrupted") == 0 ? RUN_INTERRUPTED : RUN_FAILED;
}

static bool add_run(struct overview *o, const struct asked *asked, size_t client,
                    const struct db_reply *reply, int row)
{
    struct err ignored = {0};
    const char *package = db_value(reply, 0, row, HISTORY_PACKAGE);
    const char *run_at = db_value(reply, 0, row, HISTORY_RUN_AT);
    const char *error = db_value(reply, 0, row, HISTORY_ERROR);
    struct overview_run *run = &o->runs[o->run_count];
    *run = (struct overview_run){.client = client,
                                 .end = end_of(db_value(reply, 0, row, HISTORY_STATUS))};
    if (!run_at || !walltime_parse(&asked->site->zone, run_at, &run->run_at_us, &ignored))
        return true;
    run->package = strdup(package ? package : "");
    run->error = run->end == RUN_SUCCEEDED ? NULL : strdup(error ? error : "");
    o->run_count++;
    return run->package && (run->end == RUN_SUCCEEDED || run->error);
}

static bool add_runs(struct overview *o, const struct asked *asked, size_t client,
                     const struct db_reply *reply, struct err *err)
{
    int count = db_rows(reply, 0);
    struct overview_run *runs = realloc(o->runs, (o->run_count + (size_t)count + 1) * sizeof *runs);
    if (!runs)
        return err_set_nomem(err);
    o->runs = runs;
    for (int row = 0; row < count; row++)
        if (!add_run(o, asked, client, reply, row))
            return err_set_nomem(err);
    return true;
}

static bool ask_history(struct overview *o, const struct asked *asked, size_t index,
                        struct err *err)
{
    struct db db = {0};
    struct session session;
    struct db_reply reply = {0};
    struct db_target target = client_target(&o->survey.clients[index].client);
    struct db_options options = site_db_options(asked->site, "task-server status");
    bool done = db_connect(&db, &target, &options, err) && session_start(&db, &session, err) &&
                history_list(&db, &asked->query, &reply, err) &&
                add_runs(o, asked, index, &reply, err);
    db_reply_release(&reply);
    db_close(&db);
    return done;
}

static void note_trouble(struct overview *o, size_t index, const struct err *err)
{
    struct survey_client *client = &o->survey.clients[index];
    client->trouble = strdup(err->text);
    client->trouble_kind = err->kind;
    o->survey.away = true;
}

static void ask_histories(struct overview *o, const struct site *site,
                          const struct overview_wish *wish)
{
    char limit[16];
    struct asked asked = {.site = site};
    snprintf(limit, sizeof limit, "%d", OVERVIEW_RUNS_MAX);
    walltime_format(&site->zone, o->situation.now_us - wish->back_s * 1000000, asked.since);
    asked.query = (struct history_query){
        .status = wish->only_failures ? "failure" : NULL,
        .since = asked.since,
        .limit = limit,
    };
    for (size_t i = 0; i < o->survey.count; i++) {
        struct err err = {0};
        const struct survey_client *client = &o->survey.clients[i];
        if (!client->client.disabled && !client->trouble && !ask_history(o, &asked, i, &err))
            note_trouble(o, i, &err);
    }
}

bool overview_collect(struct overview *o, const struct site *site, const struct overview_wish *wish,
                      struct err *err)
{
    struct survey_wish clients = {.client = wish->client};
    *o = (struct overview){0};
    if (!situation_look(&o->situation, site, err) ||
        !survey_collect(&o->survey, site, &clients, err))
        return false;
    ask_histories(o, site, wish);
    return true;
}

bool overview_is_overdue(const struct overview *o, const struct survey_job *job)
{
    const struct job *row = &job->row->job;
    return job->due == DUE && row->has_next &&
           o->situation.now_us - row->next_us > OVERVIEW_OVERDUE_S * INT64_C(1000000);
}

void overview_release(struct overview *o)
{
    if (!o)
        return;
    for (size_t i = 0; i < o->run_count; i++) {
        free(o->runs[i].package);
        free(o->runs[i].error);
    }
    free(o->runs);
    survey_release(&o->survey);
    situation_release(&o->situation);
    *o = (struct overview){0};
}
