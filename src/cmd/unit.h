/* unit.h: a run whose systemd unit lets it write nothing says what to do about that.
 *
 * The shipped unit with an @ cannot know where kivitendo lies, so it allows no path below it; that
 * is what "task_server -c FILE start" writes into a drop-in.  Who enables an instance by hand
 * instead meets a read-only file system, which explains nothing.
 *
 * Source: systemd.exec(5), ProtectSystem= and $INVOCATION_ID.
 */
#ifndef CMD_UNIT_H
#define CMD_UNIT_H

#include "engine/site.h"

/* Logs it, if it is so. */
void unit_explain(const struct site *site);

#endif
