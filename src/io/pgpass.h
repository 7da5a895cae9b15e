/* pgpass.h: a password file for one job, as libpq reads it.
 *
 *     struct pgpass pass = {0};
 *     pgpass_sweep(state_dir);                             now and then: what dead owners left
 *     if (!pgpass_write(&pass, state_dir, &login, err)) …
 *     environ_set(&env, "PGPASSFILE", pass.path, err)
 *     … the job runs …
 *     pgpass_release(&pass);                               removes it, however the job ended
 *
 * The file is 0600 in <dir>/pgpass, 0700, which is created if missing.  It holds the password for
 * exactly this server, database and user, so that a program that connects elsewhere does not send
 * it there.  Its owner keeps it locked; one that nobody has locked any more is swept.
 *
 * libpq looks for "localhost" instead of the socket directory it was built with, and for the
 * directory itself otherwise: for a host that is a directory both lines are written.  Of several
 * hosts ("a,b") it looks for the one it connects to, with its port: each has a line.
 *
 * Ownership: the struct owns path and descriptor; {0} is nothing and may be released.  A forked
 * child's copy removes nothing.
 * Errors: ERR_SYSTEM; ERR_JOB for a password with a newline, which such a file cannot hold.
 * Source: PostgreSQL, "The Password File"; flock(2).
 */
#ifndef IO_PGPASS_H
#define IO_PGPASS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

struct pgpass {
    char *path; /* owned, absolute if the directory was; NULL: nothing */
    int fd;     /* locked as long as the file is in use */
    pid_t owner;
};

/* Everything borrowed; NULL counts as empty. */
struct pgpass_login {
    const char *host; /* one or several, with commas between; empty: localhost */
    const char *port; /* one, or as many as hosts; empty: 5432 */
    const char *dbname;
    const char *user;
    const char *password;
};

bool pgpass_write(struct pgpass *pass, const char *dir, const struct pgpass_login *login,
                  struct err *err) MUST_USE;

/* Removes the files of owners that are gone; false if something could not be removed. */
bool pgpass_sweep(const char *dir);

/* Removes the file.  Takes NULL. */
void pgpass_release(struct pgpass *pass);

#endif
