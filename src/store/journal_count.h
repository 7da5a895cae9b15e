/* journal_count.h: the journal as status shows it.
 *
 *     journal_count(&journal, &count, err) …  journal_count_release(&count);
 *
 * Nothing is opened or locked: a lock, however short, could make a run take an entry for owned.
 * Owners are looked up in the kernel's table of locks, which shows those of other containers not;
 * then a running job counts as waiting.
 *
 * Ownership: the count owns its list of clients.  Errors: ERR_SYSTEM, ERR_INTERNAL.
 * Source: proc(5), /proc/locks.
 */
#ifndef STORE_JOURNAL_COUNT_H
#define STORE_JOURNAL_COUNT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/journal_dir.h"

struct journal_count {
    int running;  /* entries of this site whose owner lives, as far as can be seen */
    int waiting;  /* entries of this site to be settled */
    int foreign;  /* entries of other installations or configurations */
    int bad;      /* in bad/ */
    int *clients; /* ids of the clients that entries wait for, ascending, each once */
    size_t client_count;
};

bool journal_count(struct journal *journal, struct journal_count *count, struct err *err) MUST_USE;

/* Takes NULL. */
void journal_count_release(struct journal_count *count);

#endif
