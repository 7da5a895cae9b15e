/* busy.h: what a run has been at for a while, in a small file for whoever asks.
 *
 *     the run, when that changes            busy_save(&busy, path, err)
 *     the run, at its end                   busy_remove(path)
 *
 *     struct busy busy = {0};               somebody else
 *     busy_load(&busy, path, err)           no file: nobody is at anything for long
 *     if (busy_is_of(&busy, pid, since_s))  those of the lock file's holder
 *     busy_release(&busy)
 *
 * Only what takes longer than a few seconds stands there, so most runs never write it; and a run
 * that was killed leaves its file behind, which is why it must be held against the lock file.
 *
 * Shape: <state directory>/<site's name>.busy; lines of fields with tabs between:
 *     run   PID  when it was written
 *     job   since  kind  job's id  client's id  lane's pid  package  client's name
 * Times are microseconds since the epoch.  A job's id of 0, with an empty package: the lane is
 * between jobs, and waits for a database.  In texts control characters are blanks.
 *
 * Ownership: busy_load allocates the texts; a struct that is put together for busy_save may borrow
 * them, and is then not released.
 * Errors: ERR_SYSTEM, ERR_INTERNAL.
 * Not here: external jobs whose run has died (store/journal_scan.h); claims by other machines.
 */
#ifndef STORE_BUSY_H
#define STORE_BUSY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

enum { BUSY_MAX = 32 };

enum busy_kind { BUSY_NATIVE, BUSY_COMMAND, BUSY_PERL };

struct busy_job {
    int64_t since_us;    /* when the lane began with it */
    enum busy_kind kind; /* BUSY_NATIVE also between jobs */
    int job_id;          /* 0: between jobs */
    int client_id;
    int lane_pid;        /* the process that does it, or watches over it */
    const char *package; /* "": between jobs */
    const char *client;  /* the client's name */
};

struct busy {
    int run_pid;        /* 0: there is no file */
    int64_t written_us; /* when */
    struct busy_job jobs[BUSY_MAX];
    size_t count;
    char *text; /* owned: what the jobs' texts lie in, after busy_load */
};

/* "native", "command", "perl". */
const char *busy_kind_word(enum busy_kind kind);

/* Replaces the file in one step; mode 0600. */
bool busy_save(const struct busy *busy, const char *path, struct err *err) MUST_USE;

/* Takes it away; no file is no fault. */
void busy_remove(const char *path);

/* Lines that cannot be understood are passed over. */
bool busy_load(struct busy *busy, const char *path, struct err *err) MUST_USE;

/* Was it written by the run with this pid, at work since then? */
bool busy_is_of(const struct busy *busy, int pid, int64_t since_s);

void busy_release(struct busy *busy);

#endif
