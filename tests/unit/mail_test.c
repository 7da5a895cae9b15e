/* io/mail: sendmail's command line, real programs with every ending there is, and mail servers that
 * are not there or say nothing.  Real ones are in tests/functional/mail.test.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "io/mail.h"
#include "scratch.h"

static const struct {
    const char *name;
    const char *template;
    const char *email;
    const char *line; /* NULL: refused */
} lines[] = {
    {"no parts", "sendmail -t", "a@b", "sendmail -t"},
    {"the address", "sendmail -f <%myconfig_email%> -t", "a@b", "sendmail -f a@b -t"},
    {"blanks in the tag", "x <% myconfig_email %>", "a@b", "x a@b"},
    {"kivitendo's example", "s -t<%if myconfig_email%> -f <%myconfig_email%><%end%>", "a@b",
     "s -t -f a@b"},
    {"the same without an address", "s -t<%if myconfig_email%> -f <%myconfig_email%><%end%> -v", "",
     "s -t -v"},
    {"twice", "<%myconfig_email%> <%myconfig_email%>", "a@b", "a@b a@b"},
    {"what a shell would like goes", "s <%myconfig_email%>", "$(x)'\"; a@b|`\n", "s xa@b"},
    {"another name", "s <%other%>", "a@b", NULL},
    {"another condition", "s <%if other%>x<%end%>", "a@b", NULL},
    {"a tag that does not end", "s <%myconfig_email", "a@b", NULL},
    {"the beginning and end of a tag in one", "s <%>", "a@b", NULL},
};

static void test_command_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
        struct buf line = {0};
        struct err err = {0};
        bool done = mail_command_line(lines[i].template, lines[i].email, &line, &err);
        if (done != (lines[i].line != NULL) || (!done && err.kind != ERR_CONFIG))
            fail_msg("%s: %s", lines[i].name, done ? buf_text(&line) : err.text);
        if (done && strcmp(buf_text(&line), lines[i].line) != 0)
            fail_msg("%s: '%s'", lines[i].name, buf_text(&line));
        buf_release(&line);
    }
}

/* ---- sendmail ---- */

static const char message[] = "To: c@d\n\n.\nwhole\n";

static bool deliver(const struct mail_way *way, int64_t timeout_ms, struct err *err)
{
    struct mail_envelope envelope = {.from = "a@b", .to = "c@d"};
    struct mail_limits limits = {.timeout_ms = timeout_ms};
    struct buf text = {0};
    buf_add_text(&text, message);
    bool done = mail_deliver(way, &envelope, &text, &limits, err);
    buf_release(&text);
    return done;
}

/* $0 is the script, so what it writes lies beside it. */
static const struct {
    const char *name;
    const char *script; /* NULL: there is none */
    const char *error;  /* NULL: it is sent */
    enum err_kind kind;
    const char *kept; /* what it wrote; NULL: nothing */
} programs[] = {
    {"it takes the message", "cat >\"$0.kept\"\n", NULL, ERR_NONE, message},
    {"it gets its words, and no shell has read them", "printf '%s|' \"$@\" >\"$0.kept\"\n", NULL,
     ERR_NONE, "-f|a@b|$HOME;x|two words|"},
    {"it leaves the message unread", "exit 0\n", NULL, ERR_NONE, NULL},
    {"it refuses, with words", "echo no room >&2; exit 75\n", "exit status 75: no room", ERR_AWAY,
     NULL},
    {"it refuses without words", "exit 1\n", "exit status 1", ERR_AWAY, NULL},
    {"it dies", "kill -9 $$\n", "killed by SIGKILL", ERR_AWAY, NULL},
    {"it is not there", NULL, "is not there, or may not be executed", ERR_CONFIG, NULL},
};

static void check_kept(const char *name, const char *path, const char *expected)
{
    char kept[256] = "";
    char text[PATH_MAX + 8];
    snprintf(text, sizeof text, "%s.kept", path);
    FILE *file = fopen(text, "r");
    if (!file != !expected)
        fail_msg("%s: it %s something", name, file ? "kept" : "should have kept");
    if (!file)
        return;
    kept[fread(kept, 1, sizeof kept - 1, file)] = '\0';
    fclose(file);
    if (strcmp(kept, expected) != 0)
        fail_msg("%s: it kept '%s'", name, kept);
}

static void test_programs(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(programs); i++) {
        struct scratch s;
        struct err err = {0};
        char text[512];
        char line[PATH_MAX + 64];
        scratch_make(&s, "/tmp");
        snprintf(text, sizeof text, "#!/bin/sh\n%s", programs[i].script ? programs[i].script : "");
        const char *path = scratch_path(&s, "sendmail");
        if (programs[i].script)
            path = scratch_file(&s, "sendmail", text, -1);
        chmod(path, 0755);
        snprintf(line, sizeof line, "%s -f <%%myconfig_email%%> '$HOME;x' \"two words\"", path);
        struct mail_way way = {.method = MAIL_SENDMAIL, .sendmail = line};
        bool done = deliver(&way, 60000, &err);
        if (done != !programs[i].error || (!done && !strstr(err.text, programs[i].error)))
            fail_msg("%s: %s", programs[i].name, done ? "sent" : err.text);
        if (err.kind != programs[i].kind)
            fail_msg("%s: kind %d: %s", programs[i].name, (int)err.kind, err.text);
        check_kept(programs[i].name, path, programs[i].kept);
        scratch_remove(&s);
    }
}

static void test_slow_program(void **state)
{
    (void)state;
    struct scratch s;
    struct err err = {0};
    int64_t began_ms = clock_mono_ms();
    scratch_make(&s, "/tmp");
    const char *path = scratch_file(&s, "sendmail", "#!/bin/sh\nexec sleep 600\n", -1);
    assert_int_equal(chmod(path, 0755), 0);
    struct mail_way way = {.method = MAIL_SENDMAIL, .sendmail = path};
    assert_false(deliver(&way, 100, &err));
    assert_int_equal(err.kind, ERR_AWAY);
    assert_true(clock_mono_ms() - began_ms < 300000);
    scratch_remove(&s);
}

static const struct {
    const char *name;
    const char *line;
    const char *error;
} bad_lines[] = {
    {"an unknown program", "no-such-sendmail -t", "'no-such-sendmail' is not there"},
    {"a path that is not absolute", "./sendmail -t", "'./sendmail' is not absolute"},
    {"no file", "/bin -t", "'/bin' is not there"},
    {"an empty line", " ", "is empty"},
    {"a quote that does not end", "/bin/true 'x", "quote"},
    {"a tag that is not known", "/bin/true <%x%>", "<%x%>"},
};

static void test_bad_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad_lines); i++) {
        struct err err = {0};
        struct mail_way way = {.method = MAIL_SENDMAIL, .sendmail = bad_lines[i].line};
        bool done = deliver(&way, 60000, &err);
        if (done || err.kind != ERR_CONFIG || !strstr(err.text, bad_lines[i].error))
            fail_msg("%s: %s", bad_lines[i].name, done ? "sent" : err.text);
        if (mail_check(&way, "a@b.example", &err))
            fail_msg("%s: found well", bad_lines[i].name);
    }
}

/* What is known before anything is sent: a shell would read such a line otherwise. */
static void test_checks(void **state)
{
    (void)state;
    struct err err = {0};
    struct mail_way smtp = {.method = MAIL_SMTP};
    struct mail_way good = {.method = MAIL_SENDMAIL,
                            .sendmail = "/bin/true -f '<%myconfig_email%>'"};
    struct mail_way piped = {.method = MAIL_SENDMAIL, .sendmail = "/bin/true -t | tee /dev/null"};
    assert_true(mail_check(&smtp, "a@b.example", &err));
    if (!mail_check(&good, "a@b.example", &err))
        fail_msg("%s", err.text);
    assert_false(mail_check(&piped, "a@b.example", &err));
    assert_non_null(strstr(err.text, "no shell reads it"));
}

/* A program without a slash is found although it has no environment, so no PATH. */
static void test_found_program(void **state)
{
    (void)state;
    struct err err = {0};
    struct mail_way way = {.method = MAIL_SENDMAIL, .sendmail = "true"};
    if (!deliver(&way, 60000, &err))
        fail_msg("%s", err.text);
}

/* ---- mail servers ---- */

/* A port of ours: connections are taken, and nobody ever speaks. */
static int listen_somewhere(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void test_silent_server(void **state)
{
    (void)state;
    struct err err = {0};
    struct mail_way way = {.method = MAIL_SMTP, .host = "127.0.0.1", .ehlo = "localhost"};
    int64_t began_ms = clock_mono_ms();
    int fd = listen_somewhere(&way.port);
    assert_false(deliver(&way, 300, &err));
    assert_int_equal(err.kind, ERR_AWAY);
    if (!strstr(err.text, "mail server 127.0.0.1:"))
        fail_msg("%s", err.text);
    assert_true(clock_mono_ms() - began_ms < 300000);
    close(fd);
}

static void test_no_server(void **state)
{
    (void)state;
    struct err err = {0};
    struct mail_way way = {
        .method = MAIL_SMTP, .host = "127.0.0.1", .ehlo = "localhost", .password = "s3cret"};
    close(listen_somewhere(&way.port));
    assert_false(deliver(&way, 60000, &err));
    assert_int_equal(err.kind, ERR_AWAY);
    assert_null(strstr(err.text, "s3cret"));
}

static const struct {
    const char *name;
    struct mail_way way;
    const char *error;
} bad_ways[] = {
    {"switched off", {.method = MAIL_OFF}, "switched off"},
    {"a host with a path", {.method = MAIL_SMTP, .host = "a/b", .ehlo = "x"}, "'a/b' is no name"},
    {"a host with a login", {.method = MAIL_SMTP, .host = "a@b", .ehlo = "x"}, "'a@b' is no name"},
    {"a greeting with blanks", {.method = MAIL_SMTP, .host = "a", .ehlo = "x y"}, "'x y' is no"},
    {"no greeting", {.method = MAIL_SMTP, .host = "a", .ehlo = ""}, "'' is no name"},
};

static void test_bad_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad_ways); i++) {
        struct err err = {0};
        bool done = deliver(&bad_ways[i].way, 60000, &err);
        if (done || err.kind != ERR_CONFIG || !strstr(err.text, bad_ways[i].error))
            fail_msg("%s: %s", bad_ways[i].name, done ? "sent" : err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_command_lines), cmocka_unit_test(test_programs),
        cmocka_unit_test(test_slow_program),  cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_checks),        cmocka_unit_test(test_found_program),
        cmocka_unit_test(test_silent_server), cmocka_unit_test(test_no_server),
        cmocka_unit_test(test_bad_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
