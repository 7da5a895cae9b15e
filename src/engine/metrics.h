/* metrics.h: what Prometheus is told after each run: metrics_file, in the form that node_exporter's
 * textfile collector reads.
 *
 *     metrics_open(&metrics, path_of_counters, err)    where metrics_file is set
 *     metrics_count(&metrics, &record)                 each outcome, from engine/notify
 *     metrics_overdue(&metrics, client, seconds)       what lanes report
 *     metrics_write(&metrics, &run, err)
 *     metrics_close(&metrics)
 *
 * Counters go on from run to run: they are kept in a file of ours, a line for each client and
 * package: both names and METRICS_ENDS numbers, with tabs between.  What cannot be understood in it
 * counts as zero.  In names control characters are blanks and bad bytes U+FFFD, as in the run log.
 * metrics_file is replaced as a whole, mode 0644.
 *
 * Ownership: the struct owns all it points to.  Errors: ERR_SYSTEM, ERR_INTERNAL.
 * Source: Prometheus, "Text-based format"; node_exporter, "Textfile Collector".
 */
#ifndef ENGINE_METRICS_H
#define ENGINE_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/runlog.h"

enum { METRICS_ENDS = 4 }; /* as many as enum run_end has */

/* Outcomes of a client's jobs of one package. */
struct metrics_counter {
    char *client;               /* owned */
    char *package;              /* owned */
    int64_t ends[METRICS_ENDS]; /* by enum run_end */
};

/* How late a client was in this run. */
struct metrics_overdue {
    char *client; /* owned */
    int64_t seconds;
};

struct metrics {
    char *path; /* of the counters; owned */
    struct metrics_counter *counters;
    size_t count;
    bool changed; /* since they were read or written: most runs count nothing */
    struct metrics_overdue *overdue;
    size_t overdue_count;
};

/* The gauges of a run. */
struct metrics_run {
    const char *file; /* metrics_file */
    int64_t started_us;
    int64_t ended_us;
    bool succeeded; /* nothing went wrong; that jobs are locked or held is no fault */
    bool locked;    /* users/nologin */
    bool all_held;  /* an administrator holds all clients */
    int clients;    /* enabled ones; -1: nobody has looked at them, and so for the next two */
    int unreachable;
    int held;    /* for whatever reason, all of their jobs or some */
    int journal; /* entries that wait to be recorded */
};

/* A file of counters that cannot be read counts as empty. */
bool metrics_open(struct metrics *metrics, const char *path, struct err *err) MUST_USE;

/* One more outcome. */
void metrics_count(struct metrics *metrics, const struct run_record *record);

/* How late the latest job of a client was when its turn came. */
void metrics_overdue(struct metrics *metrics, const char *client, int64_t seconds);

/* Writes metrics_file, and the counters if they have changed; if one cannot be written, the other
 * is all the same. */
bool metrics_write(struct metrics *metrics, const struct metrics_run *run,
                   struct err *err) MUST_USE;

/* Takes NULL. */
void metrics_close(struct metrics *metrics);

#endif
