/* ownership.h: can somebody else change this file, or put another one in its place?
 *
 *     const struct ownership_rule rule = {.uid = uid, .name = "www-data"};
 *     if (!ownership_check(path, &rule, err)) …
 *
 * Follows the path as the kernel does, component by component, through every link, and demands of
 * each directory on the way and of the file itself: owner root or rule.uid, no write permission for
 * others nor for a group other than root.  A sticky directory like /tmp does not pass either.
 * Errors: ERR_PERMISSION naming the first offender and what is wrong with it; ERR_SYSTEM.
 * Source: path_resolution(7), acl(5) (with an access list the group bits are its mask).
 */
#ifndef IO_OWNERSHIP_H
#define IO_OWNERSHIP_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "base/err.h"

struct ownership_rule {
    uid_t uid;        /* allowed besides root; 0: root only */
    const char *name; /* of that user, for messages; borrowed */
};

/* path: absolute or relative to the current directory. */
bool ownership_check(const char *path, const struct ownership_rule *rule, struct err *err) MUST_USE;

#endif
