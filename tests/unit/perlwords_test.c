/* core/perlwords: Perl's words in one sentence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/perlwords.h"

static const struct {
    const char *name;
    const char *words;
    const char *sentence;
} rows[] = {
    {"nothing", "", ""},
    {"one line", "Can't open perl script \"/x/bridge\": No such file or directory\n",
     "Can't open perl script \"/x/bridge\": No such file or directory"},
    {"a module that is missing",
     "Can't locate SL/X.pm in @INC (you may need to install the SL::X module) (@INC contains: /etc "
     "/usr/share/perl5) at /k/SL/Y.pm line 8.\nBEGIN failed--compilation aborted at /k/Y.pm line "
     "8.\nCompilation failed in require at /k/Z.pm line 85.\n",
     "Can't locate SL/X.pm at /k/SL/Y.pm line 8"},
    {"as later Perls say it",
     "Can't locate SL/X.pm in @INC (you may need to install the SL::X module) (@INC entries "
     "checked: /etc /a) at /b) at /k/SL/Y.pm line 8.\n",
     "Can't locate SL/X.pm at /k/SL/Y.pm line 8"},
    {"without a place", "Can't locate SL/X.pm in @INC (@INC contains: /etc)\n",
     "Can't locate SL/X.pm"},
    {"a list that has been cut", "Can't locate SL/X.pm in @INC (@INC conta",
     "Can't locate SL/X.pm"},
    {"complaints about the locale first",
     "perl: warning: Setting locale failed.\nperl: warning: Please check that your locale "
     "settings:\n\tLC_ALL = \"xx\"\n    are supported and installed on your system.\nperl: "
     "warning: "
     "Falling back to the standard locale (\"C\").\nsyntax error at /k/X.pm line 3, near \"}\"\n",
     "syntax error at /k/X.pm line 3, near \"}\""},
    {"a module that is not needed first",
     "cannot load DateTime: it is broken at /x line 1.\nCan't locate DBI.pm in @INC (x) at /y line "
     "2.\n",
     "Can't locate DBI.pm at /y line 2"},
    {"empty lines", "\n \n\n", ""},
    {"empty lines before a follow-up", "\n\nCompilation failed in require.\n",
     "Compilation failed in require"},
    {"nothing but follow-ups", "Compilation failed in require.\n", "Compilation failed in require"},
};

static void test_sentences(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf sentence = {0};
        perlwords_sum_up(rows[i].words, &sentence);
        if (strcmp(buf_text(&sentence), rows[i].sentence) != 0)
            fail_msg("%s: got '%s'", rows[i].name, buf_text(&sentence));
        buf_release(&sentence);
    }
}

static void test_lacks(void **state)
{
    (void)state;
    const char *words = "perl: warning: Setting locale failed.\nCan't locate SL/X.pm in @INC\n";
    assert_true(perlwords_lacks(words, "SL/"));
    assert_true(perlwords_lacks(words, ""));
    assert_false(perlwords_lacks(words, "TaskServer/"));
    assert_false(perlwords_lacks("syntax error in SL/X.pm\n", "SL/"));
    assert_false(perlwords_lacks("", ""));
    assert_false(perlwords_lacks(
        "Can't locate object method \"new\" via package \"SL::X\" at /k line 3.\n", ""));
    assert_false(perlwords_lacks("Can't locate object method \"new\" via package \"X\"\n"
                                 "Can't locate SL/X.pm in @INC\n",
                                 ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sentences),
                                       cmocka_unit_test(test_lacks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
