/* journal.h: a file per run of an external job, so that neither a killed run nor a database that is
 * away makes us repeat a job or forget how it ended.
 *
 *     struct journal_handle handle = {0};
 *     journal_begin(&journal, &entry, &handle, err)      no entry, no start
 *     … start the process; it waits at its gate …
 *     entry.child = …; journal_note_child(&handle, &entry, err)       or: end it, unstarted
 *     … open the gate, watch it, get its outcome …
 *     entry.ending = …; journal_note_ending(&handle, &entry, err)
 *     … record it in the database …
 *     journal_settle(&handle, err)                       recorded: the entry goes
 *     journal_note_refused(&handle, &entry, err)         the database refuses it
 *     journal_move_to_bad(&handle, why, err)             … every time: nobody can settle it
 *     journal_release(&handle)                           it waits for a later run
 *
 * When a function here has returned true, what it did is on the disk.  When one returns false,
 * nothing has changed: an entry that could not be begun does not exist, and what could not be
 * noted is not there, though a failed fsync leaves that to chance.
 *
 * An entry exists from the moment it is whole and locked, because it gets its name only then. Until
 * it is removed the process that holds the handle has it locked, and later notes are appended to
 * the same file: so at no moment does an entry of a living owner look ownerless, and the kernel
 * takes the lock away with the owner.  The descriptor is close-on-exec; a forked child that does
 * not exec must close it, or the entry looks owned as long as that child lives. Room for the ending
 * (the journal's reserve_bytes) is secured on the disk at the beginning, where the file system can.
 *
 * Ownership: the handle owns its descriptor and borrows the journal; {0} is released.  Entries are
 * borrowed during a call; installation, configuration and node come from the journal.
 * Errors: ERR_SYSTEM (a full disk too), ERR_PERMISSION; ERR_JOB for an entry that is too large.
 * Source: design.md "Journal"; open(2), fsync(2), rename(2), flock(2).
 * Not here: what remains after a crash (store/journal_scan.h), the text of an entry (core/entry.h).
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/entry.h"
#include "store/journal_dir.h"

/* More than that, and the job's data is no data. */
enum { JOURNAL_ENTRY_MAX_BYTES = 48 * 1024 * 1024 };

struct journal_handle {
    const struct journal *journal; /* NULL: released */
    int fd;                        /* locked */
    char name[JOURNAL_NAME_MAX + 8];
    struct entry_mark mark; /* how much of the file is whole */
};

/* Makes the journal's folders if they are missing. */
bool journal_begin(struct journal *journal, const struct entry *entry,
                   struct journal_handle *handle, struct err *err) MUST_USE;

/* Notes entry->child.  Only after that may the job pass its gate. */
bool journal_note_child(struct journal_handle *handle, const struct entry *entry,
                        struct err *err) MUST_USE;

/* Notes entry->ending. */
bool journal_note_ending(struct journal_handle *handle, const struct entry *entry,
                         struct err *err) MUST_USE;

/* Notes that the database refused it, and counts entry->refused up. */
bool journal_note_refused(struct journal_handle *handle, struct entry *entry,
                          struct err *err) MUST_USE;

/* Removes the entry and releases the handle, also when it returns false. */
bool journal_settle(struct journal_handle *handle, struct err *err) MUST_USE;

/* Moves the entry to bad/, with `why` beside it, and releases the handle. */
bool journal_move_to_bad(struct journal_handle *handle, const char *why, struct err *err) MUST_USE;

/* Gives the lock back; the entry stays.  Takes NULL. */
void journal_release(struct journal_handle *handle);

#endif
