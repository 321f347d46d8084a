/* base/clock.h, and waiting by it: base/thread.h's conditions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/thread.h"

static void clocks_agree_with_the_system(void **state)
{
    int64_t before_ms = clock_now_ms(), wall_s = (int64_t)time(NULL);

    (void)state;
    assert_true(clock_wall_s() - wall_s <= 1);
    assert_true(clock_wall_ms() / 1000 - wall_s <= 1);
    assert_true(clock_now_ms() >= before_ms);
    assert_true(before_ms > 0);
}

static void deadlines(void **state)
{
    int64_t now_ms = clock_now_ms();

    (void)state;
    assert_true(clock_deadline_ms(0) == CLOCK_NEVER);
    assert_true(clock_deadline_ms(-5) == CLOCK_NEVER);
    assert_true(clock_deadline_ms(INT64_MAX) == CLOCK_NEVER);
    assert_true(clock_deadline_ms(INT64_MAX - now_ms) == CLOCK_NEVER ||
                clock_deadline_ms(INT64_MAX - now_ms) > now_ms);
    assert_in_range(clock_deadline_ms(1000) - now_ms, 1000, 3000);
}

static void conditions_wait_by_the_same_clock(void **state)
{
    struct mutex lock;
    struct cond cond;
    int64_t start_ms = clock_now_ms(), deadline_ms = clock_deadline_ms(30);
    int rounds = 0;

    (void)state;
    mutex_init(&lock);
    cond_init(&cond);
    mutex_lock(&lock);
    while (cond_wait(&cond, &lock, deadline_ms))
        rounds++;                                    /* may wake early */
    assert_false(cond_wait(&cond, &lock, start_ms)); /* long past */
    assert_false(cond_wait(&cond, &lock, -1));
    mutex_unlock(&lock);
    assert_in_range(clock_now_ms() - start_ms, 30, 5000);
    assert_in_range(rounds, 0, 100);
    cond_clear(&cond);
    mutex_clear(&lock);
}

static void calendar(void **state)
{
    static const struct {
        int64_t wall_s;
        struct clock_civil is;
    } cases[] = {
        {0, {1970, 1, 1, 0, 0, 0, 5}},          {951782399, {2000, 2, 28, 23, 59, 59, 5}},
        {951782400, {2000, 2, 29, 0, 0, 0, 5}}, {1772323199, {2026, 2, 28, 23, 59, 59, 5}},
        {1772323200, {2026, 3, 1, 0, 0, 0, 5}}, {4107542399, {2100, 2, 28, 23, 59, 59, 5}},
        {4107542400, {2100, 3, 1, 0, 0, 0, 5}}, {253402300799, {9999, 12, 31, 23, 59, 59, 5}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct clock_civil t = clock_civil(cases[i].wall_s * 1000 + 5);

        assert_memory_equal(&t, &cases[i].is, sizeof t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_agree_with_the_system),
        cmocka_unit_test(deadlines),
        cmocka_unit_test(calendar),
        cmocka_unit_test(conditions_wait_by_the_same_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
