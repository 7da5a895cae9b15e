/* execute.h: one due job: claim → handler → settle.
 *
 *     switch (execute(&visit, job, EXECUTION_DUE, err)) …
 *
 * All that can go wrong on the way is turned into one of the ends below, logged, and counted in
 * the visit's tally.  Whatever happens, the job's effects, its history row and its new times are
 * one transaction, or none of it happened and the job is still due.
 *
 * Source: design.md "Once, and only once".
 */
#ifndef ENGINE_EXECUTE_H
#define ENGINE_EXECUTE_H

#include "base/attr.h"
#include "core/job.h"
#include "engine/execution.h"

/* Which way a job of this package goes in this visit: as handlers_choose says, save that jobs
 * outside of the database are refused where the visit came through a transaction pooler. */
struct handler_choice execute_way(const struct visit *visit, const char *package) MUST_USE;

/* err: why it was not started, or cannot be recorded. */
enum executed execute(struct visit *visit, const struct job *job, enum execution_why why,
                      struct err *err) MUST_USE;

#endif
