/* Test: succeeds or fails as its data says.  kivitendo's class also logs a line; here the engine
 * logs every job that ends. */
#include "jobs/answer.h"
#include "jobs/jobs.h"

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    if (data_truth(run->data, "exception")) {
        const char *text = data_text(run->data, "exception");
        return err_set(err, ERR_JOB, "Oh cruel world: %s", text ? text : "(a list)");
    }
    return answer_from_data(run, outcome, err);
}

const struct handler job_test = {.package = "Test", .run = run};
