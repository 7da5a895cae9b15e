/* status_facts.h: how an installation stands, and what keeps its clients' jobs from running, in
 * sentences for the text and the page alike.
 *
 *     struct status_facts facts = {0};
 *     status_facts_collect(&facts, &overview, &site);
 *     facts.items[i].title, .text, .look …
 *     struct status_state state;
 *     status_state_of(&overview, i, &site, &state);      of the client survey.clients[i]
 *     if (status_lasts(&overview, &incidents.items[k])) …
 *
 * Texts are in the reader's language and may contain anything that stands in a database or a file:
 * whoever shows them makes them harmless (core/table.h, core/html.h).
 *
 * Ownership: titles and words are static; the texts lie in the structs.
 * Not here: tables of jobs and runs (status_text.c, status_html*.c), what scripts read
 * (status_json.c).
 */
#ifndef CMD_STATUS_FACTS_H
#define CMD_STATUS_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"
#include "engine/overview.h"
#include "engine/site.h"

enum status_look {
    STATUS_PLAIN,
    STATUS_GOOD,
    STATUS_WARN, /* somebody should have a look */
    STATUS_BAD,  /* jobs are not run */
};

enum { STATUS_FACTS_MAX = 16, STATUS_TEXT_MAX = ERR_TEXT_MAX };

struct status_fact {
    const char *title; /* "schedule", "at work", … */
    char text[STATUS_TEXT_MAX];
    enum status_look look;
    bool is_work; /* it tells of the run at work; what that is at (situation.busy) goes with it */
};

struct status_facts {
    struct status_fact items[STATUS_FACTS_MAX];
    size_t count;
};

void status_facts_collect(struct status_facts *facts, const struct overview *overview,
                          const struct site *site);

/* What keeps a client's jobs from running, or else what is worth a look though nothing does. */
struct status_state {
    enum status_look look;      /* STATUS_GOOD: nothing of either kind */
    bool is_served;             /* nothing keeps its jobs from running */
    const char *word;           /* "well", "failures", "away", "held", … */
    char text[STATUS_TEXT_MAX]; /* the same with the reason: "held by martin: moving house" */
};

void status_state_of(const struct overview *overview, size_t client, const struct site *site,
                     struct status_state *state);

/* Why a job rests (overview_is_resting): what is wrong with its schedule, or its row. */
void status_rest_words(const struct survey_job *job, struct buf *out);

/* Is this something that lasts, and that nothing else in an overview tells?  Locks, holds and the
 * old server are facts, a client that is away has it in its state, and a job that failed today is
 * among the failures, one that rests among those; what runs remember of clients and packages that
 * are no longer served has no meaning any more. */
bool status_lasts(const struct overview *overview, const struct incident *incident);

#endif
