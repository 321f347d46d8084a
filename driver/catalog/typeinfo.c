/*
 * SQLGetTypeInfo. See typeinfo.h.
 *
 * What a type is like stands in convert/sqltype.h; here is only what a column cannot say: how its
 * name is completed and what its largest values are.
 */
#include "catalog/typeinfo.h"

#include <stdlib.h>

#include "catalog/sheet.h"

enum {
    TYPE_NAME = 1,
    DATA_TYPE,
    COLUMN_SIZE,
    LITERAL_PREFIX,
    LITERAL_SUFFIX,
    CREATE_PARAMS,
    NULLABLE,
    CASE_SENSITIVE,
    SEARCHABLE,
    UNSIGNED_ATTRIBUTE,
    FIXED_PREC_SCALE,
    AUTO_UNIQUE_VALUE,
    LOCAL_TYPE_NAME,
    MINIMUM_SCALE,
    MAXIMUM_SCALE,
    SQL_DATA_TYPE,
    SQL_DATETIME_SUBCODE,
    NUM_PREC_RADIX,
    INTERVAL_PRECISION
};

/* clang-format off */
#define COLUMNS(V) {                                               \
    CATALOG_TEXT("TYPE_NAME", CATALOG_TYPE_CHARS, 0),              \
    CATALOG_SMALLINT("DATA_TYPE", 0),                              \
    CATALOG_INTEGER(V("COLUMN_SIZE", "PRECISION"), 1),             \
    CATALOG_TEXT("LITERAL_PREFIX", 32, 1),                         \
    CATALOG_TEXT("LITERAL_SUFFIX", 32, 1),                         \
    CATALOG_TEXT("CREATE_PARAMS", 32, 1),                          \
    CATALOG_SMALLINT("NULLABLE", 0),                               \
    CATALOG_SMALLINT("CASE_SENSITIVE", 0),                         \
    CATALOG_SMALLINT("SEARCHABLE", 0),                             \
    CATALOG_SMALLINT("UNSIGNED_ATTRIBUTE", 1),                     \
    CATALOG_SMALLINT(V("FIXED_PREC_SCALE", "MONEY"), 0),           \
    CATALOG_SMALLINT(V("AUTO_UNIQUE_VALUE", "AUTO_INCREMENT"), 1), \
    CATALOG_TEXT("LOCAL_TYPE_NAME", CATALOG_TYPE_CHARS, 1),        \
    CATALOG_SMALLINT("MINIMUM_SCALE", 1),                          \
    CATALOG_SMALLINT("MAXIMUM_SCALE", 1),                          \
    CATALOG_SMALLINT("SQL_DATA_TYPE", 0),                          \
    CATALOG_SMALLINT("SQL_DATETIME_SUB", 1),                       \
    CATALOG_INTEGER("NUM_PREC_RADIX", 1),                          \
    CATALOG_SMALLINT("INTERVAL_PRECISION", 1),                     \
}
static const struct column columns[] = COLUMNS(CATALOG_ODBC3);
static const struct column columns_odbc2[] = COLUMNS(CATALOG_ODBC2);

/* The types, the plainest of those that share a DATA_TYPE first, at their largest. */
static const struct candidate {
    enum athena_type type;
    int32_t precision;         /* 0: fixed */
    const char *create_params; /* NULL: the name stands alone */
    int maximum_scale;         /* -1: scale has no meaning */
} candidates[] = {
    {ATHENA_BOOLEAN,             0,     NULL,              -1},
    {ATHENA_TINYINT,             0,     NULL,              0},
    {ATHENA_SMALLINT,            0,     NULL,              0},
    {ATHENA_INTEGER,             0,     NULL,              0},
    {ATHENA_BIGINT,              0,     NULL,              0},
    {ATHENA_REAL,                0,     NULL,              -1},
    {ATHENA_DOUBLE,              0,     NULL,              -1},
    {ATHENA_DECIMAL,             38,    "precision,scale", 38},
    {ATHENA_CHAR,                255,   "length",          -1}, /* Hive's limit */
    {ATHENA_VARCHAR,             65535, "length",          -1}, /* Hive's limit */
    {ATHENA_JSON,                0,     NULL,              -1},
    {ATHENA_UUID,                0,     NULL,              -1},
    {ATHENA_IPADDRESS,           0,     NULL,              -1},
    {ATHENA_TIME_TZ,             3,     NULL,              -1},
    {ATHENA_TIMESTAMP_TZ,        3,     NULL,              -1},
    {ATHENA_INTERVAL_YEAR_MONTH, 0,     NULL,              -1},
    {ATHENA_INTERVAL_DAY_SECOND, 0,     NULL,              -1},
    {ATHENA_ARRAY,               0,     NULL,              -1},
    {ATHENA_MAP,                 0,     NULL,              -1},
    {ATHENA_ROW,                 0,     NULL,              -1},
    {ATHENA_GEOMETRY,            0,     NULL,              -1},
    {ATHENA_VARBINARY,           0,     NULL,              -1},
    {ATHENA_DATE,                0,     NULL,              -1},
    {ATHENA_TIME,                3,     NULL,              9},
    {ATHENA_TIMESTAMP,           3,     NULL,              9},
};

static const SQLSMALLINT odbc_types[] = {
    SQL_ALL_TYPES, SQL_CHAR, SQL_NUMERIC, SQL_DECIMAL, SQL_INTEGER, SQL_SMALLINT, SQL_FLOAT,
    SQL_REAL, SQL_DOUBLE, SQL_VARCHAR, SQL_DATETIME, SQL_INTERVAL, SQL_TIMESTAMP, SQL_LONGVARCHAR,
    SQL_BINARY, SQL_VARBINARY, SQL_LONGVARBINARY, SQL_BIGINT, SQL_TINYINT, SQL_BIT, SQL_WCHAR,
    SQL_WVARCHAR, SQL_WLONGVARCHAR, SQL_GUID, SQL_TYPE_DATE, SQL_TYPE_TIME, SQL_TYPE_TIMESTAMP,
    SQL_INTERVAL_YEAR, SQL_INTERVAL_MONTH, SQL_INTERVAL_DAY, SQL_INTERVAL_HOUR,
    SQL_INTERVAL_MINUTE, SQL_INTERVAL_SECOND, SQL_INTERVAL_YEAR_TO_MONTH, SQL_INTERVAL_DAY_TO_HOUR,
    SQL_INTERVAL_DAY_TO_MINUTE, SQL_INTERVAL_DAY_TO_SECOND, SQL_INTERVAL_HOUR_TO_MINUTE,
    SQL_INTERVAL_HOUR_TO_SECOND, SQL_INTERVAL_MINUTE_TO_SECOND,
};
/* clang-format on */

enum {
    CANDIDATE_COUNT = sizeof candidates / sizeof *candidates,
    ODBC_TYPE_COUNT = sizeof odbc_types / sizeof *odbc_types
};

const struct catalog_columns typeinfo_columns = CATALOG_COLUMNS(columns, columns_odbc2);

bool typeinfo_is_type(SQLSMALLINT sql_type)
{
    for (size_t i = 0; i < ODBC_TYPE_COUNT; i++) {
        if (odbc_types[i] == sql_type) return true;
    }
    return false;
}

struct described {
    const struct candidate *candidate;
    struct sqltype type;
    SQLSMALLINT data_type;
};

static void describe(struct described *d, const struct candidate *candidate, bool is_odbc2,
                     const struct sqltype_settings *settings)
{
    const struct column column = {.name = "",
                                  .label = "",
                                  .type_name = athena_type_name(candidate->type),
                                  .type = candidate->type,
                                  .precision = candidate->precision};

    d->candidate = candidate;
    sqltype_describe(&column, settings, &d->type);
    d->data_type = is_odbc2 ? sqltype_odbc2(d->type.concise_type) : d->type.concise_type;
}

static int compare_described(const void *left, const void *right)
{
    const struct described *a = left, *b = right;

    if (a->data_type != b->data_type) return a->data_type < b->data_type ? -1 : 1;
    return a->candidate < b->candidate ? -1 : a->candidate > b->candidate;
}

static void put_type(struct sheet *s, const struct described *d)
{
    const struct sqltype *t = &d->type;
    const bool is_number = t->num_prec_radix != 0;

    sheet_row(s);
    sheet_text(s, TYPE_NAME, t->type_name);
    sheet_number(s, DATA_TYPE, d->data_type);
    sheet_number(s, COLUMN_SIZE, (int64_t)t->column_size);
    if (*t->literal_prefix) sheet_text(s, LITERAL_PREFIX, t->literal_prefix);
    if (*t->literal_suffix) sheet_text(s, LITERAL_SUFFIX, t->literal_suffix);
    sheet_text(s, CREATE_PARAMS, d->candidate->create_params);
    sheet_number(s, NULLABLE, SQL_NULLABLE);
    sheet_number(s, CASE_SENSITIVE, t->is_case_sensitive);
    sheet_number(s, SEARCHABLE, t->searchable);
    if (is_number) sheet_number(s, UNSIGNED_ATTRIBUTE, t->is_unsigned);
    sheet_number(s, FIXED_PREC_SCALE, t->is_fixed_precision_scale);
    if (is_number) sheet_number(s, AUTO_UNIQUE_VALUE, SQL_FALSE);
    sheet_text(s, LOCAL_TYPE_NAME, t->type_name);
    if (d->candidate->maximum_scale >= 0) {
        sheet_number(s, MINIMUM_SCALE, 0);
        sheet_number(s, MAXIMUM_SCALE, d->candidate->maximum_scale);
    }
    sheet_number(s, SQL_DATA_TYPE, t->verbose_type);
    if (t->datetime_code) sheet_number(s, SQL_DATETIME_SUBCODE, t->datetime_code);
    if (is_number) sheet_number(s, NUM_PREC_RADIX, t->num_prec_radix);
}

struct page *typeinfo_page(SQLSMALLINT sql_type, bool is_odbc2,
                           const struct sqltype_settings *settings, struct fault *f)
{
    struct described all[CANDIDATE_COUNT];
    struct sheet sheet;

    for (size_t i = 0; i < CANDIDATE_COUNT; i++) {
        describe(&all[i], &candidates[i], is_odbc2, settings);
    }
    qsort(all, CANDIDATE_COUNT, sizeof *all, compare_described);
    sheet_init(&sheet, typeinfo_columns.count);
    for (size_t i = 0; i < CANDIDATE_COUNT; i++) {
        if (sql_type == SQL_ALL_TYPES || sqltype_odbc3(sql_type) == all[i].type.concise_type) {
            put_type(&sheet, &all[i]);
        }
    }
    return sheet_take(&sheet, f);
}
