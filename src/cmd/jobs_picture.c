/* jobs_picture.c: what is known when `jobs` is asked: see cmd/jobs.h. */
#include "cmd/jobs.h"

bool jobs_look(struct jobs_picture *picture, const struct desk *desk, const char *client,
               struct err *err)
{
    struct survey_wish wish = {.client = client};
    *picture = (struct jobs_picture){.desk = desk};
    return situation_look(&picture->situation, &desk->site, err) &&
           survey_collect(&picture->survey, &desk->site, &wish, err);
}

bool jobs_is_at_work(const struct jobs_picture *picture, const struct survey_client *client,
                     const struct survey_job *job, struct situation_work *work)
{
    const struct job_claim *claim = &job->row->claim;
    if (situation_find_work(&picture->situation, client->client.id, job->row->job.id, work))
        return true;
    *work = (struct situation_work){.since_us = claim->has_since ? claim->since_us : 0};
    return claim->pid != 0;
}

void jobs_forget(struct jobs_picture *picture)
{
    situation_release(&picture->situation);
    survey_release(&picture->survey);
}
