/* aws/creds_env.h: the variables, half pairs, who wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/creds_env.h"

/* "NAME=value" entries of the environment under test. */
static const char *const *environment;

static char *get(const char *name)
{
    size_t bytes = strlen(name);

    for (const char *const *entry = environment; *entry; entry++) {
        if (!strncmp(*entry, name, bytes) && (*entry)[bytes] == '=')
            return (char *)*entry + bytes + 1;
    }
    return NULL;
}

static void keys(void **state)
{
    static const struct {
        const char *environment[6];
        const char *key_id, *token; /* key_id NULL: none */
        int64_t expires_at_s;
        const char *word; /* of the fault; NULL: none */
    } cases[] = {
        {{NULL}, NULL, NULL, 0, NULL},
        {{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=s3cr3t"}, "a", NULL, 0, NULL},
        {{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=s3cr3t", "AWS_SESSION_TOKEN=t"},
         "a",
         "t",
         0,
         NULL},
        {{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=s3cr3t", "AWS_SECURITY_TOKEN=old",
          "AWS_CREDENTIAL_EXPIRATION=2026-11-22T12:00:00Z"},
         "a",
         "old",
         1795348800,
         NULL},
        {{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=s3cr3t", "AWS_SECURITY_TOKEN=old",
          "AWS_SESSION_TOKEN=new"},
         "a",
         "new",
         0,
         NULL},
        {{"AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY="}, NULL, NULL, 0, NULL},
        {{"AWS_ACCESS_KEY_ID=a"}, NULL, NULL, 0, "AWS_SECRET_ACCESS_KEY is not"},
        {{"AWS_SECRET_ACCESS_KEY=s3cr3t"}, NULL, NULL, 0, "AWS_ACCESS_KEY_ID is not"},
        {{"AWS_ACCESS_KEY_ID=a", "AWS_SECRET_ACCESS_KEY=s3cr3t", "AWS_CREDENTIAL_EXPIRATION=soon"},
         NULL,
         NULL,
         0,
         "AWS_CREDENTIAL_EXPIRATION"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct aws_credentials c = {0};
        struct creds_env e;
        struct fault f = {0};
        enum status st;

        environment = cases[i].environment;
        creds_env_read(&e, get);
        st = creds_env_keys(&c, &e, &f);
        assert_int_equal(st, cases[i].word ? ST_ERR : ST_OK);
        if (st) {
            assert_int_equal(f.state, SQLSTATE_28000);
            assert_non_null(strstr(f.text, cases[i].word));
            assert_null(strstr(f.text, "s3cr3t"));
        }
        if (cases[i].key_id) {
            assert_string_equal(c.key_id, cases[i].key_id);
            assert_string_equal(c.secret, "s3cr3t");
            assert_true(c.expires_at_s == cases[i].expires_at_s);
        } else {
            assert_null(c.key_id);
        }
        if (cases[i].token)
            assert_string_equal(c.token, cases[i].token);
        else
            assert_null(c.token);
        credentials_clear(&c);
    }
}

static void profiles_and_regions(void **state)
{
    static const char *const nothing[] = {NULL};
    static const char *const both[] = {"AWS_PROFILE=p", "AWS_DEFAULT_PROFILE=d", "AWS_REGION=r",
                                       "AWS_DEFAULT_REGION=dr", NULL};
    static const char *const defaults[] = {"AWS_DEFAULT_PROFILE=d", "AWS_DEFAULT_REGION=dr", NULL};
    struct creds_env e;

    (void)state;
    environment = nothing;
    creds_env_read(&e, get);
    assert_string_equal(creds_env_profile(&e, NULL), "default");
    assert_string_equal(creds_env_profile(&e, "asked"), "asked");
    assert_null(creds_env_region(&e));
    environment = both;
    creds_env_read(&e, get);
    assert_string_equal(creds_env_profile(&e, ""), "p");
    assert_string_equal(creds_env_profile(&e, "asked"), "asked");
    assert_string_equal(creds_env_region(&e), "r");
    environment = defaults;
    creds_env_read(&e, get);
    assert_string_equal(creds_env_profile(&e, NULL), "d");
    assert_string_equal(creds_env_region(&e), "dr");
}

static void every_variable_has_a_name(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ENV_COUNT; i++) {
        assert_non_null(creds_env_variable((enum creds_env_name)i));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys),
        cmocka_unit_test(profiles_and_regions),
        cmocka_unit_test(every_variable_has_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
