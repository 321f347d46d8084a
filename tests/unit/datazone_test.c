/* aws/datazone_codec.h: paths, pages of connections, and keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/datazone_codec.h"
#include "unit/arena_fixture.h"

static void requests(void **state)
{
    struct buf b;

    (void)state;
    assert_string_equal(datazone_list_path(&arena, "dzd_1", "p/1", ""),
                        "/v2/domains/dzd_1/connections?projectIdentifier=p%2F1&type=ATHENA");
    assert_string_equal(
        datazone_list_path(&arena, "dzd_1", "p", "a+b"),
        "/v2/domains/dzd_1/connections?projectIdentifier=p&type=ATHENA&nextToken=a%2Bb");
    assert_string_equal(datazone_connection_path(&arena, "d?", "../c"),
                        "/v2/domains/d%3F/connections/..%2Fc?withSecret=true");
    buf_init(&b, 1000);
    datazone_write_redeem(&b, "dzd_1", "t\"");
    assert_string_equal(b.bytes, "{\"domainId\":\"dzd_1\",\"accessToken\":\"t\\\"\"}");
    buf_clear(&b);
}

static void connections(void **state)
{
    static const char page[] =
        "{\"items\":[{\"connectionId\":\"c1\",\"name\":\"n1\",\"type\":\"ATHENA\",\"props\":{}},"
        "{\"connectionId\":\"c2\",\"physicalEndpoints\":[]}],\"nextToken\":\"more\"}";
    struct datazone_connections c;
    struct fault f = {0};

    (void)state;
    assert_int_equal(datazone_read_connections(&c, &arena, page, strlen(page), "d", &f), ST_OK);
    assert_int_equal(c.count, 2);
    assert_string_equal(c.items[0].name, "n1");
    assert_string_equal(c.items[1].id, "c2");
    assert_string_equal(c.items[1].type, "");
    assert_string_equal(c.next_token, "more");
    assert_int_equal(datazone_read_connections(&c, &arena, "{}", 2, "d", &f), ST_OK);
    assert_int_equal(c.count, 0);
    assert_string_equal(c.next_token, "");
    assert_int_equal(datazone_read_connections(&c, &arena, "s3cr3t", 6, "d", &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_28000);
    assert_null(strstr(f.text, "s3cr3t"));
}

#define KEYS "\"accessKeyId\":\"K\",\"secretAccessKey\":\"s3cr3t\",\"sessionToken\":\"T\""

static void keys(void **state)
{
    static const struct {
        const char *body;
        int64_t ends_at_s; /* -1: refused */
    } cases[] = {
        {"{\"connectionCredentials\":{" KEYS ",\"expiration\":\"2026-11-22T12:00:00Z\"}}",
         1795348800},
        {"{\"connectionCredentials\":{" KEYS ",\"expiration\":1795348800.5}}", 1795348800},
        {"{\"credentials\":{" KEYS ",\"expiration\":\"2026-11-22T12:00:00.000Z\"}}", 1795348800},
        {"{\"credentials\":{" KEYS "}}", 0},
        {"{\"credentials\":{" KEYS ",\"expiration\":\"soon\"}}", -1},
        {"{\"connectionCredentials\":{\"accessKeyId\":\"K\",\"secretAccessKey\":\"s3cr3t\"}}", -1},
        {"{\"connectionId\":\"c\"}", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws_credentials c = {0};
        struct fault f = {0};
        enum status st = datazone_read_keys(&c, cases[i].body, strlen(cases[i].body), "d", &f);

        assert_int_equal(st, cases[i].ends_at_s < 0 ? ST_ERR : ST_OK);
        if (st) {
            assert_int_equal(f.state, SQLSTATE_28000);
            assert_null(strstr(f.text, "s3cr3t"));
        } else {
            assert_string_equal(c.secret, "s3cr3t");
            assert_int_equal(c.expires_at_s, cases[i].ends_at_s);
        }
        credentials_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(requests, begin, end),
        cmocka_unit_test_setup_teardown(connections, begin, end),
        cmocka_unit_test_setup_teardown(keys, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
