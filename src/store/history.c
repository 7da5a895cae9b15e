#include "store/history.h"

static const struct db_statement insert = {
    .name = "history_insert",
    .params = HISTORY_PARAMS,
    .sql = "INSERT INTO public.background_job_histories"
           " (package_name, run_at, status, result, error, data, description)"
           " VALUES ($1, $2::timestamp, $3, $4, $5, $6, $7)",
};

/* Before release 3.9.1.  The description still is a parameter, so that both take the same list. */
static const struct db_statement insert_old = {
    .name = "history_insert_old",
    .params = HISTORY_PARAMS,
    .sql = "INSERT INTO public.background_job_histories"
           " (package_name, run_at, status, result, error, data)"
           " SELECT $1, $2::timestamp, $3, $4, $5, $6 WHERE $7::text IS NULL OR true",
};

static const struct db_statement find = {
    .params = 2,
    .sql = "SELECT count(*) > 0 FROM public.background_job_histories"
           " WHERE package_name IS NOT DISTINCT FROM $1 AND run_at = $2::timestamp",
};

void history_fill(struct history_params *params, const struct history_row *row, const char *run_at)
{
    const char *text = outcome_text(row->outcome);
    bool failed = row->outcome->failed;
    *params = (struct history_params){
        .params = {row->package, run_at, outcome_status(row->outcome), failed ? NULL : text,
                   failed ? text : NULL, row->data, row->description},
    };
}

const struct db_statement *history_statement(bool describes)
{
    return describes ? &insert : &insert_old;
}

bool history_has(struct db *db, const char *package, const char *run_at, bool *found,
                 struct err *err)
{
    const char *params[] = {package, run_at};
    struct db_step step = {.statement = &find, .params = params};
    struct db_reply reply;
    bool done = db_run(db, &step, 1, &reply, err);
    *found = db_true(&reply, 0, 0, 0);
    db_reply_release(&reply);
    return done;
}
