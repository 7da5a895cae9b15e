/* screen.h: texts for a terminal: how wide they are, and made harmless.
 *
 *     screen_width("Müßig")                       5
 *     screen_add_line(&out, text)                 a line with values from a database
 *     struct screen screen = screen_begin();      around screen_measure and screen_add
 *     screen_add(&out, text, 20); …
 *     screen_end(screen);
 *
 * Widths are what a terminal shows (wcwidth(3)): combining letters nothing, East Asian ones two
 * columns.  Control characters, bytes that are no UTF-8 and marks that turn the direction of
 * writing become "?": a text from a database can neither drive a terminal nor forge a line.
 */
#ifndef CORE_SCREEN_H
#define CORE_SCREEN_H

#include <locale.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

/* wcwidth asks the locale; the process's own may be C. */
struct screen {
    locale_t mine;
    locale_t before;
};

struct screen screen_begin(void) MUST_USE;
void screen_end(struct screen screen);

/* One character: its bytes, and the columns it takes; -1 for what must not be shown. */
size_t screen_measure(const char *text, int *columns);

/* Appends at most `room` columns of the text; returns how many it took. */
int screen_add(struct buf *out, const char *text, int room);

/* Appends it all as one line, with a newline behind it: those within it are no more than other
 * control characters. */
void screen_add_line(struct buf *out, const char *text);

/* Terminal columns. */
int screen_width(const char *text) MUST_USE;

#endif
