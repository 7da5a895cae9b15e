/* db.h: a PostgreSQL connection with deadlines; the only user of libpq.
 *
 *     struct db db = {0};
 *     db_connect(&db, &target, &options, err)
 *     const char *params[] = {"17"};
 *     struct db_step steps[] = {{.statement = &begin}, {.statement = &read_job, .params = params}};
 *     struct db_reply reply;
 *     if (db_run(&db, steps, 2, &reply, err)) … db_value(&reply, 1, 0, 3) …
 *     db_reply_release(&reply);
 *     db_close(&db);
 *
 * A pipeline is data: an array of steps that go to the server in one round trip, as one implicit
 * transaction unless it contains BEGIN; the first step that fails makes the server skip the rest.
 *
 * Values travel as text in UTF-8, or in whatever bytes a database without an encoding holds.  What
 * the server sends is hostile input.
 *
 * Waiting: every call has a deadline.  When it passes, or when a stop signal came and the grace
 * period is over, the statement is cancelled, the connection drained and the call fails; a server
 * that does not answer the cancel within a few seconds loses its connection.
 *
 * Ownership: db owns the connection; a reply owns its rows, values are lent until its release.
 * A statement and the strings of a target are borrowed and must outlive the db.
 *
 * Errors: ERR_AWAY when the connection cannot be made or is lost (db_lost), ERR_JOB when the
 * server refused a statement (sqlstate, in the reply and in err, says why), ERR_INTERNAL out of
 * memory.  Texts never contain a password.
 *
 * Source: libpq, chapters "Pipeline Mode" and "Asynchronous Command Processing".
 * Not here: what the statements mean (store/), settings of a session (io/session.h).
 */
#ifndef IO_DB_H
#define IO_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/signals.h"

enum {
    DB_STEPS_MAX = 16,    /* steps in one pipeline */
    DB_PREPARED_MAX = 32, /* named statements on one connection */
    DB_SQLSTATE_MAX = 6,
};

/* Where a database is; the strings are borrowed, NULL or empty means libpq's default. */
struct db_target {
    const char *host; /* a name, an address, or a directory with a Unix socket */
    const char *port;
    const char *name;
    const char *user;
    const char *password;
};

struct db_options {
    int connect_timeout_ms;
    int64_t statement_timeout_ms; /* deadline of one db_run; 0: none */
    int stop_grace_ms;            /* how long a db_run goes on after a stop signal */
    const char *application_name; /* borrowed during db_connect only */
    struct signals *signals;      /* borrowed; NULL: signals are not watched */
};

/* One SQL text.  With a name it is prepared once per connection (of direct connections only). */
struct db_statement {
    const char *name;
    const char *sql;
    int params; /* how many */
};

struct db_step {
    const struct db_statement *statement;
    const char *const *params; /* `params` texts, NULL for null */
};

enum db_end {
    DB_DONE,      /* every step succeeded */
    DB_REFUSED,   /* the server refused a step */
    DB_STOPPED,   /* cancelled, because a stop signal came and the grace period is over */
    DB_TIMED_OUT, /* cancelled, because the deadline passed */
    DB_LOST,      /* the connection is gone; what was sent may or may not have been done */
};

struct db_reply {
    enum db_end end;
    int failed_step; /* index of the first step that failed, -1: none */
    char sqlstate[DB_SQLSTATE_MAX];
    int count;
    struct pg_result *rows[DB_STEPS_MAX]; /* owned; NULL for steps that were not reached */
};

struct pg_conn;

struct db {
    struct pg_conn *conn; /* owned; NULL while closed */
    struct db_options options;
    /* Not a direct connection: nothing outlives a transaction (session_read sets it). */
    bool pooled;
    char pid_text[12];             /* for io/session.c: the backend's pid as libpq was told it, */
    const char *session_params[2]; /* and the parameter list that holds it */
    const struct db_statement *prepared[DB_PREPARED_MAX];
    int prepared_count;
    bool refused_lock;                /* db_refuses_lock was true of some answer */
    char last_state[DB_SQLSTATE_MAX]; /* of the FATAL error with which the server went, or "" */
};

bool db_connect(struct db *db, const struct db_target *target, const struct db_options *options,
                struct err *err) MUST_USE;

/* Runs the steps in one round trip.  True only if all of them succeeded; the reply is valid either
 * way and must be released. */
bool db_run(struct db *db, const struct db_step *steps, int count, struct db_reply *reply,
            struct err *err) MUST_USE;

/* One statement, for callers that don't need its rows. */
bool db_exec(struct db *db, const struct db_statement *statement, const char *const *params,
             struct err *err) MUST_USE;

/* Rows of a step; 0 where it has none or was not reached. */
int db_rows(const struct db_reply *reply, int step);

/* A value as text, NULL for null and for what is not there. */
const char *db_value(const struct db_reply *reply, int step, int row, int column);

/* The value is 't'. */
bool db_true(const struct db_reply *reply, int step, int row, int column);

void db_reply_release(struct db_reply *reply);

/* We were told to stop, and the grace period is over: nothing more may be begun but settling. */
bool db_must_stop(const struct db *db);

/* Did the server refuse what was to be written, and would again, and not for a state that passes,
 * as a full disk or a lock does?  err: of a failed call here, with or without context in front. */
bool db_refuses_values(const struct err *err) MUST_USE;

/* Did the server refuse because somebody held a lock for too long?  err: as above. */
bool db_refuses_lock(const struct err *err) MUST_USE;

/* Is the connection gone (or was never made)? */
bool db_lost(const struct db *db);

/* The process id of the server's backend as libpq knows it; 0 while closed. */
int db_backend_pid(const struct db *db);

/* Has the database no encoding (SQL_ASCII)? */
bool db_holds_bytes(const struct db *db);

/* Closes the connection, if there is one, and leaves {0}. */
void db_close(struct db *db);

#endif
