/*
 * Which conversions there are, as data.
 *
 * Two questions that ODBC asks with similar words: which C types a column can be bound to (appendix
 * D, else 07006), and which SQL types {fn CONVERT()} takes into which (SQLGetInfo SQL_CONVERT_*),
 * which is what Athena's CAST can do. Plain functions, any thread.
 */
#ifndef ATHENA_CONVERT_MATRIX_H
#define ATHENA_CONVERT_MATRIX_H

#include <stdbool.h>
#include <sql.h>
#include <sqlext.h>

#include "base/value.h"

/* Whether a value of an Athena type converts to a C type (ODBC 2 codes too); not SQL_C_DEFAULT. */
bool matrix_allows(enum athena_type from, SQLSMALLINT c_type);

/*
 * The SQL_CVT_* mask of an information type such as SQL_CONVERT_BIGINT: the types into which a
 * value of that type can be converted. 0 for a type Athena does not have.
 */
SQLUINTEGER matrix_convert(SQLUSMALLINT info_type);

#endif
