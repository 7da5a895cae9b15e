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

void jobs_forget(struct jobs_picture *picture)
{
    situation_release(&picture->situation);
    survey_release(&picture->survey);
}
