/* job.h: a row of background_jobs, and whether it is due.
 *
 * Pure: the row has been read (store/jobs.h), the time and the zone are given.
 * Ownership: the struct owns its strings; job_release frees them.  NULL is SQL's null.
 * Source: kivitendo.md "Client database" and "Which jobs are due"; schedule.md "How an instant is
 * stored".
 */
#ifndef CORE_JOB_H
#define CORE_JOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/zone.h"

struct job {
    int id;
    char *type;        /* 'interval', 'once', or anything */
    char *package;     /* package_name */
    char *spec;        /* cron_spec */
    char *node;        /* node_id */
    char *description; /* NULL too where the database has no such column */
    char *data;
    char *next_text; /* next_run_at as the server printed it, to recognise it later */
    bool active;     /* null counts as false */
    bool has_next;   /* next_run_at is not null */
    bool has_last;   /* last_run_at is not null */
    int64_t next_us; /* next_run_at as an instant, microseconds; where has_next */
};

/* Which node runs here. */
struct node {
    const char *id;
    bool only_own; /* only_run_tasks_for_this_node */
};

enum due {
    DUE,
    DUE_UNKNOWN_TYPE, /* neither 'interval' nor 'once' */
    DUE_INACTIVE,
    DUE_OTHER_NODE,
    DUE_DONE,    /* a once row that has run */
    DUE_NO_TIME, /* an interval row without next_run_at */
    DUE_LATER,
};

enum due job_due(const struct job *job, const struct node *node, int64_t now_us) MUST_USE;

/* Why, in words: "is due", "is not active", … */
const char *due_words(enum due due);

/* The slot that is due: next_run_at, or now where there is none. */
int64_t job_slot_us(const struct job *job, int64_t now_us);

bool job_is_once(const struct job *job);

/* How long it has been due; 0: it is not, or has no time, or one of '-infinity', which is how
 * somebody wants it now. */
int64_t job_late_us(const struct job *job, int64_t now_us);

/* Does its next time lie where its schedule never puts it: beyond the next two, and more than a day
 * beyond?  So it is after a clock that was wrong.  Of jobs that are run once the time is somebody's
 * choice, and so is 'infinity'. */
bool job_is_postponed(const struct job *job, const struct zone *zone, int64_t now_us);

/* True for names that may become part of a file name or Perl: ^[A-Z][A-Za-z0-9]+$, at most 255. */
bool job_package_is_valid(const char *package);

void job_release(struct job *job);

#endif
