/* news.h: what people are told of, and in which words.
 *
 *     struct news news = {.kind = NEWS_FAILURE, .client = "acme", …};
 *     news_subject(&news, &writer, &subject)
 *     news_body(&news, &writer, &body)
 *     news_json(&news, &writer, &json)           for notify_command
 *
 * Of a failed job the subject is the configured one and the body comes from the configured
 * template, else from the one we ship, in the installation's language; if a template cannot be
 * used, a plain text goes out and says why.  What kivitendo does not know (reminders, recoveries,
 * lasting conditions) has texts of its own, in the language that is spoken (base/i18n.h).
 *
 * Everything in the structs is borrowed.
 * Source: kivitendo.md "Failure mail".
 */
#ifndef ENGINE_NEWS_H
#define ENGINE_NEWS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "engine/site.h"

enum news_kind {
    NEWS_FAILURE,   /* a job failed */
    NEWS_REMINDER,  /* it still does */
    NEWS_RECOVERY,  /* it does not any more */
    NEWS_CONDITION, /* something lasting keeps jobs from running */
    NEWS_CONDITION_REMINDER,
    NEWS_CONDITION_OVER,
};

struct news {
    enum news_kind kind;
    const char *client; /* NULL: it concerns no single one */
    int client_id;
    int job_id; /* 0: it concerns no job */
    const char *package;
    const char *description;
    const char *run_at; /* local time, for people */
    const char *text;   /* the error; or what the condition is */
    int64_t since_s;    /* when it began; 0: now */
};

/* Where the words come from. */
struct news_writer {
    const struct site *site;
    const char *template_dir; /* where the shipped templates lie */
};

void news_subject(const struct news *news, const struct news_writer *writer, struct buf *out);
void news_body(const struct news *news, const struct news_writer *writer, struct buf *out);
void news_json(const struct news *news, const struct news_writer *writer, struct buf *out);

/* Can the template of failures be used?  Tried with made-up values. */
bool news_check_template(const struct news_writer *writer, struct err *err) MUST_USE;

#endif
