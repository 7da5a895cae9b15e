/* errorkind.h: the kind of an error: what its text says without what differs from one time to the
 * next.
 *
 *     errorkind_hash("disk 17 is full") == errorkind_hash("disk 18 is full")
 *
 * Passed over are: digits; quoted parts; words with a slash, which are paths and addresses; and
 * hexadecimal numbers: a run of letters and digits, perhaps behind "0x", of which all are
 * hexadecimal and at least one is a decimal digit.  A quote that is never closed is an apostrophe.
 *
 * Errors: none.  Two kinds may have the same sum, rarely: then one of them is not told.
 */
#ifndef CORE_ERRORKIND_H
#define CORE_ERRORKIND_H

#include <stdint.h>

#include "base/attr.h"

uint32_t errorkind_hash(const char *text) MUST_USE;

#endif
