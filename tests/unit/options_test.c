/* core/options: every kind of setting, good and bad, and the table itself. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/options.h"

static bool put(struct options *options, const char *section, const char *key, const char *value,
                struct buf *warnings, struct err *err)
{
    const struct setting setting = {
        .file = "k.conf", .line = 7, .section = section, .key = key, .value = value};
    return options_set(options, &setting, warnings, err);
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

    /* an empty value in a later file takes it back */
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
    {"key of a later version", "task_server", "max_external", "2",
     "has no effect yet in this version"},
    {"empty key of a later version", "task_server", "pooler", "", ""},
    {"any command", "task_server/commands", "Backup", "/bin/x",
     "has no effect yet in this version"},
    {"any timeout", "task_server/timeouts", "CsvImport", "9", "has no effect yet in this version"},
    {"notices on", "task_server/notify_on_failure", "send_email_to", "me",
     "has no effect yet in this version"},
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
    assert_false(options_check(&o, &err));
    assert_string_equal(err.text, "[authentication/database] host is not set");
    assert_true(put(&o, "authentication/database", "host", "h", &warnings, &err));
    assert_false(options_check(&o, &err));
    assert_string_equal(err.text, "[authentication/database] db is not set");
    assert_true(put(&o, "authentication/database", "db", "d", &warnings, &err));
    assert_false(options_check(&o, &err));
    assert_string_equal(err.text, "[authentication/database] user is not set");
    assert_true(put(&o, "authentication/database", "user", "u", &warnings, &err));
    assert_true(options_check(&o, &err));

    /* the relics: anything but empty and 0 stops us, and says where it stands */
    static const char *const relics[] = {"client", "login"};
    for (size_t i = 0; i < ARRAY_LEN(relics); i++) {
        char expected[64];
        assert_true(put(&o, "task_server", relics[i], "0", &warnings, &err));
        assert_true(options_check(&o, &err));
        assert_true(put(&o, "task_server", relics[i], "admin", &warnings, &err));
        assert_false(options_check(&o, &err));
        assert_int_equal(err.kind, ERR_CONFIG);
        snprintf(expected, sizeof expected, "k.conf:7: [task_server] %s is still set: remove it",
                 relics[i]);
        assert_memory_equal(err.text, expected, strlen(expected));
        assert_true(put(&o, "task_server", relics[i], "", &warnings, &err));
        assert_true(options_check(&o, &err));
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_good_values),     cmocka_unit_test(test_warnings),
        cmocka_unit_test(test_switches),        cmocka_unit_test(test_session_timeout),
        cmocka_unit_test(test_check),           cmocka_unit_test(test_headings),
        cmocka_unit_test(test_table_is_sorted),
    };
    return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
