/* aws/tip_codec.h, aws/jwt.h: tags, contexts and what is kept, out of good answers and bad ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/jwt.h"
#include "aws/tip_codec.h"
#include "unit/arena_fixture.h"

/* {"sts:identity_context":"c1"} */
#define ID_TOKEN "eyJhIjoxfQ.eyJzdHM6aWRlbnRpdHlfY29udGV4dCI6ImMxIn0.AAAA"

static void requests(void **state)
{
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    tip_write_tags(&b, "ResourceARN", "arn:x", NULL);
    assert_string_equal(b.bytes, "{\"ResourceARN\":\"arn:x\"}");
    buf_reset(&b);
    tip_write_tags(&b, "ResourceArn", "arn:x", "n\"");
    assert_string_equal(b.bytes, "{\"ResourceArn\":\"arn:x\",\"NextToken\":\"n\\\"\"}");
    buf_reset(&b);
    tip_write_exchange(&b, "arn:app", "a.b.c");
    assert_string_equal(b.bytes, "{\"clientId\":\"arn:app\",\"grantType\":"
                                 "\"urn:ietf:params:oauth:grant-type:jwt-bearer\","
                                 "\"assertion\":\"a.b.c\"}");
    buf_clear(&b);
}

static void tags(void **state)
{
    static const struct {
        const char *body;
        enum status st;
        const char *value, *next;
    } cases[] = {
        {"{\"Tags\":[]}", ST_OK, NULL, NULL},
        {"{}", ST_OK, NULL, NULL},
        {"{\"Tags\":[{\"Key\":\"Owner\",\"Value\":\"me\"}],\"NextToken\":\"1\"}", ST_OK, NULL, "1"},
        {"{\"NextToken\":null,\"Tags\":[{\"Key\":\"Owner\",\"Value\":\"me\"},{\"Value\":\"arn:a\","
         "\"Key\":\"AthenaDriverOidcAppArn\"}]}",
         ST_OK, "arn:a", NULL},
        {"{\"Tags\":[{\"Key\":\"athenadriveroidcapparn\",\"Value\":\"arn:a\"}]}", ST_OK, NULL,
         NULL},
        {"{\"Tags\":[{\"Key\":\"AthenaDriverOidcAppArn\",\"Value\":\"\"}]}", ST_OK, NULL, NULL},
        {"<html>", ST_ERR, NULL, NULL},
        {"", ST_ERR, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *value, *next, *body = cases[i].body;
        struct fault f = {0};

        assert_int_equal(tip_read_tags(&value, &next, &arena, body, strlen(body), "asking", &f),
                         cases[i].st);
        assert_int_equal(!value, !cases[i].value);
        if (value) assert_string_equal(value, cases[i].value);
        assert_int_equal(!next, !cases[i].next);
        if (next) assert_string_equal(next, cases[i].next);
    }
}

static void exchanges(void **state)
{
    static const struct {
        const char *body;
        const char *context; /* NULL: refused */
        int64_t life_s;
    } cases[] = {
        {"{\"expiresIn\":3600,\"awsAdditionalDetails\":{\"identityContext\":\"c2\"},\"idToken\":"
         "\"" ID_TOKEN "\"}",
         "c2", 3600},
        {"{\"idToken\":\"" ID_TOKEN "\"}", "c1", 0},
        {"{\"idToken\":\"" ID_TOKEN "\",\"awsAdditionalDetails\":null,\"expiresIn\":-1}", "c1", 0},
        {"{\"awsAdditionalDetails\":{\"identityContext\":\"c2\"},\"expiresIn\":99999999999}", "c2",
         0},
        {"{\"accessToken\":\"s3cr3t\",\"expiresIn\":3600}", NULL, 0},
        {"{\"idToken\":\"s3cr3t\"}", NULL, 0},
        {"{\"idToken\":\"s3cr3t.!!.x\"}", NULL, 0},
        {"{\"idToken\":\"a.bm90IGpzb24.c\"}", NULL, 0},
        {"s3cr3t", NULL, 0},
        {"", NULL, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *context, *body = cases[i].body;
        struct fault f = {0};
        int64_t life_s;
        enum status st =
            tip_read_exchange(&context, &life_s, &arena, body, strlen(body), "exchanging", &f);

        assert_int_equal(st, cases[i].context ? ST_OK : ST_ERR);
        if (cases[i].context) {
            assert_string_equal(context, cases[i].context);
            assert_int_equal(life_s, cases[i].life_s);
        } else {
            assert_int_equal(f.state, SQLSTATE_28000);
            assert_non_null(strstr(f.text, "exchanging: "));
            assert_null(strstr(f.text, "s3cr3t"));
        }
    }
}

static void what_is_kept_comes_back(void **state)
{
    struct tip_kept kept = {
        .context = "c\"1", .context_ends_s = 1800000000, .access_role = "arn:r"};
    struct tip_kept back;
    struct buf b;

    (void)state;
    credentials_set(&kept.keys, "ASIA", "s/+=", "tok", 1700000000, NULL);
    buf_init(&b, 4096);
    tip_write_kept(&b, &kept);
    assert_true(tip_read_kept(&back, &arena, b.bytes, b.count));
    assert_string_equal(back.context, kept.context);
    assert_int_equal(back.context_ends_s, kept.context_ends_s);
    assert_string_equal(back.application, "");
    assert_string_equal(back.access_role, "arn:r");
    assert_string_equal(back.keys.key_id, "ASIA");
    assert_string_equal(back.keys.secret, "s/+=");
    assert_string_equal(back.keys.token, "tok");
    assert_int_equal(back.keys.expires_at_s, 1700000000);
    credentials_clear(&back.keys);
    for (size_t count = 0; count < b.count; count++) {
        assert_false(tip_read_kept(&back, &arena, b.bytes, count));
        assert_null(back.keys.key_id);
    }
    credentials_clear(&kept.keys);
    buf_clear(&b);
}

static void claims(void **state)
{
    static const struct {
        const char *token, *claims; /* NULL: none */
    } cases[] = {
        {ID_TOKEN, "{\"sts:identity_context\":\"c1\"}"},
        {"a.e30.b", "{}"},
        {"a.e30.", "{}"}, /* unsigned: whoever acts on it will see */
        {"a.e30", NULL},
        {"a.e30.b.c", NULL},
        {"a.!.b", NULL},
        {"", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;

        buf_init(&b, 4096);
        assert_int_equal(jwt_read_claims(&b, cases[i].token), cases[i].claims != NULL);
        if (cases[i].claims) assert_string_equal(b.bytes, cases[i].claims);
        buf_clear(&b);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(requests), TEST(tags), TEST(exchanges), TEST(what_is_kept_comes_back), TEST(claims),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
