/*
 * A hundred queries in flight on one thread: asynchronous ODBC by polling.
 *
 *     async_demo [data source [number of queries]]
 *
 * The table sample.taxi_trips is cut into parts, and one query counts and sums each. All are
 * started first; a call that would have to wait returns SQL_STILL_EXECUTING, and is made again
 * with the same arguments until it does not. Nothing here blocks, so the longest single call is
 * printed too. At last one ordinary (blocking) query over the whole table must give the same sums.
 *
 * The comment at the head of each query is read by the local Athena alone: it makes the query take
 * so long, as real ones do.
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

#include "athena_odbc.h"

#define MAX_QUERIES 1000
#define WHOLE_TABLE (-1)

enum step { TO_START, RUNNING, FETCHING, DONE, FAILED };

struct query {
    SQLHSTMT stmt;
    char sql[512];
    enum step step;
    int64_t trips;
    double fares;
    int64_t athena_ms; /* what Athena says the query took */
};

struct progress {
    int queued, running, done, failed;
};

static SQLHENV env;
static SQLHDBC dbc;
static double longest_call_s;

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void nap_ms(long ms)
{
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

static void complain(SQLSMALLINT kind, SQLHANDLE handle, const char *doing)
{
    SQLCHAR state[6] = "", text[1024] = "";
    SQLINTEGER native = 0;

    if (!SQL_SUCCEEDED(
            SQLGetDiagRec(kind, handle, 1, state, &native, text, (SQLSMALLINT)sizeof text, NULL)))
        snprintf((char *)text, sizeof text, "no diagnostic record");
    fprintf(stderr, "\n%s: [%s] %s\n", doing, (char *)state, (char *)text);
}

static bool connect_to(const char *source)
{
    char text[256];

    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env))) return false;
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(uintptr_t)SQL_OV_ODBC3, 0);
    SQLAllocHandle(SQL_HANDLE_DBC, env, &dbc);
    snprintf(text, sizeof text, "DSN=%s", source);
    if (SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, (SQLCHAR *)text, SQL_NTS, NULL, 0, NULL,
                                       SQL_DRIVER_NOPROMPT)))
        return true;
    complain(SQL_HANDLE_DBC, dbc, "connecting");
    return false;
}

/* Part i of count, or the whole table. Run times differ, so that queries end out of order. */
static void write_sql(struct query *q, int i, int count)
{
    static const char *const select = "SELECT count(*), sum(CAST(fare AS double)) FROM taxi_trips";

    if (i == WHOLE_TABLE) {
        snprintf(q->sql, sizeof q->sql, "%s", select);
    } else {
        snprintf(q->sql, sizeof q->sql,
                 "-- athena-local: queue_ms=%d run_ms=%d\n%s WHERE trip_id %% %d = %d",
                 100 + i * 37 % 400, 500 + i * 61 % 2500, select, count, i);
    }
}

static bool prepare(struct query *q, int i, int count, bool is_async)
{
    write_sql(q, i, count);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &q->stmt))) {
        complain(SQL_HANDLE_DBC, dbc, "making a statement");
        return false;
    }
    if (is_async && !SQL_SUCCEEDED(SQLSetStmtAttr(q->stmt, SQL_ATTR_ASYNC_ENABLE,
                                                  (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0))) {
        complain(SQL_HANDLE_STMT, q->stmt, "turning asynchronous execution on");
        return false;
    }
    return true;
}

static bool read_row(struct query *q)
{
    SQLLEN fares_bytes = 0;

    if (!SQL_SUCCEEDED(SQLGetData(q->stmt, 1, SQL_C_SBIGINT, &q->trips, 0, NULL)) ||
        !SQL_SUCCEEDED(SQLGetData(q->stmt, 2, SQL_C_DOUBLE, &q->fares, 0, &fares_bytes)))
        return false;
    if (fares_bytes == SQL_NULL_DATA) q->fares = 0; /* the sum of no rows */
    return SQL_SUCCEEDED(SQLGetStmtAttr(q->stmt, SQL_ATHENA_ATTR_TOTAL_EXECUTION_MS, &q->athena_ms,
                                        SQL_IS_POINTER, NULL));
}

static void finish(struct query *q, bool is_good, const char *doing)
{
    if (!is_good) complain(SQL_HANDLE_STMT, q->stmt, doing);
    q->step = is_good ? DONE : FAILED;
}

/* One ODBC call for one query. False when it is still executing. */
static bool advance(struct query *q)
{
    double called_s = now_s();
    SQLRETURN rc = q->step == FETCHING ? SQLFetch(q->stmt)
                                       : SQLExecDirect(q->stmt, (SQLCHAR *)q->sql, SQL_NTS);
    double call_s = now_s() - called_s;

    if (call_s > longest_call_s) longest_call_s = call_s;
    if (q->step == TO_START) q->step = RUNNING;
    if (rc == SQL_STILL_EXECUTING) return false;
    if (!SQL_SUCCEEDED(rc)) {
        finish(q, false, q->step == FETCHING ? "fetching" : "executing");
    } else if (q->step == FETCHING) {
        finish(q, read_row(q), "reading the row");
    } else {
        q->step = FETCHING;
    }
    return true;
}

/*
 * While a call is still executing the driver manager refuses SQLGetStmtAttr, but lets driver-defined
 * fields of the first diagnostic record through.
 */
static bool is_queued(const struct query *q)
{
    char state[16] = "";

    return q->step == TO_START ||
           (q->step == RUNNING &&
            SQL_SUCCEEDED(SQLGetDiagField(SQL_HANDLE_STMT, q->stmt, 1, SQL_ATHENA_ATTR_STATE, state,
                                          (SQLSMALLINT)sizeof state, NULL)) &&
            (!*state || !strcmp(state, "QUEUED")));
}

static struct progress count_steps(const struct query *queries, int count)
{
    struct progress p = {0};

    for (int i = 0; i < count; i++) {
        bool is_waiting = is_queued(&queries[i]);

        p.queued += is_waiting;
        p.running += !is_waiting && queries[i].step < DONE;
        p.done += queries[i].step == DONE;
        p.failed += queries[i].step == FAILED;
    }
    return p;
}

static void print_progress(const struct query *queries, int count, double begun_s)
{
    struct progress p = count_steps(queries, count);

    printf("  %5.2f s   %3d queued   %3d running   %3d done\n", now_s() - begun_s, p.queued,
           p.running, p.done + p.failed);
    fflush(stdout);
}

/* The whole event loop: ask each query that is not over, nap when none has moved. */
static void run_all(struct query *queries, int count)
{
    double begun_s = now_s(), printed_s = 0;

    for (bool is_over = false; !is_over;) {
        bool has_moved = false;

        is_over = true;
        for (int i = 0; i < count; i++) {
            if (queries[i].step >= DONE) continue;
            if (advance(&queries[i])) has_moved = true;
            if (queries[i].step < DONE) is_over = false;
        }
        if (now_s() - printed_s >= 0.3) {
            printed_s = now_s();
            print_progress(queries, count, begun_s);
        }
        if (!has_moved && !is_over) nap_ms(5);
    }
    print_progress(queries, count, begun_s);
}

static struct query *make_queries(int count)
{
    struct query *queries = calloc((size_t)count, sizeof *queries);

    for (int i = 0; queries && i < count; i++)
        if (!prepare(&queries[i], i, count, true)) return NULL;
    return queries;
}

/* The sums of the parts against one query over the table, this time waiting for it. */
static bool check(const struct query *queries, int count, double wall_s)
{
    struct query whole = {0};
    int64_t trips = 0;
    double fares = 0, athena_s = 0, off_by;

    for (int i = 0; i < count; i++) {
        trips += queries[i].trips;
        fares += queries[i].fares;
        athena_s += (double)queries[i].athena_ms / 1e3;
    }
    printf("%d queries on one thread: %" PRId64 " trips, %.2f dollars\n"
           "wall time %.2f s; by Athena's clock the queries took %.1f s together; "
           "the longest call took %.2f ms\n",
           count, trips, fares, wall_s, athena_s, longest_call_s * 1e3);

    if (!prepare(&whole, WHOLE_TABLE, 1, false)) return false;
    while (whole.step < DONE)
        advance(&whole);
    SQLFreeHandle(SQL_HANDLE_STMT, whole.stmt);
    off_by = whole.fares - fares;
    if (whole.step == DONE && whole.trips == trips && off_by < 1 && off_by > -1) {
        printf("one blocking query over the whole table says the same\n");
        return true;
    }
    fprintf(stderr, "the whole table has %" PRId64 " trips, %.2f dollars\n", whole.trips,
            whole.fares);
    return false;
}

int main(int argc, char **argv)
{
    const char *source = argc > 1 ? argv[1] : "AthenaLocal";
    int count = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 100;
    struct query *queries;
    double begun_s;
    bool is_good;

    if (count < 1 || count > MAX_QUERIES) {
        fprintf(stderr, "async_demo [data source [number of queries, 1 to %d]]\n", MAX_QUERIES);
        return 2;
    }
    if (!connect_to(source) || !(queries = make_queries(count))) return 1;
    begun_s = now_s();
    run_all(queries, count);
    is_good = count_steps(queries, count).failed == 0 && check(queries, count, now_s() - begun_s);

    for (int i = 0; i < count; i++)
        SQLFreeHandle(SQL_HANDLE_STMT, queries[i].stmt);
    free(queries);
    SQLDisconnect(dbc);
    SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return is_good ? 0 : 1;
}
