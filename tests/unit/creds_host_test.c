/* aws/creds_host.h: which addresses may be asked, and what answers are taken for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/creds_host.h"
#include "unit/arena_fixture.h"

static void containers(void **state)
{
    static const struct {
        const char *relative, *full;
        const char *url; /* NULL: refused */
    } cases[] = {
        {"/v2/credentials/x", NULL, "http://169.254.170.2/v2/credentials/x"},
        {"/first", "http://localhost/second", "http://169.254.170.2/first"},
        {"no-slash", NULL, NULL},
        {"@198.51.100.7/", NULL, NULL},
        {"/a b", NULL, NULL},
        {"/a\r\nHost: x", NULL, NULL},
        {NULL, "https://creds.example/x?y=z", "https://creds.example/x?y=z"},
        {NULL, "HTTPS://creds.example:8443/x", "HTTPS://creds.example:8443/x"},
        {NULL, "http://localhost:51679/x", "http://localhost:51679/x"},
        {NULL, "http://LOCALHOST", "http://LOCALHOST"},
        {NULL, "http://127.0.0.1/x", "http://127.0.0.1/x"},
        {NULL, "http://127.255.3.4:80/", "http://127.255.3.4:80/"},
        {NULL, "http://[::1]:8080/x", "http://[::1]:8080/x"},
        {NULL, "http://169.254.170.2/x", "http://169.254.170.2/x"},
        {NULL, "http://169.254.170.23/v1/credentials", "http://169.254.170.23/v1/credentials"},
        {NULL, "http://[fd00:ec2::23]/v1/credentials", "http://[fd00:ec2::23]/v1/credentials"},
        {NULL, "http://169.254.170.24/x", NULL},
        {NULL, "http://169.254.169.254/x", NULL},
        {NULL, "http://[fd00:ec2::254]/x", NULL},
        {NULL, "http://creds.example/x", NULL},
        {NULL, "http://127.creds.example/x", NULL},
        {NULL, "http://127.0.0.1.creds.example/x", NULL},
        {NULL, "http://127.0.0/x", NULL},
        {NULL, "http://127.0.0.0001/x", NULL},
        {NULL, "http://localhost.creds.example/x", NULL},
        {NULL, "http://127.0.0.1@creds.example/x", NULL},
        {NULL, "http://creds.example#@127.0.0.1/x", NULL},
        {NULL, "http://creds.example\\@127.0.0.1/x", NULL},
        {NULL, "http://127.0.0.1:80:90/x", NULL},
        {NULL, "http://127.0.0.1:port/x", NULL},
        {NULL, "https://", NULL},
        {NULL, "https:///x", NULL},
        {NULL, "https://me@creds.example/", NULL},
        {NULL, "ftp://127.0.0.1/x", NULL},
        {NULL, "127.0.0.1", NULL},
        {NULL, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct creds_env env = {{0}};
        struct fault f = {0};
        const char *url = NULL;
        enum status st;

        env.values[ENV_CONTAINER_RELATIVE_URI] = cases[i].relative;
        env.values[ENV_CONTAINER_FULL_URI] = cases[i].full;
        assert_int_equal(creds_host_has_container(&env), cases[i].relative || cases[i].full);
        st = creds_host_container(&url, &arena, &env, &f);
        if (!st != !!cases[i].url) fail_msg("%zu: %s %s", i, cases[i].full, f.text);
        if (!st) assert_string_equal(url, cases[i].url);
        if (st) assert_int_equal(f.state, SQLSTATE_28000);
        if (st) assert_non_null(strstr(f.text, "AWS_CONTAINER_CREDENTIALS_"));
    }
}

static void instances(void **state)
{
    static const struct {
        const char *endpoint, *mode, *disabled;
        const char *url;  /* NULL: refused */
        const char *word; /* of the fault */
    } cases[] = {
        {NULL, NULL, NULL, "http://169.254.169.254", NULL},
        {NULL, "ipv4", "false", "http://169.254.169.254", NULL},
        {NULL, "IPv6", NULL, "http://[fd00:ec2::254]", NULL},
        {"http://metadata.example:1338/base//", "IPv6", NULL, "http://metadata.example:1338/base",
         NULL},
        {"https://metadata.example", NULL, NULL, "https://metadata.example", NULL},
        {"metadata.example", NULL, NULL, NULL, "AWS_EC2_METADATA_SERVICE_ENDPOINT"},
        {"http://metadata.example/?x", NULL, NULL, NULL, "AWS_EC2_METADATA_SERVICE_ENDPOINT"},
        {NULL, "IPv5", NULL, NULL, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"},
        {NULL, NULL, "TRUE", NULL, "AWS_EC2_METADATA_DISABLED"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct creds_env env = {{0}};
        struct fault f = {0};
        const char *url = NULL;

        env.values[ENV_METADATA_ENDPOINT] = cases[i].endpoint;
        env.values[ENV_METADATA_ENDPOINT_MODE] = cases[i].mode;
        env.values[ENV_METADATA_DISABLED] = cases[i].disabled;
        if (!creds_host_instance(&url, &arena, &env, &f)) {
            assert_non_null(cases[i].url);
            assert_string_equal(url, cases[i].url);
        } else {
            if (cases[i].url) fail_msg("%zu: %s", i, f.text);
            assert_int_equal(f.state, SQLSTATE_28000);
            assert_non_null(strstr(f.text, cases[i].word));
        }
    }
}

static void check_text(const char *got, const char *wanted)
{
    if (wanted) {
        assert_non_null(got);
        assert_string_equal(got, wanted);
    } else {
        assert_null(got);
    }
}

static void roles(void **state)
{
    static const struct {
        const char *body, *role;
    } cases[] = {
        {"my-role", "my-role"},
        {" \nmy.role_1+=,@x \r\nanother\n", "my.role_1+=,@x"},
        {"", NULL},
        {"\r\n", NULL},
        {"a/b", NULL},
        {"a?b", NULL},
        {"<html>", NULL},
        {"two words", NULL},
        {"0123456789012345678901234567890123456789012345678901234567890123",
         "0123456789012345678901234567890123456789012345678901234567890123"},
        {"01234567890123456789012345678901234567890123456789012345678901234", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_text(creds_host_role(&arena, cases[i].body, strlen(cases[i].body)), cases[i].role);
    }
    assert_null(creds_host_role(&arena, "a\0b", 3));
    assert_null(creds_host_role(&arena, NULL, 0));
}

static void tokens(void **state)
{
    static const struct {
        const char *token, *value;
    } cases[] = {
        {"t0ken==", "t0ken=="}, {" Bearer x \n", "Bearer x"}, {"", NULL},         {"\n", NULL},
        {"a\nb", NULL},         {"a\r\nHost: b", NULL},       {"\xc3\xa4", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_text(creds_host_token(&arena, cases[i].token, strlen(cases[i].token)),
                   cases[i].value);
    }
    assert_null(creds_host_token(&arena, NULL, 0));
}

#define KEYS "\"AccessKeyId\":\"AK\",\"SecretAccessKey\":\"s3cr3t\""

static void answers(void **state)
{
    static const struct {
        const char *body;
        const char *token;
        int64_t expires_at_s;
        const char *word; /* of the fault; NULL: taken */
    } cases[] = {
        {"{" KEYS ",\"Token\":\"t\",\"Expiration\":\"2026-11-22T12:00:00Z\",\"AccountId\":\"1\"}",
         "t", 1795348800, NULL},
        {"{\"Code\":\"Success\",\"Type\":\"AWS-HMAC\"," KEYS ",\"Token\":\"t\"}", "t", 0, NULL},
        {"{" KEYS "}", NULL, 0, NULL},
        {"{\"Code\":\"AssumeRoleUnauthorizedAccess\",\"Message\":\"EC2 cannot assume it\"}", NULL,
         0, "AssumeRoleUnauthorizedAccess: EC2 cannot assume it"},
        {"{\"Code\":\"Failed\"," KEYS "}", NULL, 0, "Failed"},
        {"{\"SecretAccessKey\":\"s3cr3t\"}", NULL, 0, "no AccessKeyId"},
        {"{\"AccessKeyId\":\"AK\",\"Token\":\"s3cr3t\"}", NULL, 0, "no SecretAccessKey"},
        {"{" KEYS ",\"Expiration\":\"soon\"}", NULL, 0, "Expiration"},
        {"{" KEYS, NULL, 0, "no JSON"},
        {"s3cr3t", NULL, 0, "no JSON"},
        {"", NULL, 0, "no JSON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws_credentials c = {0};
        struct fault f = {0};
        enum status st = creds_host_parse(&c, cases[i].body, strlen(cases[i].body), "asking", &f);

        if (!st != !cases[i].word) fail_msg("%s: %s", cases[i].body, f.text);
        if (st) {
            assert_int_equal(f.state, SQLSTATE_28000);
            assert_non_null(strstr(f.text, cases[i].word));
            assert_null(strstr(f.text, "s3cr3t"));
            assert_null(c.key_id);
        } else {
            assert_string_equal(c.key_id, "AK");
            assert_string_equal(c.secret, "s3cr3t");
            check_text(c.token, cases[i].token);
            assert_true(c.expires_at_s == cases[i].expires_at_s);
        }
        credentials_clear(&c);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(containers), TEST(instances), TEST(roles), TEST(tokens), TEST(answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
