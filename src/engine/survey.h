/* survey.h: what operators' commands want to know of the clients, collected whole: every client,
 * its jobs with their last runs and claims, and what keeps them from running.
 *
 *     struct survey survey = {0};
 *     survey_collect(&survey, &site, &(struct survey_wish){.client = "acme"}, err)
 *     for each survey.clients[i]:
 *         .client.disabled                      not enabled; then nothing else is known of it
 *         .trouble                              not NULL: it could not be reached, and why
 *         .jobs[k].row.job.package, .jobs[k].due, .jobs[k].kind, …
 *     survey_release(&survey)
 *
 * It asks one client after the other, over a connection each, and changes nothing.  One that is
 * away costs its connect_timeout and a text. The site is one that site_open has filled; `signals`,
 * `board` and `journal` may be missing.
 *
 * Ownership: the survey owns everything in it.
 * Errors: only where there is nothing to show: the authentication database is away (ERR_AWAY), or
 * no client is the wanted one (ERR_USAGE). Not here: the journal, the run log, what a run under way
 * does (store/), the schedule.
 */
#ifndef ENGINE_SURVEY_H
#define ENGINE_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/site.h"
#include "engine/visit.h"
#include "jobs/handler.h"
#include "store/clients.h"
#include "store/holds.h"
#include "store/inventory.h"

struct survey_wish {
    const char *client; /* id or name; NULL: all */
    bool with_disabled; /* clients that are not enabled, too; a wanted one is always shown */
    bool only_clients;  /* connect to none of them */
    bool without_auth;  /* no error if the authentication database is away, but survey.trouble */
    /* What else to ask a client that was reached, over the same connection: that of
     * survey.clients[index].  False: it counts as away.  NULL: nothing. */
    bool (*ask)(void *asker, struct db *db, size_t index, struct err *err);
    void *asker; /* borrowed; handed to `ask` */
};

struct survey_job {
    struct inventory_job *row;    /* in the client's inventory */
    enum due due;                 /* at survey.now_us, on our node */
    bool postponed;               /* job_is_postponed */
    int kind;                     /* BOARD_NATIVE, BOARD_COMMAND or BOARD_PERL */
    const struct handler *native; /* with BOARD_NATIVE; NULL: nobody knows this package */
    char *why; /* "natively: …", "as a command: …"; else why nobody runs it */
};

struct survey_client {
    struct client client;
    char *trouble;              /* NULL: it was reached */
    enum err_kind trouble_kind; /* with trouble */
    struct inventory inventory; /* rows, session, server */
    int64_t clock_ahead_us;     /* the server's clock against ours when it answered */
    struct survey_job *jobs;    /* one for each row of the inventory */
    size_t count;
    enum visit_perl perl;    /* VISIT_PERL_UNKNOWN: none of its jobs is Perl's */
    char *perl_held;         /* with VISIT_PERL_HELD: why */
    char *moved;             /* not NULL: its database is not the one it was, so it is held */
    const struct hold *hold; /* what an administrator's hold keeps from running; in survey.holds */
    const struct hold *also_hold; /* it is held twice, and both must end: the shorter one */
};

struct survey {
    int64_t now_us;
    struct survey_client *clients; /* in the order of their ids */
    size_t count;
    size_t left_out; /* clients that are not enabled, and so not among all of them */
    char *trouble;   /* not NULL: the clients cannot be listed, and there are none; why */
    struct holds holds;
    char *holds_trouble;   /* not NULL: the holds cannot be read, so nothing is started; why */
    char *origins_trouble; /* not NULL: which databases the clients had is not known; why */
    bool away;             /* some client could not be reached, or the list of them */
};

bool survey_collect(struct survey *survey, const struct site *site, const struct survey_wish *wish,
                    struct err *err) MUST_USE;

/* Is the client wanted: by its id, or by its name where no client of the list has that id? */
bool survey_wants(const struct clients *clients, const struct client *client, const char *wanted);

/* Takes NULL. */
void survey_release(struct survey *survey);

#endif
