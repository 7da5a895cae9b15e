/* why_parts.h: the parts of engine/why; for its own files.
 *
 * A condition is a function that looks at the subject and adds a line, or several, and what is to
 * be done where its verdict is not WHY_FINE.
 */
#ifndef ENGINE_WHY_PARTS_H
#define ENGINE_WHY_PARTS_H

#include "core/agewords.h"
#include "engine/why.h"

/* A question on its way; borrowed. */
struct why_asking {
    struct why *why;
    const struct why_subject *s;
};

/* A line; the format is looked up in the catalogue of messages. */
void why_add(struct why_asking *asking, const char *what, enum why_verdict verdict, const char *fmt,
             ...) PRINTF_LIKE(4, 5);

/* What is to be done about the last line; the format is translated already. */
void why_advise(struct why_asking *asking, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "2026-03-29 03:00:00 +0200 (3 h ago)" */
void why_show_time(const struct why_asking *asking, int64_t at_us, char out[AGEWORDS_STAMP_MAX]);

/* engine/why_job.c: the conditions that are the job's, in the order in which a run asks. */
void why_ask_job(struct why_asking *asking);

#endif
