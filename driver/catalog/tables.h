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
#include "results/feed.h"

extern const struct catalog_columns tables_columns;

/* The kinds of tables that SQLTables tells apart, as bits of a set. */
enum table_kind { TABLE_KIND_TABLE = 1, TABLE_KIND_VIEW = 2, TABLE_KIND_ALL = 3 };

/*
 * The set that SQLTables's TableType means: a list like "TABLE,VIEW" or "'TABLE', 'VIEW'" in any
 * case; NULL, "" and "%" mean all, names that Athena has no such thing for none.
 */
unsigned tables_kinds(const char *types);

/*
 * The rows for the tables that m has found, in ODBC's order: TABLE_TYPE, TABLE_CAT, TABLE_SCHEM,
 * TABLE_NAME, each by bytes. Holds m. NULL: no memory.
 */
struct page_feed *tables_feed(struct metadata *m, unsigned kinds);

/*
 * SQL_ALL_CATALOGS and SQL_ALL_SCHEMAS: one row for each name that m has found, by its depth. Sorts
 * m's lists. NULL with HY001.
 */
struct page *tables_names_page(struct metadata *m, struct fault *f);

/* SQL_ALL_TABLE_TYPES. */
struct page *tables_types_page(struct fault *f);

#endif
