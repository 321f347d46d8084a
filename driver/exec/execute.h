/*
 * The application's side of an execution: begin the query, wait for it or say
 * SQL_STILL_EXECUTING, and open the cursor on its result.
 *
 * Every function here is called between stmt_enter() and stmt_leave(), pushes its own diagnostics
 * and returns the SQLRETURN of the entry point. With SQL_ATTR_ASYNC_ENABLE on they may return
 * SQL_STILL_EXECUTING; called again (same function, s->pending set) they go on with what was begun
 * and ignore their arguments. There is one code path: with it off, the same operation is waited
 * for (exec/await.h).
 */
#ifndef ATHENA_EXEC_EXECUTE_H
#define ATHENA_EXEC_EXECUTE_H

#include "engine/op.h"
#include "handle/stmt.h"
#include "results/feed.h"

/*
 * Keeps the text (UTF-8, copied) and its translation, whose faults are reported here (sql/escape.h).
 * Ends in STMT_PREPARED. No network.
 */
SQLRETURN exec_prepare(struct stmt *s, const char *sql);

/* Runs the prepared text. */
SQLRETURN exec_execute(struct stmt *s);

/* Prepares nothing, runs sql (UTF-8, copied). */
SQLRETURN exec_direct(struct stmt *s, const char *sql);

/*
 * SQLParamData after one of the two has said SQL_NEED_DATA: names the next parameter that wants
 * data, or runs the statement when it has all. Never deferred.
 */
SQLRETURN exec_param_data(struct stmt *s, SQLPOINTER *token);

/* Bounds an operation, before it is submitted, by SQL_ATTR_QUERY_TIMEOUT. */
void exec_set_deadline(const struct stmt *s, struct op *op);

/*
 * Opens a cursor on rows made in memory (catalog functions). Takes page, borrows columns (static).
 * The statement must be without a cursor.
 */
SQLRETURN exec_open_page(struct stmt *s, const struct column *columns, unsigned column_count,
                         struct page *page);

/* The same on rows that are made as they are read. Takes feed, which has a close() and never waits. */
SQLRETURN exec_open_feed(struct stmt *s, const struct column *columns, unsigned column_count,
                         struct page_feed *feed);

/*
 * SQLMoreResults: closes the cursor and opens the result of the next set of parameters, if there were
 * several (exec/param_sets.h). SQL_ERROR when that result is lost; the one behind it may be asked for.
 * Never deferred.
 */
SQLRETURN exec_more_results(struct stmt *s);

/*
 * Ends cursor and query: frees the result, stops a query that still runs (in the background).
 * The prepared text stays. Idempotent; returns nothing because nothing can fail.
 */
void exec_close(struct stmt *s);

/* All of exec_close() and the prepared text; before the statement is freed or reset. */
void exec_discard(struct stmt *s);

#endif
