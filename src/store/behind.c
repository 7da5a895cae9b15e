#include "store/behind.h"

#include "base/i18n.h"

enum { NAMES_SHOWN = 3 };

static const struct db_statement ask_client = {
    .params = 1,
    .sql = "SELECT tag FROM pg_catalog.unnest($1::text[]) AS tag WHERE NOT EXISTS"
           " (SELECT FROM public.schema_info AS s WHERE s.tag = tag.tag) ORDER BY tag",
};
static const struct db_statement ask_auth = {
    .params = 1,
    .sql = "SELECT tag FROM pg_catalog.unnest($1::text[]) AS tag WHERE NOT EXISTS"
           " (SELECT FROM auth.schema_info AS s WHERE s.tag = tag.tag) ORDER BY tag",
};

/* What a search needs. */
struct search {
    struct db *db;
    const struct db_statement *ask;
    const struct upgrades *upgrades;
};

/* As an array in PostgreSQL's own notation. */
static void write_array(const struct upgrades *upgrades, struct buf *text)
{
    for (size_t i = 0; i < upgrades->count; i++) {
        buf_add_text(text, i ? ",\"" : "{\"");
        for (const char *p = upgrades->tags[i]; *p; p++) {
            if (*p == '"' || *p == '\\')
                buf_add_text(text, "\\");
            buf_add(text, p, 1);
        }
        buf_add_text(text, "\"");
    }
    buf_add_text(text, "}");
}

static void write_missing(const struct db_reply *reply, struct buf *text)
{
    int count = db_rows(reply, 0);
    if (!count)
        return;
    buf_addf(text, count == 1 ? _("%d upgrade is missing: ") : _("%d upgrades are missing: "),
             count);
    for (int i = 0; i < count && i < NAMES_SHOWN; i++)
        buf_addf(text, "%s%.100s", i ? ", " : "", db_value(reply, 0, i, 0));
    if (count > NAMES_SHOWN)
        buf_add_text(text, " …");
}

static bool find(const struct search *search, struct buf *missing, struct err *err)
{
    struct buf array = {0};
    struct db_reply reply = {0};
    if (!search->upgrades->count)
        return true;
    write_array(search->upgrades, &array);
    const char *params[] = {buf_text(&array)};
    struct db_step step = {.statement = search->ask, .params = params};
    bool done = array.failed ? err_set_nomem(err) : db_run(search->db, &step, 1, &reply, err);
    if (done)
        write_missing(&reply, missing);
    db_reply_release(&reply);
    buf_release(&array);
    return done;
}

bool behind_find(struct db *db, const struct upgrades *upgrades, struct buf *missing,
                 struct err *err)
{
    struct search search = {.db = db, .ask = &ask_client, .upgrades = upgrades};
    return find(&search, missing, err);
}

bool behind_find_auth(struct db *db, const struct upgrades *upgrades, struct buf *missing,
                      struct err *err)
{
    struct search search = {.db = db, .ask = &ask_auth, .upgrades = upgrades};
    return find(&search, missing, err);
}
