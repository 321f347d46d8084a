/* ops/http_way.h: who goes by HTTP/2, and whose answers count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ops/http_way.h"

static void one_finds_out(void **state)
{
    struct http_way w = {0};

    (void)state;
    assert_int_equal(http_way_next(&w), HTTP_TURN_PROBE);
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP1);
    assert_true(http_way_answered(&w, HTTP_TURN_HTTP1, false));
    assert_true(http_way_answered(&w, HTTP_TURN_PROBE, true));
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP2);
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP2);
    assert_true(http_way_answered(&w, HTTP_TURN_HTTP2, true));
    assert_true(http_way_answered(&w, HTTP_TURN_HTTP1, false)); /* begun before */
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP2);
}

static void a_host_without_it(void **state)
{
    struct http_way w = {0};

    (void)state;
    assert_int_equal(http_way_next(&w), HTTP_TURN_PROBE);
    assert_true(http_way_answered(&w, HTTP_TURN_PROBE, false));
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP1);
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP1);
}

static void a_probe_that_is_lost(void **state)
{
    struct http_way w = {0};

    (void)state;
    assert_int_equal(http_way_next(&w), HTTP_TURN_PROBE);
    http_way_lost(&w, HTTP_TURN_HTTP1, true); /* no connection of HTTP/2: nothing is learnt */
    http_way_lost(&w, HTTP_TURN_PROBE, false);
    assert_int_equal(http_way_next(&w), HTTP_TURN_PROBE);
    http_way_lost(&w, HTTP_TURN_PROBE, true);
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP1);
}

/* By HTTP/1.1 where HTTP/2 was agreed on: another exchange's, perhaps, and so are those to come. */
static void an_answer_that_may_be_anothers(void **state)
{
    struct http_way w = {.state = HTTP_WAY_HTTP2};

    (void)state;
    assert_false(http_way_answered(&w, HTTP_TURN_HTTP2, false));
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP1);
    assert_false(http_way_answered(&w, HTTP_TURN_HTTP2, false));
    assert_true(http_way_answered(&w, HTTP_TURN_HTTP2, true));
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP1);
}

static void lost_connections(void **state)
{
    struct http_way w = {.state = HTTP_WAY_HTTP2};

    (void)state;
    http_way_lost(&w, HTTP_TURN_HTTP2, false);
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP2);
    http_way_lost(&w, HTTP_TURN_HTTP2, true);
    assert_int_equal(http_way_next(&w), HTTP_TURN_HTTP1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_finds_out),        cmocka_unit_test(a_host_without_it),
        cmocka_unit_test(a_probe_that_is_lost), cmocka_unit_test(an_answer_that_may_be_anothers),
        cmocka_unit_test(lost_connections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
