/* memory.h: what is remembered from run to run, and who is told: the state directory and all that
 * lies in it, for the process that serves or wants to serve.
 *
 *     memory_open(&memory, &site)           logs what cannot be had; jobs run without it, too
 *     memory.conditions …                   engine/condition.h
 *     memory_save(&memory)                  incidents
 *     memory_close(&memory)
 *
 * It lends the state directory and the run log to the site.
 * Ownership: owns everything below.
 */
#ifndef ENGINE_MEMORY_H
#define ENGINE_MEMORY_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "engine/condition.h"
#include "engine/metrics.h"
#include "engine/notify.h"
#include "engine/site.h"
#include "io/statedir.h"
#include "store/incidents.h"
#include "store/runlog.h"

struct memory {
    struct site *site;
    struct statedir state; /* closed where there can be none */
    struct incidents incidents;
    struct conditions conditions;
    struct runlog runlog;
    char *runlog_path;
    struct notify notify; /* its site is NULL where nobody can be told */
    struct metrics metrics;
};

void memory_open(struct memory *memory, struct site *site);

/* NULL where nobody can be told. */
struct notify *memory_notify(struct memory *memory);

void memory_save(struct memory *memory);

void memory_close(struct memory *memory);

#endif
