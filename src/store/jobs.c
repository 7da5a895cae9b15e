#include "store/jobs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/walltime.h"

/* The absent columns: inside the lateral subquery a name means the table's column where it has one,
 * and the null of `absent` where it has not. */
#define SELECT_JOBS                                                                                \
    "SELECT b.* FROM (SELECT NULL::text AS node_id) AS absent CROSS JOIN LATERAL"                  \
    " (SELECT id, type, package_name, cron_spec, node_id, active IS TRUE AS active,"               \
    "   next_run_at, last_run_at IS NOT NULL AS has_last"                                          \
    "   FROM public.background_jobs) AS b"

/* A session that lives for one question has every operator and function to look up first: the three
 * questions are asked one by one, and put in order here. */
static const struct db_statement every_job = {.sql = SELECT_JOBS};

static const struct db_statement one_job = {
    .params = 1,
    .sql = SELECT_JOBS " WHERE b.id = $1::integer",
};

static const struct db_statement candidates = {
    .params = 1,
    .sql = SELECT_JOBS " WHERE b.active AND (b.next_run_at <= $1::timestamp"
                       " OR (b.type = 'once' AND NOT b.has_last"
                       "   AND (b.next_run_at IS NULL OR coalesce(b.cron_spec, '') = '')))",
};

enum {
    CANDIDATES_AHEAD_S = 26 * 3600, /* more than any zone's clock ever went back */
    LIST_STEP = 2,                  /* behind what sets up the session */
};

static bool copy(const struct db_reply *reply, int step, int row, int column, char **text)
{
    const char *value = db_value(reply, step, row, column);
    *text = value ? strdup(value) : NULL;
    return !value || *text;
}

bool job_read(struct job *job, const struct db_reply *reply, int step, int row,
              const struct zone *zone, struct err *err)
{
    *job = (struct job){0};
    char **texts[] = {NULL,       &job->type, &job->package,   &job->spec,
                      &job->node, NULL,       &job->next_text, NULL};
    job->id = atoi(db_value(reply, step, row, 0));
    for (int i = 0; i < (int)ARRAY_LEN(texts); i++)
        if (texts[i] && !copy(reply, step, row, i, texts[i]))
            return err_set_nomem(err);
    job->active = db_true(reply, step, row, 5);
    job->has_last = db_true(reply, step, row, 7);
    job->has_next = job->next_text != NULL;
    if (!job->has_next || walltime_parse(zone, job->next_text, &job->next_us, err))
        return true;
    err->kind = ERR_JOB;
    return err_wrap(err, "next_run_at");
}

/* In the order in which they are to run. */
static int compare(const void *one, const void *other)
{
    const struct job *a = one;
    const struct job *b = other;
    if (a->has_next != b->has_next)
        return a->has_next ? 1 : -1;
    if (a->next_us != b->next_us)
        return a->next_us < b->next_us ? -1 : 1;
    return (a->id > b->id) - (a->id < b->id);
}

static bool read_list(const struct db_reply *reply, const struct job_query *query,
                      struct job_list *list, struct err *err)
{
    int count = db_rows(reply, LIST_STEP);
    list->items = calloc((size_t)count + 1, sizeof *list->items);
    if (!list->items)
        return err_set_nomem(err);
    for (int i = 0; i < count; i++) {
        list->count++;
        if (!job_read(&list->items[i], reply, LIST_STEP, i, query->zone, err))
            return err_wrap(err, "job %d", list->items[i].id);
    }
    qsort(list->items, list->count, sizeof *list->items, compare);
    return true;
}

static bool explain(const struct db_reply *reply, struct err *err)
{
    if (reply->end != DB_REFUSED)
        return false;
    err->kind = ERR_AWAY;
    if (strcmp(reply->sqlstate, "42P01") == 0)
        err_wrap(err, "its database has no tables of kivitendo's background jobs");
    else
        err_wrap(err, "cannot read its jobs");
    return false;
}

/* What the query asks for: a step whose one parameter, if it has one, is written to `param`. */
static struct db_step choose(const struct job_query *query, char param[WALLTIME_MAX],
                             const char *const *params)
{
    if (query->job_id) {
        snprintf(param, WALLTIME_MAX, "%d", query->job_id);
        return (struct db_step){.statement = &one_job, .params = params};
    }
    if (query->all)
        return (struct db_step){.statement = &every_job};
    walltime_format(query->zone, query->now_us + (int64_t)CANDIDATES_AHEAD_S * 1000000, param);
    return (struct db_step){.statement = &candidates, .params = params};
}

bool jobs_list(struct db *db, const struct job_query *query, struct job_list *list, struct err *err)
{
    char param[WALLTIME_MAX];
    const char *params[] = {param};
    struct db_step steps[] = {{0}, session_step(db), choose(query, param, params)};
    struct db_reply reply;
    *list = (struct job_list){.origin = {.untold = query->untold}};
    bool done = origin_run(db, steps, ARRAY_LEN(steps), &reply, &list->origin, err);
    if (!done)
        explain(&reply, err);
    done = done && session_read(db, &reply, 1, &list->session, err) &&
           read_list(&reply, query, list, err);
    if (done && list->session.read_only)
        done = err_set(err, ERR_AWAY,
                       "its database is read-only: no run could be recorded, so nothing is run");
    db_reply_release(&reply);
    if (!done)
        job_list_release(list);
    return done;
}

void job_list_release(struct job_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++)
        job_release(&list->items[i]);
    free(list->items);
    *list = (struct job_list){0};
}
