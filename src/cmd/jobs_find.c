/* jobs_find.c: which job is meant: see cmd/jobs.h. */
#include <string.h>

#include "base/i18n.h"
#include "cmd/jobs.h"

enum { CANDIDATES_MAX = 5 }; /* of several jobs; more would not be read */

bool jobs_explain_client(const struct survey_client *client, struct err *err)
{
    const char *name = client->client.fields[CLIENT_NAME];
    if (client->client.disabled)
        return err_set(err, ERR_USAGE,
                       "client '%s' is not enabled: it has no user for the task server", name);
    return !client->trouble ||
           err_set(err, client->trouble_kind, "client '%s': %s", name, client->trouble);
}

bool jobs_is_named(const struct jobs_request *request, const struct job *job)
{
    if (request->job_id)
        return job->id == request->job_id;
    return job->package && strcmp(job->package, request->job) == 0;
}

/* "job 3 of client 'acme', job 5 of client 'beta', …" */
static void add_candidate(size_t index, const struct survey_client *client,
                          const struct survey_job *job, struct buf *out)
{
    buf_add_text(out, index ? ", " : "");
    if (index < CANDIDATES_MAX)
        buf_addf(out, _("job %d of client '%s'"), job->row->job.id,
                 client->client.fields[CLIENT_NAME]);
    else if (index == CANDIDATES_MAX)
        buf_add_text(out, "…");
}

/* The last of a client's jobs that are meant. */
static const struct survey_job *search(const struct survey_client *client,
                                       const struct jobs_request *request, size_t *count,
                                       struct buf *candidates)
{
    const struct survey_job *found = NULL;
    for (size_t i = 0; i < client->count; i++) {
        if (!jobs_is_named(request, &client->jobs[i].row->job))
            continue;
        found = &client->jobs[i];
        if (*count <= CANDIDATES_MAX)
            add_candidate(*count, client, found, candidates);
        ++*count;
    }
    return found;
}

static bool judge_count(const struct jobs_request *request, size_t count,
                        const struct buf *candidates, struct err *err)
{
    if (count > 1)
        return err_set(err, ERR_USAGE, "jobs: '%.100s' can mean %s: say which by id and --client",
                       request->job, buf_text(candidates));
    return count || err_set(err, ERR_USAGE, "jobs: there is no job '%.100s' in %s", request->job,
                            request->client ? _("that client") : _("any enabled client"));
}

bool jobs_find(const struct survey *survey, const struct jobs_request *request,
               const struct survey_client **client, const struct survey_job **job, struct err *err)
{
    struct buf candidates = {0};
    size_t count = 0;
    bool reached = true;
    for (size_t i = 0; reached && i < survey->count; i++) {
        reached = jobs_explain_client(&survey->clients[i], err);
        const struct survey_job *found = search(&survey->clients[i], request, &count, &candidates);
        if (found) {
            *client = &survey->clients[i];
            *job = found;
        }
    }
    if (!reached && !request->client)
        err_wrap(err, "jobs: cannot look for '%.100s' in every client; name one with --client",
                 request->job);
    bool done = reached && judge_count(request, count, &candidates, err);
    buf_release(&candidates);
    return done;
}
