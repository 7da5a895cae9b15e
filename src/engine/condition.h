/* condition.h: lasting conditions that keep jobs from running: told when they begin, once a day,
 * and when they end, in the log and by notice.
 *
 *     struct conditions conditions = {.incidents = &incidents, .notify = &notify};
 *     condition_raise(&conditions, &(struct condition){.key = "auth", .text = "…"})
 *     condition_end(&conditions, &(struct condition){.key = "auth", .text = "the clients can …"})
 *
 * The notice may come later than the message in the log: a database upgrade locks the installation
 * for minutes, and nobody wants a mail for that.  "notice/<key>" is the incident of the notice.
 *
 * Ownership: everything is borrowed.
 */
#ifndef ENGINE_CONDITION_H
#define ENGINE_CONDITION_H

#include <stdint.h>

#include "engine/notify.h"
#include "store/incidents.h"

#define CONDITION_NOTICE "notice/"

struct conditions {
    struct incidents *incidents;
    struct notify *notify; /* NULL: nobody but the log is told */
};

struct condition {
    const char *key;    /* of the incident */
    const char *text;   /* "client 'acme' is not served: …" */
    const char *client; /* its name; NULL: it concerns no single one */
    int client_id;      /* 0: the same */
    int64_t since_s;    /* when it began, where that is known; 0: when it was first raised */
    int64_t patience_s; /* before anybody but the log is told */
};

void condition_raise(struct conditions *conditions, const struct condition *condition);

/* Its text says what is right again: "client 'acme' is served"; its times are not looked at. */
void condition_end(struct conditions *conditions, const struct condition *condition);

/* It concerns nobody any more: no word is said. */
void condition_forget(struct conditions *conditions, const char *key);

#endif
