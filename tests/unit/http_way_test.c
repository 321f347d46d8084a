/* ops/http_way.h: who goes by HTTP/2, and whose answers count. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "ops/http_way.h"

static const char *fresh_host(void)
{
    static char name[40];
    static int count;

    snprintf(name, sizeof name, "host-%d:443", ++count);
    return name;
}

static void speaks_http2(const char *host) NO_THREAD_CHECK
{
    assert_int_equal(http_way_next(host), HTTP_TURN_PROBE);
    assert_true(http_way_answered(host, HTTP_TURN_PROBE, true));
}

static void one_finds_out(void **state) NO_THREAD_CHECK
{
    const char *host = fresh_host();

    (void)state;
    assert_int_equal(http_way_next(host), HTTP_TURN_PROBE);
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP1);
    assert_true(http_way_answered(host, HTTP_TURN_HTTP1, false));
    assert_true(http_way_answered(host, HTTP_TURN_PROBE, true));
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP2);
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP2);
    assert_true(http_way_answered(host, HTTP_TURN_HTTP2, true));
    assert_true(http_way_answered(host, HTTP_TURN_HTTP1, false)); /* begun before */
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP2);
}

static void a_host_without_it(void **state) NO_THREAD_CHECK
{
    const char *host = fresh_host();

    (void)state;
    assert_int_equal(http_way_next(host), HTTP_TURN_PROBE);
    assert_true(http_way_answered(host, HTTP_TURN_PROBE, false));
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP1);
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP1);
}

static void a_probe_that_is_lost(void **state) NO_THREAD_CHECK
{
    const char *host = fresh_host();

    (void)state;
    assert_int_equal(http_way_next(host), HTTP_TURN_PROBE);
    http_way_lost(host, HTTP_TURN_HTTP1, true); /* no connection of HTTP/2: nothing is learnt */
    http_way_lost(host, HTTP_TURN_PROBE, false);
    assert_int_equal(http_way_next(host), HTTP_TURN_PROBE);
    http_way_lost(host, HTTP_TURN_PROBE, true);
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP1);
}

/* By HTTP/1.1 where HTTP/2 was agreed on: another exchange's, perhaps, and so are those to come. */
static void an_answer_that_may_be_anothers(void **state) NO_THREAD_CHECK
{
    const char *host = fresh_host();

    (void)state;
    speaks_http2(host);
    assert_false(http_way_answered(host, HTTP_TURN_HTTP2, false));
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP1);
    assert_false(http_way_answered(host, HTTP_TURN_HTTP2, false));
    assert_true(http_way_answered(host, HTTP_TURN_HTTP2, true));
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP1);
}

static void lost_connections(void **state) NO_THREAD_CHECK
{
    const char *host = fresh_host();

    (void)state;
    speaks_http2(host);
    http_way_lost(host, HTTP_TURN_HTTP2, false);
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP2);
    http_way_lost(host, HTTP_TURN_HTTP2, true);
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP1);
}

static void many_hosts(void **state) NO_THREAD_CHECK
{
    const char *host = "the first";
    char name[40];

    (void)state;
    speaks_http2(host);
    for (int i = 0; i < HTTP_WAY_HOSTS - 1; i++) {
        snprintf(name, sizeof name, "%d", i);
        assert_int_equal(http_way_next(name), HTTP_TURN_PROBE);
    }
    assert_int_equal(http_way_next(host), HTTP_TURN_HTTP2);
    assert_int_equal(http_way_next("one more"), HTTP_TURN_PROBE);
    assert_true(http_way_answered(host, HTTP_TURN_HTTP2, true)); /* forgotten meanwhile */
    assert_false(http_way_answered(host, HTTP_TURN_HTTP2, false));
    assert_int_equal(http_way_next(host), HTTP_TURN_PROBE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_finds_out),        cmocka_unit_test(a_host_without_it),
        cmocka_unit_test(a_probe_that_is_lost), cmocka_unit_test(an_answer_that_may_be_anothers),
        cmocka_unit_test(lost_connections),     cmocka_unit_test(many_hosts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
