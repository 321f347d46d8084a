/*
 * StopQueryExecution in the background, for a query whose statement has gone on without it.
 */
#ifndef ATHENA_OPS_STOP_H
#define ATHENA_OPS_STOP_H

#include "base/thread.h"
#include "ops/session.h"

/*
 * Sends the request and forgets it; a refusal is logged (a policy may lack the permission). The
 * engine keeps it alive within its grace time. Copies id.
 */
void stop_in_background(struct session *s, const char *query_id) RUNS_ON(io_thread);

#endif
