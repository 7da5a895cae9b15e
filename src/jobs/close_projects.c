/* CloseProjectsBelongingToClosedSalesOrders: gives projects of closed sales orders a final status.
 */
#include "jobs/jobs.h"
#include "jobs/orders.h"

static const struct db_statement find_status = {
    .params = 1,
    .sql = "SELECT id FROM public.project_statuses WHERE name = $1 ORDER BY id LIMIT 1",
};

static const struct db_statement close_projects = {
    .params = 2,
    .sql = "UPDATE public.project AS p SET project_status_id = $1::integer,"
           " active = CASE WHEN $2::boolean THEN false ELSE p.active END"
           " WHERE p.project_status_id IS DISTINCT FROM $1::integer"
           " AND p.id IN (SELECT o.globalproject_id FROM public.oe AS o"
           "   WHERE o.record_type::text = 'sales_order' AND o.closed)",
};

static bool update_projects(struct job_run *run, const char *status_id, struct err *err)
{
    bool keeps_active = data_has(run->data, "set_inactive") &&
                        !data_truth(run->data, "set_inactive");
    const char *params[] = {status_id, keeps_active ? "f" : "t"};
    struct db_reply reply;
    bool done = orders_ask(run, &close_projects, params, &reply, err);
    db_reply_release(&reply);
    return done;
}

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    const char *name = "done";
    if (data_is_list(run->data, "new_status"))
        return err_set(err, ERR_JOB, "new_status: a list is not a name");
    if (data_truth(run->data, "new_status"))
        name = data_text(run->data, "new_status");
    const char *params[] = {name};
    struct db_reply reply;
    bool done = job_ask(run, &find_status, params, &reply, err);
    if (done && db_rows(&reply, 0) == 0)
        done = err_set(err, ERR_JOB, "new_status: there is no project status '%.200s'", name);
    done = done && update_projects(run, db_value(&reply, 0, 0, 0), err);
    db_reply_release(&reply);
    outcome_succeed(outcome, "1");
    return done;
}

const struct handler job_close_projects = {
    .package = "CloseProjectsBelongingToClosedSalesOrders",
    .run = run,
};
