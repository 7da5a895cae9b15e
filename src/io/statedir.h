/* statedir.h: the directory for what must outlive a run besides the databases.
 *
 *     const struct statedir_wish wish = {.installation = dir, .configured = options.state_dir};
 *     if (!statedir_open(&state, &wish, err)) …
 *     openat(state.fd, "stamp", …)
 *     statedir_close(&state);
 *
 * It is the configured one (relative: below the installation); else /var/lib/task-server, where
 * that exists and is ours; else users/task_server.  The configured and the last one are created,
 * 0700, if their parent exists.
 *
 * "Ours": it belongs to our user, or to root and lets us write.  Nobody else may write there: not
 * others, and if it belongs to us no group either.  One that is ours and fails is an error: the
 * next one would be without its holds.
 *
 * Ownership: path and descriptor belong to the struct; {0} may be closed.
 * Errors: ERR_PERMISSION where it is not ours, ERR_SYSTEM otherwise; both name the directory.
 * Source: design.md "New configuration keys", systemd.exec(5) StateDirectory=.
 * Call it after identity_assume.
 */
#ifndef IO_STATEDIR_H
#define IO_STATEDIR_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

#define STATEDIR_SYSTEM "/var/lib/task-server"

struct statedir {
    char *path; /* owned; NULL: closed */
    int fd;     /* O_DIRECTORY, close-on-exec */
};

/* Everything borrowed. */
struct statedir_wish {
    const char *installation; /* kivitendo's directory */
    const char *configured;   /* from the configuration, NULL: nothing */
    const char *system;       /* NULL: STATEDIR_SYSTEM; for tests */
};

bool statedir_open(struct statedir *state, const struct statedir_wish *wish,
                   struct err *err) MUST_USE;

/* Appends where it lies, or would: for who must know what is in one that cannot be opened. */
void statedir_place(const struct statedir_wish *wish, struct buf *path);

/* Takes NULL. */
void statedir_close(struct statedir *state);

#endif
