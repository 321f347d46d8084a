/*
 * Everything at once, at random: what a seed does here must neither hang nor give a wrong row.
 *
 *     stress [data source [seconds [seed [threads]]]]
 *
 * Application threads own a few statements each, on connections that they share. A thread takes one
 * step with one statement after the other: execute (blocking or asynchronous, with and without event
 * descriptor, with and without time-out), fetch, close early, free and make anew. Another thread
 * cancels any statement at any time. The main thread disconnects a connection now and then with
 * whatever is pending on it, connects again, and watches that all others still move.
 *
 * What an execution returns follows from its text, so each end is judged: all its rows or an error
 * that there was a reason for (a cancel, a time-out, a query that is wrong). Exit status 0: all were.
 *
 * What the driver manager cannot do is kept from it: a connection is not disconnected while a
 * thread is inside one of its calls (`calls`), and an asynchronous statement is not cancelled while
 * its thread is inside a call of it (`slot.lock`), because both write the statement's state without a
 * lock.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <sql.h>
#include <sqlext.h>

#ifndef SQL_ATTR_ASYNC_STMT_EVENT
#define SQL_ATTR_ASYNC_STMT_EVENT 29 /* ODBC 3.8; not in every sqlext.h */
#endif

enum { CONNECTIONS = 3, SLOTS = 4, MAX_THREADS = 32, SILENCE_LIMIT_S = 60 };
enum { SETS_MAX = 20 };   /* of parameters, which is more than the driver has open at a time */
enum { SLOW_MS = 30000 }; /* such a query is cancelled, disconnected from, or out of time */

/* ---- what there is ---- */

struct connection {
    pthread_rwlock_t calls; /* read: inside a call; write: disconnecting */
    SQLHDBC dbc;
    atomic_uint generation; /* counts connects: the statements of an earlier one are gone */
};

enum kind { SMALL, LARGE, LISTING, WRONG, SLOW, ARRAY, KINDS };

enum phase { RESTING, EXECUTING, FETCHING };

struct slot {
    pthread_mutex_t lock; /* stmt and cancels; held during asynchronous calls */
    SQLHSTMT stmt;
    struct connection *connection;
    unsigned generation;
    int cancels; /* since the execution began */

    /* its thread's */
    enum phase phase;
    enum kind kind;
    bool is_async, is_deferred, has_timeout;
    int event_fd;    /* -1: none */
    int64_t signals; /* that may still come: of calls that were deferred */
    char sql[256];
    int64_t rows, sum, expected_rows, expected_sum;
    int64_t fetches_left; /* then it is closed */
    SQLBIGINT value;
    SQLLEN value_bytes;
    SQLBIGINT limits[SETS_MAX]; /* parameters of an ARRAY */
    int sets;
};

struct worker {
    pthread_t thread;
    uint64_t random;
    struct slot slots[SLOTS];
    atomic_uint steps; /* the watchdog's */
};

static struct connection connections[CONNECTIONS];
static struct worker workers[MAX_THREADS];
static int worker_count = 4;
static SQLHENV env;
static const char *source = "AthenaLocal";
static atomic_bool is_time_up, is_over; /* for the workers; for the cancelling thread */
static atomic_long executions, complete, cancelled, timed_out, refused, disconnects, rows_read,
    wrong;

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

/* xorshift64: the same seed, the same wishes (though threads meet differently each time). */
static unsigned chance(uint64_t *random, unsigned below)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return (unsigned)((*random >> 11) % below);
}

static void first_state(SQLSMALLINT kind, SQLHANDLE handle, char state[6], char *text, size_t room)
{
    snprintf(state, 6, "?????");
    snprintf(text, room, "no diagnostic record");
    SQLGetDiagRec(kind, handle, 1, (SQLCHAR *)state, NULL, (SQLCHAR *)text, (SQLSMALLINT)room,
                  NULL);
}

static void complain(SQLSMALLINT kind, SQLHANDLE handle, const char *doing)
{
    char state[6], text[512];

    first_state(kind, handle, state, text, sizeof text);
    fprintf(stderr, "%s: [%s] %s\n", doing, state, text);
    atomic_fetch_add(&wrong, 1);
}

/* ---- connections ---- */

static bool open_connection(struct connection *c)
{
    char text[256];

    snprintf(text, sizeof text, "DSN=%s", source);
    if (!c->dbc && !SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_DBC, env, &c->dbc))) return false;
    if (SQL_SUCCEEDED(SQLDriverConnect(c->dbc, NULL, (SQLCHAR *)text, SQL_NTS, NULL, 0, NULL,
                                       SQL_DRIVER_NOPROMPT))) {
        atomic_fetch_add(&c->generation, 1);
        return true;
    }
    complain(SQL_HANDLE_DBC, c->dbc, "connecting");
    return false;
}

static bool close_connection(struct connection *c, bool frees)
{
    if (!SQL_SUCCEEDED(SQLDisconnect(c->dbc))) {
        complain(SQL_HANDLE_DBC, c->dbc, "disconnecting");
        return false;
    }
    atomic_fetch_add(&c->generation, 1);
    if (!frees) return true;
    if (!SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_DBC, c->dbc))) {
        complain(SQL_HANDLE_DBC, c->dbc, "freeing the connection");
        return false;
    }
    c->dbc = NULL;
    return true;
}

/* With whatever is pending on it: those queries are stopped, those statements gone. */
static void reconnect(struct connection *c, bool frees)
{
    pthread_rwlock_wrlock(&c->calls);
    if (!close_connection(c, frees) || !open_connection(c)) atomic_store(&is_time_up, true);
    pthread_rwlock_unlock(&c->calls);
    atomic_fetch_add(&disconnects, 1);
}

/* ---- statements ---- */

static void forget(struct slot *s)
{
    s->stmt = NULL;
    s->phase = RESTING;
    if (s->event_fd >= 0) close(s->event_fd);
    s->event_fd = -1;
    s->signals = 0;
}

static bool set(struct slot *s, SQLINTEGER attribute, intptr_t value)
{
    if (SQL_SUCCEEDED(SQLSetStmtAttr(s->stmt, attribute, (SQLPOINTER)value, SQL_IS_POINTER)))
        return true;
    complain(SQL_HANDLE_STMT, s->stmt, "setting an attribute");
    return false;
}

/* Inside `calls` of the connection, with the slot's lock. */
static void allocate(struct slot *s, struct connection *c, bool has_event)
{
    s->connection = c;
    s->generation = atomic_load(&c->generation);
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_STMT, c->dbc, &s->stmt))) {
        complain(SQL_HANDLE_DBC, c->dbc, "making a statement");
        s->stmt = NULL;
    } else if (has_event) {
        s->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
        if (!set(s, SQL_ATTR_ASYNC_STMT_EVENT, s->event_fd)) atomic_fetch_add(&wrong, 1);
    }
}

static bool make_statement(struct slot *s, uint64_t *random)
{
    struct connection *c = &connections[chance(random, CONNECTIONS)];
    bool has_event = chance(random, 2);

    pthread_rwlock_rdlock(&c->calls);
    pthread_mutex_lock(&s->lock);
    allocate(s, c, has_event);
    pthread_mutex_unlock(&s->lock);
    pthread_rwlock_unlock(&c->calls);
    return s->stmt;
}

/* The same query for each of some limits; all results together are judged. */
static void write_array(struct slot *s, uint64_t *random)
{
    int first = (int)chance(random, 1000);

    s->sets = 1 + (int)chance(random, SETS_MAX);
    s->expected_rows = s->expected_sum = 0;
    for (int i = 0; i < s->sets; i++) {
        s->limits[i] = first + (int)chance(random, 40);
        s->expected_rows += s->limits[i] - first;
        for (SQLBIGINT n = first; n < s->limits[i]; n++)
            s->expected_sum += n;
    }
    snprintf(s->sql, sizeof s->sql,
             "-- athena-local: run_ms=%d\n"
             "SELECT n FROM UNNEST(sequence(%d, %d)) AS t (n) WHERE n < ?",
             (int)chance(random, 100), first, first + 40);
}

static void write_query(struct slot *s, uint64_t *random)
{
    int first = (int)chance(random, 1000), count = (int)chance(random, 40);
    int run_ms = s->kind == SLOW ? SLOW_MS : (int)chance(random, 200);

    s->expected_rows = s->expected_sum = 0;
    switch (s->kind) {
    case ARRAY:
        write_array(s, random);
        return;
    case LARGE: /* more than a page: from the result's file */
        s->expected_rows = 2000 + count * 100;
        s->expected_sum = s->expected_rows * (s->expected_rows + 1) / 2;
        snprintf(s->sql, sizeof s->sql,
                 "-- athena-local: run_ms=%d\n"
                 "SELECT trip_id FROM taxi_trips WHERE trip_id BETWEEN 1 AND %" PRId64,
                 run_ms, s->expected_rows);
        return;
    case WRONG:
        snprintf(s->sql, sizeof s->sql, "SELECT n FROM no_such_table WHERE n = %d", first);
        return;
    default:
        for (int n = first; n < first + count; n++)
            s->expected_sum += n;
        s->expected_rows = count;
        snprintf(s->sql, sizeof s->sql,
                 "-- athena-local: queue_ms=%d run_ms=%d\n"
                 "SELECT n FROM UNNEST(sequence(%d, %d)) AS t (n) WHERE n < %d",
                 (int)chance(random, 50), run_ms, first, first + 40, first + count);
    }
}

static bool prepare_execution(struct slot *s, uint64_t *random)
{
    s->kind = (enum kind)chance(random, KINDS);
    s->is_async = chance(random, 4) > 0;
    s->has_timeout = chance(random, 5) == 0;
    s->is_deferred = false;
    s->fetches_left = chance(random, 4) ? INT64_MAX : chance(random, 30);
    s->rows = s->sum = 0;
    s->sets = 1;
    write_query(s, random);
    pthread_mutex_lock(&s->lock);
    s->cancels = 0;
    pthread_mutex_unlock(&s->lock);
    atomic_fetch_add(&executions, 1);
    return set(s, SQL_ATTR_ASYNC_ENABLE, s->is_async) &&
           set(s, SQL_ATTR_QUERY_TIMEOUT, s->has_timeout) &&
           set(s, SQL_ATTR_PARAMSET_SIZE, s->sets) &&
           SQL_SUCCEEDED(SQLBindParameter(s->stmt, 1, SQL_PARAM_INPUT, SQL_C_SBIGINT, SQL_BIGINT, 0,
                                          0, s->limits, 0, NULL)) &&
           SQL_SUCCEEDED(SQLBindCol(s->stmt, 1, s->kind == LISTING ? SQL_C_CHAR : SQL_C_SBIGINT,
                                    &s->value, (SQLLEN)sizeof s->value, &s->value_bytes));
}

/* ---- judging ---- */

static bool has_been_cancelled(struct slot *s)
{
    bool was_cancelled;

    pthread_mutex_lock(&s->lock);
    was_cancelled = s->cancels > 0;
    pthread_mutex_unlock(&s->lock);
    return was_cancelled;
}

static void judge_error(struct slot *s)
{
    const bool was_cancelled = has_been_cancelled(s);
    char state[6], text[512];

    first_state(SQL_HANDLE_STMT, s->stmt, state, text, sizeof text);
    /* HY010: unixODBC forgets the open cursor of a statement that is cancelled between two calls */
    if (was_cancelled &&
        (!strcmp(state, "HY008") || (!strcmp(state, "HY010") && strstr(text, "Driver Manager")))) {
        atomic_fetch_add(&cancelled, 1);
    } else if (strcmp(state, "HYT00") == 0 && s->has_timeout) {
        atomic_fetch_add(&timed_out, 1);
    } else if (strcmp(state, "42S02") == 0 && s->kind == WRONG) {
        atomic_fetch_add(&refused, 1);
    } else {
        fprintf(stderr, "[%s] without reason: %s\n  of: %s\n", state, text, s->sql);
        atomic_fetch_add(&wrong, 1);
    }
}

/* unixODBC takes a cancel between two calls for a close: then there are no more results */
static bool has_lost_results(struct slot *s)
{
    return s->kind == ARRAY && s->rows < s->expected_rows && has_been_cancelled(s);
}

static void judge_rows(struct slot *s)
{
    bool is_right = s->kind == LISTING ? s->rows > 0
                                       : s->rows == s->expected_rows && s->sum == s->expected_sum;

    atomic_fetch_add(has_lost_results(s) ? &cancelled : &complete, 1);
    if (is_right || has_lost_results(s)) return;
    fprintf(stderr,
            "%" PRId64 " rows, sum %" PRId64 "; expected %" PRId64 ", %" PRId64 "\n  of: %s\n",
            s->rows, s->sum, s->expected_rows, s->expected_sum, s->sql);
    atomic_fetch_add(&wrong, 1);
}

/*
 * A deferred call signals once at the most: not when its outcome was fetched before, as this
 * program may, which asks without waiting for the signal; and then the signal may also come late.
 */
static void judge_signals(struct slot *s)
{
    uint64_t count = 0;

    if (s->event_fd < 0) return;
    s->signals += s->is_deferred;
    if (read(s->event_fd, &count, sizeof count) < 0) count = 0;
    s->signals -= (int64_t)count;
    if (s->signals >= 0) return;
    fprintf(stderr, "%" PRId64 " signals more than calls that were deferred\n", -s->signals);
    atomic_fetch_add(&wrong, 1);
    s->signals = 0;
}

/* ---- steps ---- */

static SQLRETURN call(struct slot *s)
{
    if (s->phase == FETCHING) return SQLFetch(s->stmt);
    if (s->kind != LISTING) return SQLExecDirect(s->stmt, (SQLCHAR *)s->sql, SQL_NTS);
    return SQLTables(s->stmt, NULL, 0, (SQLCHAR *)(uintptr_t) "sample", SQL_NTS,
                     (SQLCHAR *)(uintptr_t) "%", SQL_NTS, NULL, 0);
}

static void end_execution(struct slot *s)
{
    if (!SQL_SUCCEEDED(SQLFreeStmt(s->stmt, SQL_CLOSE)))
        complain(SQL_HANDLE_STMT, s->stmt, "closing the statement");
    s->phase = RESTING;
}

static void take_row(struct slot *s)
{
    s->rows++;
    s->sum += s->kind == LISTING ? 0 : s->value;
    atomic_fetch_add(&rows_read, 1);
    if (--s->fetches_left <= 0) end_execution(s);
}

/* Whether the execution goes on with another result, which is never deferred. */
static bool has_more(struct slot *s)
{
    SQLRETURN rc;

    if (s->kind != ARRAY) return false;
    if (s->is_async) pthread_mutex_lock(&s->lock);
    rc = SQLMoreResults(s->stmt);
    if (s->is_async) pthread_mutex_unlock(&s->lock);
    if (rc == SQL_SUCCESS || rc == SQL_NO_DATA) return rc == SQL_SUCCESS;
    judge_error(s);
    end_execution(s);
    return true;
}

static void take_outcome(struct slot *s, SQLRETURN rc)
{
    judge_signals(s);
    s->is_deferred = false;
    if (SQL_SUCCEEDED(rc)) {
        if (s->phase == FETCHING)
            take_row(s);
        else
            s->phase = FETCHING;
        return;
    }
    if (rc == SQL_NO_DATA && s->phase == FETCHING && has_more(s)) return;
    if (rc == SQL_NO_DATA && s->phase == FETCHING)
        judge_rows(s);
    else
        judge_error(s);
    end_execution(s);
}

/* One call. False when it is still executing. Inside `calls`. */
static bool advance(struct slot *s, uint64_t *random)
{
    SQLRETURN rc;

    if (s->phase == RESTING) {
        if (!prepare_execution(s, random)) complain(SQL_HANDLE_STMT, s->stmt, "preparing");
        s->phase = EXECUTING;
    }
    if (s->is_async) pthread_mutex_lock(&s->lock);
    rc = call(s);
    if (s->is_async) pthread_mutex_unlock(&s->lock);
    if (rc == SQL_STILL_EXECUTING) {
        s->is_deferred = true;
        return false;
    }
    take_outcome(s, rc);
    return true;
}

static void free_statement(struct slot *s)
{
    if (!SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_STMT, s->stmt)))
        complain(SQL_HANDLE_STMT, s->stmt, "freeing the statement");
    forget(s);
}

static bool step(struct slot *s, uint64_t *random)
{
    struct connection *c;
    bool has_moved = true;

    if (!s->stmt) return make_statement(s, random);
    c = s->connection;
    pthread_rwlock_rdlock(&c->calls);
    if (s->generation != atomic_load(&c->generation) ||
        (s->phase == RESTING && chance(random, 10) == 0)) {
        pthread_mutex_lock(&s->lock);
        if (s->generation == atomic_load(&c->generation))
            free_statement(s);
        else
            forget(s);
        pthread_mutex_unlock(&s->lock);
    } else {
        has_moved = advance(s, random);
    }
    pthread_rwlock_unlock(&c->calls);
    return has_moved;
}

static void *work(void *argument)
{
    struct worker *w = argument;

    while (!atomic_load(&is_time_up)) {
        bool has_moved = false;

        for (int i = 0; i < SLOTS; i++) {
            if (step(&w->slots[i], &w->random)) has_moved = true;
        }
        atomic_fetch_add(&w->steps, has_moved);
        if (!has_moved) nap_ms(1);
    }
    return NULL;
}

/* ---- the others ---- */

static void cancel(struct slot *s)
{
    struct connection *c;

    pthread_mutex_lock(&s->lock);
    c = s->connection;
    /* the locks are taken the other way round elsewhere: no waiting here */
    if (s->stmt && pthread_rwlock_tryrdlock(&c->calls) == 0) {
        if (s->generation == atomic_load(&c->generation)) {
            s->cancels++;
            if (!SQL_SUCCEEDED(SQLCancel(s->stmt)))
                complain(SQL_HANDLE_STMT, s->stmt, "cancelling");
        }
        pthread_rwlock_unlock(&c->calls);
    }
    pthread_mutex_unlock(&s->lock);
}

static void *cancel_some(void *argument)
{
    uint64_t random = *(uint64_t *)argument;

    while (!atomic_load(&is_over)) {
        cancel(&workers[chance(&random, (unsigned)worker_count)].slots[chance(&random, SLOTS)]);
        nap_ms(chance(&random, 100));
    }
    return NULL;
}

static void watch(double seconds, uint64_t random)
{
    double end_s = now_s() + seconds, moved_s[MAX_THREADS];
    unsigned steps[MAX_THREADS] = {0};

    for (int i = 0; i < worker_count; i++)
        moved_s[i] = now_s();
    while (now_s() < end_s && !atomic_load(&is_time_up)) {
        for (long left_ms = 300 + chance(&random, 1200); left_ms > 0; left_ms -= 50)
            nap_ms(50);
        reconnect(&connections[chance(&random, CONNECTIONS)], chance(&random, 2));
        for (int i = 0; i < worker_count; i++) {
            unsigned now = atomic_load(&workers[i].steps);

            if (now != steps[i]) moved_s[i] = now_s();
            steps[i] = now;
            if (now_s() - moved_s[i] > SILENCE_LIMIT_S) {
                fprintf(stderr, "thread %d has not moved for %d s\n", i, SILENCE_LIMIT_S);
                abort();
            }
        }
    }
    atomic_store(&is_time_up, true);
}

static void begin(uint64_t seed)
{
    for (int i = 0; i < CONNECTIONS; i++) {
        pthread_rwlock_init(&connections[i].calls, NULL);
        if (!open_connection(&connections[i])) exit(1);
    }
    for (int i = 0; i < worker_count; i++) {
        workers[i].random = (seed + 1) * 0x9e3779b97f4a7c15u + (uint64_t)i * 0xbf58476d1ce4e5b9u;
        for (int k = 0; k < SLOTS; k++) {
            pthread_mutex_init(&workers[i].slots[k].lock, NULL);
            workers[i].slots[k].event_fd = -1;
        }
        pthread_create(&workers[i].thread, NULL, work, &workers[i]);
    }
}

/* What is pending then is left to the last disconnects. */
static void end(pthread_t canceller)
{
    alarm(SILENCE_LIMIT_S); /* for the watch is over */
    for (int i = 0; i < worker_count; i++)
        pthread_join(workers[i].thread, NULL); /* with a blocking call cancelled, if need be */
    atomic_store(&is_over, true);
    pthread_join(canceller, NULL);
    for (int i = 0; i < CONNECTIONS; i++)
        close_connection(&connections[i], true);
    for (int i = 0; i < worker_count; i++) {
        for (int k = 0; k < SLOTS; k++)
            forget(&workers[i].slots[k]);
    }
    if (!SQL_SUCCEEDED(SQLFreeHandle(SQL_HANDLE_ENV, env))) atomic_fetch_add(&wrong, 1);
}

int main(int argc, char **argv)
{
    double seconds = argc > 2 ? strtod(argv[2], NULL) : 60;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1, random = ~seed * 3 + 1;
    pthread_t canceller;

    if (argc > 1) source = argv[1];
    if (argc > 4) worker_count = (int)strtol(argv[4], NULL, 10);
    if (worker_count < 1 || worker_count > MAX_THREADS) return 2;
    if (!SQL_SUCCEEDED(SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &env))) return 1;
    SQLSetEnvAttr(env, SQL_ATTR_ODBC_VERSION, (SQLPOINTER)(uintptr_t)SQL_OV_ODBC3, 0);
    begin(seed);
    pthread_create(&canceller, NULL, cancel_some, &random);
    watch(seconds, seed * 7 + 5);
    end(canceller);
    printf(
        "seed %" PRIu64 ": %ld executions, %ld complete, %ld rows, %ld cancelled, %ld timed out, "
        "%ld refused, %ld disconnects, %ld wrong\n",
        seed, executions, complete, rows_read, cancelled, timed_out, refused, disconnects, wrong);
    return wrong == 0 ? 0 : 1;
}
