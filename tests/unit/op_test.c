/* engine/op.h: one end, told once, cancel, deadline, references, waking. */
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/op.h"
#include "engine/timer.h"

/* An operation that does what a test tells it to. */
struct probe {
    struct op op;
    atomic_int advances;
    atomic_int go; /* what the probe waits for */
    struct timer timer;
    struct op *child;
};

static struct engine *engine;
static atomic_int freed, told;

static void probe_free(struct op *op)
{
    atomic_fetch_add(&freed, 1);
    free(container_of(op, struct probe, op));
}

static struct probe *probe_new(op_advance_fn *advance)
{
    struct probe *p = calloc(1, sizeof *p);

    op_init(&p->op, engine, advance, probe_free);
    return p;
}

static int set_up(void **state)
{
    struct fault f = {0};

    (void)state;
    atomic_store(&freed, 0);
    atomic_store(&told, 0);
    engine = engine_acquire(&f);
    return engine != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    engine_release(engine, 0);
    return 0;
}

static int64_t soon(void)
{
    return clock_deadline_ms(60000);
}

/* Until *counter is at least value; false when that takes too long. */
static bool reaches(atomic_int *counter, int value)
{
    for (int64_t end_ms = soon(); atomic_load(counter) < value;) {
        if (clock_now_ms() > end_ms) return false;
        usleep(500);
    }
    return true;
}

static void count_told(void *context)
{
    atomic_fetch_add((atomic_int *)context, 1);
}

/* ---- ends ---- */

static enum status succeed(struct op *op)
{
    engine_assert();
    atomic_fetch_add(&container_of(op, struct probe, op)->advances, 1);
    return ST_OK;
}

static enum status fail_at_once(struct op *op)
{
    return fault_set(&op->fault, SQLSTATE_08S01, 7, "as told");
}

static enum status wait_for_go(struct op *op)
{
    struct probe *p = container_of(op, struct probe, op);

    engine_assert();
    atomic_fetch_add(&p->advances, 1);
    if (op_cancelled(op) == OP_CANCELLED) {
        return fault_set(&op->fault, SQLSTATE_HY008, 0, "cancelled");
    }
    if (op_cancelled(op) == OP_TIMED_OUT) {
        return fault_set(&op->fault, SQLSTATE_HYT00, 0, "timed out");
    }
    return atomic_load(&p->go) ? ST_OK : ST_WAIT;
}

static void success(void **state)
{
    struct probe *p = probe_new(succeed);

    (void)state;
    assert_int_equal(op_poll(&p->op), ST_WAIT);
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_OK);
    assert_int_equal(op_poll(&p->op), ST_OK);
    assert_int_equal(op_wait(&p->op, 0), ST_OK); /* a deadline in the past is no matter when done */
    assert_int_equal(atomic_load(&p->advances), 1);
    op_cancel(&p->op); /* harmless */
    op_wake_from_anywhere(&p->op);
    assert_false(op_on_done(&p->op, count_told, &told));
    op_release(&p->op);
    assert_true(reaches(&freed, 1));
}

static void failure(void **state)
{
    struct probe *p = probe_new(fail_at_once);

    (void)state;
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_ERR);
    assert_int_equal(p->op.fault.state, SQLSTATE_08S01);
    assert_int_equal(p->op.fault.native, 7);
    op_release(&p->op);
}

static void never_submitted(void **state)
{
    struct probe *p = probe_new(succeed);

    (void)state;
    op_cancel(&p->op); /* idle: the flag alone */
    assert_int_equal(op_cancelled(&p->op), OP_CANCELLED);
    op_hold(&p->op);
    op_release(&p->op);
    assert_int_equal(atomic_load(&freed), 0);
    op_release(&p->op);
    assert_int_equal(atomic_load(&freed), 1);
    op_release(NULL);
}

static void released_before_the_end(void **state)
{
    struct probe *p = probe_new(wait_for_go);

    (void)state;
    op_hold(&p->op);
    op_submit(&p->op);
    op_release(&p->op);
    assert_true(reaches(&p->advances, 1));
    atomic_store(&p->go, 1);
    op_wake_from_anywhere(&p->op);
    op_release(&p->op); /* the engine's is the last one */
    assert_true(reaches(&freed, 1));
}

/* ---- waiting ---- */

static void waiting_ends_at_its_deadline(void **state)
{
    struct probe *p = probe_new(wait_for_go);
    int64_t start_ms = clock_now_ms();

    (void)state;
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, clock_deadline_ms(30)), ST_WAIT);
    assert_true(clock_now_ms() - start_ms >= 30);
    assert_int_equal(op_poll(&p->op), ST_WAIT);
    atomic_store(&p->go, 1);
    op_wake_from_anywhere(&p->op);
    assert_int_equal(op_wait(&p->op, CLOCK_NEVER), ST_OK);
    op_release(&p->op);
}

static void *wait_in_thread(void *argument)
{
    return op_wait(argument, soon()) == ST_OK ? argument : NULL;
}

static void several_may_wait(void **state)
{
    struct probe *p = probe_new(wait_for_go);
    pthread_t threads[4];

    (void)state;
    op_submit(&p->op);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, wait_in_thread, &p->op);
    usleep(2000);
    atomic_store(&p->go, 1);
    op_wake_from_anywhere(&p->op);
    for (int i = 0; i < 4; i++) {
        void *result = NULL;

        pthread_join(threads[i], &result);
        assert_non_null(result);
    }
    op_release(&p->op);
}

/* ---- cancel and deadline ---- */

static void cancelled_while_it_waits(void **state)
{
    struct probe *p = probe_new(wait_for_go);

    (void)state;
    op_submit(&p->op);
    assert_true(reaches(&p->advances, 1));
    assert_int_equal(op_cancelled(&p->op), OP_GO_ON);
    op_cancel(&p->op);
    op_cancel(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_ERR);
    assert_int_equal(p->op.fault.state, SQLSTATE_HY008);
    op_release(&p->op);
}

static void cancelled_before_submission(void **state)
{
    struct probe *p = probe_new(wait_for_go);

    (void)state;
    op_cancel(&p->op);
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_ERR);
    op_release(&p->op);
}

static void the_deadline_wakes_it(void **state)
{
    struct probe *p = probe_new(wait_for_go);
    int64_t start_ms = clock_now_ms();

    (void)state;
    p->op.deadline_ms = clock_deadline_ms(40);
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_ERR);
    assert_true(clock_now_ms() - start_ms >= 40);
    assert_int_equal(p->op.fault.state, SQLSTATE_HYT00);
    op_cancel(&p->op);
    assert_int_equal(op_cancelled(&p->op), OP_TIMED_OUT); /* the first stands */
    op_release(&p->op);
}

static void a_deadline_that_has_passed(void **state)
{
    struct probe *p = probe_new(wait_for_go);

    (void)state;
    p->op.deadline_ms = 1;
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_ERR);
    assert_int_equal(p->op.fault.state, SQLSTATE_HYT00);
    op_release(&p->op);
}

static void a_deadline_that_is_not_needed(void **state)
{
    struct probe *p = probe_new(succeed);

    (void)state;
    p->op.deadline_ms = clock_deadline_ms(20);
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_OK);
    op_release(&p->op);
    assert_true(reaches(&freed, 1));
    usleep(40000); /* the timer is gone with it: the sanitizer would tell */
}

/* ---- being told ---- */

static void told_once(void **state)
{
    struct probe *p = probe_new(wait_for_go);
    atomic_int replaced = 0;

    (void)state;
    op_submit(&p->op);
    assert_true(op_on_done(&p->op, count_told, &replaced));
    assert_true(op_on_done(&p->op, count_told, &told)); /* replaces the first */
    atomic_store(&p->go, 1);
    op_wake_from_anywhere(&p->op);
    assert_true(reaches(&told, 1));
    assert_int_equal(op_poll(&p->op), ST_OK); /* what one is told is true already */
    usleep(5000);
    assert_int_equal(atomic_load(&told), 1);
    assert_int_equal(atomic_load(&replaced), 0);
    op_release(&p->op);
}

static void a_wish_taken_back(void **state)
{
    struct probe *p = probe_new(wait_for_go);

    (void)state;
    op_submit(&p->op);
    assert_true(op_on_done(&p->op, count_told, &told));
    assert_true(op_on_done(&p->op, NULL, NULL));
    op_settle(&p->op); /* nothing is being called: returns */
    atomic_store(&p->go, 1);
    op_wake_from_anywhere(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_OK);
    usleep(5000);
    assert_int_equal(atomic_load(&told), 0);
    op_release(&p->op);
}

/* Many rounds of the race between the end and the wish: told exactly when promised. */
static void no_end_is_missed_or_told_twice(void **state)
{
    int promised = 0;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct probe *p = probe_new(succeed);

        op_submit(&p->op);
        for (int spin = round % 50; spin > 0; spin--)
            sched_yield();
        if (op_on_done(&p->op, count_told, &told)) promised++;
        op_release(&p->op);
    }
    assert_true(reaches(&freed, 2000));
    assert_int_equal(atomic_load(&told), promised);
}

struct slow_context {
    atomic_int has_begun, has_ended;
};

static void tell_slowly(void *context)
{
    struct slow_context *c = context;

    atomic_store(&c->has_begun, 1);
    usleep(30000);
    atomic_store(&c->has_ended, 1);
}

static void settling_waits_for_the_call(void **state)
{
    struct probe *p = probe_new(wait_for_go);
    struct slow_context context = {0};

    (void)state;
    op_submit(&p->op);
    assert_true(op_on_done(&p->op, tell_slowly, &context));
    atomic_store(&p->go, 1);
    op_wake_from_anywhere(&p->op);
    assert_true(reaches(&context.has_begun, 1));
    assert_false(op_on_done(&p->op, NULL, NULL));
    op_settle(&p->op);
    assert_int_equal(atomic_load(&context.has_ended), 1);
    op_release(&p->op);
}

static void release_in_call(void *context)
{
    struct probe *p = context;

    assert(op_poll(&p->op) == ST_OK);
    op_settle(&p->op); /* on the I/O thread: must not wait for itself */
    op_release(&p->op);
    atomic_fetch_add(&told, 1);
}

static void releasing_in_the_call(void **state)
{
    struct probe *p = probe_new(wait_for_go);

    (void)state;
    op_submit(&p->op);
    assert_true(op_on_done(&p->op, release_in_call, p));
    atomic_store(&p->go, 1);
    op_wake_from_anywhere(&p->op);
    assert_true(reaches(&freed, 1));
    assert_int_equal(atomic_load(&told), 1);
}

/* ---- waking ---- */

static enum status wake_self(struct op *op)
{
    struct probe *p = container_of(op, struct probe, op);

    engine_assert();
    op_wake(op);
    op_wake(op); /* collapses */
    return atomic_fetch_add(&p->advances, 1) < 9 ? ST_WAIT : ST_OK;
}

static void waking_oneself(void **state)
{
    struct probe *p = probe_new(wake_self);

    (void)state;
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_OK);
    assert_int_equal(atomic_load(&p->advances), 10);
    op_release(&p->op);
}

static enum status start_child(struct op *op)
{
    struct probe *p = container_of(op, struct probe, op);

    engine_assert();
    atomic_fetch_add(&p->advances, 1);
    if (p->child == NULL) {
        p->child = &probe_new(succeed)->op;
        op_submit(p->child);
        op_wake(p->child); /* before it has begun: nothing is lost, nothing happens twice */
        timer_start(&p->timer, op, 1);
        return ST_WAIT;
    }
    if (op_poll(p->child) == ST_WAIT) {
        timer_start(&p->timer, op, 1);
        return ST_WAIT;
    }
    op_release(p->child);
    return ST_OK;
}

static void submitting_on_the_io_thread(void **state)
{
    struct probe *p = probe_new(start_child);

    (void)state;
    op_submit(&p->op);
    assert_int_equal(op_wait(&p->op, soon()), ST_OK);
    op_release(&p->op);
    assert_true(reaches(&freed, 2));
}

enum { THREADS = 4, OPS = 500 };

static void *submit_many(void *argument)
{
    (void)argument;
    for (int i = 0; i < OPS; i++) {
        struct probe *p = probe_new(i % 2 ? succeed : wait_for_go);

        if (i % 3 == 0) p->op.deadline_ms = clock_deadline_ms(1 + i % 5);
        op_submit(&p->op);
        op_wake_from_anywhere(&p->op);
        if (i % 5 == 0) op_on_done(&p->op, count_told, &told);
        op_cancel(&p->op);
        if (i % 7 == 0 && op_wait(&p->op, soon()) == ST_WAIT) return NULL;
        op_release(&p->op);
    }
    return argument;
}

static void many_threads(void **state)
{
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, submit_many, &told);
    for (int i = 0; i < THREADS; i++) {
        void *result = NULL;

        pthread_join(threads[i], &result);
        assert_non_null(result);
    }
    assert_true(reaches(&freed, THREADS * OPS));
}

/* The goal: 8 to 16 kB for all of a running statement. */
static void an_operation_is_small(void **state)
{
    (void)state;
    assert_in_range(sizeof(struct op), 1, 1536);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(success),
        TEST(failure),
        TEST(never_submitted),
        TEST(released_before_the_end),
        TEST(waiting_ends_at_its_deadline),
        TEST(several_may_wait),
        TEST(cancelled_while_it_waits),
        TEST(cancelled_before_submission),
        TEST(the_deadline_wakes_it),
        TEST(a_deadline_that_has_passed),
        TEST(a_deadline_that_is_not_needed),
        TEST(told_once),
        TEST(a_wish_taken_back),
        TEST(no_end_is_missed_or_told_twice),
        TEST(settling_waits_for_the_call),
        TEST(releasing_in_the_call),
        TEST(waking_oneself),
        TEST(submitting_on_the_io_thread),
        TEST(many_threads),
        TEST(an_operation_is_small),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
