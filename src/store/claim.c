#include "store/claim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "store/jobs.h"

const struct db_statement claim_read_row = {
    .name = "claim_read",
    .params = 1,
    .sql = "SELECT b.* FROM (SELECT NULL::text AS node_id, NULL::text AS description) AS absent"
           " CROSS JOIN LATERAL"
           " (SELECT id, type, package_name, cron_spec, node_id, active IS TRUE,"
           "   next_run_at::text, last_run_at IS NOT NULL, description, data"
           "   FROM public.background_jobs WHERE id = $1::integer) AS b",
};

/* last_run_at never goes backwards; next_run_at changes only if it still is what was claimed. */
const struct db_statement claim_update_row = {
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

static const struct db_statement be_brief = {
    .name = "claim_be_brief",
    .params = 1,
    .sql = "SELECT pg_catalog.set_config('lock_timeout', $1, true)",
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
    .sql = "SELECT l.pid, nullif(a.application_name, ''), pg_catalog.host(a.client_addr),"
           " pg_catalog.to_char(a.xact_start, 'YYYY-MM-DD HH24:MI:SS')"
           " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
           " WHERE" HOLDS_CLAIM,
};

struct claim_key claim_key(int job_id)
{
    struct claim_key key;
    snprintf(key.class, sizeof key.class, "%d", CLAIM_CLASS);
    snprintf(key.id, sizeof key.id, "%d", job_id);
    return key;
}

int claim_plan_add(struct claim_plan *plan, const struct db_statement *statement,
                   const char *const *params)
{
    plan->steps[plan->count] = (struct db_step){.statement = statement, .params = params};
    return plan->count++;
}

void claim_plan_add_brief(struct claim_plan *plan, const struct claim *claim)
{
    static const char *const patient[] = {"10s"};
    static const char *const hasty[] = {"1s"};
    claim_plan_add(plan, &be_brief, claim->db->refused_lock ? hasty : patient);
}

bool claim_read(struct claim *claim, const struct db_reply *reply, int lock_step, struct err *err)
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

void claim_times_fill(struct claim_times *times, const struct claim *claim,
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

bool claim_read_settled(const struct db_reply *reply, int step, struct settled *settled,
                        struct err *err)
{
    const char *spec = db_value(reply, step, 0, 1);
    settled->row_found = db_rows(reply, step) > 0;
    settled->next_stands = db_true(reply, step, 0, 0);
    settled->spec = spec ? strdup(spec) : NULL;
    return !spec || settled->spec || err_set_nomem(err);
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
    struct claim_plan plan = {0};
    claim_plan_add_brief(&plan, claim);
    claim_plan_add(&plan, &correct_row, params);
    struct db_reply reply;
    bool done = db_run(claim->db, plan.steps, plan.count, &reply, err);
    db_reply_release(&reply);
    return done;
}

bool claim_evict(struct claim *claim, int job_id, int backend_pid, struct err *err)
{
    struct claim_key key = claim_key(job_id);
    char pid[16];
    snprintf(pid, sizeof pid, "%d", backend_pid);
    const char *params[] = {key.class, key.id, pid};
    return db_exec(claim->db, &evict, params, err);
}

static void add_holder(const struct db_reply *reply, struct buf *holder)
{
    const char *pid = db_value(reply, 0, 0, 0);
    const char *application = db_value(reply, 0, 0, 1);
    const char *address = db_value(reply, 0, 0, 2);
    const char *since = db_value(reply, 0, 0, 3);
    if (!pid) {
        buf_add_text(holder, _("nobody any more"));
        return;
    }
    buf_addf(holder, _("database process %s"), pid);
    if (application)
        buf_addf(holder, _(" of %s"), application);
    if (address)
        buf_addf(holder, _(" from %s"), address);
    if (since)
        buf_addf(holder, _(", since %s"), since);
}

bool claim_holder(struct db *db, int job_id, struct buf *holder, struct err *err)
{
    struct claim_key key = claim_key(job_id);
    const char *params[] = {key.class, key.id};
    struct db_step step = {.statement = &holder_of, .params = params};
    struct db_reply reply;
    bool done = db_run(db, &step, 1, &reply, err);
    add_holder(&reply, holder);
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
