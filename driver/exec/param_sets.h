/*
 * Executions for arrays of parameters: SQL_ATTR_PARAMSET_SIZE above 1, or a set that is ignored. ODBC
 * Programmer's Reference, "Using Arrays of Parameters".
 *
 *     INSERT ... VALUES (?, ?)     one statement with the rows of many sets, as many statements as
 *                                  Athena's limit of 262,144 bytes asks for, one after the other; the
 *                                  row count is their sum, and there is one result. (Athena writes
 *                                  to at most 100 partitions in a statement: rows for more of them
 *                                  want smaller arrays.)
 *     all others                   one query for each set, many at a time (ops/batch.h), as many as
 *                                  ParameterSetConcurrency says; a result set or a row count each,
 *                                  in the order of the sets, by SQLMoreResults
 *
 * What runs together takes effect in any order. Sets that need the effects of those before them want
 * ParameterSetConcurrency=1, one after the other; an INSERT that reads the table it writes is run so
 * in any case. UPDATE, DELETE and MERGE of one Iceberg table may collide: Iceberg makes the first
 * commit and refuses the others as a whole, which are then run again, one after the other in the order
 * of the sets, so that nothing is lost: SQL_PARAM_SUCCESS_WITH_INFO, and a record (01000) of each. (No other failure of what writes is tried again: a Hive table
 * may have got some of the files.)
 *
 * A set whose values cannot be converted is marked and not executed; the others are. A query that
 * fails marks its sets, and no more are started unless its reason is in the values (SQLSTATE 21000,
 * 22, 23): sets that were not started are SQL_PARAM_UNUSED; those that were run to their ends and say
 * what became of them. Of a query that writes and was cancelled, timed out or lost from sight nobody
 * knows what it has done: SQL_PARAM_DIAG_UNAVAILABLE. Results of sets that failed are left out; what
 * happened to them is in the records of the execution, with the number of the set as row.
 *
 * So SQLGetInfo answers SQL_PARC_BATCH and SQL_PAS_BATCH: counts and result sets come one for each set,
 * but for the combined INSERT, whose only count is that of all sets together.
 *
 * The return code is SQL_SUCCESS_WITH_INFO when some sets have failed and some have not, SQL_ERROR when
 * all have. An application without SQL_ATTR_PARAM_STATUS_PTR does not look at single sets, and would
 * take information for success: it gets SQL_ERROR when any set has failed, and a set that cannot be
 * converted then keeps all others from being executed. SQL_PARAM_DIAG_UNAVAILABLE comes with SQL_ERROR
 * too: DBD::ODBC takes it for success beside anything less.
 *
 * SQLExecute completes when every set has run and the results of the first BATCH_OPEN_MAX have their
 * columns and first row, or its absence, in hand. SQLMoreResults, which can never be deferred (DESIGN.md,
 * the S11 trap), lets one more be fetched ahead with each call, so that it finds the next result in
 * hand; only when the application is faster than the network and there are more than BATCH_OPEN_MAX
 * sets it waits. Open results share the memory of one (DownloadWindow). The literals of all sets are
 * made at once, so that the application's arrays are read during the call alone.
 *
 * Called between stmt_enter() and stmt_leave(); diagnostics are the statement's.
 */
#ifndef ATHENA_EXEC_PARAM_SETS_H
#define ATHENA_EXEC_PARAM_SETS_H

#include "engine/op.h"
#include "handle/stmt.h"

struct param_sets;

/* Whether an execution that begins now is one of these. */
bool param_sets_are_wanted(const struct stmt *s);

/*
 * Makes the queries of all sets of text and submits them: s->sets, and s->query is the first of them.
 * SQL_ERROR when no set can be executed; then nothing was. With nothing to run (all are ignored)
 * param_sets_op() is NULL.
 */
SQLRETURN param_sets_submit(struct stmt *s, const char *text);

/* What is to be awaited. */
struct op *param_sets_op(const struct stmt *s);

/*
 * After the operation has ended: fills SQL_ATTR_PARAM_STATUS_PTR and _PARAMS_PROCESSED_PTR, pushes the
 * records. The return code of above; SQL_ERROR too when the execution was cancelled.
 */
SQLRETURN param_sets_report(struct stmt *s);

/* Goes on to the next result: s->query, to be awaited. False: there is none, and s->query stays. */
bool param_sets_next(struct stmt *s);

/* Rows that the result in turn has written: SQLRowCount. */
SQLLEN param_sets_row_count(const struct stmt *s);

/* Stops what runs, in the background, and forgets it all. */
void param_sets_end(struct stmt *s);

#endif
