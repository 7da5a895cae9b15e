/* core/template: what kivitendo's failure mails use, and errors that name their line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/template.h"

static const struct template_value values[] = {
    {"client.name", "Müller & Söhne"},
    {"history.error_col", "it failed"},
    {"history.description", ""},
    {"history.count", "0"},
    {"exception", NULL},
};

static const struct {
    const char *name;
    const char *text;
    const char *out;
    const char *error;
} rows[] = {
    {"no tags", "a\nb", "a\nb", NULL},
    {"a value", "x [% client.name %] y", "x Müller & Söhne y", NULL},
    {"without blanks", "[%client.name%]", "Müller & Söhne", NULL},
    {"an unknown name is empty", "<[% foo.bar %]>", "<>", NULL},
    {"a NULL value is empty", "<[% exception %]>", "<>", NULL},
    {"a text in quotes", "[% 'a.b' %]", "a.b", NULL},
    {"a value is not read as a template", "[% t %]", "[% client.name %]", NULL},
    {"IF true", "[% IF history.error_col %]yes[% END %]", "yes", NULL},
    {"IF a name that others begin with", "[% IF history %]yes[% END %]", "yes", NULL},
    {"IF empty", "[% IF history.description %]yes[% ELSE %]no[% END %]", "no", NULL},
    {"IF 0", "[% IF history.count %]yes[% ELSE %]no[% END %]", "no", NULL},
    {"UNLESS", "[% UNLESS exception %]none[% END %]", "none", NULL},
    {"ELSIF", "[% IF a %]1[% ELSIF client.name %]2[% ELSIF history %]3[% ELSE %]4[% END %]", "2",
     NULL},
    {"nested, the outer one false", "[% IF a %]x[% IF history %]y[% END %][% END %]z", "z", NULL},
    {"nested, the inner one false", "[% IF history %]x[% IF a %]y[% ELSE %]w[% END %][% END %]z",
     "xwz", NULL},
    {"NOT and !", "[% IF NOT a AND !b %]yes[% END %]", "yes", NULL},
    {"! binds closer than ==", "[% IF !history.error_col == client.name %]yes[% ELSE %]no[% END %]",
     "no", NULL},
    {"! is 1 or nothing", "[% IF !a == '1' AND !client.name == '' %]yes[% END %]", "yes", NULL},
    {"! on the right", "[% IF history.description == !client.name %]yes[% END %]", "yes", NULL},
    {"a parenthesis compared", "[% IF (a || client.name) == 'x' %]yes[% END %]", NULL,
     "line 1: ' == 'x' ' is not understood"},
    {"OR", "[% IF a || client.name %]yes[% END %]", "yes", NULL},
    {"AND binds closer", "[% IF client.name OR a && b %]yes[% END %]", "yes", NULL},
    {"parentheses", "[% IF (client.name OR a) && b %]yes[% ELSE %]no[% END %]", "no", NULL},
    {"==", "[% IF history.count == '0' %]yes[% END %]", "yes", NULL},
    {"!=", "[% IF history.count != \"0\" %]yes[% ELSE %]no[% END %]", "no", NULL},
    {"chomping behind", "[% IF history -%]\nyes\n[% END -%]\nend\n", "yes\nend\n", NULL},
    {"chomping before", "a\n  [%- client.name %]", "aMüller & Söhne", NULL},
    {"chomping behind, with blanks before the end of the tag", "[% a - \n %]\nb", "b", NULL},
    {"chomping behind in a comment of a tag", "[% a # what - %]\nb", "b", NULL},
    {"a comment as a whole keeps a sign before blanks", "a[%# - %]\nb", "a\nb", NULL},
    {"chomp like ~ behind a comment in a tag", "[%- # a comme~\n  %]", NULL,
     "line 1: '~\n  %]' is not understood"},
    {"chomping takes one newline", "[% a -%]\n\nb", "\nb", NULL},
    {"chomping keeps blanks before text", "[% a -%]  b", "  b", NULL},
    {"chomping before keeps blanks behind text", "a  [%- b %]c", "a  c", NULL},
    {"+ keeps the newline", "a\n[%+ a +%]\nb", "a\n\nb", NULL},
    {"a comment", "a[%# IF nonsense | %]b", "ab", NULL},
    {"a comment in a tag", "[% client.name # the name\n %]", "Müller & Söhne", NULL},
    {"a comment behind a sign ends with its line", "a\n[%-# x\n exception %]b", "ab", NULL},
    {"so what follows counts", "[%+# x\n client.name %]", "Müller & Söhne", NULL},
    {"an empty tag", "a[% %]b", "ab", NULL},
    {"a filter", "x\n[% client.name | html %]", NULL, "line 2: '| html ' is not understood"},
    {"a method call", "[% a.b(1) %]", NULL, "line 1: '(1) ' is not understood"},
    {"a loop", "[% FOREACH x IN y %]", NULL, "line 1: 'FOREACH x IN y ' is not understood"},
    {"an assignment", "[% x = 'y' %]", NULL, "line 1: '= 'y' ' is not understood"},
    {"two statements", "[% a; b %]", NULL, "line 1: '; b ' is not understood"},
    {"no closing bracket", "a\n\n[% client", NULL, "line 3: a tag [% has no %]"},
    {"no END", "\n[% IF a %]", NULL, "line 2: this IF has no END"},
    {"an END too many", "[% END %]", NULL, "line 1: there is nothing for this END to end"},
    {"ELSE twice", "[% IF a %][% ELSE %]\n[% ELSE %][% END %]", NULL,
     "line 2: there is no IF for this ELSE"},
    {"an IF without condition", "[% IF %]x[% END %]", NULL,
     "line 1: something is missing at the end of a tag"},
    {"a keyword as a name", "[% IF AND %]x[% END %]", NULL, "line 1: 'AND ' is not understood"},
    {"a text that does not end", "[% 'abc %]", NULL, "line 1: ''abc ' is not understood"},
    {"a text with an escape", "[% \"a\\n\" %]", NULL, "line 1: '\"a\\n\" ' is not understood"},
    {"a statement that is a word", "[% STOP %]", NULL, "line 1: 'STOP ' is not understood"},
    {"an operator in small letters", "[% IF not a %]x[% END %]", NULL,
     "line 1: 'not a ' is not understood"},
    {"a reserved word behind a dot", "[% a.END %]", NULL, "line 1: 'a.END ' is not understood"},
    {"two dots", "[% client..name %]", NULL, "line 1: 'client..name ' is not understood"},
    {"a dot at the end", "[% client. %]", NULL, "line 1: 'client. ' is not understood"},
    {"the number of an element", "<[% a.1 %]>", "<>", NULL},
    {"a number with letters", "[% a.1b %]", NULL, "line 1: 'a.1b ' is not understood"},
    {"a number", "[% 5 %]", NULL, "line 1: '5 ' is not understood"},
    {"chomp like ~", "[%~ a %]", NULL, "line 1: '~ a ' is not understood"},
    {"a comment that chomps like ~", "\n[%# a ~%]", NULL, "line 2: '~%]' is not understood"},
    {"only a bracket", "[%", NULL, "line 1: a tag [% has no %]"},
    {"the shortest tag", "[%%]", "", NULL},
    {"a dash alone", "[%-%]", "", NULL},
};

static void test_rows(void **state)
{
    (void)state;
    struct template_value all[ARRAY_LEN(values) + 1];
    memcpy(all, values, sizeof values);
    all[ARRAY_LEN(values)] = (struct template_value){"t", "[% client.name %]"};
    struct template_values given = {all, ARRAY_LEN(all)};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        struct err err = {0};
        bool done = template_render(rows[i].text, &given, &out, &err);
        if (done != (rows[i].error == NULL))
            fail_msg("%s: %s", rows[i].name, done ? buf_text(&out) : err.text);
        if (done && strcmp(buf_text(&out), rows[i].out) != 0)
            fail_msg("%s: '%s'", rows[i].name, buf_text(&out));
        if (!done && strcmp(err.text, rows[i].error) != 0)
            fail_msg("%s: '%s'", rows[i].name, err.text);
        buf_release(&out);
    }
}

static void test_depth(void **state)
{
    (void)state;
    struct buf text = {0};
    struct buf out = {0};
    struct err err = {0};
    for (int i = 0; i <= TEMPLATE_DEPTH_MAX; i++)
        buf_add_text(&text, "[% IF a %]");
    assert_false(template_render(buf_text(&text), &(struct template_values){0}, &out, &err));
    assert_non_null(strstr(err.text, "nested too deeply"));
    buf_clear(&text);
    buf_add_text(&text, "[% IF ");
    for (int i = 0; i <= TEMPLATE_DEPTH_MAX; i++)
        buf_add_text(&text, "(!");
    buf_add_text(&text, " %]");
    assert_false(template_render(buf_text(&text), &(struct template_values){0}, &out, &err));
    assert_non_null(strstr(err.text, "nested too deeply"));
    buf_release(&text);
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
