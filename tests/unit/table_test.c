/* core/table: widths, cutting, colours, hostile texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/screen.h"
#include "core/table.h"

struct row {
    const char *name;
    const char *text;
    int width;
};

static const struct row width_rows[] = {
    {"ASCII", "acme", 4},
    {"umlauts count once", "Müßig", 5},
    {"combining letters count nothing", "u\xCC\x88", 1},
    {"East Asian ones count two", "日本", 4},
    {"a control character is one question mark", "a\033b", 3},
    {"a byte that is no UTF-8 too", "a\xFF", 2},
    {"a mark that turns the direction too", "a\xE2\x80\xAE", 2},
    {"nothing", "", 0},
};

static void widths(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(width_rows); i++)
        if (screen_width(width_rows[i].text) != width_rows[i].width)
            fail_msg("%s: %d", width_rows[i].name, screen_width(width_rows[i].text));
}

static void fill(struct table *table)
{
    table_column(table, "client", 0);
    table_column(table, "id", TABLE_RIGHT);
    table_column(table, "text", TABLE_CUT);
    table_cell(table, "Müller");
    table_cellf(table, TABLE_PLAIN, "%d", 7);
    table_coloured(table, TABLE_RED, "a rather long text");
    table_cell(table, "x");
    table_cellf(table, TABLE_PLAIN, "%d", 123);
    table_cell(table, "a\nb");
}

static void check(const struct table_style *style, const char *expected)
{
    struct table table = {0};
    struct buf out = {0};
    fill(&table);
    table_print(&table, style, &out);
    assert_false(out.failed);
    assert_string_equal(buf_text(&out), expected);
    buf_release(&out);
    table_release(&table);
}

static void aligned(void **state)
{
    (void)state;
    check(&(struct table_style){0}, "client   id  text\n"
                                    "Müller    7  a rather long text\n"
                                    "x       123  a?b\n");
}

/* However long: where it ends is for the one who fills the table to say. */
static void long_cells_are_whole(void **state)
{
    (void)state;
    enum { LETTERS = 5000 };
    char text[2 * LETTERS + 1];
    struct table table = {0};
    struct buf out = {0};
    for (size_t i = 0; i < LETTERS; i++)
        memcpy(text + 2 * i, "ü", sizeof "ü");
    table_column(&table, "", 0);
    table_cell(&table, text);
    table_cellf(&table, TABLE_PLAIN, "%s.", text);
    table_print(&table, &(struct table_style){.leaves_head = true}, &out);
    assert_int_equal(out.len, 2 * sizeof text + 1);
    assert_memory_equal(out.data, text, strlen(text));
    assert_memory_equal(out.data + sizeof text, text, strlen(text));
    buf_release(&out);
    table_release(&table);
}

static void cut_to_the_terminal(void **state)
{
    (void)state;
    check(&(struct table_style){.width = 23}, "client   id  text\n"
                                              "Müller    7  a rather …\n"
                                              "x       123  a?b\n");
}

static void cut_no_further_than_reads(void **state)
{
    (void)state;
    check(&(struct table_style){.width = 5}, "client   id  text\n"
                                             "Müller    7  a rathe…\n"
                                             "x       123  a?b\n");
}

/* Where the table is too wide, those columns suffer in which the fewest cells do. */
static void cut_where_it_hurts_least(void **state)
{
    static const char *const cells[][2] = {
        {"a package of length", "daily at 03:00"},
        {"short", "daily at 04:00"},
        {"short", "daily at 05:00"},
    };
    static const struct {
        const char *name;
        int flags;
        int width;
        const char *first;
    } rows[] = {
        {"it fits", TABLE_CUT, 35, "a package of length  daily at 03:00\n"},
        {"one long cell gives way before three", TABLE_CUT, 30, "a package of …  daily at 03:00\n"},
        {"until it is much the shorter", TABLE_CUT, 22, "a packa…  daily at 03…\n"},
        {"unless the others are less important", TABLE_CUT | TABLE_EARLY, 30,
         "a package of length  daily at…\n"},
        {"but not to nothing", TABLE_CUT | TABLE_EARLY, 22, "a package o…  daily a…\n"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct table table = {0};
        struct buf out = {0};
        struct table_style style = {.width = rows[i].width, .leaves_head = true};
        table_column(&table, "", TABLE_CUT);
        table_column(&table, "", rows[i].flags);
        for (size_t k = 0; k < ARRAY_LEN(cells); k++) {
            table_cell(&table, cells[k][0]);
            table_cell(&table, cells[k][1]);
        }
        table_print(&table, &style, &out);
        if (strncmp(buf_text(&out), rows[i].first, strlen(rows[i].first)) != 0)
            fail_msg("%s: %s", rows[i].name, buf_text(&out));
        buf_release(&out);
        table_release(&table);
    }
}

static void coloured(void **state)
{
    (void)state;
    check(&(struct table_style){.colours = true, .leaves_head = true},
          "Müller    7  \033[31ma rather long text\033[0m\n"
          "x       123  a?b\n");
}

struct wrap_row {
    const char *name;
    int width;
    const char *text;
    const char *expected; /* after "y" and its number */
};

static const struct wrap_row wrap_rows[] = {
    {"broken at blanks", 40, "one two three four five six seven ünd acht",
     "       text\nyyy  1  one two three four five six\n        seven ünd acht\n"},
    {"a word that ends at the edge stays in its line", 40, "one two three four five six four acht",
     "       text\nyyy  1  one two three four five six four\n        acht\n"},
    {"a word wider than the column is broken anywhere", 40,
     "abcdefghijklmnopqrstuvwxyzabcdefghijklm",
     "       text\nyyy  1  abcdefghijklmnopqrstuvwxyzabcdef\n        ghijklm\n"},
    {"where that were too thin: below the row", 30, "one two three four five six seven eight",
     "       text\nyyy  1\n    one two three four five\n    six seven eight\n"},
    {"but beside it what fits", 30, "one two three four", NULL},
    {"a terminal too narrow for anything", 5, "one two three",
     "\nyyy  1\n    one\n    two\n    thre\n    e\n"},
    {"no limit", 0, "one two three four five six seven eight nine ten eleven", NULL},
};

static void wrapped(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(wrap_rows); i++) {
        const struct wrap_row *row = &wrap_rows[i];
        struct table table = {0};
        struct buf out = {0};
        struct buf expected = {0};
        table_column(&table, "x", 0);
        table_column(&table, "", 0);
        table_column(&table, "text", TABLE_WRAP);
        table_cell(&table, "yyy");
        table_cell(&table, "1");
        table_cell(&table, row->text);
        table_print(&table, &(struct table_style){.width = row->width}, &out);
        if (row->expected)
            buf_addf(&expected, "x%s", row->expected);
        else
            buf_addf(&expected, "x       text\nyyy  1  %s\n", row->text);
        if (strcmp(buf_text(&out), buf_text(&expected)) != 0)
            fail_msg("%s: %s", row->name, buf_text(&out));
        buf_release(&out);
        buf_release(&expected);
        table_release(&table);
    }
}

/* A head that has no room for more than a letter or two is left out. */
static void below_the_row(void **state)
{
    (void)state;
    struct table table = {0};
    struct buf out = {0};
    table_column(&table, "client", TABLE_CUT);
    table_column(&table, "result or error", TABLE_WRAP);
    table_cell(&table, "a client of many words");
    table_coloured(&table, TABLE_RED, "an error of quite a few more");
    table_cell(&table, "x");
    table_cell(&table, "1");
    table_print(&table, &(struct table_style){.width = 26, .colours = true}, &out);
    assert_string_equal(buf_text(&out), "\033[1mclient\033[0m                  \033[1m\033[0m\n"
                                        "a client of many words\n"
                                        "    \033[31man error of quite a\033[0m\n"
                                        "    \033[31mfew more\033[0m\n"
                                        "x                       1\n");
    buf_release(&out);
    table_release(&table);
}

/* Rows that belong together stand below what they have in common, where room is scarce. */
static void grouped(void **state)
{
    (void)state;
    struct table table = {0};
    struct buf out = {0};
    table_column(&table, "client", TABLE_GROUP);
    table_column(&table, "id", TABLE_RIGHT);
    table_column(&table, "package", TABLE_CUT);
    for (int i = 0; i < 3; i++) {
        table_cell(&table, i < 2 ? "Müller & Söhne" : "Krüger");
        table_cellf(&table, TABLE_PLAIN, "%d", 9 + i);
        table_cell(&table, i ? "CloseProjects" : "SetNumberRange");
    }
    table_print(&table, &(struct table_style){.width = 34}, &out);
    assert_string_equal(buf_text(&out), "client          id  package\n"
                                        "Müller & Söhne   9  SetNumberRange\n"
                                        "Müller & Söhne  10  CloseProjects\n"
                                        "Krüger          11  CloseProjects\n");
    buf_clear(&out);
    table_print(&table, &(struct table_style){.width = 19}, &out);
    assert_string_equal(buf_text(&out), "  id  package\n"
                                        "Müller & Söhne\n"
                                        "   9  SetNumberRan…\n"
                                        "  10  CloseProjects\n"
                                        "Krüger\n"
                                        "  11  CloseProjects\n");
    buf_release(&out);
    table_release(&table);
}

static void too_many_columns(void **state)
{
    (void)state;
    struct table table = {0};
    struct buf out = {0};
    for (int i = 0; i <= TABLE_COLUMNS_MAX; i++)
        table_column(&table, "x", 0);
    table_print(&table, &(struct table_style){0}, &out);
    assert_true(out.failed);
    buf_release(&out);
    table_release(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),
        cmocka_unit_test(aligned),
        cmocka_unit_test(long_cells_are_whole),
        cmocka_unit_test(cut_to_the_terminal),
        cmocka_unit_test(cut_no_further_than_reads),
        cmocka_unit_test(cut_where_it_hurts_least),
        cmocka_unit_test(coloured),
        cmocka_unit_test(wrapped),
        cmocka_unit_test(below_the_row),
        cmocka_unit_test(grouped),
        cmocka_unit_test(too_many_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
