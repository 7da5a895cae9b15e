/* io/db_reply: what a refusal means is told by its state, whatever its text says or has lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "io/db.h"

struct row {
    const char *name;
    struct err err;
    bool values;
    bool lock;
};

static const struct row rows[] = {
    {"no database", {ERR_JOB, "", "its row is too large (SQLSTATE 22001)"}, false, false},
    {"a connection that is lost", {ERR_AWAY, "55P03", "lost"}, false, false},
    {"an unfit value", {ERR_JOB, "22001", "value too long"}, true, false},
    {"a constraint", {ERR_JOB, "23514", "violates check"}, true, false},
    {"a trigger whose long message is cut", {ERR_JOB, "P0001", "too long: xxxxxxxx"}, true, false},
    {"one that quotes a lock", {ERR_JOB, "P0001", "no: (SQLSTATE 55P03) (SQL"}, true, false},
    {"a lock", {ERR_JOB, "55P03", "canceling statement due to lock timeout"}, false, true},
    {"a full disk", {ERR_JOB, "53100", "no space left"}, false, false},
    {"a deadlock", {ERR_JOB, "40P01", "deadlock detected"}, false, false},
    {"a database that is read-only", {ERR_JOB, "25006", "read-only transaction"}, false, false},
    {"a cancel by hand", {ERR_JOB, "57014", "canceling statement"}, false, false},
    {"a broken disk", {ERR_JOB, "58030", "could not read"}, false, false},
    {"another server that a trigger asks", {ERR_JOB, "08001", "cannot connect"}, false, false},
    {"an index that is too narrow", {ERR_JOB, "54000", "index row requires"}, true, false},
    {"a trigger that is broken", {ERR_JOB, "42883", "function does not exist"}, true, false},
    {"a word of somebody's own", {ERR_JOB, "KV001", "not like that"}, true, false},
};

static void test_refusals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (db_refuses_values(&rows[i].err) != rows[i].values ||
            db_refuses_lock(&rows[i].err) != rows[i].lock)
            fail_msg("%s", rows[i].name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
