/* window.h: shows passers-by what the lanes have been at for a while: the parent writes it into the
 * busy file (store/busy.h).
 *
 *     struct window window = {.path = path};          NULL: nothing is shown
 *     for each turn of the round's loop: window_look(&window, &crew, &roster)
 *                                        and wait at most window_wait_ms(&window, &crew)
 *     window_close(&window)
 *
 * Lanes tell their parent nothing when they go from one job to the next, so while something is
 * shown it is looked at again every LONG_RUNNER_MS.  Until a lane has been on one thing for that
 * long nothing is written, and nothing waits differently.
 *
 * Ownership: borrows the path.
 * Errors: what cannot be written is logged once; jobs run all the same.
 */
#ifndef ENGINE_WINDOW_H
#define ENGINE_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/crew.h"
#include "engine/roster.h"

struct window {
    const char *path;
    int64_t shown_ms[BOARD_SLOTS]; /* since when each lane is at what is shown; 0: it is not */
    bool shows;                    /* the file is there */
    bool troubled;                 /* and that it cannot be written has been said */
};

void window_look(struct window *window, const struct crew *crew, struct roster *roster);

/* -1: for ever. */
int window_wait_ms(const struct window *window, const struct crew *crew);

/* Takes the file away. */
void window_close(struct window *window);

#endif
