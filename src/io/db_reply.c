/* db_reply.c: reading what a db_run brought, or why it brought nothing: see io/db.h. */
#include <libpq-fe.h>
#include <string.h>

#include "io/db.h"

int db_rows(const struct db_reply *reply, int step)
{
    return step < reply->count && reply->rows[step] ? PQntuples(reply->rows[step]) : 0;
}

const char *db_value(const struct db_reply *reply, int step, int row, int column)
{
    if (row >= db_rows(reply, step) || column >= PQnfields(reply->rows[step]) ||
        PQgetisnull(reply->rows[step], row, column))
        return NULL;
    return PQgetvalue(reply->rows[step], row, column);
}

bool db_true(const struct db_reply *reply, int step, int row, int column)
{
    const char *value = db_value(reply, step, row, column);
    return value && strcmp(value, "t") == 0;
}

void db_reply_release(struct db_reply *reply)
{
    if (!reply)
        return;
    for (int i = 0; i < reply->count && i < DB_STEPS_MAX; i++)
        PQclear(reply->rows[i]);
    *reply = (struct db_reply){.failed_step = -1};
}

/* Classes of states that pass: connections, the transaction (read-only, deadlocks), resources, what
 * is in use, operators, the system around.  54, "program limit exceeded", depends on the value. */
static const char passing[][3] = {"08", "25", "40", "53", "55", "57", "58"};

bool db_refuses_values(const struct err *err)
{
    if (err->kind != ERR_JOB || !*err->sqlstate)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(passing); i++)
        if (strncmp(err->sqlstate, passing[i], 2) == 0)
            return false;
    return true;
}

bool db_refuses_lock(const struct err *err)
{
    return err->kind == ERR_JOB && strcmp(err->sqlstate, "55P03") == 0;
}
