/* notify_parts.h: what notify.c, the outbox and its courier, and notify_runs.c, the run log, have
 * of each other; see notify.h. */
#ifndef ENGINE_NOTIFY_PARTS_H
#define ENGINE_NOTIFY_PARTS_H

#include "engine/notify.h"

/* How the keys of jobs' incidents begin. */
#define NOTIFY_JOBS "job/"

/* How far the run log has been read. */
void notify_load_offset(struct notify *notify);

/* Begins the run log anew where it has grown too large. */
void notify_rotate(struct notify *notify);

#endif
