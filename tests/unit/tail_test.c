/* io/tail: what is kept, what is counted, and where the cut goes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <unistd.h>

#include "io/tail.h"

/* An output, and what the text of it is under a cap. */
static const struct {
    const char *name;
    size_t cap;
    const char *output;
    const char *text;
} rows[] = {
    {"nothing", 8, "", ""},
    {"less than half", 8, "abc", "abc"},
    {"exactly half", 8, "abcd", "abcd"},
    {"more than half", 8, "abcde", "abcde"},
    {"exactly all", 8, "abcdefgh", "abcdefgh"},
    {"one too many", 8, "abcdefghi", "abcd\n… 1 byte left out …\nfghi"},
    {"twice as many", 8, "abcdefghijklmnop", "abcd\n… 8 bytes left out …\nmnop"},
    {"odd cap", 5, "abcdefg", "abc\n… 2 bytes left out …\nfg"},
    {"cap of one", 1, "abc", "a\n… 2 bytes left out …\n"},
    {"cap of nothing", 0, "abc", "\n… 3 bytes left out …\n"},
    {"cap of nothing, nothing", 0, "", ""},
    {"a character across the middle, whole", 8, "abc\xC3\xA4xyz", "abcäxyz"},
    {"the cut splits one in the head", 8, "abc\xC3\xA4xxxwxyz", "abc\n… 5 bytes left out …\nwxyz"},
    {"the cut splits one at the end", 8, "abcdxxxx\xC3\xA4xyz", "abcd\n… 6 bytes left out …\nxyz"},
    {"the cut splits four bytes", 8, "a\xF0\x9F\x98\x80----\xF0\x9F\x98\x80yz",
     "a\n… 12 bytes left out …\nyz"},
    {"characters end at the cut", 8, "ab\xC3\xA4xx\xC3\xA4yz", "abä\n… 2 bytes left out …\näyz"},
    {"bad bytes", 8, "a\xFF\xE4", "a\xEF\xBF\xBD\xEF\xBF\xBD"},
};

/* Adds the output in pieces of this size. */
static void check_row(size_t row, size_t piece)
{
    struct tail tail;
    struct err err = {0};
    struct buf text = {0};
    size_t len = strlen(rows[row].output);
    assert_true(tail_init(&tail, rows[row].cap, &err));
    for (size_t at = 0; at < len; at += piece)
        tail_add(&tail, rows[row].output + at, len - at < piece ? len - at : piece);
    tail_text(&tail, &text);
    if (strcmp(buf_text(&text), rows[row].text) != 0)
        fail_msg("%s, in pieces of %zu: %s", rows[row].name, piece, buf_text(&text));
    assert_int_equal(tail.total_bytes, len);
    buf_release(&text);
    tail_release(&tail);
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        for (size_t piece = 1; piece < 20; piece++)
            check_row(i, piece);
    tail_release(NULL);
}

static void test_nul_bytes(void **state)
{
    (void)state;
    struct tail tail;
    struct err err = {0};
    struct buf text = {0};
    assert_true(tail_init(&tail, 8, &err));
    tail_add(&tail, "a\0b", 3);
    tail_text(&tail, &text);
    assert_string_equal(buf_text(&text), "a\xEF\xBF\xBD"
                                         "b");
    buf_release(&text);
    tail_release(&tail);
}

/* Every cap against a plain model, at random lengths. */
static void test_against_a_model(void **state)
{
    (void)state;
    char output[400];
    for (size_t i = 0; i < sizeof output; i++)
        output[i] = (char)('a' + i % 26);
    srand(1);
    for (int turn = 0; turn < 3000; turn++) {
        struct tail tail;
        struct err err = {0};
        struct buf text = {0}, wanted = {0};
        size_t cap = (size_t)rand() % 70, len = 0;
        assert_true(tail_init(&tail, cap, &err));
        for (int pieces = rand() % 6; pieces; pieces--) {
            size_t piece = (size_t)rand() % 60;
            tail_add(&tail, output + len, piece);
            len += piece;
        }
        size_t head = (cap + 1) / 2;
        if (len <= cap)
            buf_add(&wanted, output, len);
        else
            buf_addf(&wanted, "%.*s\n… %zu byte%s left out …\n%.*s", (int)head, output, len - cap,
                     len - cap == 1 ? "" : "s", (int)(cap / 2), output + len - cap / 2);
        tail_text(&tail, &text);
        assert_string_equal(buf_text(&text), buf_text(&wanted));
        buf_release(&text);
        buf_release(&wanted);
        tail_release(&tail);
    }
}

static void test_reading(void **state)
{
    (void)state;
    int ends[2];
    struct tail tail;
    struct err err = {0};
    struct buf text = {0};
    assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    assert_true(tail_init(&tail, 100, &err));
    assert_int_equal(tail_read(&tail, ends[0]), TAIL_EMPTY);
    tail_drain(&tail, ends[0]);
    assert_int_equal(write(ends[1], "abc", 3), 3);
    assert_int_equal(tail_read(&tail, ends[0]), TAIL_MORE);
    assert_int_equal(tail_read(&tail, ends[0]), TAIL_EMPTY);
    assert_int_equal(write(ends[1], "def", 3), 3);
    tail_drain(&tail, ends[0]);
    assert_int_equal(tail_read(&tail, ends[0]), TAIL_EMPTY);
    close(ends[1]);
    assert_int_equal(tail_read(&tail, ends[0]), TAIL_END);
    close(ends[0]);
    assert_int_equal(tail_read(&tail, -1), TAIL_END);
    tail_text(&tail, &text);
    assert_string_equal(buf_text(&text), "abcdef");
    buf_release(&text);
    tail_release(&tail);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_against_a_model),
        cmocka_unit_test(test_reading),
    };
    return cmocka_run_group_tests_name("tail", tests, NULL, NULL);
}
