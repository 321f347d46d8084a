/*
 * Two hundred queries in an epoll loop, on one thread, without asking any of them twice in vain.
 *
 *     epoll_queries [data source [number of queries]]
 *
 * Each statement gets an eventfd as its SQL_ATTR_ASYNC_STMT_EVENT. A call that would have to wait
 * returns SQL_STILL_EXECUTING; when its outcome is there the driver writes to the eventfd, epoll_wait
 * returns, and the same call is made again. So queries are waited for like sockets, in the
 * same loop, and nothing happens while nothing has happened. At the end the program says how many
 * calls it took: with polling they would be thousands.
 *
 * Query i returns five rows whose values follow from i, so the program can tell what is right. The
 * comment at the head of each query is read by the local Athena alone: it makes the query take so
 * long, as real ones do.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <sql.h>
#include <sqlext.h>

#ifndef SQL_ATTR_ASYNC_STMT_EVENT
#define SQL_ATTR_ASYNC_STMT_EVENT 29 /* ODBC 3.8; not in every sqlext.h */
#endif

enum { MAX_QUERIES = 400, ROWS = 5, EVENTS = 64, SILENCE_LIMIT_MS = 60000 };

struct query {
    SQLHSTMT stmt;
    int event_fd;
    char sql[256];
    bool is_fetching, is_over, has_failed;
    int64_t number, square; /* the bound columns */
    int64_t rows, sum;
};

struct tally {
    int left, failed;
    int64_t calls, wakeups;
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

static SQLHDBC connect_to(SQLHENV *env, const char *source)
{
    char text[256];
    SQLHDBC dbc;

    snprintf(text, sizeof text, "DSN=%s", source);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, env))) return NULL;
    SQLSetEnvAttr(*env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(uintptr_t)SQL_OV_ODBC3, 0);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, *env, &dbc))) return NULL;
    if (SQL_SUCCEEDED(SQLDriverConnect(dbc, NULL, (SQLCHAR *)text, SQL_NTS, NULL, 0, NULL,
                                       SQL_DRIVER_NOPROMPT)))
        return dbc;
    complain(SQL_HANDLE_DBC, dbc, "connecting");
    return NULL;
}

/* A statement that says on a descriptor of its own, which epoll watches, when it is ready. */
static bool prepare(struct query *q, int i, SQLHDBC dbc, int epoll_fd)
{
    struct epoll_event wish = {.events = EPOLLIN, .data.ptr = q};

    snprintf(q->sql, sizeof q->sql,
             "-- athena-local: queue_ms=%d run_ms=%d\n"
             "SELECT n, n * n FROM UNNEST(sequence(%d, %d)) AS t (n)",
             20 + i * 37 % 200, 100 + i * 61 % 900, i, i + ROWS - 1);
    q->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (q->event_fd < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, q->event_fd, &wish) < 0) {
        perror("eventfd");
        return false;
    }
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbc, &q->stmt))) return false;
    SQLBindCol(q->stmt, 1, SQL_C_SBIGINT, &q->number, 0, NULL);
    SQLBindCol(q->stmt, 2, SQL_C_SBIGINT, &q->square, 0, NULL);
    if (SQL_SUCCEEDED(
            SQLSetStmtAttr(q->stmt, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0)) &&
        SQL_SUCCEEDED(SQLSetStmtAttr(q->stmt, SQL_ATTR_ASYNC_STMT_EVENT,
                                     (SQLPOINTER)(intptr_t)q->event_fd, SQL_IS_POINTER)))
        return true;
    complain(SQL_HANDLE_STMT, q->stmt, "asking for notification");
    return false;
}

static void end(struct query *q, struct tally *t, bool is_good)
{
    if (!is_good) complain(SQL_HANDLE_STMT, q->stmt, q->is_fetching ? "fetching" : "executing");
    q->is_over = true;
    q->has_failed = !is_good;
    t->left--;
    t->failed += !is_good;
}

/* Goes on with a query until it has to wait, or is over. Nothing in here blocks. */
static void advance(struct query *q, struct tally *t)
{
    SQLRETURN rc;

    while (!q->is_over) {
        rc = q->is_fetching ? SQLFetch(q->stmt)
                            : SQLExecDirect(q->stmt, (SQLCHAR *)q->sql, SQL_NTS);
        t->calls++;
        if (rc == SQL_STILL_EXECUTING) return; /* the eventfd will tell */
        if (!SQL_SUCCEEDED(rc)) {
            end(q, t, rc == SQL_NO_DATA);
        } else if (!q->is_fetching) {
            q->is_fetching = true;
        } else {
            q->rows++;
            q->sum += q->number + q->square;
        }
    }
}

/* False when nothing was heard for a long time. */
static bool serve(int epoll_fd, struct tally *t)
{
    struct epoll_event events[EVENTS];
    uint64_t signals;
    int count;

    while (t->left > 0) {
        count = epoll_wait(epoll_fd, events, EVENTS, SILENCE_LIMIT_MS);
        if (count <= 0) return false;
        for (int i = 0; i < count; i++) {
            struct query *q = events[i].data.ptr;

            if (read(q->event_fd, &signals, sizeof signals) != sizeof signals) continue;
            t->wakeups++;
            advance(q, t);
        }
    }
    return true;
}

static int64_t expected_sum(int first)
{
    int64_t sum = 0;

    for (int64_t n = first; n < first + ROWS; n++)
        sum += n + n * n;
    return sum;
}

static bool run(struct query *queries, int count, SQLHDBC dbc, int epoll_fd)
{
    struct tally t = {.left = count};
    double begun_s = now_s();
    int wrong = 0;

    for (int i = 0; i < count; i++) {
        if (!prepare(&queries[i], i, dbc, epoll_fd)) return false;
    }
    for (int i = 0; i < count; i++)
        advance(&queries[i], &t); /* begins it */
    if (!serve(epoll_fd, &t)) {
        fprintf(stderr, "%d queries were not heard of\n", t.left);
        return false;
    }
    for (int i = 0; i < count; i++)
        wrong += queries[i].rows != ROWS || queries[i].sum != expected_sum(i);
    printf("%d queries on one thread in %.2f s: %" PRId64 " calls, %" PRId64
           " wake-ups, %d failed, %d wrong\n",
           count, now_s() - begun_s, t.calls, t.wakeups, t.failed, wrong);
    return !t.failed && !wrong;
}

int main(int argc, char **argv)
{
    const char *source = argc > 1 ? argv[1] : "AthenaLocal";
    int count = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 200;
    int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    struct query *queries;
    bool is_good = false;
    SQLHENV env = NULL;
    SQLHDBC dbc;

    if (count < 1 || count > MAX_QUERIES) {
        fprintf(stderr, "epoll_queries [data source [number of queries, 1 to %d]]\n", MAX_QUERIES);
        return 2;
    }
    queries = calloc((size_t)count, sizeof *queries);
    dbc = connect_to(&env, source);
    if (queries && dbc && epoll_fd >= 0) is_good = run(queries, count, dbc, epoll_fd);

    for (int i = 0; queries && i < count; i++) {
        if (queries[i].stmt) SQLFreeHandle(SQL_HANDLE_STMT, queries[i].stmt);
        if (queries[i].event_fd > 0) close(queries[i].event_fd);
    }
    free(queries);
    if (dbc) {
        SQLDisconnect(dbc);
        SQLFreeHandle(SQL_HANDLE_DBC, dbc);
    }
    if (env) SQLFreeHandle(SQL_HANDLE_ENV, env);
    if (epoll_fd >= 0) close(epoll_fd);
    return is_good ? 0 : 1;
}
