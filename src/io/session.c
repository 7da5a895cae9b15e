#include "io/session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* First who answers, then the settings: for good on a direct connection, for this transaction
 * behind a pooler.  current_setting(name, true) is null for a setting this server doesn't know.
 * One row per setting, the first columns in all of them the same: a new session must look up every
 * function and operator it meets, and that is what takes time here, so there are few. */
static const struct db_statement start = {
    .name = NULL,
    .params = 2,
    .sql = "SELECT pg_catalog.pg_backend_pid(),"
           " pg_catalog.current_setting('transaction_read_only', true),"
           " pg_catalog.pg_postmaster_start_time(),"
           " pg_catalog.set_config(s.name, s.value,"
           "   pg_catalog.int4ne(pg_catalog.pg_backend_pid(), $1::integer))"
           " FROM (VALUES ('DateStyle', 'ISO, YMD'), ('client_encoding', $2),"
           " ('default_transaction_isolation', 'read committed'),"
           " ('default_transaction_deferrable', 'off'),"
           " ('search_path', 'pg_catalog, public, pg_temp'),"
           " ('tcp_keepalives_idle', '60'), ('tcp_keepalives_interval', '10'),"
           " ('tcp_keepalives_count', '3'), ('client_connection_check_interval', '10s'),"
           " ('statement_timeout', '0'), ('lock_timeout', '0'), ('transaction_timeout', '0'),"
           " ('idle_in_transaction_session_timeout', '1h'), ('idle_session_timeout', '0')"
           ") AS s (name, value) WHERE pg_catalog.current_setting(s.name, true) IS NOT NULL",
};

/* A role's statement_timeout may be too short even for `start`.  For this round trip only, so it is
 * right behind a pooler too.  SET LOCAL would leave a warning in the server's log each time. */
static const struct db_statement take_time = {
    .sql = "SELECT pg_catalog.set_config('statement_timeout', '0', true)",
};

struct db_step session_patience(void)
{
    return (struct db_step){.statement = &take_time};
}

struct db_step session_step(struct db *db)
{
    snprintf(db->pid_text, sizeof db->pid_text, "%d", db_backend_pid(db));
    db->session_params[0] = db->pid_text;
    db->session_params[1] = db_holds_bytes(db) ? "SQL_ASCII" : "UTF8";
    return (struct db_step){.statement = &start, .params = db->session_params};
}

bool session_read(struct db *db, const struct db_reply *reply, int step, struct session *session,
                  struct err *err)
{
    const char *pid = db_value(reply, step, 0, 0);
    const char *read_only = db_value(reply, step, 0, 1);
    const char *started = db_value(reply, step, 0, 2);
    if (!pid || !read_only || !started)
        return err_set(err, ERR_AWAY, "cannot set up the session: no answer");
    *session = (struct session){
        .pooled = atoi(pid) != db_backend_pid(db),
        .read_only = strcmp(read_only, "on") == 0,
    };
    snprintf(session->started, sizeof session->started, "%s", started);
    db->pooled = session->pooled;
    return true;
}

bool session_start(struct db *db, struct session *session, struct err *err)
{
    struct db_step steps[] = {session_patience(), session_step(db)};
    struct db_reply reply;
    bool done = db_run(db, steps, 2, &reply, err);
    done = done && session_read(db, &reply, 1, session, err);
    db_reply_release(&reply);
    return done;
}
