/* core/pidname: the names the old server gives its pid files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/pidname.h"

static const struct {
    const char *name;
    const char *typed;
    const char *expected;
} typed_rows[] = {
    {"usual", "config/kivitendo.conf", "config.kivitendo.conf.pid"},
    {"absolute", "/etc/kivitendo/k.conf", ".etc.kivitendo.k.conf.pid"},
    {"with dots", "./../k.conf", ".....k.conf.pid"},
    {"double slash", "config//k.conf", "config..k.conf.pid"},
    {"no directory", "k.conf", "k.conf.pid"},
};

static void test_typed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(typed_rows); i++) {
        struct err err = {0};
        struct buf name = {0};
        assert_true(pidname_typed(&name, typed_rows[i].typed, &err));
        if (strcmp(buf_text(&name), typed_rows[i].expected) != 0)
            fail_msg("%s: %s", typed_rows[i].name, buf_text(&name));
        buf_release(&name);
    }
}

static const struct {
    const char *name;
    const char *file;
    const char *installation;
    const char *expected;
} resolved_rows[] = {
    {"usual", "/var/www/kivi/config/kivitendo.conf", "/var/www/kivi", "config.kivitendo.conf.pid"},
    {"in /etc", "/etc/kivitendo/kivitendo.conf", "/var/www/kivi",
     ".........etc.kivitendo.kivitendo.conf.pid"},
    {"beside", "/var/www/k.conf", "/var/www/kivi", "...k.conf.pid"},
    {"a sister whose name begins alike", "/var/www/kivi2/k.conf", "/var/www/kivi",
     "...kivi2.k.conf.pid"},
    {"a sister whose name is the beginning", "/var/www/kivi/k.conf", "/var/www/kivi2",
     "...kivi.k.conf.pid"},
    {"a file named like the beginning", "/var/www/kivi", "/var/www/kivi2", "...kivi.pid"},
    {"installation at the root", "/config/k.conf", "/", "config.k.conf.pid"},
};

static void test_resolved(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(resolved_rows); i++) {
        struct err err = {0};
        struct buf name = {0};
        assert_true(
            pidname_resolved(&name, resolved_rows[i].file, resolved_rows[i].installation, &err));
        if (strcmp(buf_text(&name), resolved_rows[i].expected) != 0)
            fail_msg("%s: %s", resolved_rows[i].name, buf_text(&name));
        buf_release(&name);
    }
}

static void test_limits(void **state)
{
    (void)state;
    char path[300];
    struct err err = {0};
    struct buf name = {0};
    memset(path, 'a', sizeof path);
    path[251] = '\0';
    assert_true(pidname_typed(&name, path, &err));
    assert_int_equal(name.len, 255);
    path[251] = 'a';
    path[252] = '\0';
    buf_clear(&name);
    assert_false(pidname_typed(&name, path, &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    assert_false(pidname_typed(&name, "", &err));
    assert_int_equal(err.kind, ERR_CONFIG);
    buf_release(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_typed),
        cmocka_unit_test(test_resolved),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests_name("pidname", tests, NULL, NULL);
}
