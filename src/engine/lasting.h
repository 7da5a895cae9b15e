/* lasting.h: what lasts, told to the log: when it begins, once a day, and when it is over.
 *
 * By itself for faults that keep no job from running, a mail server or a monitor that is away; what
 * keeps jobs from running is told to people, too (engine/condition.h).
 *
 *     lasting_warn(&incidents, "courier/mail", "notices cannot be sent: …")
 *     lasting_over(&incidents, "courier/mail", "notices are sent")
 *
 * Ownership: everything is borrowed.
 */
#ifndef ENGINE_LASTING_H
#define ENGINE_LASTING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"
#include "store/incidents.h"

/* With the level of a warning. */
void lasting_warn(struct incidents *incidents, const char *key, const char *text);

void lasting_tell(struct incidents *incidents, enum log_level level, const char *key,
                  const char *text);

/* text: what is right again; nothing is said, and 0 returned, where nothing was wrong; else when it
 * began, in seconds since the epoch. */
int64_t lasting_over(struct incidents *incidents, const char *key, const char *text);

/* "client 'acme' is served again, after 12 min": what was wrong since then is not any more. */
void lasting_tell_over(const char *text, int64_t since_s);

#endif
