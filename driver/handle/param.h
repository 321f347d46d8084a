/*
 * Bindings of parameters: what SQLBindParameter writes into a statement's APD and IPD, and what an
 * execution reads from there. ODBC Programmer's Reference, "SQLBindParameter Function", "Binding
 * parameters by setting descriptor fields".
 *
 * Thread: under the statement's lock.
 */
#ifndef ATHENA_HANDLE_PARAM_H
#define ATHENA_HANDLE_PARAM_H

#include "convert/c2sql.h"
#include "handle/stmt.h"

/*
 * Athena does not say what a marker's type is. SQLDescribeParam answers a text of this length, the
 * longest that a statement may have, and a parameter bound exactly so is of its C type's own type.
 * The decimal digits mean nothing for text, but applications cut the fractions of seconds to them.
 */
enum {
    PARAM_DESCRIBED_TYPE = SQL_VARCHAR,
    PARAM_DESCRIBED_SIZE = 262144,
    PARAM_DESCRIBED_DIGITS = 9
};

/* The arguments of SQLBindParameter. */
struct param_binding {
    SQLUSMALLINT number;
    SQLSMALLINT direction, c_type, sql_type;
    SQLULEN column_size;
    SQLSMALLINT decimal_digits;
    SQLPOINTER data;
    SQLLEN buffer_bytes;
    SQLLEN *length_or_indicator;
};

/*
 * SQLBindParameter. Diagnostics: 07006, 07009, HY001, HY003, HY004, HY009, HY090, HY104, HY105,
 * HYC00 for output parameters.
 */
SQLRETURN param_bind(struct stmt *s, const struct param_binding *binding);

/* A parameter's value as the application's memory holds it now. */
struct param_value {
    SQLSMALLINT c_type;
    const void *data; /* bind offset included; NULL: no buffer */
    SQLLEN length;    /* bytes, SQL_NTS, SQL_NULL_DATA, SQL_DATA_AT_EXEC ... */
    bool is_null;
    bool is_late;                 /* data at execution: data is only the application's token */
    SQLSMALLINT precision, scale; /* of the APD, as struct c_source has them */
    struct sql_target target;     /* but for the dialect */
};

/*
 * Parameter number (1-based) of a set (from 0). 07002 when it is not bound, HYC00 when it is not for
 * input. Its element of the array is where SQL_ATTR_PARAM_BIND_TYPE and _OFFSET_PTR say.
 */
SQLRETURN param_read(struct stmt *s, size_t set, SQLSMALLINT number, struct param_value *out);

/* Whether SQL_ATTR_PARAM_OPERATION_PTR leaves a set out. */
bool param_is_ignored(const struct stmt *s, size_t set);

#endif
