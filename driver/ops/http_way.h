/*
 * Whether calls of Athena go by HTTP/2: a state for each host, of the whole process.
 *
 *     UNKNOWN -> PROBED -> HTTP2      one exchange finds out; the others go by HTTP/1.1 meanwhile
 *        ^         |          |
 *        +---------+----------+-> HTTP1, for good: the host does not speak it, an answer has stayed
 *       it was lost               away, or has come by HTTP/1.1
 *
 * The last is more than untidy. A libcurl that shares a connection among exchanges may take one for
 * HTTP/2 that speaks HTTP/1.1, as behind a host with machines of both kinds, and gives each of two
 * exchanges the other's answer (seen with 7.88.1). So no such answer counts but the probe's, whose
 * connection nobody shares, and connections of the two kinds are kept apart (engine/http_easy.c).
 *
 * I/O thread.
 */
#ifndef ATHENA_OPS_HTTP_WAY_H
#define ATHENA_OPS_HTTP_WAY_H

#include <stdbool.h>

#include "base/thread.h"

enum { HTTP_WAY_HOSTS = 64 }; /* more: the one that was met first is forgotten */

enum http_turn { HTTP_TURN_HTTP1, HTTP_TURN_PROBE, HTTP_TURN_HTTP2 };

/*
 * How the next exchange with a host goes ("name", or "name:port"); what became of it is told by one of
 * the two below. HTTP/1.1 where there is no memory to know the host.
 */
enum http_turn http_way_next(const char *host) RUNS_ON(io_thread);

/* An answer has come, by HTTP/2 or not. False: it may be another exchange's. */
bool http_way_answered(const char *host, enum http_turn turn, bool is_http2) RUNS_ON(io_thread);

/* None has; is_silent: it was waited for in vain, and those that share the connection will. */
void http_way_lost(const char *host, enum http_turn turn, bool is_silent) RUNS_ON(io_thread);

#endif
