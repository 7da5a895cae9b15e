#include "store/claim_hold.h"

#include "store/history.h"

static const struct db_statement take_lock = {
    .params = 2,
    .sql = "SELECT pg_catalog.pg_try_advisory_lock($1::integer, $2::integer)",
};

static const struct db_statement check_lock = {
    .params = 2,
    .sql = "SELECT count(*) > 0 FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted"
           " AND pid = pg_catalog.pg_backend_pid() AND classid = $1::oid AND objid = $2::oid",
};

static const struct db_statement release_lock = {
    .params = 2,
    .sql = "SELECT pg_catalog.pg_advisory_unlock($1::integer, $2::integer)",
};

static const struct db_statement begin = {.sql = "BEGIN ISOLATION LEVEL READ COMMITTED"};

/* What the job changed in memory only; not if somebody wrote something else meanwhile. */
static const struct db_statement write_data = {
    .params = 3,
    .sql = "UPDATE public.background_jobs SET data = $2"
           " WHERE id = $1::integer AND data IS NOT DISTINCT FROM $3",
};

static const struct db_statement commit = {.sql = "COMMIT"};

static const struct db_statement rollback = {.sql = "ROLLBACK"};

bool claim_hold(struct claim *claim, int job_id, struct err *err)
{
    struct claim_key key = claim_key(job_id);
    const char *lock_params[] = {key.class, key.id};
    const char *read_params[] = {key.id};
    struct claim_plan plan = {0};
    int lock_step = claim_plan_add(&plan, &take_lock, lock_params);
    claim_plan_add(&plan, &claim_read_row, read_params);
    struct db_reply reply;
    job_release(&claim->job);
    bool done = db_run(claim->db, plan.steps, plan.count, &reply, err) &&
                claim_read(claim, &reply, lock_step, err);
    db_reply_release(&reply);
    return done;
}

bool claim_still_held(struct claim *claim, int job_id, bool *held, struct err *err)
{
    struct claim_key key = claim_key(job_id);
    const char *params[] = {key.class, key.id};
    struct db_step step = {.statement = &check_lock, .params = params};
    struct db_reply reply;
    bool done = db_run(claim->db, &step, 1, &reply, err);
    *held = db_true(&reply, 0, 0, 0);
    db_reply_release(&reply);
    return done;
}

/* What the history row says of the job.  Its data is as it is after the run; where the job saved
 * its own row meanwhile, the statement takes it from there. */
static void fill_history(struct history_params *history, const struct claim *claim,
                         const struct record *record, const char *run_at)
{
    struct history_row row = {
        .package = claim->job.package,
        .data = record->changes_data ? record->data : claim->job.data,
        .description = claim->job.description,
        .outcome = record->settlement.outcome,
    };
    history_fill(history, &row, run_at);
}

static bool run_record(struct claim *claim, const struct record *record, struct settled *settled,
                       struct err *err)
{
    struct claim_times times;
    struct history_params history;
    claim_times_fill(&times, claim, &record->settlement);
    fill_history(&history, claim, record, times.last);
    const char *data_params[] = {times.id, record->data, claim->job.data};
    const char *history_params[HISTORY_ONCE_PARAMS];
    history_once_params(&history, record->changes_data ? NULL : times.id, history_params);

    struct claim_plan plan = {0};
    claim_plan_add(&plan, &begin, NULL);
    claim_plan_add_brief(&plan, claim);
    if (!record->row_only)
        claim_plan_add(&plan, history_once_statement(claim->describes), history_params);
    int update_step = record->history_only ? DB_STEPS_MAX
                                           : claim_plan_add(&plan, &claim_update_row, times.params);
    if (record->changes_data && !record->history_only)
        claim_plan_add(&plan, &write_data, data_params);
    claim_plan_add(&plan, &commit, NULL);

    struct db_reply reply;
    bool done = db_run(claim->db, plan.steps, plan.count, &reply, err) &&
                claim_read_settled(&reply, update_step, settled, err);
    db_reply_release(&reply);
    return done;
}

bool claim_record(struct claim *claim, const struct record *record, struct settled *settled,
                  struct err *err)
{
    struct err ignored = {0};
    *settled = (struct settled){0};
    if (run_record(claim, record, settled, err))
        return true;
    if (!db_lost(claim->db) && !db_exec(claim->db, &rollback, NULL, &ignored))
        return false;
    return false;
}

void claim_let_go(struct claim *claim, int job_id)
{
    struct claim_key key = claim_key(job_id);
    const char *params[] = {key.class, key.id};
    struct err ignored = {0};
    if (!db_lost(claim->db) && !db_exec(claim->db, &release_lock, params, &ignored))
        return;
}
