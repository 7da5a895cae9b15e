#include "store/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/walltime.h"
#include "io/session.h"
#include "store/history.h"
#include "store/jobs.h"

static const struct db_statement begin = {
    .name = "claim_begin",
    .sql = "BEGIN ISOLATION LEVEL READ COMMITTED",
};

static const struct db_statement take_lock = {
    .name = "claim_lock",
    .params = 2,
    .sql = "SELECT pg_catalog.pg_try_advisory_xact_lock($1::integer, $2::integer)",
};

static const struct db_statement read_row = {
    .name = "claim_read",
    .params = 1,
    .sql = "SELECT b.* FROM (SELECT NULL::text AS node_id, NULL::text AS description) AS absent"
           " CROSS JOIN LATERAL"
           " (SELECT id, type, package_name, cron_spec, node_id, active IS TRUE,"
           "   next_run_at::text, last_run_at IS NOT NULL, description, data"
           "   FROM public.background_jobs WHERE id = $1::integer) AS b",
};

static const struct db_statement savepoint = {
    .name = "claim_savepoint",
    .sql = "SAVEPOINT work",
};

static const struct db_statement keep_work = {
    .name = "claim_keep",
    .sql = "RELEASE SAVEPOINT work",
};

static const struct db_statement undo_work = {
    .name = "claim_undo",
    .sql = "ROLLBACK TO SAVEPOINT work",
};

/* last_run_at never goes backwards; next_run_at changes only if it still is what was claimed. */
static const struct db_statement update_row = {
    .name = "claim_update",
    .params = 5,
    .sql = "UPDATE public.background_jobs SET"
           " last_run_at = CASE WHEN $2::timestamp IS NULL OR last_run_at > $2::timestamp"
           "   THEN last_run_at ELSE $2::timestamp END,"
           " next_run_at = CASE WHEN next_run_at IS NOT DISTINCT FROM $3::timestamp"
           "   THEN $4::timestamp ELSE next_run_at END"
           " WHERE id = $1::integer AND package_name IS NOT DISTINCT FROM $5"
           " RETURNING next_run_at IS NOT DISTINCT FROM $4::timestamp, cron_spec",
};

static const struct db_statement correct_row = {
    .params = 4,
    .sql = "UPDATE public.background_jobs SET next_run_at = $2::timestamp"
           " WHERE id = $1::integer AND next_run_at = $3::timestamp"
           " AND cron_spec IS NOT DISTINCT FROM $4",
};

#define HOLDS_CLAIM                                                                                \
    " l.locktype = 'advisory' AND l.granted AND l.classid = $1::oid AND l.objid = $2::oid"         \
    " AND l.database = (SELECT oid FROM pg_catalog.pg_database"                                    \
    "   WHERE datname = pg_catalog.current_database())"

static const struct db_statement evict = {
    .params = 3,
    .sql = "SELECT pg_catalog.pg_terminate_backend(l.pid) FROM pg_catalog.pg_locks l"
           " WHERE l.pid = $3::integer AND" HOLDS_CLAIM,
};

static const struct db_statement holder_of = {
    .params = 2,
    .sql =
        "SELECT 'database process ' || l.pid || coalesce(' of ' || nullif(a.application_name, ''),"
        "   '') || coalesce(' from ' || pg_catalog.host(a.client_addr), '')"
        " || coalesce(', since ' || pg_catalog.to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS'), '')"
        " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
        " WHERE" HOLDS_CLAIM,
};

static const struct db_statement commit = {
    .name = "claim_commit",
    .sql = "COMMIT",
};

static const struct db_statement rollback = {
    .name = "claim_rollback",
    .sql = "ROLLBACK",
};

/* A pipeline that is being put together. */
struct plan {
    struct db_step steps[DB_STEPS_MAX];
    int count;
};

static int plan_add(struct plan *plan, const struct db_statement *statement,
                    const char *const *params)
{
    plan->steps[plan->count] = (struct db_step){.statement = statement, .params = params};
    return plan->count++;
}

/* Both keys of a job's advisory lock as text. */
struct lock_key {
    char class[16];
    char id[16];
};

static struct lock_key lock_key(int job_id)
{
    struct lock_key key;
    snprintf(key.class, sizeof key.class, "%d", CLAIM_CLASS);
    snprintf(key.id, sizeof key.id, "%d", job_id);
    return key;
}

static bool read_claimed(struct claim *claim, const struct db_reply *reply, int lock_step,
                         struct err *err)
{
    if (!db_true(reply, lock_step, 0, 0)) {
        claim->state = CLAIM_LOST;
        return true;
    }
    if (db_rows(reply, lock_step + 1) == 0) {
        claim->state = CLAIM_GONE;
        return true;
    }
    claim->state = CLAIM_TAKEN;
    if (!job_read(&claim->job, reply, lock_step + 1, 0, claim->zone, err))
        return false;
    const char *description = db_value(reply, lock_step + 1, 0, 8);
    const char *data = db_value(reply, lock_step + 1, 0, 9);
    claim->job.description = description ? strdup(description) : NULL;
    claim->job.data = data ? strdup(data) : NULL;
    if ((description && !claim->job.description) || (data && !claim->job.data))
        return err_set_nomem(err);
    return true;
}

bool claim_begin(struct claim *claim, int job_id, struct err *err)
{
    struct lock_key key = lock_key(job_id);
    const char *lock_params[] = {key.class, key.id};
    const char *read_params[] = {key.id};

    struct plan plan = {0};
    plan_add(&plan, &begin, NULL);
    if (claim->db->pooled)
        plan.steps[plan.count++] = session_step(claim->db);
    int lock_step = plan_add(&plan, &take_lock, lock_params);
    plan_add(&plan, &read_row, read_params);
    plan_add(&plan, &savepoint, NULL);

    struct db_reply reply;
    job_release(&claim->job);
    bool done = db_run(claim->db, plan.steps, plan.count, &reply, err) &&
                read_claimed(claim, &reply, lock_step, err);
    db_reply_release(&reply);
    return done;
}

/* The new times as parameters of update_row. */
struct times {
    char id[16];
    char last[WALLTIME_MAX];
    char next[WALLTIME_MAX];
    const char *params[5];
};

static void times_fill(struct times *times, const struct claim *claim,
                       const struct settlement *settlement)
{
    const char *claimed = claim->job.next_text;
    snprintf(times->id, sizeof times->id, "%d", claim->job.id);
    walltime_format_run(claim->zone, settlement->run_at_us, times->last);
    walltime_format(claim->zone, settlement->next_us, times->next);
    times->params[0] = times->id;
    times->params[1] = settlement->writes_last ? times->last : NULL;
    times->params[2] = claimed;
    times->params[3] = settlement->clears_next  ? NULL
                       : settlement->keeps_next ? claimed
                                                : times->next;
    times->params[4] = claim->job.package;
}

static bool read_settled(const struct db_reply *reply, int step, struct settled *settled,
                         struct err *err)
{
    const char *spec = db_value(reply, step, 0, 1);
    settled->row_found = db_rows(reply, step) > 0;
    settled->next_stands = db_true(reply, step, 0, 0);
    settled->spec = spec ? strdup(spec) : NULL;
    return !spec || settled->spec || err_set_nomem(err);
}

bool claim_settle(struct claim *claim, const struct settlement *settlement, struct settled *settled,
                  struct err *err)
{
    struct times times;
    struct history_row row = {
        .package = claim->job.package,
        .data = claim->job.data,
        .description = claim->job.description,
        .outcome = settlement->outcome,
    };
    struct history_params history;
    times_fill(&times, claim, settlement);
    history_fill(&history, &row, times.last);

    struct plan plan = {0};
    for (int i = 0; i < settlement->work_count; i++)
        plan.steps[plan.count++] = settlement->work[i];
    plan_add(&plan, settlement->outcome->failed ? &undo_work : &keep_work, NULL);
    plan_add(&plan, history_statement(claim->describes), history.params);
    int update_step = plan_add(&plan, &update_row, times.params);
    plan_add(&plan, &commit, NULL);

    struct db_reply reply;
    *settled = (struct settled){0};
    bool done = db_run(claim->db, plan.steps, plan.count, &reply, err) &&
                read_settled(&reply, update_step, settled, err);
    db_reply_release(&reply);
    return done;
}

bool claim_correct_next(struct claim *claim, const struct settled *settled, int64_t wrote_us,
                        int64_t next_us, struct err *err)
{
    char id[16];
    char wrote[WALLTIME_MAX];
    char next[WALLTIME_MAX];
    snprintf(id, sizeof id, "%d", claim->job.id);
    walltime_format(claim->zone, wrote_us, wrote);
    walltime_format(claim->zone, next_us, next);
    const char *params[] = {id, next, wrote, settled->spec};
    return db_exec(claim->db, &correct_row, params, err);
}

void claim_give_up(struct claim *claim)
{
    struct err ignored = {0};
    if (!db_lost(claim->db) && !db_exec(claim->db, &rollback, NULL, &ignored))
        return;
}

bool claim_evict(struct claim *claim, int job_id, int backend_pid, struct err *err)
{
    struct lock_key key = lock_key(job_id);
    char pid[16];
    snprintf(pid, sizeof pid, "%d", backend_pid);
    const char *params[] = {key.class, key.id, pid};
    return db_exec(claim->db, &evict, params, err);
}

bool claim_holder(struct db *db, int job_id, struct buf *holder, struct err *err)
{
    struct lock_key key = lock_key(job_id);
    const char *params[] = {key.class, key.id};
    struct db_step step = {.statement = &holder_of, .params = params};
    struct db_reply reply;
    bool done = db_run(db, &step, 1, &reply, err);
    const char *text = db_value(&reply, 0, 0, 0);
    buf_add_text(holder, text ? text : "nobody any more");
    db_reply_release(&reply);
    return done;
}

void settled_release(struct settled *settled)
{
    free(settled->spec);
    *settled = (struct settled){0};
}

void claim_release(struct claim *claim)
{
    if (!claim)
        return;
    job_release(&claim->job);
    *claim = (struct claim){0};
}
