/* checkup_parts.h: the parts of a checkup; for engine/checkup.c. */
#ifndef ENGINE_CHECKUP_PARTS_H
#define ENGINE_CHECKUP_PARTS_H

#include "engine/checkup.h"

/* engine/checkup_here.c: this machine */
void checkup_configuration(struct checkup *checkup, const struct site *site);
void checkup_directories(struct checkup *checkup, const struct checkup_wish *wish,
                         const struct site *site);
void checkup_pages(struct checkup *checkup, const struct site *site);

/* Part of it; alone for monitoring. */
void checkup_journal(struct checkup *checkup);

/* engine/checkup_perl.c: kivitendo's own code */
void checkup_perl(struct checkup *checkup, struct site *site);

/* engine/checkup_start.c: what starts runs */
void checkup_old_server(struct checkup *checkup);
void checkup_schedule(struct checkup *checkup, const struct checkup_wish *wish,
                      const struct site *site);

/* engine/checkup_told.c: who hears of it */
void checkup_mail(struct checkup *checkup, const struct checkup_wish *wish,
                  const struct site *site);
void checkup_told(struct checkup *checkup, const struct checkup_wish *wish,
                  const struct site *site);
void checkup_courier(struct checkup *checkup, const struct site *site);

/* engine/checkup_jobs.c: what is in the databases */
void checkup_jobs(struct checkup *checkup);

/* Jobs by name, as many as a line bears.  {0} is an empty one; the user releases the text. */
struct checkup_named {
    struct buf text; /* "acme/Test 17, beta/Test 17" */
    size_t count;    /* of all */
};

void checkup_name_job(struct checkup_named *named, const struct survey_client *client,
                      const struct job *job);

/* Says how many there are besides; call it once. */
const char *checkup_named_text(struct checkup_named *named);

/* engine/checkup_there.c: the databases, and what clocks do */
void checkup_auth(struct checkup *checkup, const struct site *site);
void checkup_clients(struct checkup *checkup);
void checkup_connections(struct checkup *checkup, const struct site *site);
void checkup_clocks(struct checkup *checkup, const struct site *site);
void checkup_daylight(struct checkup *checkup, const struct site *site);

#endif
