/* core/table: widths, cutting, colours, hostile texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

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
        if (table_text_width(width_rows[i].text) != width_rows[i].width)
            fail_msg("%s: %d", width_rows[i].name, table_text_width(width_rows[i].text));
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

static void coloured(void **state)
{
    (void)state;
    check(&(struct table_style){.colours = true, .leaves_head = true},
          "Müller    7  \033[31ma rather long text\033[0m\n"
          "x       123  a?b\n");
}

static void wrapped(void **state)
{
    (void)state;
    struct table table = {0};
    struct buf out = {0};
    table_column(&table, "a", 0);
    table_column(&table, "text", TABLE_WRAP);
    table_cell(&table, "x");
    table_cell(&table, "one two three four five six seven ünd acht");
    table_cell(&table, "y");
    table_cell(&table, "abcdefghijklmnopqrstuvwxyzabcdefgh");
    table_print(&table, &(struct table_style){.width = 27, .leaves_head = true}, &out);
    assert_string_equal(buf_text(&out), "x  one two three four five\n"
                                        "   six seven ünd acht\n"
                                        "y  abcdefghijklmnopqrstuvwx\n"
                                        "   yzabcdefgh\n");
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
        cmocka_unit_test(cut_to_the_terminal),
        cmocka_unit_test(cut_no_further_than_reads),
        cmocka_unit_test(coloured),
        cmocka_unit_test(wrapped),
        cmocka_unit_test(too_many_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
