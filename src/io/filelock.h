/* filelock.h: one process at a time reads a small file, changes it and replaces it.
 *
 *     struct filelock lock = {0};
 *     if (!filelock_take(&lock, path, err)) …         waits, for FILELOCK_PATIENCE_MS at most
 *     … read path, change, wholefile_replace(path, …) …
 *     filelock_release(&lock)
 *
 * The lock is an flock on the file's directory, for the file itself is another one after each
 * replacement, and a file made for it would be left behind.  File systems of the network that lock
 * no directories do not lock this one either.  Who only reads needs no lock.
 *
 * Ownership: the struct owns its descriptor; {0} holds nothing and may be released.
 * Errors: ERR_SYSTEM (ERR_PERMISSION where the directory is not ours to open), ERR_AWAY where
 * somebody else keeps it.
 * Source: flock(2), "NFS details".
 */
#ifndef IO_FILELOCK_H
#define IO_FILELOCK_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

enum { FILELOCK_PATIENCE_MS = 5000 };

struct filelock {
    bool is_open;
    int fd; /* valid while it is open */
};

bool filelock_take(struct filelock *lock, const char *path, struct err *err) MUST_USE;

/* Takes NULL. */
void filelock_release(struct filelock *lock);

#endif
