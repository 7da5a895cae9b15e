#include "store/job_edit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

enum { PARAMS_MAX = 1 + 2 * JOB_COLUMNS };

/* Names and types of columns are constants of ours: nothing a user types becomes part of the SQL.
 */
static const struct {
    const char *name;
    const char *type;
} columns[JOB_COLUMNS] = {
    [JOB_TYPE] = {"type", "text"},      [JOB_PACKAGE] = {"package_name", "text"},
    [JOB_SPEC] = {"cron_spec", "text"}, [JOB_ACTIVE] = {"active", "boolean"},
    [JOB_DATA] = {"data", "text"},      [JOB_DESCRIPTION] = {"description", "text"},
    [JOB_NODE] = {"node_id", "text"},   [JOB_NEXT] = {"next_run_at", "timestamp"},
};

/* A statement that is being put together. */
struct draft {
    struct buf sql;
    const char *params[PARAMS_MAX];
    int count;
};

static void add_param(struct draft *draft, const char *value, enum job_column column)
{
    draft->params[draft->count++] = value;
    buf_addf(&draft->sql, "$%d::%s", draft->count, columns[column].type);
}

/* What the row had in this column when it was shown. */
static const char *shown(const struct job *row, enum job_column column)
{
    switch (column) {
    case JOB_TYPE: return row->type;
    case JOB_PACKAGE: return row->package;
    case JOB_SPEC: return row->spec;
    case JOB_ACTIVE: return row->active ? "true" : "false";
    case JOB_DATA: return row->data;
    case JOB_DESCRIPTION: return row->description;
    case JOB_NODE: return row->node;
    case JOB_NEXT:
    case JOB_COLUMNS: break;
    }
    return NULL;
}

static void add_condition(struct draft *draft, const struct job *row, enum job_column column)
{
    if (column == JOB_ACTIVE) /* null counts as false */
        buf_add_text(&draft->sql, " AND (active IS TRUE) = ");
    else
        buf_addf(&draft->sql, " AND %s IS NOT DISTINCT FROM ", columns[column].name);
    add_param(draft, shown(row, column), column);
}

/* The row still is what was shown; id: its text, which outlives the draft. */
static void add_conditions(struct draft *draft, const struct job *row, const char *id,
                           const struct job_change *changes, int count)
{
    draft->params[draft->count++] = id;
    buf_addf(&draft->sql, " WHERE id = $%d::integer", draft->count);
    for (int column = JOB_TYPE; column <= JOB_ACTIVE; column++)
        add_condition(draft, row, (enum job_column)column);
    for (int i = 0; i < count; i++)
        if (changes[i].column > JOB_ACTIVE && changes[i].column != JOB_NEXT)
            add_condition(draft, row, changes[i].column);
}

static bool run_draft(struct db *db, struct draft *draft, struct db_reply *reply, struct err *err)
{
    struct db_statement statement = {.sql = buf_text(&draft->sql), .params = draft->count};
    struct db_step step = {.statement = &statement, .params = draft->params};
    *reply = (struct db_reply){0};
    return draft->sql.failed ? err_set_nomem(err) : db_run(db, &step, 1, reply, err);
}

/* Nothing was changed: why? */
static bool look_again(struct db *db, const char *id, enum edit_end *end, struct err *err)
{
    static const struct db_statement ask = {
        .params = 1,
        .sql = "SELECT FROM public.background_jobs WHERE id = $1::integer",
    };
    struct db_step step = {.statement = &ask, .params = &id};
    struct db_reply reply;
    bool done = db_run(db, &step, 1, &reply, err);
    *end = db_rows(&reply, 0) ? EDIT_OTHER : EDIT_GONE;
    db_reply_release(&reply);
    return done;
}

/* Runs an UPDATE or DELETE that returns the id, and releases the draft. */
static bool change_row(struct db *db, struct draft *draft, const char *id, enum edit_end *end,
                       struct err *err)
{
    struct db_reply reply;
    buf_add_text(&draft->sql, " RETURNING id");
    bool done = run_draft(db, draft, &reply, err);
    int rows = db_rows(&reply, 0);
    db_reply_release(&reply);
    buf_release(&draft->sql);
    *end = EDIT_DONE;
    return done && (rows || look_again(db, id, end, err));
}

bool job_edit(struct db *db, const struct job *row, const struct job_change *changes, int count,
              enum edit_end *end, struct err *err)
{
    char id[16];
    struct draft draft = {0};
    snprintf(id, sizeof id, "%d", row->id);
    buf_add_text(&draft.sql, "UPDATE public.background_jobs SET ");
    for (int i = 0; i < count; i++) {
        buf_addf(&draft.sql, "%s%s = ", i ? ", " : "", columns[changes[i].column].name);
        add_param(&draft, changes[i].value, changes[i].column);
    }
    add_conditions(&draft, row, id, changes, count);
    return change_row(db, &draft, id, end, err);
}

bool job_delete(struct db *db, const struct job *row, enum edit_end *end, struct err *err)
{
    char id[16];
    struct draft draft = {0};
    snprintf(id, sizeof id, "%d", row->id);
    buf_add_text(&draft.sql, "DELETE FROM public.background_jobs");
    add_conditions(&draft, row, id, NULL, 0);
    return change_row(db, &draft, id, end, err);
}

bool job_insert(struct db *db, const struct job_change *changes, int count, int *id,
                struct err *err)
{
    struct draft draft = {0};
    struct db_reply reply;
    buf_add_text(&draft.sql, "INSERT INTO public.background_jobs (");
    for (int i = 0; i < count; i++)
        buf_addf(&draft.sql, "%s%s", i ? ", " : "", columns[changes[i].column].name);
    buf_add_text(&draft.sql, ") VALUES (");
    for (int i = 0; i < count; i++) {
        buf_add_text(&draft.sql, i ? ", " : "");
        add_param(&draft, changes[i].value, changes[i].column);
    }
    buf_add_text(&draft.sql, ") RETURNING id");
    bool done = run_draft(db, &draft, &reply, err);
    const char *value = db_value(&reply, 0, 0, 0);
    *id = value ? atoi(value) : 0;
    db_reply_release(&reply);
    buf_release(&draft.sql);
    return done;
}
