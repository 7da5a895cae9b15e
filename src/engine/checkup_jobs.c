/* The jobs of all clients: which are overdue, fail, or are of a package nobody knows. */

#include "base/i18n.h"
#include "engine/checkup_parts.h"
#include "engine/notify.h"

enum { NAMED_MAX = 5 };

/* False: it is only counted. */
static bool name_client(struct checkup_named *named, const struct survey_client *client)
{
    if (named->count++ >= NAMED_MAX)
        return false;
    buf_addf(&named->text, "%s%s/", named->text.len ? ", " : "",
             client->client.fields[CLIENT_NAME]);
    return true;
}

void checkup_name_job(struct checkup_named *named, const struct survey_client *client,
                      const struct job *job)
{
    if (name_client(named, client))
        buf_addf(&named->text, "%s%s%d", job->package ? job->package : "", job->package ? " " : "",
                 job->id);
}

const char *checkup_named_text(struct checkup_named *named)
{
    if (named->count > NAMED_MAX)
        buf_addf(&named->text, _(" and %zu more"), named->count - NAMED_MAX);
    return buf_text(&named->text);
}

/* May it be the job of the incident?  One that has been switched off, or rests, fails no more; of
 * those that are run once it was one that has been run. */
static bool is_about(const struct notify_job *incident, const struct survey_job *job)
{
    return job->row->job.active && !overview_is_resting(job) &&
           notify_is_about(incident, &job->row->job) && (incident->id || job->due == DUE_DONE);
}

/* Of several that are run once the last one stands for all. */
static bool is_told_of(const struct notify_job *incident, const struct survey_client *client,
                       size_t index)
{
    if (incident->client_id != client->client.id || !is_about(incident, &client->jobs[index]))
        return false;
    for (size_t i = index + 1; i < client->count; i++)
        if (is_about(incident, &client->jobs[i]))
            return false;
    return true;
}

/* Told once, however many kinds of error it had. */
static bool is_failing(const struct overview *o, const struct survey_client *client, size_t index)
{
    const struct incidents *incidents = &o->situation.incidents;
    struct notify_job incident;
    for (size_t i = 0; i < incidents->count; i++)
        if (notify_parse_key(incidents->items[i].key, &incident) &&
            is_told_of(&incident, client, index))
            return true;
    return false;
}

static bool is_unknown(const struct survey_job *job)
{
    return job->row->job.active && job->kind == BOARD_NATIVE && !job->native;
}

static void add_overdue(struct checkup *checkup, size_t active, struct checkup_named *overdue)
{
    if (!overdue->count) {
        checkup_add(checkup, "jobs", CHECKUP_WELL, "jobs: %zu active, %zu overdue", active,
                    overdue->count);
        return;
    }
    checkup_add(checkup, "jobs", CHECKUP_WARNING, "jobs: %zu active, %zu overdue (%s)", active,
                overdue->count, checkup_named_text(overdue));
    checkup_advise(checkup, _("task-server why JOB says what keeps one from running"));
}

void checkup_jobs(struct checkup *checkup)
{
    const struct overview *o = &checkup->overview;
    struct checkup_named overdue = {0}, failing = {0}, resting = {0}, unknown = {0};
    size_t active = 0;
    for (size_t c = 0; c < o->survey.count; c++)
        for (size_t i = 0; i < o->survey.clients[c].count; i++) {
            const struct survey_client *client = &o->survey.clients[c];
            const struct survey_job *job = &client->jobs[i];
            active += job->row->job.active;
            if (overview_is_overdue(o, client, job))
                checkup_name_job(&overdue, client, &job->row->job);
            if (is_failing(o, client, i))
                checkup_name_job(&failing, client, &job->row->job);
            if (overview_is_resting(job))
                checkup_name_job(&resting, client, &job->row->job);
            if (is_unknown(job))
                checkup_name_job(&unknown, client, &job->row->job);
        }
    add_overdue(checkup, active, &overdue);
    if (failing.count) {
        checkup_add(checkup, "jobs", CHECKUP_WARNING, "jobs that fail: %zu (%s)", failing.count,
                    checkup_named_text(&failing));
        checkup_advise(checkup, _("task-server history --status failure says why"));
    }
    if (resting.count) {
        checkup_add(checkup, "jobs", CHECKUP_WARNING, "active jobs that rest: %zu (%s)",
                    resting.count, checkup_named_text(&resting));
        checkup_advise(checkup, _("task-server why JOB says what is wrong with it"));
    }
    if (unknown.count) {
        checkup_add(checkup, "jobs", CHECKUP_WARNING,
                    "active jobs with a package nobody knows: %zu (%s)", unknown.count,
                    checkup_named_text(&unknown));
        checkup_advise(checkup, _("task-server why JOB says what was looked for"));
    }
    buf_release(&overdue.text);
    buf_release(&failing.text);
    buf_release(&resting.text);
    buf_release(&unknown.text);
}
