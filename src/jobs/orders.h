/* orders.h: asking the table oe, which older client databases have in another shape.
 *
 * Since kivitendo 3.9 oe.record_type says what a row is.  Before, several columns together did;
 * for such a database the error says that this job needs kivitendo's own class.
 */
#ifndef JOBS_ORDERS_H
#define JOBS_ORDERS_H

#include "jobs/handler.h"

/* As job_ask, for a statement that uses oe.record_type. */
bool orders_ask(struct job_run *run, const struct db_statement *statement,
                const char *const *params, struct db_reply *reply, struct err *err) MUST_USE;

#endif
