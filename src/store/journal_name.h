/* journal_name.h: what the journal's files are called.
 *
 *     <site>-<client>-<job>-<run_at_us>-<pid>.entry       .draft until it is written
 *
 * <site> (8 hexadecimal digits) stands for installation and configuration.  So a look at the names
 * tells which files are of concern, and what a file that cannot be read was about.
 * Pure.  Not here: where they lie (store/journal_dir.h).
 */
#ifndef STORE_JOURNAL_NAME_H
#define STORE_JOURNAL_NAME_H

#include <stdint.h>

enum { JOURNAL_NAME_MAX = 128, JOURNAL_SITE_MAX = 9 };

struct journal_name {
    int client_id;
    int job_id;
    int64_t run_at_us;
    int pid; /* of the process that made it */
};

enum journal_name_kind {
    JOURNAL_NAME_NONE,    /* of no concern */
    JOURNAL_NAME_OURS,    /* an entry of this site */
    JOURNAL_NAME_FOREIGN, /* an entry of another installation or configuration */
    JOURNAL_NAME_DRAFT,   /* one of this site that is being written, or never was */
    JOURNAL_NAME_STRANGE, /* called an entry, but not by us */
};

/* The name without ".entry" or ".draft". */
void journal_name_format(const char *site, const struct journal_name *name,
                         char text[JOURNAL_NAME_MAX]);

/* `name` is filled for JOURNAL_NAME_OURS, _FOREIGN and _DRAFT. */
enum journal_name_kind journal_name_parse(const char *site, const char *text,
                                          struct journal_name *name);

#endif
