#include "cmd/status_text.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "cmd/status_facts.h"
#include "core/agewords.h"
#include "core/walltime.h"

enum { SHOWN_MAX = 15 };

/* What is being written. */
struct page {
    const struct overview *o;
    const struct site *site;
    const struct table_style *style;
    struct buf *out;
};

/* In tables: to the minute, without the zone. */
static void show_minute(const struct page *p, int64_t at_us, char out[AGEWORDS_STAMP_MAX])
{
    char time[WALLTIME_MAX];
    struct buf ago = {0};
    walltime_show(&p->site->zone, at_us, time);
    agewords_ago((p->o->situation.now_us - at_us) / 1000000, &ago);
    snprintf(out, AGEWORDS_STAMP_MAX, "%.16s (%.30s)", time, buf_text(&ago));
    buf_release(&ago);
}

static enum table_colour colour_of(enum status_look look)
{
    static const enum table_colour colours[] = {
        [STATUS_PLAIN] = TABLE_PLAIN,
        [STATUS_GOOD] = TABLE_GREEN,
        [STATUS_WARN] = TABLE_YELLOW,
        [STATUS_BAD] = TABLE_RED,
    };
    return colours[look];
}

static void end_table(const struct page *p, struct table *table, bool has_head)
{
    struct table_style style = *p->style;
    style.leaves_head = !has_head;
    table_print(table, &style, p->out);
    table_release(table);
}

/* A table with something in it, below a blank line. */
static void show_table(const struct page *p, struct table *table)
{
    if (table->count) {
        buf_add_text(p->out, "\n");
        end_table(p, table, true);
    } else {
        table_release(table);
    }
}

/* ---- facts: a title, and what is so ---- */

static void show_facts(const struct page *p)
{
    struct table table = {0};
    struct status_facts facts;
    status_facts_collect(&facts, p->o, p->site);
    table_column(&table, "", 0);
    table_column(&table, "", TABLE_WRAP);
    table_cell(&table, _("installation"));
    table_cell(&table, p->site->installation);
    for (size_t i = 0; i < facts.count; i++) {
        table_cell(&table, facts.items[i].title);
        table_coloured(&table, colour_of(facts.items[i].look), facts.items[i].text);
    }
    end_table(p, &table, false);
}

/* ---- clients ---- */

static void add_state(const struct page *p, size_t index, struct table *table)
{
    struct status_state state;
    status_state_of(p->o, index, p->site, &state);
    table_coloured(table, colour_of(state.look), state.text);
}

static void add_count(struct table *table, const struct survey_client *client, int number,
                      enum table_colour colour)
{
    if (client->trouble || client->client.disabled)
        table_cell(table, "?");
    else
        table_cellf(table, number ? colour : TABLE_PLAIN, "%d", number);
}

static void show_clients(const struct page *p)
{
    struct table table = {0};
    table_column(&table, _("id"), TABLE_RIGHT);
    table_column(&table, _("client"), TABLE_CUT);
    table_column(&table, _("jobs"), TABLE_RIGHT);
    table_column(&table, _("running"), TABLE_RIGHT);
    table_column(&table, _("overdue"), TABLE_RIGHT);
    table_column(&table, _("failed (24 h)"), TABLE_RIGHT);
    table_column(&table, _("state"), TABLE_WRAP);
    for (size_t i = 0; i < p->o->survey.count; i++) {
        const struct survey_client *client = &p->o->survey.clients[i];
        struct overview_counts counts = overview_count(p->o, i);
        table_cellf(&table, TABLE_PLAIN, "%d", client->client.id);
        table_cell(&table, client->client.fields[CLIENT_NAME]);
        add_count(&table, client, counts.active, TABLE_PLAIN);
        add_count(&table, client, counts.running, TABLE_GREEN);
        add_count(&table, client, counts.overdue, TABLE_YELLOW);
        add_count(&table, client, counts.failed, TABLE_RED);
        add_state(p, i, &table);
    }
    show_table(p, &table);
}

/* ---- jobs: what is running, and what somebody should look at ---- */

static void add_job(struct table *table, const struct survey_client *client, const struct job *job)
{
    table_cell(table, client->client.fields[CLIENT_NAME]);
    table_cellf(table, TABLE_PLAIN, "%d", job->id);
    table_cell(table, job->package);
}

static void add_since(const struct page *p, int64_t since_us, struct table *table)
{
    char since[AGEWORDS_STAMP_MAX] = "";
    if (since_us)
        show_minute(p, since_us, since);
    table_cell(table, since);
}

static void add_process(struct table *table, int pid)
{
    table_cellf(table, TABLE_PLAIN, _("process %d of this machine"), pid);
}

static void add_running_job(const struct page *p, const struct survey_client *client,
                            const struct survey_job *job, struct table *table)
{
    const struct job_claim *claim = &job->row->claim;
    struct situation_work work;
    if (!situation_find_work(&p->o->situation, client->client.id, job->row, &work))
        return;
    add_job(table, client, &job->row->job);
    add_since(p, work.since_us, table);
    if (claim->pid && claim->address)
        table_cellf(table, TABLE_PLAIN, _("'%s' from %s"), claim->application, claim->address);
    else if (claim->pid)
        table_cellf(table, TABLE_PLAIN, "'%s'", claim->application);
    else
        add_process(table, (int)work.pid);
}

static bool has_job(const struct survey_client *client, int job_id)
{
    for (size_t i = 0; i < client->count; i++)
        if (client->jobs[i].row->job.id == job_id)
            return true;
    return false;
}

/* What our own run is at in a client that cannot be asked for its jobs, or between them. */
static void add_busy(const struct page *p, const struct survey_client *client,
                     const struct busy_job *job, struct table *table)
{
    if (job->client_id != client->client.id || has_job(client, job->job_id))
        return;
    table_cell(table, client->client.fields[CLIENT_NAME]);
    if (job->job_id) {
        table_cellf(table, TABLE_PLAIN, "%d", job->job_id);
        table_cell(table, job->package);
    } else {
        table_cell(table, "");
        table_cell(table, _("(waits for the database)"));
    }
    add_since(p, job->since_us, table);
    add_process(table, job->lane_pid);
}

static void add_running(const struct page *p, const struct survey_client *client,
                        struct table *table)
{
    const struct busy *busy = &p->o->situation.busy;
    for (size_t i = 0; i < client->count; i++)
        add_running_job(p, client, &client->jobs[i], table);
    for (size_t i = 0; i < busy->count; i++)
        add_busy(p, client, &busy->jobs[i], table);
}

static void show_running(const struct page *p)
{
    struct table table = {0};
    table_column(&table, _("running"), TABLE_CUT);
    table_column(&table, _("id"), TABLE_RIGHT);
    table_column(&table, _("package"), TABLE_CUT);
    table_column(&table, _("since"), 0);
    table_column(&table, _("by"), TABLE_CUT);
    for (size_t i = 0; i < p->o->survey.count; i++)
        add_running(p, &p->o->survey.clients[i], &table);
    show_table(p, &table);
}

static size_t add_overdue(const struct page *p, const struct survey_client *client, size_t shown,
                          struct table *table)
{
    for (size_t i = 0; i < client->count; i++) {
        const struct job *job = &client->jobs[i].row->job;
        char since[AGEWORDS_STAMP_MAX];
        if (!overview_is_overdue(p->o, client, &client->jobs[i]) || ++shown > SHOWN_MAX)
            continue;
        show_minute(p, job->next_us, since);
        add_job(table, client, job);
        table_cell(table, since);
    }
    return shown;
}

static void show_overdue(const struct page *p)
{
    struct table table = {0};
    size_t shown = 0;
    table_column(&table, _("overdue"), TABLE_CUT);
    table_column(&table, _("id"), TABLE_RIGHT);
    table_column(&table, _("package"), TABLE_CUT);
    table_column(&table, _("since"), 0);
    for (size_t c = 0; c < p->o->survey.count; c++)
        shown = add_overdue(p, &p->o->survey.clients[c], shown, &table);
    show_table(p, &table);
    if (shown > SHOWN_MAX)
        buf_addf(p->out, _("… and %zu more: task-server jobs --due\n"), shown - SHOWN_MAX);
}

static size_t add_resting(const struct survey_client *client, size_t shown, struct table *table)
{
    for (size_t i = 0; i < client->count; i++) {
        const struct survey_job *job = &client->jobs[i];
        struct buf why = {0};
        if (!overview_is_resting(job) || ++shown > SHOWN_MAX)
            continue;
        status_rest_words(job, &why);
        add_job(table, client, &job->row->job);
        table_coloured(table, TABLE_YELLOW, buf_text(&why));
        buf_release(&why);
    }
    return shown;
}

static void show_resting(const struct page *p)
{
    struct table table = {0};
    size_t shown = 0;
    table_column(&table, _("resting"), TABLE_CUT);
    table_column(&table, _("id"), TABLE_RIGHT);
    table_column(&table, _("package"), TABLE_CUT);
    table_column(&table, _("why"), TABLE_WRAP);
    for (size_t c = 0; c < p->o->survey.count; c++)
        shown = add_resting(&p->o->survey.clients[c], shown, &table);
    show_table(p, &table);
    if (shown > SHOWN_MAX)
        buf_addf(p->out, _("… and %zu more: task-server jobs --active\n"), shown - SHOWN_MAX);
}

static void show_failures(const struct page *p)
{
    struct table table = {0};
    size_t shown = 0;
    table_column(&table, _("failed"), TABLE_CUT);
    table_column(&table, _("package"), TABLE_CUT);
    table_column(&table, _("times"), TABLE_RIGHT);
    table_column(&table, _("last"), 0);
    table_column(&table, _("error"), TABLE_WRAP);
    for (size_t i = 0; i < p->o->run_count; i++) {
        const struct overview_run *run = &p->o->runs[i];
        int times = overview_failures(p->o, i);
        char time[AGEWORDS_STAMP_MAX];
        if (!times || ++shown > SHOWN_MAX)
            continue;
        show_minute(p, run->run_at_us, time);
        table_cell(&table, p->o->survey.clients[run->client].client.fields[CLIENT_NAME]);
        table_cell(&table, run->package);
        table_cellf(&table, TABLE_PLAIN, "%d", times);
        table_cell(&table, time);
        table_coloured(&table, TABLE_RED, run->error);
    }
    show_table(p, &table);
    if (shown > SHOWN_MAX)
        buf_addf(p->out, _("… and %zu more: task-server history --status failure\n"),
                 shown - SHOWN_MAX);
}

static void show_lasting(const struct page *p)
{
    const struct incidents *incidents = &p->o->situation.incidents;
    struct table table = {0};
    size_t shown = 0;
    table_column(&table, _("lasting since"), 0);
    table_column(&table, _("what"), TABLE_WRAP);
    for (size_t i = 0; i < incidents->count; i++) {
        char since[AGEWORDS_STAMP_MAX];
        if (!status_lasts(p->o, &incidents->items[i]) || ++shown > SHOWN_MAX)
            continue;
        show_minute(p, incidents->items[i].since_s * 1000000, since);
        table_cell(&table, since);
        table_coloured(&table, TABLE_RED, incidents->items[i].text);
    }
    show_table(p, &table);
    if (shown > SHOWN_MAX)
        buf_addf(p->out, _("… and %zu more: task-server status --json\n"), shown - SHOWN_MAX);
}

void status_text(const struct overview *overview, const struct site *site,
                 const struct table_style *style, struct buf *out)
{
    struct page page = {.o = overview, .site = site, .style = style, .out = out};
    show_facts(&page);
    show_clients(&page);
    show_running(&page);
    show_overdue(&page);
    show_resting(&page);
    show_failures(&page);
    show_lasting(&page);
}
