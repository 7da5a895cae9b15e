/* holds.h: clients for which nothing is to be started, until somebody releases them.
 *
 *     struct holds holds = {0};
 *     holds_load(&holds, path, err)                     a file that is not there: nobody is held
 *     const struct hold *hold = holds_find(&holds, client_id, now_s);      NULL: it may run
 *     holds_release(&holds)
 *
 *     holds_open(&holds, path, err)                     loads them, and nobody else changes them
 * now holds_put(&holds, &(struct hold){…}, err)         replaces that client's, if it has one
 *     holds_remove(&holds, client_id, now_s)
 *     holds_save(&holds, now_s, err)                    an empty list removes the file
 *     holds_release(&holds)
 *
 * A file in the state directory, so it counts for this installation on this machine; other nodes
 * know nothing of it.  It is read before every pass and every claim.
 *
 * Shape of the file: a line each, with tabs between: client's id (0: all clients), since, until
 * (seconds since the epoch; 0: until released), who, why.
 * Ownership: the list owns everything.
 * Errors: ERR_SYSTEM.  Whoever cannot read it must not start anything.
 */
#ifndef STORE_HOLDS_H
#define STORE_HOLDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/filelock.h"

enum { HOLDS_ALL = 0, HOLDS_FOREVER = 0 };

struct hold {
    int client_id;   /* HOLDS_ALL: every client */
    int64_t since_s; /* when it was made */
    int64_t until_s; /* it ends by itself then; HOLDS_FOREVER: never */
    char *who;       /* the user who made it; "" where unknown */
    char *why;       /* in that user's words; "" where none were given */
};

struct holds {
    char *path;
    struct hold *items;
    size_t count;
    struct filelock lock; /* held from holds_open on */
};

bool holds_load(struct holds *holds, const char *path, struct err *err) MUST_USE;

/* The same for who is going to change them: until holds_release others wait here. */
bool holds_open(struct holds *holds, const char *path, struct err *err) MUST_USE;

/* What keeps this client from running: the hold of all clients or its own, whichever lasts longer.
 * Those that are over do not count. */
const struct hold *holds_find(const struct holds *holds, int client_id, int64_t now_s);

/* Where both are there, the other one: it must end, too.  Else NULL. */
const struct hold *holds_find_other(const struct holds *holds, int client_id, int64_t now_s);

/* Copies the texts. */
bool holds_put(struct holds *holds, const struct hold *hold, struct err *err) MUST_USE;

/* Removes the client's own (HOLDS_ALL: that of all clients, and no other).  False: there was none,
 * or one that is over. */
bool holds_remove(struct holds *holds, int client_id, int64_t now_s);

/* What is over is left out. */
bool holds_save(const struct holds *holds, int64_t now_s, struct err *err) MUST_USE;

/* Takes NULL. */
void holds_release(struct holds *holds);

#endif
