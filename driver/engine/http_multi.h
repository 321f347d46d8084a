/*
 * The engine's curl_multi: which exchanges run, on which sockets. Private to engine/.
 */
#ifndef ATHENA_ENGINE_HTTP_MULTI_H
#define ATHENA_ENGINE_HTTP_MULTI_H

#include "base/fault.h"
#include "base/thread.h"
#include "engine/engine.h"

struct http_multi;

/* Once for the process, before all else; the caller sees to it that only one thread does. */
void http_global_init(void);

/*
 * Around a fork(), in the parent before it, and in parent and child after it: keeps it from falling
 * into one of the few moments in which curl holds a lock of its own, for ever in the child.
 */
void http_fork_begin(void);
void http_fork_end(void);

struct http_multi *http_multi_new(struct engine *e, struct fault *f);

/* Ends every running exchange with HY008. */
void http_multi_drop(struct http_multi *m) RUNS_ON(io_thread);

/* Closes all connections. Nothing runs any more, or ever did. NULL is allowed. */
void http_multi_free(struct http_multi *m) RUNS_ON(io_thread);

#endif
