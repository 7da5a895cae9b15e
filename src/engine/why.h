/* why.h: every condition for a job to be run, with its present value and a verdict, and a
 * conclusion: one sentence with what to do, and one that names what else is to be looked at.
 *
 *     struct why why = {0};
 *     why_ask(&why, &(struct why_subject){.site = &site, .survey = &survey, …}, err)
 *     for each why.lines[i]: title, value, verdict, advice
 *     why.conclusion
 *     why_release(&why)
 *
 * The order is that in which a run asks.  Where the client is not enabled or cannot be reached the
 * lines about its job are missing, and with the authentication database those about the client.
 *
 * Ownership: owns its texts; `what` and `title` are static.
 * Errors: out of memory.
 */
#ifndef ENGINE_WHY_H
#define ENGINE_WHY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/reasons.h"
#include "engine/situation.h"
#include "engine/survey.h"

/* Borrowed. */
struct why_subject {
    const struct site *site;
    const struct situation *situation;
    const struct survey *survey;
    const struct survey_client *client; /* NULL: the clients cannot be listed (survey.trouble) */
    const struct survey_job *job;       /* NULL: nothing is known of the client's jobs */
};

bool why_ask(struct why *why, const struct why_subject *subject, struct err *err) MUST_USE;

/* "fine", "stops", "waits", "warning" */
const char *why_word(enum why_verdict verdict);

void why_release(struct why *why);

#endif
