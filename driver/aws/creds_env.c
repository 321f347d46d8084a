#include "aws/creds_env.h"

#include <stddef.h>

static const char *const variables[ENV_COUNT] = {
    [ENV_ACCESS_KEY_ID] = "AWS_ACCESS_KEY_ID",
    [ENV_SECRET_ACCESS_KEY] = "AWS_SECRET_ACCESS_KEY",
    [ENV_SESSION_TOKEN] = "AWS_SESSION_TOKEN",
    [ENV_SECURITY_TOKEN] = "AWS_SECURITY_TOKEN",
    [ENV_CREDENTIAL_EXPIRATION] = "AWS_CREDENTIAL_EXPIRATION",
    [ENV_PROFILE] = "AWS_PROFILE",
    [ENV_DEFAULT_PROFILE] = "AWS_DEFAULT_PROFILE",
    [ENV_REGION] = "AWS_REGION",
    [ENV_DEFAULT_REGION] = "AWS_DEFAULT_REGION",
    [ENV_CONFIG_FILE] = "AWS_CONFIG_FILE",
    [ENV_SHARED_CREDENTIALS_FILE] = "AWS_SHARED_CREDENTIALS_FILE",
    [ENV_CA_BUNDLE] = "AWS_CA_BUNDLE",
    [ENV_ROLE_ARN] = "AWS_ROLE_ARN",
    [ENV_WEB_IDENTITY_TOKEN_FILE] = "AWS_WEB_IDENTITY_TOKEN_FILE",
    [ENV_ROLE_SESSION_NAME] = "AWS_ROLE_SESSION_NAME",
    [ENV_CONTAINER_RELATIVE_URI] = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    [ENV_CONTAINER_FULL_URI] = "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    [ENV_CONTAINER_TOKEN] = "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    [ENV_CONTAINER_TOKEN_FILE] = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    [ENV_METADATA_DISABLED] = "AWS_EC2_METADATA_DISABLED",
    [ENV_METADATA_ENDPOINT] = "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    [ENV_METADATA_ENDPOINT_MODE] = "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE",
    [ENV_METADATA_V1_DISABLED] = "AWS_EC2_METADATA_V1_DISABLED",
    [ENV_HOME] = "HOME",
    [ENV_BROWSER] = "BROWSER",
    [ENV_DISPLAY] = "DISPLAY",
    [ENV_WAYLAND_DISPLAY] = "WAYLAND_DISPLAY",
};

void creds_env_read(struct creds_env *e, char *(*get)(const char *name))
{
    for (size_t i = 0; i < ENV_COUNT; i++) {
        const char *value = get(variables[i]);

        e->values[i] = value && *value ? value : NULL;
    }
}

const char *creds_env_variable(enum creds_env_name name)
{
    return variables[name];
}

enum status creds_env_keys(struct aws_credentials *c, const struct creds_env *e, struct fault *f)
{
    const char *key_id = e->values[ENV_ACCESS_KEY_ID], *secret = e->values[ENV_SECRET_ACCESS_KEY];
    const char *token = e->values[ENV_SESSION_TOKEN];
    const char *expiration = e->values[ENV_CREDENTIAL_EXPIRATION];
    int64_t expires_at_s = 0;

    credentials_clear(c);
    if (!key_id && !secret) return ST_OK;
    if (!key_id || !secret) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "reading credentials from the environment: %s is set, but %s is not",
                         variables[key_id ? ENV_ACCESS_KEY_ID : ENV_SECRET_ACCESS_KEY],
                         variables[key_id ? ENV_SECRET_ACCESS_KEY : ENV_ACCESS_KEY_ID]);
    }
    if (expiration && !credentials_parse_time(expiration, &expires_at_s)) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "reading credentials from the environment: %s is no time such as "
                         "2026-11-22T12:00:00Z",
                         variables[ENV_CREDENTIAL_EXPIRATION]);
    }
    if (!token) token = e->values[ENV_SECURITY_TOKEN];
    return credentials_set(c, key_id, secret, token, expires_at_s, f);
}

const char *creds_env_profile(const struct creds_env *e, const char *asked)
{
    if (asked && *asked) return asked;
    if (e->values[ENV_PROFILE]) return e->values[ENV_PROFILE];
    if (e->values[ENV_DEFAULT_PROFILE]) return e->values[ENV_DEFAULT_PROFILE];
    return "default";
}

const char *creds_env_region(const struct creds_env *e)
{
    return e->values[ENV_REGION] ? e->values[ENV_REGION] : e->values[ENV_DEFAULT_REGION];
}
