#include "engine/overview.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/walltime.h"
#include "store/history_read.h"

/* What clients' histories are asked for. */
struct asked {
    struct overview *o;
    const struct site *site;
    struct history_query query;
    struct history_span span; /* without since: no traces are wanted */
    char trace_since[WALLTIME_MAX];
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

/* ---- traces ---- */

static struct overview_trace *new_trace(struct overview *o, size_t client, const char *package)
{
    struct overview_trace *traces = realloc(o->traces, (o->trace_count + 1) * sizeof *traces);
    if (!traces)
        return NULL;
    o->traces = traces;
    struct overview_trace *trace = &traces[o->trace_count];
    *trace = (struct overview_trace){.client = client, .package = strdup(package)};
    o->trace_count += trace->package != NULL;
    return trace->package ? trace : NULL;
}

static struct timeline_mark *new_mark(struct overview_trace *trace)
{
    enum { STEP = 64 };
    if (trace->count % STEP == 0) {
        struct timeline_mark *marks = realloc(trace->marks, (trace->count + STEP) * sizeof *marks);
        if (!marks)
            return NULL;
        trace->marks = marks;
    }
    return &trace->marks[trace->count];
}

static int number(const struct db_reply *reply, int row, int column)
{
    const char *text = db_value(reply, 0, row, column);
    return text ? atoi(text) : 0;
}

static bool add_mark(struct overview_trace *trace, const struct zone *zone,
                     const struct db_reply *reply, int row)
{
    struct err ignored = {0};
    const char *first = db_value(reply, 0, row, MARK_FIRST_RUN);
    const char *last = db_value(reply, 0, row, MARK_LAST_RUN);
    const char *error = db_value(reply, 0, row, MARK_ERROR);
    struct timeline_mark *mark = new_mark(trace);
    if (!mark)
        return false;
    *mark = (struct timeline_mark){
        .runs = number(reply, row, MARK_RUNS),
        .failures = number(reply, row, MARK_FAILURES),
    };
    if (!first || !walltime_parse(zone, first, &mark->first_us, &ignored) || !last ||
        !walltime_parse(zone, last, &mark->last_us, &ignored))
        return true;
    mark->error = error ? strdup(error) : NULL;
    trace->count++;
    return !error || mark->error;
}

static bool add_traces(struct overview *o, const struct asked *asked, size_t client,
                       const struct db_reply *reply)
{
    struct overview_trace *trace = NULL;
    for (int row = 0; row < db_rows(reply, 0); row++) {
        const char *package = db_value(reply, 0, row, MARK_PACKAGE);
        if (!package)
            continue;
        if (!trace || strcmp(trace->package, package) != 0)
            trace = new_trace(o, client, package);
        if (!trace || !add_mark(trace, &asked->site->zone, reply, row))
            return false;
    }
    return true;
}

static bool ask_traces(struct overview *o, const struct asked *asked, struct db *db, size_t client,
                       struct err *err)
{
    struct db_reply reply = {0};
    bool done = history_marks(db, &asked->span, &reply, err) &&
                (add_traces(o, asked, client, &reply) || err_set_nomem(err));
    db_reply_release(&reply);
    return done;
}

/* ---- asking ---- */

static bool ask_history(void *asker, struct db *db, size_t index, struct err *err)
{
    const struct asked *asked = asker;
    struct db_reply reply = {0};
    bool done = history_list(db, &asked->query, &reply, err) &&
                add_runs(asked->o, asked, index, &reply, err) &&
                (!asked->span.since || ask_traces(asked->o, asked, db, index, err));
    db_reply_release(&reply);
    return done;
}

static bool ask_clients(struct overview *o, const struct site *site,
                        const struct overview_wish *wish, struct err *err)
{
    char limit[16], slot[16];
    struct asked asked = {.o = o, .site = site};
    struct survey_wish clients = {
        .client = wish->client, .without_auth = true, .ask = ask_history, .asker = &asked};
    snprintf(limit, sizeof limit, "%d", OVERVIEW_RUNS_MAX);
    snprintf(slot, sizeof slot, "%d", TIMELINE_MARK_S);
    walltime_format(&site->zone, o->situation.now_us - wish->back_s * 1000000, asked.since);
    asked.query = (struct history_query){
        .status = wish->only_failures ? "failure" : NULL,
        .since = asked.since,
        .limit = limit,
        .whole = wish->whole_errors,
    };
    if (wish->trace_s) {
        walltime_format(&site->zone, o->situation.now_us - wish->trace_s * 1000000,
                        asked.trace_since);
        asked.span = (struct history_span){.since = asked.trace_since, .slot_s = slot};
    }
    return survey_collect(&o->survey, site, &clients, err);
}

bool overview_collect(struct overview *o, const struct site *site, const struct overview_wish *wish,
                      struct err *err)
{
    *o = (struct overview){0};
    return situation_look(&o->situation, site, err) && ask_clients(o, site, wish, err);
}

static bool is_late(const struct overview *o, const struct survey_client *client,
                    const struct survey_job *job)
{
    struct situation_work work;
    int64_t late_us = job_late_us(&job->row->job, o->situation.now_us);
    return late_us > OVERVIEW_OVERDUE_S * INT64_C(1000000) &&
           !situation_find_work(&o->situation, client->client.id, job->row, &work);
}

bool overview_is_overdue(const struct overview *o, const struct survey_client *client,
                         const struct survey_job *job)
{
    return job->due == DUE && is_late(o, client, job);
}

bool overview_is_abandoned(const struct overview *o, const struct survey_client *client,
                           const struct survey_job *job)
{
    const struct job *row = &job->row->job;
    bool is_done = job_is_once(row) && row->has_last;
    return job->due == DUE_OTHER_NODE && !is_done && is_late(o, client, job);
}

bool overview_is_resting(const struct survey_job *job)
{
    return job->row->job.active && (job->due == DUE_NO_TIME || job->due == DUE_UNKNOWN_TYPE);
}

struct overview_counts overview_count(const struct overview *o, size_t index)
{
    struct overview_counts counts = {0};
    const struct survey_client *client = &o->survey.clients[index];
    struct situation_work work;
    for (size_t i = 0; i < client->count; i++) {
        counts.active += client->jobs[i].row->job.active;
        counts.running += situation_find_work(&o->situation, client->client.id, client->jobs[i].row,
                                              &work);
        counts.overdue += overview_is_overdue(o, client, &client->jobs[i]);
        counts.resting += overview_is_resting(&client->jobs[i]);
    }
    for (size_t i = 0; i < o->run_count; i++)
        counts.failed += o->runs[i].client == index && o->runs[i].end != RUN_SUCCEEDED;
    return counts;
}

static bool is_same(const struct overview_run *a, const struct overview_run *b)
{
    return a->client == b->client && a->end != RUN_SUCCEEDED && b->end != RUN_SUCCEEDED &&
           strcmp(a->package, b->package) == 0;
}

int overview_failures(const struct overview *o, size_t index)
{
    const struct overview_run *run = &o->runs[index];
    int count = 0;
    for (size_t i = index; i-- > 0 && o->runs[i].client == run->client;)
        if (is_same(run, &o->runs[i]))
            return 0;
    for (size_t i = index; i < o->run_count && o->runs[i].client == run->client; i++)
        count += is_same(run, &o->runs[i]);
    return count;
}

static void release_traces(struct overview *o)
{
    for (size_t i = 0; i < o->trace_count; i++) {
        for (size_t k = 0; k < o->traces[i].count; k++)
            free(o->traces[i].marks[k].error);
        free(o->traces[i].marks);
        free(o->traces[i].package);
    }
    free(o->traces);
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
    release_traces(o);
    survey_release(&o->survey);
    situation_release(&o->situation);
    *o = (struct overview){0};
}
