/* ops/batch.c: which queries are started when, what is held, and what ends all of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "config/options.h"
#include "engine/engine.h"
#include "ops/batch.h"
#include "ops/session.h"
#include "unit/scripted_athena.h"

#define ID "11111111-2222-3333-4444-555555555555"
#define EXECUTION(state, type, more) \
    "{\"QueryExecution\":{\"QueryExecutionId\":\"" ID "\",\"StatementType\":\"DML\"," \
    "\"SubstatementType\":\"" type "\",\"ResultConfiguration\":{\"OutputLocation\":" \
    "\"s3://bucket/out/id.csv\"},\"Status\":{\"State\":\"" state "\"" more "}}}"
#define FAILED(type, words) \
    EXECUTION("FAILED", type, \
              ",\"StateChangeReason\":\"" words "\",\"AthenaError\":{\"ErrorCategory\":2," \
              "\"ErrorType\":1,\"Retryable\":false,\"ErrorMessage\":\"" words "\"}")
#define ROW(text) "{\"Data\":[{\"VarCharValue\":\"" text "\"}]}"
#define ROWS \
    "{\"ResultSet\":{\"Rows\":[" ROW("n") "," ROW( \
        "1") "]," \
             "\"ResultSetMetadata\":{\"ColumnInfo\":[{\"Name\":\"n\",\"Type\":\"integer\"}]}}}"
#define WRITTEN "{\"UpdateCount\":2,\"ResultSet\":{\"Rows\":[]}}"

/* clang-format off */
#define STARTS {.operation = "StartQueryExecution", .status = 200, \
                .body = "{\"QueryExecutionId\":\"" ID "\"}", .times = 99}
#define NO_BATCH {.operation = "BatchGetQueryExecution", .status = 400, \
                  .body = "{\"__type\":\"AccessDeniedException\"}", .times = 99}
#define TELLS(text, often) {.operation = "GetQueryExecution", .status = 200, .body = (text), \
                            .times = (often)}
#define STOPS {.operation = "StopQueryExecution", .status = 200, .body = "{}", .times = 99}
#define GIVES(text) {.operation = "GetQueryResults", .status = 200, .body = (text), .times = 99}
#define END {.operation = NULL}
/* clang-format on */

enum { QUERIES_MAX = 20, PATIENCE_MS = 60000 };

static struct scene {
    struct engine *engine;
    struct session *session;
    struct scripted_athena *athena;
    struct query *queries[QUERIES_MAX];
    size_t count;
    struct batch *batch;
} scene;

static void set(struct options *o, enum option_id id, const char *value)
{
    struct fault f = {0};

    assert_int_equal(options_set(o, id, value, strlen(value), OPTION_FROM_STRING, &f), ST_OK);
}

static void open_session(void)
{
    struct options o;
    struct fault f = {0};
    char url[64];

    options_init(&o);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", scripted_athena_port(scene.athena));
    set(&o, OPTION_AWS_REGION, "us-east-1");
    set(&o, OPTION_UID, "AKID");
    set(&o, OPTION_PWD, "secret");
    set(&o, OPTION_ENDPOINT_OVERRIDE, url);
    set(&o, OPTION_S3_ENDPOINT_OVERRIDE, url);
    set(&o, OPTION_MIN_POLL_MS, "5");
    set(&o, OPTION_NUM_RETRIES, "0");
    scene.engine = engine_acquire(&f);
    assert_non_null(scene.engine);
    scene.session = session_new(&o, scene.engine, &f);
    if (!scene.session) fail_msg("%s", f.text);
    options_clear(&o);
}

static void open_scene(const struct script_line *script, size_t count, unsigned at_once)
{
    scene.athena = scripted_athena_start(script);
    assert_non_null(scene.athena);
    open_session();
    scene.count = count;
    for (size_t i = 0; i < count; i++) {
        scene.queries[i] = query_new(scene.session, "SELECT n FROM t", "c", "s", NULL);
        assert_non_null(scene.queries[i]);
        query_hold(scene.queries[i], BATCH_OPEN_MAX);
    }
    scene.batch = batch_new(scene.engine, scene.queries, count, at_once);
    assert_non_null(scene.batch);
}

static enum status run(void)
{
    op_submit(&scene.batch->op);
    return op_wait(&scene.batch->op, clock_now_ms() + PATIENCE_MS);
}

static void close_scene(void)
{
    op_cancel(&scene.batch->op);
    op_release(&scene.batch->op);
    for (size_t i = 0; i < scene.count; i++)
        query_release(scene.queries[i]);
    session_release(scene.session);
    engine_release(scene.engine, 20000);
    scripted_athena_stop(scene.athena);
}

static int asked(const char *operation)
{
    return scripted_athena_count(scene.athena, operation);
}

static void wait_until_asked(const char *operation, int times)
{
    for (int ms = 0; ms < PATIENCE_MS && asked(operation) < times; ms += 5)
        usleep(5000);
    assert_int_equal(asked(operation), times);
}

/* What is over is held by its owner alone, so that its memory goes when the owner lets go. */
static void assert_is_ours_alone(const struct query *q)
{
    for (int ms = 0; ms < PATIENCE_MS && atomic_load(&q->op.references) > 1; ms++)
        usleep(1000); /* mail on its way has a reference */
    assert_int_equal(atomic_load(&q->op.references), 1);
}

/* All have run; the results of the first few are there, each other one when it is let go. */
static void results_are_held(void **state)
{
    static const struct script_line script[] = {
        STARTS, NO_BATCH, TELLS(EXECUTION("SUCCEEDED", "SELECT", ""), 99), GIVES(ROWS), END};
    struct query *next;

    (void)state;
    open_scene(script, QUERIES_MAX, BATCH_RUNNING_MAX);
    assert_int_equal(run(), ST_OK);
    assert_int_equal(scene.batch->out.started, QUERIES_MAX);
    assert_int_equal(scene.batch->out.next, BATCH_OPEN_MAX);
    assert_int_equal(asked("StartQueryExecution"), QUERIES_MAX);
    assert_int_equal(asked("GetQueryResults"), BATCH_OPEN_MAX);
    for (size_t i = 0; i < QUERIES_MAX; i++) {
        assert_int_equal(op_poll(&scene.queries[i]->op), i < BATCH_OPEN_MAX ? ST_OK : ST_WAIT);
        if (i < BATCH_OPEN_MAX) assert_is_ours_alone(scene.queries[i]);
    }
    next = scene.queries[BATCH_OPEN_MAX];
    query_let_go(next);
    assert_int_equal(op_wait(&next->op, clock_now_ms() + PATIENCE_MS), ST_OK);
    assert_int_equal(next->out.column_count, 1);
    assert_int_equal(asked("GetQueryResults"), BATCH_OPEN_MAX + 1);
    close_scene(); /* the others are held */
}

/* A count is no result that takes memory. */
static void counts_are_not_held(void **state)
{
    static const struct script_line script[] = {
        STARTS, NO_BATCH, TELLS(EXECUTION("SUCCEEDED", "INSERT", ""), 99), GIVES(WRITTEN), END};

    (void)state;
    open_scene(script, QUERIES_MAX, 1);
    assert_int_equal(run(), ST_OK);
    for (size_t i = 0; i < QUERIES_MAX; i++) {
        assert_int_equal(op_poll(&scene.queries[i]->op), ST_OK);
        assert_int_equal(scene.queries[i]->out.update_count, 2);
    }
    assert_int_equal(asked("GetQueryResults"), QUERIES_MAX);
    close_scene();
}

/* In order: the second is not started before the first has run. */
static void one_after_the_other(void **state)
{
    static const struct script_line script[] = {
        STARTS, NO_BATCH, TELLS(EXECUTION("RUNNING", "INSERT", ""), 99), STOPS, END};

    (void)state;
    open_scene(script, 3, 1);
    op_submit(&scene.batch->op);
    wait_until_asked("StartQueryExecution", 1);
    usleep(100000);
    assert_int_equal(asked("StartQueryExecution"), 1);
    close_scene();
}

static const struct script_line missing_table[] = {
    STARTS, NO_BATCH, TELLS(FAILED("INSERT", "TABLE_NOT_FOUND: no x"), 99), GIVES(WRITTEN), END};
static const struct script_line zero_once[] = {
    STARTS,
    NO_BATCH,
    TELLS(FAILED("INSERT", "DIVISION_BY_ZERO: Division by zero"), 1),
    TELLS(EXECUTION("SUCCEEDED", "INSERT", ""), 99),
    GIVES(WRITTEN),
    END};

/* What would meet all ends it; what is in the values does not. */
static void failures(void **state)
{
    (void)state;
    open_scene(missing_table, 3, 1);
    assert_int_equal(run(), ST_OK);
    assert_int_equal(scene.batch->out.started, 1);
    assert_int_equal(op_poll(&scene.queries[0]->op), ST_ERR);
    assert_int_equal(asked("StartQueryExecution"), 1);
    close_scene();

    open_scene(zero_once, 3, 1);
    assert_int_equal(run(), ST_OK);
    assert_int_equal(scene.batch->out.started, 3);
    assert_int_equal(op_poll(&scene.queries[0]->op), ST_ERR);
    assert_int_equal(op_poll(&scene.queries[1]->op), ST_OK);
    assert_int_equal(op_poll(&scene.queries[2]->op), ST_OK);
    close_scene();
}

#define COLLIDED(more) FAILED("UPDATE", "ICEBERG_COMMIT_ERROR: Failed to commit" more)

/* Those that collided are run once more, each alone; a second refusal is final and ends the batch. */
static void collisions(void **state)
{
    static const struct {
        const char *name;
        const char *first;
        int refused; /* times that first is told; success follows */
        unsigned at_once;
        size_t count, started, good;
        int starts;
    } cases[] = {
        {"all but one", COLLIDED(""), 2, 3, 3, 3, 3, 5},
        {"all of them", COLLIDED(""), 3, 3, 3, 3, 3, 6},
        {"the rest by half as many", COLLIDED(""), 4, 4, 9, 9, 9, 13},
        {"twice", COLLIDED(""), 4, 3, 3, 3, 0, 4},
        {"in order", COLLIDED(""), 1, 1, 3, 1, 0, 1},
        {"not known", COLLIDED(": Cannot determine whether the commit was successful"), 3, 3, 3, 3,
         0, 3},
    };

    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const struct script_line script[] = {STARTS,
                                             NO_BATCH,
                                             TELLS(cases[c].first, cases[c].refused),
                                             TELLS(EXECUTION("SUCCEEDED", "UPDATE", ""), 99),
                                             GIVES(WRITTEN),
                                             END};
        size_t good = 0;

        print_message("%s\n", cases[c].name);
        open_scene(script, cases[c].count, cases[c].at_once);
        assert_int_equal(run(), ST_OK);
        for (size_t i = 0; i < cases[c].count; i++) {
            struct query **again = scene.batch->out.again;
            const struct query *q = again && again[i] ? again[i] : scene.queries[i];

            if (i < scene.batch->out.started) good += op_poll((struct op *)&q->op) == ST_OK;
        }
        assert_int_equal(scene.batch->out.started, cases[c].started);
        assert_int_equal(good, cases[c].good);
        assert_int_equal(asked("StartQueryExecution"), cases[c].starts);
        close_scene();
    }
}

/* Cancelled while one waits to be run again: it is stopped, or never was. */
static void a_cancel_among_collisions(void **state)
{
    static const struct script_line script[] = {
        STARTS, NO_BATCH, TELLS(COLLIDED(""), 2), TELLS(EXECUTION("RUNNING", "UPDATE", ""), 99),
        STOPS,  END};

    (void)state;
    open_scene(script, 2, 2);
    op_submit(&scene.batch->op);
    wait_until_asked("StartQueryExecution", 3);
    op_cancel(&scene.batch->op);
    assert_int_equal(op_wait(&scene.batch->op, clock_now_ms() + PATIENCE_MS), ST_ERR);
    assert_int_equal(scene.batch->op.fault.state, SQLSTATE_HY008);
    wait_until_asked("StopQueryExecution", 1);
    close_scene();
}

static const struct script_line runs_on[] = {
    STARTS, NO_BATCH, TELLS(EXECUTION("RUNNING", "SELECT", ""), 99), STOPS, END};

static void a_cancel_stops_all(void **state)
{
    (void)state;
    open_scene(runs_on, 3, BATCH_RUNNING_MAX);
    op_submit(&scene.batch->op);
    wait_until_asked("StartQueryExecution", 3);
    op_cancel(&scene.batch->op);
    assert_int_equal(op_wait(&scene.batch->op, clock_now_ms() + PATIENCE_MS), ST_ERR);
    assert_int_equal(scene.batch->op.fault.state, SQLSTATE_HY008);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(scene.queries[i]->op.fault.state, SQLSTATE_HY008);
    wait_until_asked("StopQueryExecution", 3);
    close_scene();
}

static void a_time_out_stops_all(void **state)
{
    (void)state;
    open_scene(runs_on, 3, BATCH_RUNNING_MAX);
    op_submit(&scene.batch->op);
    wait_until_asked("StartQueryExecution", 3);
    op_expire(&scene.batch->op);
    assert_int_equal(op_wait(&scene.batch->op, clock_now_ms() + PATIENCE_MS), ST_ERR);
    assert_int_equal(scene.batch->op.fault.state, SQLSTATE_HYT00);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(scene.queries[i]->op.fault.state, SQLSTATE_HYT00);
    wait_until_asked("StopQueryExecution", 3);
    close_scene();
}

/* The statement is closed while they run: nobody waits for the end. */
static void given_up(void **state)
{
    (void)state;
    open_scene(runs_on, 3, BATCH_RUNNING_MAX);
    op_submit(&scene.batch->op);
    wait_until_asked("StartQueryExecution", 3);
    close_scene();
}

/* Nothing was begun. */
static void never_submitted(void **state)
{
    static const struct script_line script[] = {END};

    (void)state;
    open_scene(script, 2, 1);
    close_scene();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_held),
        cmocka_unit_test(counts_are_not_held),
        cmocka_unit_test(one_after_the_other),
        cmocka_unit_test(failures),
        cmocka_unit_test(collisions),
        cmocka_unit_test(a_cancel_among_collisions),
        cmocka_unit_test(a_cancel_stops_all),
        cmocka_unit_test(a_time_out_stops_all),
        cmocka_unit_test(given_up),
        cmocka_unit_test(never_submitted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
