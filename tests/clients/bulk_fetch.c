/*
 * Reads a result set by column-wise binding, as fast as it comes, and says what it saw:
 *
 *     bulk_fetch CONNECTION-STRING SQL ROWSET-SIZE native|char|wide [bind|getdata [unchecked]]
 *
 * One line of JSON on standard output: rows, per column a count of NULLs and a sum (numbers: their
 * sum; text: bytes, or UTF-16 units when wide; dates and times: seconds since 1970), the seconds of
 * execution and of fetching, the CPU seconds of fetching, and the peak memory of the process before
 * and after. Sums do not depend on the order of rows or on the rowset's size, so that a query of
 * aggregates can check them. getdata: SQLGetData for each value, rowset size 1. unchecked: no sums, for
 * time that is the driver's alone.
 */
#include "measure.h"

static struct column columns[COLUMNS_MAX];

static void stop(SQLSMALLINT kind, SQLHANDLE handle, const char *doing)
{
    SQLCHAR state[6] = "", text[1024] = "";

    SQLGetDiagRec(kind, handle, 1, state, NULL, text, (SQLSMALLINT)sizeof text, NULL);
    fprintf(stderr, "%s: [%s] %s\n", doing, (char *)state, (char *)text);
    exit(1);
}

static SQLSMALLINT native_type(SQLSMALLINT sql_type)
{
    switch (sql_type) {
    case SQL_BIT:
        return SQL_C_BIT;
    case SQL_TINYINT:
        return SQL_C_STINYINT;
    case SQL_SMALLINT:
        return SQL_C_SSHORT;
    case SQL_INTEGER:
        return SQL_C_SLONG;
    case SQL_BIGINT:
        return SQL_C_SBIGINT;
    case SQL_REAL:
        return SQL_C_FLOAT;
    case SQL_DOUBLE:
    case SQL_FLOAT:
    case SQL_DECIMAL:
    case SQL_NUMERIC:
        return SQL_C_DOUBLE;
    case SQL_TYPE_DATE:
        return SQL_C_TYPE_DATE;
    case SQL_TYPE_TIMESTAMP:
        return SQL_C_TYPE_TIMESTAMP;
    default:
        return SQL_C_CHAR;
    }
}

/* Memory for a column, and unless SQLGetData is to fill it, its binding. */
static void prepare(SQLHSTMT stmt, SQLUSMALLINT number, SQLULEN rowset, const char *mode,
                    bool is_bound)
{
    struct column *c = &columns[number - 1];
    SQLSMALLINT sql_type = 0;

    SQLDescribeCol(stmt, number, NULL, 0, NULL, &sql_type, NULL, NULL, NULL);
    column_room(c, mode_type(mode, native_type(sql_type)), rowset);
    if (is_bound && !SQL_SUCCEEDED(SQLBindCol(stmt, number, c->c_type, c->values,
                                              (SQLLEN)c->bytes_each, c->lengths)))
        stop(SQL_HANDLE_STMT, stmt, "binding");
}

static SQLHDBC connect_to(SQLHENV *env, char *text)
{
    SQLHDBC dbc;

    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, env);
    SQLSetEnvAttr(*env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(uintptr_t)SQL_OV_ODBC3, 0);
    SQLAllocHandle(SQL_HANDLE_DBC, *env, &dbc);
    if (!SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, (SQLCHAR *)text, SQL_NTS, NULL, 0, NULL,
                                        SQL_DRIVER_NOPROMPT)))
        stop(SQL_HANDLE_DBC, dbc, "connecting");
    return dbc;
}

static void get_values(SQLHSTMT stmt, SQLSMALLINT width)
{
    for (SQLSMALLINT i = 0; i < width; i++) {
        struct column *c = &columns[i];

        if (!SQL_SUCCEEDED(SQLGetData(stmt, (SQLUSMALLINT)(i + 1), c->c_type, c->values,
                                      (SQLLEN)c->bytes_each, c->lengths)))
            stop(SQL_HANDLE_STMT, stmt, "getting a value");
    }
}

struct way {
    bool is_bound, is_checked;
};

static uint64_t fetch_all(SQLHSTMT stmt, SQLSMALLINT width, const SQLULEN *fetched, struct way way)
{
    uint64_t rows = 0;
    SQLRETURN rc;

    while (SQL_SUCCEEDED(rc = SQLFetch(stmt))) {
        rows += *fetched;
        if (!way.is_bound) get_values(stmt, width);
        for (SQLSMALLINT i = 0; way.is_checked && i < width; i++)
            add_up(&columns[i], *fetched);
    }
    if (rc != SQL_NO_DATA) stop(SQL_HANDLE_STMT, stmt, "fetching");
    return rows;
}

int main(int argc, char **argv)
{
    SQLHENV env;
    SQLHDBC dbc;
    SQLHSTMT stmt;
    SQLULEN rowset, fetched = 0;
    SQLSMALLINT width = 0;
    struct way way = {true, true};
    struct took took;
    double begun_s;
    uint64_t rows;

    if (argc < 5) {
        fprintf(stderr, "bulk_fetch CONNECTION-STRING SQL ROWSET-SIZE native|char|wide "
                        "[bind|getdata [unchecked]]\n");
        return 2;
    }
    way.is_bound = argc < 6 || strcmp(argv[5], "getdata") != 0;
    way.is_checked = argc < 7;
    rowset = way.is_bound ? strtoul(argv[3], NULL, 10) : 1;
    dbc = connect_to(&env, argv[1]);
    SQLAllocHandle(SQL_HANDLE_STMT, dbc, &stmt);
    SQLSetStmtAttr(stmt, SQL_ATTR_ROW_ARRAY_SIZE, (SQLPOINTER)rowset, 0);
    SQLSetStmtAttr(stmt, SQL_ATTR_ROWS_FETCHED_PTR, &fetched, 0);
    begun_s = clock_s(CLOCK_MONOTONIC);
    if (!SQL_SUCCEEDED(SQLExecDirect(stmt, (SQLCHAR *)argv[2], SQL_NTS)))
        stop(SQL_HANDLE_STMT, stmt, "executing");
    SQLNumResultCols(stmt, &width);
    if (width > COLUMNS_MAX) return 2;
    for (SQLSMALLINT i = 1; i <= width; i++)
        prepare(stmt, (SQLUSMALLINT)i, rowset, argv[4], way.is_bound);
    took = took_begin();
    rows = fetch_all(stmt, width, &fetched, way);
    took_print(&took, took.wall_s - begun_s, rows, columns, width);
    for (SQLSMALLINT i = 0; i < width; i++) {
        free(columns[i].values);
        free(columns[i].lengths);
    }
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return 0;
}
