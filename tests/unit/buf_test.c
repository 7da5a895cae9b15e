#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

struct sequence {
    const char *name;
    const char *bytes;
    size_t want; /* length of the sequence, 0 for none */
};

static const struct sequence sequences[] = {
    {"nothing", "", 0},
    {"ASCII", "a", 1},
    {"two bytes", "\xC3\xA4", 2},
    {"three bytes", "\xE2\x82\xAC", 3},
    {"four bytes", "\xF0\x9F\x98\x80", 4},
    {"the last code point", "\xF4\x8F\xBF\xBF", 4},
    {"beyond the last code point", "\xF4\x90\x80\x80", 0},
    {"a lone continuation byte", "\x80", 0},
    {"overlong, two bytes", "\xC0\xAF", 0},
    {"overlong, two bytes, C1", "\xC1\xBF", 0},
    {"overlong, three bytes", "\xE0\x9F\xBF", 0},
    {"overlong, four bytes", "\xF0\x8F\xBF\xBF", 0},
    {"before the surrogates", "\xED\x9F\xBF", 3},
    {"a surrogate", "\xED\xA0\x80", 0},
    {"cut after the lead byte", "\xE2", 0},
    {"cut after two of three bytes", "\xE2\x82", 0},
    {"third byte no continuation", "\xE2\x82x", 0},
    {"a byte that never occurs", "\xFF", 0},
};

static void test_utf8_sequence(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(sequences); i++) {
        const struct sequence *row = &sequences[i];
        size_t got = utf8_sequence(row->bytes, strlen(row->bytes));
        if (got != row->want)
            fail_msg("%s: %zu, not %zu", row->name, got, row->want);
    }
}

struct repair {
    const char *name;
    const char *bytes;
    size_t len;
    const char *want;
};

#define ROW(name, bytes, want)                                                                     \
    {                                                                                              \
        name, bytes, sizeof(bytes) - 1, want                                                       \
    }
static const struct repair repairs[] = {
    ROW("valid text stays",
        "Stra\xC3\x9F"
        "e",
        "Stra\xC3\x9F"
        "e"),
    ROW("Latin-1",
        "Stra\xDF"
        "e",
        "Stra\xEF\xBF\xBD"
        "e"),
    ROW("NUL in the middle", "a\0b",
        "a\xEF\xBF\xBD"
        "b"),
    ROW("cut at the end", "a\xE2\x82", "a\xEF\xBF\xBD\xEF\xBF\xBD"),
    ROW("nothing", "", ""),
};
#undef ROW

static void test_add_utf8(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(repairs); i++) {
        const struct repair *row = &repairs[i];
        struct buf buf = {0};
        buf_add_utf8(&buf, row->bytes, row->len);
        if (strcmp(buf_text(&buf), row->want) != 0)
            fail_msg("%s: got '%s'", row->name, buf_text(&buf));
        buf_release(&buf);
    }
}

static void test_grows(void **state)
{
    (void)state;
    struct buf buf = {0};
    assert_string_equal(buf_text(&buf), "");
    for (int i = 0; i < 1000; i++)
        buf_addf(&buf, "%03d", i);
    assert_false(buf.failed);
    assert_int_equal(buf.len, 3000);
    assert_memory_equal(buf.data + 2997, "999", 4);
    buf_clear(&buf);
    assert_string_equal(buf_text(&buf), "");
    buf_add_text(&buf, "again");
    assert_string_equal(buf_text(&buf), "again");
    buf_release(&buf);
    assert_null(buf.data);
    buf_release(NULL);
}

static void test_too_long_fails_for_good(void **state)
{
    (void)state;
    struct buf buf = {0};
    char *much = calloc(1, BUF_MAX);
    assert_non_null(much);
    buf_add_text(&buf, "before");
    buf_add(&buf, much, BUF_MAX);
    assert_true(buf.failed);
    buf_add_text(&buf, "after");
    assert_string_equal(buf_text(&buf), "before");
    buf_clear(&buf);
    assert_false(buf.failed);
    free(much);
    buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8_sequence),
        cmocka_unit_test(test_add_utf8),
        cmocka_unit_test(test_grows),
        cmocka_unit_test(test_too_long_fails_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
