/* durations.h: how long runs took, as far as this machine's run log knows.
 *
 *     durations_load(&durations, path, &zone, err)             both the log and the one before it
 *     durations_find(&durations, client_id, package, run_at_us)      milliseconds, or -1
 *     durations_of(&durations, &wanted, &count)                 all of a package, ascending
 *     durations_release(&durations)
 *
 * run_at_us is what the history row's local time reads as (walltime_parse), so that the two times
 * of an hour that comes twice are looked up the same way as they were stored.
 *
 * Ownership: the struct owns its texts.  Errors: ERR_SYSTEM, ERR_INTERNAL.
 */
#ifndef STORE_DURATIONS_H
#define STORE_DURATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "core/zone.h"

struct duration {
    int client_id;
    char *package; /* owned */
    int64_t run_at_us;
    int64_t duration_ms;
};

struct durations {
    struct duration *items; /* by client, package, time */
    size_t count;
};

bool durations_load(struct durations *durations, const char *path, const struct zone *zone,
                    struct err *err) MUST_USE;

int64_t durations_find(const struct durations *durations, int client_id, const char *package,
                       int64_t run_at_us);

/* Which runs are meant; borrowed. */
struct duration_query {
    int client_id;
    const char *package;
    int64_t since_us;
};

/* The milliseconds of all of them, ascending, in memory that the caller frees; NULL: no memory. */
int64_t *durations_of(const struct durations *durations, const struct duration_query *wanted,
                      size_t *count) MUST_USE;

void durations_release(struct durations *durations);

#endif
