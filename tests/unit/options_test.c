/* config/options.h: names and aliases, kinds and limits, who overrules whom, what is refused. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "config/options.h"
#include "config/proxy.h"

static enum status set(struct options *o, const char *name, const char *value, struct fault *f)
{
    enum option_id id = options_find(name, strlen(name));

    if (id == OPTION_COUNT) fail_msg("%s is not known", name);
    return options_set(o, id, value, strlen(value), OPTION_FROM_STRING, f);
}

/* AWS's own 101 keys (Amazon Athena User Guide). */
static const char *const official[] = {"AccessRoleArn",
                                       "app_id",
                                       "app_name",
                                       "ApplicationRoleArn",
                                       "ArgumentList",
                                       "AuthenticationType",
                                       "AWSProfile",
                                       "AwsRegion",
                                       "browser_azure_cache",
                                       "Catalog",
                                       "client_id",
                                       "client_secret",
                                       "ComplexTypeColumnLength",
                                       "ConnectionTimeout",
                                       "CustomerIdcApplicationArn",
                                       "Description",
                                       "Driver",
                                       "DSN",
                                       "duration",
                                       "EnableResultReuse",
                                       "EnableS3Fetcher",
                                       "EndpointOverride",
                                       "ExecutablePath",
                                       "idp_host",
                                       "idp_port",
                                       "idp_tenant",
                                       "IdpResponseTimeout",
                                       "IdpWellKnownConfigurationUrl",
                                       "JwtTipFileCache",
                                       "LakeFormationEndpointOverride",
                                       "LakeformationEnabled",
                                       "listen_port",
                                       "login_url",
                                       "LoginToRP",
                                       "LogLevel",
                                       "LogPath",
                                       "MaxPollDuration",
                                       "MaxQueryExecutionPollingInterval",
                                       "MinQueryExecutionPollingInterval",
                                       "NonProxyHost",
                                       "okta_cache",
                                       "okta_mfa_phone_number",
                                       "okta_mfa_type",
                                       "okta_mfa_wait_time",
                                       "partner_spid",
                                       "ping_uri_param",
                                       "plugin_name",
                                       "preferred_role",
                                       "ProxyHost",
                                       "ProxyPort",
                                       "ProxyPWD",
                                       "ProxyUID",
                                       "PWD",
                                       "QueryExecutionPollingIntervalMultiplier",
                                       "QueryExternalCatalogs",
                                       "RequestTimeout",
                                       "ResultFetcher",
                                       "ReusedResultMaxAgeInMinutes",
                                       "role_session_name",
                                       "RowsToFetchPerBlock",
                                       "S3EndpointOverride",
                                       "S3OutputEncKMSKey",
                                       "S3OutputEncOption",
                                       "S3OutputLocation",
                                       "S3ResultBlockSize",
                                       "SageMakerDomainId",
                                       "SageMakerDomainRegion",
                                       "SageMakerEndpointOverride",
                                       "SageMakerProjectId",
                                       "Schema",
                                       "Scope",
                                       "SessionToken",
                                       "SSL_Insecure",
                                       "sso_oidc_account_id",
                                       "sso_oidc_cache",
                                       "sso_oidc_region",
                                       "sso_oidc_role_name",
                                       "sso_oidc_scopes",
                                       "sso_oidc_start_url",
                                       "sso_oidc_timeout",
                                       "SSOAdminEndpointOverride",
                                       "SSOEndpointOverride",
                                       "SSOOIDCEndpointOverride",
                                       "StreamingEndpointOverride",
                                       "StringColumnLength",
                                       "StsEndpointOverride",
                                       "timeout",
                                       "TrustedCerts",
                                       "UID",
                                       "UseAwsLogger",
                                       "UseMultipleS3Threads",
                                       "UseProxy",
                                       "UseProxyForIdP",
                                       "UseQueryToListTables",
                                       "UseResultsetStreaming",
                                       "UseSingleCatalogAndSchema",
                                       "UseWCharForStringTypes",
                                       "VerifySSL",
                                       "web_identity_token",
                                       "Workgroup",
                                       "WorkGroupArn"};

static void every_official_key_is_known(void **state)
{
    (void)state;
    assert_int_equal(sizeof official / sizeof *official, 101);
    for (size_t i = 0; i < 101; i++) {
        enum option_id id = options_find(official[i], strlen(official[i]));

        if (id == OPTION_COUNT) fail_msg("%s is not known", official[i]);
        assert_string_equal(options_info(id)->name, official[i]);
    }
}

/* No name may mean two options: the first would win silently. */
static void names_are_unique(void **state)
{
    (void)state;
    for (unsigned id = 0; id < OPTION_COUNT; id++) {
        const struct option_info *info = options_info((enum option_id)id);
        char words[512];
        char *rest = words;

        snprintf(words, sizeof words, "%s|%s", info->name, info->aliases);
        for (char *word; (word = strsep(&rest, "|"));) {
            if (*word && options_find(word, strlen(word)) != id) {
                fail_msg("%s of %s means %s", word, info->name,
                         options_info(options_find(word, strlen(word)))->name);
            }
        }
        assert_true(strlen(info->doc) > 10);
    }
}

static void aliases_in_any_case_and_locale(void **state)
{
    static const struct {
        const char *alias;
        enum option_id id;
    } aliases[] = {
        {"uid", OPTION_UID},
        {"user", OPTION_UID},
        {"ACCESSKEYID", OPTION_UID},
        {"secretaccesskey", OPTION_PWD},
        {"database", OPTION_SCHEMA},
        {"REGION", OPTION_AWS_REGION},
        {"s3_staging_dir", OPTION_S3_OUTPUT_LOCATION},
        {"WorkGroup", OPTION_WORKGROUP},
        {"WorkgroupArn", OPTION_WORKGROUP_ARN},
        {"fetchsize", OPTION_ROWS_TO_FETCH_PER_BLOCK},
        {"AthenaEndpoint", OPTION_ENDPOINT_OVERRIDE},
        {"MaxQueryExecutionPollingIntervalMillis", OPTION_MAX_POLL_MS},
        {"ui", OPTION_COUNT},
        {"uidd", OPTION_COUNT},
        {"", OPTION_COUNT},
        {"|", OPTION_COUNT},
    };

    (void)state;
    setlocale(LC_ALL, "tr_TR.UTF-8"); /* where it exists */
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        assert_int_equal(options_find(aliases[i].alias, strlen(aliases[i].alias)), aliases[i].id);
    }
    setlocale(LC_ALL, "C");
}

/* value: what is given; number: what it means; state: of the fault when it is refused. */
static void values_by_kind(void **state)
{
    static const struct {
        const char *name, *value;
        int64_t number;
        enum sqlstate state;
    } cases[] = {
        {"VerifySSL", "0", 0, SQLSTATE_NONE},
        {"VerifySSL", "TRUE", 1, SQLSTATE_NONE},
        {"VerifySSL", " yes ", 1, SQLSTATE_NONE},
        {"VerifySSL", "Off", 0, SQLSTATE_NONE},
        {"VerifySSL", "2", 0, SQLSTATE_HY024},
        {"VerifySSL", "maybe", 0, SQLSTATE_HY024},
        {"ProxyPort", "3128", 3128, SQLSTATE_NONE},
        {"ProxyPort", "65536", 0, SQLSTATE_HY024},
        {"ProxyPort", "0", 0, SQLSTATE_HY024},
        {"ProxyPort", "80x", 0, SQLSTATE_HY024},
        {"ProxyPort", "-1", 0, SQLSTATE_HY024},
        {"ProxyPort", "99999999999999999999999", 0, SQLSTATE_HY024},
        {"DownloadWindow", "4294967296", 4294967296, SQLSTATE_NONE},
        {"QueryExecutionPollingIntervalMultiplier", "2", 2000, SQLSTATE_NONE},
        {"QueryExecutionPollingIntervalMultiplier", "1.5", 1500, SQLSTATE_NONE},
        {"QueryExecutionPollingIntervalMultiplier", "1.23456", 1234, SQLSTATE_NONE},
        {"QueryExecutionPollingIntervalMultiplier", "1,5", 0, SQLSTATE_HY024},
        {"QueryExecutionPollingIntervalMultiplier", "0.5", 0, SQLSTATE_HY024},
        {"QueryExecutionPollingIntervalMultiplier", ".", 0, SQLSTATE_HY024},
        {"ResultFetcher", "s3", 1, SQLSTATE_NONE},
        {"ResultFetcher", "getqueryresults", 2, SQLSTATE_NONE},
        {"ResultFetcher", "S4", 0, SQLSTATE_HY024},
        {"AuthenticationType", "IAM Profile", AUTHENTICATION_IAM_PROFILE, SQLSTATE_NONE},
        {"AuthenticationType", "default credentials", AUTHENTICATION_DEFAULT_CREDENTIALS,
         SQLSTATE_NONE},
        {"AuthenticationType", "BrowserSaml", AUTHENTICATION_BROWSER_SAML, SQLSTATE_NONE},
        {"AuthenticationType", "!Okta", 0, SQLSTATE_HY024},
        {"LogLevel", "0 # 0 = off, 1 = on", 8, SQLSTATE_NONE},
        {"LogLevel", "Trace", 5, SQLSTATE_NONE},
        {"LogLevel", "7", 0, SQLSTATE_HY024},
        {"MetadataRetrievalMethod", "aws glue", METADATA_METHOD_GLUE, SQLSTATE_NONE},
        {"MetadataRetrievalMethod", "ProxyAPI", METADATA_METHOD_PROXY_API, SQLSTATE_NONE},
        {"MetadataRetrievalMethod", "Query", METADATA_METHOD_QUERY, SQLSTATE_NONE},
        {"MetadataRetrievalMethod", "whatever", 0, SQLSTATE_HY024},
        {"MetadataCacheSeconds", "60", 60, SQLSTATE_NONE},
        {"AllowInstanceMetadataV1", "yes", 1, SQLSTATE_NONE},
        {"AuthenticationType", "Instance Profile", AUTHENTICATION_INSTANCE_PROFILE, SQLSTATE_NONE},
        {"MetadataCacheSeconds", "-1", 0, SQLSTATE_HY024},
        {"S3ResultBlockSize", "17", 17, SQLSTATE_NONE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o = {0};
        struct fault f = {0};
        enum status st = set(&o, cases[i].name, cases[i].value, &f);

        if (f.state != cases[i].state) {
            fail_msg("%s=%s: %s %s", cases[i].name, cases[i].value, sqlstate_code(f.state), f.text);
        }
        assert_int_equal(st, cases[i].state ? ST_ERR : ST_OK);
        if (!st) {
            enum option_id id = options_find(cases[i].name, strlen(cases[i].name));

            assert_int_equal(options_number(&o, id), cases[i].number);
        } else {
            assert_non_null(strstr(f.text, cases[i].name));
            assert_non_null(strstr(f.text, cases[i].value)); /* what was given is shown */
        }
        options_clear(&o);
    }
}

static void a_refused_choice_is_told_what_there_is(void **state)
{
    struct options o = {0};
    struct fault f = {0};
    const char *allowed;

    (void)state;
    assert_int_equal(set(&o, "AuthenticationType", "Telepathy", &f), ST_ERR);
    allowed = strstr(f.text, "IAM Credentials, IAM Profile, Default Credentials, Instance Profile");
    assert_non_null(allowed);
    assert_null(strstr(allowed, "Telepathy"));
    options_clear(&o);
}

static void defaults(void **state)
{
    struct options o = {0};

    (void)state;
    assert_string_equal(options_text(&o, OPTION_CATALOG), "AwsDataCatalog");
    assert_null(options_text(&o, OPTION_AWS_REGION));
    assert_true(options_flag(&o, OPTION_VERIFY_SSL));
    assert_true(options_flag(&o, OPTION_CONNECTION_TEST));
    assert_int_equal(options_number(&o, OPTION_DOWNLOAD_WINDOW), 32 << 20);
    assert_int_equal(options_number(&o, OPTION_POLL_MULTIPLIER), 2000);
    assert_int_equal(options_choice(&o, OPTION_AUTHENTICATION_TYPE),
                     AUTHENTICATION_IAM_CREDENTIALS);
    assert_int_equal(options_log_level(&o), LOG_OFF);
    assert_int_equal(options_page_rows(&o), 1000);
    assert_false(options_is_set(&o, OPTION_CATALOG));
}

static void set_from(struct options *o, const char *value, enum option_source source)
{
    struct fault f = {0};

    assert_int_equal(options_set(o, OPTION_SCHEMA, value, strlen(value), source, &f), ST_OK);
}

static void stronger_sources_win_and_the_first_of_equals(void **state)
{
    struct options o = {0};

    (void)state;
    set_from(&o, "dsn", OPTION_FROM_DSN);
    set_from(&o, "string", OPTION_FROM_STRING);
    set_from(&o, "second", OPTION_FROM_STRING);
    set_from(&o, "dsn again", OPTION_FROM_DSN);
    assert_string_equal(options_text(&o, OPTION_SCHEMA), "string");
    set_from(&o, "", OPTION_FROM_ATTRIBUTE); /* no value is no value */
    assert_string_equal(options_text(&o, OPTION_SCHEMA), "string");
    set_from(&o, "one", OPTION_FROM_ATTRIBUTE);
    set_from(&o, "two", OPTION_FROM_ATTRIBUTE);
    assert_string_equal(options_text(&o, OPTION_SCHEMA), "two");
    options_clear(&o);
    assert_string_equal(options_text(&o, OPTION_SCHEMA), "default");
}

/* An overruled value may be wrong: a data source for another driver, say. */
static void overruled_values_are_not_looked_at(void **state)
{
    struct options o = {0};
    struct fault f = {0};

    (void)state;
    assert_int_equal(set(&o, "VerifySSL", "0", &f), ST_OK);
    assert_int_equal(options_set(&o, OPTION_VERIFY_SSL, "?", 1, OPTION_FROM_DSN, &f), ST_OK);
    options_clear(&o);
}

static void secrets_never_reach_a_fault(void **state)
{
    struct options o = {0};
    struct fault f = {0};

    (void)state;
    assert_int_equal(set(&o, "AuthenticationType", "JWT", &f), ST_OK);
    assert_int_equal(set(&o, "web_identity_token", "s3cr3t", &f), ST_OK);
    assert_int_equal(set(&o, "MFAToken", "s3cr3t", &f), ST_OK);
    assert_int_equal(options_check(&o, &f), ST_ERR);
    assert_int_equal(f.state, SQLSTATE_28000);
    assert_non_null(strstr(f.text, "preferred_role"));
    assert_null(strstr(f.text, "s3cr3t"));
    options_clear(&o);
}

/* settings: "name=value" with ';' between, over good keys; state and a word of the fault. */
static void checks_over_all(void **state)
{
    static const struct {
        const char *settings;
        enum sqlstate state;
        const char *word;
    } cases[] = {
        {"UID=a;PWD=b", SQLSTATE_NONE, ""},
        {"", SQLSTATE_28000, "UID"},
        {"UID=a", SQLSTATE_28000, "PWD"},
        {"PWD=b", SQLSTATE_28000, "UID"},
        {"AuthenticationType=Default Credentials", SQLSTATE_NONE, ""},
        {"AuthenticationType=Instance Profile", SQLSTATE_NONE, ""},
        {"AuthenticationType=IAM Profile;AWSProfile=x", SQLSTATE_NONE, ""},
        {"AuthenticationType=External Credentials", SQLSTATE_28000, "ExecutablePath"},
        {"AuthenticationType=External Credentials;ExecutablePath=/x", SQLSTATE_NONE, ""},
        {"UID=a;PWD=b;role_arn=arn:aws:iam::1:role/x", SQLSTATE_NONE, ""},
        {"AuthenticationType=JWT;preferred_role=r", SQLSTATE_28000, "web_identity_token"},
        {"AuthenticationType=JWT;web_identity_token=t", SQLSTATE_28000, "preferred_role"},
        {"AuthenticationType=JWT;web_identity_token=t;role_arn=r", SQLSTATE_NONE, ""},
        {"AuthenticationType=JWT;web_identity_token=t;preferred_role=r", SQLSTATE_NONE, ""},
        {"UID=a;PWD=b;UseProxy=1", SQLSTATE_HY024, "ProxyHost"},
        {"UID=a;PWD=b;UseProxy=1;ProxyHost=p", SQLSTATE_HY024, "ProxyPort"},
        {"UID=a;PWD=b;UseProxy=1;ProxyHost=http://p/", SQLSTATE_HY024, "ProxyPort"},
        {"UID=a;PWD=b;UseProxy=1;ProxyHost=fe80::1", SQLSTATE_HY024, "ProxyPort"},
        {"UID=a;PWD=b;UseProxy=1;ProxyHost=ftp://p;ProxyPort=1", SQLSTATE_HY024, "socks5h"},
        {"UID=a;PWD=b;UseProxy=1;ProxyHost=htt://p:1", SQLSTATE_HY024, "htt://p:1"},
        {"UID=a;PWD=b;UseProxy=1;ProxyHost=http://p/x;ProxyPort=1", SQLSTATE_HY024, "http://p/x"},
        {"UID=a;PWD=b;UseProxy=1;ProxyHost=http://;ProxyPort=1", SQLSTATE_HY024, "ProxyHost"},
        {"UID=a;PWD=b;UseProxy=1;ProxyHost=SOCKS5H://p:1", SQLSTATE_NONE, ""},
        {"UID=a;PWD=b;UseProxy=0;ProxyHost=ftp://p", SQLSTATE_NONE, ""},
        {"UID=a;PWD=b;Min_TLS=1.1", SQLSTATE_NONE, ""},
        {"UID=a;PWD=b;S3OutputLocation=bucket/x", SQLSTATE_HY024, "S3OutputLocation"},
        {"UID=a;PWD=b;S3OutputLocation=S3://bucket/x", SQLSTATE_NONE, ""},
        {"UID=a;PWD=b;S3OutputEncOption=SSE_KMS", SQLSTATE_HY024, "S3OutputEncKMSKey"},
        {"UID=a;PWD=b;S3OutputEncOption=SSE_S3", SQLSTATE_NONE, ""},
        {"UID=a;PWD=b;ExpectedBucketOwner=12345678901", SQLSTATE_HY024, "ExpectedBucketOwner"},
        {"UID=a;PWD=b;ExpectedBucketOwner=123456789012", SQLSTATE_NONE, ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o = {0};
        struct fault f = {0};
        char settings[256], *rest = settings;

        snprintf(settings, sizeof settings, "%s", cases[i].settings);
        for (char *word; (word = strsep(&rest, ";"));) {
            char *equals = strchr(word, '=');

            if (!equals) continue;
            *equals = '\0';
            assert_int_equal(set(&o, word, equals + 1, &f), ST_OK);
        }
        options_check(&o, &f);
        if (f.state != cases[i].state || (f.state && !strstr(f.text, cases[i].word))) {
            fail_msg("%s: %s %s", cases[i].settings, sqlstate_code(f.state), f.text);
        }
        options_clear(&o);
    }
}

static void fetchers(void **state)
{
    static const struct {
        const char *fetcher, *streaming, *s3;
        enum option_fetcher expected;
    } cases[] = {
        {"", "", "", FETCHER_AUTO},
        {"auto", "1", "0", FETCHER_AUTO},
        {"S3", "1", "0", FETCHER_S3},
        {"GetQueryResults", "", "1", FETCHER_API},
        {"GetQueryResultsStream", "", "1", FETCHER_API},
        {"", "1", "1", FETCHER_API},
        {"", "0", "1", FETCHER_S3},
        {"", "", "0", FETCHER_API},
        {"", "0", "", FETCHER_AUTO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o = {0};
        struct fault f = {0};

        assert_int_equal(set(&o, "ResultFetcher", cases[i].fetcher, &f), ST_OK);
        assert_int_equal(set(&o, "UseResultsetStreaming", cases[i].streaming, &f), ST_OK);
        assert_int_equal(set(&o, "EnableS3Fetcher", cases[i].s3, &f), ST_OK);
        assert_int_equal(options_fetcher(&o), cases[i].expected);
        options_clear(&o);
    }
}

static void page_rows_and_log_levels(void **state)
{
    static const struct {
        const char *value;
        unsigned rows;
    } rows[] = {{"1", 1}, {"999", 999}, {"1000", 1000}, {"20000", 1000}, {"0", 1000}};
    static const struct {
        const char *value;
        int level;
    } levels[] = {{"0", LOG_OFF},        {"1", LOG_ERROR},     {"2", LOG_ERROR},
                  {"3", LOG_WARN},       {"4", LOG_INFO},      {"5", LOG_DEBUG},
                  {"6", LOG_TRACE},      {"off", LOG_OFF},     {"WARN", LOG_WARN},
                  {"warning", LOG_WARN}, {"FATAL", LOG_ERROR}, {"DEBUG", LOG_DEBUG}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o = {0};

        assert_int_equal(set(&o, "RowsToFetchPerBlock", rows[i].value, NULL), ST_OK);
        assert_int_equal(options_page_rows(&o), rows[i].rows);
        options_clear(&o);
    }
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        struct options o = {0};

        assert_int_equal(set(&o, "LogLevel", levels[i].value, NULL), ST_OK);
        assert_int_equal(options_log_level(&o), levels[i].level);
        options_clear(&o);
    }
}

static void proxies(void **state)
{
    static const struct {
        const char *use, *host, *port, *expected;
    } cases[] = {
        {"0", "p", "1", NULL},
        {"1", "p", "3128", "p:3128"},
        {"1", "p", "", "p"},
        {"1", "p:8080", "3128", "p:8080"},
        {"1", "http://p", "1", "http://p:1"},
        {"1", "fe80::1", "1", "[fe80::1]:1"},
        {"1", "http://user:pw@p", "3128", "http://user:pw@p:3128"},
        {"1", "user:p@w@p:1", "3128", "user:p@w@p:1"},
        {"1", "[fe80::1]:2", "1", "[fe80::1]:2"},
        {"1", "http://p/", "1", "http://p:1"},
        {"1", "https://p:2/", "", "https://p:2"},
        {"1", "socks5h://u@p", "1080", "socks5h://u@p:1080"},
    };
    struct arena a;

    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct options o = {0};
        const char *proxy;

        assert_int_equal(set(&o, "UseProxy", cases[i].use, NULL), ST_OK);
        assert_int_equal(set(&o, "ProxyHost", cases[i].host, NULL), ST_OK);
        assert_int_equal(set(&o, "ProxyPort", cases[i].port, NULL), ST_OK);
        proxy = proxy_address(&o, &a);
        if (cases[i].expected)
            assert_string_equal(proxy, cases[i].expected);
        else
            assert_null(proxy);
        options_clear(&o);
    }
    arena_clear(&a);
}

static void no_proxy_lists(void **state)
{
    struct options o = {0};
    struct arena a;

    (void)state;
    arena_init(&a);
    assert_null(proxy_exempt_hosts(&o, &a));
    assert_int_equal(set(&o, "NonProxyHosts", "localhost | *.corp.example|10.0.0.1", NULL), ST_OK);
    assert_string_equal(proxy_exempt_hosts(&o, &a), "localhost,.corp.example,10.0.0.1");
    options_clear(&o);
    arena_clear(&a);
}

static void warnings_end_at_a_limit(void **state)
{
    struct option_warnings w = {0};
    unsigned count = 0;

    (void)state;
    for (int i = 0; i < 100; i++)
        options_warn(&w, SQLSTATE_01S00, "number %d", i);
    for (struct option_warning *at = w.first; at; at = at->next)
        count++;
    assert_int_equal(count, OPTION_WARNINGS_MAX);
    assert_string_equal(w.first->text, "number 0");
    options_warnings_clear(&w);
    options_warn(NULL, SQLSTATE_01S00, "nobody listens");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_official_key_is_known),
        cmocka_unit_test(names_are_unique),
        cmocka_unit_test(aliases_in_any_case_and_locale),
        cmocka_unit_test(values_by_kind),
        cmocka_unit_test(a_refused_choice_is_told_what_there_is),
        cmocka_unit_test(defaults),
        cmocka_unit_test(stronger_sources_win_and_the_first_of_equals),
        cmocka_unit_test(overruled_values_are_not_looked_at),
        cmocka_unit_test(secrets_never_reach_a_fault),
        cmocka_unit_test(checks_over_all),
        cmocka_unit_test(fetchers),
        cmocka_unit_test(page_rows_and_log_levels),
        cmocka_unit_test(proxies),
        cmocka_unit_test(no_proxy_lists),
        cmocka_unit_test(warnings_end_at_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
