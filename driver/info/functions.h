/* SQLGetFunctions: what handle/functions.def offers. Plain function; any thread. */
#ifndef ATHENA_INFO_FUNCTIONS_H
#define ATHENA_INFO_FUNCTIONS_H

#include <stdbool.h>
#include <sql.h>
#include <sqlext.h>

/*
 * supported is one number for a function of its own, 100 of them for SQL_API_ALL_FUNCTIONS, and
 * SQL_API_ODBC3_ALL_FUNCTIONS_SIZE words of bits for SQL_API_ODBC3_ALL_FUNCTIONS. False: there is
 * no function of that number in ODBC (HY095).
 */
bool functions_get(SQLUSMALLINT id, SQLUSMALLINT *supported);

#endif
