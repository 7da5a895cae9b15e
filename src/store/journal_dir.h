/* journal_dir.h: where the journal's entries lie, how they are called, and who may touch one.
 *
 *     const struct journal_place place = {.state = &state, .node = …, .installation = …, …};
 *     struct journal journal = {0};
 *     journal_open(&journal, &place, err)
 *     … store/journal.h, store/journal_scan.h …
 *     journal_close(&journal)
 *
 *     <state_dir>/journal/<node>-<machine id>/<site>-<client>-<job>-<run_at_us>-<pid>.entry
 *                                            /<the same>.draft      until it is written
 *                                            /bad/<the same>[.n]    what nobody can settle
 *                                            /bad/<the same>[.n].why
 *
 * The node's folder keeps machines apart that share a state directory; <site>, a sum over
 * installation and configuration, keeps installations apart that share a machine.  Its text is in
 * each entry, and only that decides.  A node's name that is not fit for a file name is made so, and
 * gets a sum behind it.  Folders are 0700, made with the first entry; a journal without folders is
 * an empty one.
 *
 * Who owns an entry: the process that holds an flock on it, from before it gets its name until it
 * is removed.  The file is never replaced, so there is one inode to lock.  Whoever wants to take
 * over an entry locks it without waiting and then checks that the name still means that file
 * (journal_take). The directory must be on a file system where flock works between processes: a
 * local one.
 *
 * Ownership: the journal owns its texts and its descriptor, borrows the state directory; {0} may be
 * closed.  A forked child may go on using its parent's journal; locks are on the entries only.
 * Errors: ERR_PERMISSION where a folder is not ours alone or must not be used, else ERR_SYSTEM;
 * both name the folder.
 * Source: design.md "Journal", flock(2), machine-id(5).
 */
#ifndef STORE_JOURNAL_DIR_H
#define STORE_JOURNAL_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "io/dirnames.h"
#include "io/statedir.h"
#include "store/journal_name.h"

/* Everything borrowed during the call, the state directory until the close. */
struct journal_place {
    const struct statedir *state;
    const char *node;          /* node id */
    const char *installation;  /* kivitendo's directory */
    const char *configuration; /* the pid file's name, which stands for the configuration */
    const char *machine_id;    /* NULL: from /etc/machine-id; for tests */
    size_t reserve_bytes;      /* room on the disk that each entry secures for its outcome */
};

struct journal {
    const struct statedir *state;
    char *path; /* of the node's folder, for messages */
    char *folder;
    char *node;
    char *installation;
    char *configuration;
    char site[JOURNAL_SITE_MAX];
    size_t reserve_bytes;
    bool is_there; /* the folder exists */
    int fd;        /* of the folder, where it is there */
};

bool journal_open(struct journal *journal, const struct journal_place *place,
                  struct err *err) MUST_USE;

/* Is there a folder by now?  Cheap.  Also true where one is there but cannot be used: then whoever
 * uses it hears why. */
bool journal_exists(struct journal *journal);

/* Takes NULL. */
void journal_close(struct journal *journal);

/* ---- for the other files of the journal ---- */

/* Makes what is missing of the folders. */
bool journal_make(struct journal *journal, struct err *err) MUST_USE;

/* The names in its folder ("." for the folder, or "bad"); a journal without folders has none. */
bool journal_names(struct journal *journal, const char *folder, struct dirnames *names,
                   struct err *err) MUST_USE;

enum journal_taken {
    JOURNAL_TAKEN,        /* *fd is ours, and locked */
    JOURNAL_TAKEN_BUSY,   /* its owner lives */
    JOURNAL_TAKEN_GONE,   /* there is no such file any more */
    JOURNAL_TAKEN_UNFIT,  /* it can be no entry; err says why */
    JOURNAL_TAKEN_FAILED, /* err */
};

/* Opens and locks an entry or a draft. */
enum journal_taken journal_take(const struct journal *journal, const char *name, int *fd,
                                struct err *err) MUST_USE;

/* Does the name mean this open file? */
bool journal_name_is(const struct journal *journal, const char *name, int fd) MUST_USE;

/* Moves a file into bad/, with `why` beside it as far as that can be written. */
bool journal_set_aside(const struct journal *journal, const char *name, const char *why,
                       struct err *err) MUST_USE;

#endif
