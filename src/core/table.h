/* table.h: a table for people: columns with titles, as wide as their contents, within the terminal.
 *
 *     struct table table = {0};
 *     table_column(&table, _("client"), 0);
 *     table_column(&table, _("id"), TABLE_RIGHT);
 *     table_column(&table, _("description"), TABLE_CUT);
 *     for each row:
 *         table_cell(&table, name);
 *         table_cellf(&table, TABLE_PLAIN, "%d", id);
 *         table_coloured(&table, TABLE_RED, text);
 *     table_print(&table, &(struct table_style){.width = 80, .colours = true}, &out);
 *     table_release(&table);
 *
 * Cells go row by row, from left to right; the last row may be short.  Widths count what a terminal
 * shows (wcwidth(3)): combining letters nothing, East Asian ones two columns.  Where the table is
 * wider than the terminal columns with TABLE_CUT lose their ends, shown by "…", where the fewest
 * cells suffer, down to TABLE_CUT_MIN; what is too wide even so is left to the terminal to wrap.  A
 * last column with TABLE_WRAP goes on below itself, broken at blanks; where that would leave it too
 * thin to be read, a text that does not fit stands below its row instead, as wide as the terminal.
 * A first column with TABLE_GROUP, of rows that belong together, gives way before any other: its
 * text then stands in a line of its own, above its rows. Newlines, control characters, bytes that
 * are no UTF-8 and marks that turn the direction of writing are shown as "?": a text from a
 * database cannot drive a terminal or forge a row.
 *
 * Ownership: the table copies all texts, whole: how long a cell may be is the caller's to say.
 * Errors: out of memory sets `failed`, and out->failed when it is printed.
 * Not here: whether standard output is a terminal, and how wide (cmd/paper.h).
 */
#ifndef CORE_TABLE_H
#define CORE_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"

enum { TABLE_COLUMNS_MAX = 20, TABLE_CUT_MIN = 8 };

/* What a column is like, added up. */
enum {
    TABLE_RIGHT = 1,  /* numbers */
    TABLE_CUT = 2,    /* may lose its end where room is scarce */
    TABLE_WRAP = 4,   /* the last column only: goes on in the next line instead */
    TABLE_GROUP = 8,  /* the first column only: stands above its rows instead */
    TABLE_EARLY = 16, /* with TABLE_CUT: loses it before columns without this */
};

enum table_colour {
    TABLE_PLAIN,
    TABLE_BOLD,
    TABLE_DIM,
    TABLE_RED,
    TABLE_GREEN,
    TABLE_YELLOW,
};

struct table_style {
    int width;        /* columns of the terminal; 0: no limit */
    bool colours;     /* escape sequences are understood */
    bool leaves_head; /* no line of titles */
};

struct table_cell {
    char *text; /* owned, made harmless */
    int width;  /* terminal columns */
    enum table_colour colour;
};

struct table {
    struct table_cell heads[TABLE_COLUMNS_MAX];
    int flags[TABLE_COLUMNS_MAX];
    int columns;
    struct table_cell *cells; /* row by row */
    size_t count;
    size_t cap;
    bool failed;
};

/* All columns come before the first cell. */
void table_column(struct table *table, const char *title, int flags);

/* The next cell; NULL is an empty one. */
void table_cell(struct table *table, const char *text);
void table_coloured(struct table *table, enum table_colour colour, const char *text);
void table_cellf(struct table *table, enum table_colour colour, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Appends the table, a line per row. */
void table_print(const struct table *table, const struct table_style *style, struct buf *out);

void table_release(struct table *table);

#endif
