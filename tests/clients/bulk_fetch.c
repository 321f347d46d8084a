/*
 * Reads a result set by column-wise binding, as fast as it comes, and says what it saw:
 *
 *     bulk_fetch CONNECTION-STRING SQL ROWSET-SIZE native|char|wide
 *
 * One line of JSON on standard output: rows, per column a count of NULLs and a sum (numbers: their
 * sum; text: bytes, or UTF-16 units when wide; dates and times: seconds since 1970), the seconds of
 * execution and of fetching, the CPU seconds of fetching, and the peak memory of the process before
 * and after. Sums do not depend on the order of rows or on the rowset's size, so that a query of
 * aggregates can check them.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sql.h>
#include <sqlext.h>

enum { COLUMNS_MAX = 64, TEXT_ROOM = 256 };

enum mode { AS_NATIVE, AS_CHAR, AS_WIDE };

struct column {
    SQLSMALLINT c_type;
    size_t bytes_each;
    char *values;
    SQLLEN *lengths;
    uint64_t nulls;
    double sum;
};

static struct column columns[COLUMNS_MAX];

static double clock_s(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Not ru_maxrss: that starts at the peak of the process that started this one. */
static long peak_kib(void)
{
    FILE *status = fopen("/proc/self/status", "r");
    char line[128];
    long kib = 0;

    if (!status) return 0;
    while (!kib && fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0) kib = strtol(line + 6, NULL, 10);
    fclose(status);
    return kib;
}

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
    case SQL_DECIMAL:
        return SQL_C_DOUBLE;
    case SQL_TYPE_DATE:
        return SQL_C_TYPE_DATE;
    case SQL_TYPE_TIMESTAMP:
        return SQL_C_TYPE_TIMESTAMP;
    default:
        return SQL_C_CHAR;
    }
}

static size_t bytes_of(SQLSMALLINT c_type)
{
    switch (c_type) {
    case SQL_C_BIT:
    case SQL_C_STINYINT:
        return 1;
    case SQL_C_SSHORT:
        return sizeof(SQLSMALLINT);
    case SQL_C_SLONG:
        return sizeof(SQLINTEGER);
    case SQL_C_SBIGINT:
        return sizeof(SQLBIGINT);
    case SQL_C_FLOAT:
        return sizeof(SQLREAL);
    case SQL_C_DOUBLE:
        return sizeof(SQLDOUBLE);
    case SQL_C_TYPE_DATE:
        return sizeof(SQL_DATE_STRUCT);
    case SQL_C_TYPE_TIMESTAMP:
        return sizeof(SQL_TIMESTAMP_STRUCT);
    case SQL_C_WCHAR:
        return TEXT_ROOM * sizeof(SQLWCHAR);
    default:
        return TEXT_ROOM;
    }
}

static void bind(SQLHSTMT stmt, SQLUSMALLINT number, SQLULEN rowset, enum mode mode)
{
    struct column *c = &columns[number - 1];
    SQLSMALLINT sql_type = 0;

    SQLDescribeCol(stmt, number, NULL, 0, NULL, &sql_type, NULL, NULL, NULL);
    c->c_type = native_type(sql_type);
    if (mode == AS_CHAR) c->c_type = SQL_C_CHAR;
    if (mode == AS_WIDE) c->c_type = SQL_C_WCHAR;
    c->bytes_each = bytes_of(c->c_type);
    c->values = calloc(rowset, c->bytes_each);
    c->lengths = calloc(rowset, sizeof *c->lengths);
    if (!c->values || !c->lengths) exit(1);
    if (!SQL_SUCCEEDED(
            SQLBindCol(stmt, number, c->c_type, c->values, (SQLLEN)c->bytes_each, c->lengths)))
        stop(SQL_HANDLE_STMT, stmt, "binding");
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static double seconds(const SQL_TIMESTAMP_STRUCT *t)
{
    return (double)(days(t->year, t->month, t->day) * 86400 + t->hour * 3600 + t->minute * 60 +
                    t->second) +
           (double)t->fraction / 1e9;
}

#define SUM_AS(type) \
    do { \
        const type *v = (const type *)(const void *)c->values; \
        for (SQLULEN i = 0; i < count; i++) \
            if (c->lengths[i] != SQL_NULL_DATA) c->sum += (double)v[i]; \
    } while (0)

static void sum_structs(struct column *c, SQLULEN count)
{
    for (SQLULEN i = 0; i < count; i++) {
        const char *at = c->values + i * c->bytes_each;

        if (c->lengths[i] == SQL_NULL_DATA) continue;
        if (c->c_type == SQL_C_TYPE_TIMESTAMP) {
            c->sum += seconds((const SQL_TIMESTAMP_STRUCT *)(const void *)at);
        } else if (c->c_type == SQL_C_TYPE_DATE) {
            const SQL_DATE_STRUCT *d = (const SQL_DATE_STRUCT *)(const void *)at;

            c->sum += (double)(days(d->year, d->month, d->day) * 86400);
        } else {
            c->sum += (double)(c->lengths[i] / (c->c_type == SQL_C_WCHAR ? 2 : 1));
        }
    }
}

static void add_up(struct column *c, SQLULEN count)
{
    for (SQLULEN i = 0; i < count; i++)
        c->nulls += c->lengths[i] == SQL_NULL_DATA;
    switch (c->c_type) {
    case SQL_C_BIT:
    case SQL_C_STINYINT:
        SUM_AS(int8_t);
        break;
    case SQL_C_SSHORT:
        SUM_AS(SQLSMALLINT);
        break;
    case SQL_C_SLONG:
        SUM_AS(SQLINTEGER);
        break;
    case SQL_C_SBIGINT:
        SUM_AS(SQLBIGINT);
        break;
    case SQL_C_FLOAT:
        SUM_AS(SQLREAL);
        break;
    case SQL_C_DOUBLE:
        SUM_AS(SQLDOUBLE);
        break;
    default:
        sum_structs(c, count);
    }
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

static uint64_t fetch_all(SQLHSTMT stmt, SQLSMALLINT width, const SQLULEN *fetched)
{
    uint64_t rows = 0;
    SQLRETURN rc;

    while (SQL_SUCCEEDED(rc = SQLFetch(stmt))) {
        rows += *fetched;
        for (SQLSMALLINT i = 0; i < width; i++)
            add_up(&columns[i], *fetched);
    }
    if (rc != SQL_NO_DATA) stop(SQL_HANDLE_STMT, stmt, "fetching");
    return rows;
}

int main(int argc, char **argv)
{
    enum mode mode = AS_NATIVE;
    SQLHENV env;
    SQLHDBC dbc;
    SQLHSTMT stmt;
    SQLULEN rowset, fetched = 0;
    SQLSMALLINT width = 0;
    double begun_s, executed_s, cpu_s;
    long before_kib;
    uint64_t rows;

    if (argc != 5) {
        fprintf(stderr, "bulk_fetch CONNECTION-STRING SQL ROWSET-SIZE native|char|wide\n");
        return 2;
    }
    rowset = strtoul(argv[3], NULL, 10);
    if (strcmp(argv[4], "char") == 0) mode = AS_CHAR;
    if (strcmp(argv[4], "wide") == 0) mode = AS_WIDE;
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
        bind(stmt, (SQLUSMALLINT)i, rowset, mode);
    executed_s = clock_s(CLOCK_MONOTONIC);
    cpu_s = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    before_kib = peak_kib();
    rows = fetch_all(stmt, width, &fetched);

    printf("{\"rows\": %" PRIu64 ", \"execute_s\": %.4f, \"fetch_s\": %.4f, \"cpu_s\": %.4f, "
           "\"peak_before_kib\": %ld, \"peak_kib\": %ld, \"columns\": [",
           rows, executed_s - begun_s, clock_s(CLOCK_MONOTONIC) - executed_s,
           clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu_s, before_kib, peak_kib());
    for (SQLSMALLINT i = 0; i < width; i++)
        printf("%s{\"nulls\": %" PRIu64 ", \"sum\": %.17g}", i ? ", " : "", columns[i].nulls,
               columns[i].sum);
    printf("]}\n");
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
