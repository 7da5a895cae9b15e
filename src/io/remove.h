/* remove.h: removing a file, or a directory with all that is in it, without following links.
 *
 *     int dir = open("users/session_files", O_PATH | O_DIRECTORY | O_CLOEXEC);
 *     if (!remove_tree(dir, "0f3a", err)) …          something of it is left; err says what
 *
 * `name` is one component below the open directory.  A symbolic link is removed itself, never what
 * it points to, and a directory that somebody replaces by a link meanwhile is not entered.
 * What does not exist counts as removed.
 *
 * After a failure the rest is removed all the same; err names the first entry that stays.
 * Errors: ERR_SYSTEM, also for directories nested deeper than REMOVE_DEPTH_MAX.
 * Source: openat(2), unlinkat(2).
 */
#ifndef IO_REMOVE_H
#define IO_REMOVE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

enum { REMOVE_DEPTH_MAX = 32 };

bool remove_tree(int dir, const char *name, struct err *err) MUST_USE;

#endif
