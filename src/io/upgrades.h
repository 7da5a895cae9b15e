/* upgrades.h: the upgrades of databases that an installation's code brings along.
 *
 *     struct upgrades upgrades = {0};
 *     upgrades_load(&upgrades, installation, err)     again before each use: it is cheap when
 *                                                     nothing has changed
 *     upgrades.count, upgrades.tags[i]                for store/behind.h
 *     upgrades_release(&upgrades)
 *
 * Each file in sql/Pg-upgrade2 whose name ends in .sql or .pl names its tag in a comment,
 * "-- @tag: name" or "# @tag: name"; one with "@ignore: 1" does not count.  The last such line of a
 * file decides.
 * Only the first UPGRADE_BYTES of a file are looked at.
 * They are read again when the directory has changed, as it does with every file that comes.
 *
 * Ownership: the struct owns the tags.
 * Errors: ERR_SYSTEM where a file cannot be read.  No such directory: no upgrades.
 * Source: kivitendo.md "Client database".
 */
#ifndef IO_UPGRADES_H
#define IO_UPGRADES_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "base/attr.h"
#include "base/err.h"

enum { UPGRADE_BYTES = 64 * 1024 };

struct upgrades {
    char **tags;
    size_t count;
    struct timespec changed; /* the directory's time of change when they were read */
};

bool upgrades_load(struct upgrades *upgrades, const char *installation, struct err *err) MUST_USE;

/* Those of the authentication database, in sql/Pg-upgrade2-auth. */
bool upgrades_load_auth(struct upgrades *upgrades, const char *installation,
                        struct err *err) MUST_USE;

/* The tag of one file's text; owned by the caller, NULL where it has none or is to be ignored.
 * False: out of memory. */
bool upgrades_parse(const char *text, char **tag) MUST_USE;

/* Takes NULL. */
void upgrades_release(struct upgrades *upgrades);

#endif
