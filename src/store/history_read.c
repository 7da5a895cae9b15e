#include "store/history_read.h"

#include "store/history.h"

/* Inside the lateral subquery a name means the table's column where it has one, and the null of
 * `absent` where it has not. */
#define WANTED_ROWS                                                                                \
    " FROM (SELECT NULL::text AS description) AS absent CROSS JOIN LATERAL"                        \
    " (SELECT id, package_name, run_at, result, error, data, description," HISTORY_ENDED(          \
        "") " AS ended"                                                                            \
            "   FROM public.background_job_histories"                                              \
            "   WHERE ($1::text IS NULL OR package_name = $1)"                                     \
            "     AND ($3::timestamp IS NULL OR run_at >= $3::timestamp)) AS h"                    \
            " WHERE ($2::text IS NULL OR h.ended = $2 OR ($2 = 'failure' AND h.ended = "           \
            "'interrupted'))"

/* The beginning of a text; one that loses its end says so. */
#define BEGINNING(column, length)                                                                  \
    "left(" column ", " length ") || CASE WHEN length(" column ") > " length                       \
    "  THEN '…' ELSE '' END"
#define RESULT     BEGINNING("h.result", "$5::integer")
#define ERROR      BEGINNING("h.error", "$5::integer")
#define DATA       BEGINNING("h.data", "$5::integer")
#define STAT_ERROR BEGINNING("h.error", "$4::integer")

static const struct db_statement list = {
    .params = 5,
    .sql = "SELECT h.id, h.package_name, h.run_at::text, h.ended, " RESULT ", " ERROR ", " DATA
           ", h.description" WANTED_ROWS
           " ORDER BY h.run_at DESC NULLS LAST, h.id DESC LIMIT $4::bigint",
};

static const struct db_statement stats = {
    .params = 4,
    .sql = "SELECT h.package_name, count(*), count(*) FILTER (WHERE h.ended <> 'success'),"
           " max(h.run_at)::text, max(h.run_at) FILTER (WHERE h.ended <> 'success')::text,"
           " (array_agg(" STAT_ERROR " ORDER BY h.run_at DESC, h.id DESC)"
           "   FILTER (WHERE h.ended <> 'success'))[1]" WANTED_ROWS
           " GROUP BY h.package_name ORDER BY h.package_name",
};

/* Slots of local time: where clocks are set back, two times share one. */
#define SLOT(time) "floor(extract(epoch FROM " time ") / $5::integer)"

static const struct db_statement marks = {
    .params = 5,
    .sql = "SELECT h.package_name, min(h.run_at)::text, max(h.run_at)::text, count(*),"
           " count(*) FILTER (WHERE h.ended <> 'success'),"
           " (array_agg(left(h.error, 200) ORDER BY h.run_at DESC, h.id DESC)"
           "   FILTER (WHERE h.ended <> 'success' AND h.run_at >= $4::timestamp))[1]" WANTED_ROWS
           " AND h.run_at < 'infinity' AND h.package_name IS NOT NULL"
           " GROUP BY h.package_name, greatest(" SLOT("h.run_at") "," SLOT(
               "$4::timestamp") " - 1)"
                                " ORDER BY h.package_name, min(h.run_at)",
};

static const char *text_limit(const struct history_query *query)
{
    return query->whole ? "1000000000" : "300";
}

bool history_list(struct db *db, const struct history_query *query, struct db_reply *reply,
                  struct err *err)
{
    const char *params[] = {query->package, query->status, query->since, query->limit,
                            text_limit(query)};
    struct db_step step = {.statement = &list, .params = params};
    return db_run(db, &step, 1, reply, err);
}

bool history_stats(struct db *db, const struct history_query *query, struct db_reply *reply,
                   struct err *err)
{
    const char *params[] = {query->package, query->status, query->since, text_limit(query)};
    struct db_step step = {.statement = &stats, .params = params};
    return db_run(db, &step, 1, reply, err);
}

bool history_marks(struct db *db, const struct history_span *span, struct db_reply *reply,
                   struct err *err)
{
    const char *params[] = {NULL, NULL, NULL, span->since, span->slot_s};
    struct db_step step = {.statement = &marks, .params = params};
    return db_run(db, &step, 1, reply, err);
}
