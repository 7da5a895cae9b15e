/* perlwords.h: what Perl says when it cannot load something, in one sentence.
 *
 *     struct buf sentence = {0};
 *     perlwords_sum_up(words, &sentence)
 *
 *     "Can't locate SL/Auth.pm in @INC (you may need to install the SL::Auth module) (@INC
 * contains: /etc/perl /usr/share/perl5) at /srv/kivitendo/SL/X.pm line 8.\nBEGIN failed--…" →
 * "Can't locate SL/Auth.pm at /srv/kivitendo/SL/X.pm line 8"
 *
 * It is the first line that is no follow-up, without the list of directories, without a full stop.
 *
 * Source: perldiag(1).
 */
#ifndef CORE_PERLWORDS_H
#define CORE_PERLWORDS_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"

/* Appends the sentence; nothing where there are no words, only blanks and empty lines. */
void perlwords_sum_up(const char *words, struct buf *sentence);

/* Is it a file below this folder that Perl could not find?  "SL/"; "" is any file, but not what
 * else Perl "can't locate", an object's method. */
bool perlwords_lacks(const char *words, const char *folder) MUST_USE;

#endif
