/* clock.h: the two clocks, read in one place.
 *
 * Real time tells when something happened or is due; monotonic time measures waits and deadlines,
 * because the real clock jumps.  Floors below engine/ read only the monotonic clock.
 * Source: clock_gettime(2).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Microseconds since 1970-01-01 00:00:00 UTC. */
int64_t clock_real_us(void);

/* Milliseconds since some point in the past; never goes backwards. */
int64_t clock_mono_ms(void);

/* What is left until a monotonic deadline, as poll(2) wants it: 0 when it has passed. */
int clock_left_ms(int64_t deadline_ms);

#endif
