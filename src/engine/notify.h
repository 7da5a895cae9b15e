/* notify.h: tells people what went wrong, and that it is over; in the parent of a run.
 *
 *     notify_open(&notify, &site, &incidents, err)      after the state directory
 *     notify_retry(&notify)                             when a run begins: what was not told then
 *     notify_collect(&notify)                           when a lane has reported: reads what ended
 *     notify_condition(&notify, key, &about)            see engine/condition.h
 *     notify_deliver(&notify)                           now and then: starts or reaps the courier
 *     notify_finish(&notify, succeeded)                 at the end of the run
 *     notify_close(&notify)
 *
 * Lanes write every outcome into the run log (store/runlog.h); here its new lines become news. What
 * has been read is remembered in "<name>.told", so that nothing is lost with a run that is killed,
 * nor the outcomes of run-job.  A failure there was no room to write a notice of is told by a later
 * run as it stands in the run log, or with the job's next one; that it succeeds again, with its
 * next success; and nothing if nobody was told of the failure.
 *
 * No floods: one notice for an incident, which is a client, a job and a kind of error
 * (core/errorkind.h), when it begins; with the job's next failure a day or more after the last
 * notice, a reminder; one when the job succeeds again.  Jobs that are run once never come again:
 * those of one package share their incidents, which end when one of them succeeds.
 * `repeat = always` sends one for each failure.
 *
 * Notices wait in the outbox (store/outbox.h) until they are delivered: by mail where all of
 * [task_server/notify_on_failure] is set, and to notify_command.  The courier, a child of ours
 * (engine/courier.h), delivers them, so a mail server that hangs delays no job.
 *
 * Ownership: borrows site, incidents and metrics; owns its paths.
 * Errors: only out of memory; what cannot be told is logged.
 * Source: kivitendo.md "Failure mail".
 */
#ifndef ENGINE_NOTIFY_H
#define ENGINE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/job.h"
#include "engine/news.h"
#include "engine/site.h"
#include "store/incidents.h"
#include "store/runlog.h"

struct metrics;

struct notify {
    const struct site *site;
    struct incidents *incidents;
    struct metrics *metrics; /* counts what ended; NULL: nobody does */
    char *told;              /* where the offset is kept */
    char *outbox;
    char *templates;
    int64_t offset;   /* how far the run log has been read */
    bool by_mail;     /* somebody is to get mails */
    bool put_some;    /* the outbox has something the last courier did not see */
    bool tried;       /* a courier has looked into the outbox in this run: not again for the old */
    pid_t courier;    /* 0: none is on its way */
    int64_t began_ms; /* monotonic time at which it was started */
};

bool notify_open(struct notify *notify, const struct site *site, struct incidents *incidents,
                 struct err *err) MUST_USE;

void notify_retry(struct notify *notify);

void notify_collect(struct notify *notify);

/* Whose incident it is. */
struct notify_job {
    int client_id;
    int id;               /* 0: of all that are run once */
    uint32_t package_sum; /* fnv_text of the package */
};

/* Is this the key of an incident of a job? */
bool notify_parse_key(const char *key, struct notify_job *job) MUST_USE;

/* Is the incident about this job, of the right client? */
bool notify_is_about(const struct notify_job *incident, const struct job *job) MUST_USE;

/* False: it cannot be written, which is logged: tell it again in a later run. */
bool notify_put(struct notify *notify, const struct news *news) MUST_USE;

void notify_deliver(struct notify *notify);

/* Delivers what is left, in at most half a minute, and sends the heartbeat. */
void notify_finish(struct notify *notify, bool succeeded);

/* Takes NULL. */
void notify_close(struct notify *notify);

#endif
