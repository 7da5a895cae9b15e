#include "jobs/orders.h"

#include <string.h>

bool orders_ask(struct job_run *run, const struct db_statement *statement,
                const char *const *params, struct db_reply *reply, struct err *err)
{
    if (job_ask(run, statement, params, reply, err))
        return true;
    if (strcmp(reply->sqlstate, "42703") != 0) /* undefined_column */
        return false;
    return err_wrap(err, "a client database before kivitendo 3.9 has no oe.record_type, and needs"
                         " kivitendo's Perl class for this job");
}
