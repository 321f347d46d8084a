/* config/profile.h: the shapes that the AWS files have in the wild. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "config/profile.h"

static const char config[] = "# a comment\n"
                             "; another\n"
                             "[default]\r\n"
                             "region = us-east-1 # the office\n"
                             "aws_access_key_id=CONFIGKEY\n"
                             "s3 =\n"
                             "    addressing_style = path\n"
                             "\tmax_concurrent_requests=4\n"
                             "output = json\n"
                             "\n"
                             "[ profile  dev ]\n"
                             "Role_Arn = arn:aws:iam::123456789012:role/dev\n"
                             "source_profile = default\n"
                             "credential_process = /bin/keys --secret='a;b' --x=\"c\"\n"
                             "[profile \"with blanks\"]\n"
                             "region = eu-west-1\n"
                             "nonsense without equals\n"
                             "= no key\n"
                             "empty =\n"
                             "[sso-session corp]\n"
                             "sso_start_url = https://corp.example/start#/\n"
                             "[services local]\n"
                             "athena =\n"
                             "  endpoint_url = http://localhost:1\n"
                             "[unclosed\n"
                             "region = nowhere\n"
                             "[profile dev]\n"
                             "region = eu-central-1";

static const char credentials[] = "\xef\xbb\xbf[default]\n"
                                  "aws_access_key_id = AKID\n"
                                  "aws_secret_access_key = se/cr+et=\n"
                                  "[dev]\n"
                                  "region=first\n"
                                  "region=second\n"
                                  "[profile odd]\n"
                                  "region = x\n";

static void read_both(struct profiles *p, enum profile_file first)
{
    profile_init(p);
    for (int i = 0; i < 2; i++) {
        enum profile_file kind = i ? 1 - first : first;
        const char *text = kind == PROFILE_CONFIG ? config : credentials;

        assert_int_equal(profile_add(p, kind, text, strlen(text), NULL), ST_OK);
    }
}

static void values(void **state)
{
    static const struct {
        enum profile_section section;
        const char *name, *key, *value;
    } cases[] = {
        {PROFILE_PROFILE, "default", "region", "us-east-1"},
        {PROFILE_PROFILE, "default", "REGION", "us-east-1"},
        {PROFILE_PROFILE, "default", "aws_access_key_id", "AKID"}, /* credentials file wins */
        {PROFILE_PROFILE, "default", "aws_secret_access_key", "se/cr+et="},
        {PROFILE_PROFILE, "default", "s3.addressing_style", "path"},
        {PROFILE_PROFILE, "default", "s3.max_concurrent_requests", "4"},
        {PROFILE_PROFILE, "default", "addressing_style", NULL},
        {PROFILE_PROFILE, "default", "s3", NULL},
        {PROFILE_PROFILE, "default", "output", "json"},
        {PROFILE_PROFILE, "dev", "role_arn", "arn:aws:iam::123456789012:role/dev"},
        {PROFILE_PROFILE, "dev", "source_profile", "default"},
        {PROFILE_PROFILE, "dev", "credential_process", "/bin/keys --secret='a;b' --x=\"c\""},
        {PROFILE_PROFILE, "dev", "region", "second"},
        {PROFILE_PROFILE, "Dev", "region", NULL},
        {PROFILE_PROFILE, "with blanks", "region", "eu-west-1"},
        {PROFILE_PROFILE, "with blanks", "empty", NULL},
        {PROFILE_PROFILE, "profile odd", "region", "x"},
        {PROFILE_PROFILE, "corp", "sso_start_url", NULL},
        {PROFILE_SSO_SESSION, "corp", "sso_start_url", "https://corp.example/start#/"},
        {PROFILE_SERVICES, "local", "athena.endpoint_url", "http://localhost:1"},
    };

    (void)state;
    for (int first = 0; first < 2; first++) {
        struct profiles p;

        read_both(&p, (enum profile_file)first);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            const char *value = profile_get(&p, cases[i].section, cases[i].name, cases[i].key);

            if (!value != !cases[i].value || (value && strcmp(value, cases[i].value))) {
                fail_msg("%s of %s: %s", cases[i].key, cases[i].name, value ? value : "(none)");
            }
        }
        profile_clear(&p);
    }
}

static void sections(void **state)
{
    struct profiles p;

    (void)state;
    read_both(&p, PROFILE_CONFIG);
    assert_true(profile_exists(&p, PROFILE_PROFILE, "default"));
    assert_true(profile_exists(&p, PROFILE_PROFILE, "dev"));
    assert_true(profile_exists(&p, PROFILE_SSO_SESSION, "corp"));
    assert_false(profile_exists(&p, PROFILE_PROFILE, "corp"));
    assert_false(profile_exists(&p, PROFILE_PROFILE, "unclosed"));
    assert_false(profile_exists(&p, PROFILE_PROFILE, "nobody"));
    profile_clear(&p);
    assert_false(profile_exists(&p, PROFILE_PROFILE, "default"));
    profile_clear(&p);
}

static void an_empty_section_exists(void **state)
{
    struct profiles p = {0};

    (void)state;
    assert_int_equal(profile_add(&p, PROFILE_CREDENTIALS, "[x]", 3, NULL), ST_OK);
    assert_true(profile_exists(&p, PROFILE_PROFILE, "x"));
    assert_null(profile_get(&p, PROFILE_PROFILE, "x", "region"));
    profile_clear(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(sections),
        cmocka_unit_test(an_empty_section_exists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
