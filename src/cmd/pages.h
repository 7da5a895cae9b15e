/* pages.h: is our module for kivitendo's web pages still where it was put?
 *
 *     pages_check(&watch);         once in a run, while it holds the lock
 *
 * The module lies in modules/override of kivitendo's directory, where "git clean" takes it away;
 * the pages then use kivitendo's own, whose buttons start the old server.  A run that sees the
 * module notes it in the state directory (<name>.pages, which holds the module's path); one that
 * sees the note but no module tells so, as a lasting condition, until either is back or gone.
 * Source: scripts/perl/page-module, which installs and removes both.
 * Not here: whether the module is the newest, or works.
 */
#ifndef CMD_PAGES_H
#define CMD_PAGES_H

#include <stdint.h>

#include "store/incidents.h"

/* Everything borrowed. */
struct pages_watch {
    const char *installation; /* kivitendo's directory */
    const char *note;         /* path of the note in the state directory */
    struct incidents *incidents;
    int64_t now_s; /* seconds since the epoch */
};

void pages_check(const struct pages_watch *watch);

#endif
