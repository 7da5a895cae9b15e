/* specwords.h: a cron_spec in words, for people: "every 5 minutes", "täglich um 03:00".
 *
 *     struct buf words = {0};
 *     specwords_add(&spec, text, SPECWORDS_ENGLISH, &words)      spec: cronspec_parse of text
 *
 * What cannot be put in few words stays the spec itself, in quotes.  One that never fires is
 * "never". The words come from the numbers that the spec picks, so different spellings read the
 * same. Each language has patterns of its own here: order and case of the parts differ too much for
 * sentences glued from translated pieces.
 *
 * Not here: what is wrong with a spec (core/cronspec.h).
 */
#ifndef CORE_SPECWORDS_H
#define CORE_SPECWORDS_H

#include "base/buf.h"
#include "core/cronspec.h"

enum specwords_language { SPECWORDS_ENGLISH, SPECWORDS_GERMAN };

/* text: as it stands in the row; NULL is every minute. */
void specwords_add(const struct cronspec *spec, const char *text, enum specwords_language language,
                   struct buf *out);

#endif
