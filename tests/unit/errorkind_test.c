/* core/errorkind: which errors are of one kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "core/errorkind.h"

static const struct {
    const char *name;
    const char *a;
    const char *b;
    bool same;
} rows[] = {
    {"numbers", "disk 17 is full", "disk 2 is full", true},
    {"words", "disk 17 is full", "disk 17 is slow", false},
    {"quoted names", "no user 'anna' (\"x\")", "no user 'bert' (\"why not\")", true},
    {"an apostrophe is no quote", "can't print", "can't mail", false},
    {"paths", "cannot open /tmp/aBcD/x.pdf: No such file", "cannot open /tmp/z/y: No such file",
     true},
    {"a path in a word", "at SL/X.pm:12, near", "at SL/Other.pm:3, near", true},
    {"addresses", "no answer from https://a.example/x", "no answer from https://b.example/", true},
    {"a path with a quoted part behind it", "open /tmp/'a b' failed", "open /var/'c' failed", true},
    {"hexadecimal", "key 3fa9 is gone", "key 00be is gone", true},
    {"addresses of memory", "no method of HASH(0x55d0c8a2f1e0)", "no method of HASH(0xdeadbeef)",
     true},
    {"a uuid", "order 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
     "order 11111111-2222-3333-4444-55555555aaaa", true},
    {"hexadecimal letters alone are a word", "a bad face", "a bad deed", false},
    {"a number in a word", "table tmp17 is locked", "table tmp2 is locked", true},
    {"words of other alphabets", "Drucker gestört", "Drucker gestürzt", false},
    {"nothing", "", "17", true},
};

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if ((errorkind_hash(rows[i].a) == errorkind_hash(rows[i].b)) != rows[i].same)
            fail_msg("%s", rows[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
