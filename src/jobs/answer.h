/* answer.h: the result of jobs that let their data name it (Test, SetNumberRange).
 *
 * Source: kivitendo.md, "returns `result` from data, else 1".
 */
#ifndef JOBS_ANSWER_H
#define JOBS_ANSWER_H

#include "jobs/handler.h"

/* Success with data's `result`, which may be null, else with "1"; a list is an error. */
bool answer_from_data(const struct job_run *run, struct outcome *outcome, struct err *err) MUST_USE;

#endif
