/* situation.h: how things stand on this machine, for whoever asks: what runs have left in the state
 * directory, who is at work, whether the installation is locked.  Asks no database.
 *
 *     struct situation situation = {0};
 *     situation_look(&situation, &site, err)
 *     situation_release(&situation)
 *
 * The state directory is the site's (site.state); without it what lies there is as if it were not,
 * which situation.state tells.
 *
 * Ownership: owns everything in it.
 * Errors: out of memory only.
 */
#ifndef ENGINE_SITUATION_H
#define ENGINE_SITUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "engine/site.h"
#include "io/lockfile.h"
#include "store/busy.h"
#include "store/incidents.h"
#include "store/inventory.h"
#include "store/journal_count.h"
#include "store/stamp.h"

enum { SITUATION_SCHEDULER_MAX = 32 };

struct situation {
    int64_t now_us;
    char *state; /* path of the state directory; NULL: it cannot be read */
    bool has_stamp;
    struct stamp stamp; /* of the last run that ended */
    char
        scheduler[SITUATION_SCHEDULER_MAX]; /* by what the schedule is armed; "": not, or unknown */
    bool busy_now;                          /* somebody holds the lock */
    struct lockfile_holder holder;
    struct busy busy;       /* what that run has been at for a while; empty where nobody runs */
    bool locked;            /* users/nologin, and it is looked at */
    int64_t locked_since_s; /* where locked */
    struct incidents incidents;
    struct journal_count journal;
    char *journal_trouble; /* not NULL: it cannot be read, so no external job starts; why */
    size_t notices;        /* that wait to be delivered */
};

bool situation_look(struct situation *situation, const struct site *site, struct err *err) MUST_USE;

/* Runs come: the schedule is armed and the last run began not long ago, or is under way. */
bool situation_is_served(const struct situation *situation);

/* How long the run at work has not looked for due jobs, which it does every minute whatever its
 * jobs do; 0: it does, none is at work, or that is not known. */
int64_t situation_hang_s(const struct situation *situation);

/* Who is at a job, and since when. */
struct situation_work {
    pid_t pid;        /* a process of this machine; 0: a session of the database, the job's claim */
    int64_t since_us; /* 0: not known */
};

/* Is somebody at that job: a process of ours, or has anybody claimed it?  False also in the first
 * seconds of a native one. */
bool situation_find_work(const struct situation *situation, int client_id,
                         const struct inventory_job *job, struct situation_work *work);

/* Takes NULL. */
void situation_release(struct situation *situation);

/* A run every minute; after so long without one something is wrong.  One at work looks for due jobs
 * more often than this. */
enum { SITUATION_SILENCE_S = 180, SITUATION_PULSE_S = 120 };

#endif
