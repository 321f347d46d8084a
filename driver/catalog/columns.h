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

extern const struct catalog_columns columns_columns;

struct columns_ask {
    const char *column; /* pattern, NULL for all; a plain name with is_name */
    bool is_name;
    bool is_odbc2; /* SQL_DATE and its like instead of SQL_TYPE_DATE */
    const struct sqltype_settings *settings;
};

/*
 * Rows for the columns of items (sorted for it), in ODBC's order: TABLE_CAT, TABLE_SCHEM,
 * TABLE_NAME, ORDINAL_POSITION. NULL with HY001.
 */
struct page *columns_page(struct metadata_item *items, size_t count, const struct columns_ask *ask,
                          struct fault *f);

/*
 * What a type's name in a table's metadata says: "decimal(10,2)", "varchar(20)", "string",
 * "array<struct<a:int>>". Fills type, type_name (borrowed), precision and scale of *column, with
 * Athena's values where the name says none; the rest is cleared.
 */
void columns_read_type(const char *type_name, struct column *column);

#endif
