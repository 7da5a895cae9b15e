/* core/words: quotes, backslashes, bounds, and everything a shell would do and we do not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "core/words.h"

/* A line, and its words as "<a><b>"; or the error. */
static const struct {
    const char *name;
    const char *line;
    const char *words;
    const char *error;
} rows[] = {
    {"nothing", "", "", NULL},
    {"only blanks", " \t\n ", "", NULL},
    {"one word", "/bin/true", "</bin/true>", NULL},
    {"blanks around and between", "  a \t b\nc  ", "<a><b><c>", NULL},
    {"single quotes", "a 'b c' d", "<a><b c><d>", NULL},
    {"double quotes", "a \"b c\" d", "<a><b c><d>", NULL},
    {"quotes inside a word", "--name='a b'.txt", "<--name=a b.txt>", NULL},
    {"quotes side by side", "'a'\"b\"c", "<abc>", NULL},
    {"empty words", "a '' \"\" b", "<a><><><b>", NULL},
    {"an empty quote in a word", "a''b", "<ab>", NULL},
    {"double in single", "'\"'", "<\">", NULL},
    {"single in double", "\"it's\"", "<it's>", NULL},
    {"backslash in single", "'a\\'b", "<a\\b>", NULL},
    {"backslash before a quote in double", "\"a\\\"b\"", "<a\"b>", NULL},
    {"backslash before a backslash in double", "\"a\\\\\"", "<a\\>", NULL},
    {"backslash before a letter in double", "\"a\\nb\\$\"", "<a\\nb\\$>", NULL},
    {"backslash outside before a blank", "a\\ b", "<a b>", NULL},
    {"backslash outside before a quote", "\\'a\\\"", "<'a\">", NULL},
    {"backslash outside before a letter", "\\n\\\\", "<n\\>", NULL},
    {"two lines in quotes", "'a\nb'", "<a\nb>", NULL},
    {"umlauts", "ä 'ö ü'", "<ä><ö ü>", NULL},
    {"a hash is a letter", "a #b", "<a><#b>", NULL},
    {"a brace is a letter", "find . -exec {} +", "<find><.><-exec><{}><+>", NULL},
    {"single not closed", "a 'b", NULL, "a single quote is not closed"},
    {"single closed by a backslash only", "'a\\", NULL, "a single quote is not closed"},
    {"double not closed", "a \"b'", NULL, "a double quote is not closed"},
    {"double, closing one quoted", "\"a\\\"", NULL, "a double quote is not closed"},
    {"double, backslash at the end", "\"a\\", NULL, "a double quote is not closed"},
    {"backslash at the end", "a\\", NULL, "there is nothing behind the backslash at the end"},
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct words words;
        struct err err = {0};
        struct buf shown = {0};
        bool ok = words_split(&words, rows[i].line, &err);
        for (size_t w = 0; w < words.count; w++)
            buf_addf(&shown, "<%s>", words.items[w]);
        if (ok != !rows[i].error || strcmp(buf_text(&shown), ok ? rows[i].words : "") != 0 ||
            strcmp(err.text, ok ? "" : rows[i].error) != 0)
            fail_msg("%s: gave %s, error '%s'", rows[i].name, buf_text(&shown), err.text);
        if (words.items)
            assert_null(words.items[words.count]);
        buf_release(&shown);
        words_release(&words);
    }
    words_release(NULL);
}

/* A line, and whether it looks as if somebody had expected a shell. */
static const struct {
    const char *line;
    bool suspect;
} shell_rows[] = {
    {"/bin/a b", false},    {"/bin/a > b", true},      {"/bin/a | b", true},
    {"/bin/a $HOME", true}, {"/bin/a '$HOME'", false}, {"/bin/a \\$HOME", false},
    {"/bin/a *.txt", true}, {"/bin/a \"*\"", false},   {"/bin/a b; c", true},
    {"/bin/a b & ", true},  {"/bin/a `b`", true},      {"/bin/a a=b {} #", false},
};

static void test_shell_characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(shell_rows); i++) {
        struct words words;
        struct err err = {0};
        assert_true(words_split(&words, shell_rows[i].line, &err));
        if (words.looks_like_shell != shell_rows[i].suspect)
            fail_msg("%s: %d", shell_rows[i].line, words.looks_like_shell);
        words_release(&words);
    }
}

static void check_bound(size_t n_words, const char *error)
{
    struct buf line = {0};
    struct words words;
    struct err err = {0};
    for (size_t i = 0; i < n_words; i++)
        buf_add_text(&line, "a ");
    assert_int_equal(words_split(&words, buf_text(&line), &err), error == NULL);
    assert_string_equal(err.text, error ? error : "");
    assert_int_equal(words.count, error ? 0 : n_words);
    words_release(&words);
    buf_release(&line);
}

static void test_bounds(void **state)
{
    (void)state;
    check_bound(WORDS_MAX, NULL);
    check_bound(WORDS_MAX + 1, "more than 256 words");
    check_bound(WORDS_LINE_MAX / 2, "more than 256 words");
    check_bound(WORDS_LINE_MAX / 2 + 1, "longer than 8192 bytes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_shell_characters),
        cmocka_unit_test(test_bounds),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
