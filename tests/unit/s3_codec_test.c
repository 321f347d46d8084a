/* aws/s3_codec.h and S3's error bodies: locations, URLs byte for byte, ranges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/aws_error.h"
#include "aws/s3_codec.h"

static struct arena arena;

static void locations(void **state)
{
    static const struct {
        const char *uri, *bucket, *key; /* bucket NULL: refused */
    } cases[] = {
        {"s3://b/k", "b", "k"},
        {"s3://b/a//b/", "b", "a//b/"},
        {"S3://b/", "b", ""},
        {"s3://b", "b", ""},
        {"s3://my.bucket/x?y#z", "my.bucket", "x?y#z"},
        {"s3:///k", NULL, NULL},
        {"s3://", NULL, NULL},
        {"http://b/k", NULL, NULL},
        {"", NULL, NULL},
        {"b/k", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct s3_location l;
        struct fault f = {0};
        enum status st = s3_split(&l, &arena, cases[i].uri, &f);

        assert_int_equal(st, cases[i].bucket ? ST_OK : ST_ERR);
        if (st) {
            assert_int_equal(f.state, SQLSTATE_HY024);
            continue;
        }
        assert_string_equal(l.bucket, cases[i].bucket);
        assert_string_equal(l.key, cases[i].key);
    }
}

static void targets(void **state)
{
    static const struct {
        const char *override, *bucket, *key;
        bool use_path_style;
        const char *url, *host, *path;
    } cases[] = {
        {NULL, "bucket", "a/b.csv", false, "https://bucket.s3.eu-west-1.amazonaws.com/a/b.csv",
         "bucket.s3.eu-west-1.amazonaws.com", "/a/b.csv"},
        {NULL, "bucket", "a/b.csv", true, "https://s3.eu-west-1.amazonaws.com/bucket/a/b.csv",
         "s3.eu-west-1.amazonaws.com", "/bucket/a/b.csv"},
        {NULL, "my.bucket", "k", false, "https://s3.eu-west-1.amazonaws.com/my.bucket/k",
         "s3.eu-west-1.amazonaws.com", "/my.bucket/k"},
        {NULL, "Upper_Case", "k", false, "https://s3.eu-west-1.amazonaws.com/Upper_Case/k",
         "s3.eu-west-1.amazonaws.com", "/Upper_Case/k"},
        {NULL, "bucket", "a b//../+%&=?\xc3\xa9~", false,
         "https://bucket.s3.eu-west-1.amazonaws.com/a%20b//../%2B%25%26%3D%3F%C3%A9~",
         "bucket.s3.eu-west-1.amazonaws.com", "/a%20b//../%2B%25%26%3D%3F%C3%A9~"},
        {"http://127.0.0.1:9000", "bucket", "k", false, "http://127.0.0.1:9000/bucket/k",
         "127.0.0.1:9000", "/bucket/k"},
        {"https://proxy.example:8443/s3/", "bucket", "k", false,
         "https://proxy.example:8443/s3/bucket/k", "proxy.example:8443", "/s3/bucket/k"},
        {"s3.example", "bucket", "", false, "https://bucket.s3.example/", "bucket.s3.example", "/"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct region_wish wish = {.region = "eu-west-1", .override = cases[i].override};
        struct s3_location l = {cases[i].bucket, cases[i].key};
        struct endpoint e;
        struct s3_target t;

        assert_int_equal(region_endpoint(&e, &arena, AWS_S3, &wish, NULL), ST_OK);
        assert_int_equal(s3_target(&t, &arena, &e, &l, cases[i].use_path_style, NULL), ST_OK);
        assert_string_equal(t.url, cases[i].url);
        assert_string_equal(t.host, cases[i].host);
        assert_string_equal(t.path, cases[i].path);
    }
}

static void ranges(void **state)
{
    static const struct {
        const char *text;
        bool is_range;
        int64_t first, last, total;
    } cases[] = {
        {"bytes 0-9/100", true, 0, 9, 100},
        {"Bytes 90-99/100", true, 90, 99, 100},
        {"bytes 0-0/*", true, 0, 0, -1},
        {"bytes */1234", true, -1, -1, 1234},
        {"bytes 5-99999999999/100000000000", true, 5, 99999999999, 100000000000},
        {"bytes 0-100/100", false, 0, 0, 0},
        {"bytes 9-0/100", false, 0, 0, 0},
        {"bytes 0-9", false, 0, 0, 0},
        {"bytes -9/10", false, 0, 0, 0},
        {"bytes 0-9/10x", false, 0, 0, 0},
        {"bytes 0-99999999999999999999/1", false, 0, 0, 0},
        {"items 0-9/10", false, 0, 0, 0},
        {"", false, 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct s3_range r;

        if (s3_parse_range(&r, cases[i].text) != cases[i].is_range) fail_msg("%s", cases[i].text);
        if (!cases[i].is_range) continue;
        assert_true(r.first == cases[i].first && r.last == cases[i].last);
        assert_true(r.total == cases[i].total);
    }
}

static void errors(void **state)
{
    static const struct {
        const char *body, *header, *code, *message, *region, *request_id;
    } cases[] = {
        {"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>PermanentRedirect</Code>"
         "<Message>use &lt;that&gt; </Message><Region>us-west-2</Region><RequestId>R</RequestId>"
         "</Error>",
         NULL, "PermanentRedirect", "use <that>", "us-west-2", "R"},
        {"<Error><Code>AuthorizationHeaderMalformed</Code><Region>a-b</Region></Error>", "c-d",
         "AuthorizationHeaderMalformed", "", "c-d", ""},
        {"<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender"
         "</Type><Code>InvalidClientTokenId</Code><Message>m</Message></Error><RequestId>q"
         "</RequestId></ErrorResponse>",
         NULL, "InvalidClientTokenId", "m", "", "q"},
        {"", "us-west-2", "403", "", "us-west-2", ""},
        {"gateway says no", NULL, "403", "gateway says no", "", ""},
        {"<Error><Code>Cut</Code><Mess", NULL, "403", "<Error><Code>Cut</Code><Mess", "", ""},
        {"<!DOCTYPE x [<!ENTITY a \"b\">]><Error><Code>&a;</Code></Error>", NULL, "403",
         "<!DOCTYPE x [<!ENTITY a \"b\">]><Error><Code>&a;</Code></Error>", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws_error e;

        aws_error_parse_xml(&e, &arena, 403, cases[i].header, cases[i].body, strlen(cases[i].body));
        assert_string_equal(e.code, cases[i].code);
        assert_string_equal(e.message, cases[i].message);
        assert_string_equal(e.region, cases[i].region);
        assert_string_equal(e.request_id, cases[i].request_id);
    }
}

static int end(void **state)
{
    (void)state;
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(locations, end),
        cmocka_unit_test_teardown(targets, end),
        cmocka_unit_test_teardown(ranges, end),
        cmocka_unit_test_teardown(errors, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
