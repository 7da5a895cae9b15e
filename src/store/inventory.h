/* inventory.h: all that a client's database tells of its jobs, for people who look: rows whole, how
 * their last runs ended, who is at work on them, and what the server is like.
 *
 *     struct inventory inventory = {0};
 *     inventory_load(&db, &zone, &inventory, err)     on a fresh connection; one round trip
 *     inventory.jobs[i].job.package …
 *     inventory_release(&inventory)
 *
 * It also sets up the session.  A run never calls it.
 * Rows come in the order of their ids.  The history row of a job's last run is the one of the same
 * package with run_at = last_run_at; the latest of several.
 * Databases of older releases lack node_id and description; they read as null.
 *
 * Ownership: the inventory owns everything.  NULL is SQL's null, or "none".
 * Errors: ERR_AWAY for the client, as store/jobs.h.
 * Source: kivitendo.md "Client database"; PostgreSQL manual, pg_locks and pg_stat_activity.
 */
#ifndef STORE_INVENTORY_H
#define STORE_INVENTORY_H

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

enum { INVENTORY_TEXT_MAX = 65536 }; /* characters of a result or an error */

/* Whose advisory lock is on the job. */
struct job_claim {
    int pid;           /* of the database's process; 0: nobody has claimed it */
    char *application; /* "task-server acme" or "task-server client 3"; may be "" */
    char *address;     /* NULL: over a Unix socket, or not ours to see */
    bool has_since;    /* a native job's, whose claim is its transaction; else nobody knows */
    int64_t since_us;
};

/* The history row of the last run. */
struct job_end {
    bool found;   /* false: the rest is NULL */
    char *status; /* success, failure or interrupted */
    char *result;
    char *error;
};

struct inventory_job {
    struct job job;  /* every column, with description and data */
    char *last_text; /* last_run_at as the server printed it; NULL: it never ran */
    int64_t last_us; /* the same as an instant; where last_text is not NULL */
    struct job_end end;
    struct job_claim claim;
};

/* What the server is like. */
struct server_facts {
    char *version;       /* "15.14 (Debian …)" */
    int version_num;     /* 150014 */
    char *time_zone;     /* TimeZone of our session */
    int64_t clock_us;    /* its clock_timestamp() when it answered */
    int max_connections; /* of all databases and users */
    int connections;     /* how many of them are in use */
};

struct inventory {
    struct inventory_job *jobs;
    size_t count;
    struct session session;
    struct origin origin;
    struct server_facts server;
};

bool inventory_load(struct db *db, const struct zone *zone, struct inventory *inventory,
                    struct err *err) MUST_USE;

/* NULL: there is no such job. */
struct inventory_job *inventory_find(const struct inventory *inventory, int job_id);

/* Takes NULL. */
void inventory_release(struct inventory *inventory);

#endif
