/* io/config: the format with all its corners, and which files are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/options_table.h"
#include "io/config.h"
#include "scratch.h"

struct parsed {
    struct options options;
    struct buf warnings;
    struct err err;
    bool ok;
};

static void parse(struct parsed *p, const char *text, size_t len)
{
    *p = (struct parsed){0};
    assert_true(options_init(&p->options, &p->err));
    FILE *stream = len ? fmemopen((void *)(uintptr_t)text, len, "r") : fopen("/dev/null", "r");
    assert_non_null(stream);
    const struct config_sink sink = {
        .name = "k.conf", .options = &p->options, .warnings = &p->warnings};
    p->ok = config_parse_stream(stream, &sink, &p->err);
    fclose(stream);
}

static void parsed_release(struct parsed *p)
{
    options_release(&p->options);
    buf_release(&p->warnings);
}

#define DB "[authentication/database]\n"

/* A text, and the password that must come out of it. */
static const struct {
    const char *name;
    const char *text;
    const char *password;
} password_rows[] = {
    {"plain", DB "password = secret\n", "secret"},
    {"no newline at the end", DB "password = secret", "secret"},
    {"with ; and #", DB "password = a ;b#c\n", "a ;b#c"},
    {"beginning with ;", DB "password = ;x\n", ";x"},
    {"beginning with #", DB "password=#x # y ; z\n", "#x # y ; z"},
    {"with = and :", DB "password = a=b:c = d\n", "a=b:c = d"},
    {"in quotes, which belong to it", DB "password = \"a\"\n", "\"a\""},
    {"in brackets", DB "password = [a]\n", "[a]"},
    {"with a colon as separator", DB "password: a=b\n", "a=b"},
    {"with a colon and no blank", DB "password:x\n", "x"},
    {"indented", DB "host = h\n    password = x\n", "x"},
    {"indented with a tab", DB "host = h\n\tpassword\t=\tx\t\n", "x"},
    {"CRLF", "[authentication/database]\r\nhost = h\r\npassword = x\r\n", "x"},
    {"byte order mark", "\xEF\xBB\xBF" DB "password = x\n", "x"},
    {"byte order mark before a comment", "\xEF\xBB\xBF# hello\n" DB "password = x\n", "x"},
    {"blanks around", DB "password =    a b   \n", "a b"},
    {"empty", DB "password =\n", NULL},
    {"only blanks", DB "password =   \n", NULL},
    {"note behind the heading", "[authentication/database] # here\npassword = x\n", "x"},
    {"note behind the heading with ;", "[authentication/database];here\npassword = x\n", "x"},
    {"indented heading", "  [authentication/database]  \npassword = x\n", "x"},
    {"section twice", DB "password = x\n[system]\nlanguage = en\n" DB "host = h\n", "x"},
    {"section twice, key in the second", DB "host = h\n[x]\n" DB "password = x\n", "x"},
    {"same key in another section",
     "[self_test]\npassword = y\n" DB "password = x\n[self_test]\npassword = z\n", "x"},
    {"comments between", DB "# password = y\n;password = z\n  # more\npassword = x\n", "x"},
    {"continued", DB "password = a\n         = b\n", "a\nb"},
    {"continued at the margin", DB "password = a\n= b\n=c\n", "a\nb\nc"},
    {"continued with colons", DB "password: a\n : b\n", "a\nb"},
    {"continued keeps further blanks", DB "password = a \n =  b \n", "a \n b "},
    {"continued with ;", DB "password = a\n = ;b # c\n", "a\n;b # c"},
    {"continued over CRLF", DB "password = a\r\n = b\r\n", "a\nb"},
    {"continued from nothing", DB "password =\n = b\n", "\n b"},
    {"UTF-8", DB "password = p\xC3\xA4ss\xE2\x82\xAC\n", "p\xC3\xA4ss\xE2\x82\xAC"},
    {"key in front of all sections", "password = y\n" DB "password = x\n", "x"},
    {"blanks inside the brackets make another section",
     "[ authentication/database ]\npassword = y\n" DB "password = x\n", "x"},
    {"a line without separator elsewhere", "[self_test]\nwhat is this\n" DB "password = x\n", "x"},
    {"a bracket key elsewhere", "[self_test]\n[a = b\n" DB "password = x\n", "x"},
    {"Latin-1 elsewhere", "[self_test]\nname = \xE4\n\xF6 = \xFC\n" DB "password = x\n", "x"},
    {"Latin-1 in a comment", DB "# \xE4\xF6\npassword = x\n", "x"},
    {"repeated key elsewhere", "[self_test]\na = 1\na = 2\n" DB "password = x\n", "x"},
    {"empty key elsewhere", "[self_test]\n= 1\n = 2\n" DB "password = x\n", "x"},
    {"a form feed and a vertical tab", DB "\fpassword\v=\fx\n", "x"},
};

static void test_passwords(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(password_rows); i++) {
        struct parsed p;
        parse(&p, password_rows[i].text, strlen(password_rows[i].text));
        if (!p.ok)
            fail_msg("%s: %s", password_rows[i].name, p.err.text);
        const char *password = p.options.auth_db.password;
        const char *expected = password_rows[i].password;
        if (expected ? !password || strcmp(password, expected) != 0 : password != NULL)
            fail_msg("%s: '%s'", password_rows[i].name, password ? password : "(none)");
        parsed_release(&p);
    }
}

static const struct {
    const char *name;
    const char *text;
    const char *error;
} error_rows[] = {
    {"no separator", DB "host = h\n\nsecret words\n",
     "k.conf:4: neither a setting (there is no '=' or ':') nor a comment"},
    {"no separator behind continuations", DB "password = h\n = i\n = j\nsecret words\n",
     "k.conf:5: neither a setting (there is no '=' or ':') nor a comment"},
    {"no separator on the last line", DB "host",
     "k.conf:2: neither a setting (there is no '=' or ':') nor a comment"},
    {"empty key", DB "= secret\n", "k.conf:2: no key in front of the separator"},
    {"empty key, indented", DB "# x\n   : secret\n", "k.conf:3: no key in front of the separator"},
    {"the other separator continues nothing", DB "password = secret\n : more\n",
     "k.conf:3: no key in front of the separator"},
    {"a comment ends a setting", DB "password = secret\n# note\n = more\n",
     "k.conf:4: no key in front of the separator"},
    {"repeated key", DB "host = a\nport = 1\nhost = b\n",
     "k.conf:4: [authentication/database] host is set again, first in line 2"},
    {"repeated over two parts of a section", DB "host = a\n[x]\n" DB "  host: a\n",
     "k.conf:5: [authentication/database] host is set again, first in line 2"},
    {"repeated key that we don't read", "[debug]\nfile_name = a\nfile_name = b\n",
     "k.conf:3: [debug] file_name is set again, first in line 2"},
    {"repeated behind a continuation", DB "password = a\n = b\n = c\npassword = d\n",
     "k.conf:5: [authentication/database] password is set again, first in line 2"},
    {"heading without an end", DB "host = h\n[task_server\n",
     "k.conf:3: a heading needs a ']', and nothing but a comment may stand behind it"},
    {"heading without an end elsewhere", "[x]\n\n[task_server\n",
     "k.conf:3: a heading needs a ']', and nothing but a comment may stand behind it"},
    {"heading with something behind it", "[task_server] debug\n",
     "k.conf:1: a heading needs a ']', and nothing but a comment may stand behind it"},
    {"heading meant as a key", DB "[host = secret\n",
     "k.conf:2: a heading needs a ']', and nothing but a comment may stand behind it"},
    {"Latin-1 value", DB "host = h\npassword = secret\xE4\n",
     "k.conf:3: the line is not valid UTF-8"},
    {"Latin-1 key", DB "p\xE4ss = secret\n", "k.conf:2: the line is not valid UTF-8"},
    {"overlong UTF-8", DB "host = \xC0\xAF\n", "k.conf:2: the line is not valid UTF-8"},
    {"Latin-1 in a continuation", DB "host = a\n = \xE4\n",
     "k.conf:2: the line is not valid UTF-8"},
    {"bad value", "[task_server]\n\nmax_parallel = many\n",
     "k.conf:3: [task_server] max_parallel: 'many' is not a whole number from 1 to 32"},
    {"only the first fault is told", DB "port = x\nport = y\nwhat\n",
     "k.conf:2: [authentication/database] port: 'x' is not a whole number from 1 to 65535"},
};

static void test_errors(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(error_rows); i++) {
        struct parsed p;
        parse(&p, error_rows[i].text, strlen(error_rows[i].text));
        if (p.ok)
            fail_msg("%s: was accepted", error_rows[i].name);
        if (strcmp(p.err.text, error_rows[i].error) != 0 || p.err.kind != ERR_CONFIG)
            fail_msg("%s: %s", error_rows[i].name, p.err.text);
        parsed_release(&p);
    }
}

#define LITERAL(text) (text), sizeof(text) - 1

static const struct {
    const char *name;
    const char *text;
    size_t len;
    const char *error; /* NULL: accepted */
} nul_rows[] = {
    {"in a value", LITERAL(DB "host = a\0b\n"), "k.conf:2: the line contains a NUL byte"},
    {"in a key", LITERAL(DB "ho\0st = a\n"), "k.conf:2: the line contains a NUL byte"},
    {"in front", LITERAL(DB "\0host = a\n"), "k.conf:2: the line contains a NUL byte"},
    {"in a continuation", LITERAL(DB "host = a\n = \0\n"),
     "k.conf:3: the line contains a NUL byte"},
    {"in a comment of ours", LITERAL(DB "# \0\n"), "k.conf:2: the line contains a NUL byte"},
    {"in a heading", LITERAL("[task_server]\0\n"),
     "k.conf:1: a heading needs a ']', and nothing but a comment may stand behind it"},
    {"elsewhere", LITERAL("[x]\na = \0\n\0\n" DB "host = h\n"), NULL},
    {"an empty file", LITERAL(""), NULL},
};

static void test_nul_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(nul_rows); i++) {
        struct parsed p;
        parse(&p, nul_rows[i].text, nul_rows[i].len);
        if (p.ok != !nul_rows[i].error || (!p.ok && strcmp(p.err.text, nul_rows[i].error) != 0))
            fail_msg("%s: %s", nul_rows[i].name, p.err.text);
        parsed_release(&p);
    }
}

/* "<head>aaa…<tail>" with so many letters. */
static char *long_text(const char *head, size_t letters, const char *tail, size_t *len)
{
    char *text = malloc(strlen(head) + letters + strlen(tail) + 1);
    assert_non_null(text);
    strcpy(text, head);
    memset(text + strlen(head), 'a', letters);
    strcpy(text + strlen(head) + letters, tail);
    *len = strlen(text);
    return text;
}

static const struct {
    const char *name;
    const char *head;
    size_t letters;
    const char *tail;
    const char *error; /* NULL: accepted */
} length_rows[] = {
    {"value of 300 bytes", DB "password = ", 300, "\n", NULL},
    {"line of 8192 bytes", DB "password=", 8192 - 9, "\n", NULL},
    {"line of 8193 bytes", DB "password=", 8193 - 9, "\n",
     "k.conf:2: the line is longer than 8192 bytes"},
    {"line of a megabyte", DB "password=", 1 << 20, "",
     "k.conf:2: the line is longer than 8192 bytes"},
    {"8192 bytes with a continuation", DB "password=", 8192 - 9 - 2, "\n=b\n", NULL},
    {"8193 bytes with a continuation", DB "password=", 8192 - 9 - 1, "\n=b\n",
     "k.conf:2: the setting is longer than 8192 bytes with its continuation lines"},
    {"long continuation", DB "password=a\n=", 9000, "\n",
     "k.conf:3: the line is longer than 8192 bytes"},
    {"long comment of ours", DB "#", 9000, "\nhost = h\n", NULL},
    {"long key", DB "", 300, " = b\n", NULL},
    {"long line elsewhere", "[x]\na = ", 1 << 20, "\n" DB "host = h\n", NULL},
    {"long name of a section", "[", 300, "]\na\n" DB "host = h\n", NULL},
    {"heading of a megabyte", "[", 1 << 20, "]\n",
     "k.conf:1: a heading needs a ']', and nothing but a comment may stand behind it"},
};

static void test_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(length_rows); i++) {
        struct parsed p;
        size_t len;
        char *text = long_text(length_rows[i].head, length_rows[i].letters, length_rows[i].tail,
                               &len);
        parse(&p, text, len);
        if (p.ok != !length_rows[i].error ||
            (!p.ok && strcmp(p.err.text, length_rows[i].error) != 0))
            fail_msg("%s: %s", length_rows[i].name, p.err.text);
        if (p.ok && strstr(length_rows[i].head, "password="))
            assert_true(strlen(p.options.auth_db.password) >= length_rows[i].letters);
        parsed_release(&p);
        free(text);
    }
}

static void test_too_many_settings(void **state)
{
    (void)state;
    struct parsed p;
    struct buf text = {0};
    buf_add_text(&text, "[debug]\n");
    for (int i = 0; i < 1001; i++)
        buf_addf(&text, "key%d = 1\n", i);
    parse(&p, text.data, text.len);
    assert_false(p.ok);
    assert_string_equal(p.err.text, "k.conf:1002: more than 1000 settings");
    parsed_release(&p);
    buf_release(&text);
}

/* No secret may come out in a message, whatever is wrong with its line. */
static void test_secrets_stay_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(error_rows); i++) {
        struct parsed p;
        parse(&p, error_rows[i].text, strlen(error_rows[i].text));
        assert_null(strstr(p.err.text, "secret"));
        assert_null(strstr(buf_text(&p.warnings), "secret"));
        parsed_release(&p);
    }
}

static void test_warnings_carry_file_and_line(void **state)
{
    (void)state;
    struct parsed p;
    const char *text = "[task_server]\n\ndebgu = 1\n[Task_Server]\n";
    parse(&p, text, strlen(text));
    assert_true(p.ok);
    assert_string_equal(buf_text(&p.warnings),
                        "k.conf:3: [task_server] debgu: unknown key, ignored\n"
                        "k.conf:4: '[Task_Server]' is not [task_server]: blanks and case belong to "
                        "the name, so the settings below it are not read\n");
    parsed_release(&p);
}

/* As many sections as kivitendo's own file, with lines that inih alone would choke on. */
static void test_rich_file(void **state)
{
    (void)state;
    struct buf text = {0};
    for (int i = 0; i < 21; i++) {
        buf_addf(&text, "[section_%d/with_a_name_that_is_longer_than_fifty_bytes_altogether]\n", i);
        buf_addf(&text,
                 "# a comment about it\nlist = one\n     = two\n     = three\nwide = %0250d\n", i);
        buf_add_text(&text, "log = appender=[%r] %F %L %c - %m%n ; not a comment\n    %d %p\n\n");
    }
    buf_add_text(&text,
                 "[system]\nlanguage = en\n" DB "host = h\nport = 5433\ndb = d\nuser = u\n"
                 "password = a ;b#c\n[paths]\nuserspath = spool/users\n[debug]\n"
                 "keep_installation_unlocked = 1\nlevels = A\n       = B=x:y\n"
                 "[authentication]\nsession_timeout = 60\n[task_server]\nrun_as = www-data\n");
    struct parsed p;
    parse(&p, text.data, text.len);
    if (!p.ok)
        fail_msg("%s", p.err.text);
    assert_string_equal(p.options.language, "en");
    assert_string_equal(p.options.auth_db.host, "h");
    assert_int_equal(p.options.auth_db.port, 5433);
    assert_string_equal(p.options.auth_db.password, "a ;b#c");
    assert_string_equal(p.options.userspath, "spool/users");
    assert_true(p.options.keep_installation_unlocked);
    assert_int_equal(p.options.session_timeout_min, 60);
    assert_string_equal(p.options.run_as, "www-data");
    assert_string_equal(buf_text(&p.warnings), "");
    parsed_release(&p);
    buf_release(&text);
}

/* Our own annotated file: loads without a word, changes no default, and knows every key. */
static void test_shipped_file(void **state)
{
    (void)state;
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 64);
    assert_true(len > 0);
    path[len] = '\0';
    for (int i = 0; i < 4; i++) /* build/<flavour>/unit/config_test */
        *strrchr(path, '/') = '\0';
    strcat(path, "/config/kivitendo.conf.default");
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    char text[32768];
    size_t bytes = fread(text, 1, sizeof text - 1, file);
    text[bytes] = '\0';
    fclose(file);

    struct parsed p;
    parse(&p, text, bytes);
    if (!p.ok)
        fail_msg("%s", p.err.text);
    assert_string_equal(buf_text(&p.warnings), "");
    assert_int_equal(p.options.max_parallel, 4);
    assert_string_equal(p.options.auth_db.host, "localhost");
    parsed_release(&p);

    const char *section, *key;
    for (size_t i = 0; options_row(i, &section, &key); i++) {
        char wanted[80];
        bool any = *key == '*'; /* then the section itself is explained */
        bool example = strcmp(key, "database") == 0;
        snprintf(wanted, sizeof wanted,
                 any       ? "\n[%s]\n"
                 : example ? "\n# %s "
                           : "\n%s ",
                 any ? section : key);
        bool later = strstr("client email_from email_subject email_template log login "
                            "metrics_file send_email_to",
                            key);
        if (!later && !strstr(text, wanted))
            fail_msg("[%s] %s is not explained", section, key);
    }
}

/* Every fault of a file, one each, and what is wrong with the whole. */
static const struct {
    const char *name;
    const char *text;
    const char *faults; /* "@" is the file */
    const char *warnings;
} fault_rows[] = {
    {"all that is missing", DB "host = h\n",
     "@: [authentication/database] db is not set\n@: [authentication/database] user is not set\n",
     ""},
    {"what is wrong is not missing besides", DB "host = h\n = i\ndb = d\nuser = u\n",
     "@:2: [authentication/database] host: 'h?i' must be a single line\n", ""},
    {"a command that is wrong is there",
     DB "host = h\ndb = d\nuser = u\n[task_server/commands]\nXy = sleep 25\n"
        "[task_server/commands/Xy]\ndatabase = 1\n",
     "@:6: [task_server/commands] Xy: the program must be an absolute path\n", ""},
    {"a command that is not there, its place once",
     DB "host = h\ndb = d\nuser = u\n[task_server/commands/Xy]\ndatabase = 1\n",
     "@:6: [task_server/commands/Xy] database: there is no command of this name in "
     "[task_server/commands]\n",
     ""},
    {"warnings beside faults",
     DB "host = h\ndb = d\nuser = u\n[task_server]\nmax_paralel = 3\nstop_grace = x\n",
     "@:7: [task_server] stop_grace: 'x' is not a whole number from 0 to 3600\n",
     "@:6: [task_server] max_paralel: unknown key, ignored\n"},
};

static char *with_path(const char *text, const char *path)
{
    struct buf out = {0};
    for (; *text; text++)
        if (*text == '@')
            buf_add_text(&out, path);
        else
            buf_add(&out, text, 1);
    buf_add_text(&out, "");
    return out.data ? out.data : strdup("");
}

static void test_all_faults(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    for (size_t i = 0; i < ARRAY_LEN(fault_rows); i++) {
        struct config_files files;
        struct err err = {0};
        struct buf faults = {0};
        struct buf warnings = {0};
        scratch_file(&s, "config/kivitendo.conf", fault_rows[i].text, -1);
        assert_true(config_find(&files, s.dir, NULL, &err));
        char *wanted = with_path(fault_rows[i].faults, files.local);
        char *warned = with_path(fault_rows[i].warnings, files.local);
        config_faults(&files, &faults, &warnings);
        if (strcmp(buf_text(&faults), wanted) != 0 || strcmp(buf_text(&warnings), warned) != 0)
            fail_msg("%s: '%s' and '%s'", fault_rows[i].name, buf_text(&faults),
                     buf_text(&warnings));
        free(wanted);
        free(warned);
        buf_release(&faults);
        buf_release(&warnings);
        config_files_release(&files);
    }
    scratch_remove(&s);
}

/* What cannot be understood in one file does not hide the other. */
static void test_faults_of_both_files(void **state)
{
    (void)state;
    struct scratch s;
    struct config_files files;
    struct err err = {0};
    struct buf faults = {0};
    struct buf warnings = {0};
    scratch_make(&s, "/tmp");
    scratch_file(&s, "config/kivitendo.conf.default", DB "rubbish\n", -1);
    scratch_file(&s, "config/kivitendo.conf", "[task_server]\nmax_parallel = x\n", -1);
    assert_true(config_find(&files, s.dir, NULL, &err));
    config_faults(&files, &faults, &warnings);
    assert_non_null(strstr(buf_text(&faults), "kivitendo.conf.default:2: neither"));
    assert_non_null(strstr(buf_text(&faults), "kivitendo.conf:2: [task_server] max_parallel"));
    assert_null(strstr(buf_text(&faults), "is not set"));
    buf_release(&faults);
    buf_release(&warnings);
    config_files_release(&files);
    scratch_remove(&s);
}

static const char full[] = DB "host = h\ndb = d\nuser = u\n";

static void test_which_files(void **state)
{
    (void)state;
    struct scratch s;
    struct err err = {0};
    struct config_files files;
    struct buf name = {0};
    scratch_make(&s, "/tmp");

    /* nothing at all */
    assert_false(config_find(&files, s.dir, NULL, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_non_null(strstr(err.text, s.dir));

    /* only the default */
    scratch_file(&s, "config/kivitendo.conf.default", full, -1);
    assert_true(config_find(&files, s.dir, NULL, &err));
    assert_null(files.local);
    assert_true(config_pidname(&files, &name, &err));
    assert_string_equal(buf_text(&name), "config.kivitendo.conf.default.pid");
    config_files_release(&files);

    /* the old name, then the new one before it */
    scratch_file(&s, "config/lx_office.conf", "", -1);
    assert_true(config_find(&files, s.dir, NULL, &err));
    buf_clear(&name);
    assert_true(config_pidname(&files, &name, &err));
    assert_string_equal(buf_text(&name), "config.lx_office.conf.pid");
    config_files_release(&files);
    scratch_file(&s, "config/kivitendo.conf", "", -1);
    assert_true(config_find(&files, s.dir, NULL, &err));
    buf_clear(&name);
    assert_true(config_pidname(&files, &name, &err));
    assert_string_equal(buf_text(&name), "config.kivitendo.conf.pid");
    config_files_release(&files);

    /* typed: whatever it is */
    assert_true(config_find(&files, s.dir, "some/where.conf", &err));
    assert_string_equal(files.local, "some/where.conf");
    buf_clear(&name);
    assert_true(config_pidname(&files, &name, &err));
    assert_string_equal(buf_text(&name), "some.where.conf.pid");
    config_files_release(&files);
    config_files_release(NULL);

    /* the default is not needed; a link is resolved for the name */
    assert_int_equal(unlink(scratch_path(&s, "config/kivitendo.conf.default")), 0);
    assert_int_equal(unlink(scratch_path(&s, "config/kivitendo.conf")), 0);
    scratch_file(&s, "elsewhere/k.conf", full, -1);
    assert_int_equal(symlink("../elsewhere/k.conf", scratch_path(&s, "config/kivitendo.conf")), 0);
    assert_true(config_find(&files, s.dir, NULL, &err));
    assert_null(files.defaults);
    buf_clear(&name);
    assert_true(config_pidname(&files, &name, &err));
    assert_string_equal(buf_text(&name), "elsewhere.k.conf.pid");
    buf_release(&name);
    config_files_release(&files);
    scratch_remove(&s);
}

static bool load(const struct scratch *s, const char *typed, struct options *options,
                 struct err *err)
{
    struct config_files files;
    struct buf warnings = {0};
    assert_true(options_init(options, err));
    bool ok = config_find(&files, s->dir, typed, err) &&
              config_load(&files, options, &warnings, err);
    assert_string_equal(buf_text(&warnings), "");
    config_files_release(&files);
    return ok;
}

static void test_second_over_first(void **state)
{
    (void)state;
    struct scratch s;
    struct err err = {0};
    struct options o;
    scratch_make(&s, "/tmp");
    scratch_file(&s, "config/kivitendo.conf.default",
                 DB "host = h\ndb = d\nuser = u\npassword = p\n[task_server]\nmax_parallel = 2\n"
                    "client = c\n",
                 -1);
    scratch_file(&s, "config/kivitendo.conf", DB "db = mine\npassword =\n[task_server]\nclient =\n",
                 -1);
    if (!load(&s, NULL, &o, &err))
        fail_msg("%s", err.text);
    assert_string_equal(o.auth_db.host, "h");
    assert_string_equal(o.auth_db.db, "mine");
    assert_null(o.auth_db.password);
    assert_int_equal(o.max_parallel, 2);
    options_release(&o);

    /* -c replaces the second file, not the first */
    const char *typed = scratch_file(&s, "other.conf", "[task_server]\nclient = 0\n", -1);
    if (!load(&s, typed, &o, &err))
        fail_msg("%s", err.text);
    assert_string_equal(o.auth_db.db, "d");
    assert_string_equal(o.auth_db.password, "p");
    options_release(&o);
    scratch_remove(&s);
}

static void expect_load_error(const struct scratch *s, const char *typed, enum err_kind kind,
                              const char *text)
{
    struct err err = {0};
    struct options o;
    assert_false(load(s, typed, &o, &err));
    const char *file = strstr(err.text, "kivitendo.conf:");
    assert_null(file ? strstr(file + 1, "kivitendo.conf:") : NULL); /* told once */
    if (!strstr(err.text, text) || err.kind != kind)
        fail_msg("expected \"%s\", got \"%s\" (kind %d)", text, err.text, (int)err.kind);
    options_release(&o);
}

static void test_load_errors(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    scratch_file(&s, "config/kivitendo.conf.default", DB "host = h\nuser = u\n", -1);
    expect_load_error(&s, scratch_path(&s, "missing"), ERR_CONFIG, "No such file or directory");
    expect_load_error(&s, scratch_path(&s, "missing"), ERR_CONFIG,
                      "cannot read the configuration file /tmp/task-server-test-");
    expect_load_error(&s, s.dir, ERR_CONFIG, "is not a regular file");
    expect_load_error(&s, "/dev/null", ERR_CONFIG, "is not a regular file");
    expect_load_error(&s, NULL, ERR_CONFIG,
                      "/config/kivitendo.conf.default: [authentication/database] db is not set");
    assert_int_equal(mkfifo(scratch_path(&s, "fifo"), 0600), 0);
    expect_load_error(&s, scratch_path(&s, "fifo"), ERR_CONFIG, "is not a regular file");

    /* a link into nowhere is a wish that cannot be met, not a missing file */
    assert_int_equal(symlink("nowhere", scratch_path(&s, "config/kivitendo.conf")), 0);
    expect_load_error(&s, NULL, ERR_CONFIG, "/config/kivitendo.conf: No such file or directory");
    assert_int_equal(unlink(scratch_path(&s, "config/kivitendo.conf")), 0);

    scratch_file(&s, "config/kivitendo.conf", DB "db = d\n[task_server]\nlogin = admin\n", -1);
    expect_load_error(&s, NULL, ERR_CONFIG, "kivitendo.conf:4: [task_server] login is still set");
    scratch_remove(&s);
}

/* As root everything is readable, so somebody else has to try. */
static void test_unreadable(void **state)
{
    (void)state;
    struct scratch s;
    scratch_make(&s, "/tmp");
    scratch_file(&s, "config/kivitendo.conf", full, -1);
    assert_int_equal(chmod(scratch_path(&s, "config/kivitendo.conf"), 0), 0);
    uid_t before = geteuid();
    if (before == 0)
        assert_int_equal(seteuid(65534), 0);
    expect_load_error(&s, NULL, ERR_PERMISSION, "Permission denied");
    if (before == 0)
        assert_int_equal(seteuid(before), 0);
    scratch_remove(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_passwords),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_nul_bytes),
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_too_many_settings),
        cmocka_unit_test(test_secrets_stay_secret),
        cmocka_unit_test(test_warnings_carry_file_and_line),
        cmocka_unit_test(test_rich_file),
        cmocka_unit_test(test_shipped_file),
        cmocka_unit_test(test_all_faults),
        cmocka_unit_test(test_faults_of_both_files),
        cmocka_unit_test(test_which_files),
        cmocka_unit_test(test_second_over_first),
        cmocka_unit_test(test_load_errors),
        cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
