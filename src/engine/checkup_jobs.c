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

static bool is_unknown(const struct overview *o, const struct survey_client *client, size_t index)
{
    const struct survey_job *job = &client->jobs[index];
    (void)o;
    return job->row->job.active && job->kind == BOARD_NATIVE && !job->native;
}

static bool is_resting(const struct overview *o, const struct survey_client *client, size_t index)
{
    (void)o;
    return overview_is_resting(&client->jobs[index]);
}

static bool is_postponed(const struct overview *o, const struct survey_client *client, size_t index)
{
    (void)o;
    return client->jobs[index].due == DUE_LATER && client->jobs[index].postponed;
}

static bool is_overdue(const struct overview *o, const struct survey_client *client, size_t index)
{
    return overview_is_overdue(o, client, &client->jobs[index]);
}

static bool is_abandoned(const struct overview *o, const struct survey_client *client, size_t index)
{
    return overview_is_abandoned(o, client, &client->jobs[index]);
}

/* Is it so with the client's job at that index? */
struct question {
    bool (*asked)(const struct overview *o, const struct survey_client *client, size_t index);
    const char *title;
    const char *advice;
};

static void name_jobs(const struct overview *o, const struct question *q,
                      struct checkup_named *named)
{
    for (size_t c = 0; c < o->survey.count; c++)
        for (size_t i = 0; i < o->survey.clients[c].count; i++)
            if (q->asked(o, &o->survey.clients[c], i))
                checkup_name_job(named, &o->survey.clients[c],
                                 &o->survey.clients[c].jobs[i].row->job);
}

static void check_overdue(struct checkup *checkup)
{
    const struct overview *o = &checkup->overview;
    struct checkup_named overdue = {0};
    size_t active = 0;
    for (size_t c = 0; c < o->survey.count; c++)
        active += (size_t)overview_count(o, c).active;
    name_jobs(o, &(struct question){.asked = is_overdue}, &overdue);
    if (overdue.count) {
        checkup_add(checkup, "jobs", CHECKUP_WARNING, "jobs: %zu active, %zu overdue (%s)", active,
                    overdue.count, checkup_named_text(&overdue));
        checkup_advise(checkup, _("task-server why JOB says what keeps one from running"));
    } else {
        checkup_add(checkup, "jobs", CHECKUP_WELL, "jobs: %zu active, %zu overdue", active,
                    overdue.count);
    }
    buf_release(&overdue.text);
}

/* What may be wrong with jobs besides. */
static const struct question faults[] = {
    {is_abandoned, N_("overdue jobs of other nodes"),
     N_("look at task-server check there; where that node is gone, or has got another name, change "
        "their node_id")},
    {is_failing, N_("jobs that fail"), N_("task-server history --status failure says why")},
    {is_resting, N_("active jobs that rest"), N_("task-server why JOB says what is wrong with it")},
    {is_postponed, N_("active jobs whose next time lies far beyond their schedule"),
     N_("if nobody has meant that, it comes from a clock that was wrong: save the job again in "
        "kivitendo's page, or: task-server jobs set JOB spec=…")},
    {is_unknown, N_("active jobs with a package nobody knows"),
     N_("task-server why JOB says what was looked for")},
};

void checkup_jobs(struct checkup *checkup)
{
    check_overdue(checkup);
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        struct checkup_named named = {0};
        name_jobs(&checkup->overview, &faults[i], &named);
        if (named.count) {
            checkup_add(checkup, "jobs", CHECKUP_WARNING, "%s: %zu (%s)", i18n(faults[i].title),
                        named.count, checkup_named_text(&named));
            checkup_advise(checkup, "%s", i18n(faults[i].advice));
        }
        buf_release(&named.text);
    }
}
