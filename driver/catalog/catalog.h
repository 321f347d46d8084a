/*
 * What the files of this folder share: the columns of a catalog function's result.
 *
 * The folder makes the rows of catalog functions out of what is known, as plain functions without
 * network and without handles. What entry points call is exec/catalog.h, which asks Athena first
 * (ops/metadata.h) and opens the cursor.
 */
#ifndef ATHENA_CATALOG_CATALOG_H
#define ATHENA_CATALOG_CATALOG_H

#include "base/value.h"

/* Static columns of a result. */
struct catalog_columns {
    const struct column *columns;
    unsigned count;
};

/* An entry of such a list. nullable is SQL_NO_NULLS or SQL_NULLABLE. */
#define CATALOG_COLUMN(column_name, athena, chars, is_nullable) \
    { \
        .name = (column_name), .label = (column_name), .catalog = "", .schema = "", .table = "", \
        .type_name = (athena) == ATHENA_VARCHAR ? "varchar" \
                     : (athena) == ATHENA_SMALLINT ? "smallint" \
                                                   : "integer", \
        .type = (athena), .precision = (chars), .is_case_sensitive = true, \
        .nullable = (is_nullable) \
    }

#endif
