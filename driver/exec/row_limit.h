/*
 * SQL_ATTR_MAX_ROWS as a LIMIT of the query, so that Athena does not read and write rows that nobody
 * will see: a preview of a big table would else scan, and bill, all of it. The fetch keeps to
 * the attribute in any case (exec/fetch.c).
 */
#ifndef ATHENA_EXEC_ROW_LIMIT_H
#define ATHENA_EXEC_ROW_LIMIT_H

#include "handle/stmt.h"

/*
 * The text with the limit; the caller frees it. NULL: it is to run as it is, because the attribute
 * is not set, the text is no query or has a limit already, there would be too much of it, or
 * results are to be reused (Athena reuses none of a query with LIMIT and without ORDER BY).
 */
char *row_limit_put(const struct stmt *s, const char *sql);

#endif
