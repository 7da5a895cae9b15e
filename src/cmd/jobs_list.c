/* jobs_list.c: the tables of `jobs`: see cmd/jobs.h. */
#include <string.h>

#include "base/i18n.h"
#include "cmd/jobs.h"
#include "cmd/paper.h"
#include "core/agewords.h"
#include "core/cronperl.h"
#include "core/cronspec.h"
#include "core/specwords.h"
#include "core/table.h"
#include "core/walltime.h"
#include "engine/hold.h"

enum {
    MINUTE_LEN = 16, /* "2026-11-25 03:00" */
    SECONDS_LEN = 3, /* ":00" */
    WIDE_MIN = 120,  /* columns of a terminal that shows how jobs run, and what they are for */
    WHY_SHOWN = 72,  /* bytes of a reason in the table; the card has it whole */
};

/* ---- values in words ---- */

/* What is shown, and how much room there is. */
struct listing {
    const struct desk *desk;
    const struct survey *survey;
    bool names_client;
    bool is_wide;
};

/* "in 3 h (2026-11-25 03:00 +0100)": what matters first, for the end may be cut off. */
static void add_time(const struct listing *listing, int64_t instant_us, struct buf *out)
{
    char text[WALLTIME_MAX];
    walltime_show(&listing->desk->site.zone, instant_us, text);
    if (strlen(text) <= MINUTE_LEN + SECONDS_LEN) { /* infinity */
        buf_add_text(out, text);
        return;
    }
    agewords_ago((listing->survey->now_us - instant_us) / WALLTIME_SECOND_US, out);
    if (listing->is_wide)
        buf_addf(out, " (%.*s%s)", MINUTE_LEN, text, text + MINUTE_LEN + SECONDS_LEN);
}

static void add_spec(const struct job *job, struct buf *out)
{
    struct cronspec spec;
    struct err err = {0};
    if (cronspec_parse(&spec, job->spec, &err))
        specwords_add(&spec, job->spec, i18n_is_german() ? SPECWORDS_GERMAN : SPECWORDS_ENGLISH,
                      out);
    else
        buf_addf(out, _("wrong: '%s'"), job->spec);
}

static bool has_failed(const struct survey_job *job)
{
    const struct job_end *end = &job->row->end;
    return end->found && end->status && strcmp(end->status, "success") != 0;
}

/* How the last run ended, with the first line of its error. */
static void add_end(const struct survey_job *job, struct buf *out)
{
    const struct job_end *end = &job->row->end;
    const char *error = end->error ? end->error : "";
    if (!job->row->last_text)
        buf_add_text(out, _("never ran"));
    else if (!end->found)
        buf_add_text(out, _("no history"));
    else if (!has_failed(job))
        buf_add_text(out, _("success"));
    else
        buf_addf(out, _("failed: %.*s"), (int)strcspn(error, "\n"), error);
}

static void add_next(const struct listing *listing, const struct survey_job *job, struct buf *out)
{
    const struct job *row = &job->row->job;
    if (job->row->claim.pid) {
        buf_addf(out, _("at work (database process %d)"), job->row->claim.pid);
        return;
    }
    switch (job->due) {
    case DUE:
        if (row->has_next && row->next_us <= listing->survey->now_us) {
            buf_add_text(out, _("due: "));
            add_time(listing, row->next_us, out);
        } else {
            buf_add_text(out, _("due now"));
        }
        break;
    case DUE_LATER: add_time(listing, row->next_us, out); break;
    case DUE_OTHER_NODE: buf_addf(out, _("on node %s"), row->node ? row->node : "?"); break;
    case DUE_UNKNOWN_TYPE: buf_add_text(out, _("never: its type is unknown")); break;
    case DUE_INACTIVE: buf_add_text(out, _("not active")); break;
    case DUE_DONE: buf_add_text(out, _("done")); break;
    case DUE_NO_TIME: buf_add_text(out, _("rests")); break;
    }
}

static enum table_colour next_colour(const struct survey_job *job)
{
    return job->row->claim.pid     ? TABLE_GREEN
           : job->due == DUE       ? TABLE_YELLOW
           : job->due != DUE_LATER ? TABLE_DIM
                                   : TABLE_PLAIN;
}

/* ---- the table ---- */

bool jobs_pass(const struct jobs_request *request, const struct survey_job *job)
{
    const struct job *row = &job->row->job;
    if (request->package && (!row->package || strcmp(row->package, request->package) != 0))
        return false;
    return (!request->due || job->due == DUE) && (!request->failed || has_failed(job)) &&
           (!request->active || row->active) && (!request->inactive || !row->active);
}

static void add_columns(struct table *table, const struct listing *listing)
{
    if (listing->names_client)
        table_column(table, _("client"), TABLE_GROUP);
    table_column(table, _("id"), TABLE_RIGHT);
    table_column(table, _("package"), TABLE_CUT);
    table_column(table, _("schedule"), TABLE_CUT);
    table_column(table, _("next run"), TABLE_CUT);
    table_column(table, _("last run"), TABLE_CUT);
    table_column(table, _("how it ended"), TABLE_CUT);
    if (!listing->is_wide)
        return;
    table_column(table, C_("how", "runs"), TABLE_CUT);
    table_column(table, _("description"), TABLE_CUT);
}

static void add_row(const struct listing *listing, const struct survey_job *job,
                    struct table *table)
{
    const struct job *row = &job->row->job;
    struct buf text = {0};
    table_cellf(table, TABLE_PLAIN, "%d", row->id);
    table_coloured(table, row->active ? TABLE_BOLD : TABLE_DIM, row->package);
    add_spec(row, &text);
    table_cell(table, buf_text(&text));
    buf_clear(&text);
    add_next(listing, job, &text);
    table_coloured(table, next_colour(job), buf_text(&text));
    buf_clear(&text);
    if (job->row->last_text)
        add_time(listing, job->row->last_us, &text);
    table_cell(table, buf_text(&text));
    buf_clear(&text);
    add_end(job, &text);
    table_coloured(table, has_failed(job) ? TABLE_RED : TABLE_PLAIN, buf_text(&text));
    buf_release(&text);
}

static void add_way(const struct survey_job *job, struct table *table)
{
    bool nobody = job->kind == BOARD_NATIVE && !job->native;
    size_t len = strlen(job->why);
    size_t shown = len > WHY_SHOWN ? WHY_SHOWN : len;
    while (shown < len && ((unsigned char)job->why[shown] & 0xC0) == 0x80)
        shown--; /* not in the middle of a character */
    table_cellf(table, nobody ? TABLE_RED : TABLE_PLAIN, "%.*s%s", (int)shown, job->why,
                shown < len ? "…" : "");
    table_cell(table, job->row->job.description);
}

/* What keeps a client's jobs from running, below the table. */
static void add_remarks(const struct desk *desk, const struct survey *survey, struct buf *out)
{
    struct buf text = {0};
    if (survey->holds_trouble)
        paper_add(out, _("nothing is started: %s\n"), survey->holds_trouble);
    for (size_t i = 0; i < survey->count; i++) {
        const struct survey_client *client = &survey->clients[i];
        const char *name = client->client.fields[CLIENT_NAME];
        buf_clear(&text);
        if (client->hold) {
            hold_describe(client->hold, &desk->site.zone, &text);
            paper_add(out, _("client '%s' is %s\n"), name, buf_text(&text));
        }
        if (client->moved)
            paper_add(out, _("client '%s' is held: %s\n"), name, client->moved);
        if (client->perl_held)
            paper_add(out, _("client '%s': its Perl jobs are held: %s\n"), name, client->perl_held);
        if (client->client.disabled)
            paper_add(out, _("client '%s' is not enabled: it has no user for the task server\n"),
                      name);
    }
    buf_release(&text);
}

void jobs_write_table(const struct desk *desk, const struct survey *survey,
                      const struct jobs_request *request, struct buf *out)
{
    struct table table = {0};
    struct table_style style = paper_style();
    struct listing listing = {
        .desk = desk,
        .survey = survey,
        .names_client = survey->count != 1,
        .is_wide = !style.width || style.width >= WIDE_MIN,
    };
    add_columns(&table, &listing);
    for (size_t i = 0; i < survey->count; i++) {
        const struct survey_client *client = &survey->clients[i];
        for (size_t k = 0; k < client->count; k++) {
            if (!jobs_pass(request, &client->jobs[k]))
                continue;
            if (listing.names_client)
                table_cell(&table, client->client.fields[CLIENT_NAME]);
            add_row(&listing, &client->jobs[k], &table);
            if (listing.is_wide)
                add_way(&client->jobs[k], &table);
        }
    }
    table_print(&table, &style, out);
    table_release(&table);
    add_remarks(desk, survey, out);
}

/* ---- one job ---- */

static void add_line(struct table *table, const char *key, const char *value)
{
    table_coloured(table, TABLE_DIM, key);
    table_cell(table, value);
}

/* Texts of several lines stand on several lines, or a person could not read them. */
static void add_text(struct table *table, const char *key, const char *value)
{
    const char *line = value ? value : "";
    do {
        size_t len = strcspn(line, "\n");
        table_coloured(table, TABLE_DIM, line == value || !value ? key : "");
        table_cellf(table, TABLE_PLAIN, "%.*s", (int)len, line);
        line += len;
        line += *line == '\n';
    } while (*line);
}

static void add_schedule(const struct job *row, struct table *table)
{
    struct buf words = {0};
    struct cronspec spec;
    struct err err = {0};
    bool good = cronspec_parse(&spec, row->spec, &err);
    add_line(table, _("cron_spec"), row->spec);
    add_spec(row, &words);
    add_line(table, _("schedule"), buf_text(&words));
    if (!good)
        add_line(table, "", err.text);
    else if (*spec.warning)
        add_line(table, "", spec.warning);
    if (good && !cronperl_accepts(row->spec, &err)) {
        table_cell(table, "");
        table_cellf(table, TABLE_YELLOW, _("kivitendo's own pages refuse it: %s"), err.text);
    }
    buf_release(&words);
}

static void add_times(const struct listing *listing, const struct survey_job *job,
                      struct table *table)
{
    struct buf text = {0};
    add_next(listing, job, &text);
    add_line(table, _("next run"), buf_text(&text));
    buf_clear(&text);
    if (job->row->last_text)
        add_time(listing, job->row->last_us, &text);
    else
        buf_add_text(&text, _("never"));
    add_line(table, _("last run"), buf_text(&text));
    buf_release(&text);
    if (!job->row->end.found)
        return;
    if (job->row->end.status)
        add_line(table, _("how it ended"), i18n(job->row->end.status));
    if (job->row->end.result)
        add_text(table, _("result"), job->row->end.result);
    if (job->row->end.error)
        add_text(table, _("error"), job->row->end.error);
}

void jobs_write_card(const struct desk *desk, const struct survey *survey,
                     const struct survey_client *client, const struct survey_job *job,
                     struct buf *out)
{
    struct table table = {0};
    struct table_style style = paper_style();
    struct listing listing = {.desk = desk, .survey = survey, .is_wide = true};
    const struct job *row = &job->row->job;
    style.leaves_head = true;
    style.width = 0;
    table_column(&table, "", 0);
    table_column(&table, "", 0);
    add_line(&table, _("client"), client->client.fields[CLIENT_NAME]);
    table_coloured(&table, TABLE_DIM, _("id"));
    table_cellf(&table, TABLE_PLAIN, "%d", row->id);
    add_line(&table, _("package"), row->package);
    add_line(&table, _("description"), row->description);
    add_line(&table, _("type"), row->type);
    add_line(&table, _("active"), row->active ? _("yes") : _("no"));
    add_schedule(row, &table);
    add_line(&table, _("node"), row->node);
    add_times(&listing, job, &table);
    add_line(&table, C_("how", "runs"), job->why);
    add_text(&table, _("data"), row->data);
    table_print(&table, &style, out);
    table_release(&table);
    add_remarks(desk, survey, out);
}
