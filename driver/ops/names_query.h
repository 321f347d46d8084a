/*
 * A list of names that comes from a query instead of a metadata call: SHOW TABLES, information_schema.
 *
 * A part of another operation, as a call is (ops/call.h): it moves when its owner asks, and wakes
 * the owner. The query underneath is an ordinary one (ops/query.h): queued, watched, its rows read
 * as they come. I/O thread.
 */
#ifndef ATHENA_OPS_NAMES_QUERY_H
#define ATHENA_OPS_NAMES_QUERY_H

#include <stddef.h>

#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "base/value.h"
#include "engine/op.h"
#include "ops/query.h"
#include "ops/session.h"

struct names_query {
    struct query *query; /* one reference; NULL: idle */
    struct op *owner;
};

/* Takes the cells of one row; false: there is no memory for it. */
typedef bool names_row_fn(void *context, const struct cell *const *cells, unsigned count);

/* A zeroed struct is idle. schema may be NULL. ST_ERR: no memory. */
enum status names_query_start(struct names_query *n, struct op *owner, struct session *s,
                              const char *sql, const char *catalog, const char *schema,
                              struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: every row has been given to take(); ST_ERR: f says why not. Rows given before an
 * error are part of nothing whole.
 */
enum status names_query_ready(struct names_query *n, names_row_fn *take, void *context,
                              struct fault *f) RUNS_ON(io_thread);

/* Ends it, in any state; a query that still runs is stopped. Idle again. */
void names_query_clear(struct names_query *n) RUNS_ON(io_thread);

/* The same once the engine has dropped owner and query. Any thread. */
void names_query_drop(struct names_query *n);

#endif
