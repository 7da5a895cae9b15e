/* released.h: the texts that kivitendo has released of the job classes that are native here.
 *
 *     const struct released *text = released_find("SetClosedTo", sum);
 *
 * A class with a sum that is not found was changed by somebody, or is newer than the table.
 * Sums are SHA-256, 64 small hexadecimal digits.
 * Source: kivitendo's releases 3.5.0 to 4.1.0; the table is made by scripts/released-classes.
 * Not here: making the sum (io/sha256.h), and what follows from it (engine/handlers.h).
 */
#ifndef CORE_RELEASED_H
#define CORE_RELEASED_H

#include <stddef.h>

#include "base/attr.h"

struct released {
    const char *package;
    const char *sha256;  /* of SL/BackgroundJob/<package>.pm */
    const char *first;   /* release with this text, like "3.5.0" */
    const char *last;    /* … and the last one of those known here */
    const char *differs; /* what it does otherwise than our handler; NULL: nothing */
};

/* The text of this class with this sum, or NULL. */
const struct released *released_find(const char *package, const char *sha256) MUST_USE;

/* How many there are, and the n-th of them, in the order of package and sum; NULL behind the end.
 */
size_t released_count(void);
const struct released *released_at(size_t n) MUST_USE;

#endif
