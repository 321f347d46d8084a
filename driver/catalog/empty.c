/* Results without rows. See empty.h. Columns after the ODBC Programmer's Reference. */
#include "catalog/empty.h"

#include <stddef.h>

/* clang-format off */
#define STATISTICS(V) {                                         \
    CATALOG_NAME(V("TABLE_CAT", "TABLE_QUALIFIER"), 1),         \
    CATALOG_NAME(V("TABLE_SCHEM", "TABLE_OWNER"), 1),           \
    CATALOG_NAME("TABLE_NAME", 0),                              \
    CATALOG_SMALLINT("NON_UNIQUE", 1),                          \
    CATALOG_NAME("INDEX_QUALIFIER", 1),                         \
    CATALOG_NAME("INDEX_NAME", 1),                              \
    CATALOG_SMALLINT("TYPE", 0),                                \
    CATALOG_SMALLINT(V("ORDINAL_POSITION", "SEQ_IN_INDEX"), 1), \
    CATALOG_NAME("COLUMN_NAME", 1),                             \
    CATALOG_TEXT(V("ASC_OR_DESC", "COLLATION"), 1, 1),          \
    CATALOG_INTEGER("CARDINALITY", 1),                          \
    CATALOG_INTEGER("PAGES", 1),                                \
    CATALOG_TEXT("FILTER_CONDITION", 255, 1),                   \
}
static const struct column statistics[] = STATISTICS(CATALOG_ODBC3);
static const struct column statistics_odbc2[] = STATISTICS(CATALOG_ODBC2);

#define PRIMARY_KEYS(V) {                               \
    CATALOG_NAME(V("TABLE_CAT", "TABLE_QUALIFIER"), 1), \
    CATALOG_NAME(V("TABLE_SCHEM", "TABLE_OWNER"), 1),   \
    CATALOG_NAME("TABLE_NAME", 0),                      \
    CATALOG_NAME("COLUMN_NAME", 0),                     \
    CATALOG_SMALLINT("KEY_SEQ", 0),                     \
    CATALOG_NAME("PK_NAME", 1),                         \
}
static const struct column primary_keys[] = PRIMARY_KEYS(CATALOG_ODBC3);
static const struct column primary_keys_odbc2[] = PRIMARY_KEYS(CATALOG_ODBC2);

#define FOREIGN_KEYS(V) {                                   \
    CATALOG_NAME(V("PKTABLE_CAT", "PKTABLE_QUALIFIER"), 1), \
    CATALOG_NAME(V("PKTABLE_SCHEM", "PKTABLE_OWNER"), 1),   \
    CATALOG_NAME("PKTABLE_NAME", 0),                        \
    CATALOG_NAME("PKCOLUMN_NAME", 0),                       \
    CATALOG_NAME(V("FKTABLE_CAT", "FKTABLE_QUALIFIER"), 1), \
    CATALOG_NAME(V("FKTABLE_SCHEM", "FKTABLE_OWNER"), 1),   \
    CATALOG_NAME("FKTABLE_NAME", 0),                        \
    CATALOG_NAME("FKCOLUMN_NAME", 0),                       \
    CATALOG_SMALLINT("KEY_SEQ", 0),                         \
    CATALOG_SMALLINT("UPDATE_RULE", 1),                     \
    CATALOG_SMALLINT("DELETE_RULE", 1),                     \
    CATALOG_NAME("FK_NAME", 1),                             \
    CATALOG_NAME("PK_NAME", 1),                             \
    CATALOG_SMALLINT("DEFERRABILITY", 1),                   \
}
static const struct column foreign_keys[] = FOREIGN_KEYS(CATALOG_ODBC3);
static const struct column foreign_keys_odbc2[] = FOREIGN_KEYS(CATALOG_ODBC2);

#define SPECIAL_COLUMNS(V) {                           \
    CATALOG_SMALLINT("SCOPE", 1),                      \
    CATALOG_NAME("COLUMN_NAME", 0),                    \
    CATALOG_SMALLINT("DATA_TYPE", 0),                  \
    CATALOG_TEXT("TYPE_NAME", CATALOG_TYPE_CHARS, 0),  \
    CATALOG_INTEGER(V("COLUMN_SIZE", "PRECISION"), 1), \
    CATALOG_INTEGER(V("BUFFER_LENGTH", "LENGTH"), 1),  \
    CATALOG_SMALLINT(V("DECIMAL_DIGITS", "SCALE"), 1), \
    CATALOG_SMALLINT("PSEUDO_COLUMN", 1),              \
}
static const struct column special_columns[] = SPECIAL_COLUMNS(CATALOG_ODBC3);
static const struct column special_columns_odbc2[] = SPECIAL_COLUMNS(CATALOG_ODBC2);

#define PROCEDURES(V) {                                         \
    CATALOG_NAME(V("PROCEDURE_CAT", "PROCEDURE_QUALIFIER"), 1), \
    CATALOG_NAME(V("PROCEDURE_SCHEM", "PROCEDURE_OWNER"), 1),   \
    CATALOG_NAME("PROCEDURE_NAME", 0),                          \
    CATALOG_INTEGER("NUM_INPUT_PARAMS", 1),                     \
    CATALOG_INTEGER("NUM_OUTPUT_PARAMS", 1),                    \
    CATALOG_INTEGER("NUM_RESULT_SETS", 1),                      \
    CATALOG_TEXT("REMARKS", CATALOG_REMARKS_CHARS, 1),          \
    CATALOG_SMALLINT("PROCEDURE_TYPE", 1),                      \
}
static const struct column procedures[] = PROCEDURES(CATALOG_ODBC3);
static const struct column procedures_odbc2[] = PROCEDURES(CATALOG_ODBC2);

#define PROCEDURE_COLUMNS(V) {                                  \
    CATALOG_NAME(V("PROCEDURE_CAT", "PROCEDURE_QUALIFIER"), 1), \
    CATALOG_NAME(V("PROCEDURE_SCHEM", "PROCEDURE_OWNER"), 1),   \
    CATALOG_NAME("PROCEDURE_NAME", 0),                          \
    CATALOG_NAME("COLUMN_NAME", 0),                             \
    CATALOG_SMALLINT("COLUMN_TYPE", 0),                         \
    CATALOG_VALUE_COLUMNS(V),                                   \
}
static const struct column procedure_columns[] = PROCEDURE_COLUMNS(CATALOG_ODBC3);
static const struct column procedure_columns_odbc2[] = PROCEDURE_COLUMNS(CATALOG_ODBC2);

#define TABLE_PRIVILEGES(V) {                           \
    CATALOG_NAME(V("TABLE_CAT", "TABLE_QUALIFIER"), 1), \
    CATALOG_NAME(V("TABLE_SCHEM", "TABLE_OWNER"), 1),   \
    CATALOG_NAME("TABLE_NAME", 0),                      \
    CATALOG_NAME("GRANTOR", 1),                         \
    CATALOG_NAME("GRANTEE", 0),                         \
    CATALOG_NAME("PRIVILEGE", 0),                       \
    CATALOG_TEXT("IS_GRANTABLE", 3, 1),                 \
}
static const struct column table_privileges[] = TABLE_PRIVILEGES(CATALOG_ODBC3);
static const struct column table_privileges_odbc2[] = TABLE_PRIVILEGES(CATALOG_ODBC2);

#define COLUMN_PRIVILEGES(V) {                          \
    CATALOG_NAME(V("TABLE_CAT", "TABLE_QUALIFIER"), 1), \
    CATALOG_NAME(V("TABLE_SCHEM", "TABLE_OWNER"), 1),   \
    CATALOG_NAME("TABLE_NAME", 0),                      \
    CATALOG_NAME("COLUMN_NAME", 0),                     \
    CATALOG_NAME("GRANTOR", 1),                         \
    CATALOG_NAME("GRANTEE", 0),                         \
    CATALOG_NAME("PRIVILEGE", 0),                       \
    CATALOG_TEXT("IS_GRANTABLE", 3, 1),                 \
}
static const struct column column_privileges[] = COLUMN_PRIVILEGES(CATALOG_ODBC3);
static const struct column column_privileges_odbc2[] = COLUMN_PRIVILEGES(CATALOG_ODBC2);

static const struct {
    SQLUSMALLINT function;
    struct catalog_columns columns;
} results[] = {
    {SQL_API_SQLSTATISTICS,       CATALOG_COLUMNS(statistics, statistics_odbc2)},
    {SQL_API_SQLPRIMARYKEYS,      CATALOG_COLUMNS(primary_keys, primary_keys_odbc2)},
    {SQL_API_SQLFOREIGNKEYS,      CATALOG_COLUMNS(foreign_keys, foreign_keys_odbc2)},
    {SQL_API_SQLSPECIALCOLUMNS,   CATALOG_COLUMNS(special_columns, special_columns_odbc2)},
    {SQL_API_SQLPROCEDURES,       CATALOG_COLUMNS(procedures, procedures_odbc2)},
    {SQL_API_SQLPROCEDURECOLUMNS, CATALOG_COLUMNS(procedure_columns, procedure_columns_odbc2)},
    {SQL_API_SQLTABLEPRIVILEGES,  CATALOG_COLUMNS(table_privileges, table_privileges_odbc2)},
    {SQL_API_SQLCOLUMNPRIVILEGES, CATALOG_COLUMNS(column_privileges, column_privileges_odbc2)},
};
/* clang-format on */

struct catalog_columns empty_columns(SQLUSMALLINT function)
{
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        if (results[i].function == function) return results[i].columns;
    }
    return (struct catalog_columns){NULL, NULL, 0};
}
