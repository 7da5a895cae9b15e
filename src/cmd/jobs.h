/* jobs.h: what the parts of the command `jobs` share.
 *
 * jobs_request.c reads the command line; jobs.c chooses; jobs_picture.c looks; jobs_find.c finds
 * the job that is meant; jobs_list.c, jobs_card.c and jobs_json.c show; jobs_edit.c changes.
 */
#ifndef CMD_JOBS_H
#define CMD_JOBS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "cmd/cmd.h"
#include "cmd/desk.h"
#include "core/job.h"
#include "engine/situation.h"
#include "engine/survey.h"
#include "store/job_edit.h"

enum jobs_deed { JOBS_LIST, JOBS_SHOW, JOBS_ADD, JOBS_SET, JOBS_REMOVE, JOBS_RUN };

/* What is wanted, as typed. */
struct jobs_request {
    enum jobs_deed deed;
    const char *client;  /* NULL: every one */
    const char *package; /* NULL: every one */
    bool due;            /* only those that are due */
    bool failed;         /* only those whose last run failed */
    bool active;         /* only active ones */
    bool inactive;       /* only the others */
    bool json;
    bool force;       /* save what kivitendo's page would not */
    bool all_clients; /* for run: whatever the id means there */
    const char *job;  /* an id or a package; NULL: none was named */
    int job_id;       /* 0: `job` is a package */
    /* For add and set: the new values; NULL means null where `given`. */
    const char *values[JOB_COLUMNS];
    bool given[JOB_COLUMNS];
};

/* What is known when it is asked. */
struct jobs_picture {
    const struct desk *desk;
    struct situation situation;
    struct survey survey;
};

/* ---- jobs_picture.c ---- */

/* Asks the client, or all of them where it is NULL.  Errors: as survey_collect. */
bool jobs_look(struct jobs_picture *picture, const struct desk *desk, const char *client,
               struct err *err) MUST_USE;

/* What is known is given back; a picture of zeros is, too. */
void jobs_forget(struct jobs_picture *picture);

/* ---- jobs_request.c ---- */

/* Errors: ERR_USAGE, also for an option that belongs to another verb. */
bool jobs_parse(const struct cmd_args *args, struct jobs_request *request,
                struct err *err) MUST_USE;

/* ---- jobs_find.c ---- */

/* Why nothing of the client can be shown or changed; true: it can. */
bool jobs_explain_client(const struct survey_client *client, struct err *err) MUST_USE;

/* Is it the wanted one, by its id or its package? */
bool jobs_is_named(const struct jobs_request *request, const struct job *job);

/* The one job with the wanted id or package among the clients that were asked; false where there is
 * none, or several: ERR_USAGE, which names them. */
bool jobs_find(const struct survey *survey, const struct jobs_request *request,
               const struct survey_client **client, const struct survey_job **job,
               struct err *err) MUST_USE;

/* ---- jobs_list.c ---- */

/* Does the job pass the filters? */
bool jobs_pass(const struct jobs_request *request, const struct survey_job *job);

/* ---- jobs_words.c: values in the reader's language ---- */

/* What is shown, and how much room there is. */
struct jobs_view {
    const struct jobs_picture *picture;
    bool is_wordy;   /* what there is to say of the next run, whole; else in a word */
    bool dates_next; /* with its date and zone */
    bool dates_last; /* and those of the last one */
};

/* "in 3 h", or dated: "in 3 h (2026-11-25 03:00 +0100)". */
void jobs_say_time(const struct jobs_view *view, int64_t instant_us, bool dated, struct buf *out);

/* "daily at 03:00", "once". */
void jobs_say_spec(const struct job *job, struct buf *out);

void jobs_say_next(const struct jobs_view *view, const struct survey_client *client,
                   const struct survey_job *job, struct buf *out);

void jobs_say_last(const struct jobs_view *view, const struct survey_job *job, struct buf *out);

/* Did the last run fail? */
bool jobs_has_failed(const struct survey_job *job);

/* A table of the jobs that pass, and what holds their clients. */
void jobs_write_table(const struct jobs_picture *picture, const struct jobs_request *request,
                      struct buf *out);

/* What keeps clients' jobs from running, a line each. */
void jobs_write_remarks(const struct jobs_picture *picture, struct buf *out);

/* ---- jobs_card.c ---- */

/* Everything about one job, a line each. */
void jobs_write_card(const struct jobs_picture *picture, const struct survey_client *client,
                     const struct survey_job *job, struct buf *out);

/* ---- jobs_json.c ---- */

void jobs_write_json(const struct jobs_picture *picture, const struct jobs_request *request,
                     struct buf *out);

/* ---- jobs_edit.c ---- */

bool jobs_add(struct desk *desk, const struct jobs_request *request, struct buf *out,
              struct err *err) MUST_USE;
bool jobs_set(struct desk *desk, const struct jobs_request *request, struct buf *out,
              struct err *err) MUST_USE;
bool jobs_remove(struct desk *desk, const struct jobs_request *request, struct buf *out,
                 struct err *err) MUST_USE;

#endif
