#include "core/table.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "core/screen.h"

static const char *const colour_codes[] = {"",         "\033[1m",  "\033[2m",
                                           "\033[31m", "\033[32m", "\033[33m"};
static const char gap[] = "  ";
enum {
    GAP = sizeof gap - 1,
    WRAP_MIN = 32,   /* thinner than that, a text that wraps goes below its row … */
    SHORT_MAX = 12,  /* … unless it is as short as this */
    LEGIBLE_MIN = 4, /* what would be cut to less is left out */
    GROUP_INDENT = 2,
    BELOW_INDENT = 4,
};

/* ---- filling ---- */

static struct table_cell make_cell(struct table *table, const char *text, enum table_colour colour)
{
    struct buf harmless = {0};
    struct screen screen = screen_begin();
    struct table_cell cell = {
        .colour = colour,
        .width = screen_add(&harmless, text ? text : "", INT_MAX),
    };
    screen_end(screen);
    cell.text = harmless.failed ? NULL : strdup(buf_text(&harmless));
    buf_release(&harmless);
    table->failed |= !cell.text;
    return cell;
}

void table_column(struct table *table, const char *title, int flags)
{
    if (table->columns == TABLE_COLUMNS_MAX) {
        table->failed = true;
        return;
    }
    table->heads[table->columns] = make_cell(table, title, TABLE_BOLD);
    table->flags[table->columns++] = flags;
}

static bool make_room(struct table *table)
{
    size_t cap = table->cap ? 2 * table->cap : 64;
    if (table->count < table->cap)
        return true;
    struct table_cell *cells = realloc(table->cells, cap * sizeof *cells);
    if (!cells)
        return false;
    table->cells = cells;
    table->cap = cap;
    return true;
}

void table_coloured(struct table *table, enum table_colour colour, const char *text)
{
    if (table->failed)
        return;
    if (make_room(table))
        table->cells[table->count++] = make_cell(table, text, colour);
    else
        table->failed = true;
}

void table_cell(struct table *table, const char *text)
{
    table_coloured(table, TABLE_PLAIN, text);
}

void table_cellf(struct table *table, enum table_colour colour, const char *fmt, ...)
{
    va_list args;
    char *text = NULL;
    va_start(args, fmt);
    int len = vasprintf(&text, i18n(fmt), args);
    va_end(args);
    if (len < 0) {
        table->failed = true;
        return;
    }
    table_coloured(table, colour, text);
    free(text);
}

/* ---- printing ---- */

/* How the columns are laid out this time. */
struct layout {
    int widths[TABLE_COLUMNS_MAX];
    const int *flags;
    int first; /* 1: the first column stands above its rows, which are indented */
    int below; /* columns of a line below the row, for what is too wide; 0: it goes on beside it */
    bool colours;
    bool is_head;
};

static void find_widths(const struct table *table, const struct table_style *style, int *widths)
{
    for (int i = 0; i < table->columns; i++)
        widths[i] = style->leaves_head ? 0 : table->heads[i].width;
    for (size_t i = 0; i < table->count; i++) {
        int column = (int)(i % (size_t)table->columns);
        if (table->cells[i].width > widths[column])
            widths[column] = table->cells[i].width;
    }
}

/* A column that wraps gives way first, but stays readable. */
static int least_width(const struct table *table, int column)
{
    return table->flags[column] & TABLE_WRAP ? WRAP_MIN : TABLE_CUT_MIN;
}

static int add_widths(const struct table *table, const int *widths)
{
    int sum = (table->columns - 1) * GAP;
    for (int i = 0; i < table->columns; i++)
        sum += widths[i];
    return sum;
}

/* How many cells of the column lose letters where it is `width` wide. */
static size_t count_cut(const struct table *table, int column, int width)
{
    size_t count = table->heads[column].width > width;
    for (size_t i = (size_t)column; i < table->count; i += (size_t)table->columns)
        count += table->cells[i].width > width;
    return count;
}

/* The widest column with one of the flags that may give way; -1: none. */
static int find_widest(const struct table *table, int flags, const int *widths)
{
    int widest = -1;
    for (int i = 0; i < table->columns; i++)
        if (table->flags[i] & flags && widths[i] > least_width(table, i) &&
            (widest < 0 || widths[i] > widths[widest]))
            widest = i;
    return widest;
}

/* Of the columns that are about as wide as the widest, the one where the fewest cells suffer. */
static int find_least_cut(const struct table *table, int widest, const int *widths)
{
    int best = widest;
    size_t least = count_cut(table, widest, widths[widest] - 1);
    for (int i = 0; i < table->columns; i++) {
        if (!(table->flags[i] & TABLE_CUT) || widths[i] <= least_width(table, i) ||
            3 * widths[i] < 2 * widths[widest])
            continue;
        size_t cut = count_cut(table, i, widths[i] - 1);
        if (cut < least) {
            best = i;
            least = cut;
        }
    }
    return best;
}

/* Takes a column's width at a time. */
static void fit_widths(const struct table *table, int room, int *widths)
{
    for (int sum = add_widths(table, widths); sum > room; sum--) {
        int chosen = find_widest(table, TABLE_EARLY, widths);
        int widest = find_widest(table, TABLE_CUT | TABLE_WRAP, widths);
        if (widest < 0)
            return;
        if (chosen < 0 && table->flags[widest] & TABLE_WRAP)
            chosen = widest;
        else if (chosen < 0)
            chosen = find_least_cut(table, widest, widths);
        widths[chosen]--;
    }
}

/* Beside the other columns a wide text would be a thin one of many lines. */
static bool goes_below(const struct table *table, int room, const int *widths)
{
    int last = table->columns - 1;
    int left = room - (add_widths(table, widths) - widths[last]);
    return table->flags[last] & TABLE_WRAP && widths[last] > left && left < WRAP_MIN;
}

/* What short texts of the last column need: those stay beside the others even where the rest goes
 * below, and a short title with them. */
static int short_width(const struct table *table)
{
    int width = 0;
    size_t columns = (size_t)table->columns;
    int title = table->heads[columns - 1].width;
    for (size_t i = columns - 1; i < table->count; i += columns)
        if (table->cells[i].width > width && table->cells[i].width <= SHORT_MAX)
            width = table->cells[i].width;
    return width && title > width && title <= SHORT_MAX ? title : width;
}

/* Without a first column that may stand above its rows. */
static int leave_out_group(const struct table *table, int room, struct layout *layout)
{
    if (!(table->flags[0] & TABLE_GROUP) || add_widths(table, layout->widths) <= room)
        return room;
    layout->first = 1;
    layout->widths[0] = -GAP; /* with the gap behind it, it takes nothing */
    return room - GROUP_INDENT;
}

static void fit(const struct table *table, int room, struct layout *layout)
{
    int *last = &layout->widths[table->columns - 1];
    bool below = goes_below(table, room, layout->widths);
    if (below)
        *last = short_width(table);
    fit_widths(table, room, layout->widths);
    int left = room - add_widths(table, layout->widths);
    if (below)
        *last = *last + left > 0 ? *last + left : 0;
    if (below)
        layout->below = room > 2 * BELOW_INDENT ? room - BELOW_INDENT : BELOW_INDENT;
}

/* The text in `width` columns; returns how many it took. */
static int add_cut(const struct table_cell *cell, int width, struct buf *out)
{
    if (cell->width <= width) {
        buf_add_text(out, cell->text);
        return cell->width;
    }
    if (width < LEGIBLE_MIN)
        return 0;
    int used = screen_add(out, cell->text, width - 1);
    buf_add_text(out, "…");
    return used + 1;
}

static void pad(struct buf *out, int columns)
{
    for (int i = 0; i < columns; i++)
        buf_add_text(out, " ");
}

static void print_cell(const struct layout *layout, int column, const struct table_cell *cell,
                       struct buf *out)
{
    int width = layout->widths[column];
    bool right = layout->flags[column] & TABLE_RIGHT;
    bool coloured = layout->colours && cell->colour != TABLE_PLAIN && cell->width > 0;
    if (right)
        pad(out, width - cell->width);
    if (coloured)
        buf_add_text(out, colour_codes[cell->colour]);
    int used = add_cut(cell, width, out);
    if (coloured)
        buf_add_text(out, "\033[0m");
    if (!right)
        pad(out, width - used);
}

/* How many bytes of the text fit into `width` columns, broken at a blank if there is one. */
static size_t find_break(const char *text, int width)
{
    size_t at = 0;
    size_t blank = 0;
    int used = 0;
    while (text[at]) {
        int columns;
        size_t len = screen_measure(text + at, &columns);
        if (text[at] == ' ')
            blank = at;
        if (used + (columns < 0 ? 1 : columns) > width)
            return blank ? blank : at ? at : len;
        used += columns < 0 ? 1 : columns;
        at += len;
    }
    return at;
}

static void begin_line(struct buf *out, int indent)
{
    buf_add_text(out, "\n");
    pad(out, indent);
}

/* The text below itself: beside the other columns, or below them all. */
static void print_wrapped(const struct layout *layout, int column, const struct table_cell *cell,
                          struct buf *out)
{
    int width = layout->below ? layout->below : layout->widths[column];
    int indent = layout->below ? BELOW_INDENT : 0;
    bool coloured = layout->colours && cell->colour != TABLE_PLAIN;
    if (layout->first)
        indent += GROUP_INDENT;
    for (int i = layout->first; i < column && !layout->below; i++)
        indent += layout->widths[i] + GAP;
    for (const char *text = cell->text; *text;) {
        size_t len = find_break(text, width);
        if (layout->below || text != cell->text)
            begin_line(out, indent);
        if (coloured)
            buf_add_text(out, colour_codes[cell->colour]);
        buf_add(out, text, len);
        if (coloured)
            buf_add_text(out, "\033[0m");
        text += len;
        text += strspn(text, " ");
    }
}

/* No blanks at the end of a line. */
static void trim(struct buf *out)
{
    while (out->len && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
}

static void print_row(const struct layout *layout, const struct table_cell *cells, size_t count,
                      struct buf *out)
{
    if (layout->first)
        pad(out, GROUP_INDENT);
    for (size_t i = (size_t)layout->first; i < count; i++) {
        bool wraps = layout->flags[i] & TABLE_WRAP && cells[i].width > layout->widths[i];
        if (wraps && layout->below && !layout->is_head)
            trim(out);
        else if (i > (size_t)layout->first)
            buf_add_text(out, gap);
        if (wraps && !(layout->below && layout->is_head))
            print_wrapped(layout, (int)i, &cells[i], out);
        else
            print_cell(layout, (int)i, &cells[i], out);
    }
    trim(out);
    buf_add_text(out, "\n");
}

static bool begins_group(const struct table *table, size_t row)
{
    const struct table_cell *cell = &table->cells[row];
    return row == 0 || strcmp(cell->text, cell[-table->columns].text) != 0;
}

static void print_group(const struct layout *layout, const struct table_cell *cell, int width,
                        struct buf *out)
{
    if (layout->colours)
        buf_add_text(out, colour_codes[TABLE_BOLD]);
    add_cut(cell, width, out);
    if (layout->colours)
        buf_add_text(out, "\033[0m");
    buf_add_text(out, "\n");
}

void table_print(const struct table *table, const struct table_style *style, struct buf *out)
{
    struct layout layout = {.flags = table->flags, .colours = style->colours};
    size_t columns = (size_t)table->columns;
    if (table->failed || !columns) {
        out->failed |= table->failed;
        return;
    }
    find_widths(table, style, layout.widths);
    if (style->width > 0)
        fit(table, leave_out_group(table, style->width, &layout), &layout);
    struct screen screen = screen_begin();
    layout.is_head = true;
    if (!style->leaves_head)
        print_row(&layout, table->heads, columns, out);
    layout.is_head = false;
    for (size_t i = 0; i < table->count; i += columns) {
        size_t left = table->count - i;
        if (layout.first && begins_group(table, i))
            print_group(&layout, &table->cells[i], style->width, out);
        print_row(&layout, table->cells + i, left < columns ? left : columns, out);
    }
    screen_end(screen);
}

void table_release(struct table *table)
{
    if (!table)
        return;
    for (int i = 0; i < table->columns; i++)
        free(table->heads[i].text);
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i].text);
    free(table->cells);
    *table = (struct table){0};
}
