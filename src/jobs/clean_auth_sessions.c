/* CleanAuthSessions: expired sessions go from the auth database, with their content and files.
 *
 * All clients have this job at the same minute, and the pages write sessions all the time.  So it
 * works in batches, each a transaction of its own: in the order of ids, passing over rows that
 * somebody else has locked.  A page that ends the same session takes the two tables in the other
 * order; a batch that loses such a deadlock is tried once more.
 *
 * Files go first: if we end in between, the rows are still there and the next run goes on.  Files
 * that cannot be removed don't hold up their session, as in kivitendo; the result tells of them.
 *
 * None of it belongs to the transaction of the client's database. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "io/remove.h"
#include "io/session.h"
#include "jobs/jobs.h"

static const struct db_statement begin = {.sql = "BEGIN ISOLATION LEVEL READ COMMITTED"};
static const struct db_statement commit = {.sql = "COMMIT"};

/* now() and mtime are both the server's. */
static const struct db_statement lock_expired = {
    .params = 2,
    .sql = "SELECT id FROM auth.session"
           " WHERE mtime < now() - make_interval(mins => $1::integer)"
           " AND ($2::text IS NULL OR id > $2::text)"
           " ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED",
};

static const struct db_statement delete_content = {
    .params = 1,
    .sql = "DELETE FROM auth.session_content WHERE session_id = ANY ($1::text[])",
};

static const struct db_statement delete_sessions = {
    .params = 1,
    .sql = "DELETE FROM auth.session WHERE id = ANY ($1::text[])",
};

struct sweep {
    struct job_run *run;
    int files;        /* users/session_files; -1: there is none, or it cannot be opened */
    struct buf after; /* the last id of the batches before; empty: none yet */
    struct buf ids;   /* the present batch, as an array's text */
    int rows;         /* of the present batch */
    bool deadlock;    /* the present batch lost one */
    int left_files;   /* sessions some of whose files could not be removed */
    struct err first; /* … and why, for the first of them */
};

/* ---- files ---- */

static void note_left_files(struct sweep *sweep, const struct err *err)
{
    if (sweep->left_files++ == 0)
        sweep->first = *err;
}

static void open_files(struct sweep *sweep)
{
    struct err err;
    struct buf path = {0};
    buf_addf(&path, "%s/users/session_files", sweep->run->installation);
    sweep->files = open(buf_text(&path), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (sweep->files < 0 && errno != ENOENT) {
        err_set_errno(&err, "%s", buf_text(&path));
        note_left_files(sweep, &err);
    }
    buf_release(&path);
}

/* Only letters and digits of an id become a path, as the pages have it. */
static void remove_files(struct sweep *sweep, const char *id)
{
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    struct buf name = {0};
    struct err err;
    for (const char *at = id; *at; at++)
        if (strchr(allowed, *at))
            buf_add(&name, at, 1);
    if (sweep->files >= 0 && name.len && !remove_tree(sweep->files, buf_text(&name), &err))
        note_left_files(sweep, &err);
    buf_release(&name);
}

/* ---- rows ---- */

/* One element of an array's text: PostgreSQL manual, "Array Input and Output Syntax". */
static void add_id(struct buf *ids, const char *id)
{
    buf_add_text(ids, ids->len ? ",\"" : "{\"");
    for (const char *at = id; *at; at++) {
        if (*at == '"' || *at == '\\')
            buf_add_text(ids, "\\");
        buf_add(ids, at, 1);
    }
    buf_add_text(ids, "\"");
}

static bool lock_batch(struct sweep *sweep, struct db_reply *reply, struct err *err)
{
    char minutes[16];
    snprintf(minutes, sizeof minutes, "%d", sweep->run->session_timeout_min);
    const char *params[] = {minutes, sweep->after.len ? buf_text(&sweep->after) : NULL};
    struct db *db = job_auth_db(sweep->run, err);
    if (!db)
        return false;
    struct db_step steps[3] = {{.statement = &begin}};
    int count = 1;
    if (db->pooled)
        steps[count++] = session_step(db);
    steps[count++] = (struct db_step){.statement = &lock_expired, .params = params};
    return job_auth_run(sweep->run, steps, count, reply, err);
}

/* Removes the files of the rows that were locked, and puts their ids together. */
static bool collect_batch(struct sweep *sweep, const struct db_reply *reply, struct err *err)
{
    int step = reply->count - 1;
    sweep->rows = db_rows(reply, step);
    buf_clear(&sweep->ids);
    for (int row = 0; row < sweep->rows; row++) {
        const char *id = db_value(reply, step, row, 0);
        remove_files(sweep, id);
        add_id(&sweep->ids, id);
    }
    buf_add_text(&sweep->ids, sweep->ids.len ? "}" : "{}");
    return !sweep->ids.failed || err_set_nomem(err);
}

static bool delete_batch(struct sweep *sweep, struct err *err)
{
    const char *params[] = {buf_text(&sweep->ids)};
    const struct db_step steps[] = {
        {.statement = &delete_content, .params = params},
        {.statement = &delete_sessions, .params = params},
        {.statement = &commit},
    };
    struct db_reply reply;
    bool done = job_auth_run(sweep->run, steps, ARRAY_LEN(steps), &reply, err);
    sweep->deadlock = strcmp(reply.sqlstate, "40P01") == 0;
    db_reply_release(&reply);
    return done;
}

/* The next batch starts behind the last id of this one. */
static bool note_progress(struct sweep *sweep, const struct db_reply *reply, struct err *err)
{
    buf_clear(&sweep->after);
    if (sweep->rows)
        buf_add_text(&sweep->after, db_value(reply, reply->count - 1, sweep->rows - 1, 0));
    return !sweep->after.failed || err_set_nomem(err);
}

static bool sweep_batch(struct sweep *sweep, struct err *err)
{
    struct db_reply reply = {0};
    sweep->deadlock = false;
    bool done = lock_batch(sweep, &reply, err) && collect_batch(sweep, &reply, err) &&
                delete_batch(sweep, err) && note_progress(sweep, &reply, err);
    if (!done)
        auth_link_close(sweep->run->auth); /* ends the transaction, whatever state it is in */
    db_reply_release(&reply);
    return done;
}

static bool sweep_all(struct sweep *sweep, struct err *err)
{
    do {
        if (!sweep_batch(sweep, err) && !(sweep->deadlock && sweep_batch(sweep, err)))
            return false;
    } while (sweep->rows > 0);
    return true;
}

static void describe(const struct sweep *sweep, struct outcome *outcome)
{
    struct err text = {.text = "1"};
    if (sweep->left_files)
        err_set(&text, ERR_NONE, "1; files of %d expired sessions could not be removed, first: %s",
                sweep->left_files, sweep->first.text);
    outcome_succeed(outcome, text.text);
}

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    struct sweep sweep = {.run = run};
    open_files(&sweep);
    bool done = sweep_all(&sweep, err);
    describe(&sweep, outcome);
    if (sweep.files >= 0)
        close(sweep.files);
    buf_release(&sweep.after);
    buf_release(&sweep.ids);
    return done;
}

const struct handler job_clean_auth_sessions = {
    .package = "CleanAuthSessions",
    .run = run,
    .works_elsewhere = true,
};
