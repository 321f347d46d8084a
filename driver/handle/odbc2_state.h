/*
 * SQLSTATEs as an application of ODBC 2 knows them (ODBC Programmer's Reference, appendix A,
 * "SQLSTATE Mappings"). unixODBC's manager maps most of them too, others do not. Plain functions.
 */
#ifndef ATHENA_HANDLE_ODBC2_STATE_H
#define ATHENA_HANDLE_ODBC2_STATE_H

#include <sql.h>
#include <sqlext.h>

#include "base/fault.h"

/*
 * "S1000" for HY000. function: the SQL_API_ number of who has reported it, which tells a bad
 * column (S1002) from a bad parameter (S1093). States that ODBC 2 has not, or has under the same
 * name, are unchanged. Static storage.
 */
const char *odbc2_state(enum sqlstate state, SQLUSMALLINT function);

#endif
