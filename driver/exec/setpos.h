/*
 * SQLSetPos and SQLBulkOperations: what of them there is for results that cannot be changed.
 *
 * Called between stmt_enter() and stmt_leave(). Never deferred: the rows are in memory, or in the
 * store of a scrollable cursor.
 */
#ifndef ATHENA_EXEC_SETPOS_H
#define ATHENA_EXEC_SETPOS_H

#include "handle/stmt.h"

/*
 * SQL_POSITION moves what SQLGetData reads to another row of the rowset. SQL_REFRESH converts a row, or
 * with row 0 all that SQL_ATTR_ROW_OPERATION_PTR does not exclude, into what is bound now; the
 * values are the same. HY092 for the others: SQL_ATTR_CONCURRENCY is read only (HYC00: SQL_ADD).
 */
SQLRETURN exec_set_pos(struct stmt *s, SQLSETPOSIROW row, SQLUSMALLINT operation,
                       SQLUSMALLINT lock);

/*
 * SQL_FETCH_BY_BOOKMARK: the rows whose bookmarks are in column 0's buffers, as many as a rowset
 * has, into the other columns'. The cursor is on no row afterwards, and the next fetch goes on from
 * where it was. HYC00 for the others.
 */
SQLRETURN exec_bulk_operations(struct stmt *s, SQLSMALLINT operation);

#endif
