#include "store/origin.h"

#include <stdio.h>
#include <string.h>

#define PATIENCE "SELECT pg_catalog.set_config('statement_timeout', '0', true)"
#define OWN_PATH "pg_catalog.pg_relation_filepath(1259)" /* pg_class, which every database has */

static const struct db_statement ask = {
    .sql = PATIENCE ", " OWN_PATH ", pg_catalog.pg_control_system()",
};

static const struct db_statement ask_less = {.sql = PATIENCE ", " OWN_PATH};

/* Digits up to something else. */
static void copy_number(const char *text, char *number, size_t size)
{
    int len = (int)strspn(text, "0123456789");
    snprintf(number, size, "%.*s", len, text);
}

void origin_parse_system(const char *text, char system[ORIGIN_SYSTEM_MAX])
{
    *system = '\0';
    for (int comma = 0; text && comma < 2; comma++) {
        text = strchr(text, ',');
        text = text ? text + 1 : NULL;
    }
    if (text)
        copy_number(text, system, ORIGIN_SYSTEM_MAX);
}

void origin_parse_oid(const char *path, char oid[ORIGIN_OID_MAX])
{
    *oid = '\0';
    const char *end = path ? strrchr(path, '/') : NULL;
    const char *start = end;
    while (start && start > path && start[-1] != '/')
        start--;
    if (start && start < end)
        copy_number(start, oid, ORIGIN_OID_MAX);
}

static bool is_refused(const struct db_reply *reply)
{
    return reply->end == DB_REFUSED && reply->failed_step == 0 &&
           (strcmp(reply->sqlstate, "42501") == 0 || strcmp(reply->sqlstate, "42883") == 0);
}

bool origin_run(struct db *db, struct db_step *steps, int count, struct db_reply *reply,
                struct origin *origin, struct err *err)
{
    bool untold = origin->untold;
    steps[0] = (struct db_step){.statement = untold ? &ask_less : &ask};
    bool done = db_run(db, steps, count, reply, err);
    if (!done && !untold && is_refused(reply)) {
        db_reply_release(reply);
        origin->untold = true;
        return origin_run(db, steps, count, reply, origin, err);
    }
    if (done) {
        origin_parse_oid(db_value(reply, 0, 0, 1), origin->oid);
        origin_parse_system(db_value(reply, 0, 0, 2), origin->system);
    }
    return done;
}

bool origin_differs(const struct origin *one, const struct origin *other)
{
    bool systems = *one->system && *other->system;
    bool oids = *one->oid && *other->oid;
    return (systems && strcmp(one->system, other->system) != 0) ||
           (oids && strcmp(one->oid, other->oid) != 0);
}
