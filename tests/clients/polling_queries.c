/*
 * Asynchronous ODBC in its plainest form: ask again until the answer is there.
 *
 *     polling_queries [-s seconds] data-source "SELECT ..." ["SELECT ..." ...]
 *
 * All queries of the command line run at the same time, on one thread, and the rows of each are
 * printed when it has ended. A call that would have to wait returns SQL_STILL_EXECUTING and is made
 * again, with the same arguments, between whatever else the program has to do. While a
 * query is pending its state is to be had from the first diagnostic record, the one place
 * where the driver manager lets a program ask then. Queries that take longer than the seconds
 * of -s are cancelled, here and in Athena, and end with SQLSTATE HY008.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sql.h>
#include <sqlext.h>

#include "athena_odbc.h"

enum { FIRST_NAP_MS = 1, LAST_NAP_MS = 32 };

struct query {
    SQLHSTMT stmt;
    const char *sql;
    bool is_fetching, is_over, has_failed;
    char state[16]; /* as last printed */
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void complain(SQLSMALLINT kind, SQLHANDLE handle, const char *doing)
{
    SQLCHAR state[6] = "", text[1024] = "no diagnostic record";

    SQLGetDiagRec(kind, handle, 1, state, NULL, text, (SQLSMALLINT)sizeof text, NULL);
    fprintf(stderr, "%s: [%s] %s\n", doing, (char *)state, (char *)text);
}

static bool connect_to(SQLHENV *env, SQLHDBC *dbc, const char *source)
{
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, env))) return false;
    SQLSetEnvAttr(*env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(uintptr_t)SQL_OV_ODBC3, 0);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, *env, dbc))) return false;
    /* every statement of this connection is to be asynchronous */
    SQLSetConnectAttr(*dbc, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0);
    if (SQL_SUCCEEDED(SQLConnect(*dbc, (SQLCHAR *)(uintptr_t)source, SQL_NTS, NULL, 0, NULL, 0)))
        return true;
    complain(SQL_HANDLE_DBC, *dbc, "connecting");
    return false;
}

/* The rest of the program's work: here, to tell what Athena is doing. */
static void print_state(struct query *q, int number)
{
    char state[16] = "";

    SQLGetDiagField(SQL_HANDLE_STMT, q->stmt, 1, SQL_ATHENA_ATTR_STATE, state,
                    (SQLSMALLINT)sizeof state, NULL);
    if (!*state || strcmp(state, q->state) == 0) return;
    snprintf(q->state, sizeof q->state, "%s", state);
    fprintf(stderr, "query %d: %s\n", number, state);
}

static void print_row(SQLHSTMT stmt, int number)
{
    SQLSMALLINT columns = 0;
    char text[256];
    SQLLEN bytes;

    SQLNumResultCols(stmt, &columns);
    printf("%d", number);
    for (SQLSMALLINT c = 1; c <= columns; c++) {
        if (!SQL_SUCCEEDED(
                SQLGetData(stmt, (SQLUSMALLINT)c, SQL_C_CHAR, text, (SQLLEN)sizeof text, &bytes)))
            bytes = SQL_NULL_DATA;
        printf("\t%s", bytes == SQL_NULL_DATA ? "NULL" : text);
    }
    printf("\n");
}

/* One call. False when it is still executing. */
static bool advance(struct query *q, int number)
{
    SQLRETURN rc = q->is_fetching ? SQLFetch(q->stmt)
                                  : SQLExecDirect(q->stmt, (SQLCHAR *)(uintptr_t)q->sql, SQL_NTS);

    if (rc == SQL_STILL_EXECUTING) return false;
    if (rc == SQL_ERROR) complain(SQL_HANDLE_STMT, q->stmt, q->sql);
    q->has_failed = rc == SQL_ERROR;
    q->is_over = !SQL_SUCCEEDED(rc);
    if (q->is_fetching && !q->is_over) print_row(q->stmt, number);
    q->is_fetching = true;
    return true;
}

/* Naps grow while nothing happens, so that neither a quick query nor the processor suffers. */
static void run(struct query *queries, int count, double limit_s)
{
    double begun_s = now_s();
    int left = count;
    long nap_ms = FIRST_NAP_MS;

    while (left > 0) {
        bool has_moved = false, is_late = limit_s > 0 && now_s() - begun_s > limit_s;

        left = 0;
        for (int i = 0; i < count; i++) {
            if (queries[i].is_over) continue;
            left++;
            if (is_late) SQLCancel(queries[i].stmt); /* its next call will say HY008 */
            if (advance(&queries[i], i + 1)) {
                has_moved = true;
            } else {
                print_state(&queries[i], i + 1);
            }
        }
        if (has_moved) {
            nap_ms = FIRST_NAP_MS;
        } else {
            nanosleep(&(struct timespec){.tv_nsec = nap_ms * 1000000}, NULL);
            if (nap_ms < LAST_NAP_MS) nap_ms *= 2;
        }
    }
}

static int run_all(SQLHDBC dbc, char **sql, int count, double limit_s)
{
    struct query *queries = calloc((size_t)count, sizeof *queries);
    int failed = 0;

    if (!queries) return count;
    for (int i = 0; i < count; i++) {
        queries[i].sql = sql[i];
        if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &queries[i].stmt))) {
            complain(SQL_HANDLE_DBC, dbc, "making a statement");
            queries[i].is_over = queries[i].has_failed = true;
        }
    }
    run(queries, count, limit_s);
    for (int i = 0; i < count; i++) {
        failed += queries[i].has_failed;
        if (queries[i].stmt) SQLFreeHandle(SQL_HANDLE_STMT, queries[i].stmt);
    }
    free(queries);
    return failed;
}

int main(int argc, char **argv)
{
    double limit_s = 0;
    int option, failed = 1;
    SQLHENV env = NULL;
    SQLHDBC dbc = NULL;

    while ((option = getopt(argc, argv, "+s:")) == 's') {
        limit_s = strtod(optarg, NULL);
    }
    if (option != -1 || argc - optind < 2) {
        fprintf(stderr, "polling_queries [-s seconds] data-source \"SELECT ...\" ...\n");
        return 2;
    }
    if (connect_to(&env, &dbc, argv[optind])) {
        failed = run_all(dbc, argv + optind + 1, argc - optind - 1, limit_s);
        SQLDisconnect(dbc);
    }
    if (dbc) SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    if (env) SQLFreeHandle(SQL_HANDLE_ENV, env);
    return failed ? 1 : 0;
}
