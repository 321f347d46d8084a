/*
 * What kind of statement was executed, in ODBC's words: SQL_DIAG_DYNAMIC_FUNCTION and its code
 * ("SQLGetDiagField Function", values of the dynamic function fields). Plain function; any thread.
 */
#ifndef ATHENA_HANDLE_DYNAMIC_FUNCTION_H
#define ATHENA_HANDLE_DYNAMIC_FUNCTION_H

#include <sql.h>
#include <sqlext.h>

/*
 * "SELECT CURSOR" and SQL_DIAG_SELECT_CURSOR for "select 1"; "" and SQL_DIAG_UNKNOWN_STATEMENT
 * for what ODBC has no word for, and for sql NULL. Comments before the statement are skipped.
 */
const char *dynamic_function(const char *sql, SQLINTEGER *code);

#endif
