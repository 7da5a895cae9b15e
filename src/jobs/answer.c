#include "jobs/answer.h"

bool answer_from_data(const struct job_run *run, struct outcome *outcome, struct err *err)
{
    if (data_is_list(run->data, "result"))
        return err_set(err, ERR_JOB, "result: a list is not a text");
    outcome_succeed(outcome, data_has(run->data, "result") ? data_text(run->data, "result") : "1");
    return true;
}
