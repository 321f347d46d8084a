/* The ways to credentials: the table. See sign_in.h. */
#include "auth/sign_in.h"

#include <stdlib.h>
#include <string.h>

#include "auth/via.h"

/* Those that are a row of no file or environment. NULL: what AuthenticationType says is a plan. */
static const struct sign_in_kind *const by_type[] = {
    [AUTHENTICATION_AZURE_AD] = &via_azure,
    [AUTHENTICATION_BROWSER_AZURE_AD] = &via_browser_azure,
    [AUTHENTICATION_BROWSER_SAML] = &via_browser_saml,
    [AUTHENTICATION_BROWSER_OIDC_TIP] = &via_browser_oidc_tip,
    [AUTHENTICATION_EXTERNAL_CREDENTIALS] = &via_external,
    [AUTHENTICATION_JWT] = &via_web_identity,
    [AUTHENTICATION_BROWSER_SSO_OIDC] = &via_browser_sso_oidc,
    [AUTHENTICATION_ADFS] = &via_adfs,
    [AUTHENTICATION_OKTA] = &via_okta,
    [AUTHENTICATION_PING] = &via_ping,
    [AUTHENTICATION_JWT_TIP] = &via_jwt_tip,
    [AUTHENTICATION_SAGEMAKER_BROWSER_IDC] = &via_sagemaker_browser_idc,
    [AUTHENTICATION_SAGEMAKER_IAM] = NULL, /* the last: makes room for all */
};

/* Those that a plan points to. */
static const struct sign_in_kind *const by_source[] = {
    [CREDS_KEYS] = NULL,
    [CREDS_PROCESS] = &via_process,
    [CREDS_CONTAINER] = &via_host,
    [CREDS_INSTANCE] = &via_host,
    [CREDS_WEB_IDENTITY] = &via_web_identity,
    [CREDS_SSO] = &via_sso,
    [CREDS_PLUGIN] = NULL, /* its AuthenticationType decides */
};

const struct sign_in_kind *sign_in_kind_of(const struct options *o, const struct creds_plan *plan)
{
    const struct sign_in_kind *kind = by_type[options_choice(o, OPTION_AUTHENTICATION_TYPE)];

    return kind ? kind : by_source[plan->source];
}

const struct sign_in_kind *sign_in_kind_behind(const struct options *o)
{
    bool is_project = options_choice(o, OPTION_AUTHENTICATION_TYPE) == AUTHENTICATION_SAGEMAKER_IAM;

    return is_project ? &via_sagemaker_iam : NULL;
}

bool sign_in_is_cached(const struct sign_in_kind *kind, const struct options *o)
{
    if (!kind->cache_option) return false;
    if (options_is_set(o, kind->cache_option)) return options_flag(o, kind->cache_option);
    if (options_is_set(o, OPTION_ENABLE_TOKEN_CACHING)) {
        return options_flag(o, OPTION_ENABLE_TOKEN_CACHING);
    }
    return kind->is_cached_by_default;
}

void sign_in_idp_settings(struct http_settings *idp, const struct options *o)
{
    if (!options_flag(o, OPTION_USE_PROXY_FOR_IDP)) idp->proxy = NULL;
    idp->verify_tls = !options_flag(o, OPTION_SSL_INSECURE);
    idp->place = options_is_set(o, OPTION_IDP_HOST) ? "idp_host and idp_port"
                                                    : "the options of the identity provider";
}

struct sign_in *sign_in_new(const struct sign_in_kind *kind, const struct sign_in *given,
                            struct fault *f)
{
    struct sign_in *in = calloc(1, kind->bytes);

    if (!in) {
        fault_no_memory(f);
        return NULL;
    }
    *in = *given;
    in->kind = kind;
    return in;
}

void sign_in_free(struct sign_in *in)
{
    size_t bytes;

    if (!in) return;
    in->kind->clear(in);
    bytes = in->kind->bytes;
    explicit_bzero(in, bytes);
    free(in);
}

void sign_in_result_clear(struct sign_in_result *r)
{
    credentials_clear(&r->keys);
    buf_clear(&r->assertion);
}
