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

/*
 * The columns of a result. Static storage. ODBC 2 has other names for some of them (ODBC
 * Programmer's Reference, "Comments" of each function), which its applications may look for.
 */
struct catalog_columns {
    const struct column *columns;
    const struct column *odbc2; /* the same under the names of ODBC 2 */
    unsigned count;
};

/*
 * Each list is a macro of V, which chooses from V("name", "name of ODBC 2"):
 *
 *     #define COLUMNS(V) { CATALOG_NAME(V("TABLE_CAT", "TABLE_QUALIFIER"), 1), ... }
 */
#define CATALOG_ODBC3(name, odbc2_name) name
#define CATALOG_ODBC2(name, odbc2_name) odbc2_name
#define CATALOG_COLUMNS(array, odbc2_array) \
    { \
        (array), (odbc2_array), sizeof(array) / sizeof *(array) \
    }

/* Entries of such a list. may_be_null is 0 or 1. Names fit 255 characters, Glue's limit. */
#define CATALOG_COLUMN(column_name, athena_type, athena_name, digits, may_be_null) \
    { \
        .name = (column_name), .label = (column_name), .catalog = "", .schema = "", .table = "", \
        .type_name = (athena_name), .type = (athena_type), .precision = (digits), \
        .is_case_sensitive = (athena_type) == ATHENA_VARCHAR, .nullable = (may_be_null) \
    }
#define CATALOG_NAME(name, may_be_null) CATALOG_TEXT(name, 255, may_be_null)
#define CATALOG_TEXT(name, chars, may_be_null) \
    CATALOG_COLUMN(name, ATHENA_VARCHAR, "varchar", chars, may_be_null)
#define CATALOG_SMALLINT(name, may_be_null) \
    CATALOG_COLUMN(name, ATHENA_SMALLINT, "smallint", 5, may_be_null)
#define CATALOG_INTEGER(name, may_be_null) \
    CATALOG_COLUMN(name, ATHENA_INTEGER, "integer", 10, may_be_null)

/* What SQLColumns and SQLProcedureColumns both say of a value, DATA_TYPE to IS_NULLABLE. */
/* clang-format off */
#define CATALOG_VALUE_COLUMNS(V) \
    CATALOG_SMALLINT("DATA_TYPE", 0), \
    CATALOG_TEXT("TYPE_NAME", CATALOG_TYPE_CHARS, 0), \
    CATALOG_INTEGER(V("COLUMN_SIZE", "PRECISION"), 1), \
    CATALOG_INTEGER(V("BUFFER_LENGTH", "LENGTH"), 1), \
    CATALOG_SMALLINT(V("DECIMAL_DIGITS", "SCALE"), 1), \
    CATALOG_SMALLINT(V("NUM_PREC_RADIX", "RADIX"), 1), \
    CATALOG_SMALLINT("NULLABLE", 0), \
    CATALOG_TEXT("REMARKS", CATALOG_REMARKS_CHARS, 1), \
    CATALOG_TEXT("COLUMN_DEF", 255, 1), \
    CATALOG_SMALLINT("SQL_DATA_TYPE", 0), \
    CATALOG_SMALLINT("SQL_DATETIME_SUB", 1), \
    CATALOG_INTEGER("CHAR_OCTET_LENGTH", 1), \
    CATALOG_INTEGER("ORDINAL_POSITION", 0), \
    CATALOG_TEXT("IS_NULLABLE", 3, 1)
/* clang-format on */

enum { CATALOG_REMARKS_CHARS = 2048, CATALOG_TYPE_CHARS = 255 };

#endif
