/* ops/pace.c: a service and a reader played, the number of requests looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ops/pace.h"

enum { MIB = 1 << 20, PART = 2 * MIB };

/*
 * Brings parts for some seconds, as a service does that gives each request so much and all of them
 * together no more than that; bytes a millisecond. Returns the requests after it.
 */
static unsigned play(struct pace *p, int64_t *now_ms, double each, double all, bool is_awaited)
{
    int64_t end_ms = *now_ms + 20000;
    double ready = 0;

    while (*now_ms < end_ms) {
        double rate = each * p->requests < all ? each * p->requests : all;

        ++*now_ms;
        for (ready += rate; ready >= PART; ready -= PART)
            pace_arrived(p, PART, is_awaited, *now_ms);
    }
    return p->requests;
}

static void as_many_as_make_it_faster(void **state)
{
    int64_t now_ms = 1000;
    struct pace p;

    (void)state;
    pace_init(&p, 16, now_ms);
    assert_int_equal(p.requests, PACE_FIRST);
    assert_int_equal(play(&p, &now_ms, 80000, 1e9, true), 16); /* each brings 80 MB/s */

    pace_init(&p, 16, now_ms);
    assert_in_range(play(&p, &now_ms, 80000, 500000, true), 5, 10); /* 500 MB/s at most */

    pace_init(&p, 16, now_ms);
    assert_in_range(play(&p, &now_ms, 80000, 80000, true), PACE_FIRST, PACE_FIRST + 2);
}

static void not_for_a_slow_reader(void **state)
{
    int64_t now_ms = 0;
    struct pace p;

    (void)state;
    pace_init(&p, 16, now_ms);
    assert_int_equal(play(&p, &now_ms, 80000, 1e9, false), PACE_FIRST);
}

static void the_bound_is_kept(void **state)
{
    int64_t now_ms = 0;
    struct pace p;

    (void)state;
    pace_init(&p, 1, now_ms);
    assert_int_equal(p.requests, 1);
    assert_int_equal(play(&p, &now_ms, 80000, 1e9, true), 1);
    pace_init(&p, 1000, now_ms);
    assert_int_equal(play(&p, &now_ms, 80000, 1e9, true), PACE_MOST);
}

static void half_as_many_when_asked_to_slow_down(void **state)
{
    int64_t now_ms = 0;
    struct pace p;

    (void)state;
    pace_init(&p, 16, now_ms);
    play(&p, &now_ms, 80000, 1e9, true);
    for (unsigned left = 8; left >= 1; left /= 2) {
        pace_slow_down(&p, now_ms);
        assert_int_equal(p.requests, left);
    }
    pace_slow_down(&p, now_ms);
    assert_int_equal(p.requests, 1);
    assert_true(play(&p, &now_ms, 80000, 1e9, true) > PACE_FIRST); /* and it recovers */
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_as_make_it_faster),
        cmocka_unit_test(not_for_a_slow_reader),
        cmocka_unit_test(the_bound_is_kept),
        cmocka_unit_test(half_as_many_when_asked_to_slow_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
