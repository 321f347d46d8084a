/* Parameters: how many, what they are, where their values are, and data at execution. */
#include <stdbool.h>
#include <stdint.h>

#include "exec/execute.h"
#include "exec/params.h"
#include "handle/param.h"
#include "handle/stmt.h"

SQLRETURN SQL_API SQLNumParams(SQLHSTMT hstmt, SQLSMALLINT *count)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLNUMPARAMS, &s);
    unsigned found;

    if (!rc && count) {
        found = params_count(s);
        *count = (SQLSMALLINT)(found < INT16_MAX ? found : INT16_MAX);
    }
    return stmt_leave(s, rc);
}

static SQLRETURN check_number(struct stmt *s, SQLUSMALLINT number)
{
    if (number >= 1 && number <= params_count(s)) return SQL_SUCCESS;
    return diag_push(&s->base.diag, SQLSTATE_07009, 0, "no parameter %u; the statement has %u",
                     number, params_count(s));
}

SQLRETURN SQL_API SQLDescribeParam(SQLHSTMT hstmt, SQLUSMALLINT number, SQLSMALLINT *sql_type,
                                   SQLULEN *size, SQLSMALLINT *digits, SQLSMALLINT *nullable)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLDESCRIBEPARAM, &s);

    if (!rc) rc = check_number(s, number);
    if (!rc) {
        if (sql_type) *sql_type = PARAM_DESCRIBED_TYPE;
        if (size) *size = PARAM_DESCRIBED_SIZE;
        if (digits) *digits = PARAM_DESCRIBED_DIGITS;
        if (nullable) *nullable = SQL_NULLABLE_UNKNOWN;
    }
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLBindParameter(SQLHSTMT hstmt, SQLUSMALLINT number, SQLSMALLINT direction,
                                   SQLSMALLINT c_type, SQLSMALLINT sql_type, SQLULEN column_size,
                                   SQLSMALLINT decimal_digits, SQLPOINTER data, SQLLEN buffer_bytes,
                                   SQLLEN *length_or_indicator)
{
    /* ODBC 1's SQLSetParam, as managers map it: for both ways, but for the input's sake */
    bool is_set_param = direction == SQL_PARAM_INPUT_OUTPUT &&
                        buffer_bytes == SQL_SETPARAM_VALUE_MAX;
    const struct param_binding binding = {.number = number,
                                          .direction = is_set_param ? SQL_PARAM_INPUT : direction,
                                          .c_type = c_type,
                                          .sql_type = sql_type,
                                          .column_size = column_size,
                                          .decimal_digits = decimal_digits,
                                          .data = data,
                                          .buffer_bytes = is_set_param ? 0 : buffer_bytes,
                                          .length_or_indicator = length_or_indicator};
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLBINDPARAMETER, &s);

    if (!rc) rc = param_bind(s, &binding);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLParamData(SQLHSTMT hstmt, SQLPOINTER *token)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLPARAMDATA, &s);

    if (!rc) rc = exec_param_data(s, token);
    return stmt_leave(s, rc);
}

SQLRETURN SQL_API SQLPutData(SQLHSTMT hstmt, SQLPOINTER data, SQLLEN length)
{
    struct stmt *s;
    SQLRETURN rc = stmt_enter(hstmt, SQL_API_SQLPUTDATA, &s);

    if (!rc) rc = params_put(s, data, length);
    return stmt_leave(s, rc);
}
