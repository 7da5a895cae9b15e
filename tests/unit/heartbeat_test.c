/* engine/heartbeat: where a monitor is told of good runs and bad ones.  Fetching it is shown by
 * tests/functional/heartbeat.test.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "engine/heartbeat.h"

static const struct {
    const char *name;
    const char *url;
    const char *bad;
} rows[] = {
    {"a path", "https://m.example/ping/1", "https://m.example/ping/1/fail"},
    {"a slash at the end", "https://m.example/ping/", "https://m.example/ping/fail"},
    {"only a host", "http://m.example", "http://m.example/fail"},
    {"only a host, and a slash", "http://m.example/", "http://m.example/fail"},
    {"a query", "http://m.example/p?a=b/c&d", "http://m.example/p/fail?a=b/c&d"},
    {"a query without a path", "http://m.example?a", "http://m.example/fail?a"},
    {"a fragment", "http://m.example/p/#x?y", "http://m.example/p/fail#x?y"},
    {"a port and a login", "http://u:p@m.example:81/p", "http://u:p@m.example:81/p/fail"},
};

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf good = {0};
        struct buf bad = {0};
        heartbeat_address(rows[i].url, true, &good);
        heartbeat_address(rows[i].url, false, &bad);
        if (strcmp(buf_text(&good), rows[i].url) != 0 || strcmp(buf_text(&bad), rows[i].bad) != 0)
            fail_msg("%s: got '%s' and '%s'", rows[i].name, buf_text(&good), buf_text(&bad));
        buf_release(&good);
        buf_release(&bad);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_addresses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
