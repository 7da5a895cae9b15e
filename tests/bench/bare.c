/* bare: the least a program can do that asks what a run asks, to compare a run with.
 *
 *     bare CONNINFO LANES
 *
 * Connects to the authentication database with libpq and reads the enabled clients; then connects
 * to the database of each and asks for the jobs that are due.  With more than one lane, that many
 * processes share the clients.  No configuration, no zone, no lock, no log, no session settings, no
 * deadlines, no judging of what comes back beyond its existence.
 *
 * Ends with 0 if every client answered.
 */
#include <libpq-fe.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const char clients_sql[] =
    "SELECT id, name, dbhost, dbport, dbname, dbuser, dbpasswd FROM auth.clients"
    " WHERE task_server_user_id IS NOT NULL ORDER BY id";

static const char jobs_sql[] =
    "SELECT id, type, package_name, cron_spec, node_id, active, next_run_at, last_run_at"
    " FROM background_jobs WHERE active AND (next_run_at <= $1::timestamp"
    " OR (type = 'once' AND last_run_at IS NULL"
    " AND (next_run_at IS NULL OR coalesce(cron_spec, '') = '')))"
    " ORDER BY next_run_at, id";

/* Closes the connection; NULL when something went wrong. */
static PGresult *ask(PGconn *conn, const char *sql, int count, const char *const *params)
{
    PGresult *result = NULL;
    if (PQstatus(conn) == CONNECTION_OK)
        result = PQexecParams(conn, sql, count, NULL, params, NULL, NULL, 0);
    bool good = PQresultStatus(result) == PGRES_TUPLES_OK;
    if (!good) {
        fprintf(stderr, "bare: %s", PQerrorMessage(conn));
        PQclear(result);
    }
    PQfinish(conn);
    return good ? result : NULL;
}

static bool ask_client(const PGresult *clients, int row)
{
    static const char *const keywords[] = {"host", "port", "dbname", "user", "password", NULL};
    const char *values[] = {NULL, NULL, NULL, NULL, NULL, NULL};
    const char *params[] = {"2020-01-01 00:00:00"};
    for (int i = 0; i < 5; i++)
        values[i] = PQgetvalue(clients, row, i + 2);
    PGresult *jobs = ask(PQconnectdbParams(keywords, values, 0), jobs_sql, 1, params);
    PQclear(jobs);
    return jobs != NULL;
}

static bool ask_clients(const PGresult *clients, atomic_int *next)
{
    int row;
    bool good = true;
    while ((row = atomic_fetch_add(next, 1)) < PQntuples(clients))
        good = ask_client(clients, row) && good;
    return good;
}

static bool share(const PGresult *clients, atomic_int *next, int lanes)
{
    bool good = true;
    int status;
    for (int i = 0; i < lanes; i++)
        if (fork() == 0)
            _exit(ask_clients(clients, next) ? 0 : 1);
    while (wait(&status) > 0)
        good = good && status == 0;
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: bare CONNINFO LANES\n", stderr);
        return 64;
    }
    int lanes = atoi(argv[2]);
    atomic_int *next = mmap(NULL, sizeof *next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                            -1, 0);
    PGresult *clients = ask(PQconnectdb(argv[1]), clients_sql, 0, NULL);
    if (next == MAP_FAILED || !clients)
        return 1;
    bool good = lanes > 1 ? share(clients, next, lanes) : ask_clients(clients, next);
    PQclear(clients);
    return good ? 0 : 1;
}
