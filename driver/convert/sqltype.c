/*
 * What ODBC says of Athena's types: see sqltype.h. One table; OPTIONS of a connection and a
 * column's own precision fill in the lengths that the table leaves open.
 *
 * Sizes are those of ODBC Programmer's Reference, appendix D, "Column size, decimal digits,
 * transfer octet length, and display size".
 */
#include "convert/sqltype.h"

enum length_rule {
    FIXED,    /* size */
    DECIMAL_, /* the column's precision and scale */
    STRING,   /* the column's precision, or string_column_length */
    BYTES,    /* the column's precision, or complex_column_length */
    COMPLEX,  /* complex_column_length */
    SECONDS   /* size, and a fraction of seconds of the column's precision */
};

enum {
    ANY_LENGTH = 1073741824, /* what varbinary without a length says; varchar says 2^31 - 1 */
    DEFAULT_FRACTION_DIGITS = 3,
    MOST_FRACTION_DIGITS = 12, /* Trino's; SQL_TIMESTAMP_STRUCT holds nine, text holds them all */
    MOST_DECIMAL_DIGITS = 38,
    REAL_BITS = 24,
    DOUBLE_BITS = 53,
    ZONE_CHARS = 33, /* a blank and America/Argentina/ComodRivadavia */
    UTF8_MOST_BYTES = 4
};

struct entry {
    SQLSMALLINT concise_type, default_c_type;
    enum length_rule rule;
    SQLSMALLINT size;
    SQLSMALLINT display_size; /* 0: the column size */
    SQLSMALLINT octet_length; /* 0: what the rule says */
    SQLSMALLINT radix;
    const char *literal_prefix, *literal_suffix;
};

/* clang-format off */
#define TEXT SQL_VARCHAR, SQL_C_CHAR
static const struct entry entries[ATHENA_TYPE_COUNT] = {
    [ATHENA_UNKNOWN]      = {TEXT, STRING, 0, 0, 0, 0, "'", "'"},
    [ATHENA_BOOLEAN]      = {SQL_BIT,      SQL_C_BIT,      FIXED,  1,  1, 1, 0,  "", ""},
    [ATHENA_TINYINT]      = {SQL_TINYINT,  SQL_C_STINYINT, FIXED,  3,  4, 1, 10, "", ""},
    [ATHENA_SMALLINT]     = {SQL_SMALLINT, SQL_C_SSHORT,   FIXED,  5,  6, 2, 10, "", ""},
    [ATHENA_INTEGER]      = {SQL_INTEGER,  SQL_C_SLONG,    FIXED, 10, 11, 4, 10, "", ""},
    [ATHENA_BIGINT]       = {SQL_BIGINT,   SQL_C_SBIGINT,  FIXED, 19, 20, 8, 10, "", ""},
    [ATHENA_REAL]         = {SQL_REAL,     SQL_C_FLOAT,    FIXED,  7, 14, 4, 10, "REAL '", "'"},
    [ATHENA_DOUBLE]       = {SQL_DOUBLE,   SQL_C_DOUBLE,   FIXED, 15, 24, 8, 10, "DOUBLE '", "'"},
    [ATHENA_DECIMAL]      = {SQL_DECIMAL,  SQL_C_CHAR,     DECIMAL_, 0, 0, 0, 10, "DECIMAL '", "'"},
    [ATHENA_CHAR]         = {SQL_CHAR,     SQL_C_CHAR,     STRING, 0, 0, 0, 0, "'", "'"},
    [ATHENA_VARCHAR]      = {TEXT, STRING, 0, 0, 0, 0, "'", "'"},
    [ATHENA_VARBINARY]    = {SQL_VARBINARY, SQL_C_BINARY,  BYTES,  0, 0, 0, 0, "X'", "'"},
    [ATHENA_DATE]         = {SQL_TYPE_DATE, SQL_C_TYPE_DATE, FIXED, 10, 0, 6, 0, "DATE '", "'"},
    [ATHENA_TIME]         = {SQL_TYPE_TIME, SQL_C_TYPE_TIME, SECONDS, 8, 0, 6, 0, "TIME '", "'"},
    [ATHENA_TIME_TZ]      = {TEXT, SECONDS, 8 + ZONE_CHARS, 0, 0, 0, "TIME '", "'"},
    [ATHENA_TIMESTAMP]    = {SQL_TYPE_TIMESTAMP, SQL_C_TYPE_TIMESTAMP, SECONDS, 19, 0, 16, 0,
                             "TIMESTAMP '", "'"},
    [ATHENA_TIMESTAMP_TZ] = {TEXT, SECONDS, 19 + ZONE_CHARS, 0, 0, 0, "TIMESTAMP '", "'"},
    /* -178956970-7 and -106751991167 07:12:55.807 are the farthest that Trino prints */
    [ATHENA_INTERVAL_YEAR_MONTH] = {TEXT, FIXED, 13, 0, 0, 0, "INTERVAL '", "' YEAR TO MONTH"},
    [ATHENA_INTERVAL_DAY_SECOND] = {TEXT, FIXED, 27, 0, 0, 0, "INTERVAL '", "' DAY TO SECOND"},
    [ATHENA_JSON]         = {TEXT, COMPLEX, 0, 0, 0, 0, "JSON '", "'"},
    [ATHENA_UUID]         = {TEXT, FIXED, 36, 0, 0, 0, "UUID '", "'"},
    [ATHENA_IPADDRESS]    = {TEXT, FIXED, 45, 0, 0, 0, "IPADDRESS '", "'"},
    [ATHENA_ARRAY]        = {TEXT, COMPLEX, 0, 0, 0, 0, "", ""},
    [ATHENA_MAP]          = {TEXT, COMPLEX, 0, 0, 0, 0, "", ""},
    [ATHENA_ROW]          = {TEXT, COMPLEX, 0, 0, 0, 0, "", ""},
    [ATHENA_GEOMETRY]     = {TEXT, COMPLEX, 0, 0, 0, 0, "", ""},
};
/* clang-format on */

static SQLSMALLINT fraction_digits(const struct column *column)
{
    if (column->precision <= 0 && !column->is_precision_seen) return DEFAULT_FRACTION_DIGITS;
    if (column->precision > MOST_FRACTION_DIGITS) return MOST_FRACTION_DIGITS;
    return (SQLSMALLINT)column->precision;
}

/* With its point, when there is a fraction. */
static int fraction_chars(int digits)
{
    return digits ? 1 + digits : 0;
}

/* Athena says 3 of timestamp(12) too: until a value was seen, text is given room for all. */
static int text_fraction_chars(const struct column *column)
{
    return fraction_chars(column->is_precision_seen ? fraction_digits(column)
                                                    : MOST_FRACTION_DIGITS);
}

static bool is_text(SQLSMALLINT concise_type)
{
    return concise_type == SQL_CHAR || concise_type == SQL_VARCHAR;
}

static SQLULEN column_size(const struct entry *e, const struct column *column,
                           const struct sqltype_settings *settings)
{
    bool has_length = column->precision > 0 && column->precision < ANY_LENGTH;
    SQLULEN complex_length = (SQLULEN)settings->complex_column_length;

    switch (e->rule) {
    case FIXED:
        break;
    case DECIMAL_:
        return column->precision > 0 && column->precision <= MOST_DECIMAL_DIGITS
                   ? (SQLULEN)column->precision
                   : MOST_DECIMAL_DIGITS;
    case STRING:
        return has_length && settings->string_column_length
                   ? (SQLULEN)column->precision
                   : (SQLULEN)settings->string_column_length;
    case BYTES:
        return has_length ? (SQLULEN)column->precision : complex_length;
    case COMPLEX:
        return complex_length;
    case SECONDS:
        return (SQLULEN)(e->size + (is_text(e->concise_type)
                                        ? text_fraction_chars(column)
                                        : fraction_chars(fraction_digits(column))));
    }
    return (SQLULEN)e->size;
}

/* Bytes of the default C type without its terminator, and characters of SQL_C_CHAR. */
static void set_lengths(const struct entry *e, const struct column *column, bool is_wide,
                        struct sqltype *out)
{
    SQLLEN size = (SQLLEN)out->column_size;

    out->display_size = e->display_size ? e->display_size : size;
    out->octet_length = e->octet_length ? e->octet_length : size;
    if (is_text(e->concise_type)) {
        out->octet_length = size * (is_wide ? (SQLLEN)sizeof(SQLWCHAR) : UTF8_MOST_BYTES);
    } else if (e->rule == DECIMAL_) {
        /* a sign and a point; and a zero before the point where it would come first: -0.5 */
        out->display_size = out->octet_length = size + 2 + (column->scale >= size);
    } else if (e->rule == BYTES) {
        out->display_size = 2 * size; /* two digits a byte */
    } else if (e->rule == SECONDS) {
        out->display_size = e->size + text_fraction_chars(column);
    }
}

static bool is_approximate(const struct entry *e)
{
    return e->default_c_type == SQL_C_FLOAT || e->default_c_type == SQL_C_DOUBLE;
}

static void set_digits(const struct entry *e, const struct column *column, struct sqltype *out)
{
    out->precision_radix = e->radix;
    if (is_approximate(e)) {
        out->precision_radix = 2;
        out->precision = e->default_c_type == SQL_C_FLOAT ? REAL_BITS : DOUBLE_BITS;
    } else if (e->radix) {
        out->precision = (SQLSMALLINT)out->column_size;
    }
    if (e->rule == DECIMAL_) {
        out->scale = (SQLSMALLINT)column->scale;
        out->decimal_digits = out->scale;
    } else if (e->rule == SECONDS && !is_text(e->concise_type)) {
        out->precision = out->decimal_digits = fraction_digits(column);
    }
    out->has_decimal_digits = e->rule == DECIMAL_ ||
                              (e->rule == SECONDS && !is_text(e->concise_type)) ||
                              (e->radix && !is_approximate(e));
}

static SQLSMALLINT wide_of(SQLSMALLINT type)
{
    switch (type) {
    case SQL_CHAR:
        return SQL_WCHAR; /* SQL_C_CHAR and SQL_C_WCHAR are the same numbers */
    case SQL_VARCHAR:
        return SQL_WVARCHAR;
    default:
        return type;
    }
}

void sqltype_describe(const struct column *column, const struct sqltype_settings *settings,
                      struct sqltype *out)
{
    const struct entry *e = &entries[column->type < ATHENA_TYPE_COUNT ? column->type : 0];
    bool has_text = is_text(e->concise_type);

    *out = (struct sqltype){0};
    out->type_name = athena_type_name(column->type);
    if (column->type == ATHENA_UNKNOWN && column->type_name && *column->type_name) {
        out->type_name = column->type_name;
    }
    out->concise_type = has_text && !settings->string_column_length ? SQL_VARCHAR : e->concise_type;
    out->default_c_type = e->default_c_type;
    if (has_text && settings->use_wchar) {
        out->concise_type = wide_of(out->concise_type);
        out->default_c_type = SQL_C_WCHAR;
    }
    sqltype_split(out->concise_type, &out->verbose_type, &out->datetime_code);
    out->column_size = column_size(e, column, settings);
    set_lengths(e, column, settings->use_wchar, out);
    set_digits(e, column, out);
    out->num_prec_radix = e->radix;
    out->searchable = has_text && e->rule != COMPLEX ? SQL_PRED_SEARCHABLE : SQL_PRED_BASIC;
    out->is_unsigned = e->radix == 0;
    out->is_case_sensitive = has_text;
    out->literal_prefix = e->literal_prefix;
    out->literal_suffix = e->literal_suffix;
}

SQLSMALLINT sqltype_odbc2(SQLSMALLINT type)
{
    switch (type) {
    case SQL_TYPE_DATE:
        return SQL_DATE;
    case SQL_TYPE_TIME:
        return SQL_TIME;
    case SQL_TYPE_TIMESTAMP:
        return SQL_TIMESTAMP;
    default:
        return type;
    }
}

SQLSMALLINT sqltype_odbc3(SQLSMALLINT type)
{
    switch (type) {
    case SQL_DATE:
        return SQL_TYPE_DATE;
    case SQL_TIME:
        return SQL_TYPE_TIME;
    case SQL_TIMESTAMP:
        return SQL_TYPE_TIMESTAMP;
    default:
        return type;
    }
}

static bool is_datetime(SQLSMALLINT concise)
{
    return concise >= SQL_TYPE_DATE && concise <= SQL_TYPE_TIMESTAMP;
}

static bool is_interval(SQLSMALLINT concise)
{
    return concise >= SQL_INTERVAL_YEAR && concise <= SQL_INTERVAL_MINUTE_TO_SECOND;
}

void sqltype_split(SQLSMALLINT concise, SQLSMALLINT *verbose, SQLSMALLINT *code)
{
    *verbose = concise;
    *code = 0;
    if (is_datetime(concise)) {
        *verbose = SQL_DATETIME;
        *code = (SQLSMALLINT)(concise - SQL_TYPE_DATE + SQL_CODE_DATE);
    } else if (is_interval(concise)) {
        *verbose = SQL_INTERVAL;
        *code = (SQLSMALLINT)(concise - SQL_INTERVAL_YEAR + SQL_CODE_YEAR);
    }
}

SQLSMALLINT sqltype_join(SQLSMALLINT verbose, SQLSMALLINT code)
{
    SQLSMALLINT concise = verbose;

    if (verbose == SQL_DATETIME) {
        concise = (SQLSMALLINT)(SQL_TYPE_DATE + code - SQL_CODE_DATE);
        return is_datetime(concise) ? concise : 0;
    }
    if (verbose == SQL_INTERVAL) {
        concise = (SQLSMALLINT)(SQL_INTERVAL_YEAR + code - SQL_CODE_YEAR);
        return is_interval(concise) ? concise : 0;
    }
    return code == 0 ? concise : 0;
}

SQLLEN sqltype_c_bytes(SQLSMALLINT c_type)
{
    static const struct {
        SQLSMALLINT c_type;
        SQLLEN bytes;
    } types[] = {
        {SQL_C_CHAR, 0},
        {SQL_C_WCHAR, 0},
        {SQL_C_BINARY, 0},
        {SQL_C_SLONG, sizeof(SQLINTEGER)},
        {SQL_C_SBIGINT, sizeof(SQLBIGINT)},
        {SQL_C_DOUBLE, sizeof(SQLDOUBLE)},
        {SQL_C_BIT, sizeof(SQLCHAR)},
        {SQL_C_TINYINT, sizeof(SQLSCHAR)},
        {SQL_C_STINYINT, sizeof(SQLSCHAR)},
        {SQL_C_UTINYINT, sizeof(SQLCHAR)},
        {SQL_C_SHORT, sizeof(SQLSMALLINT)},
        {SQL_C_SSHORT, sizeof(SQLSMALLINT)},
        {SQL_C_USHORT, sizeof(SQLUSMALLINT)},
        {SQL_C_LONG, sizeof(SQLINTEGER)},
        {SQL_C_ULONG, sizeof(SQLUINTEGER)},
        {SQL_C_UBIGINT, sizeof(SQLUBIGINT)},
        {SQL_C_FLOAT, sizeof(SQLREAL)},
        {SQL_C_NUMERIC, sizeof(SQL_NUMERIC_STRUCT)},
        {SQL_C_TYPE_DATE, sizeof(SQL_DATE_STRUCT)},
        {SQL_C_TYPE_TIME, sizeof(SQL_TIME_STRUCT)},
        {SQL_C_TYPE_TIMESTAMP, sizeof(SQL_TIMESTAMP_STRUCT)},
        {SQL_C_GUID, sizeof(SQLGUID)},
    };

    c_type = sqltype_odbc3(c_type);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (types[i].c_type == c_type) return types[i].bytes;
    }
    return is_interval(c_type) ? (SQLLEN)sizeof(SQL_INTERVAL_STRUCT) : -1;
}
