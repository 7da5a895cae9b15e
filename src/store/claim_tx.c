#include "store/claim_tx.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/walltime.h"
#include "io/session.h"
#include "store/history.h"

static const struct db_statement begin = {
    .name = "claim_begin",
    .sql = "BEGIN ISOLATION LEVEL READ COMMITTED",
};

static const struct db_statement take_lock = {
    .name = "claim_lock",
    .params = 2,
    .sql = "SELECT pg_catalog.pg_try_advisory_xact_lock($1::integer, $2::integer)",
};

static const struct db_statement savepoint = {
    .name = "claim_savepoint",
    .sql = "SAVEPOINT work",
};

static const struct db_statement undo_work = {
    .name = "claim_undo",
    .sql = "ROLLBACK TO SAVEPOINT work",
};

static const struct db_statement commit = {
    .name = "claim_commit",
    .sql = "COMMIT",
};

static const struct db_statement rollback = {
    .name = "claim_rollback",
    .sql = "ROLLBACK",
};

bool claim_begin(struct claim *claim, int job_id, struct err *err)
{
    struct claim_key key = claim_key(job_id);
    const char *lock_params[] = {key.class, key.id};
    const char *read_params[] = {key.id};

    struct claim_plan plan = {0};
    claim_plan_add(&plan, &begin, NULL);
    if (claim->db->pooled)
        plan.steps[plan.count++] = session_step(claim->db);
    int lock_step = claim_plan_add(&plan, &take_lock, lock_params);
    claim_plan_add(&plan, &claim_read_row, read_params);
    claim_plan_add(&plan, &savepoint, NULL);

    struct db_reply reply;
    job_release(&claim->job);
    bool done = db_run(claim->db, plan.steps, plan.count, &reply, err) &&
                claim_read(claim, &reply, lock_step, err);
    db_reply_release(&reply);
    return done;
}

bool claim_settle(struct claim *claim, const struct settlement *settlement, struct settled *settled,
                  struct err *err)
{
    struct claim_times times;
    struct history_row row = {
        .package = claim->job.package,
        .data = claim->job.data,
        .description = claim->job.description,
        .outcome = settlement->outcome,
    };
    struct history_params history;
    claim_times_fill(&times, claim, settlement);
    history_fill(&history, &row, times.last);

    struct claim_plan plan = {0};
    for (int i = 0; i < settlement->work_count; i++)
        plan.steps[plan.count++] = settlement->work[i];
    /* A success leaves the savepoint to COMMIT: if the record is refused it is still there. */
    if (settlement->outcome->failed)
        claim_plan_add(&plan, &undo_work, NULL);
    claim_plan_add_brief(&plan, claim);
    claim_plan_add(&plan, history_statement(claim->describes), history.params);
    int update_step = claim_plan_add(&plan, &claim_update_row, times.params);
    int commit_step = claim_plan_add(&plan, &commit, NULL);

    struct db_reply reply;
    *settled = (struct settled){0};
    bool done = db_run(claim->db, plan.steps, plan.count, &reply, err) &&
                claim_read_settled(&reply, update_step, settled, err);
    settled->work_failed = reply.failed_step >= 0 && reply.failed_step < settlement->work_count;
    if (reply.failed_step == commit_step)
        claim->state = CLAIM_NONE;
    db_reply_release(&reply);
    return done;
}

void claim_give_up(struct claim *claim)
{
    struct err ignored = {0};
    if (!db_lost(claim->db) && !db_exec(claim->db, &rollback, NULL, &ignored))
        return;
}
