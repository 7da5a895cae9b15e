/* execution.h: one job on its way from claim to settle; shared by execute.c, settle.c and bury.c.
 *
 *     execution_has_schedule(x)     can it be given back at all?  else it rests
 *     settle(x, err)                outcome, history and new times, in one transaction
 *     bury_lost(x)                  the connection went while it ran
 *
 * Not for others: they include engine/execute.h.
 */
#ifndef ENGINE_EXECUTION_H
#define ENGINE_EXECUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/cronspec.h"
#include "core/data.h"
#include "core/outcome.h"
#include "engine/execute.h"
#include "jobs/handler.h"
#include "store/claim.h"

struct execution {
    struct visit *visit;
    enum execute_why why;
    int64_t run_at_us;  /* identity of the run: its start */
    int64_t slot_us;    /* the time it was due for */
    int64_t started_ms; /* monotonic */
    struct claim claim;
    struct cronspec spec;
    bool rests; /* its spec cannot be parsed, or never fires */
    struct outcome outcome;
    struct job_run run;
    struct data data;
};

/* Parses the spec.  False: the job must rest; the outcome says why. */
bool execution_has_schedule(struct execution *x);

/* Makes `text` the outcome, a failure. */
void execution_fail(struct execution *x, const char *text);

/* False: nothing is recorded, err says why. */
bool settle(struct execution *x, struct err *err) MUST_USE;

/* Connects again and finds out, or decides, what became of the job. */
void bury_lost(struct execution *x);

void execution_release(struct execution *x);

#endif
