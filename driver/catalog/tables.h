/*
 * The result of SQLTables, its three enumerations included.
 */
#ifndef ATHENA_CATALOG_TABLES_H
#define ATHENA_CATALOG_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "catalog/catalog.h"
#include "ops/metadata.h"

extern const struct catalog_columns tables_columns;

/* The kinds of tables that SQLTables tells apart, as bits of a set. */
enum table_kind { TABLE_KIND_TABLE = 1, TABLE_KIND_VIEW = 2, TABLE_KIND_ALL = 3 };

/*
 * The set that SQLTables's TableType means: a list like "TABLE,VIEW" or "'TABLE', 'VIEW'" in any
 * case; NULL, "" and "%" mean all, names that Athena has no such thing for none.
 */
unsigned tables_kinds(const char *types);

/*
 * Rows for the items (which are sorted for it) in ODBC's order: TABLE_TYPE, TABLE_CAT, TABLE_SCHEM,
 * TABLE_NAME. Items without a table, or without a database, are an enumeration's: one row for each
 * name. NULL with HY001.
 */
struct page *tables_page(struct metadata_item *items, size_t count, unsigned kinds,
                         struct fault *f);

/* SQL_ALL_TABLE_TYPES. */
struct page *tables_types_page(struct fault *f);

#endif
