/* jobs.h: what the parts of the command `jobs` share.
 *
 * jobs.c reads the command line and chooses; jobs_list.c and jobs_json.c show; jobs_edit.c changes.
 */
#ifndef CMD_JOBS_H
#define CMD_JOBS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/desk.h"
#include "core/job.h"
#include "engine/survey.h"
#include "store/job_edit.h"

/* What is wanted, as typed. */
struct jobs_request {
    const char *client;  /* NULL: every one */
    const char *package; /* NULL: every one */
    bool due;            /* only those that are due */
    bool failed;         /* only those whose last run failed */
    bool active;         /* only active ones */
    bool inactive;       /* only the others */
    bool json;
    bool force; /* save what kivitendo's page would not */
    int job_id; /* 0: none was named */
    /* For add and set: the new values; NULL means null where `given`. */
    const char *values[JOB_COLUMNS];
    bool given[JOB_COLUMNS];
};

/* Does the job pass the filters? */
bool jobs_pass(const struct jobs_request *request, const struct survey_job *job);

/* ---- jobs_list.c ---- */

/* A table of the jobs that pass, and what holds their clients. */
void jobs_write_table(const struct desk *desk, const struct survey *survey,
                      const struct jobs_request *request, struct buf *out);

/* Everything about one job, a line each. */
void jobs_write_card(const struct desk *desk, const struct survey *survey,
                     const struct survey_client *client, const struct survey_job *job,
                     struct buf *out);

/* ---- jobs_json.c ---- */

void jobs_write_json(const struct desk *desk, const struct survey *survey,
                     const struct jobs_request *request, struct buf *out);

/* ---- jobs_edit.c ---- */

bool jobs_add(struct desk *desk, const struct jobs_request *request, struct buf *out,
              struct err *err) MUST_USE;
bool jobs_set(struct desk *desk, const struct jobs_request *request, struct buf *out,
              struct err *err) MUST_USE;
bool jobs_remove(struct desk *desk, const struct jobs_request *request, struct buf *out,
                 struct err *err) MUST_USE;

/* The one job with the wanted id among the clients that were asked; false where there is none, or
 * several. */
bool jobs_find(const struct survey *survey, const struct jobs_request *request,
               const struct survey_client **client, const struct survey_job **job,
               struct err *err) MUST_USE;

#endif
