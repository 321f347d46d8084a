/* config/browse.h: what is asked next, by what is there. */
#include "config/browse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "config/connstr.h"

#define CHOICES "*AuthenticationType:Authentication={TYPES};"
#define REST \
    "*Workgroup:Workgroup=?;*S3OutputLocation:Location of results=?;*Catalog:Catalog=?;" \
    "*Schema:Database=?;"
#define TOKEN "*SessionToken:Session token=?;"

/* What is asked, with the authentication types that there are in the place of TYPES. */
static void check_asked(const char *asked, const char *expected)
{
    const char *mark = strstr(expected, "TYPES");
    char types[1024];
    struct buf whole;

    buf_init(&whole, 4096);
    options_describe_allowed(options_info(OPTION_AUTHENTICATION_TYPE), types, sizeof types);
    buf_put(&whole, expected, mark ? (size_t)(mark - expected) : strlen(expected));
    for (const char *c = types; mark && *c; c++) {
        if (c == types || c[-1] != ',') buf_putc(&whole, *c); /* ", " there, "," here */
    }
    if (mark) buf_puts(&whole, mark + strlen("TYPES"));
    assert_string_equal(asked, whole.bytes);
    buf_clear(&whole);
}

static void test_needs(void **state)
{
    static const struct {
        const char *given;
        struct browse_environment env;
        const char *asked; /* "": nothing */
    } cases[] = {
        {"", {false, false, NULL}, "AwsRegion:AWS region=?;" CHOICES REST},
        {"UID=u;PWD=p", {false, false, NULL}, "AwsRegion:AWS region=?;" CHOICES REST},
        {"", {true, true, NULL}, "UID:Access key ID=?;PWD:Secret access key=?;" TOKEN CHOICES REST},
        {"AwsRegion=r;UID=u", {false, false, NULL}, "PWD:Secret access key=?;" TOKEN CHOICES REST},
        {"AwsRegion=r;UID=u;PWD=p", {false, false, NULL}, ""},
        {"AwsRegion=r;AuthenticationType=IAM Profile",
         {false, false, NULL},
         "AWSProfile:AWS profile=?;" REST},
        {"AwsRegion=r;AuthenticationType=IAM Profile", {false, true, NULL}, ""},
        {"AwsRegion=r;AuthenticationType=Default Credentials", {false, false, NULL}, ""},
        {"AwsRegion=r;AuthenticationType=JWT",
         {false, false, NULL},
         "web_identity_token:web_identity_token=?;preferred_role:preferred_role=?;" REST},
        {"AwsRegion=r;AuthenticationType=JWT;role_arn=r;web_identity_token=t",
         {false, false, NULL},
         ""},
        {"AuthenticationType=JWT", {false, false, NULL}, "AwsRegion:AWS region=?;" REST},
        {"AwsRegion=r;AuthenticationType=JWT_TIP;web_identity_token=t;WorkGroupArn=w",
         {false, false, NULL},
         "ApplicationRoleArn:ApplicationRoleArn=?;" REST},
        {"AuthenticationType=Default Credentials;Schema=s;Catalog=c;Workgroup=w;OutputLocation=s3://b",
         {false, false, NULL},
         "AwsRegion:AWS region=?;"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct options o = {0};
        struct fault f = {.state = SQLSTATE_NONE};
        struct buf out;

        buf_init(&out, 4096);
        assert_int_equal(connstr_parse(&o, cases[i].given, strlen(cases[i].given), NULL, &f),
                         ST_OK);
        assert_int_equal(browse_write_needs(&o, &cases[i].env, &out), *cases[i].asked != 0);
        check_asked(out.bytes, cases[i].asked);
        buf_clear(&out);
        options_clear(&o);
    }
}

/* Of both files, each once; names that the grammar has other uses for are left out. */
static void test_profiles_to_choose_from(void **state)
{
    static const char config[] =
        "[default]\nregion=r\n[profile work]\n[profile a,b]\n[sso-session s]\n";
    static const char credentials[] = "[work]\naws_access_key_id=k\n[x;y]\n[home]\n";
    static const char given[] = "AwsRegion=r;AuthenticationType=IAM Profile;Workgroup=w;Catalog=c;"
                                "Schema=s;S3OutputLocation=s3://b";
    struct profiles profiles;
    struct browse_environment env = {false, false, &profiles};
    struct options o = {0};
    struct fault f = {.state = SQLSTATE_NONE};
    struct buf out;

    (void)state;
    profile_init(&profiles);
    buf_init(&out, 4096);
    assert_null(profile_next(&profiles, NULL));
    assert_int_equal(connstr_parse(&o, given, strlen(given), NULL, &f), ST_OK);
    assert_true(browse_write_needs(&o, &env, &out));
    assert_string_equal(out.bytes, "AWSProfile:AWS profile=?;");
    buf_reset(&out);
    profile_add(&profiles, PROFILE_CONFIG, config, strlen(config), &f);
    profile_add(&profiles, PROFILE_CREDENTIALS, credentials, strlen(credentials), &f);
    assert_true(browse_write_needs(&o, &env, &out));
    assert_string_equal(out.bytes, "AWSProfile:AWS profile={default,work,home};");
    buf_clear(&out);
    options_clear(&o);
    profile_clear(&profiles);
}

static void test_refused_credentials_are_asked_again(void **state)
{
    static const char given[] = "AwsRegion=r;UID=u;PWD=p;SessionToken=t";
    struct options o = {0};
    struct fault f = {.state = SQLSTATE_NONE};

    (void)state;
    assert_int_equal(connstr_parse(&o, given, strlen(given), NULL, &f), ST_OK);
    assert_true(browse_forget_credentials(&o));
    assert_false(options_is_set(&o, OPTION_UID));
    assert_false(options_is_set(&o, OPTION_SESSION_TOKEN));
    assert_true(options_is_set(&o, OPTION_AWS_REGION));
    options_set(&o, OPTION_AUTHENTICATION_TYPE, "Default Credentials", 19, OPTION_FROM_STRING, &f);
    assert_false(browse_forget_credentials(&o));
    options_clear(&o);
}

/* A later answer takes the place of an earlier one, whoever has given that. */
static void test_override(void **state)
{
    struct options o = {0}, later = {0};
    struct fault f = {.state = SQLSTATE_NONE};

    (void)state;
    connstr_parse(&o, "Schema=a;PWD=old;Catalog=c", 26, NULL, &f);
    connstr_parse(&later, "Schema=b;PWD=new", 16, NULL, &f);
    options_override(&o, &later);
    assert_string_equal(options_text(&o, OPTION_SCHEMA), "b");
    assert_string_equal(options_text(&o, OPTION_PWD), "new");
    assert_string_equal(options_text(&o, OPTION_CATALOG), "c");
    assert_false(options_is_set(&later, OPTION_SCHEMA));
    options_clear(&o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needs),
        cmocka_unit_test(test_profiles_to_choose_from),
        cmocka_unit_test(test_refused_credentials_are_asked_again),
        cmocka_unit_test(test_override),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
