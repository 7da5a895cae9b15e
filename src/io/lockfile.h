/* lockfile.h: the pid file that makes sure only one server runs for a configuration.
 *
 *     enum lockfile_result result = lockfile_acquire(&lock, &where, &holder, err);
 *     LOCKFILE_BUSY: say who, exit 0 (or report an incident if holder.is_perl_server)
 *     install the signal handlers                      a SIGALRM may come once the pid stands there
 *     if (!lockfile_publish(&lock, err)) …
 *     lockfile_beat(lock.fd)                           at the beginning of each pass
 *     in a forked child, first of all:  lockfile_forget(&lock);
 *     at the end:                       lockfile_release(&lock);
 *
 * The file is the very one the old Perl server locks with flock, so old and new exclude each
 * other.  That server unlinks it when it stops: so after locking, the file at the path must still
 * be the one that is locked, else all begins again.  We empty it instead, which kivitendo's pages
 * read as "not running"; unlinking would let two processes lock two files of one name.
 *
 * Opened 0600, never through a link, and only if it is a regular file with a single name, so that
 * nobody who may write in users/pid can make us write elsewhere.  users/pid is created if missing.
 *
 * Its time is the holder's pulse: what is at work sets it again and again, so others see one that
 * hangs.
 *
 * Ownership: the struct owns descriptor and path; {0} is "nothing held" and may be released.
 * Errors: ERR_PERMISSION where the file or directory is not ours to write, else ERR_SYSTEM.  After
 * a failed publish the lock has been given back.
 * Source: design.md "Lockfile", flock(2); OpenBSD cron's recipe.
 * Not here: the file's name (core/pidname), what to do when it is busy.
 */
#ifndef IO_LOCKFILE_H
#define IO_LOCKFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

enum { LOCKFILE_PATIENCE_MS = 2000 };

struct lockfile {
    char *path; /* owned; NULL: nothing is held */
    int fd;
    pid_t owner; /* the process that acquired it: a forked child must not empty the file */
};

/* Borrowed for the call. */
struct lockfile_where {
    const char *installation; /* kivitendo's directory */
    const char *name;         /* of the file below users/pid */
    int patience_ms;          /* how long to try, usually LOCKFILE_PATIENCE_MS */
};

/* Who has the lock, as far as can be seen. */
struct lockfile_holder {
    pid_t pid;       /* 0: unknown */
    int64_t since_s; /* seconds since 1970: its start; 0: unknown */
    int64_t beat_s;  /* its last beat, or start, where the kernel names it as the holder; else 0 */
    bool is_perl_server; /* it is kivitendo's task_server.pl */
};

enum lockfile_result {
    LOCKFILE_HELD,
    LOCKFILE_BUSY,   /* holder is filled */
    LOCKFILE_FAILED, /* err is set */
};

enum lockfile_result lockfile_acquire(struct lockfile *lock, const struct lockfile_where *where,
                                      struct lockfile_holder *holder, struct err *err) MUST_USE;

/* Who has the lock now, without touching it.  False: nobody, as far as can be seen. */
bool lockfile_look(const struct lockfile_where *where, struct lockfile_holder *holder);

/* Writes our pid and a newline.  A full disk is an error. */
bool lockfile_publish(struct lockfile *lock, struct err *err) MUST_USE;

/* Sets the file's time to now, where that can be done. */
void lockfile_beat(int fd);

/* Empties the file and gives the lock up; in another process than the owner only forgets it. */
void lockfile_release(struct lockfile *lock);

/* Closes the descriptor, touches nothing: the parent's lock stays. */
void lockfile_forget(struct lockfile *lock);

#endif
