/* overview.h: the installation at a glance: how things stand here, all clients with their jobs, and
 * what has run of late.
 *
 *     struct overview overview = {0};
 *     overview_collect(&overview, &site, &(struct overview_wish){.back_s = 86400}, err)
 *     overview.situation, .survey, .runs, .traces …
 *     overview_release(&overview)
 *
 * Where the authentication database is away (survey.trouble) there are no clients, and the rest is
 * known all the same.
 *
 * Ownership: owns everything.
 * Errors: as survey_collect; a client whose history cannot be read counts as away.
 */
#ifndef ENGINE_OVERVIEW_H
#define ENGINE_OVERVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/timeline.h"
#include "engine/situation.h"
#include "engine/survey.h"
#include "store/runlog.h"

/* After so long a job that is due is overdue: two runs should have seen it. */
enum { OVERVIEW_OVERDUE_S = 150, OVERVIEW_RUNS_MAX = 20000 };

struct overview_wish {
    const char *client; /* id or name; NULL: all */
    int64_t back_s;     /* how far back runs are looked for */
    bool only_failures; /* of the runs */
    bool whole_errors;  /* of the runs; else their beginnings */
    int64_t trace_s;    /* how far back traces go; 0: there are none */
};

/* A row of a history. */
struct overview_run {
    size_t client; /* index in survey.clients */
    char *package;
    char *error; /* NULL: a success */
    int64_t run_at_us;
    enum run_end end;
};

/* When a package ran in a client. */
struct overview_trace {
    size_t client; /* index in survey.clients */
    char *package;
    struct timeline_mark *marks; /* the oldest first; at most one lies before what was asked for */
    size_t count;
};

struct overview {
    struct situation situation;
    struct survey survey;
    struct overview_run *runs; /* the newest first, client by client */
    size_t run_count;
    struct overview_trace *traces; /* client by client, in the order of package names */
    size_t trace_count;
};

/* A client in numbers. */
struct overview_counts {
    int active;  /* jobs */
    int running; /* jobs that somebody has claimed, or that a run of ours is at */
    int overdue; /* jobs */
    int resting; /* jobs */
    int failed;  /* runs among overview.runs */
};

bool overview_collect(struct overview *overview, const struct site *site,
                      const struct overview_wish *wish, struct err *err) MUST_USE;

/* It is due, longer so than it should be, and nobody is at it. */
bool overview_is_overdue(const struct overview *overview, const struct survey_client *client,
                         const struct survey_job *job);

/* It belongs to another node, and that does not run it: as after a host has got another name. */
bool overview_is_abandoned(const struct overview *overview, const struct survey_client *client,
                           const struct survey_job *job);

/* It is active and ours, but will never be due: it has no next_run_at, as after a cron_spec that
 * cannot be understood, or a type that nobody knows. */
bool overview_is_resting(const struct survey_job *job);

struct overview_counts overview_count(const struct overview *overview, size_t client);

/* How often the package of overview.runs[index] has failed in its client; 0: that run succeeded, or
 * a newer one stands for it.  For lists with a line per package: one that fails every five minutes
 * must not hide the others. */
int overview_failures(const struct overview *overview, size_t index);

/* Takes NULL. */
void overview_release(struct overview *overview);

#endif
