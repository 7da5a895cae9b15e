/* courier.h: a short-lived child that delivers what waits in the outbox, and the heartbeat.
 *
 *     courier_start(&errand, &pid, err)      forks; the parent waits for pid when it likes …
 *     courier_learn(&incidents, status)      … and remembers what did not work
 *
 * What cannot be delivered stays for the next courier, and is given up after a day; both are
 * logged, the first as a fault that lasts (engine/lasting.h), for every run tries it.  Notices that
 * fail one after the other, or slowly, end the errand for their way: the others would fare
 * likewise.
 *
 * Ownership: everything is borrowed until the fork.
 * Source: design.md "notify".
 */
#ifndef ENGINE_COURIER_H
#define ENGINE_COURIER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/site.h"
#include "store/incidents.h"

/* What can fail by itself. */
enum courier_way { COURIER_MAIL, COURIER_PROGRAM, COURIER_HEARTBEAT, COURIER_WAYS };

struct courier_errand {
    const struct site *site;
    struct incidents *incidents; /* which faults have been told already */
    const char *outbox;          /* the directory; NULL: only the heartbeat */
    const char *heartbeat;       /* heartbeat_url; NULL: none is sent */
    bool good; /* what the heartbeat tells: no job failed, all clients were served */
};

bool courier_start(const struct courier_errand *errand, pid_t *pid, struct err *err) MUST_USE;

/* Sends a mail as a failure would, at once and without the outbox.  It says that it is a test, in
 * the language of mails. */
bool courier_send_test(const struct site *site, struct err *err) MUST_USE;

/* wait_status: of a courier that has ended, as waitpid(2) gives it. */
void courier_learn(struct incidents *incidents, int wait_status);

/* Since when that way fails; NULL: nothing is known against it. */
const struct incident *courier_trouble(const struct incidents *incidents, enum courier_way way);

/* "mails cannot be sent", in the reader's language. */
const char *courier_fault(enum courier_way way);

/* That way is not configured: whatever was wrong with it concerns nobody any more. */
void courier_forget(struct incidents *incidents, enum courier_way way);

#endif
