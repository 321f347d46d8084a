/*
 * SQLGetInfo: one table (info_table.def) and what has to be asked of the connection.
 *
 * SQL_DRIVER_HDBC and its like, SQL_DM_VER and SQL_ODBC_VER are the driver manager's to answer.
 */
#ifndef ATHENA_INFO_INFO_H
#define ATHENA_INFO_INFO_H

#include "handle/dbc.h"
#include "handle/text.h"

/* Between dbc_enter() and dbc_leave(). HY096 for an unknown type; 01004, HY090 for texts. */
SQLRETURN info_get(struct dbc *d, SQLUSMALLINT type, const struct text_room *out);

#endif
