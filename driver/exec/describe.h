/*
 * The columns of a statement that is prepared and not yet executed: what SQLNumResultCols,
 * SQLDescribeCol and SQLColAttribute ask then.
 *
 * Athena describes a query when it has run. So a prepared query is run asking for no row,
 *
 *     SELECT * FROM (the text) LIMIT 0
 *
 * with NULL for each parameter: that reads no data. SHOW, DESCRIBE and EXPLAIN read none either, and
 * are run as they are. Statements without rows have no columns. Of EXPLAIN ANALYZE, EXECUTE and what
 * we do not know, the columns are known after execution (HYC00). Nothing is asked before an
 * application wants to know, and then once a text.
 *
 * Called between stmt_enter() and stmt_leave(). Waits: these functions must never be deferred,
 * unixODBC would leave the statement stuck; SQLCancel and SQL_ATTR_QUERY_TIMEOUT end the wait.
 */
#ifndef ATHENA_EXEC_DESCRIBE_H
#define ATHENA_EXEC_DESCRIBE_H

#include "handle/stmt.h"

/* Fills the IRD of a prepared statement; does nothing in any other state. */
SQLRETURN exec_describe(struct stmt *s);

/* Another text will be prepared, or none. */
void exec_forget_description(struct stmt *s);

#endif
