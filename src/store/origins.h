/* origins.h: which database each client had when it was first seen, so that a run notices when it
 * is another one: a restored copy, one of another name or server.
 *
 *     struct origins origins = {0};
 *     origins_load(&origins, path, err)
 *     const struct origin_home *home = origins_find(&origins, client_id);    NULL: never seen
 *     if (home && origin_moved(home, &client, &found)) …
 *     origins_learn(&origins, &client, &found, err)     a client seen for the first time
 *     origins_release(&origins)
 *
 *     origins_open(&origins, path, err)                 loads them, and nobody else forgets any now
 *     origins_forget(&origins, client_id, err)          the next run takes the database it finds
 *     origins_release(&origins)
 *
 * A database is the one it was if its system identifier, its oid and its name are the same.  Where
 * the server does not tell its identifier, host and port must be the same instead; else they may
 * change, as they do when a standby takes over.
 *
 * Shape of the file: a line each, with tabs between: client's id, system identifier, oid, host,
 * port, database.  Only the run that holds the lock adds lines, each with one write; only
 * `release` takes some away, by replacing the file.  It may be lost: then every client is seen for
 * the first time again.  A line that cannot be understood, or was cut short, is passed over.
 * Errors: ERR_SYSTEM.
 */
#ifndef STORE_ORIGINS_H
#define STORE_ORIGINS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "io/filelock.h"
#include "store/clients.h"
#include "store/origin.h"

struct origin_home {
    int client_id;
    struct origin origin;
    char *host; /* as in auth.clients */
    char *port;
    char *dbname;
};

struct origins {
    char *path;
    struct origin_home *items;
    size_t count;
    struct filelock lock; /* held from origins_open on */
};

bool origins_load(struct origins *origins, const char *path, struct err *err) MUST_USE;

/* The same for who is going to forget one: until origins_release others wait here. */
bool origins_open(struct origins *origins, const char *path, struct err *err) MUST_USE;

const struct origin_home *origins_find(const struct origins *origins, int client_id);

bool origins_learn(struct origins *origins, const struct client *client, const struct origin *found,
                   struct err *err) MUST_USE;

bool origins_forget(struct origins *origins, int client_id, struct err *err) MUST_USE;

/* Does the configuration name another database than it did: by name, or where the server does not
 * tell its identifier by host and port? */
bool origin_is_renamed(const struct origin_home *home, const struct client *client) MUST_USE;

/* Is it certainly another one: renamed, or what was found there differs? */
bool origin_moved(const struct origin_home *home, const struct client *client,
                  const struct origin *found) MUST_USE;

/* Appends "'acme' on db1 (oid 16384, system 7711680055937862561)". */
void origin_describe(const struct origin *origin, const char *host, const char *dbname,
                     struct buf *text);

/* Appends what it is, what it was, and what to do. */
void origin_describe_move(const struct origin_home *home, const struct client *client,
                          const struct origin *found, struct buf *text);

/* Takes NULL. */
void origins_release(struct origins *origins);

#endif
