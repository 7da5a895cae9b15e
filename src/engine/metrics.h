/* metrics.h: what Prometheus is told after each run: metrics_file, in the form that node_exporter's
 * textfile collector reads.
 *
 *     metrics_open(&metrics, path_of_counters, err)    where metrics_file is set
 *     metrics_count(&metrics, &record)                 each outcome, from engine/notify
 *     metrics_overdue(&metrics, client, seconds)       what lanes report
 *     metrics_write(&metrics, &run, err)
 *     metrics_close(&metrics)
 *
 * Counters go on from run to run: they are kept in a file of ours.  Replaced as a whole, mode 0644.
 *
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

struct metrics_counter {
    char *client;  /* owned */
    char *package; /* owned */
    int64_t ends[METRICS_ENDS];
};

struct metrics_overdue {
    char *client; /* owned */
    int64_t seconds;
};

struct metrics {
    char *path; /* of the counters; owned */
    struct metrics_counter *counters;
    size_t count;
    struct metrics_overdue *overdue;
    size_t overdue_count;
};

/* The gauges of a run. */
struct metrics_run {
    const char *file; /* metrics_file */
    int64_t started_us;
    int64_t ended_us;
    bool succeeded; /* every client could be served */
    bool locked;    /* users/nologin */
    int clients;
    int unreachable;
    int held;
    int journal; /* entries that wait to be recorded */
};

bool metrics_open(struct metrics *metrics, const char *path, struct err *err) MUST_USE;

void metrics_count(struct metrics *metrics, const struct run_record *record);

/* How late the latest job of a client was when its turn came. */
void metrics_overdue(struct metrics *metrics, const char *client, int64_t seconds);

bool metrics_write(struct metrics *metrics, const struct metrics_run *run,
                   struct err *err) MUST_USE;

/* Takes NULL. */
void metrics_close(struct metrics *metrics);

#endif
