/* aws/sso_token.h and aws/sso_codec.h: the AWS CLI's file, and what IAM Identity Center says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/sso_codec.h"
#include "aws/sso_token.h"

static struct arena arena;
static struct sso_token token;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    token = (struct sso_token){0};
    return 0;
}

static int end(void **state)
{
    (void)state;
    sso_token_clear(&token);
    arena_clear(&arena);
    return 0;
}

/* As botocore writes it. */
static const char file[] =
    "{\"startUrl\": \"https://x.awsapps.com/start\", \"region\": \"eu-west-1\", "
    "\"accessToken\": \"acc\", \"expiresAt\": \"2026-11-22T12:00:00Z\", \"clientId\": \"id\", "
    "\"clientSecret\": \"s3cr3t\", \"registrationExpiresAt\": \"2027-02-20T12:00:00Z\", "
    "\"refreshToken\": \"ref\"}";
enum { NOON_S = 1795348800, REGISTERED_UNTIL_S = 1803124800 };

/* ---- the file ---- */

static void names_of_files(void **state)
{
    char name[SSO_CACHE_NAME_BYTES];

    (void)state;
    /* sha1sum's answers */
    assert_true(sso_cache_name(name, "https://x.awsapps.com/start"));
    assert_string_equal(name, "3947de8b16688092197fa616c34e01335f21d256.json");
    assert_true(sso_cache_name(name, "corp"));
    assert_string_equal(name, "ee0bfd2552fbd840c02cc48b6e823320543c450f.json");
}

static void file_round_trip(void **state)
{
    struct fault f = {0};
    struct buf b;

    (void)state;
    assert_int_equal(sso_token_read(&token, file, strlen(file), &f), ST_OK);
    assert_string_equal(token.texts[SSO_ACCESS_TOKEN], "acc");
    assert_int_equal(sso_token_time(&token, SSO_EXPIRES_AT), NOON_S);
    assert_int_equal(sso_token_time(&token, SSO_REGISTRATION_EXPIRES_AT), REGISTERED_UNTIL_S);
    buf_init(&b, 4096);
    sso_token_write(&b, &token);
    assert_string_equal(b.bytes, file);
    buf_clear(&b);
}

static void files_of_others(void **state)
{
    static const struct {
        const char *text;
        const char *trouble; /* NULL: read */
        int64_t expires_at_s;
    } cases[] = {
        {"{\"accessToken\":\"a\",\"expiresAt\":\"2026-11-22T12:00:00UTC\"}", NULL, NOON_S},
        {"{\"expiresAt\":\"2026-11-22T13:00:00+01:00\",\"accessToken\":\"a\",\"more\":[1]}", NULL,
         NOON_S},
        {"{\"accessToken\":\"a\"}", "expiresAt", 0},
        {"{\"accessToken\":\"a\",\"expiresAt\":\"soon\"}", "expiresAt", 0},
        {"{\"expiresAt\":\"2026-11-22T12:00:00Z\"}", "accessToken", 0},
        {"{\"accessToken\":\"s3cr3t\",", "no JSON", 0},
        {"", "no JSON", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fault f = {0};
        enum status st = sso_token_read(&token, cases[i].text, strlen(cases[i].text), &f);

        assert_int_equal(st, cases[i].trouble ? ST_ERR : ST_OK);
        if (st) {
            assert_int_equal(f.state, SQLSTATE_28000);
            assert_non_null(strstr(f.text, cases[i].trouble));
            assert_null(strstr(f.text, "s3cr3t"));
            assert_null(token.texts[SSO_ACCESS_TOKEN]);
        } else {
            assert_int_equal(sso_token_time(&token, SSO_EXPIRES_AT), cases[i].expires_at_s);
        }
    }
}

static void what_a_token_is_good_for(void **state)
{
    struct fault f = {0};

    (void)state;
    assert_false(sso_token_is_good(&token, 0));
    assert_int_equal(sso_token_read(&token, file, strlen(file), &f), ST_OK);
    assert_true(sso_token_is_good(&token, NOON_S - 1));
    assert_false(sso_token_is_good(&token, NOON_S));
    assert_true(sso_token_is_renewable(&token, REGISTERED_UNTIL_S - 1));
    assert_false(sso_token_is_renewable(&token, REGISTERED_UNTIL_S));
    assert_int_equal(sso_token_set(&token, SSO_REFRESH_TOKEN, "", &f), ST_OK);
    assert_false(sso_token_is_renewable(&token, NOON_S));
    assert_int_equal(sso_token_set_time(&token, SSO_EXPIRES_AT, NOON_S + 60, &f), ST_OK);
    assert_string_equal(token.texts[SSO_EXPIRES_AT], "2026-11-22T12:01:00Z");
}

/* ---- requests ---- */

static void expect(struct buf *b, const char *text)
{
    assert_true(buf_ok(b));
    assert_string_equal(b->bytes, text);
    buf_reset(b);
}

static void requests(void **state)
{
    struct fault f = {0};
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    sso_write_register(&b, &(struct sso_client_wish){.name = "n",
                                                     .scopes = "a:b, c",
                                                     .grant = SSO_CODE_GRANT,
                                                     .redirect_uri = "http://localhost:1/athena",
                                                     .start_url = "https://x"});
    expect(&b, "{\"clientName\":\"n\",\"clientType\":\"public\",\"scopes\":[\"a:b\",\"c\"],"
               "\"grantTypes\":[\"authorization_code\",\"refresh_token\"],"
               "\"redirectUris\":[\"http://localhost:1/athena\"],\"issuerUrl\":\"https://x\"}");
    assert_int_equal(sso_token_read(&token, file, strlen(file), &f), ST_OK);
    sso_write_device(&b, &token);
    expect(&b, "{\"clientId\":\"id\",\"clientSecret\":\"s3cr3t\","
               "\"startUrl\":\"https://x.awsapps.com/start\"}");
    sso_write_grant(&b, &token, &(struct sso_grant){.grant = SSO_REFRESH_GRANT});
    expect(&b, "{\"clientId\":\"id\",\"clientSecret\":\"s3cr3t\",\"grantType\":\"refresh_token\","
               "\"refreshToken\":\"ref\"}");
    sso_write_grant(&b, &token,
                    &(struct sso_grant){.grant = SSO_CODE_GRANT,
                                        .code = "c",
                                        .verifier = "v",
                                        .redirect_uri = "http://localhost:1/"});
    expect(&b, "{\"clientId\":\"id\",\"clientSecret\":\"s3cr3t\","
               "\"grantType\":\"authorization_code\",\"code\":\"c\",\"codeVerifier\":\"v\","
               "\"redirectUri\":\"http://localhost:1/\"}");
    buf_clear(&b);
    assert_string_equal(sso_role_path(&arena, "123", "a+b/c"),
                        "/federation/credentials?account_id=123&role_name=a%2Bb%2Fc");
}

/* ---- answers ---- */

#define TEXT(body) (body), sizeof(body) - 1

static void answers(void **state)
{
    struct aws_credentials c = {0};
    struct sso_device d;
    struct fault f = {0};

    (void)state;
    assert_int_equal(sso_read_client(&token,
                                     TEXT("{\"clientId\":\"i\",\"clientSecret\":\"s\","
                                          "\"clientSecretExpiresAt\":1803124800}"),
                                     "d", &f),
                     ST_OK);
    assert_int_equal(sso_token_time(&token, SSO_REGISTRATION_EXPIRES_AT), REGISTERED_UNTIL_S);
    assert_int_equal(
        sso_read_token(&token,
                       TEXT("{\"accessToken\":\"a\",\"expiresIn\":60,\"refreshToken\":\"r\"}"),
                       NOON_S, "d", &f),
        ST_OK);
    assert_int_equal(sso_token_time(&token, SSO_EXPIRES_AT), NOON_S + 60);
    assert_int_equal(
        sso_read_token(&token, TEXT("{\"accessToken\":\"b\",\"expiresIn\":99}"), NOON_S, "d", &f),
        ST_OK);
    assert_string_equal(token.texts[SSO_ACCESS_TOKEN], "b");
    assert_string_equal(token.texts[SSO_REFRESH_TOKEN], "r");
    assert_true(sso_token_is_renewable(&token, NOON_S));
    assert_int_equal(sso_read_device(&d, &arena,
                                     TEXT("{\"deviceCode\":\"d\",\"userCode\":\"U-C\","
                                          "\"verificationUri\":\"https://x/\",\"expiresIn\":600,"
                                          "\"interval\":5}"),
                                     "d", &f),
                     ST_OK);
    assert_string_equal(d.user_code, "U-C");
    assert_string_equal(d.whole_url, "");
    assert_int_equal(d.interval_s, 5);
    assert_int_equal(
        sso_read_role(&c,
                      TEXT("{\"roleCredentials\":{\"accessKeyId\":\"K\",\"secretAccessKey\":\"S\","
                           "\"sessionToken\":\"T\",\"expiration\":1795348800000}}"),
                      "d", &f),
        ST_OK);
    assert_string_equal(c.key_id, "K");
    assert_int_equal(c.expires_at_s, NOON_S);
    credentials_clear(&c);
}

static void answers_that_are_none(void **state)
{
    static const char *const bodies[] = {
        "",
        "s3cr3t",
        "[]",
        "{}",
        "{\"clientId\":\"s3cr3t\"}",
        "{\"roleCredentials\":{\"accessKeyId\":\"s3cr3t\"}}",
        "{\"deviceCode\":\"d\",\"userCode\":\"\\u001b[2Js3cr3t\",\"verificationUri\":\"u\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct fault faults[4] = {0};
        struct aws_credentials c = {0};
        struct sso_device d;
        size_t bytes = strlen(bodies[i]);

        assert_int_equal(sso_read_client(&token, bodies[i], bytes, "d", &faults[0]), ST_ERR);
        assert_int_equal(sso_read_token(&token, bodies[i], bytes, 0, "d", &faults[1]), ST_ERR);
        assert_int_equal(sso_read_device(&d, &arena, bodies[i], bytes, "d", &faults[2]), ST_ERR);
        assert_int_equal(sso_read_role(&c, bodies[i], bytes, "d", &faults[3]), ST_ERR);
        for (int k = 0; k < 4; k++) {
            assert_int_equal(faults[k].state, SQLSTATE_28000);
            assert_null(strstr(faults[k].text, "s3cr3t"));
        }
    }
}

static void refusals(void **state)
{
    static const struct {
        const char *type, *body, *code, *message;
    } cases[] = {
        {"AuthorizationPendingException:http://x", "{\"error\":\"authorization_pending\"}",
         "AuthorizationPendingException", ""},
        {NULL, "{\"error\":\"invalid_grant\",\"error_description\":\"Invalid\"}", "invalid_grant",
         "Invalid"},
        {NULL, "{\"message\":\"No access\",\"__type\":\"com.x#ForbiddenException\"}",
         "ForbiddenException", "No access"},
        {NULL, "<html>", "", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sso_error e;

        sso_read_error(&e, &arena, cases[i].type, cases[i].body, strlen(cases[i].body));
        assert_string_equal(e.code, cases[i].code);
        assert_string_equal(e.message, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_of_files, begin, end),
        cmocka_unit_test_setup_teardown(file_round_trip, begin, end),
        cmocka_unit_test_setup_teardown(files_of_others, begin, end),
        cmocka_unit_test_setup_teardown(what_a_token_is_good_for, begin, end),
        cmocka_unit_test_setup_teardown(requests, begin, end),
        cmocka_unit_test_setup_teardown(answers, begin, end),
        cmocka_unit_test_setup_teardown(answers_that_are_none, begin, end),
        cmocka_unit_test_setup_teardown(refusals, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
