/*
 * Which conversions there are: see matrix.h.
 *
 * C types: the kernels of convert/sql2c.c, which are the table of appendix D. SQL types: what the
 * CAST of Athena's engine takes (Trino's documentation, "Conversion functions"); CONVERT() makes
 * varchar of all text types, varbinary of all binary ones and uuid of SQL_GUID (sql/scalar.def).
 */
#include "convert/matrix.h"

#include "convert/sql2c.h"

#define TEXTS \
    (SQL_CVT_CHAR | SQL_CVT_VARCHAR | SQL_CVT_LONGVARCHAR | SQL_CVT_WCHAR | SQL_CVT_WVARCHAR | \
     SQL_CVT_WLONGVARCHAR)
#define NUMBERS \
    (SQL_CVT_BIGINT | SQL_CVT_BIT | SQL_CVT_DECIMAL | SQL_CVT_DOUBLE | SQL_CVT_FLOAT | \
     SQL_CVT_INTEGER | SQL_CVT_NUMERIC | SQL_CVT_REAL | SQL_CVT_SMALLINT | SQL_CVT_TINYINT)
#define TIMES (SQL_CVT_DATE | SQL_CVT_TIME | SQL_CVT_TIMESTAMP)
#define BYTES (SQL_CVT_BINARY | SQL_CVT_VARBINARY | SQL_CVT_LONGVARBINARY)

#define FROM_TEXT (TEXTS | NUMBERS | TIMES | BYTES | SQL_CVT_GUID)

static const struct {
    SQLUSMALLINT info_type;
    SQLUINTEGER mask;
} conversions[] = {
    {SQL_CONVERT_BIT, TEXTS | NUMBERS},
    {SQL_CONVERT_TINYINT, TEXTS | NUMBERS},
    {SQL_CONVERT_SMALLINT, TEXTS | NUMBERS},
    {SQL_CONVERT_INTEGER, TEXTS | NUMBERS},
    {SQL_CONVERT_BIGINT, TEXTS | NUMBERS},
    {SQL_CONVERT_REAL, TEXTS | NUMBERS},
    {SQL_CONVERT_FLOAT, TEXTS | NUMBERS},
    {SQL_CONVERT_DOUBLE, TEXTS | NUMBERS},
    {SQL_CONVERT_DECIMAL, TEXTS | NUMBERS},
    {SQL_CONVERT_NUMERIC, TEXTS | NUMBERS},
    {SQL_CONVERT_CHAR, TEXTS | SQL_CVT_DATE}, /* char(n): Athena's CAST takes it no further */
    {SQL_CONVERT_VARCHAR, FROM_TEXT},
    {SQL_CONVERT_LONGVARCHAR, FROM_TEXT},
    {SQL_CONVERT_WCHAR, TEXTS | SQL_CVT_DATE},
    {SQL_CONVERT_WVARCHAR, FROM_TEXT},
    {SQL_CONVERT_WLONGVARCHAR, FROM_TEXT},
    {SQL_CONVERT_BINARY, BYTES | SQL_CVT_GUID},
    {SQL_CONVERT_VARBINARY, BYTES | SQL_CVT_GUID},
    {SQL_CONVERT_LONGVARBINARY, BYTES | SQL_CVT_GUID},
    {SQL_CONVERT_GUID, TEXTS | BYTES | SQL_CVT_GUID},
    {SQL_CONVERT_DATE, TEXTS | SQL_CVT_DATE | SQL_CVT_TIMESTAMP},
    {SQL_CONVERT_TIME, TEXTS | SQL_CVT_TIME | SQL_CVT_TIMESTAMP}, /* today's */
    {SQL_CONVERT_TIMESTAMP, TEXTS | TIMES},
    {SQL_CONVERT_INTERVAL_DAY_TIME, TEXTS | SQL_CVT_INTERVAL_DAY_TIME},
    {SQL_CONVERT_INTERVAL_YEAR_MONTH, TEXTS | SQL_CVT_INTERVAL_YEAR_MONTH},
};

bool matrix_allows(enum athena_type from, SQLSMALLINT c_type)
{
    return sql2c_kernel(from, c_type) != NULL;
}

SQLUINTEGER matrix_convert(SQLUSMALLINT info_type)
{
    for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++) {
        if (conversions[i].info_type == info_type) return conversions[i].mask;
    }
    return 0;
}
