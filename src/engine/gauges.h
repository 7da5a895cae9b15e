/* gauges.h: what is so at the end of a run, counted for metrics_file.
 *
 *     struct metrics_run run = {.file = …, .started_us = …};
 *     gauges_take(&run, &memory, &round)
 *
 * Source: the incidents (store/incidents.h): "nologin", "hold", and those whose keys end in a
 * client's id; the round's clients; the journal.
 */
#ifndef ENGINE_GAUGES_H
#define ENGINE_GAUGES_H

#include "engine/memory.h"
#include "engine/metrics.h"
#include "engine/round.h"

/* Sets locked, all_held, clients, unreachable, held and journal. */
void gauges_take(struct metrics_run *run, const struct memory *memory, const struct round *round);

#endif
