/* The types of descriptor records. See desc_type.h. */
#include "handle/desc_type.h"

#include "convert/c2sql.h"
#include "convert/sqltype.h"

enum {
    DECIMAL_DIGITS_MAX = 38,
    SECONDS_DIGITS_MAX = 9, /* of SQL_TIMESTAMP_STRUCT and SQL_INTERVAL_STRUCT */
    LEADING_DIGITS_MAX = 9, /* of an interval's first field: a SQLUINTEGER */
    FLOAT_DIGITS = 15       /* of SQL_FLOAT, which Athena takes for a double */
};

static bool has_interval_seconds(SQLSMALLINT code)
{
    return code == SQL_CODE_SECOND || code == SQL_CODE_DAY_TO_SECOND ||
           code == SQL_CODE_HOUR_TO_SECOND || code == SQL_CODE_MINUTE_TO_SECOND;
}

void desc_set_type(struct desc_record *r, SQLSMALLINT concise_type)
{
    r->concise_type = concise_type;
    sqltype_split(concise_type, &r->type, &r->datetime_interval_code);
    switch (r->type) {
    case SQL_CHAR:
    case SQL_VARCHAR:
    case SQL_WCHAR:
    case SQL_WVARCHAR:
        r->length = 1;
        r->precision = 0;
        break;
    case SQL_DATETIME:
        r->precision = r->datetime_interval_code == SQL_CODE_TIMESTAMP ? 6 : 0;
        break;
    case SQL_INTERVAL:
        r->datetime_interval_precision = 2;
        r->precision = has_interval_seconds(r->datetime_interval_code) ? 6 : 0;
        break;
    case SQL_DECIMAL:
    case SQL_NUMERIC:
        r->precision = DECIMAL_DIGITS_MAX;
        r->scale = 0;
        break;
    case SQL_FLOAT:
        r->precision = FLOAT_DIGITS;
        break;
    default:
        break;
    }
}

static bool is_type(enum desc_kind kind, SQLSMALLINT concise_type)
{
    switch (kind) {
    case DESC_ARD:
    case DESC_APD:
        return concise_type == SQL_C_DEFAULT || sqltype_c_bytes(concise_type) >= 0;
    case DESC_IRD:
    case DESC_IPD:
        break;
    }
    return c2sql_is_sql_type(concise_type);
}

bool desc_set_concise_type(struct desc_record *r, enum desc_kind kind, SQLSMALLINT type)
{
    SQLSMALLINT concise = sqltype_odbc3(type);

    if (!is_type(kind, concise)) return false;
    desc_set_type(r, concise);
    return true;
}

bool desc_set_verbose_type(struct desc_record *r, enum desc_kind kind, SQLSMALLINT type,
                           SQLSMALLINT code)
{
    SQLSMALLINT concise = sqltype_join(type, code);

    if (code == 0 && (type == SQL_DATETIME || type == SQL_INTERVAL)) {
        r->concise_type = r->type = type;
        r->datetime_interval_code = 0;
        return true;
    }
    if (!concise || !is_type(kind, concise)) return false;
    desc_set_type(r, concise);
    return true;
}

static bool has_fraction(const struct desc_record *r)
{
    if (r->type == SQL_INTERVAL) return has_interval_seconds(r->datetime_interval_code);
    return r->concise_type == SQL_TYPE_TIME || r->concise_type == SQL_TYPE_TIMESTAMP;
}

/* What is wrong; NULL: nothing. */
static const char *find_inconsistency(const struct desc_record *r, enum desc_kind kind)
{
    const bool is_exact = r->type == SQL_NUMERIC || r->type == SQL_DECIMAL;

    if (sqltype_join(r->type, r->datetime_interval_code) != r->concise_type) {
        return "the type has no such SQL_DESC_DATETIME_INTERVAL_CODE";
    }
    if (!is_type(kind, r->concise_type)) return "there is no such type";
    if (is_exact && (r->precision < 1 || r->precision > DECIMAL_DIGITS_MAX)) {
        return "a number has from 1 to 38 digits (SQL_DESC_PRECISION)";
    }
    if (is_exact && r->scale > r->precision) {
        return "SQL_DESC_SCALE is more than SQL_DESC_PRECISION";
    }
    if (has_fraction(r) && (r->precision < 0 || r->precision > SECONDS_DIGITS_MAX)) {
        return "seconds have from 0 to 9 digits (SQL_DESC_PRECISION)";
    }
    if (r->type == SQL_INTERVAL && (r->datetime_interval_precision < 1 ||
                                    r->datetime_interval_precision > LEADING_DIGITS_MAX)) {
        return "an interval's first field has from 1 to 9 digits "
               "(SQL_DESC_DATETIME_INTERVAL_PRECISION)";
    }
    return NULL;
}

SQLRETURN desc_check(const struct desc_record *r, enum desc_kind kind, struct diag *diag)
{
    const char *why = find_inconsistency(r, kind);

    if (!why) return SQL_SUCCESS;
    return diag_push(diag, SQLSTATE_HY021, 0,
                     "%s: SQL_DESC_TYPE %d, SQL_DESC_DATETIME_INTERVAL_CODE %d, "
                     "SQL_DESC_PRECISION %d, SQL_DESC_SCALE %d",
                     why, r->type, r->datetime_interval_code, r->precision, r->scale);
}
