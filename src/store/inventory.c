#include "store/inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/walltime.h"
#include "store/claim.h"
#include "store/history.h"
#include "store/jobs.h"

enum { SESSION_STEP = 1, JOBS_STEP, CLAIMS_STEP, SERVER_STEP, STEPS };

/* Columns 0 to 9 as job_read and the claim have them; see SELECT_JOBS in store/jobs.c for `absent`.
 * The histories have no index for this: one scan of them serves all jobs. */
static const struct db_statement all_jobs = {
    .params = 1,
    .sql = "SELECT DISTINCT ON (b.id) b.*, h.id IS NOT NULL, " HISTORY_ENDED(
        "h.") ","
              " pg_catalog.left(h.result, $1::integer), pg_catalog.left(h.error, $1::integer)"
              " FROM (SELECT c.* FROM (SELECT NULL::text AS node_id, NULL::text AS description)"
              "   AS absent CROSS JOIN LATERAL"
              "   (SELECT id, type, package_name, cron_spec, node_id, active IS TRUE AS active,"
              "     next_run_at, last_run_at IS NOT NULL AS has_last, description, data, "
              "last_run_at"
              "     FROM public.background_jobs) AS c) AS b"
              " LEFT JOIN public.background_job_histories h"
              "   ON h.package_name IS NOT DISTINCT FROM b.package_name AND h.run_at = "
              "b.last_run_at"
              " ORDER BY b.id, h.id DESC",
};

static const struct db_statement all_claims = {
    .params = 1,
    .sql = "SELECT l.objid, l.pid, coalesce(a.application_name, ''),"
           " pg_catalog.host(a.client_addr),"
           " (extract(epoch FROM a.xact_start) * 1000000)::bigint"
           " FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid"
           " WHERE l.locktype = 'advisory' AND l.granted AND l.classid = $1::oid"
           " AND l.objsubid = 2 AND l.database = (SELECT oid FROM pg_catalog.pg_database"
           "   WHERE datname = pg_catalog.current_database())",
};

static const struct db_statement ask_server = {
    .sql = "SELECT pg_catalog.current_setting('server_version'),"
           " pg_catalog.current_setting('server_version_num'),"
           " pg_catalog.current_setting('TimeZone'),"
           " (extract(epoch FROM pg_catalog.clock_timestamp()) * 1000000)::bigint,"
           " pg_catalog.current_setting('max_connections'),"
           " (SELECT sum(numbackends) FROM pg_catalog.pg_stat_database)",
};

/* ---- reading ---- */

static bool copy(const char *value, char **text)
{
    *text = value ? strdup(value) : NULL;
    return !value || *text;
}

static bool read_end(const struct db_reply *reply, int row, struct job_end *end)
{
    end->found = db_true(reply, JOBS_STEP, row, 11);
    return copy(db_value(reply, JOBS_STEP, row, 12), &end->status) &&
           copy(db_value(reply, JOBS_STEP, row, 13), &end->result) &&
           copy(db_value(reply, JOBS_STEP, row, 14), &end->error);
}

static bool read_job(const struct db_reply *reply, int row, const struct zone *zone,
                     struct inventory_job *found, struct err *err)
{
    struct job *job = &found->job;
    if (!job_read(job, reply, JOBS_STEP, row, zone, err))
        return false;
    if (!copy(db_value(reply, JOBS_STEP, row, 8), &job->description) ||
        !copy(db_value(reply, JOBS_STEP, row, 9), &job->data) ||
        !copy(db_value(reply, JOBS_STEP, row, 10), &found->last_text) ||
        !read_end(reply, row, &found->end))
        return err_set_nomem(err);
    return !found->last_text || walltime_parse(zone, found->last_text, &found->last_us, err);
}

static bool read_jobs(const struct db_reply *reply, const struct zone *zone,
                      struct inventory *inventory, struct err *err)
{
    int count = db_rows(reply, JOBS_STEP);
    inventory->jobs = calloc((size_t)count + 1, sizeof *inventory->jobs);
    if (!inventory->jobs)
        return err_set_nomem(err);
    for (int i = 0; i < count; i++) {
        inventory->count++;
        if (!read_job(reply, i, zone, &inventory->jobs[i], err))
            return err_wrap(err, "job %d", inventory->jobs[i].job.id);
    }
    return true;
}

static bool read_claim(const struct db_reply *reply, int row, struct job_claim *claim)
{
    const char *since = db_value(reply, CLAIMS_STEP, row, 4);
    const char *pid = db_value(reply, CLAIMS_STEP, row, 1);
    if (!pid || claim->pid) /* a prepared transaction has no process */
        return true;
    claim->pid = atoi(pid);
    claim->has_since = since != NULL;
    claim->since_us = since ? strtoll(since, NULL, 10) : 0;
    return copy(db_value(reply, CLAIMS_STEP, row, 2), &claim->application) &&
           copy(db_value(reply, CLAIMS_STEP, row, 3), &claim->address);
}

static bool read_claims(const struct db_reply *reply, struct inventory *inventory)
{
    bool done = true;
    for (int i = 0; i < db_rows(reply, CLAIMS_STEP) && done; i++) {
        int id = atoi(db_value(reply, CLAIMS_STEP, i, 0));
        struct inventory_job *job = inventory_find(inventory, id);
        done = !job || read_claim(reply, i, &job->claim);
    }
    return done;
}

static int to_int(const char *text)
{
    return text ? atoi(text) : 0;
}

static bool read_server(const struct db_reply *reply, struct server_facts *server)
{
    const char *clock = db_value(reply, SERVER_STEP, 0, 3);
    server->version_num = to_int(db_value(reply, SERVER_STEP, 0, 1));
    server->clock_us = clock ? strtoll(clock, NULL, 10) : 0;
    server->max_connections = to_int(db_value(reply, SERVER_STEP, 0, 4));
    server->connections = to_int(db_value(reply, SERVER_STEP, 0, 5));
    return copy(db_value(reply, SERVER_STEP, 0, 0), &server->version) &&
           copy(db_value(reply, SERVER_STEP, 0, 2), &server->time_zone);
}

/* ---- the whole ---- */

static bool explain(const struct db_reply *reply, struct err *err)
{
    if (reply->end != DB_REFUSED)
        return false;
    err->kind = ERR_AWAY;
    if (strcmp(reply->sqlstate, "42P01") == 0)
        return err_wrap(err, "its database has no tables of kivitendo's background jobs");
    return err_wrap(err, "cannot read its jobs");
}

static bool read_all(struct db *db, const struct db_reply *reply, const struct zone *zone,
                     struct inventory *inventory, struct err *err)
{
    return session_read(db, reply, SESSION_STEP, &inventory->session, err) &&
           read_jobs(reply, zone, inventory, err) &&
           ((read_claims(reply, inventory) && read_server(reply, &inventory->server)) ||
            err_set_nomem(err));
}

bool inventory_load(struct db *db, const struct zone *zone, struct inventory *inventory,
                    struct err *err)
{
    char max[16];
    struct claim_key key = claim_key(0);
    snprintf(max, sizeof max, "%d", INVENTORY_TEXT_MAX);
    const char *job_params[] = {max};
    const char *claim_params[] = {key.class};
    struct db_step steps[STEPS] = {
        [SESSION_STEP] = session_step(db),
        [JOBS_STEP] = {.statement = &all_jobs, .params = job_params},
        [CLAIMS_STEP] = {.statement = &all_claims, .params = claim_params},
        [SERVER_STEP] = {.statement = &ask_server},
    };
    struct db_reply reply;
    struct origin origin = {0};
    *inventory = (struct inventory){0};
    bool done = origin_run(db, steps, STEPS, &reply, &origin, err);
    inventory->origin = origin;
    if (!done)
        explain(&reply, err);
    done = done && read_all(db, &reply, zone, inventory, err);
    db_reply_release(&reply);
    if (!done)
        inventory_release(inventory);
    return done;
}

struct inventory_job *inventory_find(const struct inventory *inventory, int job_id)
{
    for (size_t i = 0; i < inventory->count; i++)
        if (inventory->jobs[i].job.id == job_id)
            return &inventory->jobs[i];
    return NULL;
}

static void release_job(struct inventory_job *job)
{
    char *owned[] = {job->last_text, job->end.status,        job->end.result,
                     job->end.error, job->claim.application, job->claim.address};
    for (size_t i = 0; i < ARRAY_LEN(owned); i++)
        free(owned[i]);
    job_release(&job->job);
}

void inventory_release(struct inventory *inventory)
{
    if (!inventory)
        return;
    for (size_t i = 0; i < inventory->count; i++)
        release_job(&inventory->jobs[i]);
    free(inventory->jobs);
    free(inventory->server.version);
    free(inventory->server.time_zone);
    *inventory = (struct inventory){0};
}
