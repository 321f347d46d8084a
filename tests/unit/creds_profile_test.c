/* aws/creds_profile.h over config/profile.h, joined as ops/ joins them: what each profile comes to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aws/creds_profile.h"
#include "config/profile.h"

static const char config[] =
    "[profile keys]\naws_access_key_id=AK\naws_secret_access_key=s3cr3t\naws_session_token=t\n"
    "region=eu-west-1\n"
    "[profile half]\naws_access_key_id=AK\n"
    "[profile none]\nregion=x\n"
    "[profile process]\ncredential_process = /bin/keys 'for me'\n"
    "[profile role]\nrole_arn=arn:role\nsource_profile=keys\nexternal_id=e\nduration_seconds=1800\n"
    "role_session_name=me\nregion=eu-north-1\n"
    "[profile chained]\nrole_arn=arn:chained\nsource_profile=role\n"
    "[profile self]\nrole_arn=arn:self\nsource_profile=self\naws_access_key_id=AK\n"
    "aws_secret_access_key=s3cr3t\n"
    "[profile selfless]\nrole_arn=arn:self\nsource_profile=selfless\n"
    "[profile loop1]\nrole_arn=arn:1\nsource_profile=loop2\n"
    "[profile loop2]\nrole_arn=arn:2\nsource_profile=loop1\n"
    "[profile env]\nrole_arn=arn:env\ncredential_source=Environment\n"
    "[profile ec2]\nrole_arn=arn:ec2\ncredential_source=Ec2InstanceMetadata\n"
    "[profile ecs]\nrole_arn=arn:ecs\ncredential_source=EcsContainer\n"
    "[profile moon]\nrole_arn=arn:moon\ncredential_source=Moon\n"
    "[profile both]\nrole_arn=arn:both\nsource_profile=keys\ncredential_source=Environment\n"
    "[profile neither]\nrole_arn=arn:neither\n"
    "[profile lost]\nrole_arn=arn:lost\nsource_profile=nobody\n"
    "[profile mfa]\nrole_arn=arn:mfa\nsource_profile=keys\nmfa_serial=arn:device\n"
    "[profile sso]\nsso_session=corp\nsso_account_id=1\nsso_role_name=r\n"
    "aws_access_key_id=AK\naws_secret_access_key=s3cr3t\n"
    "[profile repeated]\nsso_session=corp\nsso_account_id=1\nsso_role_name=r\nsso_region=here\n"
    "[profile other]\nsso_session=corp\nsso_account_id=1\nsso_role_name=r\nsso_region=there\n"
    "[profile sessionless]\nsso_session=gone\nsso_account_id=1\nsso_role_name=r\n"
    "[profile roleless]\nsso_session=corp\nsso_account_id=1\n"
    "[profile tokens]\nsso_session=corp\n"
    "[profile oldsso]\nsso_start_url=https://old\nsso_region=x\nsso_account_id=2\n"
    "sso_role_name=o\n"
    "[profile ssorole]\nrole_arn=arn:sso\nsource_profile=sso\n"
    "[sso-session corp]\nsso_start_url=https://corp\nsso_region=here\n"
    "[profile web]\nrole_arn=arn:web\nweb_identity_token_file=/x\n"
    "[profile webless]\nweb_identity_token_file=/x\n"
    "[profile overweb]\nrole_arn=arn:over\nsource_profile=web\nduration_seconds=43200\n"
    "[profile short]\nrole_arn=arn:short\nsource_profile=keys\nduration_seconds=899\n"
    "[profile long]\nrole_arn=arn:long\nsource_profile=keys\nduration_seconds=43201\n"
    "[profile odd]\nrole_arn=arn:odd\nsource_profile=keys\nduration_seconds=1h\n"
    "[profile near]\nrole_arn=arn:near\ncredential_source=Ec2InstanceMetadata\n"
    "ec2_metadata_service_endpoint=http://127.0.0.1:7\nec2_metadata_v1_disabled=true\n"
    "[profile plugin]\nplugin_name=Okta\n"
    "[profile login]\nlogin_session=x\n"
    "[default]\naws_access_key_id=DEFAULT\naws_secret_access_key=s3cr3t\n";

static struct profiles profiles;
static struct arena arena;
static struct creds_env env;

static const char *get(void *context, const char *profile, const char *key)
{
    return profile_get(context, PROFILE_PROFILE, profile, key);
}

static bool exists(void *context, const char *profile)
{
    return profile_exists(context, PROFILE_PROFILE, profile);
}

static const char *session(void *context, const char *name, const char *key)
{
    return profile_get(context, PROFILE_SSO_SESSION, name, key);
}

static const struct creds_files files = {get, exists, session, &profiles};

static int begin(void **state)
{
    (void)state;
    arena_init(&arena);
    profile_init(&profiles);
    env = (struct creds_env){0};
    return profile_add(&profiles, PROFILE_CONFIG, config, strlen(config), NULL) != ST_OK;
}

static int end(void **state)
{
    (void)state;
    profile_clear(&profiles);
    arena_clear(&arena);
    return 0;
}

static const char *sso_drawing_of(const struct creds_sso *sso)
{
    return arena_printf(&arena, "sso %s %s %s %s %s", sso->session ? sso->session : "-",
                        sso->start_url, sso->region, sso->account_id, sso->role_name);
}

/* The plan in one line: "keys AK", "process /bin/keys", then "+ role" in the order of assuming. */
static const char *drawing_of(const struct creds_plan *plan)
{
    static const char *const names[] = {
        [CREDS_KEYS] = "keys",           [CREDS_PROCESS] = "process",
        [CREDS_CONTAINER] = "container", [CREDS_INSTANCE] = "instance",
        [CREDS_WEB_IDENTITY] = "web",    [CREDS_PLUGIN] = "plugin",
    };
    const char *what =
        plan->source == CREDS_KEYS      ? plan->keys.key_id
        : plan->source == CREDS_PROCESS ? plan->argv[0]
        : plan->source == CREDS_PLUGIN  ? plan->plugin
        : plan->source == CREDS_WEB_IDENTITY
            ? arena_printf(&arena, "%s %s", plan->token_file, plan->web_role.role_arn)
            : plan->url;
    const char *text = plan->source == CREDS_SSO
                           ? sso_drawing_of(plan->sso)
                           : arena_printf(&arena, "%s %s", names[plan->source], what);

    for (size_t i = 0; i < plan->role_count; i++) {
        text = arena_printf(&arena, "%s + %s", text, plan->roles[i].role_arn);
    }
    return text;
}

static void plans(void **state)
{
    static const struct {
        const char *profile;
        const char *drawing; /* NULL: refused */
        enum sqlstate state;
        const char *word;
    } cases[] = {
        {"keys", "keys AK", SQLSTATE_NONE, NULL},
        {"process", "process /bin/keys", SQLSTATE_NONE, NULL},
        {"role", "keys AK + arn:role", SQLSTATE_NONE, NULL},
        {"chained", "keys AK + arn:role + arn:chained", SQLSTATE_NONE, NULL},
        {"self", "keys AK + arn:self", SQLSTATE_NONE, NULL},
        {"env", "keys ENVKEY + arn:env", SQLSTATE_NONE, NULL},
        {"half", NULL, SQLSTATE_28000, "aws_secret_access_key"},
        {"none", NULL, SQLSTATE_28000, "none"},
        {"nobody", NULL, SQLSTATE_28000, "nobody"},
        {"selfless", NULL, SQLSTATE_28000, "selfless"},
        {"loop1", NULL, SQLSTATE_28000, "leads back"},
        {"both", NULL, SQLSTATE_28000, "not both"},
        {"neither", NULL, SQLSTATE_28000, "source_profile"},
        {"lost", NULL, SQLSTATE_28000, "nobody"},
        {"ec2", "instance http://169.254.169.254 + arn:ec2", SQLSTATE_NONE, NULL},
        {"ecs", "container http://169.254.170.2/v2/x + arn:ecs", SQLSTATE_NONE, NULL},
        {"moon", NULL, SQLSTATE_28000, "no credential_source = Moon"},
        {"sso", "sso corp https://corp here 1 r", SQLSTATE_NONE, NULL},
        {"repeated", "sso corp https://corp here 1 r", SQLSTATE_NONE, NULL},
        {"oldsso", "sso - https://old x 2 o", SQLSTATE_NONE, NULL},
        {"ssorole", "sso corp https://corp here 1 r + arn:sso", SQLSTATE_NONE, NULL},
        {"other", NULL, SQLSTATE_28000, "disagree on sso_region"},
        {"sessionless", NULL, SQLSTATE_28000, "[sso-session gone]"},
        {"roleless", NULL, SQLSTATE_28000, "sso_role_name"},
        {"tokens", NULL, SQLSTATE_28000, "sso_account_id"},
        {"mfa", "keys AK + arn:mfa", SQLSTATE_NONE, NULL},
        {"web", "web /x arn:web", SQLSTATE_NONE, NULL},
        {"overweb", "web /x arn:web + arn:over", SQLSTATE_NONE, NULL},
        {"webless", NULL, SQLSTATE_28000, "role_arn"},
        {"short", NULL, SQLSTATE_28000, "900 to 43200"},
        {"long", NULL, SQLSTATE_28000, "duration_seconds"},
        {"odd", NULL, SQLSTATE_28000, "duration_seconds"},
        {"near", "instance http://127.0.0.1:7 + arn:near", SQLSTATE_NONE, NULL},
        {"plugin", "plugin Okta", SQLSTATE_NONE, NULL},
        {"login", NULL, SQLSTATE_HYC00, "login_session"},
    };

    (void)state;
    env.values[ENV_ACCESS_KEY_ID] = "ENVKEY";
    env.values[ENV_SECRET_ACCESS_KEY] = "s3cr3t";
    env.values[ENV_CONTAINER_RELATIVE_URI] = "/v2/x";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct creds_plan plan;
        struct fault f = {0};
        enum status st = creds_profile_plan(&plan, &arena, &files, &env, cases[i].profile, &f);

        if (cases[i].drawing) {
            if (st) fail_msg("%s: %s", cases[i].profile, f.text);
            assert_string_equal(drawing_of(&plan), cases[i].drawing);
            assert_string_equal(plan.origin, arena_printf(&arena, "profile %s", cases[i].profile));
        } else {
            if (!st || f.state != cases[i].state || !strstr(f.text, cases[i].word)) {
                fail_msg("%s: %s %s", cases[i].profile, sqlstate_code(f.state), f.text);
            }
            assert_null(strstr(f.text, "s3cr3t"));
            assert_null(plan.keys.secret);
        }
        creds_plan_clear(&plan);
    }
}

static void details(void **state)
{
    struct creds_plan plan;
    struct fault f = {0};

    (void)state;
    assert_int_equal(creds_profile_plan(&plan, &arena, &files, &env, "role", &f), ST_OK);
    assert_string_equal(plan.region, "eu-north-1");
    assert_string_equal(plan.keys.secret, "s3cr3t");
    assert_string_equal(plan.keys.token, "t");
    assert_string_equal(plan.roles[0].external_id, "e");
    assert_string_equal(plan.roles[0].session_name, "me");
    assert_int_equal(plan.roles[0].duration_s, 1800);
    assert_null(plan.roles[0].mfa_serial);
    creds_plan_clear(&plan);

    assert_int_equal(creds_profile_plan(&plan, &arena, &files, &env, "mfa", &f), ST_OK);
    assert_string_equal(plan.roles[0].mfa_serial, "arn:device");
    assert_string_equal(plan.roles[0].origin, "profile mfa");
    creds_plan_clear(&plan);

    assert_int_equal(creds_profile_plan(&plan, &arena, &files, &env, "process", &f), ST_OK);
    assert_string_equal(plan.argv[1], "for me");
    assert_null(plan.argv[2]);
    assert_null(plan.region);
    assert_int_equal(plan.role_count, 0);
    creds_plan_clear(&plan);
}

static void metadata_services_of_profiles(void **state)
{
    struct creds_plan plan;
    struct fault f = {0};

    (void)state;
    assert_int_equal(creds_profile_plan(&plan, &arena, &files, &env, "near", &f), ST_OK);
    assert_true(plan.is_v1_disabled);
    creds_plan_clear(&plan);
    env.values[ENV_METADATA_V1_DISABLED] = "false"; /* the environment comes first */
    env.values[ENV_METADATA_ENDPOINT] = "http://127.0.0.1:8";
    assert_int_equal(creds_profile_plan(&plan, &arena, &files, &env, "near", &f), ST_OK);
    assert_false(plan.is_v1_disabled);
    assert_string_equal(plan.url, "http://127.0.0.1:8");
    creds_plan_clear(&plan);
}

static void credential_source_needs_one(void **state)
{
    static const struct {
        const char *profile, *word;
    } cases[] = {{"env", "AWS_ACCESS_KEY_ID"},
                 {"ecs", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"},
                 {"ec2", "AWS_EC2_METADATA_DISABLED"}};

    (void)state;
    env.values[ENV_METADATA_DISABLED] = "true";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct creds_plan plan;
        struct fault f = {0};

        assert_int_equal(creds_profile_plan(&plan, &arena, &files, &env, cases[i].profile, &f),
                         ST_ERR);
        assert_int_equal(f.state, SQLSTATE_28000);
        assert_non_null(strstr(f.text, cases[i].word));
        assert_non_null(strstr(f.text, arena_printf(&arena, "profile %s", cases[i].profile)));
    }
}

static void check_default(const char *drawing, enum sqlstate state, const char *word)
{
    struct creds_plan plan;
    struct fault f = {0};
    enum status st = creds_default_plan(&plan, &arena, &files, &env, &f);

    assert_int_equal(f.state, state);
    if (st)
        assert_non_null(strstr(f.text, word));
    else
        assert_string_equal(drawing_of(&plan), drawing);
    creds_plan_clear(&plan);
}

static void the_default_chain(void **state)
{
    (void)state;
    check_default("keys DEFAULT", SQLSTATE_NONE, NULL);
    env.values[ENV_CONTAINER_FULL_URI] = "http://x";
    check_default("keys DEFAULT", SQLSTATE_NONE, NULL); /* files come before containers */
    env.values[ENV_PROFILE] = "role";
    check_default("keys AK + arn:role", SQLSTATE_NONE, NULL);
    env.values[ENV_PROFILE] = "nobody";
    check_default(NULL, SQLSTATE_28000, "nobody");
    env.values[ENV_WEB_IDENTITY_TOKEN_FILE] = "/x";
    env.values[ENV_PROFILE] = NULL;
    check_default(NULL, SQLSTATE_28000, "AWS_ROLE_ARN is not");
    env.values[ENV_ROLE_ARN] = "arn:pod";
    check_default("web /x arn:pod", SQLSTATE_NONE, NULL);
    env.values[ENV_PROFILE] = "role"; /* a chain of roles comes before it, keys do not */
    check_default("keys AK + arn:role", SQLSTATE_NONE, NULL);
    env.values[ENV_PROFILE] = "keys";
    check_default("web /x arn:pod", SQLSTATE_NONE, NULL);
    env.values[ENV_PROFILE] = NULL;
    env.values[ENV_ACCESS_KEY_ID] = "ENVKEY";
    check_default(NULL, SQLSTATE_28000, "AWS_SECRET_ACCESS_KEY");
    env.values[ENV_SECRET_ACCESS_KEY] = "s";
    check_default("keys ENVKEY", SQLSTATE_NONE, NULL);
}

static void a_default_chain_without_anything(void **state)
{
    (void)state;
    profile_clear(&profiles);
    check_default("instance http://169.254.169.254", SQLSTATE_NONE, NULL);
    env.values[ENV_METADATA_DISABLED] = "True";
    check_default(NULL, SQLSTATE_28000, "AWS_ACCESS_KEY_ID");
    env.values[ENV_CONTAINER_RELATIVE_URI] = "/x";
    check_default("container http://169.254.170.2/x", SQLSTATE_NONE, NULL);
    env.values[ENV_CONTAINER_RELATIVE_URI] = NULL;
    env.values[ENV_CONTAINER_FULL_URI] = "http://x";
    check_default(NULL, SQLSTATE_28000, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
}

/* A default profile with a region alone does not end the chain; one that says more does. */
static void a_default_profile_without_credentials(void **state)
{
    static const char region[] = "[default]\nregion=eu-west-1\n";
    static const char sso[] = "[default]\nsso_session=corp\n";
    static const char role[] = "[default]\nsso_role_name=r\n";

    (void)state;
    profile_clear(&profiles);
    assert_int_equal(profile_add(&profiles, PROFILE_CONFIG, region, sizeof region - 1, NULL),
                     ST_OK);
    env.values[ENV_CONTAINER_RELATIVE_URI] = "/x";
    check_default("container http://169.254.170.2/x", SQLSTATE_NONE, NULL);
    assert_int_equal(profile_add(&profiles, PROFILE_CONFIG, sso, sizeof sso - 1, NULL), ST_OK);
    check_default("container http://169.254.170.2/x", SQLSTATE_NONE, NULL);
    assert_int_equal(profile_add(&profiles, PROFILE_CONFIG, role, sizeof role - 1, NULL), ST_OK);
    check_default(NULL, SQLSTATE_28000, "[sso-session corp]");
}

static void guesses_say_where_was_looked(void **state)
{
    struct creds_plan plan;
    struct fault f = {0};

    (void)state;
    profile_clear(&profiles);
    assert_int_equal(creds_default_plan(&plan, &arena, &files, &env, &f), ST_OK);
    assert_non_null(strstr(plan.guess, "AWS_ACCESS_KEY_ID"));
    assert_non_null(strstr(plan.guess, "profile default"));
    assert_int_equal(creds_instance_plan(&plan, &arena, &files, &env, &f), ST_OK);
    assert_null(plan.guess);
    assert_string_equal(drawing_of(&plan), "instance http://169.254.169.254");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(plans),
        TEST(details),
        TEST(metadata_services_of_profiles),
        TEST(credential_source_needs_one),
        TEST(the_default_chain),
        TEST(a_default_chain_without_anything),
        TEST(a_default_profile_without_credentials),
        TEST(guesses_say_where_was_looked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
