#include "cmd/status_text.h"

#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
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

static void show_time(const struct page *p, int64_t at_us, char out[AGEWORDS_STAMP_MAX])
{
    agewords_stamp(&p->site->zone, at_us, p->o->situation.now_us, out);
}

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

/* ---- facts: a title, and what is so ---- */

static void begin_facts(struct table *table)
{
    table_column(table, "", 0);
    table_column(table, "", TABLE_WRAP);
}

static void end_table(const struct page *p, struct table *table, bool has_head)
{
    struct table_style style = *p->style;
    style.leaves_head = !has_head;
    table_print(table, &style, p->out);
    table_release(table);
}

static void add_runs(const struct page *p, struct table *table)
{
    const struct situation *s = &p->o->situation;
    bool served = situation_is_served(s);
    char time[AGEWORDS_STAMP_MAX];
    table_cell(table, _("schedule"));
    if (*s->scheduler)
        table_cellf(table, served ? TABLE_GREEN : TABLE_RED,
                    served ? N_("armed by %s") : N_("armed by %s, but no runs come"), s->scheduler);
    else if (!s->state)
        table_coloured(table, TABLE_YELLOW, _("not known: the state directory cannot be read"));
    else
        table_coloured(table, served ? TABLE_YELLOW : TABLE_RED,
                       served ? _("not armed by task_server, but runs come") : _("not armed"));
    table_cell(table, _("last run"));
    if (!s->has_stamp) {
        table_cell(table, _("none that we know of"));
        return;
    }
    show_time(p, s->stamp.ended_us, time);
    table_cellf(table, s->stamp.exit_code ? TABLE_RED : TABLE_PLAIN,
                "%s; jobs: %d succeeded, %d failed, %d left due; exit code %d", time,
                s->stamp.succeeded, s->stamp.failed, s->stamp.unserved, s->stamp.exit_code);
}

static void add_busy(const struct page *p, struct table *table)
{
    const struct situation *s = &p->o->situation;
    char since[AGEWORDS_STAMP_MAX];
    table_cell(table, _("at work"));
    if (!s->busy_now) {
        table_cell(table, _("nobody"));
        return;
    }
    show_time(p, s->holder.since_s * 1000000, since);
    if (s->holder.is_perl_server)
        table_cellf(table, TABLE_RED, "kivitendo's old task_server.pl, pid %d, since %s",
                    (int)s->holder.pid, since);
    else
        table_cellf(table, TABLE_PLAIN, "a run, pid %d, since %s", (int)s->holder.pid, since);
}

static void add_obstacles(const struct page *p, struct table *table)
{
    const struct situation *s = &p->o->situation;
    const struct hold *all = holds_find(&p->o->survey.holds, HOLDS_ALL, s->now_us / 1000000);
    char since[AGEWORDS_STAMP_MAX];
    if (s->locked) {
        show_time(p, s->locked_since_s * 1000000, since);
        table_cell(table, _("installation"));
        table_cellf(table, TABLE_RED, "locked since %s (users/nologin)", since);
    }
    if (all) {
        show_time(p, all->since_s * 1000000, since);
        table_cell(table, _("held"));
        table_cellf(table, TABLE_RED, "everything, since %s, by %s: %s", since, all->who, all->why);
    }
    if (p->o->survey.holds_trouble) {
        table_cell(table, _("held"));
        table_cellf(table, TABLE_RED, "everything, for it cannot be read who is held: %s",
                    p->o->survey.holds_trouble);
    }
    if (s->journal.waiting || s->journal.bad) {
        table_cell(table, _("journal"));
        table_cellf(table, TABLE_YELLOW, "%d runs wait to be recorded, %d cannot be",
                    s->journal.waiting, s->journal.bad);
    }
    if (s->notices) {
        table_cell(table, _("notices"));
        table_cellf(table, TABLE_YELLOW, "%zu wait to be sent", s->notices);
    }
}

static void show_facts(const struct page *p)
{
    struct table table = {0};
    begin_facts(&table);
    table_cell(&table, _("installation"));
    table_cell(&table, p->site->installation);
    add_runs(p, &table);
    add_busy(p, &table);
    add_obstacles(p, &table);
    end_table(p, &table, false);
}

/* ---- clients ---- */

static void add_hold(const struct page *p, const struct hold *hold, struct table *table)
{
    char until[AGEWORDS_STAMP_MAX];
    if (hold->until_s == HOLDS_FOREVER) {
        table_cellf(table, TABLE_RED, "held by %s: %s", hold->who, hold->why);
        return;
    }
    show_minute(p, hold->until_s * 1000000, until);
    table_cellf(table, TABLE_RED, "held by %s until %s: %s", hold->who, until, hold->why);
}

static void add_state(const struct page *p, const struct survey_client *client, struct table *table)
{
    if (client->trouble)
        table_cellf(table, TABLE_RED, "away: %.300s", client->trouble);
    else if (client->moved)
        table_cellf(table, TABLE_RED, "held: %.300s", client->moved);
    else if (client->hold)
        add_hold(p, client->hold, table);
    else if (client->inventory.session.read_only)
        table_coloured(table, TABLE_RED, _("the database is read-only"));
    else if (client->perl == VISIT_PERL_HELD)
        table_cellf(table, TABLE_YELLOW, "Perl jobs held: %.300s", client->perl_held);
    else
        table_coloured(table, TABLE_GREEN, _("well"));
}

static void add_count(struct table *table, const struct survey_client *client, int number,
                      enum table_colour colour)
{
    if (client->trouble)
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
        add_state(p, client, &table);
    }
    buf_add_text(p->out, "\n");
    end_table(p, &table, true);
}

/* ---- jobs: what is running, and what somebody should look at ---- */

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

static void add_job(struct table *table, const struct survey_client *client, const struct job *job)
{
    table_cell(table, client->client.fields[CLIENT_NAME]);
    table_cellf(table, TABLE_PLAIN, "%d", job->id);
    table_cell(table, job->package);
}

static void add_running(const struct page *p, const struct survey_client *client,
                        struct table *table)
{
    for (size_t i = 0; i < client->count; i++) {
        const struct survey_job *job = &client->jobs[i];
        const struct job_claim *claim = &job->row->claim;
        int64_t since_us = overview_running_since_us(p->o, client, job);
        char since[AGEWORDS_STAMP_MAX] = "";
        if (!claim->pid)
            continue;
        if (since_us)
            show_minute(p, since_us, since);
        add_job(table, client, &job->row->job);
        table_cell(table, since);
        if (claim->address)
            table_cellf(table, TABLE_PLAIN, "'%s' from %s", claim->application, claim->address);
        else
            table_cellf(table, TABLE_PLAIN, "'%s'", claim->application);
    }
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
        if (!overview_is_overdue(p->o, &client->jobs[i]) || ++shown > SHOWN_MAX)
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

static bool is_same(const struct overview_run *a, const struct overview_run *b)
{
    return a->client == b->client && a->end != RUN_SUCCEEDED && b->end != RUN_SUCCEEDED &&
           strcmp(a->package, b->package) == 0;
}

/* How often the package of this run has failed; 0: the run succeeded, or a newer one stands for it.
 * The client's runs lie together. */
static int count_failures(const struct overview *o, size_t index)
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

/* A line per package: one that fails every five minutes must not hide the others. */
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
        int times = count_failures(p->o, i);
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

void status_text(const struct overview *overview, const struct site *site,
                 const struct table_style *style, struct buf *out)
{
    struct page page = {.o = overview, .site = site, .style = style, .out = out};
    show_facts(&page);
    show_clients(&page);
    show_running(&page);
    show_overdue(&page);
    show_failures(&page);
}
