/*
 * Catalog functions about things that Athena does not have: keys, indexes, procedures, grants.
 * Their results have the columns that ODBC prescribes and no rows.
 */
#ifndef ATHENA_CATALOG_EMPTY_H
#define ATHENA_CATALOG_EMPTY_H

#include <sql.h>
#include <sqlext.h>

#include "catalog/catalog.h"

/* The columns for an SQL_API_ number; count is 0 for a function that is not of this kind. */
struct catalog_columns empty_columns(SQLUSMALLINT function);

#endif
