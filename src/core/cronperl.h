/* cronperl.h: would kivitendo's own parser of cron_specs take this one?
 *
 *     if (!cronperl_accepts(spec, &why)) …      why.text: "'@daily' has 1 of 5 fields"
 *
 * kivitendo's pages refuse to save what it refuses, and its task_server.pl dies of it after the job
 * has run.  It takes neither names nor "@daily", counts Sunday as 0 only once in a list, and wants
 * some of the days of month to exist even where weekdays decide.
 *
 * Source: schedule.md, "Fields"; observed of DateTime::Event::Cron 0.09 over Set::Crontab 1.03,
 * which tests/reference holds beside it. Not here: what a spec means to us (core/cronspec.h).
 */
#ifndef CORE_CRONPERL_H
#define CORE_CRONPERL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/* NULL and "" stand for every minute. */
bool cronperl_accepts(const char *spec, struct err *why) MUST_USE;

#endif
