/* checkup.h: everything that could keep jobs from running, or people from hearing of it, gone
 * through once.
 *
 *     struct checkup checkup = {0};
 *     checkup_run(&checkup, &(struct checkup_wish){.max_age_s = 180}, &site)
 *     for each checkup.items[i]: group, verdict, text, advice
 *     checkup_release(&checkup)
 *
 * A wish for monitoring (`quick`) leaves out what takes time and does not change by itself.
 *
 * Ownership: owns its texts.  Errors: what cannot be found out is an item.
 */
#ifndef ENGINE_CHECKUP_H
#define ENGINE_CHECKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "engine/overview.h"
#include "engine/site.h"

enum checkup_verdict {
    CHECKUP_WELL,
    CHECKUP_WARNING,  /* somebody should look */
    CHECKUP_CRITICAL, /* jobs do not run, or people do not hear of it */
};

struct checkup_item {
    const char *group; /* for scripts; its title is for people */
    enum checkup_verdict verdict;
    char *text;
    char *advice;  /* NULL where nothing is to be done */
    char *details; /* lines in somebody else's words, for those who want to know; NULL: none */
};

struct checkup_wish {
    bool quick;           /* only what can change from minute to minute */
    int64_t max_age_s;    /* after so long without a run something is wrong */
    const char *no_state; /* why there is no state directory; NULL: there is one */
};

struct checkup {
    struct checkup_item *items;
    size_t count;
    struct overview overview;
    bool failed; /* out of memory */
};

/* site is not const: Perl is loaded as a run would. */
void checkup_run(struct checkup *checkup, const struct checkup_wish *wish, struct site *site);

/* In place of it where the site cannot be opened, which `why` says: all faults of the
 * configuration and what is odd in it, and what can be looked at without one. */
void checkup_fail(struct checkup *checkup, const struct site *site, const struct err *why);

/* The worst of them. */
enum checkup_verdict checkup_worst(const struct checkup *checkup);

/* For people, not translated yet: "configuration". */
const char *checkup_title(const char *group);

void checkup_release(struct checkup *checkup);

/* ---- for the files of the checkup ---- */

void checkup_add(struct checkup *checkup, const char *group, enum checkup_verdict verdict,
                 const char *fmt, ...) PRINTF_LIKE(4, 5);

/* What is to be done about the last item, in the reader's language; ignored where all is well. */
void checkup_advise(struct checkup *checkup, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* More about it, where that is not what its text says already. */
void checkup_detail(struct checkup *checkup, const char *lines);

#endif
