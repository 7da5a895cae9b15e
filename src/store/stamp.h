/* stamp.h: the last run, remembered in a small file for whoever asks how things are.
 *
 * Shape of the file: "key value" lines; times are microseconds since the epoch.
 */
#ifndef STORE_STAMP_H
#define STORE_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct stamp {
    int64_t started_us;
    int64_t ended_us;
    int succeeded;   /* jobs */
    int failed;      /* jobs */
    int lost;        /* jobs claimed by another node */
    int unserved;    /* jobs left due */
    int unreachable; /* clients */
    int exit_code;
};

/* False: no run has left one, or it cannot be read or understood. */
bool stamp_load(struct stamp *stamp, const char *path);

bool stamp_save(const struct stamp *stamp, const char *path, struct err *err) MUST_USE;

#endif
