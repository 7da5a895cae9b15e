/* session.h: the first statement on every connection: who answers, and fixed settings.
 *
 *     session_start(&db, &session, err)            a round trip of its own; or
 *     steps[0] = session_patience(); steps[1] = session_step(&db); …
 *     db_run(…); session_read(&db, &reply, 1, &session, err)
 *
 * It finds out whether the connection is direct (behind a transaction pooler the process id that
 * libpq was told at connect is not the one that answers) and sets what a role's or a database's
 * defaults could otherwise change under us: DateStyle, client_encoding, isolation, search_path,
 * keepalives and timeouts.  Settings that an old server does not know are skipped.
 * client_encoding is UTF8, except where the database has none (SQL_ASCII) and may hold any bytes:
 * asked for UTF-8 it would refuse to show a row with others.
 * Never TimeZone: statements that speak of the server's now() mean the server's zone.
 *
 * Through a pooler the settings must not stick to a backend that others use next: they are made
 * for the transaction only, db.pooled is set, and every transaction must set them again with this
 * same step, right after BEGIN.
 *
 * Source: design.md "Session set-up"; PostgreSQL manual, "Client Connection Defaults".
 */
#ifndef IO_SESSION_H
#define IO_SESSION_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/db.h"

struct session {
    bool pooled;      /* behind a transaction pooler */
    bool read_only;   /* transactions cannot write: a standby, or set so by the administrator */
    char started[64]; /* when the server started, to recognise a restart */
};

/* Goes ahead of the first session_step of a connection: a default statement_timeout must not cut
 * it off. */
struct db_step session_patience(void);

struct db_step session_step(struct db *db);

/* Reads the reply to a session_step; marks the db as pooled where it is. */
bool session_read(struct db *db, const struct db_reply *reply, int step, struct session *session,
                  struct err *err) MUST_USE;

bool session_start(struct db *db, struct session *session, struct err *err) MUST_USE;

#endif
