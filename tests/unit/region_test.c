/* aws/region.h: partitions, host names, overrides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/region.h"

static void partitions(void **state)
{
    static const struct {
        const char *region, *partition;
    } cases[] = {
        {"us-east-1", "aws"},
        {"ap-southeast-7", "aws"},
        {"mx-central-1", "aws"},
        {"cn-north-1", "aws-cn"},
        {"us-gov-west-1", "aws-us-gov"},
        {"eusc-de-east-1", "aws-eusc"},
        {"us-iso-east-1", "aws-iso"},
        {"us-isob-east-1", "aws-iso-b"},
        {"eu-isoe-west-1", "aws-iso-e"},
        {"us-isof-south-1", "aws-iso-f"},
        {"xx-new-9", "aws"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(region_partition(cases[i].region)->name, cases[i].partition);
    }
}

static void hosts(void **state)
{
    static const struct {
        enum aws_service service;
        const char *region;
        bool fips, dual;
        const char *host;
    } cases[] = {
        {AWS_ATHENA, "us-east-1", false, false, "athena.us-east-1.amazonaws.com"},
        {AWS_ATHENA, "us-east-1", true, false, "athena-fips.us-east-1.amazonaws.com"},
        {AWS_ATHENA, "us-east-1", false, true, "athena.us-east-1.api.aws"},
        {AWS_ATHENA, "us-gov-west-1", true, true, "athena-fips.us-gov-west-1.api.aws"},
        {AWS_ATHENA, "cn-north-1", false, false, "athena.cn-north-1.amazonaws.com.cn"},
        {AWS_ATHENA, "cn-north-1", false, true, "athena.cn-north-1.api.amazonwebservices.com.cn"},
        {AWS_S3, "eu-west-1", false, false, "s3.eu-west-1.amazonaws.com"},
        {AWS_S3, "eu-west-1", true, false, "s3-fips.eu-west-1.amazonaws.com"},
        {AWS_S3, "eu-west-1", false, true, "s3.dualstack.eu-west-1.amazonaws.com"},
        {AWS_S3, "eu-west-1", true, true, "s3-fips.dualstack.eu-west-1.amazonaws.com"},
        {AWS_STS, "us-iso-east-1", false, false, "sts.us-iso-east-1.c2s.ic.gov"},
        {AWS_STS, "eu-west-1", true, true, "sts-fips.eu-west-1.api.aws"},
        {AWS_STS, "us-gov-west-1", true, false, "sts.us-gov-west-1.amazonaws.com"},
        {AWS_STS, "us-gov-west-1", true, true, "sts-fips.us-gov-west-1.api.aws"},
        {AWS_LAKE_FORMATION, "us-gov-west-1", true, false,
         "lakeformation-fips.us-gov-west-1.amazonaws.com"},
        {AWS_SSO_PORTAL, "eu-west-1", false, false, "portal.sso.eu-west-1.amazonaws.com"},
        {AWS_SSO_PORTAL, "eu-west-1", true, false, "portal.sso-fips.eu-west-1.amazonaws.com"},
        {AWS_SSO_OIDC, "eu-west-1", false, true, "oidc.eu-west-1.api.aws"},
        {AWS_SSO_ADMIN, "us-gov-east-1", true, false, "sso.us-gov-east-1.amazonaws.com"},
        {AWS_DATAZONE, "eu-west-1", false, false, "datazone.eu-west-1.api.aws"},
        {AWS_DATAZONE, "eu-west-1", true, false, "datazone-fips.eu-west-1.api.aws"},
    };
    static const char *const services[AWS_SERVICE_COUNT] = {
        "athena", "s3", "sts", "lakeformation", "awsssoportal", "sso-oauth", "sso", "datazone"};
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct region_wish wish = {
            .region = cases[i].region, .use_fips = cases[i].fips, .use_dual_stack = cases[i].dual};
        struct endpoint e;

        assert_int_equal(region_endpoint(&e, &a, cases[i].service, &wish, NULL), ST_OK);
        assert_string_equal(e.host, cases[i].host);
        assert_string_equal(e.region, cases[i].region);
        assert_string_equal(e.service, services[cases[i].service]);
        assert_string_equal(e.url, arena_printf(&a, "https://%s", cases[i].host));
        assert_false(e.is_override || e.needs_path_style);
    }
    arena_clear(&a);
}

static void overrides(void **state)
{
    static const struct {
        const char *override, *url, *host; /* url NULL: refused */
        bool needs_path_style;
    } cases[] = {
        {"vpce-1.athena.eu-west-1.vpce.amazonaws.com",
         "https://vpce-1.athena.eu-west-1.vpce.amazonaws.com",
         "vpce-1.athena.eu-west-1.vpce.amazonaws.com", false},
        {"https://h.example/", "https://h.example", "h.example", false},
        {"HTTPS://h.example:443", "https://h.example", "h.example", false},
        {"https://h.example:444", "https://h.example:444", "h.example:444", false},
        {"http://h.example:80/a/b/", "http://h.example/a/b", "h.example", true},
        {"http://127.0.0.1:5000", "http://127.0.0.1:5000", "127.0.0.1:5000", true},
        {"http://localhost:5000", "http://localhost:5000", "localhost:5000", true},
        {"http://s3.localhost", "http://s3.localhost", "s3.localhost", true},
        {"http://[::1]:5000", "http://[::1]:5000", "[::1]:5000", true},
        {"127.0.0.1", "https://127.0.0.1", "127.0.0.1", true},
        {"ftp://h", NULL, NULL, false},
        {"https://", NULL, NULL, false},
        {"https://h?x=y", NULL, NULL, false},
        {"https://h/x?y", NULL, NULL, false},
        {"a b", NULL, NULL, false},
        {"https://user@h", NULL, NULL, false},
        {"https://user:pa55@h", NULL, NULL, false},
        {"h\r\nX: y", NULL, NULL, false},
    };
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct region_wish wish = {.region = "eu-west-1", .override = cases[i].override};
        struct endpoint e;
        struct fault f = {0};
        enum status st = region_endpoint(&e, &a, AWS_S3, &wish, &f);

        if (st != (cases[i].url ? ST_OK : ST_ERR)) fail_msg("%s: %s", cases[i].override, f.text);
        if (st) {
            assert_int_equal(f.state, SQLSTATE_HY024);
            assert_non_null(strstr(f.text, "S3EndpointOverride"));
            assert_null(strstr(f.text, "pa55"));
            continue;
        }
        assert_string_equal(e.url, cases[i].url);
        assert_string_equal(e.host, cases[i].host);
        assert_string_equal(e.region, "eu-west-1");
        assert_true(e.is_override);
        assert_int_equal(e.needs_path_style, cases[i].needs_path_style);
    }
    arena_clear(&a);
}

static void what_makes_no_sense(void **state)
{
    static const struct {
        struct region_wish wish;
        const char *word;
    } cases[] = {
        {{.region = NULL}, "AwsRegion"},
        {{.region = ""}, "AWS_REGION"},
        {{.region = "US-EAST-1"}, "US-EAST-1"},
        {{.region = "us east 1"}, "us east 1"},
        {{.region = "useast1"}, "useast1"},
        {{.region = "us-east-1.evil.example/"}, "evil"},
        {{.region = "us-east-1", .override = "h", .use_fips = true}, "UseFipsEndpoint"},
        {{.region = "us-east-1", .override = "h", .use_dual_stack = true}, "UseDualStackEndpoint"},
        {{.region = "cn-north-1", .use_fips = true}, "UseFipsEndpoint"},
    };
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct endpoint e;
        struct fault f = {0};

        assert_int_equal(region_endpoint(&e, &a, AWS_S3, &cases[i].wish, &f), ST_ERR);
        assert_int_equal(f.state, SQLSTATE_HY024);
        assert_non_null(strstr(f.text, cases[i].word));
    }
    arena_clear(&a);
}

static void global_sts(void **state)
{
    static const struct {
        enum aws_service service;
        const char *override, *region;
    } cases[] = {
        {AWS_STS, "sts.amazonaws.com", "us-east-1"},
        {AWS_STS, "https://STS.amazonaws.com/", "us-east-1"},
        {AWS_STS, "sts.eu-west-1.amazonaws.com", "eu-west-1"},
        {AWS_STS, "vpce-1.sts.us-west-2.vpce.amazonaws.com", "eu-west-1"},
        {AWS_ATHENA, "sts.amazonaws.com", "eu-west-1"},
    };
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct region_wish wish = {.region = "eu-west-1", .override = cases[i].override};
        struct endpoint e;

        assert_int_equal(region_endpoint(&e, &a, cases[i].service, &wish, NULL), ST_OK);
        assert_string_equal(e.region, cases[i].region);
    }
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(partitions),          cmocka_unit_test(hosts),
        cmocka_unit_test(overrides),           cmocka_unit_test(global_sts),
        cmocka_unit_test(what_makes_no_sense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
