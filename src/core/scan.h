/* scan.h: a cursor over a short text of a fixed form, as a date is.
 *
 *     scan_number(&text, 4, 4, &year) && scan_word(&text, "-") && scan_number(&text, 2, 2, &month)
 *
 * What is found is stepped over; after a failure the cursor may stand anywhere in what it scanned.
 */
#ifndef CORE_SCAN_H
#define CORE_SCAN_H

#include <stdbool.h>

/* Is this next?  If not, the cursor stays. */
bool scan_word(const char **text, const char *wanted);

/* At least min, at most max decimal digits; max is 9 at the most, so that the value fits. */
bool scan_number(const char **text, int min, int max, int *value);

#endif
