/* Authentication types and their options. See authentication.h. */
#include "config/authentication.h"

#include <string.h>

enum { NEEDS_MAX = 6 };

/* What a type cannot do without. Types without a row, or whose row is empty, need nothing. */
static const struct {
    enum option_id needs[NEEDS_MAX];
    unsigned count;
    const char *advice;
} types[] = {
    [AUTHENTICATION_IAM_CREDENTIALS] = {{OPTION_UID, OPTION_PWD},
                                        2,
                                        "or choose AuthenticationType=Default Credentials, or IAM "
                                        "Profile with AWSProfile"},
    [AUTHENTICATION_ADFS] = {{OPTION_IDP_HOST}, 1, NULL},
    [AUTHENTICATION_OKTA] = {{OPTION_UID, OPTION_PWD, OPTION_IDP_HOST, OPTION_APP_ID}, 4, NULL},
    [AUTHENTICATION_PING] = {{OPTION_UID, OPTION_PWD, OPTION_IDP_HOST}, 3, NULL},
    [AUTHENTICATION_AZURE_AD] = {{OPTION_UID, OPTION_PWD, OPTION_IDP_TENANT, OPTION_CLIENT_ID,
                                  OPTION_CLIENT_SECRET},
                                 5,
                                 NULL},
    [AUTHENTICATION_BROWSER_AZURE_AD] = {{OPTION_IDP_TENANT, OPTION_CLIENT_ID}, 2, NULL},
    [AUTHENTICATION_BROWSER_SAML] = {{OPTION_LOGIN_URL}, 1, NULL},
    [AUTHENTICATION_EXTERNAL_CREDENTIALS] = {{OPTION_EXECUTABLE_PATH}, 1, NULL},
    [AUTHENTICATION_JWT] = {{OPTION_WEB_IDENTITY_TOKEN}, 1, NULL},
    [AUTHENTICATION_BROWSER_SSO_OIDC] = {{OPTION_SSO_OIDC_START_URL, OPTION_SSO_OIDC_REGION,
                                          OPTION_SSO_OIDC_ACCOUNT_ID, OPTION_SSO_OIDC_ROLE_NAME},
                                         4,
                                         NULL},
    [AUTHENTICATION_JWT_TIP] = {{OPTION_WEB_IDENTITY_TOKEN, OPTION_APPLICATION_ROLE_ARN}, 2, NULL},
    [AUTHENTICATION_BROWSER_OIDC_TIP] = {{OPTION_IDP_WELL_KNOWN_CONFIGURATION_URL, OPTION_CLIENT_ID,
                                          OPTION_APPLICATION_ROLE_ARN},
                                         3,
                                         NULL},
    [AUTHENTICATION_SAGEMAKER_BROWSER_IDC] = {{OPTION_SAGEMAKER_DOMAIN_ID,
                                               OPTION_SAGEMAKER_PROJECT_ID,
                                               OPTION_SAGEMAKER_DOMAIN_REGION,
                                               OPTION_SSO_OIDC_START_URL, OPTION_SSO_OIDC_REGION},
                                              5,
                                              NULL},
    [AUTHENTICATION_SAGEMAKER_IAM] = {{OPTION_SAGEMAKER_DOMAIN_ID, OPTION_SAGEMAKER_PROJECT_ID,
                                       OPTION_SAGEMAKER_DOMAIN_REGION},
                                      3,
                                      NULL},
};

/* Of these one, or both. */
static const struct {
    enum option_id one, other;
} either[AUTHENTICATION_TYPE_COUNT] = {
    [AUTHENTICATION_JWT] = {OPTION_PREFERRED_ROLE, OPTION_ROLE_ARN},
    [AUTHENTICATION_JWT_TIP] = {OPTION_WORKGROUP_ARN, OPTION_CUSTOMER_IDC_APPLICATION_ARN},
    [AUTHENTICATION_BROWSER_OIDC_TIP] = {OPTION_WORKGROUP_ARN, OPTION_CUSTOMER_IDC_APPLICATION_ARN},
};

/* How long a person has, of those types that ask one. */
static const enum option_id person_timeouts[AUTHENTICATION_TYPE_COUNT] = {
    [AUTHENTICATION_IAM_PROFILE] = OPTION_TIMEOUT, /* its plug-in may be one of them */
    [AUTHENTICATION_BROWSER_AZURE_AD] = OPTION_TIMEOUT,
    [AUTHENTICATION_BROWSER_SAML] = OPTION_TIMEOUT,
    [AUTHENTICATION_BROWSER_SSO_OIDC] = OPTION_SSO_OIDC_TIMEOUT,
    [AUTHENTICATION_SAGEMAKER_BROWSER_IDC] = OPTION_SSO_OIDC_TIMEOUT,
    [AUTHENTICATION_BROWSER_OIDC_TIP] = OPTION_IDP_RESPONSE_TIMEOUT,
};

int64_t authentication_person_s(const struct options *o)
{
    enum option_id timeout = person_timeouts[options_choice(o, OPTION_AUTHENTICATION_TYPE)];

    return timeout ? options_number(o, timeout) : 0;
}

bool authentication_concerns(enum option_id id)
{
    return (id >= OPTION_AUTHENTICATION_TYPE && id <= OPTION_WORKGROUP_ARN) ||
           (id >= OPTION_STS_ENDPOINT_OVERRIDE && id <= OPTION_USE_DUAL_STACK_ENDPOINT) ||
           id == OPTION_SSL_INSECURE || id == OPTION_USE_PROXY_FOR_IDP;
}

void authentication_write(struct buf *b, const struct options *o)
{
    for (unsigned id = 0; id < OPTION_COUNT; id++) {
        const char *text = options_text(o, id);

        if (!text || !authentication_concerns(id)) continue;
        buf_printf(b, "\n%s %zu ", options_info(id)->name, strlen(text));
        buf_puts(b, text);
    }
}

/* "PWD (Secret access key)". */
static void name_option(struct buf *b, enum option_id id)
{
    const struct option_info *info = options_info(id);

    buf_printf(b, "%s (%s)", info->name, info->doc);
}

unsigned authentication_missing(const struct options *o, enum option_id *missing)
{
    unsigned type = options_choice(o, OPTION_AUTHENTICATION_TYPE), count = 0;

    for (unsigned i = 0; i < types[type].count; i++) {
        if (!options_is_set(o, types[type].needs[i])) missing[count++] = types[type].needs[i];
    }
    if (either[type].one != either[type].other && !options_is_set(o, either[type].one) &&
        !options_is_set(o, either[type].other)) {
        missing[count++] = either[type].one;
    }
    return count;
}

enum status authentication_check(const struct options *o, struct fault *f)
{
    unsigned type = options_choice(o, OPTION_AUTHENTICATION_TYPE);
    enum option_id missing[AUTHENTICATION_NEEDS_MAX];
    unsigned count = authentication_missing(o, missing);
    enum status st = ST_OK;
    struct buf names;

    buf_init(&names, 1 << 12);
    for (unsigned i = 0; i < count; i++) {
        if (i) buf_puts(&names, " and ");
        name_option(&names, missing[i]);
    }
    if (count) {
        const char *given = options_text(o, OPTION_AUTHENTICATION_TYPE);

        st = fault_set(f, SQLSTATE_28000, 0, "AuthenticationType=%s needs %s; give %s%s%s", given,
                       names.bytes, count == 1 ? "it" : "them", types[type].advice ? ", " : "",
                       types[type].advice ? types[type].advice : "");
    }
    buf_clear(&names);
    return st;
}
