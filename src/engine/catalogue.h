/* catalogue.h: which package name means which native job.
 *
 * The table is sorted by package and searched by halves; tests/unit/catalogue_test.c checks that it
 * is sorted, and that the list of names is complete.
 * Not here: what a job does (jobs/jobs.h), and package names that mean no native job.
 */
#ifndef ENGINE_CATALOGUE_H
#define ENGINE_CATALOGUE_H

#include <stddef.h>

#include "jobs/handler.h"

/* The handler of exactly this package name, or NULL. */
const struct handler *catalogue_find(const char *package);

/* How many there are, and the n-th of them. */
size_t catalogue_count(void);
const struct handler *catalogue_at(size_t n);

/* All package names, separated by ", ", for messages. */
const char *catalogue_names(void);

#endif
