/* courier.h: a short-lived child that delivers what waits in the outbox, and the heartbeat.
 *
 *     courier_start(&errand, &pid, err)      forks; the parent waits for pid when it likes
 *
 * What cannot be delivered stays for the next courier, and is given up after a day; both are
 * logged.  The first mail that the server does not take ends the mails of this errand: the others
 * would wait for the same server.
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

struct courier_errand {
    const struct site *site;
    const char *outbox;    /* the directory; NULL: only the heartbeat */
    const char *heartbeat; /* the address to fetch, or NULL */
};

bool courier_start(const struct courier_errand *errand, pid_t *pid, struct err *err) MUST_USE;

/* Sends a mail as a failure would, at once and without the outbox. */
bool courier_send_test(const struct site *site, const char *text, struct err *err) MUST_USE;

#endif
