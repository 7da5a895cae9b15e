/* core/mime: headers that hostile values cannot leave, bodies within their lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/mime.h"

static const struct {
    const char *name;
    const char *text;
    const char *address; /* NULL: none */
} addresses[] = {
    {"bare", "a@b.example", "a@b.example"},
    {"with a name", "Anna <a@b.example>", "a@b.example"},
    {"the last one counts", "<x@y> Anna <a@b.example>", "a@b.example"},
    {"a header behind it", "a@b.example\r\nBcc: c", NULL},
    {"a newline in angle brackets", "A <a@b.ex\nample>", NULL},
    {"blanks around it", "A < a@b.example\n>", "a@b.example"},
    {"blanks in it", "a b@c.example", NULL},
    {"an umlaut in the domain is not left out", "a@m\xC3\xBCller.example", NULL},
    {"two in one", "a@b, c@d", NULL},
    {"a quoted name with brackets", "\"A <x>\" <a@b.example>", "a@b.example"},
    {"root@localhost", "kivitendo Daemon <root@localhost>", "root@localhost"},
    {"no @", "anna", NULL},
    {"nothing before @", "@b", NULL},
    {"nothing behind @", "a@", NULL},
    {"an option in disguise", "-oQ/tmp@x", NULL},
    {"empty", "", NULL},
};

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        char address[MIME_ADDRESS_MAX + 1];
        bool found = mime_address(addresses[i].text, address);
        if (found != (addresses[i].address != NULL) ||
            (found && strcmp(address, addresses[i].address) != 0))
            fail_msg("%s: %s", addresses[i].name, address);
    }
}

static const struct {
    const char *name;
    const char *list;
    const char *parts; /* each with a bar behind it */
} lists[] = {
    {"one", "a@b", "a@b|"},
    {"two", "a@b,c@d", "a@b|c@d|"},
    {"semicolons, blanks, empty ones", " a@b ;, ;c@d; ", "a@b |c@d|"},
    {"a comma in quotes", "\"B, \\\"A\" <a@b>, c@d", "\"B, \\\"A\" <a@b>|c@d|"},
    {"a comma in brackets", "A <a@b,x>,c@d", "A <a@b,x>|c@d|"},
    {"a quote that does not end", "\"A, a@b", "\"A, a@b|"},
    {"a backslash at the end", "\"A\\", "\"A\\|"},
    {"a bracket that does not end", "<a@b, c@d", "<a@b, c@d|"},
    {"none", " ,\t", ""},
    {"empty", "", ""},
};

static void test_lists(void **state)
{
    (void)state;
    struct buf one = {0};
    struct buf all = {0};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        buf_clear(&all);
        for (const char *list = lists[i].list; mime_address_next(&list, &one);)
            buf_addf(&all, "%s|", buf_text(&one));
        if (strcmp(buf_text(&all), lists[i].parts) != 0)
            fail_msg("%s: %s", lists[i].name, buf_text(&all));
    }
    buf_release(&one);
    buf_release(&all);
}

static const struct {
    const char *name;
    struct mime_mail mail;
    const char *contains;
    const char *lacks;
} rows[] = {
    {"date", {.date_s = 1795428000}, "Date: Mon, 23 Nov 2026 10:00:00 +0000\n", NULL},
    {"plain subject", {.subject = "a job failed"}, "\nSubject: a job failed\n", NULL},
    {"encoded subject", {.subject = "Müller"}, "\nSubject: =?UTF-8?B?TcO8bGxlcg==?=\n", NULL},
    {"a subject with a header in it",
     {.subject = "x\nBcc: evil@example"},
     "\nSubject: x Bcc: evil@example\n",
     "\nBcc"},
    {"a subject that looks encoded", {.subject = "=?x"}, "\nSubject: =?UTF-8?B?PT94?=\n", NULL},
    {"a name in from", {.from = "A \"B\" <a@b>"}, "\nFrom: \"A \\\"B\\\"\"\n <a@b>\n", NULL},
    {"a quoted name in from",
     {.from = "\"B, \\\"A\\\\\" <a@b>"},
     "\nFrom: \"B, \\\"A\\\\\"\n <a@b>\n",
     NULL},
    {"an umlaut in from", {.from = "Jörg <a@b>"}, "\nFrom: =?UTF-8?B?SsO2cmc=?=\n <a@b>\n", NULL},
    {"several recipients",
     {.to = "a@b; J\xC3\xB6rg <c@d>"},
     "\nTo: a@b,\n =?UTF-8?B?SsO2cmc=?=\n <c@d>\nSubject",
     NULL},
    {"id and host", {.id = "1.a\n>b", .host = "h st"}, "\nMessage-ID: <1.a--b@h-st>\n", NULL},
    {"an empty host", {.id = "1", .host = ""}, "\nMessage-ID: <1@->\n", NULL},
    {"body", {.body = "a=ü\nlast"}, "\n\na=3D=C3=BC\nlast\n", NULL},
    {"blank at the end of a line", {.body = "a \nb"}, "\n\na=20\nb\n", NULL},
    {"CRLF", {.body = "a\r\nb\r\n"}, "\n\na\nb\n", "\r"},
    {"a dot alone", {.body = "a\n.\nb"}, "\n\na\n=2E\nb\n", NULL},
    {"From at the beginning", {.body = "From me"}, "\n\n=46rom me\n", NULL},
    {"no UTF-8", {.body = "a\xFFz"}, "\n\na=EF=BF=BDz\n", NULL},
    {"auto-submitted", {.body = ""}, "\nAuto-Submitted: auto-generated\n", NULL},
};

static struct mime_mail complete(struct mime_mail mail)
{
    const char **fields[] = {&mail.subject, &mail.body, &mail.id, &mail.host};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        if (!*fields[i])
            *fields[i] = "x";
    mail.from = mail.from ? mail.from : "a@b";
    mail.to = mail.to ? mail.to : "c@d";
    return mail;
}

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf out = {0};
        struct err err = {0};
        struct mime_mail mail = complete(rows[i].mail);
        if (!mime_build(&mail, &out, &err))
            fail_msg("%s: %s", rows[i].name, err.text);
        if (!strstr(buf_text(&out), rows[i].contains) ||
            (rows[i].lacks && strstr(buf_text(&out), rows[i].lacks)))
            fail_msg("%s:\n%s", rows[i].name, buf_text(&out));
        buf_release(&out);
    }
}

static void test_bad_address(void **state)
{
    (void)state;
    struct buf out = {0};
    struct err err = {0};
    const char *const bad[] = {"nobody", "", " , ", "a@b, nobody"};
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct mime_mail mail = complete((struct mime_mail){.to = bad[i]});
        if (mime_build(&mail, &out, &err))
            fail_msg("'%s' was taken", bad[i]);
        assert_int_equal(err.kind, ERR_CONFIG);
        assert_non_null(strstr(err.text, "is no mail address"));
    }
    struct mime_mail mail = complete((struct mime_mail){.from = "a@b, c@d"});
    assert_false(mime_build(&mail, &out, &err));
    buf_release(&out);
}

/* Long subjects and bodies of every letter: no line over 76 bytes, none cut inside a letter. */
static void test_lines(void **state)
{
    (void)state;
    struct buf text = {0};
    struct buf out = {0};
    struct err err = {0};
    for (int i = 0; i < 300; i++)
        buf_add_text(&text, i % 7 ? "äx€" : "😀 =");
    struct mime_mail mail = complete(
        (struct mime_mail){.subject = buf_text(&text), .from = "a@b", .body = buf_text(&text)});
    assert_true(mime_build(&mail, &out, &err));
    for (const char *line = buf_text(&out), *end; (end = strchr(line, '\n')); line = end + 1)
        if (end - line > 76)
            fail_msg("%.*s", (int)(end - line), line);
    buf_release(&out);
    buf_release(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses), cmocka_unit_test(test_lists),
        cmocka_unit_test(test_rows),      cmocka_unit_test(test_bad_address),
        cmocka_unit_test(test_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
