/*
 * The one place where an application's thread waits: synchronous calls are asynchronous ones plus
 * the wait.
 */
#ifndef ATHENA_EXEC_AWAIT_H
#define ATHENA_EXEC_AWAIT_H

#include "base/status.h"
#include "engine/op.h"
#include "handle/stmt.h"

/*
 * The outcome of a submitted operation for the entry point function (SQL_API_ number).
 *
 * ST_WAIT: the statement is asynchronous and the operation not done. s->pending says so, the
 * application will be told if it asked for that, and the caller returns SQL_STILL_EXECUTING; the
 * next call of the same function comes here again. ST_OK, ST_ERR: the operation's result.
 *
 * Without SQL_ATTR_ASYNC_ENABLE, and for functions that must not be deferred (0 is one), it waits.
 * While the operation runs SQLCancel reaches it through s->running, which borrows it.
 */
enum status await(struct stmt *s, SQLUSMALLINT function, struct op *op);

/* The operation is given up (the statement is closed or freed while it is pending). */
void await_abandon(struct stmt *s, struct op *op);

#endif
