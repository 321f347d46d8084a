/* ops/watcher.c against a scripted Athena: which request asks after whom, and who is told. */
#include <semaphore.h>
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
#include "ops/session.h"
#include "ops/watcher.h"
#include "unit/scripted_athena.h"

#define MEMBERS(id, state) \
    "{\"QueryExecutionId\":\"" id "\",\"StatementType\":\"DML\",\"Status\":{\"State\":\"" state \
    "\"}}"
#define ONE(id, state) "{\"QueryExecution\":" MEMBERS(id, state) "}"
#define BATCH(members) "{\"QueryExecutions\":[" members "]}"
#define UNKNOWN(id) \
    "{\"QueryExecutions\":[],\"UnprocessedQueryExecutionIds\":[{\"QueryExecutionId\":\"" id \
    "\",\"ErrorCode\":\"INVALID\",\"ErrorMessage\":\"no such query\"}]}"
#define REFUSED(code) "{\"__type\":\"" code "\",\"message\":\"scripted\"}"

enum { MOST = 120, PATIENCE_MS = 60000 };

/* An operation that watches one query. */
struct watching {
    struct op op;
    struct session *session;
    struct watched watch;
    bool is_begun;
    char id[8];
};

static struct {
    struct engine *engine;
    struct session *session;
    struct scripted_athena *athena;
    struct watching watching[MOST];
    int count;
} scene;

static enum status watching_advance(struct op *op)
{
    struct watching *w = container_of(op, struct watching, op);
    enum status st = ST_OK;

    engine_assert();
    if (!w->is_begun) st = watcher_add(&w->watch, op, w->session, w->id, 100, &op->fault);
    w->is_begun = true;
    if (op_cancelled(op)) fault_set(&op->fault, SQLSTATE_HY008, 0, "cancelled");
    if (!st) st = fault_is_set(&op->fault) ? ST_ERR : watcher_ready(&w->watch);
    if (st != ST_WAIT) watcher_remove(&w->watch);
    return st;
}

static void watching_free(struct op *op)
{
    watcher_forget(&container_of(op, struct watching, op)->watch);
}

static void set(struct options *o, enum option_id id, const char *value)
{
    struct fault f = {0};

    assert_int_equal(options_set(o, id, value, strlen(value), OPTION_FROM_STRING, &f), ST_OK);
}

static void open_scene(const struct script_line *script)
{
    struct options o;
    struct fault f = {0};
    char url[64];

    memset(&scene, 0, sizeof scene);
    options_init(&o);
    scene.athena = scripted_athena_start(script);
    assert_non_null(scene.athena);
    snprintf(url, sizeof url, "http://127.0.0.1:%d", scripted_athena_port(scene.athena));
    set(&o, OPTION_AWS_REGION, "us-east-1");
    set(&o, OPTION_UID, "AKID");
    set(&o, OPTION_PWD, "secret");
    set(&o, OPTION_ENDPOINT_OVERRIDE, url);
    set(&o, OPTION_NUM_RETRIES, "2");
    scene.engine = engine_acquire(&f);
    assert_non_null(scene.engine);
    scene.session = session_new(&o, scene.engine, &f);
    if (!scene.session) fail_msg("%s", f.text);
    options_clear(&o);
}

/* Query number n of the scene has the id "qN". */
static struct watching *watch(void)
{
    struct watching *w = &scene.watching[scene.count];

    snprintf(w->id, sizeof w->id, "q%d", scene.count++);
    op_init(&w->op, scene.engine, watching_advance, watching_free);
    w->session = scene.session;
    op_submit(&w->op);
    return w;
}

static void hold_the_loop(void *go_on)
{
    sem_wait(go_on);
}

/* The loop sees them all at once, even where this thread is interrupted. */
static void watch_together(int count)
{
    static sem_t go_on;

    sem_init(&go_on, 0, 0);
    assert_true(engine_post(scene.engine, hold_the_loop, &go_on));
    for (int i = 0; i < count; i++)
        watch();
    sem_post(&go_on);
}

static enum status outcome(struct watching *w)
{
    return op_wait(&w->op, clock_now_ms() + PATIENCE_MS);
}

static void close_scene(void)
{
    for (int i = 0; i < scene.count; i++) {
        op_cancel(&scene.watching[i].op);
        outcome(&scene.watching[i]);
        op_release(&scene.watching[i].op);
    }
    session_release(scene.session);
    engine_release(scene.engine, 20000);
    scripted_athena_stop(scene.athena);
}

static int asked(const char *operation)
{
    return scripted_athena_count(scene.athena, operation);
}

static void wait_for(const char *operation, int times)
{
    for (int ms = 0; ms < PATIENCE_MS && asked(operation) < times; ms += 5)
        usleep(5000);
    assert_true(asked(operation) >= times);
}

static void one_alone_is_asked_after_by_itself(void **state)
{
    static const struct script_line script[] = {
        {"GetQueryExecution", 200, ONE("q0", "QUEUED"), 0, NULL, 2},
        {"GetQueryExecution", 200, ONE("q0", "SUCCEEDED"), 0, NULL, 0},
        {NULL, 0, NULL, 0, NULL, 0}};
    struct watching *w;

    (void)state;
    open_scene(script);
    w = watch();
    assert_int_equal(outcome(w), ST_OK);
    assert_int_equal(w->watch.execution.state, ATHENA_STATE_SUCCEEDED);
    assert_string_equal(w->watch.execution.statement_type, "DML");
    assert_int_equal(asked("GetQueryExecution"), 3);
    assert_int_equal(asked("BatchGetQueryExecution"), 0);
    close_scene();
}

/* Questions after one query in the first so many milliseconds when no answer takes any time. */
static int most_questions(int64_t age_ms)
{
    static const double shortest_ms = 25 * 7 / 8.0, part_of_age = 7 / 64.0; /* by the jitter */
    int count = 1;

    for (double at_ms = 0; at_ms <= (double)age_ms; count++)
        at_ms += at_ms * part_of_age > shortest_ms ? at_ms * part_of_age : shortest_ms;
    return count;
}

/* Often while it is young, seldom as it ages, until the bound. */
static void questions_become_seldom(void **state)
{
    static const struct script_line script[] = {
        {"GetQueryExecution", 200, ONE("q0", "RUNNING"), 0, NULL, 1000},
        {NULL, 0, NULL, 0, NULL, 0}};
    int64_t since_ms = clock_now_ms();

    (void)state;
    open_scene(script);
    watch();
    for (int times = 2; times <= 16; times += 2) {
        int count;

        wait_for("GetQueryExecution", times);
        count = asked("GetQueryExecution");
        assert_in_range(count, times, most_questions(clock_now_ms() - since_ms));
    }
    close_scene();
}

static void several_are_asked_after_together(void **state)
{
    static const struct script_line script[] = {
        {"BatchGetQueryExecution", 200,
         BATCH(MEMBERS("q0", "RUNNING") "," MEMBERS("q2", "FAILED") "," MEMBERS("q1", "QUEUED")), 0,
         NULL, 2},
        {"BatchGetQueryExecution", 200,
         BATCH(MEMBERS("q1", "SUCCEEDED") "," MEMBERS("q0", "SUCCEEDED")), 0, NULL, 20},
        {"GetQueryExecution", 200, ONE("q9", "RUNNING"), 0, NULL, 20},
        {NULL, 0, NULL, 0, NULL, 0}};

    (void)state;
    open_scene(script);
    watch_together(4);
    assert_int_equal(outcome(&scene.watching[2]), ST_OK);
    assert_int_equal(scene.watching[2].watch.execution.state, ATHENA_STATE_FAILED);
    assert_int_equal(outcome(&scene.watching[0]), ST_OK);
    assert_int_equal(outcome(&scene.watching[1]), ST_OK);
    assert_int_equal(op_poll(&scene.watching[3].op), ST_WAIT); /* nobody spoke of it */
    close_scene();
}

static void a_round_of_many_keeps_the_quota(void **state)
{
    static const struct script_line script[] = {
        {"BatchGetQueryExecution", 200, BATCH(MEMBERS("q0", "RUNNING")), 0, NULL, 1000},
        {NULL, 0, NULL, 0, NULL, 0}};

    int64_t since_ms = clock_now_ms();
    int count;

    (void)state;
    open_scene(script);
    watch_together(MOST);
    wait_for("BatchGetQueryExecution", 30); /* three a round */
    count = asked("BatchGetQueryExecution");
    assert_in_range(count, 30, 20 + 20 * (clock_now_ms() - since_ms) / 1000);
    assert_int_equal(asked("GetQueryExecution"), 0);
    close_scene();
}

static void a_denied_batch_is_remembered(void **state)
{
    static const struct script_line script[] = {
        {"BatchGetQueryExecution", 400, REFUSED("AccessDeniedException"), 0, NULL, 100},
        {"GetQueryExecution", 200, ONE("q0", "RUNNING"), 0, NULL, 1000},
        {NULL, 0, NULL, 0, NULL, 0}};

    (void)state;
    open_scene(script);
    watch_together(5);
    wait_for("GetQueryExecution", 15);
    assert_in_range(asked("BatchGetQueryExecution"), 1, 2); /* two may have been on their way */
    close_scene();
}

static void a_throttled_question_is_asked_again(void **state)
{
    static const struct script_line script[] = {
        {"GetQueryExecution", 400, REFUSED("ThrottlingException"), 0, NULL, 3},
        {"GetQueryExecution", 200, ONE("q0", "SUCCEEDED"), 0, NULL, 0},
        {NULL, 0, NULL, 0, NULL, 0}};

    (void)state;
    open_scene(script);
    assert_int_equal(outcome(watch()), ST_OK);
    assert_int_equal(asked("GetQueryExecution"), 4);
    close_scene();
}

static void an_unknown_query_is_told_why(void **state)
{
    static const struct script_line script[] = {
        {"BatchGetQueryExecution", 200, UNKNOWN("q1"), 0, NULL, 1000},
        {"GetQueryExecution", 400, REFUSED("InvalidRequestException"), 0, NULL, 1000},
        {NULL, 0, NULL, 0, NULL, 0}};

    (void)state;
    open_scene(script);
    watch_together(3);
    assert_int_equal(outcome(&scene.watching[1]), ST_ERR);
    assert_non_null(strstr(scene.watching[1].op.fault.text, "no such query"));
    assert_int_equal(outcome(&scene.watching[0]), ST_ERR); /* now two: asked one by one */
    assert_non_null(strstr(scene.watching[0].op.fault.text, "scripted"));
    close_scene();
}

/* The answer speaks of a query that is watched no more, and nothing happens. */
static void one_may_leave_while_it_is_asked_after(void **state)
{
    static const struct script_line script[] = {
        {"BatchGetQueryExecution", 200,
         BATCH(MEMBERS("q0", "SUCCEEDED") "," MEMBERS("q1", "SUCCEEDED") "," MEMBERS("q2",
                                                                                     "SUCCEEDED")),
         0, NULL, 100},
        {"GetQueryExecution", 200, ONE("q2", "SUCCEEDED"), 0, NULL, 100},
        {NULL, 0, NULL, 0, NULL, 0}};

    (void)state;
    open_scene(script);
    scripted_athena_silence(scene.athena, true);
    watch_together(3);
    wait_for("BatchGetQueryExecution", 1);
    op_cancel(&scene.watching[1].op);
    assert_int_equal(outcome(&scene.watching[1]), ST_ERR);
    scripted_athena_silence(scene.athena, false);
    assert_int_equal(outcome(&scene.watching[0]), ST_OK);
    assert_int_equal(outcome(&scene.watching[2]), ST_OK);
    close_scene();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_alone_is_asked_after_by_itself),
        cmocka_unit_test(questions_become_seldom),
        cmocka_unit_test(several_are_asked_after_together),
        cmocka_unit_test(a_round_of_many_keeps_the_quota),
        cmocka_unit_test(a_denied_batch_is_remembered),
        cmocka_unit_test(a_throttled_question_is_asked_again),
        cmocka_unit_test(an_unknown_query_is_told_why),
        cmocka_unit_test(one_may_leave_while_it_is_asked_after),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
