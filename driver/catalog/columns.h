/*
 * The result of SQLColumns: the columns of tables, partition keys last.
 */
#ifndef ATHENA_CATALOG_COLUMNS_H
#define ATHENA_CATALOG_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "catalog/catalog.h"
#include "convert/sqltype.h"
#include "ops/metadata.h"
#include "results/feed.h"

extern const struct catalog_columns columns_columns;

struct columns_ask {
    const char *column; /* pattern, NULL for all; a plain name with is_name */
    bool is_name;
    bool is_odbc2; /* SQL_DATE and its like instead of SQL_TYPE_DATE */
    const struct sqltype_settings *settings;
};

/*
 * The rows for the columns of the tables that m has found, in ODBC's order: TABLE_CAT, TABLE_SCHEM,
 * TABLE_NAME (each by bytes), ORDINAL_POSITION. Holds m; copies ask but for its settings, which
 * outlive the feed. NULL: no memory.
 */
struct page_feed *columns_feed(struct metadata *m, const struct columns_ask *ask);

/*
 * What a type's name in a table's metadata says: "decimal(10,2)", "varchar(20)", "string",
 * "array<struct<a:int>>". Fills type, type_name (borrowed), precision and scale of *column, with
 * Athena's values where the name says none; the rest is cleared.
 */
void columns_read_type(const char *type_name, struct column *column);

#endif
