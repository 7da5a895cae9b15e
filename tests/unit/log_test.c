#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"

/* Standard error goes into this file while a message is written. */
struct capture {
    FILE *file;
    int saved;
};

static struct capture capture_begin(void)
{
    struct capture capture = {.file = tmpfile(), .saved = dup(STDERR_FILENO)};
    assert_non_null(capture.file);
    assert_true(capture.saved >= 0);
    assert_true(dup2(fileno(capture.file), STDERR_FILENO) >= 0);
    return capture;
}

/* Ends it; text gets what was written, cut at size. */
static size_t capture_end(struct capture *capture, char *text, size_t size)
{
    assert_true(dup2(capture->saved, STDERR_FILENO) >= 0);
    close(capture->saved);
    rewind(capture->file);
    size_t len = fread(text, 1, size - 1, capture->file);
    text[len] = '\0';
    fclose(capture->file);
    return len;
}

struct row {
    const char *name;
    const char *text;
    const char *want;
};

static const struct row rows[] = {
    {"plain", "client 'acme'", "client 'acme'\n"},
    {"umlauts stay", "M\xC3\xBCller", "M\xC3\xBCller\n"},
    {"a newline cannot forge a line", "a\n<3>b", "a\\n<3>b\n"},
    {"escape sequences", "\x1B[2J", "\\x1B[2J\n"},
    {"control characters of Latin-1 in UTF-8",
     "a\xC2\x9B"
     "b",
     "a\\x9Bb\n"},
    {"a no-break space is none", "a\xC2\xA0z", "a\xC2\xA0z\n"},
    {"delete", "a\x7F", "a\\x7F\n"},
    {"bytes that are no UTF-8", "M\xFCller", "M\\xFCller\n"},
    {"cut sequence at the end", "a\xE2\x82", "a\\xE2\\x82\n"},
    {"marks that turn the direction", "a\xE2\x80\xAEz", "a\\u202Ez\n"},
    {"or isolate", "a\xE2\x81\xA6", "a\\u2066\n"},
    {"a separator of lines", "a\xE2\x80\xA8z", "a\\u2028z\n"},
    {"an ellipsis and a dash are none", "a\xE2\x80\xA6\xE2\x80\x93", "a\xE2\x80\xA6\xE2\x80\x93\n"},
    {"empty", "", "\n"},
};

static void test_lines_are_harmless(void **state)
{
    (void)state;
    log_init(LOG_LEVEL_INFO, false);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char got[256];
        struct capture capture = capture_begin();
        log_msg(LOG_LEVEL_INFO, "%s", rows[i].text);
        capture_end(&capture, got, sizeof got);
        if (strcmp(got, rows[i].want) != 0)
            fail_msg("%s: got '%s'", rows[i].name, got);
    }
}

static void test_levels_and_priorities(void **state)
{
    (void)state;
    char got[256];
    struct capture capture = capture_begin();
    log_init(LOG_LEVEL_WARNING, true);
    log_msg(LOG_LEVEL_INFO, "dropped");
    log_msg(LOG_LEVEL_WARNING, "kept");
    log_msg(LOG_LEVEL_ERROR, "this too");
    capture_end(&capture, got, sizeof got);
    assert_string_equal(got, "<4>kept\n<3>this too\n");
    assert_true(log_wants(LOG_LEVEL_ERROR));
    assert_false(log_wants(LOG_LEVEL_INFO));
}

static void test_long_lines_are_cut(void **state)
{
    (void)state;
    static char much[2 * LOG_LINE_MAX];
    static char got[4 * LOG_LINE_MAX];
    memset(much, 'x', sizeof much - 1);
    log_init(LOG_LEVEL_INFO, false);
    struct capture capture = capture_begin();
    log_msg(LOG_LEVEL_INFO, "%s", much);
    size_t len = capture_end(&capture, got, sizeof got);
    assert_in_range(len, LOG_LINE_MAX, LOG_LINE_MAX + 16);
    assert_non_null(strstr(got, "(cut)\n"));
}

static void test_journal_is_recognised(void **state)
{
    (void)state;
    struct stat st;
    char stream[64];
    assert_int_equal(fstat(STDERR_FILENO, &st), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    assert_true(log_goes_to_journal(stream));
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino + 1);
    assert_false(log_goes_to_journal(stream));
    assert_false(log_goes_to_journal(NULL));
    assert_false(log_goes_to_journal("nonsense"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_harmless),
        cmocka_unit_test(test_levels_and_priorities),
        cmocka_unit_test(test_long_lines_are_cut),
        cmocka_unit_test(test_journal_is_recognised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
