/* entry.h: an entry of the journal as text: what is needed to settle a run without its job's row.
 *
 *     struct entry_mark mark = {0};
 *     entry_format(&text, &entry, ENTRY_START, &mark);        what stands in the file first
 *     entry_format(&text, &entry, ENTRY_CHILD, &mark);        … what is appended to it later
 *     entry_format(&text, &entry, ENTRY_ENDING, &mark);
 *
 *     struct entry entry;
 *     if (entry_parse(&entry, bytes, len, &mark, err)) …      mark.len < len: the last part is torn
 *     entry_release(&entry);
 *
 * Shape: parts that are only ever appended, so that the file keeps its inode (and its lock) and a
 * crash can only hurt the last of them.  A part is lines "key value" and at last "end SUM", where
 * SUM (16 hexadecimal digits) covers all bytes of the file before that line.  A part without a
 * right end was not written to its end: it counts as not written at all, and if it is the first
 * one there is no entry.  Values have "\\" for a backslash, "\n" for a newline and "\x1b" for other
 * control characters and for bytes that are no UTF-8.  What is null has no line.  Keys
 * that we do not know are passed over.
 *
 * The sum (FNV, 64 bits, basis 0) tells a torn file from a whole one, not a forged one.
 *
 * Ownership: entry_parse allocates every text and entry_release frees them.  An entry that is put
 * together for entry_format may borrow its texts; then it is not released.
 * Errors: ERR_JOB where the bytes are no whole entry, ERR_INTERNAL out of memory.
 * Source: design.md "Journal"; Fowler, Noll, Vo: FNV-1a.
 * Not here: files (store/journal.h).
 */
#ifndef CORE_ENTRY_H
#define CORE_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "core/job.h"
#include "core/outcome.h"

enum { ENTRY_BOOT_MAX = 64 };

enum entry_part {
    ENTRY_START,   /* whose run of what: written before the job's process exists */
    ENTRY_CHILD,   /* the job's process, which still waits at its gate */
    ENTRY_ENDING,  /* the outcome */
    ENTRY_REFUSED, /* the database refused to record it */
};

enum entry_kind {
    ENTRY_KIND_NONE,
    ENTRY_KIND_COMMAND,
    ENTRY_KIND_PERL,
};

/* A process, recognisable for ever: a pid alone is used again, and after a start of the machine the
 * other two are. */
struct entry_child {
    int pid;             /* 0: unknown */
    int session;         /* its session (setsid): usually the pid */
    int64_t start_ticks; /* start time since boot, proc(5) stat field 22 */
    char boot_id[ENTRY_BOOT_MAX];
};

/* How the run ended. */
struct entry_ending {
    int64_t ended_us;       /* when */
    struct outcome outcome; /* how */
    bool history_only;      /* its claim was lost meanwhile: the row belongs to another run */
    bool data_changed;      /* the job changed its data in memory only … */
    const char *data;       /* … to this; NULL is null */
};

struct entry {
    const char *installation;  /* kivitendo's directory */
    const char *configuration; /* name of the pid file, which stands for the configuration */
    const char *node;
    const char *client; /* the client's name */
    int client_id;
    const char *db_host; /* where the client's database was; no user, no password */
    const char *db_port;
    const char *db_name;
    enum entry_kind kind;
    struct job job;     /* the row as claimed */
    int64_t run_at_us;  /* with job.package: the identity of the run */
    const char *run_at; /* the same as local time, for people */
    int64_t slot_us;    /* the time it was due for */
    bool on_demand;     /* run-job, not the schedule */

    bool has_child; /* without: the job was never let through its gate */
    struct entry_child child;

    bool has_ending;
    struct entry_ending ending;

    int refused; /* how often the database refused to record it */
};

/* How much of a file is whole; {0}: nothing yet. */
struct entry_mark {
    size_t len;   /* bytes */
    uint64_t sum; /* over them */
};

/* Appends one part to the text and moves the mark behind it.  Out of memory shows in `text`. */
void entry_format(struct buf *text, const struct entry *entry, enum entry_part part,
                  struct entry_mark *mark);

/* On failure the entry is {0}. */
bool entry_parse(struct entry *entry, const char *bytes, size_t len, struct entry_mark *mark,
                 struct err *err) MUST_USE;

/* The sum over further bytes. */
uint64_t entry_sum(uint64_t sum, const char *bytes, size_t len);

void entry_release(struct entry *entry);

#endif
