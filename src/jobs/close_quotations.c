/* CloseQuotations: closes quotations, asked for and offered, that are years old.
 *
 * A quotation without a number would get one in kivitendo, because saving it gives it one; here it
 * keeps none, and the result names its id. */
#include <string.h>

#include "core/date.h"
#include "core/whole.h"
#include "jobs/jobs.h"
#include "jobs/orders.h"

enum { YEARS_MAX = 1000 };

#define OPEN_AND_OLD                                                                               \
    " WHERE record_type::text IN ('request_quotation', 'sales_quotation')"                         \
    " AND transdate <= $1::date AND closed IS NOT TRUE"

static const struct db_statement list_old = {
    .params = 1,
    .sql = "SELECT record_type::text = 'sales_quotation', id, quonumber FROM public.oe" OPEN_AND_OLD
           " ORDER BY id",
};

static const struct db_statement close_old = {
    .params = 1,
    .sql = "WITH closed AS (UPDATE public.oe SET closed = true" OPEN_AND_OLD
           " RETURNING id, record_type, quonumber)"
           " SELECT record_type::text = 'sales_quotation', id, quonumber FROM closed ORDER BY id",
};

/* The result's words, in one language. */
struct words {
    const char *closed;
    const char *would_be_closed;
    const char *requests;
    const char *sales;
    const char *none;
};

static const struct words english = {
    .closed = "closed",
    .would_be_closed = "would be closed (dry run)",
    .requests = "request quotations",
    .sales = "sales quotations",
    .none = "none",
};

static const struct words german = {
    .closed = "geschlossen",
    .would_be_closed = "würden geschlossen (Probelauf)",
    .requests = "Preisanfragen",
    .sales = "Angebote",
    .none = "keine",
};

static void add_numbers(struct buf *text, const struct db_reply *reply, bool sales,
                        const struct words *words)
{
    const char *between = "";
    for (int row = 0; row < db_rows(reply, 0); row++) {
        if (db_true(reply, 0, row, 0) != sales)
            continue;
        const char *number = db_value(reply, 0, row, 2);
        buf_add_text(text, between);
        if (number && *number)
            buf_add_text(text, number);
        else
            buf_addf(text, "(id %s)", db_value(reply, 0, row, 1));
        between = ", ";
    }
    if (!*between)
        buf_add_text(text, words->none);
}

/* closed: request quotations: 17, 19; sales quotations: none */
static bool describe(const struct job_run *run, const struct db_reply *reply, bool dry_run,
                     struct outcome *outcome, struct err *err)
{
    const struct words *words = strncmp(run->language, "de", 2) == 0 ? &german : &english;
    struct buf text = {0};
    buf_addf(&text, "%s: %s: ", dry_run ? words->would_be_closed : words->closed, words->requests);
    add_numbers(&text, reply, false, words);
    buf_addf(&text, "; %s: ", words->sales);
    add_numbers(&text, reply, true, words);
    bool done = !text.failed || err_set_nomem(err);
    outcome_succeed(outcome, buf_text(&text));
    buf_release(&text);
    return done;
}

static bool run(struct job_run *run, struct outcome *outcome, struct err *err)
{
    static const struct zone utc = {0};
    int64_t years = 1;
    if (!whole_number(run->data, "years", YEARS_MAX, &years, err))
        return false;
    /* kivitendo's today is UTC's here, unlike in its other jobs. */
    struct civil today = date_today(&utc, run->now_us);
    struct civil limit = date_minus(&today, (struct date_step){.months = years * 12});
    char limit_text[DATE_TEXT_MAX];
    date_text(&limit, limit_text);
    const char *params[] = {limit_text};
    bool dry_run = data_truth(run->data, "dry_run");
    struct db_reply reply;
    bool done = orders_ask(run, dry_run ? &list_old : &close_old, params, &reply, err) &&
                describe(run, &reply, dry_run, outcome, err);
    db_reply_release(&reply);
    return done;
}

const struct handler job_close_quotations = {
    .package = "CloseQuotations",
    .run = run,
    .follows_releases = true,
};
