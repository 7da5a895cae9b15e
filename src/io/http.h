/* http.h: fetching an address, for a heartbeat.
 *
 *     http_get("https://monitor.example.com/ping", 5000, err)
 *
 * The answer's text is thrown away.  Redirections are not followed: whoever answers with one has
 * not got what was meant.  Certificates are verified. Errors: ERR_AWAY: no answer in time, or one
 * of 300 and above.
 */
#ifndef IO_HTTP_H
#define IO_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

bool http_get(const char *url, int64_t timeout_ms, struct err *err) MUST_USE;

#endif
