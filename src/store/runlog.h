/* runlog.h: what became of each job that was run from this machine: a line per outcome.
 *
 *     struct runlog log = RUNLOG_CLOSED;              path lent
 *     runlog_append(&log, &record, err)               after the commit; opens it when first needed
 *     runlog_close(&log)
 *
 *     struct runlog_reader reader;
 *     if (!runlog_open(&reader, path, offset, err)) …
 *     while (runlog_next(&reader, &record)) …         record is lent until the next call
 *     reader.offset                                   where the next reader goes on
 *     runlog_end(&reader)
 *
 * It knows what the databases do not: how long a job took, and what has ended since somebody looked
 * the last time.  It may be lost: then durations are unknown, and nobody is told of what stood
 * there.
 *
 * Shape: fields with tabs between, a newline behind: run_at (microseconds since the epoch),
 * client's id, job's id, milliseconds, how, package, client's name, description, text, and "once"
 * or nothing; lines that earlier versions wrote lack the last.  In texts tabs and control
 * characters are blanks, and a text is cut at RUNLOG_TEXT_MAX bytes.  A line is written at once, so
 * that processes may append side by side (io/lines.h); one that cannot be understood is skipped.
 *
 * Errors: ERR_SYSTEM.  A log that does not exist is empty.
 * Not here: who reads it (engine/notify, the commands), and when it is begun anew (runlog_rotate is
 * for the only process that runs).
 */
#ifndef STORE_RUNLOG_H
#define STORE_RUNLOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/err.h"

enum { RUNLOG_TEXT_MAX = 2000, RUNLOG_ROTATE_BYTES = 4 * 1024 * 1024 };

enum run_end {
    RUN_SUCCEEDED,
    RUN_FAILED,
    RUN_INTERRUPTED,
    RUN_LOST, /* another node had claimed it: no history row of ours */
};

struct run_record {
    int64_t run_at_us;
    int client_id;
    int job_id;
    int64_t duration_ms; /* -1: not known */
    enum run_end end;
    const char *package;
    const char *client;
    const char *description;
    const char *text; /* the error, or "" */
    bool once;        /* the job's row does not repeat (job_is_once) */
};

struct runlog {
    const char *path; /* borrowed; NULL: nothing is kept */
    int fd;           /* -1: not open */
};

#define RUNLOG_CLOSED                                                                              \
    {                                                                                              \
        .fd = -1                                                                                   \
    }

bool runlog_append(struct runlog *log, const struct run_record *record, struct err *err) MUST_USE;

void runlog_close(struct runlog *log);

struct runlog_reader {
    FILE *file; /* NULL: there is none */
    char *line; /* owned */
    size_t size;
    int64_t offset; /* bytes read so far */
};

/* offset beyond the end (the log was begun anew): from the beginning. */
bool runlog_open(struct runlog_reader *reader, const char *path, int64_t offset,
                 struct err *err) MUST_USE;

/* A line without its end is still being written: it comes next time. */
bool runlog_next(struct runlog_reader *reader, struct run_record *record);

void runlog_end(struct runlog_reader *reader);

/* Moves a log that has grown large to "<path>.1".  True: it was moved. */
bool runlog_rotate(const char *path);

/* "success", "failure", "interrupted", "lost". */
const char *run_end_word(enum run_end end);

#endif
