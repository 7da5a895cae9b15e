#include "cmd/status_rows.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/took.h"

/* What is at hand while the list grows. */
struct work {
    struct status_rows *rows;
    const struct overview *o;
    const struct site *site;
    struct durations durations;
};

static bool add_gap(struct status_row *row, struct timeline_gap gap)
{
    struct timeline_gap *gaps = realloc(row->gaps, (row->gap_count + 1) * sizeof *gaps);
    if (!gaps)
        return false;
    row->gaps = gaps;
    gaps[row->gap_count++] = gap;
    return true;
}

/* Late is who comes late after the run before has ended, not after it has begun. */
static struct timeline_mark mark_with_duration(const struct work *work,
                                               const struct status_row *row, size_t index)
{
    struct timeline_mark mark = row->trace->marks[index];
    int client_id = work->o->survey.clients[row->client].client.id;
    int64_t took_ms = durations_find(&work->durations, client_id, row->package, mark.last_us);
    if (took_ms > 0)
        mark.last_us += took_ms * 1000;
    return mark;
}

static bool add_gaps_between(const struct work *work, struct status_row *row,
                             const struct timeline_plan *plan)
{
    int64_t since_us = work->o->situation.now_us - TIMELINE_WEEK_S * INT64_C(1000000);
    for (size_t i = 0; row->trace && i + 1 < row->trace->count; i++) {
        struct timeline_gap gap;
        struct timeline_mark mark = mark_with_duration(work, row, i);
        if (timeline_gap(plan, &mark, row->trace->marks[i + 1].first_us, &gap) &&
            gap.until_us > since_us && !add_gap(row, gap))
            return false;
    }
    return true;
}

static bool add_job_gaps(const struct work *work, struct status_row *row,
                         const struct survey_job *job)
{
    struct err ignored = {0};
    struct cronspec spec;
    const struct job *in_row = &job->row->job;
    struct timeline_plan plan = {
        .spec = &spec,
        .zone = &work->site->zone,
        .patience_us = STATUS_ROWS_PATIENCE_S * INT64_C(1000000),
    };
    bool is_regular = in_row->active && in_row->type && strcmp(in_row->type, "interval") == 0;
    if (is_regular && cronspec_parse(&spec, in_row->spec, &ignored) &&
        !add_gaps_between(work, row, &plan))
        return false;
    if (!overview_is_overdue(work->o, &work->o->survey.clients[row->client], job))
        return true;
    return add_gap(row, (struct timeline_gap){.from_us = in_row->next_us,
                                              .until_us = work->o->situation.now_us});
}

static bool is_job_of(const struct survey_job *job, const char *package)
{
    return job->row->job.package && strcmp(job->row->job.package, package) == 0;
}

static bool has_active_job(const struct survey_client *client, const char *package)
{
    for (size_t i = 0; i < client->count; i++)
        if (client->jobs[i].row->job.active && is_job_of(&client->jobs[i], package))
            return true;
    return false;
}

static bool add_row(struct work *work, struct status_row row)
{
    struct status_rows *rows = work->rows;
    struct status_row *items = realloc(rows->items, (rows->count + 1) * sizeof *items);
    if (!items)
        return false;
    rows->items = items;
    items[rows->count] = row;
    struct status_row *added = &items[rows->count++];
    const struct survey_client *client = &work->o->survey.clients[row.client];
    for (size_t i = 0; i < client->count; i++)
        if (is_job_of(&client->jobs[i], row.package) &&
            !add_job_gaps(work, added, &client->jobs[i]))
            return false;
    return true;
}

static bool add_traced(struct work *work, size_t index)
{
    const struct overview *o = work->o;
    int64_t since_us = o->situation.now_us - TIMELINE_WEEK_S * INT64_C(1000000);
    for (size_t i = 0; i < o->trace_count; i++) {
        const struct overview_trace *trace = &o->traces[i];
        if (trace->client != index || !trace->count)
            continue;
        if (trace->marks[trace->count - 1].last_us < since_us &&
            !has_active_job(&o->survey.clients[index], trace->package))
            continue;
        if (!add_row(work, (struct status_row){
                               .client = index, .package = trace->package, .trace = trace}))
            return false;
    }
    return true;
}

static bool has_row(const struct status_rows *rows, size_t index, const char *package)
{
    for (size_t i = rows->count; i > 0 && rows->items[i - 1].client == index; i--)
        if (strcmp(rows->items[i - 1].package, package) == 0)
            return true;
    return false;
}

static bool add_client(struct work *work, size_t index)
{
    const struct survey_client *client = &work->o->survey.clients[index];
    if (!add_traced(work, index))
        return false;
    for (size_t i = 0; i < client->count; i++) {
        const struct job *job = &client->jobs[i].row->job;
        if (!job->active || !job->package || has_row(work->rows, index, job->package))
            continue;
        if (!add_row(work, (struct status_row){.client = index, .package = job->package}))
            return false;
    }
    return true;
}

bool status_rows_collect(struct status_rows *rows, const struct overview *overview,
                         const struct desk *desk, struct err *err)
{
    struct work work = {.rows = rows, .o = overview, .site = &desk->site};
    bool done = true;
    *rows = (struct status_rows){0};
    took_load(desk, &work.durations);
    for (size_t i = 0; done && i < overview->survey.count; i++)
        done = add_client(&work, i) || err_set_nomem(err);
    durations_release(&work.durations);
    return done;
}

void status_rows_release(struct status_rows *rows)
{
    if (!rows)
        return;
    for (size_t i = 0; i < rows->count; i++)
        free(rows->items[i].gaps);
    free(rows->items);
    *rows = (struct status_rows){0};
}
