/* UpdateEmployeeBaseData: the client's users become, and stay, rows of its table employee.
 *
 * The users travel from one database to the other as one JSON text: [["login", "name"], …]. */
#include <stdio.h>

#include "jobs/jobs.h"

static const struct db_statement read_users = {
    .params = 1,
    .sql = "SELECT coalesce(jsonb_agg(jsonb_build_array(u.login, c.cfg_value) ORDER BY u.id),"
           " '[]')::text"
           " FROM auth.clients_users AS cu"
           " JOIN auth.\"user\" AS u ON u.id = cu.user_id"
           " LEFT JOIN auth.user_config AS c ON c.user_id = u.id AND c.cfg_key = 'name'"
           " WHERE cu.client_id = $1::integer",
};

/* A page may insert the same login at the same time: then there is nothing left to do. */
static const struct db_statement write_employees = {
    .params = 1,
    .sql = "WITH wanted AS (SELECT entry ->> 0 AS login, entry ->> 1 AS name"
           "   FROM jsonb_array_elements($1::jsonb) AS entry),"
           " updated AS (UPDATE public.employee AS e SET name = w.name, deleted = false"
           "   FROM wanted AS w WHERE e.login = w.login"
           "   AND (e.name IS DISTINCT FROM w.name OR e.deleted IS DISTINCT FROM false))"
           " INSERT INTO public.employee (login, name, deleted)"
           " SELECT w.login, w.name, false FROM wanted AS w"
           " WHERE NOT EXISTS (SELECT FROM public.employee AS e WHERE e.login = w.login)"
           " ON CONFLICT DO NOTHING",
};

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    char client_id[16];
    snprintf(client_id, sizeof client_id, "%d", run->client_id);
    const char *params[] = {client_id};
    struct db_step step = {.statement = &read_users, .params = params};
    struct db_reply reply = {0};
    bool done = job_auth_db(run, err) && job_auth_run(run, &step, 1, &reply, err);
    if (done) {
        const char *users[] = {db_value(&reply, 0, 0, 0)};
        done = job_queue(run, &write_employees, users, err);
    }
    db_reply_release(&reply);
    outcome_succeed(outcome, "1");
    return done;
}

const struct handler job_update_employee_base_data = {
    .package = "UpdateEmployeeBaseData",
    .run = run,
};
