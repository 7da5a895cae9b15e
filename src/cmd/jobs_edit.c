/* jobs_edit.c: `jobs add`, `set`, `enable`, `disable`, `remove`: see cmd/jobs.h. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/log.h"
#include "cmd/jobs.h"
#include "cmd/paper.h"
#include "core/table.h"
#include "engine/jobform.h"

/* An edit under way. */
struct edit {
    struct desk *desk;
    const struct jobs_request *request;
    struct jobs_picture picture;
    const struct survey_client *client; /* in its survey */
    const struct survey_job *job;       /* there; NULL: a new one */
    int id;                             /* its id; 0: a new one */
    struct job wanted;                  /* the row as it is to be; everything borrowed */
    struct jobform form;
    struct visit visit;
};

/* ---- what it is to be ---- */

static const char **text_of(struct job *job, enum job_column column)
{
    switch (column) {
    case JOB_TYPE: return (const char **)&job->type;
    case JOB_PACKAGE: return (const char **)&job->package;
    case JOB_SPEC: return (const char **)&job->spec;
    case JOB_DATA: return (const char **)&job->data;
    case JOB_DESCRIPTION: return (const char **)&job->description;
    case JOB_NODE: return (const char **)&job->node;
    case JOB_ACTIVE:
    case JOB_NEXT:
    case JOB_COLUMNS: break;
    }
    return NULL;
}

static bool is_true(const char *value)
{
    return value && strcmp(value, "true") == 0;
}

static void overlay(struct edit *edit)
{
    const struct jobs_request *request = edit->request;
    for (int i = 0; i < JOB_COLUMNS; i++) {
        const char **text = text_of(&edit->wanted, (enum job_column)i);
        if (request->given[i] && text)
            *text = request->values[i];
    }
    if (request->given[JOB_ACTIVE])
        edit->wanted.active = is_true(request->values[JOB_ACTIVE]);
    jobform_check(&edit->form, &edit->desk->site, &edit->wanted, edit->picture.survey.now_us);
}

/* A line each. */
static void log_lines(enum log_level level, const struct buf *lines)
{
    const char *line = buf_text(lines);
    for (const char *end; (end = strchr(line, '\n')); line = end + 1)
        log_msg(level, "%.*s", (int)(end - line), line);
}

static bool judge(const struct edit *edit, struct err *err)
{
    const struct jobform *form = &edit->form;
    if (form->problems.failed || form->notes.failed)
        return err_set_nomem(err);
    log_lines(edit->request->force ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, &form->problems);
    log_lines(LOG_LEVEL_WARNING, &form->notes);
    return !form->problems.len || edit->request->force ||
           err_set(err, ERR_USAGE, "jobs: nothing is changed; --force saves it all the same");
}

static int list_changes(const struct edit *edit, struct job_change changes[JOB_COLUMNS])
{
    int count = 0;
    for (int i = 0; i < JOB_NEXT; i++)
        if (edit->request->given[i])
            changes[count++] = (struct job_change){
                .column = (enum job_column)i,
                .value = edit->request->values[i],
            };
    changes[count++] = (struct job_change){
        .column = JOB_NEXT,
        .value = *edit->form.next ? edit->form.next : NULL,
    };
    return count;
}

/* ---- doing it ---- */

static bool connect(struct edit *edit, struct err *err)
{
    visit_begin(&edit->visit, &edit->desk->site, &edit->client->client, NULL);
    return visit_connect(&edit->visit, err) ||
           err_wrap(err, "client '%s'", edit->client->client.fields[CLIENT_NAME]);
}

static bool judge_end(const struct edit *edit, enum edit_end end, struct err *err)
{
    int id = edit->id;
    switch (end) {
    case EDIT_DONE: return true;
    case EDIT_GONE:
        return err_set(err, ERR_AWAY, "jobs: job %d is gone: somebody has removed it meanwhile",
                       id);
    case EDIT_OTHER:
        return err_set(err, ERR_AWAY,
                       "jobs: nothing is changed: somebody has edited job %d meanwhile; look at it "
                       "again",
                       id);
    }
    return true;
}

static bool wrap_refusal(struct err *err)
{
    if (err->kind == ERR_JOB)
        err->kind = ERR_USAGE; /* a value that the database does not take */
    return err_wrap(err, "jobs: nothing is changed");
}

static void show_card(const struct edit *edit, const char *title, struct buf *out)
{
    buf_addf(out, "%s\n", title);
    jobs_write_card(&edit->picture, edit->client, edit->job, out);
}

/* What is saved is saved, whatever becomes of looking at it. */
static bool look_again(struct edit *edit, const char *client, struct err *err)
{
    struct jobs_request request = {.client = client, .job_id = edit->id};
    if (!jobs_look(&edit->picture, edit->desk, client, err) ||
        !jobs_explain_client(&edit->picture.survey.clients[0], err))
        return err_wrap(err, "jobs: it is saved, but cannot be shown");
    return jobs_find(&edit->picture.survey, &request, &edit->client, &edit->job, err) ||
           err_set(err, ERR_AWAY, "jobs: it is saved, but somebody has removed job %d meanwhile",
                   edit->id);
}

/* The row as it is now. */
static bool show_again(struct edit *edit, const char *title, struct buf *out, struct err *err)
{
    char client[16];
    snprintf(client, sizeof client, "%d", edit->client->client.id);
    jobs_forget(&edit->picture);
    edit->job = NULL;
    if (!look_again(edit, client, err))
        return false;
    show_card(edit, title, out);
    return true;
}

/* With the job that is named; nothing is known of a new one. */
static bool begin(struct edit *edit, struct err *err)
{
    if (!jobs_look(&edit->picture, edit->desk, edit->request->client, err))
        return false;
    if (!edit->request->job)
        return true;
    if (!jobs_find(&edit->picture.survey, edit->request, &edit->client, &edit->job, err))
        return false;
    edit->id = edit->job->row->job.id;
    return true;
}

static void end(struct edit *edit)
{
    visit_end(&edit->visit);
    jobform_release(&edit->form);
    jobs_forget(&edit->picture);
}

static bool save(struct edit *edit, struct err *err)
{
    struct job_change changes[JOB_COLUMNS];
    enum edit_end how = EDIT_DONE;
    int count = list_changes(edit, changes);
    if (!connect(edit, err))
        return false;
    if (!job_edit(&edit->visit.db, &edit->job->row->job, changes, count, &how, err))
        return wrap_refusal(err);
    return judge_end(edit, how, err);
}

/* enable or disable what is so already: saving it would only move its next time, if it has one. */
static bool is_so_already(const struct edit *edit)
{
    const struct jobs_request *request = edit->request;
    if (edit->job->due == DUE_NO_TIME)
        return false;
    for (int i = 0; i < JOB_COLUMNS; i++)
        if (request->given[i] && i != JOB_ACTIVE)
            return false;
    return request->given[JOB_ACTIVE] &&
           is_true(request->values[JOB_ACTIVE]) == edit->job->row->job.active;
}

static bool change(struct edit *edit, struct buf *out, struct err *err)
{
    edit->wanted = edit->job->row->job;
    overlay(edit);
    show_card(edit, _("before:"), out);
    return judge(edit, err) && save(edit, err) && show_again(edit, _("\nafter:"), out, err);
}

bool jobs_set(struct desk *desk, const struct jobs_request *request, struct buf *out,
              struct err *err)
{
    struct edit edit = {.desk = desk, .request = request};
    bool done = begin(&edit, err);
    if (done && is_so_already(&edit))
        show_card(&edit,
                  edit.job->row->job.active ? _("It is active already; nothing is changed:")
                                            : _("It is inactive already; nothing is changed:"),
                  out);
    else if (done)
        done = change(&edit, out, err);
    end(&edit);
    return done;
}

static bool insert(struct edit *edit, int *id, struct err *err)
{
    struct job_change changes[JOB_COLUMNS];
    int count = list_changes(edit, changes);
    if (!connect(edit, err))
        return false;
    return job_insert(&edit->visit.db, changes, count, id, err) || wrap_refusal(err);
}

bool jobs_add(struct desk *desk, const struct jobs_request *request, struct buf *out,
              struct err *err)
{
    struct edit edit = {.desk = desk, .request = request};
    bool done = begin(&edit, err);
    if (done) {
        edit.client = &edit.picture.survey.clients[0];
        overlay(&edit);
        done = jobs_explain_client(edit.client, err) && judge(&edit, err) &&
               insert(&edit, &edit.id, err) && show_again(&edit, _("added:"), out, err);
    }
    end(&edit);
    return done;
}

bool jobs_remove(struct desk *desk, const struct jobs_request *request, struct buf *out,
                 struct err *err)
{
    struct edit edit = {.desk = desk, .request = request};
    struct situation_work work;
    enum edit_end how = EDIT_DONE;
    bool done = begin(&edit, err);
    if (done && !request->force &&
        situation_find_work(&edit.picture.situation, edit.client->client.id, edit.job->row, &work))
        done = err_set(err, ERR_AWAY,
                       "jobs: job %d is at work now; wait, or remove it all the same with --force",
                       edit.id);
    done = done && connect(&edit, err);
    if (done && !job_delete(&edit.visit.db, &edit.job->row->job, &how, err))
        done = wrap_refusal(err);
    done = done && judge_end(&edit, how, err);
    if (done)
        show_card(&edit, _("removed:"), out);
    end(&edit);
    return done;
}
