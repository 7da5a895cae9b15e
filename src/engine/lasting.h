/* lasting.h: faults that last but keep no job from running: a mail server or a monitor that is
 * away. A warning in the log when one begins and once a day, a word when it is over; no notice to
 * anybody.
 *
 *     lasting_warn(&incidents, "courier/mail", "notices cannot be sent: …")
 *     lasting_over(&incidents, "courier/mail", "notices are sent")
 *
 * Ownership: everything is borrowed.
 * Not here: what keeps jobs from running (engine/condition.h).
 */
#ifndef ENGINE_LASTING_H
#define ENGINE_LASTING_H

#include "store/incidents.h"

void lasting_warn(struct incidents *incidents, const char *key, const char *text);

/* text: what is right again; nothing is said where nothing was wrong. */
void lasting_over(struct incidents *incidents, const char *key, const char *text);

#endif
