/* dirnames.h: all names in a directory at once, for callers that change it while they go through.
 *
 *     struct dirnames names = {0};
 *     if (!dirnames_read(&names, dir, "bad", err)) …
 *     for (size_t i = 0; i < names.count; i++) … names.items[i] …
 *     dirnames_release(&names);
 *
 * In no order; "." and ".." are left out.  Links are not followed.
 * Ownership: the struct owns the names.
 * Errors: ERR_SYSTEM naming the directory relative to `dir`, ERR_INTERNAL.  A directory that does
 * not exist has no names.
 * Source: fdopendir(3), readdir(3).
 */
#ifndef IO_DIRNAMES_H
#define IO_DIRNAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

struct dirnames {
    char **items;
    size_t count;
};

/* name: below the open directory; "." for itself. */
bool dirnames_read(struct dirnames *names, int dir, const char *name, struct err *err) MUST_USE;

/* Takes NULL. */
void dirnames_release(struct dirnames *names);

#endif
