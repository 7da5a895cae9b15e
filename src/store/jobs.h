/* jobs.h: reading background_jobs: the list at the start of a visit.
 *
 *     struct job_query query = {.zone = &zone, .now_us = now_us};
 *     jobs_list(&db, &query, &list, err)      also sets up the session, in the same round trip
 *     … job_due(&list.items[i], &node, now_us) …
 *     job_list_release(&list)
 *
 * The list holds candidates, generously: a local time that comes twice in autumn makes text order
 * and time order differ, so the server is asked for more than can be due, and job_due decides.
 * Rows come in the order in which they are to run: by next_run_at, then id.  `data` and
 * `description` are not in the list; a claim reads them (store/claim.h).
 *
 * Databases of older releases lack the columns node_id and description; they read as null.
 *
 * Ownership: the list owns its jobs.
 * Errors: ERR_AWAY for the client: connection, missing tables, read-only database.
 * Source: kivitendo.md "Client database"; schedule.md "How an instant is stored".
 */
#ifndef STORE_JOBS_H
#define STORE_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/job.h"
#include "core/zone.h"
#include "io/db.h"
#include "io/session.h"
#include "store/origin.h"

struct job_query {
    const struct zone *zone;
    int64_t now_us;
    bool all;    /* every row, not only candidates */
    int job_id;  /* not 0: only this row, whatever its schedule */
    bool untold; /* the server is known not to tell its system identifier */
};

struct job_list {
    struct job *items;
    size_t count;
    struct session session;
    struct origin origin; /* which database this is */
};

bool jobs_list(struct db *db, const struct job_query *query, struct job_list *list,
               struct err *err) MUST_USE;

/* Fills a job from columns of a row: id, type, package_name, cron_spec, node_id, active,
 * next_run_at, last_run_at is not null, [description, data].  What was there is lost.
 * ERR_INTERNAL out of memory, ERR_JOB for a time that cannot be read. */
bool job_read(struct job *job, const struct db_reply *reply, int step, int row,
              const struct zone *zone, struct err *err) MUST_USE;

void job_list_release(struct job_list *list);

#endif
