/* outcome.h: how a run of a job ended, as it goes into its history row.
 *
 * success: status 'success', `text` is the result (may be null).
 * failure: status 'failure', `text` is the error.
 *
 * Ownership: the outcome owns its text.  Source: kivitendo.md "What a run leaves behind".
 */
#ifndef CORE_OUTCOME_H
#define CORE_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct outcome {
    bool failed;
    bool has_text;   /* false: null */
    struct buf text; /* valid UTF-8 without NUL */
};

/* Success with `result`, or with null for NULL. */
void outcome_succeed(struct outcome *outcome, const char *result);

/* Failure with `error`. */
void outcome_fail(struct outcome *outcome, const char *error);

/* 'success' or 'failure', as background_job_histories.status has it. */
const char *outcome_status(const struct outcome *outcome);

/* The text, or NULL for null. */
const char *outcome_text(const struct outcome *outcome);

void outcome_release(struct outcome *outcome);

#endif
