/* engine/budget.c: who gets memory, who waits, who is woken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/clock.h"
#include "engine/budget.h"
#include "engine/engine.h"
#include "engine/op.h"

static void the_highest_wish_is_the_limit(void **state)
{
    struct budget b;

    (void)state;
    budget_init(&b);
    assert_false(budget_take(&b, 1));
    budget_allow(&b, 100);
    budget_allow(&b, 50);
    assert_true(budget_take(&b, 60));
    assert_false(budget_take(&b, 41));
    assert_true(budget_take(&b, 40));
    budget_charge(&b, 1000); /* whoever cannot do without */
    budget_give(&b, 1000);
    assert_false(budget_take(&b, 1));
    budget_give(&b, 60);
    assert_false(budget_take(&b, 61));
    assert_true(budget_take(&b, 60));
    budget_give(&b, 100);
    budget_clear(&b);
}

/* An operation that is over when it has been woken for the second time: begun, and told. */
struct waiter {
    struct op op;
    struct budget_waiter memory;
    struct budget *budget;
    atomic_int wakes;
};

static enum status wait_once(struct op *op)
{
    struct waiter *w = container_of(op, struct waiter, op);

    if (atomic_fetch_add(&w->wakes, 1) > 0) return ST_OK;
    budget_wait(w->budget, &w->memory, op);
    return ST_WAIT;
}

static void leave(struct op *op)
{
    struct waiter *w = container_of(op, struct waiter, op);

    budget_forget(w->budget, &w->memory);
}

static void wait_until_short(struct budget *b)
{
    int64_t deadline_ms = clock_deadline_ms(5000);

    while (!budget_is_short(b))
        assert_true(clock_now_ms() < deadline_ms);
}

static void who_waits_is_woken_in_turn(void **state)
{
    struct waiter waiters[2] = {0};
    struct fault f = {0};
    struct engine *e = engine_acquire(&f);
    struct budget b;

    (void)state;
    budget_init(&b);
    budget_allow(&b, 10);
    assert_true(budget_take(&b, 10));
    for (int i = 0; i < 2; i++) {
        waiters[i].budget = &b;
        op_init(&waiters[i].op, e, wait_once, leave);
        op_submit(&waiters[i].op);
        while (atomic_load(&waiters[i].wakes) == 0) {}
    }
    wait_until_short(&b);
    budget_give(&b, 5);
    assert_int_equal(op_wait(&waiters[0].op, clock_deadline_ms(5000)), ST_OK);
    assert_int_equal(op_poll(&waiters[1].op), ST_WAIT);
    assert_true(budget_is_short(&b));
    op_cancel(&waiters[1].op); /* leaves by itself, unserved */
    assert_int_equal(op_wait(&waiters[1].op, clock_deadline_ms(5000)), ST_OK);
    for (int i = 0; i < 2; i++)
        op_release(&waiters[i].op);
    engine_release(e, 0); /* both are freed now at the latest */
    assert_false(budget_is_short(&b));
    budget_give(&b, 5);
    budget_clear(&b);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_highest_wish_is_the_limit),
        cmocka_unit_test(who_waits_is_woken_in_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
