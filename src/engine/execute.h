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

enum executed {
    EXECUTED,            /* it ran, and the outcome is recorded */
    EXECUTED_NOTHING,    /* gone, not due any more */
    EXECUTED_LOST,       /* another session has claimed it */
    EXECUTED_STOPPED,    /* told to stop, or the installation is locked: left due */
    EXECUTED_UNCLAIMED,  /* the database refuses the claim: left due */
    EXECUTED_UNRECORDED, /* the database refuses its history row or new times: undone, left due */
    EXECUTED_AWAY,       /* the connection was lost; what became of the job is in the log */
};

/* err: why it was not started, or cannot be recorded. */
enum executed execute(struct visit *visit, const struct job *job, enum execution_why why,
                      struct err *err) MUST_USE;

#endif
