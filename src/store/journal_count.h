/* journal_count.h: the journal as status shows it.
 *
 *     journal_count(&journal, &count, err) …  journal_count_release(&count);
 *     journal_fate(&journal, &count.items[i])      what became of that run
 *
 * No entry is locked: a lock, however short, could make a run take an entry for owned.
 * Owners are looked up in the kernel's table of locks, which shows those of other containers not;
 * then a running job counts as waiting.
 *
 * Ownership: the count owns its lists.  Errors: ERR_SYSTEM, ERR_INTERNAL.
 * Source: proc(5), /proc/locks.
 */
#ifndef STORE_JOURNAL_COUNT_H
#define STORE_JOURNAL_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"
#include "store/journal_dir.h"

/* What is known of the run of an entry that waits. */
enum journal_fate {
    JOURNAL_FATE_UNKNOWN, /* the entry cannot be read */
    JOURNAL_FATE_GONE,    /* it has been settled meanwhile */
    JOURNAL_FATE_RUNNING, /* the job's process lives: it has an owner that we cannot see */
    JOURNAL_FATE_UNSTARTED,
    JOURNAL_FATE_INTERRUPTED, /* it was started, and nobody knows how it ended */
    JOURNAL_FATE_SUCCEEDED,
    JOURNAL_FATE_FAILED,
};

/* An entry of this site. */
struct journal_item {
    int client_id;
    int job_id;
    int64_t run_at_us; /* when that run began */
    int64_t changed_s; /* when its entry was last written */
    pid_t owner;       /* the process that watches over it; 0: it waits to be settled */
    char file[JOURNAL_NAME_MAX + 8];
};

struct journal_count {
    int running;  /* entries of this site whose owner lives, as far as can be seen */
    int waiting;  /* entries of this site to be settled */
    int foreign;  /* entries of other installations or configurations */
    int bad;      /* in bad/ */
    int *clients; /* ids of the clients that entries wait for, ascending, each once */
    size_t client_count;
    struct journal_item *items; /* one per entry of this site, in no order */
    size_t item_count;
};

bool journal_count(struct journal *journal, struct journal_count *count, struct err *err) MUST_USE;

/* Reads the item's entry. */
enum journal_fate journal_fate(const struct journal *journal, const struct journal_item *item);

/* NULL: no entry is this job's.  Of several the one that began last. */
const struct journal_item *journal_count_find(const struct journal_count *count, int client_id,
                                              int job_id) MUST_USE;

/* Takes NULL. */
void journal_count_release(struct journal_count *count);

#endif
