/* journal_scan.h: what earlier runs left in the journal for a client, taken over to be settled.
 *
 *     const struct journal_client client = {.id = 3, .db_name = "kivi"};
 *     journal_scan(&journal, &client, &list, err)      before the due jobs are looked for
 *     log list.reports, a line each
 *     for each of list.items:  JOURNAL_UNSTARTED     journal_settle: it never ran, and is still due
 *                              JOURNAL_INTERRUPTED   journal_end_child, a failure row,
 * journal_settle JOURNAL_ENDED         record entry.ending, journal_settle JOURNAL_ELSEWHERE say
 * so: journal_move_to_bad, or leave it … journal_list_is_busy(&list, job.id): leave that job alone
 * … journal_list_release(&list)                      what was not settled waits for the next run
 *
 * Taken are the entries of this site, node and client whose owner is gone; each comes locked, so
 * its taker is its owner now.  They are in the order of run_at.  Entries of other installations,
 * configurations, nodes and clients are left alone.  One whose owner lives is only noted as busy:
 * another process of ours is at that job, though its claim in the database may be lost.
 *
 * What cannot be read, is cut off before the end of its first part, is no file or has a false name
 * goes to bad/, and a line in `reports` says so; it never stops the others.  A last part that is
 * cut off was never written, as far as anybody was promised: it is dropped in silence.  Drafts that
 * nobody writes any more are removed.
 *
 * Ownership: the list owns its handles and entries; it is released after a failure too, which may
 * have reports.  journal_settle and its like
 * release a handle in place.
 * Errors: where the journal's folder, or entries in general, cannot be read: ERR_SYSTEM,
 * ERR_INTERNAL.  Then nobody knows what is to be settled, and no external job should be started.
 * Source: design.md "Journal".
 */
#ifndef STORE_JOURNAL_SCAN_H
#define STORE_JOURNAL_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/entry.h"
#include "store/journal.h"

enum journal_class {
    JOURNAL_UNSTARTED,   /* no process is noted: it was never let through its gate */
    JOURNAL_INTERRUPTED, /* it was started, and nobody knows how it ended */
    JOURNAL_ENDED,       /* its outcome is known */
    JOURNAL_ELSEWHERE,   /* written when this client's database had another name */
};

/* Borrowed for the call. */
struct journal_client {
    int id;
    const char *db_name;
};

struct journal_found {
    struct journal_handle handle;
    struct entry entry;
    enum journal_class class;
};

struct journal_list {
    struct journal_found *items;
    size_t count;
    int *busy; /* ids of jobs that another process of ours is at */
    size_t busy_count;
    struct buf reports; /* lines for the log: what went to bad/, and why */
};

bool journal_scan(struct journal *journal, const struct journal_client *client,
                  struct journal_list *list, struct err *err) MUST_USE;

bool journal_list_is_busy(const struct journal_list *list, int job_id) MUST_USE;

/* Does an entry of this job wait, or does its owner live?  Then the job must not be started: an
 * earlier run of it is not settled.  Only names are looked at. */
bool journal_has_job(struct journal *journal, int client_id, int job_id, bool *has,
                     struct err *err) MUST_USE;

/* Takes NULL. */
void journal_list_release(struct journal_list *list);

/* Is the process of an entry still at work? */
bool journal_child_alive(const struct entry *entry) MUST_USE;

/* Ends what is left of its session; *ended: how many processes that were. */
bool journal_end_child(const struct entry *entry, int grace_ms, int *ended,
                       struct err *err) MUST_USE;

#endif
