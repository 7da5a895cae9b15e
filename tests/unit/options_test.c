/* core/options: every kind of setting, good and bad, and the table itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/option_mail.h"
#include "core/options.h"
#include "core/options_table.h"

static bool put(struct options *options, const char *section, const char *key, const char *value,
                struct buf *warnings, struct err *err)
{
    const struct setting setting = {
        .file = "k.conf", .line = 7, .section = section, .key = key, .value = value};
    return options_set(options, &setting, warnings, err);
}

/* The first fault of the whole is the error. */
static bool is_whole(const struct options *o, struct err *err)
{
    struct options_fault fault;
    size_t at = 0;
    if (!options_next_fault(o, &at, &fault))
        return true;
    *err = fault.err;
    return false;
}

static void test_defaults(void **state)
{
    (void)state;
    struct err err = {0};
    struct options o;
    assert_true(options_init(&o, &err));
    assert_null(o.auth_db.host);
    assert_int_equal(o.auth_db.port, 5432);
    assert_int_equal(o.session_timeout_min, 480);
    assert_string_equal(o.language, "de");
    assert_string_equal(o.userspath, "users");
    assert_false(o.keep_installation_unlocked || o.debug || o.only_this_node);
    assert_int_equal(o.max_parallel, 4);
    assert_int_equal(o.job_timeout_s, 14400);
    assert_int_equal(o.stop_grace_s, 15);
    assert_int_equal(o.kill_grace_s, 10);
    assert_int_equal(o.connect_timeout_s, 10);
    assert_int_equal(o.max_external, 4);
    assert_int_equal(o.max_perl_jobs, 2);
    assert_int_equal(o.output_limit_bytes, 65536);
    assert_int_equal(o.job_memory_limit_bytes, 0);
    assert_int_equal(o.memory_limit_rss_bytes + o.memory_limit_vsz_bytes, 0);
    assert_int_equal(o.native_jobs, OPTIONS_NATIVE_AUTO);
    assert_string_equal(o.perl, "/usr/bin/perl");
    assert_false(o.pooler_keeps_session);
    assert_null(o.state_dir);
    assert_null(o.run_as);
    assert_null(o.node_id);
    options_release(&o);
    options_release(&o);
    options_release(NULL);
}

/* A value that is refused, and what the message must end with. */
static const struct {
    const char *name;
    const char *key;
    const char *value;
    const char *error;
} bad_rows[] = {
    {"letters", "max_parallel", "abc", "'abc' is not a whole number from 1 to 32"},
    {"zero clients", "max_parallel", "0", "'0' is not a whole number from 1 to 32"},
    {"too many clients", "max_parallel", "33", "'33' is not a whole number from 1 to 32"},
    {"a unit", "stop_grace", "15s", "'15s' is not a whole number from 0 to 3600"},
    {"a sign", "stop_grace", "-1", "'-1' is not a whole number from 0 to 3600"},
    {"a fraction", "kill_grace", "1.5", "'1.5' is not a whole number from 0 to 3600"},
    {"a blank inside", "kill_grace", "1 5", "'1 5' is not a whole number from 0 to 3600"},
    {"more than 64 bits", "job_timeout", "99999999999999999999999",
     "'99999999999999999999999' is not a whole number from 0 to 2678400"},
    {"zero to connect", "connect_timeout", "0", "'0' is not a whole number from 1 to 600"},
    {"a size without a unit of ours", "job_memory_limit", "500 MiB",
     "'500 MiB' is not a size like 500MB, 2 GB, 300000KB or 1048576, from 16777216 to "
     "1125899906842624 bytes"},
    {"too small a size", "job_memory_limit", "1MB",
     "'1MB' is not a size like 500MB, 2 GB, 300000KB or 1048576, from 16777216 to "
     "1125899906842624 bytes"},
    {"a size without a number", "output_limit", "MB",
     "'MB' is not a size like 500MB, 2 GB, 300000KB or 1048576, from 1024 to 16777216 bytes"},
    {"a size beyond 64 bits", "output_limit", "18446744073709551617GB",
     "'18446744073709551617GB' is not a size like 500MB, 2 GB, 300000KB or 1048576, from 1024 to "
     "16777216 bytes"},
    {"a negative size", "output_limit", "-1KB",
     "'-1KB' is not a size like 500MB, 2 GB, 300000KB or 1048576, from 1024 to 16777216 bytes"},
    {"no external job", "max_external", "0", "'0' is not a whole number from 1 to 64"},
    {"too many Perl jobs", "max_perl_jobs", "65", "'65' is not a whole number from 1 to 64"},
    {"a switch for native_jobs", "native_jobs", "1",
     "'1' is not a list of packages, each a capital letter, then letters and digits only"},
    {"a word among packages", "native_jobs", "on, Test",
     "'on, Test' is not a list of packages, each a capital letter, then letters and digits only"},
    {"a path among packages", "rerun_interrupted", "SL::X",
     "'SL::X' is not a list of packages, each a capital letter, then letters and digits only"},
    {"another pooler", "pooler", "transaction", "'transaction' is neither empty nor 'session'"},
    {"another scheduler", "scheduler", "at", "'at' is none of auto, systemd, cron.d, crontab"},
    {"a program by name", "perl", "perl", "'perl' is not an absolute path"},
    {"two lines", "run_as", "www\n-data", "'www?-data' must be a single line"},
    {"a long value", "max_parallel",
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…' is not a "
     "whole number from 1 to 32"},
};

static void test_bad_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad_rows); i++) {
        struct err err = {0};
        struct buf warnings = {0};
        struct options o;
        char expected[400];
        assert_true(options_init(&o, &err));
        if (put(&o, "task_server", bad_rows[i].key, bad_rows[i].value, &warnings, &err))
            fail_msg("%s: was accepted", bad_rows[i].name);
        snprintf(expected, sizeof expected, "k.conf:7: [task_server] %s: %s", bad_rows[i].key,
                 bad_rows[i].error);
        assert_string_equal(err.text, expected);
        assert_int_equal(err.kind, ERR_CONFIG);
        buf_release(&warnings);
        options_release(&o);
    }
}

/* The same in sections whose keys are names; the whole message. */
static const struct {
    const char *name;
    const char *section, *key, *value;
    const char *error;
} bad_key_rows[] = {
    {"a command that is no package", "task_server/commands", "backup", "/bin/x",
     "k.conf:7: [task_server/commands] backup: the key is not the name of a package, a capital "
     "letter, then letters and digits only"},
    {"a timeout that is no package", "task_server/timeouts", "A/B", "1",
     "k.conf:7: [task_server/timeouts] A/B: the key is not the name of a package, a capital "
     "letter, then letters and digits only"},
    {"a timeout that is no number", "task_server/timeouts", "Backup", "1h",
     "k.conf:7: [task_server/timeouts] Backup: '1h' is not a whole number from 0 to 2678400"},
    {"a program by name", "task_server/commands", "Backup", "backup --password=secret",
     "k.conf:7: [task_server/commands] Backup: the program must be an absolute path"},
    {"a quote that is not closed", "task_server/commands", "Backup", "/bin/x 'secret",
     "k.conf:7: [task_server/commands] Backup: a single quote is not closed"},
    {"kivitendo's limit", "system", "memory_limit_rss", "much",
     "k.conf:7: [system] memory_limit_rss: 'much' is not a size like 500MB, 2 GB, 300000KB or "
     "1048576, from 0 to 1125899906842624 bytes"},
};

static void test_bad_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad_key_rows); i++) {
        struct err err = {0};
        struct buf warnings = {0};
        struct options o;
        assert_true(options_init(&o, &err));
        if (put(&o, bad_key_rows[i].section, bad_key_rows[i].key, bad_key_rows[i].value, &warnings,
                &err))
            fail_msg("%s: was accepted", bad_key_rows[i].name);
        assert_string_equal(err.text, bad_key_rows[i].error);
        assert_int_equal(err.kind, ERR_CONFIG);
        buf_release(&warnings);
        options_release(&o);
    }
}

static const struct {
    const char *value;
    uint64_t bytes;
} size_rows[] = {
    {"", 0},
    {"0", 0},
    {"0KB", 0},
    {"1", 1},
    {"500MB", 500 << 20},
    {"2 GB", UINT64_C(2) << 30},
    {"300000KB", 300000 << 10},
    {"3 \t mb", 3 << 20},
    {"1kB", 1024},
};

static void test_sizes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(size_rows); i++) {
        struct err err = {0};
        struct buf warnings = {0};
        struct options o;
        assert_true(options_init(&o, &err));
        o.memory_limit_vsz_bytes = 99;
        assert_true(put(&o, "system", "memory_limit_vsz", size_rows[i].value, &warnings, &err));
        if (o.memory_limit_vsz_bytes != size_rows[i].bytes)
            fail_msg("'%s' is %llu", size_rows[i].value,
                     (unsigned long long)o.memory_limit_vsz_bytes);
        buf_release(&warnings);
        options_release(&o);
    }
}

static const struct {
    const char *value;
    enum options_native native;
    const char *packages; /* " name" each */
} native_rows[] = {
    {"", OPTIONS_NATIVE_AUTO, ""},
    {"auto", OPTIONS_NATIVE_AUTO, ""},
    {"on", OPTIONS_NATIVE_ON, ""},
    {"OFF", OPTIONS_NATIVE_OFF, ""},
    {"Test", OPTIONS_NATIVE_LIST, " Test"},
    {"Test,CleanAuthSessions  SetClosedTo,\nTest,", OPTIONS_NATIVE_LIST,
     " Test CleanAuthSessions SetClosedTo"},
};

static void test_native_jobs(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(native_rows); i++) {
        struct err err = {0};
        struct buf warnings = {0};
        struct buf packages = {0};
        struct options o;
        assert_true(options_init(&o, &err));
        assert_true(put(&o, "task_server", "native_jobs", "SetNumberRange", &warnings, &err));
        assert_true(put(&o, "task_server", "native_jobs", native_rows[i].value, &warnings, &err));
        for (size_t p = 0; p < o.native_list.count; p++)
            buf_addf(&packages, " %s", o.native_list.items[p].key);
        assert_int_equal(o.native_jobs, native_rows[i].native);
        assert_string_equal(buf_text(&packages), native_rows[i].packages);
        buf_release(&packages);
        buf_release(&warnings);
        options_release(&o);
    }
}

/* Limits by package: what the package gets, with and without a key of its own. */
static void test_limits_by_package(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf warnings = {0};
    struct options o;
    assert_true(options_init(&o, &err));
    assert_int_equal(options_timeout_s(&o, "CsvImport"), 14400);
    assert_int_equal(options_stop_grace_s(&o, "CsvImport"), 15);
    assert_int_equal(options_timeout_s(&o, "CreatePeriodicInvoices"), 0);
    assert_int_equal(options_stop_grace_s(&o, "CreatePeriodicInvoices"), -1);

    assert_true(put(&o, "task_server", "job_timeout", "60", &warnings, &err));
    assert_true(put(&o, "task_server/timeouts", "CsvImport", "0", &warnings, &err));
    assert_true(put(&o, "task_server/timeouts", "CreatePeriodicInvoices", "90", &warnings, &err));
    assert_int_equal(options_timeout_s(&o, "CsvImport"), 0);
    assert_int_equal(options_timeout_s(&o, "Other"), 60);
    assert_int_equal(options_timeout_s(&o, "CreatePeriodicInvoices"), 90);
    assert_int_equal(options_stop_grace_s(&o, "CreatePeriodicInvoices"), 15);

    assert_true(put(&o, "task_server/timeouts", "CreatePeriodicInvoices", "", &warnings, &err));
    assert_true(put(&o, "task_server/timeouts", "CsvImport", "7", &warnings, &err));
    assert_int_equal(options_timeout_s(&o, "CsvImport"), 7);
    assert_int_equal(options_timeout_s(&o, "CreatePeriodicInvoices"), 0);
    buf_release(&warnings);
    options_release(&o);
}

static void test_commands(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf warnings = {0};
    struct words words;
    struct options o;
    assert_true(options_init(&o, &err));
    assert_true(put(&o, "task_server/commands", "Backup", "/bin/b --to\n'a b'", &warnings, &err));
    assert_true(options_command(&o, "Backup", &words, &err));
    assert_int_equal(words.count, 3);
    assert_string_equal(words.items[0], "/bin/b");
    assert_string_equal(words.items[2], "a b");
    words_release(&words);
    assert_true(options_command(&o, "Test", &words, &err));
    assert_int_equal(words.count, 0);

    assert_null(option_map_find(&o.command_databases, "Backup"));
    assert_true(put(&o, "task_server/commands/Backup", "database", "1", &warnings, &err));
    assert_string_equal(option_map_find(&o.command_databases, "Backup"), "k.conf:7");
    assert_true(put(&o, "task_server/commands/Backup", "database", "0", &warnings, &err));
    assert_null(option_map_find(&o.command_databases, "Backup"));

    assert_true(put(&o, "task_server/commands/Bakup", "database", "1", &warnings, &err));
    assert_true(put(&o, "authentication/database", "host", "h", &warnings, &err));
    assert_true(put(&o, "authentication/database", "db", "d", &warnings, &err));
    assert_true(put(&o, "authentication/database", "user", "u", &warnings, &err));
    assert_false(is_whole(&o, &err));
    assert_string_equal(err.text, "k.conf:7: [task_server/commands/Bakup] database: there is no "
                                  "command of this name in [task_server/commands]");
    assert_true(put(&o, "task_server/commands/Bakup", "database", "0", &warnings, &err));
    assert_true(put(&o, "task_server/commands", "Backup", "", &warnings, &err));
    assert_true(options_command(&o, "Backup", &words, &err));
    assert_int_equal(words.count, 0);
    assert_string_equal(buf_text(&warnings), "");
    buf_release(&warnings);
    options_release(&o);
}

static void test_good_values(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf warnings = {0};
    struct options o;
    assert_true(options_init(&o, &err));
    assert_true(put(&o, "authentication/database", "host", "/run/pg", &warnings, &err));
    assert_true(put(&o, "authentication/database", "port", "5433", &warnings, &err));
    assert_true(put(&o, "authentication/database", "password", "a ;b#c", &warnings, &err));
    assert_true(put(&o, "task_server", "max_parallel", "32", &warnings, &err));
    assert_true(put(&o, "task_server", "job_timeout", "0", &warnings, &err));
    assert_true(put(&o, "task_server", "node_id", "übung", &warnings, &err));
    assert_string_equal(o.auth_db.host, "/run/pg");
    assert_int_equal(o.auth_db.port, 5433);
    assert_string_equal(o.auth_db.password, "a ;b#c");
    assert_int_equal(o.max_parallel, 32);
    assert_int_equal(o.job_timeout_s, 0);
    assert_string_equal(o.node_id, "übung");

    assert_true(put(&o, "task_server", "pooler", "session", &warnings, &err));
    assert_true(put(&o, "task_server", "perl", "/opt/perl", &warnings, &err));
    assert_true(put(&o, "task_server", "rerun_interrupted", "A1 B2", &warnings, &err));
    assert_true(put(&o, "task_server", "output_limit", "1 MB", &warnings, &err));
    assert_true(put(&o, "environment", "a key", "x\ny", &warnings, &err));
    assert_true(o.pooler_keeps_session);
    assert_string_equal(o.perl, "/opt/perl");
    assert_non_null(option_map_find(&o.rerun_interrupted, "B2"));
    assert_null(option_map_find(&o.rerun_interrupted, "B"));
    assert_int_equal(o.output_limit_bytes, 1 << 20);
    assert_string_equal(option_map_find(&o.environment, "a key"), "x\ny");

    /* an empty value in a later file takes it back */
    assert_true(put(&o, "task_server", "pooler", "", &warnings, &err));
    assert_true(put(&o, "task_server", "perl", "", &warnings, &err));
    assert_true(put(&o, "task_server", "rerun_interrupted", "", &warnings, &err));
    assert_true(put(&o, "task_server", "output_limit", "", &warnings, &err));
    assert_true(put(&o, "environment", "a key", "", &warnings, &err));
    assert_false(o.pooler_keeps_session);
    assert_string_equal(o.perl, "/usr/bin/perl");
    assert_int_equal(o.rerun_interrupted.count, 0);
    assert_int_equal(o.output_limit_bytes, 65536);
    assert_int_equal(o.environment.count, 0);

    assert_true(put(&o, "authentication/database", "port", "", &warnings, &err));
    assert_true(put(&o, "task_server", "node_id", "", &warnings, &err));
    assert_true(put(&o, "paths", "userspath", "", &warnings, &err));
    assert_int_equal(o.auth_db.port, 5432);
    assert_null(o.node_id);
    assert_string_equal(o.userspath, "users");
    assert_string_equal(buf_text(&warnings), "");
    buf_release(&warnings);
    options_release(&o);
}

/* A setting that is accepted, and the warning it gives ("" for none). */
static const struct {
    const char *name;
    const char *section;
    const char *key;
    const char *value;
    const char *warning;
} warning_rows[] = {
    {"unknown key of ours", "task_server", "max_paralel", "3", "unknown key, ignored"},
    {"unknown key of kivitendo's", "debug", "watch_form", "1", ""},
    {"unknown key for the database", "authentication/database", "sslmode", "x", ""},
    {"a metrics file", "task_server", "metrics_file", "/x", ""},
    {"a scheduler", "task_server", "scheduler", "cron.d", ""},
    {"the usual log", "task_server", "log", "", ""},
    {"a command", "task_server/commands", "Backup", "/bin/x --all 'a|b'", ""},
    {"a command for a shell", "task_server/commands", "Backup", "/bin/x > /tmp/y",
     "no shell reads this: |, &, ;, <, >, $, ` and * are letters like others (put them between "
     "single quotes if that is meant)"},
    {"unknown key of a command", "task_server/commands/Backup", "user", "x",
     "unknown key, ignored"},
    {"a command's database", "task_server/commands/Backup", "database", "1", ""},
    {"a command's database, off", "task_server/commands/Backup", "database", "no",
     "this word switches it on, as in kivitendo; write 0 for off"},
    {"a timeout", "task_server/timeouts", "CsvImport", "9", ""},
    {"any variable", "environment", "lib", "/opt/$x", ""},
    {"notices on", "task_server/notify_on_failure", "send_email_to", "me", ""},
    {"notices prepared", "task_server/notify_on_failure", "email_subject", "failed", ""},
    {"switch with 1", "task_server", "debug", "1", ""},
    {"switch with yes", "task_server", "debug", "yes", ""},
    {"switch with No", "task_server", "debug", "No",
     "this word switches it on, as in kivitendo; write 0 for off"},
    {"switch with off", "debug", "keep_installation_unlocked", "off",
     "this word switches it on, as in kivitendo; write 0 for off"},
    {"minutes with words", "authentication", "session_timeout", "60 minutes",
     "is not a whole number of minutes; 60 is used"},
    {"no minutes at all", "authentication", "session_timeout", "long",
     "is not a whole number of minutes; 480 is used"},
    {"too many minutes", "authentication", "session_timeout", "99999999",
     "is not a whole number of minutes; 480 is used"},
    {"far too many minutes", "authentication", "session_timeout", "99999999999999999999",
     "is not a whole number of minutes; 480 is used"},
    {"zero minutes", "authentication", "session_timeout", "0", ""},
};

static void test_warnings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(warning_rows); i++) {
        struct err err = {0};
        struct buf warnings = {0};
        struct options o;
        char expected[400] = "";
        assert_true(options_init(&o, &err));
        if (!put(&o, warning_rows[i].section, warning_rows[i].key, warning_rows[i].value, &warnings,
                 &err))
            fail_msg("%s: %s", warning_rows[i].name, err.text);
        if (*warning_rows[i].warning)
            snprintf(expected, sizeof expected, "k.conf:7: [%s] %s: %s\n", warning_rows[i].section,
                     warning_rows[i].key, warning_rows[i].warning);
        if (strcmp(buf_text(&warnings), expected) != 0)
            fail_msg("%s: warning is \"%s\"", warning_rows[i].name, buf_text(&warnings));
        buf_release(&warnings);
        options_release(&o);
    }
}

static const struct {
    const char *value;
    bool on;
} switch_rows[] = {{"", false},  {"0", false}, {"1", true},   {"00", true},
                   {"no", true}, {"on", true}, {"0.0", true}, {"-0", true}};

static void test_switches(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(switch_rows); i++) {
        struct err err = {0};
        struct buf warnings = {0};
        struct options o;
        assert_true(options_init(&o, &err));
        o.only_this_node = !switch_rows[i].on;
        assert_true(put(&o, "task_server", "only_run_tasks_for_this_node", switch_rows[i].value,
                        &warnings, &err));
        if (o.only_this_node != switch_rows[i].on)
            fail_msg("'%s' means %d", switch_rows[i].value, o.only_this_node);
        buf_release(&warnings);
        options_release(&o);
    }
}

static const struct {
    const char *value;
    int minutes;
} minutes_rows[] = {{"", 480},          {"0", 480},        {"1", 1},   {"600", 600},
                    {"30 minutes", 30}, {"99999999", 480}, {"x", 480}, {"-5", 480}};

static void test_session_timeout(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(minutes_rows); i++) {
        struct err err = {0};
        struct buf warnings = {0};
        struct options o;
        assert_true(options_init(&o, &err));
        assert_true(
            put(&o, "authentication", "session_timeout", minutes_rows[i].value, &warnings, &err));
        if (o.session_timeout_min != minutes_rows[i].minutes)
            fail_msg("'%s' means %d", minutes_rows[i].value, o.session_timeout_min);
        buf_release(&warnings);
        options_release(&o);
    }
}

static void test_check(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf warnings = {0};
    struct options o;
    assert_true(options_init(&o, &err));
    assert_false(is_whole(&o, &err));
    assert_string_equal(err.text, "[authentication/database] host is not set");
    struct options_fault fault;
    size_t faults = 0, at = 0;
    for (; options_next_fault(&o, &at, &fault); faults++)
        assert_true(fault.is_missing);
    assert_int_equal(faults, 3);
    assert_true(put(&o, "authentication/database", "host", "h", &warnings, &err));
    assert_false(is_whole(&o, &err));
    assert_string_equal(err.text, "[authentication/database] db is not set");
    assert_true(put(&o, "authentication/database", "db", "d", &warnings, &err));
    assert_false(is_whole(&o, &err));
    assert_string_equal(err.text, "[authentication/database] user is not set");
    assert_true(put(&o, "authentication/database", "user", "u", &warnings, &err));
    assert_true(is_whole(&o, &err));

    /* the relics: anything but empty and 0 stops us, and says where it stands */
    static const char *const relics[] = {"client", "login"};
    for (size_t i = 0; i < ARRAY_LEN(relics); i++) {
        char expected[64];
        assert_true(put(&o, "task_server", relics[i], "0", &warnings, &err));
        assert_true(is_whole(&o, &err));
        assert_true(put(&o, "task_server", relics[i], "admin", &warnings, &err));
        assert_false(is_whole(&o, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
        snprintf(expected, sizeof expected, "k.conf:7: [task_server] %s is still set: remove it",
                 relics[i]);
        assert_memory_equal(err.text, expected, strlen(expected));
        assert_true(put(&o, "task_server", relics[i], "", &warnings, &err));
        assert_true(is_whole(&o, &err));
    }
    buf_release(&warnings);
    options_release(&o);
}

static const struct {
    const char *name;
    const char *warning;
} heading_rows[] = {
    {"task_server", ""},
    {"self_test", ""},
    {"task_servers", ""},
    {"task_server ",
     "k.conf:3: '[task_server ]' is not [task_server]: blanks and case belong to the "
     "name, so the settings below it are not read\n"},
    {" Task_Server", "k.conf:3: '[ Task_Server]' is not [task_server]: blanks and case belong to "
                     "the name, so the settings below it are not read\n"},
    {"task_server/commands/Backup", ""},
    {"task_server/commands/backup",
     "k.conf:3: [task_server/commands/backup]: unknown section, ignored\n"},
    {"task_server/commands/", "k.conf:3: [task_server/commands/]: unknown section, ignored\n"},
    {"task_server/commands/*", "k.conf:3: [task_server/commands/*]: unknown section, ignored\n"},
    {"task_server/command", "k.conf:3: [task_server/command]: unknown section, ignored\n"},
};

static void test_headings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(heading_rows); i++) {
        struct buf warnings = {0};
        const struct setting heading = {
            .file = "k.conf", .line = 3, .section = heading_rows[i].name};
        options_judge_section(&heading, &warnings);
        assert_string_equal(buf_text(&warnings), heading_rows[i].warning);
        buf_release(&warnings);
    }
    assert_true(options_use_section("authentication"));
    assert_false(options_use_section("authentication/ldap"));
    assert_false(options_use_section(""));
}

static void test_table_is_sorted(void **state)
{
    (void)state;
    const char *section, *key;
    const char *section_before = "", *key_before = "";
    size_t rows = 0;
    for (; options_row(rows, &section, &key); rows++) {
        int order = strcmp(section_before, section);
        if (order > 0 || (order == 0 && strcmp(key_before, key) >= 0))
            fail_msg("[%s] %s is out of order", section, key);
        section_before = section;
        key_before = key;
    }
    assert_true(rows > 30);
}

/* ---- mail ---- */

static const struct {
    const char *name;
    const char *section;
    const char *key;
    const char *value;
    const char *error; /* NULL: fine */
} mail_rows[] = {
    {"a method", "mail_delivery", "method", "smtp", NULL},
    {"no method", "mail_delivery", "method", "", NULL},
    {"another method", "mail_delivery", "method", "pigeon",
     "'pigeon' is neither empty nor smtp or sendmail"},
    {"security in capitals", "mail_delivery", "security", "TLS", NULL},
    {"another security", "mail_delivery/email/a@b", "security", "starttls",
     "'starttls' is none of none, tls, ssl"},
    {"a port", "mail_delivery", "port", "70000", "'70000'"},
    {"two lines", "mail_delivery", "host", "a\nb", "must be a single line"},
    {"a heartbeat", "task_server", "heartbeat_url", "https://x/y", NULL},
    {"a heartbeat by file", "task_server", "heartbeat_url", "file:///etc/passwd",
     "does not begin with http:// or https://"},
    {"repeat", "task_server/notify_on_failure", "repeat", "always", NULL},
    {"another repeat", "task_server/notify_on_failure", "repeat", "often",
     "is neither incident nor always"},
    {"a log", "task_server", "log", "file", NULL},
    {"another log", "task_server", "log", "/var/log/x", "is none of stderr, journal, syslog, file"},
    {"a notify_command", "task_server", "notify_command", "/bin/x y", NULL},
    {"a relative notify_command", "task_server", "notify_command", "x y",
     "the program must be an absolute path"},
};

static void test_mail_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(mail_rows); i++) {
        struct err err = {0};
        struct buf warnings = {0};
        struct options o;
        assert_true(options_init(&o, &err));
        bool done = put(&o, mail_rows[i].section, mail_rows[i].key, mail_rows[i].value, &warnings,
                        &err);
        if (done != !mail_rows[i].error || (!done && !strstr(err.text, mail_rows[i].error)))
            fail_msg("%s: %s", mail_rows[i].name, done ? "taken" : err.text);
        buf_release(&warnings);
        options_release(&o);
    }
}

static void check_way(struct options *o, const char *sender, const char *expected)
{
    struct mail_way w;
    char shown[200];
    mail_way_find(&o->mail, sender, &w);
    snprintf(shown, sizeof shown, "%d %d %s:%d %s/%s %s '%s' %d", w.method, w.security, w.host,
             w.port, w.login ? w.login : "-", w.password ? w.password : "-", w.ehlo, w.sendmail,
             w.verifies);
    assert_string_equal(shown, expected);
}

static void test_mail_ways(void **state)
{
    (void)state;
    struct err err = {0};
    struct buf warnings = {0};
    struct options o;
    assert_true(options_init(&o, &err));
    check_way(&o, "a@b", "0 0 localhost:25 -/- localhost 'sendmail -t' 1");
    assert_true(put(&o, "mail_delivery", "method", "smtp", &warnings, &err));
    assert_true(put(&o, "mail_delivery", "host", "mx", &warnings, &err));
    assert_true(put(&o, "mail_delivery", "user", "me", &warnings, &err));
    assert_true(put(&o, "mail_delivery", "password", "x;# y", &warnings, &err));
    assert_true(put(&o, "mail_delivery", "sendmail", "/bin/s -t", &warnings, &err));
    check_way(&o, "a@b", "1 0 mx:25 me/x;# y localhost '/bin/s -t' 1");
    assert_true(put(&o, "mail_delivery/email/a@b", "security", "ssl", &warnings, &err));
    assert_true(put(&o, "mail_delivery/email/a@b", "verify", "0", &warnings, &err));
    check_way(&o, "a@b", "1 2 localhost:465 -/- localhost '/bin/s -t' 0");
    check_way(&o, "c@b", "1 0 mx:25 me/x;# y localhost '/bin/s -t' 1");
    assert_true(put(&o, "applications", "sendmail", "/opt/s", &warnings, &err));
    assert_true(put(&o, "mail_delivery", "login", "you", &warnings, &err));
    check_way(&o, "c@b", "1 0 mx:25 you/x;# y localhost '/opt/s' 1");
    assert_false(mail_uses_sendmail(&o.mail));
    assert_true(put(&o, "mail_delivery/email/a@b", "method", "sendmail", &warnings, &err));
    assert_true(mail_uses_sendmail(&o.mail));
    buf_release(&warnings);
    options_release(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_bad_keys),        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_native_jobs),     cmocka_unit_test(test_mail_values),
        cmocka_unit_test(test_mail_ways),       cmocka_unit_test(test_limits_by_package),
        cmocka_unit_test(test_commands),        cmocka_unit_test(test_good_values),
        cmocka_unit_test(test_warnings),        cmocka_unit_test(test_switches),
        cmocka_unit_test(test_session_timeout), cmocka_unit_test(test_check),
        cmocka_unit_test(test_headings),        cmocka_unit_test(test_table_is_sorted),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
