/* aws/served_request.h, and form_find() of aws/form.h: what a browser brings, and what is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aws/form.h"
#include "aws/served_request.h"

#define GET "GET /athena?code=c&state=s HTTP/1.1\r\n"

static void verdicts(void **state)
{
    static const struct {
        const char *bytes;
        enum served_verdict verdict;
    } cases[] = {
        {"", SERVED_PARTIAL},
        {"G", SERVED_PARTIAL},
        {GET, SERVED_PARTIAL},
        {GET "Host: x\r\n", SERVED_PARTIAL},
        {GET "Host: x\r\n\r\n", SERVED_WHOLE},
        {GET "\r\n", SERVED_WHOLE},
        {GET "Content-Length: 3\r\n\r\nab", SERVED_PARTIAL},
        {GET "Content-Length: 3\r\n\r\nabc", SERVED_WHOLE},
        {GET "Content-Length: 3\r\n\r\nabcd", SERVED_WHOLE},
        {GET "content-length:\t 0 \r\n\r\n", SERVED_WHOLE},
        {GET "Content-Length: 4194305\r\n\r\n", SERVED_TOO_LARGE},
        {GET "Content-Length: 99999999999999999999999999\r\n\r\n", SERVED_TOO_LARGE},
        {GET "Content-Length: -1\r\n\r\n", SERVED_BAD},
        {GET "Content-Length: \r\n\r\n", SERVED_BAD},
        {GET "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", SERVED_BAD},
        {GET "Host: a\r\nhost: b\r\n\r\n", SERVED_BAD},
        {GET "Transfer-Encoding: chunked\r\n\r\n", SERVED_BAD},
        {GET "Host : a\r\n\r\n", SERVED_BAD},
        {GET "no colon\r\n\r\n", SERVED_BAD},
        {GET ": a\r\n\r\n", SERVED_BAD},
        {GET "Host: a\r\n folded: b\r\n\r\n", SERVED_BAD},
        {GET "Host: a\n\r\n\r\n", SERVED_BAD},
        {GET "Host: a\rb\r\n\r\n", SERVED_BAD},
        {"GET / HTTP/1.0\r\n\r\n", SERVED_WHOLE},
        {"GET / HTTP/2\r\n\r\n", SERVED_BAD},
        {"GET /\r\n\r\n", SERVED_BAD},
        {"GET  / HTTP/1.1\r\n\r\n", SERVED_BAD},
        {"GET http://h/ HTTP/1.1\r\n\r\n", SERVED_BAD},
        {" GET / HTTP/1.1\r\n\r\n", SERVED_BAD},
        {"\r\n\r\n", SERVED_BAD},
        {"\x16\x03\x01 TLS\r\n\r\n", SERVED_BAD},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct served_request r;

        if (served_request_read(&r, cases[i].bytes, strlen(cases[i].bytes)) != cases[i].verdict) {
            fail_msg("%s", cases[i].bytes);
        }
    }
}

static void parts(void **state)
{
    static const char bytes[] = "POST /athena?x=1?y HTTP/1.1\r\nHOST:  localhost:7890 \r\n"
                                "Content-Type: Application/X-WWW-Form-Urlencoded; charset=x\r\n"
                                "Content-Length: 4\r\n\r\na=bcREST";
    struct served_request r;

    (void)state;
    assert_int_equal(served_request_read(&r, bytes, sizeof bytes - 1), SERVED_WHOLE);
    assert_true(served_text_is(r.method, "POST"));
    assert_true(served_text_is(r.path, "/athena"));
    assert_true(served_text_is(r.query, "x=1?y"));
    assert_true(served_text_is(r.host, "localhost:7890"));
    assert_true(served_text_is(r.body, "a=bc"));
    assert_true(served_request_is_form(&r));
    assert_false(served_text_is(r.method, "POS"));
}

static void endless_head(void **state)
{
    static char bytes[SERVED_HEAD_BYTES_MAX + 1];
    struct served_request r;

    (void)state;
    memset(bytes, 'a', sizeof bytes);
    assert_int_equal(served_request_read(&r, bytes, sizeof bytes - 1), SERVED_PARTIAL);
    assert_int_equal(served_request_read(&r, bytes, sizeof bytes), SERVED_TOO_LARGE);
}

static void fields(void **state)
{
    static const struct {
        const char *form, *name, *value; /* NULL: there is none */
    } cases[] = {
        {"code=a", "code", "a"},
        {"x=1&code=a%2Bb%20c+d&code=second", "code", "a+b c d"},
        {"codes=a&xcode=b&code=", "code", ""},
        {"codes=a", "code", NULL},
        {"code", "code", NULL},
        {"", "code", NULL},
        {"&&=&code=%zz%4%", "code", "%zz%4%"},
        {"SAMLResponse=PHg%2B%0D%0A%3D", "SAMLResponse", "PHg+\r\n="},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        bool is_there;

        buf_init(&b, 100);
        is_there = form_find(&b, cases[i].form, strlen(cases[i].form), cases[i].name);
        assert_int_equal(is_there, cases[i].value != NULL);
        assert_string_equal(b.bytes, cases[i].value ? cases[i].value : "");
        buf_clear(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(parts),
        cmocka_unit_test(endless_head),
        cmocka_unit_test(fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
