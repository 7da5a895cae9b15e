/* heartbeat.h: tells a monitor that runs happen, and whether they are good ones.
 *
 *     heartbeat_send(url, good, err)
 *
 * Fetches the address of [task_server] heartbeat_url; after a bad run, one with "/fail" at the end
 * of its path.  It takes five seconds at most, so it belongs into a courier.
 *
 * Errors: ERR_AWAY: no answer, or one of 300 and above: it has not arrived where it should.
 * Source: the services that count such calls agree on it: healthchecks.io, "Signaling failures".
 */
#ifndef ENGINE_HEARTBEAT_H
#define ENGINE_HEARTBEAT_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/* The address itself.  Pure. */
void heartbeat_address(const char *url, bool good, struct buf *address);

bool heartbeat_send(const char *url, bool good, struct err *err) MUST_USE;

#endif
