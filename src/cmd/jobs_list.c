/* jobs_list.c: the table of `jobs`: see cmd/jobs.h. */
#include <string.h>

#include "base/i18n.h"
#include "cmd/jobs.h"
#include "cmd/paper.h"
#include "core/screen.h"
#include "core/table.h"
#include "engine/hold.h"
#include "store/history.h"

/* Columns of a terminal from which on there is room for … */
enum {
    ENDS_MIN = 80,   /* the last run, and how it ended where it did not fail */
    WORDS_MIN = 120, /* why a job has no next run */
    WIDE_MIN = 180,  /* how jobs run and what they are for, and the date of the next run */
    DATES_MIN = 220, /* and of the last one, and why jobs run so */
};

enum { TEXT_MAX = 120 }; /* columns of a reason or an error; the card has them whole */

/* What the table has room for. */
struct listing {
    struct jobs_view view;
    bool names_client;
    bool has_ends;
    bool is_wide;
    bool has_descriptions; /* some job has one */
};

bool jobs_pass(const struct jobs_request *request, const struct survey_job *job)
{
    const struct job *row = &job->row->job;
    if (request->package && (!row->package || strcmp(row->package, request->package) != 0))
        return false;
    return (!request->due || job->due == DUE) && (!request->failed || jobs_has_failed(job)) &&
           (!request->active || row->active) && (!request->inactive || !row->active);
}

/* The first line of a text, or the beginning of that. */
static void add_beginning(const char *text, struct buf *out)
{
    struct buf line = {0};
    buf_add(&line, text, strcspn(text, "\n"));
    bool fits = screen_width(buf_text(&line)) <= TEXT_MAX;
    struct screen screen = screen_begin();
    screen_add(out, buf_text(&line), fits ? TEXT_MAX : TEXT_MAX - 1);
    screen_end(screen);
    if (!fits)
        buf_add_text(out, "…");
    buf_release(&line);
}

static void cell_beginning(struct table *table, enum table_colour colour, const char *text)
{
    struct buf beginning = {0};
    add_beginning(text ? text : "", &beginning);
    table_coloured(table, colour, buf_text(&beginning));
    buf_release(&beginning);
}

/* How it runs, in a word: a reason that has lost its end says no more. */
static const char *kind_word(const struct survey_job *job)
{
    switch (job->kind) {
    case BOARD_COMMAND: return _("as a command");
    case BOARD_PERL: return _("as Perl");
    default: return job->native ? _("natively") : _("not at all");
    }
}

/* How the last run ended, with the first line of its error. */
static void add_end(const struct listing *listing, const struct survey_job *job,
                    struct table *table)
{
    const struct job_end *end = &job->row->end;
    struct buf text = {0};
    bool failed = jobs_has_failed(job);
    if (failed && strcmp(end->status, "interrupted") == 0)
        buf_addf(&text, _("interrupted: %s"), end->error + strlen(HISTORY_INTERRUPTED));
    else if (failed)
        buf_addf(&text, _("failed: %s"), end->error ? end->error : "");
    else if (listing->has_ends && end->found)
        buf_add_text(&text, _("success"));
    else if (listing->has_ends && job->row->last_text)
        buf_add_text(&text, _("no history"));
    cell_beginning(table, failed ? TABLE_RED : TABLE_PLAIN, buf_text(&text));
    buf_release(&text);
}

static enum table_colour next_colour(const struct listing *listing,
                                     const struct survey_client *client,
                                     const struct survey_job *job)
{
    struct situation_work work;
    return situation_find_work(&listing->view.picture->situation, client->client.id, job->row,
                               &work)
               ? TABLE_GREEN
           : job->due == DUE       ? TABLE_YELLOW
           : job->due != DUE_LATER ? TABLE_DIM
                                   : TABLE_PLAIN;
}

static void add_columns(struct table *table, const struct listing *listing)
{
    if (listing->names_client)
        table_column(table, _("client"), TABLE_GROUP);
    table_column(table, _("id"), TABLE_RIGHT);
    table_column(table, _("package"), TABLE_CUT);
    table_column(table, listing->view.is_wordy ? _("active") : C_("column", "on"), 0);
    table_column(table, _("schedule"), TABLE_CUT);
    table_column(table, C_("column", "next run"), listing->view.is_wordy ? TABLE_CUT : 0);
    if (listing->has_ends)
        table_column(table, C_("column", "last run"), listing->view.dates_last ? TABLE_CUT : 0);
    if (listing->is_wide) {
        table_column(table, C_("how", "runs"), TABLE_CUT | TABLE_EARLY);
        if (listing->has_descriptions)
            table_column(table, _("description"), TABLE_CUT | TABLE_EARLY);
    }
    table_column(table, _("ended"), TABLE_WRAP);
}

static void add_row(const struct listing *listing, const struct survey_client *client,
                    const struct survey_job *job, struct table *table)
{
    const struct job *row = &job->row->job;
    struct buf text = {0};
    table_cellf(table, TABLE_PLAIN, "%d", row->id);
    table_coloured(table, row->active ? TABLE_BOLD : TABLE_DIM, row->package);
    table_coloured(table, row->active ? TABLE_PLAIN : TABLE_YELLOW,
                   row->active ? _("yes") : _("no"));
    jobs_say_spec(row, &text);
    table_cell(table, buf_text(&text));
    buf_clear(&text);
    jobs_say_next(&listing->view, client, job, &text);
    table_coloured(table, next_colour(listing, client, job), buf_text(&text));
    buf_clear(&text);
    jobs_say_last(&listing->view, job, &text);
    if (listing->has_ends)
        table_cell(table, buf_text(&text));
    if (listing->is_wide) {
        bool nobody = job->kind == BOARD_NATIVE && !job->native;
        cell_beginning(table, nobody ? TABLE_RED : TABLE_PLAIN,
                       listing->view.dates_last ? job->why : kind_word(job));
        if (listing->has_descriptions)
            cell_beginning(table, TABLE_PLAIN, row->description);
    }
    add_end(listing, job, table);
    buf_release(&text);
}

static void add_hold(const struct desk *desk, const struct survey_client *client,
                     const struct hold *hold, struct buf *out)
{
    struct buf text = {0};
    if (!hold)
        return;
    hold_describe(hold, &desk->site.zone, &text);
    paper_add(out, _("client '%s' is %s\n"), client->client.fields[CLIENT_NAME], buf_text(&text));
    buf_release(&text);
}

void jobs_write_remarks(const struct jobs_picture *picture, struct buf *out)
{
    const struct desk *desk = picture->desk;
    const struct survey *survey = &picture->survey;
    if (survey->holds_trouble)
        paper_add(out, _("who is held cannot be read, and who cannot read it starts nothing: %s\n"),
                  survey->holds_trouble);
    for (size_t i = 0; i < survey->count; i++) {
        const struct survey_client *client = &survey->clients[i];
        const char *name = client->client.fields[CLIENT_NAME];
        add_hold(desk, client, client->hold, out);
        add_hold(desk, client, client->also_hold, out);
        if (client->moved)
            paper_add(out, _("client '%s' is held: %s\n"), name, client->moved);
        if (client->perl_held)
            paper_add(out, _("client '%s': its Perl jobs are held: %s\n"), name, client->perl_held);
    }
}

static bool has_descriptions(const struct survey *survey, const struct jobs_request *request)
{
    for (size_t i = 0; i < survey->count; i++)
        for (size_t k = 0; k < survey->clients[i].count; k++) {
            const struct survey_job *job = &survey->clients[i].jobs[k];
            const char *description = job->row->job.description;
            if (description && *description && jobs_pass(request, job))
                return true;
        }
    return false;
}

void jobs_write_table(const struct jobs_picture *picture, const struct jobs_request *request,
                      struct buf *out)
{
    const struct survey *survey = &picture->survey;
    struct table table = {0};
    struct table_style style = paper_style();
    int width = style.width ? style.width : DATES_MIN;
    struct listing listing = {
        .view = {.picture = picture,
                 .is_wordy = width >= WORDS_MIN,
                 .dates_next = width >= WIDE_MIN,
                 .dates_last = width >= DATES_MIN},
        .names_client = survey->count != 1,
        .has_ends = width >= ENDS_MIN,
        .is_wide = width >= WIDE_MIN,
        .has_descriptions = has_descriptions(survey, request),
    };
    add_columns(&table, &listing);
    for (size_t i = 0; i < survey->count; i++) {
        const struct survey_client *client = &survey->clients[i];
        for (size_t k = 0; k < client->count; k++) {
            if (!jobs_pass(request, &client->jobs[k]))
                continue;
            if (listing.names_client)
                table_cell(&table, client->client.fields[CLIENT_NAME]);
            add_row(&listing, client, &client->jobs[k], &table);
        }
    }
    if (table.count)
        table_print(&table, &style, out);
    else if (!survey->away)
        buf_add_text(out, _("no jobs\n"));
    table_release(&table);
    jobs_write_remarks(picture, out);
    if (survey->left_out)
        paper_add(out,
                  ngettext("%zu client is not enabled, and not shown\n",
                           "%zu clients are not enabled, and not shown\n", survey->left_out),
                  survey->left_out);
}
