/*
 * Profiles whose keys come from IAM Identity Center (AWS SDKs and Tools Reference Guide, "IAM Identity
 * Center credential provider").
 *
 *     [profile x]                              [profile x]           as of old
 *     sso_session = corp                       sso_start_url = https://corp.awsapps.com/start
 *     sso_account_id = 123456789012            sso_region = eu-west-1
 *     sso_role_name = Analyst                  sso_account_id = 123456789012
 *                                              sso_role_name = Analyst
 *     [sso-session corp]
 *     sso_start_url = https://corp.awsapps.com/start
 *     sso_region = eu-west-1
 *
 * Part of aws/creds_profile.h. Pure.
 */
#ifndef ATHENA_AWS_CREDS_SSO_H
#define ATHENA_AWS_CREDS_SSO_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

struct creds_files;

/* A role that IAM Identity Center gives. */
struct creds_sso {
    const char *profile; /* which profile asked for it */
    const char *session; /* the sso-session's name; NULL: the profile says all itself */
    const char *start_url, *region, *account_id, *role_name;
};

/* Whether the profile names an account or a role; a session alone is for tokens, as for botocore. */
bool creds_sso_is_said(const struct creds_files *files, const char *profile);

/* All in the arena. 28000 when something is missing, or profile and session disagree; HY001. */
enum status creds_sso_plan(const struct creds_sso **out, struct arena *a,
                           const struct creds_files *files, const char *profile, struct fault *f);

#endif
