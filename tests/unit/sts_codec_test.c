/* aws/sts_codec.h: forms out, XML in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/sts_codec.h"

static void forms(void **state)
{
    struct sts_assume_role role = {.role_arn = "arn:aws:iam::123456789012:role/a b+c",
                                   .session_name = "s@x"};
    struct buf b;

    (void)state;
    buf_init(&b, 4096);
    sts_write_caller_identity(&b);
    assert_string_equal(b.bytes, "Action=GetCallerIdentity&Version=2011-06-15");
    buf_reset(&b);
    sts_write_assume_role(&b, &role);
    assert_string_equal(b.bytes,
                        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
                        "123456789012%3Arole%2Fa%20b%2Bc&RoleSessionName=s%40x");
    role.external_id = "e&=";
    role.serial_number = "n";
    role.token_code = "123456";
    role.duration_s = 900;
    buf_reset(&b);
    sts_write_assume_role(&b, &role);
    assert_non_null(strstr(b.bytes, "&ExternalId=e%26%3D&SerialNumber=n&TokenCode=123456"
                                    "&DurationSeconds=900"));
    role = (struct sts_assume_role){
        .role_arn = "r", .web_identity_token = "a.b-c_d", .session_name = "s"};
    buf_reset(&b);
    sts_write_assume_role(&b, &role);
    assert_string_equal(b.bytes, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=r"
                                 "&RoleSessionName=s&WebIdentityToken=a.b-c_d");
    role = (struct sts_assume_role){.role_arn = "r", .context_provider = "p", .context = "c="};
    buf_reset(&b);
    sts_write_assume_role(&b, &role);
    assert_string_equal(b.bytes, "Action=AssumeRole&Version=2011-06-15&RoleArn=r"
                                 "&ProvidedContexts.member.1.ProviderArn=p"
                                 "&ProvidedContexts.member.1.ContextAssertion=c%3D");
    role = (struct sts_assume_role){.serial_number = "d", .token_code = "123456"};
    buf_reset(&b);
    sts_write_assume_role(&b, &role);
    assert_string_equal(b.bytes, "Action=GetSessionToken&Version=2011-06-15&SerialNumber=d"
                                 "&TokenCode=123456");
    buf_reset(&b);
    sts_write_assume_role_with_saml(
        &b, &(struct sts_assume_role_with_saml){"r/x", "p", "a+/=", .duration_s = 1});
    assert_string_equal(b.bytes, "Action=AssumeRoleWithSAML&Version=2011-06-15&RoleArn=r%2Fx"
                                 "&PrincipalArn=p&SAMLAssertion=a%2B%2F%3D&DurationSeconds=1");
    buf_clear(&b);
}

static void identities(void **state)
{
    static const char body[] =
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
        "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/x</Arn><UserId>U</UserId>"
        "<Account>123456789012</Account></GetCallerIdentityResult><ResponseMetadata>"
        "<RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>";
    struct sts_identity id;
    struct fault f = {0};
    struct arena a;

    (void)state;
    arena_init(&a);
    assert_int_equal(sts_parse_caller_identity(&id, &a, body, strlen(body), &f), ST_OK);
    assert_string_equal(id.arn, "arn:aws:iam::123456789012:user/x");
    assert_string_equal(id.user_id, "U");
    assert_string_equal(id.account, "123456789012");
    assert_int_equal(sts_parse_caller_identity(&id, &a, "<a/>", 4, &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_08S01);
    assert_string_equal(id.arn, "");
    arena_clear(&a);
}

#define ROLE(secret, expiration) \
    "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>" \
    "<Credentials><AccessKeyId>ASIA</AccessKeyId>" secret "<SessionToken>\n t/o+k=\n" \
    "</SessionToken><Expiration>" expiration "</Expiration></Credentials><AssumedRoleUser>" \
    "<Arn>a</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"

static void roles(void **state)
{
    static const char good[] = ROLE("<SecretAccessKey>s</SecretAccessKey>", "2026-11-22T12:00:00Z");
    static const char *const bad[] = {
        ROLE("", "2026-11-22T12:00:00Z"),
        ROLE("<SecretAccessKey>s3cr3t</SecretAccessKey>", "soon"),
        "<AssumeRoleResponse>",
        "",
    };
    struct aws_credentials c = {0};
    struct fault f = {0};

    (void)state;
    assert_int_equal(sts_parse_assume_role(&c, good, strlen(good), &f), ST_OK);
    assert_string_equal(c.key_id, "ASIA");
    assert_string_equal(c.secret, "s");
    assert_string_equal(c.token, "t/o+k=");
    assert_true(c.expires_at_s == 1795348800);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fault_clear(&f);
        assert_int_equal(sts_parse_assume_role(&c, bad[i], strlen(bad[i]), &f), ST_ERR);
        assert_int_equal(f.state, SQLSTATE_08S01);
        assert_null(strstr(f.text, "s3cr3t"));
        assert_string_equal(c.key_id, "ASIA"); /* what was there stays */
    }
    credentials_clear(&c);
    assert_null(c.secret);
}

static void times(void **state)
{
    static const struct {
        const char *text;
        bool is_time;
        int64_t seconds;
    } cases[] = {
        {"1970-01-01T00:00:00Z", true, 0},
        {"2000-02-29T23:59:59Z", true, 951868799},
        {"2026-11-22T12:00:00.123Z", true, 1795348800},
        {"2026-11-22T13:30:00+01:30", true, 1795348800},
        {"2026-11-22T07:00:00-0500", true, 1795348800},
        {"2026-11-22 12:00:00", true, 1795348800},
        {"2026-13-22T12:00:00Z", false, 0},
        {"2026-11-22", false, 0},
        {"2026-11-22T12:00:00Zx", false, 0},
        {"2026-11-22T12:00:00+1", false, 0},
        {"22 Nov 2026", false, 0},
        {"", false, 0},
    };
    struct aws_credentials c = {.expires_at_s = 1000}, for_ever = {0};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t seconds;

        if (credentials_parse_time(cases[i].text, &seconds) != cases[i].is_time) {
            fail_msg("%s", cases[i].text);
        }
        if (cases[i].is_time) assert_true(seconds == cases[i].seconds);
    }
    assert_true(credentials_expire_within(&c, 400, 600));
    assert_false(credentials_expire_within(&c, 399, 600));
    assert_false(credentials_expire_within(&for_ever, INT64_MAX / 2, 600));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),
        cmocka_unit_test(identities),
        cmocka_unit_test(roles),
        cmocka_unit_test(times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
