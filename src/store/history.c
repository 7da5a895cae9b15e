#include "store/history.h"

#include <string.h>

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

#define ONCE_VALUES                                                                                \
    " SELECT $1, $2::timestamp, $3, $4, $5,"                                                       \
    " CASE WHEN b.id IS NULL THEN $6 ELSE b.data END"
#define ONCE_FROM                                                                                  \
    " FROM (SELECT 1) AS one LEFT JOIN public.background_jobs AS b"                                \
    "   ON b.id = $8::integer AND b.package_name IS NOT DISTINCT FROM $1"                          \
    " WHERE NOT EXISTS (SELECT FROM public.background_job_histories"                               \
    "   WHERE package_name IS NOT DISTINCT FROM $1 AND run_at = $2::timestamp)"

static const struct db_statement insert_once = {
    .params = HISTORY_ONCE_PARAMS,
    .sql = "INSERT INTO public.background_job_histories"
           " (package_name, run_at, status, result, error, data, description)" ONCE_VALUES
           ", $7" ONCE_FROM,
};

static const struct db_statement insert_once_old = {
    .params = HISTORY_ONCE_PARAMS,
    .sql = "INSERT INTO public.background_job_histories"
           " (package_name, run_at, status, result, error, data)" ONCE_VALUES ONCE_FROM
           " AND ($7::text IS NULL OR true)",
};

static const struct db_statement ask_described = {
    .sql = "SELECT count(*) > 0 FROM pg_catalog.pg_attribute"
           " WHERE attrelid = 'public.background_job_histories'::pg_catalog.regclass"
           " AND attname = 'description' AND NOT attisdropped",
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

const struct db_statement *history_once_statement(bool describes)
{
    return describes ? &insert_once : &insert_once_old;
}

void history_once_params(const struct history_params *history, const char *job_id,
                         const char *params[HISTORY_ONCE_PARAMS])
{
    memcpy(params, history->params, sizeof history->params);
    params[HISTORY_PARAMS] = job_id;
}

bool history_describes(struct db *db, bool *describes, struct err *err)
{
    struct db_step step = {.statement = &ask_described};
    struct db_reply reply;
    bool done = db_run(db, &step, 1, &reply, err);
    *describes = db_true(&reply, 0, 0, 0);
    db_reply_release(&reply);
    return done;
}

static const struct db_statement ask_interrupted = {
    .params = 2,
    .sql = "SELECT coalesce(left(error, pg_catalog.length($2)) = $2, false)"
           " FROM public.background_job_histories WHERE package_name = $1"
           " ORDER BY run_at DESC, id DESC LIMIT 1",
};

bool history_last_interrupted(struct db *db, const char *package, bool *interrupted,
                              struct err *err)
{
    const char *params[] = {package, HISTORY_INTERRUPTED};
    struct db_step step = {.statement = &ask_interrupted, .params = params};
    struct db_reply reply;
    bool done = db_run(db, &step, 1, &reply, err);
    *interrupted = db_true(&reply, 0, 0, 0);
    db_reply_release(&reply);
    return done;
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
