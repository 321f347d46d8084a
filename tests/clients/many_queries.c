/*
 * Thousands of queries at once on one thread, and what that costs: the benchmark's load.
 *
 *     many_queries [option=value...]
 *
 *     source=AthenaLocal  data source, or a connection string
 *     queries=1000        statements, all of them begun at once
 *     connections=1       over which they are spread
 *     at_once=N           so many are begun at first, then one for each that ends; all by default
 *     run_ms=100-100      how long a query runs (read by the local Athena alone): from the first
 *                         number to the second, by turns, so that queries end out of order
 *
 * Each statement has an event descriptor (SQL_ATTR_ASYNC_STMT_EVENT) in an epoll set. Where the
 * process may not have that many descriptors some statements share one. Query i answers with the
 * number i, which is checked. What it took is printed as one line of JSON:
 *
 *     wall_s          from the first SQLExecDirect to the last row
 *     longest_call_ms, calls     of ODBC functions on the application's thread, from the first
 *                     statement's allocation to the last one's end. Not connecting, and not freeing:
 *                     unixODBC looks through its lists of all handles then, 4 ms for 10,000
 *     longest_call    which function that was; over_goal: so many calls took more than 10 ms
 *     waits, longest_wait_ms    calls in which the thread waited, for a lock or for memory
 *     undisturbed_ms  the longest of the calls in which it did not wait, and in which the system
 *                     did not give its processor to another thread
 *     execute_fetch_ms, execute_fetch_p99_ms    median and 99 % of SQLExecDirect and SQLFetch
 *     threads         most seen at once in the process, the application's one included
 *     deferred        functions that returned SQL_STILL_EXECUTING
 *     notified        8-byte integers read from the descriptors: one for each of those
 *     cpu_s           of the process, the driver's thread included
 *     allocated_kib   by SQLAllocHandle and attributes; peak_kib over what there was before them
 *     late_ms         median time from a query's end in Athena to its row here; late_p95_ms
 *     displaced       by how many places Athena's order of submission differs from ours at most
 */
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <sql.h>
#include <sqlext.h>

#include "athena_odbc.h"

#ifndef SQL_ATTR_ASYNC_STMT_EVENT
#define SQL_ATTR_ASYNC_STMT_EVENT 29 /* ODBC 3.8; not in every sqlext.h */
#endif

enum { MOST_CONNECTIONS = 1000, EVENTS = 256, SILENCE_LIMIT_MS = 120 * 1000, SPARE_FDS = 400 };
enum { GOAL_MS = 10, BINS_PER_MS = 10 * 1000, BINS = GOAL_MS * BINS_PER_MS };

#define WATCH_THREADS_S 0.02

/* Times a call: begin_call() comes before the call, end_call() gives its result back. */
#define TIMED(call) (begin_call(), end_call(#call, call))

struct query {
    SQLHSTMT stmt;
    struct query *next; /* shares the descriptor */
    int run_ms;
    bool is_fetching, is_deferred, is_over;
    int64_t submitted_ms, late_ms;
};

struct settings {
    const char *source;
    int queries, connections, run_from_ms, run_to_ms, at_once;
};

static struct settings wanted = {"AthenaLocal", 1000, 1, 100, 100, INT_MAX};
static struct query *queries;
static struct query **heads; /* of those that share a descriptor; which is fds[i] */
static int *fds, fd_count, epoll_fd, begun, left, failed;
static SQLHENV env;
static SQLHDBC dbcs[MOST_CONNECTIONS];
static double called_s, took_ms, longest_call_ms, longest_wait_ms, undisturbed_ms;
static const char *longest_call = "";
static struct rusage used_before;
static uint64_t calls, over_goal, waits, deferred, notified;
static uint32_t bins[BINS + 1]; /* SQLExecDirect and SQLFetch by their time; the last: longer */
static long most_threads;

/* ---- measuring ---------------------------------------------------------------------------- */

static double clock_s(clockid_t which)
{
    struct timespec t;

    clock_gettime(which, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A number from /proc/self/status. */
static long status_of(const char *name)
{
    FILE *f = fopen("/proc/self/status", "r");
    size_t size = strlen(name);
    char line[256];
    long value = 0;

    while (f && fgets(line, sizeof line, f))
        if (strncmp(line, name, size) == 0) value = strtol(line + size, NULL, 10);
    if (f) fclose(f);
    return value;
}

/* Of this program alone: ru_maxrss would include what ran in the process before exec(). */
static long peak_kib(void)
{
    return status_of("VmHWM:");
}

/* Not at each turn of the loop, which it would slow down. */
static void watch_threads(void)
{
    static double watched_s;
    double now_s = clock_s(CLOCK_MONOTONIC);
    long threads;

    if (now_s - watched_s < WATCH_THREADS_S) return;
    watched_s = now_s;
    threads = status_of("Threads:");
    if (threads > most_threads) most_threads = threads;
}

static double cpu_s(void)
{
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void begin_call(void)
{
    getrusage(RUSAGE_THREAD, &used_before);
    called_s = clock_s(CLOCK_MONOTONIC);
}

static SQLRETURN end_call(const char *call, SQLRETURN rc)
{
    struct rusage used;
    bool has_waited, has_yielded;

    took_ms = (clock_s(CLOCK_MONOTONIC) - called_s) * 1e3;
    getrusage(RUSAGE_THREAD, &used);
    has_waited = used.ru_nvcsw != used_before.ru_nvcsw;
    has_yielded = used.ru_nivcsw != used_before.ru_nivcsw;
    calls++;
    over_goal += took_ms > GOAL_MS;
    waits += has_waited;
    if (has_waited && took_ms > longest_wait_ms) longest_wait_ms = took_ms;
    if (!has_waited && !has_yielded && took_ms > undisturbed_ms) undisturbed_ms = took_ms;
    if (took_ms > longest_call_ms) {
        longest_call_ms = took_ms;
        longest_call = call;
    }
    return rc;
}

/* The call that has just ended counts for the quantiles. */
static void keep_time(void)
{
    bins[took_ms < GOAL_MS ? (int)(took_ms * BINS_PER_MS) : BINS]++;
}

static double quantile_ms(double share)
{
    uint64_t count = 0, seen = 0;
    int i = 0;

    for (int k = 0; k <= BINS; k++)
        count += bins[k];
    while (i < BINS && (double)(seen += bins[i]) < share * (double)count)
        i++;
    return (double)i / BINS_PER_MS;
}

static void complain(SQLSMALLINT kind, SQLHANDLE handle, const char *doing)
{
    SQLCHAR state[6] = "", text[1024] = "no diagnostic record";

    SQLGetDiagRec(kind, handle, 1, state, NULL, text, (SQLSMALLINT)sizeof text, NULL);
    fprintf(stderr, "%s: [%s] %s\n", doing, (char *)state, (char *)text);
}

/* ---- making ------------------------------------------------------------------------------- */

static bool connect_all(void)
{
    char text[2048];
    const char *prefix = strchr(wanted.source, '=') ? "" : "DSN=";

    snprintf(text, sizeof text, "%s%s", prefix, wanted.source);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env))) return false;
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(uintptr_t)SQL_OV_ODBC3, 0);
    for (int i = 0; i < wanted.connections; i++) {
        if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &dbcs[i]))) return false;
        if (!SQL_SUCCEEDED(SQLDriverConnect(dbcs[i], NULL, (SQLCHAR *)text, SQL_NTS, NULL, 0, NULL,
                                            SQL_DRIVER_NOPROMPT))) {
            complain(SQL_HANDLE_DBC, dbcs[i], "connecting");
            return false;
        }
    }
    return true;
}

/* As many descriptors as may be had: the driver duplicates one for each statement. */
static bool make_descriptors(void)
{
    struct rlimit limit;
    long room;

    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    room = (long)limit.rlim_cur - wanted.queries - SPARE_FDS;
    fd_count = room < wanted.queries ? (int)room : wanted.queries;
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (fd_count < 1 || epoll_fd < 0) return false;
    fds = calloc((size_t)fd_count, sizeof *fds);
    heads = calloc((size_t)fd_count, sizeof *heads);
    for (int i = 0; fds && heads && i < fd_count; i++) {
        struct epoll_event wish = {.events = EPOLLIN, .data.u32 = (uint32_t)i};

        fds[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (fds[i] < 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fds[i], &wish)) return false;
    }
    return fds && heads;
}

static bool make_statement(int i)
{
    struct query *q = &queries[i];
    int spread = wanted.run_to_ms - wanted.run_from_ms + 1;

    q->run_ms = wanted.run_from_ms + (int)((int64_t)i * 7919 % spread);
    q->next = heads[i % fd_count];
    heads[i % fd_count] = q;
    if (!SQL_SUCCEEDED(
            TIMED(SQLAllocHandle(SQL_HANDLE_STMT, dbcs[i % wanted.connections], &q->stmt))))
        return false;
    if (SQL_SUCCEEDED(TIMED(
            SQLSetStmtAttr(q->stmt, SQL_ATTR_ASYNC_ENABLE, (SQLPOINTER)SQL_ASYNC_ENABLE_ON, 0))) &&
        SQL_SUCCEEDED(
            TIMED(SQLSetStmtAttr(q->stmt, SQL_ATTR_ASYNC_STMT_EVENT,
                                 (SQLPOINTER)(intptr_t)fds[i % fd_count], SQL_IS_POINTER))))
        return true;
    complain(SQL_HANDLE_STMT, q->stmt, "asking for notification");
    return false;
}

/* ---- running ------------------------------------------------------------------------------ */

static void end(struct query *q, bool is_good, const char *doing)
{
    if (!is_good) {
        complain(SQL_HANDLE_STMT, q->stmt, doing);
        failed++;
    }
    q->is_over = true;
    left--;
    TIMED(SQLFreeStmt(q->stmt, SQL_CLOSE));
}

static bool is_running(const struct query *q)
{
    return q - queries < begun && !q->is_over;
}

static bool read_row(struct query *q)
{
    int64_t number = -1, completed_ms = 0;

    TIMED(SQLGetData(q->stmt, 1, SQL_C_SBIGINT, &number, 0, NULL));
    TIMED(SQLGetStmtAttr(q->stmt, SQL_ATHENA_ATTR_SUBMISSION_TIME, &q->submitted_ms, SQL_IS_POINTER,
                         NULL));
    TIMED(SQLGetStmtAttr(q->stmt, SQL_ATHENA_ATTR_COMPLETION_TIME, &completed_ms, SQL_IS_POINTER,
                         NULL));
    q->late_ms = (int64_t)(clock_s(CLOCK_REALTIME) * 1000) - completed_ms;
    return number == q - queries;
}

static SQLRETURN execute(struct query *q)
{
    char sql[160];

    snprintf(sql, sizeof sql, "-- athena-local: queue_ms=0 planning_ms=0 run_ms=%d\nSELECT %d",
             q->run_ms, (int)(q - queries));
    return TIMED(SQLExecDirect(q->stmt, (SQLCHAR *)sql, SQL_NTS));
}

static SQLRETURN fetch(struct query *q)
{
    return TIMED(SQLFetch(q->stmt));
}

/* Goes on with a query until it has to wait, or is over. */
static void advance(struct query *q)
{
    while (!q->is_over) {
        SQLRETURN rc = q->is_fetching ? fetch(q) : execute(q);

        keep_time();
        if (rc == SQL_STILL_EXECUTING) {
            deferred += !q->is_deferred;
            q->is_deferred = true;
            return;
        }
        q->is_deferred = false;
        if (rc != SQL_SUCCESS) {
            end(q, false, q->is_fetching ? "fetching" : "executing");
        } else if (!q->is_fetching) {
            q->is_fetching = true;
        } else {
            end(q, read_row(q), "reading the row");
        }
    }
}

static void begin_more(void)
{
    while (begun < wanted.queries && begun + left - wanted.queries < wanted.at_once)
        advance(&queries[begun++]);
}

static bool serve(void)
{
    struct epoll_event events[EVENTS];

    while (left > 0) {
        int count = epoll_wait(epoll_fd, events, EVENTS, SILENCE_LIMIT_MS);

        if (count <= 0) {
            fprintf(stderr, "nothing was heard for a long time; %d queries are left\n", left);
            return false;
        }
        for (int i = 0; i < count; i++) {
            uint32_t at = events[i].data.u32;
            uint64_t signals = 0;

            if (read(fds[at], &signals, sizeof signals) == sizeof signals) notified += signals;
            for (struct query *q = heads[at]; q; q = q->next)
                if (is_running(q)) advance(q);
        }
        begin_more();
        watch_threads();
    }
    return true;
}

/* ---- telling ------------------------------------------------------------------------------ */

static int by_late(const void *a, const void *b)
{
    int64_t x = ((const struct query *)a)->late_ms, y = ((const struct query *)b)->late_ms;

    return (x > y) - (x < y);
}

/* Those submitted in one millisecond count as in order. */
static int displaced(void)
{
    int most = 0;

    for (int i = 0; i < wanted.queries; i++) {
        int earlier = 0; /* begun before i, submitted after it */

        for (int k = i - 1; k >= 0 && i - k < 200; k--)
            earlier += queries[k].submitted_ms > queries[i].submitted_ms;
        if (earlier > most) most = earlier;
    }
    return most;
}

static void tell(double wall_s, double used_s, long before_kib, long allocated_kib)
{
    int order = displaced();
    long peak = peak_kib(); /* before sorting */

    qsort(queries, (size_t)wanted.queries, sizeof *queries, by_late);
    printf("{\"queries\": %d, \"failed\": %d, \"wall_s\": %.3f, \"cpu_s\": %.3f, "
           "\"longest_call_ms\": %.3f, \"longest_call\": \"%.*s\", \"over_goal\": %" PRIu64 ", "
           "\"waits\": %" PRIu64 ", \"longest_wait_ms\": %.3f, \"undisturbed_ms\": %.3f, "
           "\"calls\": %" PRIu64 ", "
           "\"execute_fetch_ms\": %.4f, \"execute_fetch_p99_ms\": %.4f, \"threads\": %ld, "
           "\"deferred\": %" PRIu64 ", \"notified\": %" PRIu64 ", "
           "\"allocated_kib\": %ld, \"peak_kib\": %ld, \"late_ms\": %" PRId64 ", "
           "\"late_p95_ms\": %" PRId64 ", \"displaced\": %d}\n",
           wanted.queries, failed, wall_s, used_s, longest_call_ms, (int)strcspn(longest_call, "("),
           longest_call, over_goal, waits, longest_wait_ms, undisturbed_ms, calls, quantile_ms(0.5),
           quantile_ms(0.99), most_threads, deferred, notified, allocated_kib - before_kib,
           peak - before_kib, queries[wanted.queries / 2].late_ms,
           queries[(size_t)wanted.queries * 95 / 100].late_ms, order);
}

static bool read_settings(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (sscanf(argv[i], "queries=%d", &wanted.queries) == 1) continue;
        if (sscanf(argv[i], "connections=%d", &wanted.connections) == 1) continue;
        if (sscanf(argv[i], "at_once=%d", &wanted.at_once) == 1) continue;
        if (sscanf(argv[i], "run_ms=%d-%d", &wanted.run_from_ms, &wanted.run_to_ms) == 2) continue;
        if (strncmp(argv[i], "source=", 7) != 0) return false;
        wanted.source = argv[i] + 7;
    }
    return wanted.queries > 0 && wanted.at_once > 0 && wanted.connections > 0 &&
           wanted.connections <= MOST_CONNECTIONS && wanted.run_from_ms >= 0 &&
           wanted.run_to_ms >= wanted.run_from_ms;
}

/* One query before anything is measured: libraries are loaded, a connection is open. */
static bool warm_up(void)
{
    SQLHSTMT stmt;
    bool is_good = SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, dbcs[0], &stmt)) &&
                   SQL_SUCCEEDED(SQLExecDirect(stmt, (SQLCHAR *)"SELECT 1", SQL_NTS));

    if (!is_good) complain(SQL_HANDLE_STMT, stmt, "the first query");
    SQLFreeHandle(SQL_HANDLE_STMT, stmt);
    return is_good;
}

int main(int argc, char **argv)
{
    double begun_s, begun_cpu_s, wall_s, used_s;
    long before_kib, allocated_kib;
    bool is_good;

    if (!read_settings(argc, argv)) {
        fprintf(stderr,
                "many_queries [source=S] [queries=N] [connections=N] [run_ms=A-B] [at_once=N]\n");
        return 2;
    }
    queries = calloc((size_t)wanted.queries, sizeof *queries);
    if (!queries || !make_descriptors() || !connect_all() || !warm_up()) return 1;
    memset(queries, 0xff, (size_t)wanted.queries * sizeof *queries); /* ours is not the driver's */
    memset(queries, 0, (size_t)wanted.queries * sizeof *queries);
    memset(bins, 0xff, sizeof bins);
    memset(bins, 0, sizeof bins);
    before_kib = peak_kib();
    for (int i = 0; i < wanted.queries; i++)
        if (!make_statement(i)) return 1;
    allocated_kib = peak_kib();

    left = wanted.queries;
    begun_s = clock_s(CLOCK_MONOTONIC);
    begun_cpu_s = cpu_s();
    begin_more();
    is_good = serve();
    wall_s = clock_s(CLOCK_MONOTONIC) - begun_s;
    used_s = cpu_s() - begun_cpu_s;
    for (int i = 0; is_good && i < wanted.queries; i++)
        SQLFreeHandle(SQL_HANDLE_STMT, queries[i].stmt);
    tell(wall_s, used_s, before_kib, allocated_kib);
    for (int i = 0; i < wanted.connections; i++) {
        SQLDisconnect(dbcs[i]);
        SQLFreeHandle(SQL_HANDLE_DBC, dbcs[i]);
    }
    SQLFreeHandle(SQL_HANDLE_ENV, env);
    return is_good && !failed ? 0 : 1;
}
