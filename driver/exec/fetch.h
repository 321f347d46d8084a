/*
 * Rowsets: from rows in hand to bound columns.
 *
 * A row is always held back, because unixODBC leaves a statement whose deferred fetch ends in
 * SQL_ERROR or SQL_NO_DATA in its state S11 for ever: an asynchronous fetch is only ever
 * deferred while at least one undelivered row is in hand, so that a deferred fetch can always end
 * in SQL_SUCCESS; the end of data, a failed download or a cancel is reported by the next fetch, at
 * once. Called between stmt_enter() and stmt_leave().
 */
#ifndef ATHENA_EXEC_FETCH_H
#define ATHENA_EXEC_FETCH_H

#include "handle/stmt.h"

/*
 * SQLFetch, SQLFetchScroll(NEXT), SQLExtendedFetch(NEXT): the next rowset of ard->array_size rows
 * into the ARD's bindings. function is the SQL_API_ number of the entry point. row_count and
 * row_status (may be NULL) are SQLExtendedFetch's; the others pass the IRD's.
 */
SQLRETURN exec_fetch(struct stmt *s, SQLUSMALLINT function, SQLULEN rowset_size,
                     SQLULEN *rows_fetched, SQLUSMALLINT *row_status);

/* SQLGetData, in parts, any column order, on the current row of the rowset. Never deferred. */
SQLRETURN exec_get_data(struct stmt *s, SQLUSMALLINT column, SQLSMALLINT c_type, SQLPOINTER data,
                        SQLLEN buffer_bytes, SQLLEN *indicator);

#endif
