/* visit.h: a visit to one client: its connections, its session, what came of its jobs.
 *
 *     struct visit visit;
 *     visit_begin(&visit, &site, client, slot);
 *     visit_connect(&visit, err) …      what is done there: engine/serve.h, engine/execute.h
 *     visit_end(&visit)
 *
 * Ownership: the visit borrows site, client and slot; it owns its connections.
 */
#ifndef ENGINE_VISIT_H
#define ENGINE_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/log.h"
#include "core/job.h"
#include "engine/board.h"
#include "engine/site.h"
#include "io/db.h"
#include "io/session.h"
#include "jobs/handler.h"
#include "store/clients.h"
#include "store/origin.h"

/* Deadline for the list, for claims, and for what else is not the work of a job. */
enum { VISIT_CONTROL_TIMEOUT_MS = 60000 };

enum { VISIT_HELD_MAX = 512 };

/* May kivitendo's own classes work in this client's database?  Asked when one of them is due. */
enum visit_perl {
    VISIT_PERL_UNKNOWN, /* nobody has asked */
    VISIT_PERL_RUNS,
    VISIT_PERL_HELD, /* the database is behind the code */
};

/* What came of the jobs of a visit, or of a whole run. */
struct tally {
    int succeeded;
    int failed;
    int lost;     /* claimed by another node */
    int unserved; /* left due: told to stop, locked, or the connection went */
};

struct job_list;

struct visit {
    const struct site *site;
    const struct client *client;
    struct slot *slot;
    struct db db;
    struct session session;
    struct origin home;   /* which database it is to be; {0}: not known, whatever is found */
    bool renamed;         /* the configuration names another one: it is not that, whatever it is */
    struct origin origin; /* which it is */
    bool moved;           /* it is another one: nothing may be done there */
    bool ignores_holds;   /* somebody insists */
    struct auth_link auth;
    struct db_target auth_target;
    bool knows_histories; /* `describes` has been asked for; see visit_know_histories */
    bool describes;       /* histories have a description column */
    bool finished;        /* the list was worked through: no stop, no hold, no waiting for room */
    int waits_for;        /* BOARD_COMMAND or BOARD_PERL: too many of those are running; else 0 */
    enum visit_perl perl;
    char held[VISIT_HELD_MAX]; /* with VISIT_PERL_HELD: why */
    struct tally tally;
    struct err refused; /* "job 17 cannot be claimed: …": the first one; ERR_NONE: none is */
    int64_t began_ms;   /* monotonic time at which the job began that is under way; 0: none is */
    int64_t ended_ms;   /* … and at which it ended, where it is to be recorded only; else 0 */
    int64_t overdue_s;  /* how late the latest of its jobs was when its turn came */
};

void visit_begin(struct visit *visit, const struct site *site, const struct client *client,
                 struct slot *slot);

/* Connects only: whoever lists jobs next sets up the session with the same round trip. */
bool visit_open(struct visit *visit, struct err *err) MUST_USE;

/* Takes over from a list what it tells of the connection.  False: another database. */
bool visit_take_list(struct visit *visit, const struct job_list *list, struct err *err) MUST_USE;

/* Connects and sets up a session; also again, after the connection was lost.  A database that is
 * not the one it was is an error (visit->moved). */
bool visit_connect(struct visit *visit, struct err *err) MUST_USE;

/* What histories look like matters only where something is recorded: it is asked then, once. */
bool visit_know_histories(struct visit *visit, struct err *err) MUST_USE;

/* Connects again, trying for as long as connect_timeout allows: a server that restarts is away for
 * some seconds. */
bool visit_reconnect(struct visit *visit, struct err *err) MUST_USE;

/* A job cannot be recorded, perhaps for what stands in its row, or because somebody has it locked,
 * and those behind it are not to wait for that.  Only the first one is kept. */
void visit_refuse(struct visit *visit, const struct err *why, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* How long the job that is under way has been so, without what recording it takes. */
int64_t visit_ran_ms(const struct visit *visit);

/* "client 'acme': job 17 (SetNumberRange): …"; about a job that is under way, or has just ended,
 * "client 'acme': job 17 (SetNumberRange) after 12 ms: …".  A job may be NULL. */
void visit_log(const struct visit *visit, enum log_level level, const struct job *job,
               const char *fmt, ...) PRINTF_LIKE(4, 5);

void visit_end(struct visit *visit);

#endif
