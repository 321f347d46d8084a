/*
 * The result of SQLGetTypeInfo: every type that an Athena column can have.
 */
#ifndef ATHENA_CATALOG_TYPEINFO_H
#define ATHENA_CATALOG_TYPEINFO_H

#include <stdbool.h>
#include <sql.h>
#include <sqlext.h>

#include "base/fault.h"
#include "catalog/catalog.h"
#include "convert/sqltype.h"

extern const struct catalog_columns typeinfo_columns;

/* Whether ODBC knows a type of this number, of version 2 or 3; else HY004. */
bool typeinfo_is_type(SQLSMALLINT sql_type);

/*
 * Rows for all types (SQL_ALL_TYPES) or those that are reported as sql_type, ordered by DATA_TYPE
 * and then by how closely a type is what its number says. NULL with HY001.
 */
struct page *typeinfo_page(SQLSMALLINT sql_type, bool is_odbc2,
                           const struct sqltype_settings *settings, struct fault *f);

#endif
