/*
 * The ways to credentials that there are: each is auth/<name>.c, which says what it does.
 *
 * Used by the table in sign_in.c alone.
 */
#ifndef ATHENA_AUTH_VIA_H
#define ATHENA_AUTH_VIA_H

#include "auth/sign_in.h"

extern const struct sign_in_kind via_process; /* credential_process of a profile */
extern const struct sign_in_kind via_host;    /* a container's endpoint, an instance's service */
extern const struct sign_in_kind via_sso;     /* sso_account_id and sso_role_name of a profile */
/* AuthenticationType=JWT; web_identity_token_file of a profile or of the environment */
extern const struct sign_in_kind via_web_identity;
extern const struct sign_in_kind via_jwt_tip; /* AuthenticationType=JWT_TIP */

extern const struct sign_in_kind via_sagemaker_iam;         /* SageMakerIam, once there are keys */
extern const struct sign_in_kind via_sagemaker_browser_idc; /* SageMakerBrowserIdc */

extern const struct sign_in_kind via_browser_sso_oidc; /* AuthenticationType=BrowserSSOOIDC */

extern const struct sign_in_kind via_external; /* AuthenticationType=External Credentials */
extern const struct sign_in_kind via_azure, via_browser_azure, via_browser_saml;
extern const struct sign_in_kind via_browser_oidc_tip;

extern const struct sign_in_kind via_adfs; /* AuthenticationType=ADFS */
extern const struct sign_in_kind via_okta; /* AuthenticationType=Okta */
extern const struct sign_in_kind via_ping; /* AuthenticationType=Ping */

#endif
