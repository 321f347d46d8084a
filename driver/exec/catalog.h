/*
 * The catalog functions: what there is to query, as result sets.
 *
 * Called between stmt_enter() and stmt_leave(); texts are UTF-8, NULL where the application gave
 * none. Each opens a cursor on rows made in memory (catalog/) and pushes its own diagnostics.
 *
 * SQLTables and SQLColumns ask Athena (ops/metadata.h). With SQL_ATTR_ASYNC_ENABLE on they may
 * return SQL_STILL_EXECUTING; called again (s->pending set) they go on and ignore their arguments.
 * The others never touch the network: they answer at once. (unixODBC's manager, 2.3.11, measured with
 * a scripted driver: each of the eleven catalog functions may be deferred and then end in success,
 * SQL_SUCCESS_WITH_INFO or SQL_ERROR, after an SQLCancel too, without leaving the statement in S11.)
 *
 * Rows come in the order that ODBC prescribes for each function, names compared byte by byte, and
 * are made as the cursor reads them (catalog/listing.h).
 *
 * An empty pattern restricts nothing, as a missing one, but for the enumerations of SQLTables.
 */
#ifndef ATHENA_EXEC_CATALOG_H
#define ATHENA_EXEC_CATALOG_H

#include "handle/stmt.h"

SQLRETURN catalog_tables(struct stmt *s, const char *catalog, const char *schema, const char *table,
                         const char *types);

SQLRETURN catalog_columns(struct stmt *s, const char *catalog, const char *schema,
                          const char *table, const char *column);

/* sql_type: SQL_ALL_TYPES or a concise type, of ODBC 2 or 3. */
SQLRETURN catalog_type_info(struct stmt *s, SQLSMALLINT sql_type);

/*
 * Athena knows no keys, no indexes, no procedures and no grants that SQL could list: these give an
 * empty result with the columns ODBC prescribes. function is the SQL_API_ number of one of
 * SQLStatistics, SQLPrimaryKeys, SQLForeignKeys, SQLSpecialColumns, SQLProcedures,
 * SQLProcedureColumns, SQLTablePrivileges, SQLColumnPrivileges; the entry point has checked its
 * arguments.
 */
SQLRETURN catalog_empty(struct stmt *s, SQLUSMALLINT function);

/* Gives up the catalog function that is pending (s->catalog); the statement is being closed. */
void catalog_abandon(struct stmt *s);

#endif
