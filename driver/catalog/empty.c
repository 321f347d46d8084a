/* Results without rows. See empty.h. Columns after the ODBC Programmer's Reference. */
#include "catalog/empty.h"

#include <stddef.h>

/* clang-format off */
static const struct column statistics[] = {
    CATALOG_NAME("TABLE_CAT", 1),
    CATALOG_NAME("TABLE_SCHEM", 1),
    CATALOG_NAME("TABLE_NAME", 0),
    CATALOG_SMALLINT("NON_UNIQUE", 1),
    CATALOG_NAME("INDEX_QUALIFIER", 1),
    CATALOG_NAME("INDEX_NAME", 1),
    CATALOG_SMALLINT("TYPE", 0),
    CATALOG_SMALLINT("ORDINAL_POSITION", 1),
    CATALOG_NAME("COLUMN_NAME", 1),
    CATALOG_TEXT("ASC_OR_DESC", 1, 1),
    CATALOG_INTEGER("CARDINALITY", 1),
    CATALOG_INTEGER("PAGES", 1),
    CATALOG_TEXT("FILTER_CONDITION", 255, 1),
};

static const struct column primary_keys[] = {
    CATALOG_NAME("TABLE_CAT", 1),
    CATALOG_NAME("TABLE_SCHEM", 1),
    CATALOG_NAME("TABLE_NAME", 0),
    CATALOG_NAME("COLUMN_NAME", 0),
    CATALOG_SMALLINT("KEY_SEQ", 0),
    CATALOG_NAME("PK_NAME", 1),
};

static const struct column foreign_keys[] = {
    CATALOG_NAME("PKTABLE_CAT", 1),
    CATALOG_NAME("PKTABLE_SCHEM", 1),
    CATALOG_NAME("PKTABLE_NAME", 0),
    CATALOG_NAME("PKCOLUMN_NAME", 0),
    CATALOG_NAME("FKTABLE_CAT", 1),
    CATALOG_NAME("FKTABLE_SCHEM", 1),
    CATALOG_NAME("FKTABLE_NAME", 0),
    CATALOG_NAME("FKCOLUMN_NAME", 0),
    CATALOG_SMALLINT("KEY_SEQ", 0),
    CATALOG_SMALLINT("UPDATE_RULE", 1),
    CATALOG_SMALLINT("DELETE_RULE", 1),
    CATALOG_NAME("FK_NAME", 1),
    CATALOG_NAME("PK_NAME", 1),
    CATALOG_SMALLINT("DEFERRABILITY", 1),
};

static const struct column special_columns[] = {
    CATALOG_SMALLINT("SCOPE", 1),
    CATALOG_NAME("COLUMN_NAME", 0),
    CATALOG_SMALLINT("DATA_TYPE", 0),
    CATALOG_TEXT("TYPE_NAME", CATALOG_TYPE_CHARS, 0),
    CATALOG_INTEGER("COLUMN_SIZE", 1),
    CATALOG_INTEGER("BUFFER_LENGTH", 1),
    CATALOG_SMALLINT("DECIMAL_DIGITS", 1),
    CATALOG_SMALLINT("PSEUDO_COLUMN", 1),
};

static const struct column procedures[] = {
    CATALOG_NAME("PROCEDURE_CAT", 1),
    CATALOG_NAME("PROCEDURE_SCHEM", 1),
    CATALOG_NAME("PROCEDURE_NAME", 0),
    CATALOG_INTEGER("NUM_INPUT_PARAMS", 1),
    CATALOG_INTEGER("NUM_OUTPUT_PARAMS", 1),
    CATALOG_INTEGER("NUM_RESULT_SETS", 1),
    CATALOG_TEXT("REMARKS", CATALOG_REMARKS_CHARS, 1),
    CATALOG_SMALLINT("PROCEDURE_TYPE", 1),
};

static const struct column procedure_columns[] = {
    CATALOG_NAME("PROCEDURE_CAT", 1),
    CATALOG_NAME("PROCEDURE_SCHEM", 1),
    CATALOG_NAME("PROCEDURE_NAME", 0),
    CATALOG_NAME("COLUMN_NAME", 0),
    CATALOG_SMALLINT("COLUMN_TYPE", 0),
    CATALOG_VALUE_COLUMNS,
};

static const struct column table_privileges[] = {
    CATALOG_NAME("TABLE_CAT", 1),
    CATALOG_NAME("TABLE_SCHEM", 1),
    CATALOG_NAME("TABLE_NAME", 0),
    CATALOG_NAME("GRANTOR", 1),
    CATALOG_NAME("GRANTEE", 0),
    CATALOG_NAME("PRIVILEGE", 0),
    CATALOG_TEXT("IS_GRANTABLE", 3, 1),
};

static const struct column column_privileges[] = {
    CATALOG_NAME("TABLE_CAT", 1),
    CATALOG_NAME("TABLE_SCHEM", 1),
    CATALOG_NAME("TABLE_NAME", 0),
    CATALOG_NAME("COLUMN_NAME", 0),
    CATALOG_NAME("GRANTOR", 1),
    CATALOG_NAME("GRANTEE", 0),
    CATALOG_NAME("PRIVILEGE", 0),
    CATALOG_TEXT("IS_GRANTABLE", 3, 1),
};

static const struct {
    SQLUSMALLINT function;
    struct catalog_columns columns;
} results[] = {
    {SQL_API_SQLSTATISTICS,       CATALOG_COLUMNS(statistics)},
    {SQL_API_SQLPRIMARYKEYS,      CATALOG_COLUMNS(primary_keys)},
    {SQL_API_SQLFOREIGNKEYS,      CATALOG_COLUMNS(foreign_keys)},
    {SQL_API_SQLSPECIALCOLUMNS,   CATALOG_COLUMNS(special_columns)},
    {SQL_API_SQLPROCEDURES,       CATALOG_COLUMNS(procedures)},
    {SQL_API_SQLPROCEDURECOLUMNS, CATALOG_COLUMNS(procedure_columns)},
    {SQL_API_SQLTABLEPRIVILEGES,  CATALOG_COLUMNS(table_privileges)},
    {SQL_API_SQLCOLUMNPRIVILEGES, CATALOG_COLUMNS(column_privileges)},
};
/* clang-format on */

struct catalog_columns empty_columns(SQLUSMALLINT function)
{
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        if (results[i].function == function) return results[i].columns;
    }
    return (struct catalog_columns){NULL, 0};
}
