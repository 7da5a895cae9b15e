/* handler.h: the contract between the engine and a native job.
 *
 * Each file in this folder defines one `const struct handler`; engine/catalogue.c lists them.
 *
 * A handler runs inside a transaction of the client's database that the engine began (after the
 * claim) and will commit together with the history row and the new times: it neither begins nor
 * commits.  It has two ways to the database:
 *
 *     job_queue(run, &statement, params)      the result doesn't matter: the statement travels with
 *                                             the engine's own in one pipeline, after the handler
 *                                             has returned true
 *     job_ask(run, &statement, params, …)     now, a round trip of its own, for a result it needs
 *
 * Queued statements run in order, after everything that was asked.
 *
 * It returns true with a successful outcome, or false with an error (ERR_JOB: the job failed; its
 * text becomes the history row's error).  After an error the engine rolls back to where it began.
 *
 * Time: `now_us` is the real time at the start, `slot_us` the time the job was due for (for a run
 * on demand: now); local dates come from `zone`.  A handler reads no clock.
 */
#ifndef JOBS_HANDLER_H
#define JOBS_HANDLER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/data.h"
#include "core/job.h"
#include "core/outcome.h"
#include "core/zone.h"
#include "io/db.h"

enum { JOB_QUEUE_MAX = 8, JOB_PARAMS_MAX = 8 };

/* The auth database, connected when a handler first asks for it (jobs/handler.c). */
struct auth_link {
    const struct db_target *target; /* borrowed */
    struct db_options options;      /* for db_connect */
    struct db db;                   /* owned; closed while nobody needed it */
};

/* What a handler sees; the engine fills it. */
struct job_run {
    const struct job *job;
    const struct data *data; /* the row's data, parsed */
    const struct zone *zone;
    int64_t now_us;
    int64_t slot_us;
    int client_id;
    const char *language;     /* of the client's task server user: "de", "en", … ; never NULL */
    const char *installation; /* kivitendo's directory */
    int session_timeout_min;  /* [authentication] session_timeout */
    struct db *db;            /* the client's database, in the transaction */
    struct auth_link *auth;

    struct db_step queue[JOB_QUEUE_MAX]; /* what job_queue collected */
    char *queue_params[JOB_QUEUE_MAX][JOB_PARAMS_MAX];
    int queue_count;
};

struct handler {
    const char *package;
    bool (*run)(struct job_run *run, struct outcome *outcome, struct err *err);
    /* true: its work is not part of the client's transaction (CleanAuthSessions) */
    bool works_elsewhere;
    /* true: kivitendo's releases change what it does, so its own class is better where there is
     * Perl */
    bool follows_releases;
};

/* Copies the parameters; out of memory or a full queue is an error. */
bool job_queue(struct job_run *run, const struct db_statement *statement, const char *const *params,
               struct err *err) MUST_USE;

/* The reply must be released by the caller, also after false. */
bool job_ask(struct job_run *run, const struct db_statement *statement, const char *const *params,
             struct db_reply *reply, struct err *err) MUST_USE;

/* The auth database, connected; NULL with err as for job_auth_run where it cannot be. */
struct db *job_auth_db(struct job_run *run, struct err *err) MUST_USE;

/* Steps in the auth database, in one round trip, after job_auth_db; never connects again by itself,
 * because that would end a transaction unseen.  What goes wrong is the job's failure (ERR_JOB),
 * unless we were told to stop (ERR_AWAY: the job stays due).  The reply must be released by the
 * caller, also after false. */
bool job_auth_run(struct job_run *run, const struct db_step *steps, int count,
                  struct db_reply *reply, struct err *err) MUST_USE;

/* Frees what job_queue collected. */
void job_run_release(struct job_run *run);

/* Closes the connection, if there was one. */
void auth_link_close(struct auth_link *auth);

#endif
