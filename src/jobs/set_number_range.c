/* SetNumberRange: new number ranges for a new year or month, in the one row of `defaults`.
 *
 * The row is locked before it is read, because an invoice that is being posted counts one of them
 * up.  Older client databases lack some of the columns: those that are not there are left out. */
#include "core/date.h"
#include "core/ranges.h"
#include "jobs/answer.h"
#include "jobs/jobs.h"

static const char *const columns[] = {
    "invnumber",
    "cnnumber",
    "soinumber",
    "pqinumber",
    "sonumber",
    "ponumber",
    "pocnumber",
    "sqnumber",
    "rfqnumber",
    "sdonumber",
    "pdonumber",
    "sudonumber",
    "rdonumber",
    "s_reclamation_record_number",
    "p_reclamation_record_number",
};

enum { COLUMNS = ARRAY_LEN(columns) };

/* One row for each of the names, in their order: is there such a column, and its value. */
static const struct db_statement lock_ranges = {
    .params = 1,
    .sql = "SELECT d.ranges ? wanted.name, d.ranges ->> wanted.name"
           " FROM (SELECT to_jsonb(r) AS ranges FROM public.defaults AS r FOR UPDATE) AS d"
           " CROSS JOIN unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)"
           " ORDER BY wanted.place",
};

/* What is written: the n-th column gets the n-th parameter. */
struct update {
    struct buf sql;
    const char *params[COLUMNS];
    int count;
    struct range next[COLUMNS];
};

static bool add_column(struct update *update, const struct ranges_rule *rule, int column,
                       const char *old, struct err *err)
{
    struct range *next = &update->next[column];
    if (!ranges_next(rule, old, next, err))
        return err_wrap(err, "the number range %s", columns[column]);
    if (next->is_null)
        return true;
    update->params[update->count++] = next->text;
    buf_addf(&update->sql, "%s %s = $%d", update->count == 1 ? "" : ",", columns[column],
             update->count);
    return true;
}

static bool plan_update(struct update *update, const struct ranges_rule *rule,
                        const struct db_reply *ranges, struct err *err)
{
    if (db_rows(ranges, 0) != COLUMNS)
        return err_set(err, ERR_JOB, "the table defaults has %d rows instead of one",
                       db_rows(ranges, 0) / COLUMNS);
    buf_add_text(&update->sql, "UPDATE public.defaults SET");
    for (int i = 0; i < COLUMNS; i++)
        if (db_true(ranges, 0, i, 0) &&
            !add_column(update, rule, i, db_value(ranges, 0, i, 1), err))
            return false;
    return !update->sql.failed || err_set_nomem(err);
}

static bool write_ranges(struct job_run *run, const struct ranges_rule *rule,
                         const struct db_reply *ranges, struct err *err)
{
    struct update update = {0};
    bool done = plan_update(&update, rule, ranges, err);
    if (done && update.count > 0) {
        struct db_statement statement = {.params = update.count, .sql = buf_text(&update.sql)};
        struct db_reply reply;
        done = job_ask(run, &statement, update.params, &reply, err);
        db_reply_release(&reply);
    }
    buf_release(&update.sql);
    return done;
}

static bool lock_and_write(struct job_run *run, const struct ranges_rule *rule, struct err *err)
{
    struct buf names = {0};
    for (int i = 0; i < COLUMNS; i++)
        buf_addf(&names, "%c%s", i ? ',' : '{', columns[i]);
    buf_add_text(&names, "}");
    const char *params[] = {buf_text(&names)};
    struct db_reply reply;
    bool done = job_ask(run, &lock_ranges, params, &reply, err) &&
                write_ranges(run, rule, &reply, err);
    db_reply_release(&reply);
    buf_release(&names);
    return done;
}

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    struct ranges_rule rule;
    struct ranges_dates dates = {
        .slot = date_today(run->zone, run->slot_us),
        .today = date_today(run->zone, run->now_us),
    };
    return ranges_rule_read(&rule, run->data, &dates, err) && lock_and_write(run, &rule, err) &&
           answer_from_data(run, outcome, err);
}

const struct handler job_set_number_range = {
    .package = "SetNumberRange",
    .run = run,
    .follows_releases = true,
};
