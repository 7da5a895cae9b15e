/* store/origins: what a crash left in the file hides no line behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "scratch.h"
#include "store/origins.h"

struct row {
    const char *name;
    const char *text;
    int len;
};

#define ROW(name, text)                                                                            \
    {                                                                                              \
        name, text, (int)sizeof text - 1                                                           \
    }

/* Client 2 lost a part of its line, or all of it; client 3 stands behind it. */
static const struct row rows[] = {
    ROW("crossed out", "2\t77\t16\thost\t54\030\n3\t77\t17\thost\t5432\tcc\n"),
    ROW("zeros", "2\t77\t16\thost\t5432\tb\0\0\0\030\n3\t77\t17\thost\t5432\tcc\n"),
    ROW("zeros inside", "2\t77\t16\thost\t5432\tb\0\0b\n3\t77\t17\thost\t5432\tcc\n"),
    ROW("nothing but zeros", "\0\0\0\0\030\n3\t77\t17\thost\t5432\tcc\n"),
    ROW("zeros at the end", "3\t77\t17\thost\t5432\tcc\n2\t77\t16\thost\t5432\tb\0\0\0"),
};

static void test_torn(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct scratch scratch;
        struct origins origins;
        struct err err = {0};
        scratch_make(&scratch, "/tmp");
        scratch_file(&scratch, "databases", rows[i].text, rows[i].len);
        assert_true(origins_load(&origins, scratch_path(&scratch, "databases"), &err));
        const struct origin_home *home = origins_find(&origins, 3);
        if (origins_find(&origins, 2) || !home || strcmp(home->dbname, "cc") != 0)
            fail_msg("%s", rows[i].name);
        origins_release(&origins);
        scratch_remove(&scratch);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_torn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
