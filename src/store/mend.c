#include "store/mend.h"

#include <stdio.h>

#define AS_IT_WAS                                                                                  \
    " WHERE id = $1::integer AND active"                                                           \
    " AND package_name IS NOT DISTINCT FROM $2 AND cron_spec IS NOT DISTINCT FROM $3"              \
    " AND next_run_at IS NOT DISTINCT FROM $4::timestamp RETURNING id"

enum { KEY_PARAMS = 4, ID_MAX = 16 };

static const struct db_statement deactivate = {
    .params = KEY_PARAMS,
    .sql = "UPDATE public.background_jobs SET active = false" AS_IT_WAS,
};

static const struct db_statement resume = {
    .params = KEY_PARAMS + 1,
    .sql = "UPDATE public.background_jobs SET next_run_at = $5::timestamp" AS_IT_WAS,
};

static bool change(struct db *db, const struct db_statement *statement, const struct job *job,
                   const char *next, bool *done, struct err *err)
{
    char id[ID_MAX];
    const char *params[] = {id, job->package, job->spec, job->next_text, next};
    struct db_step step = {.statement = statement, .params = params};
    struct db_reply reply;
    snprintf(id, sizeof id, "%d", job->id);
    bool answered = db_run(db, &step, 1, &reply, err);
    *done = answered && db_rows(&reply, 0) == 1;
    db_reply_release(&reply);
    return answered;
}

bool mend_deactivate(struct db *db, const struct job *job, bool *done, struct err *err)
{
    return change(db, &deactivate, job, NULL, done, err);
}

bool mend_resume(struct db *db, const struct job *job, const char *next, bool *done,
                 struct err *err)
{
    return change(db, &resume, job, next, done, err);
}
