/*
 * engine/timer.h: order, moving, stopping, and a comparison with a plain list under random use.
 * The timers are the I/O thread's, so each test runs in an operation's advance.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/op.h"
#include "engine/timer.h"

enum { TIMERS = 500 };

struct numbered {
    struct timer timer;
    int times_due;
};

static struct numbered timers[TIMERS];
static struct op *waiting; /* the operation that the timers of a test belong to */
static int due_count;
static int64_t last_due_ms;
static const char *complaint; /* NULL while all is well; cmocka's asserts are for the main thread */

static void expect(bool is_so, const char *what)
{
    if (!is_so && complaint == NULL) complaint = what;
}

static void count_due(struct timer *t)
{
    struct numbered *n = container_of(t, struct numbered, timer);

    engine_assert();
    expect(t->due_ms >= last_due_ms, "due in order");
    expect(clock_now_ms() >= t->due_ms, "not too early");
    expect(timer_ready(t) == ST_OK, "ready when due");
    last_due_ms = t->due_ms;
    n->times_due++;
    due_count++;
    op_wake(waiting);
}

static void start_test(struct op *op)
{
    waiting = op;
    due_count = 0;
    last_due_ms = 0;
    for (int i = 0; i < TIMERS; i++)
        timers[i] = (struct numbered){0};
}

/* ---- order ---- */

static enum status in_order(struct op *op)
{
    engine_assert();
    if (waiting != op) {
        start_test(op);
        for (int i = 0; i < TIMERS; i++) {
            timer_call(&timers[i].timer, op->engine, rand() % 60, count_due);
        }
    }
    return due_count < TIMERS ? ST_WAIT : ST_OK;
}

/* ---- moving and stopping ---- */

static enum status moved_and_stopped(struct op *op)
{
    engine_assert();
    if (waiting != op) {
        start_test(op);
        for (int i = 0; i < TIMERS; i++) {
            timer_call(&timers[i].timer, op->engine, 1 + rand() % 40, count_due);
        }
        for (int round = 0; round < 5000; round++) {
            struct numbered *n = &timers[rand() % TIMERS];

            if (rand() % 2) {
                timer_call(&n->timer, op->engine, 1 + rand() % 40, count_due);
            } else {
                timer_stop(&n->timer, op->engine);
                timer_stop(&n->timer, op->engine);
            }
        }
    }
    for (int i = 0; i < TIMERS; i++) {
        if (timer_ready(&timers[i].timer) == ST_WAIT) return ST_WAIT;
    }
    for (int i = 0; i < TIMERS; i++)
        expect(timers[i].times_due <= 1, "due once at most");
    return ST_OK;
}

/* ---- against a list ---- */

static struct timer *earliest(void)
{
    struct timer *first = NULL;

    for (int i = 0; i < TIMERS; i++) {
        struct timer *t = &timers[i].timer;

        if (t->is_armed && (first == NULL || t->due_ms < first->due_ms)) first = t;
    }
    return first;
}

static enum status like_a_list(struct op *op)
{
    engine_assert();
    if (waiting == op) return ST_OK;
    start_test(op);
    for (int round = 0; round < 20000; round++) {
        struct timer *t = &timers[rand() % TIMERS].timer, *first;

        if (rand() % 3) {
            timer_call(t, op->engine, 1000000 + rand() % 1000000, count_due);
            expect(timer_ready(t) == ST_WAIT, "armed");
        } else {
            timer_stop(t, op->engine);
            expect(timer_ready(t) == ST_OK, "stopped");
        }
        first = rand() % 10 == 0 ? earliest() : NULL;
        if (first != NULL) timer_stop(first, op->engine); /* most often the root */
    }
    for (int i = 0; i < TIMERS; i++)
        timer_stop(&timers[i].timer, op->engine);
    expect(due_count == 0, "none due");
    op_wake(op);
    return ST_WAIT;
}

/* ---- waking an operation ---- */

static struct timer own;
static int64_t started_ms;

static enum status wakes_its_owner(struct op *op)
{
    engine_assert();
    if (waiting != op) {
        start_test(op);
        expect(timer_ready(&own) == ST_OK, "never armed is ready");
        started_ms = clock_now_ms();
        timer_start(&own, op, 20);
    }
    if (timer_ready(&own) == ST_WAIT) return ST_WAIT;
    expect(clock_now_ms() - started_ms >= 20, "not before its time");
    return ST_OK;
}

/* ---- a due_fn that arms itself again, and a delay of nothing ---- */

static void again(struct timer *t)
{
    engine_assert();
    if (++due_count < 10) timer_call(t, waiting->engine, due_count % 2 ? 0 : -5, again);
    op_wake(waiting);
}

static enum status arms_itself_again(struct op *op)
{
    engine_assert();
    if (waiting != op) {
        start_test(op);
        timer_call(&timers[0].timer, op->engine, 0, again);
    }
    return due_count < 10 ? ST_WAIT : ST_OK;
}

static void nothing_to_free(struct op *op)
{
    (void)op;
}

static void run(op_advance_fn *advance)
{
    struct fault f = {0};
    struct engine *e = engine_acquire(&f);
    struct op op;

    assert_non_null(e);
    complaint = NULL;
    waiting = NULL;
    op_init(&op, e, advance, nothing_to_free);
    op_submit(&op);
    assert_int_equal(op_wait(&op, clock_deadline_ms(20000)), ST_OK);
    op_release(&op);
    engine_release(e, 0);
    if (complaint != NULL) fail_msg("%s", complaint);
}

#define TEST(name) \
    static void test_##name(void **state) \
    { \
        (void)state; \
        run(name); \
    }
TEST(in_order)
TEST(moved_and_stopped)
TEST(like_a_list)
TEST(wakes_its_owner)
TEST(arms_itself_again)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order),          cmocka_unit_test(test_moved_and_stopped),
        cmocka_unit_test(test_like_a_list),       cmocka_unit_test(test_wakes_its_owner),
        cmocka_unit_test(test_arms_itself_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
