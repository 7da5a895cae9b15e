/* cronblank.h: a cron_spec cut into words at its blanks.
 *
 *     for (struct span word; (word = cronblank_word(&text)).len;) …
 *
 * Perl's \s, which splits specs for the web pages, knows Unicode's blanks too, and no-break spaces
 * do get pasted into forms.
 *
 * Only for core/cronspec.c and core/cronperl.c.
 */
#ifndef CORE_CRONBLANK_H
#define CORE_CRONBLANK_H

#include <stddef.h>

/* A part of somebody else's text (borrowed). */
struct span {
    const char *text;
    size_t len;
};

/* Behind the blanks at its front. */
const char *cronblank_skip(const char *text);

/* Cuts the next word off *text; an empty one at the end. */
struct span cronblank_word(const char **text);

#endif
