/* history_read.h: reading background_job_histories, for people who ask.
 *
 *     struct history_query query = {.package = "Test", .limit = "50"};
 *     history_list(&db, &query, &reply, err)       columns as in enum history_column, newest first
 *     history_stats(&db, &query, &reply, err)      a row per package: enum history_stat
 *     history_marks(&db, &span, &reply, err)       a row per package and slot: enum history_mark
 *
 * On a connection whose session is set up.  Databases without a description give null.
 * Ownership: the caller releases the reply, also after false.
 */
#ifndef STORE_HISTORY_READ_H
#define STORE_HISTORY_READ_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/db.h"

/* What is wanted; NULL is everything. */
struct history_query {
    const char *package;
    const char *status; /* "success", "failure", or "interrupted", which is a kind of failure */
    const char *since;  /* local time */
    const char *limit;  /* a number; NULL: all */
    bool whole;         /* texts as they are; else their first 300 letters and "…" */
};

enum history_column {
    HISTORY_ID,
    HISTORY_PACKAGE,
    HISTORY_RUN_AT,
    HISTORY_STATUS, /* "interrupted" too */
    HISTORY_RESULT,
    HISTORY_ERROR,
    HISTORY_DATA,
    HISTORY_DESCRIPTION,
};

enum history_stat {
    STAT_PACKAGE,
    STAT_RUNS,
    STAT_FAILURES,
    STAT_LAST_RUN,
    STAT_LAST_FAILURE,
    STAT_LAST_ERROR,
};

/* Counts of runs along the time. */
struct history_span {
    const char *since;  /* local time; all that lies before is one slot per package */
    const char *slot_s; /* a number: how long a slot is */
};

enum history_mark { /* by package, then time */
                    MARK_PACKAGE,
                    MARK_FIRST_RUN,
                    MARK_LAST_RUN,
                    MARK_RUNS,
                    MARK_FAILURES,
                    MARK_ERROR, /* of the last failure; its first 200 letters */
};

bool history_list(struct db *db, const struct history_query *query, struct db_reply *reply,
                  struct err *err) MUST_USE;

bool history_stats(struct db *db, const struct history_query *query, struct db_reply *reply,
                   struct err *err) MUST_USE;

bool history_marks(struct db *db, const struct history_span *span, struct db_reply *reply,
                   struct err *err) MUST_USE;

#endif
