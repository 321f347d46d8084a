/*
 * The environment variables that AWS's tools agree on (AWS SDKs and Tools Reference Guide), and those
 * that say where a person's files and browser are, read once.
 *
 * Pure: the reading function is passed in. Values are borrowed from it.
 */
#ifndef ATHENA_AWS_CREDS_ENV_H
#define ATHENA_AWS_CREDS_ENV_H

#include "aws/credentials.h"
#include "base/fault.h"
#include "base/status.h"

enum creds_env_name {
    ENV_ACCESS_KEY_ID,
    ENV_SECRET_ACCESS_KEY,
    ENV_SESSION_TOKEN,
    ENV_SECURITY_TOKEN, /* older name of the session token */
    ENV_CREDENTIAL_EXPIRATION,
    ENV_PROFILE,
    ENV_DEFAULT_PROFILE,
    ENV_REGION,
    ENV_DEFAULT_REGION,
    ENV_CONFIG_FILE,
    ENV_SHARED_CREDENTIALS_FILE,
    ENV_CA_BUNDLE,
    ENV_ROLE_ARN,
    ENV_WEB_IDENTITY_TOKEN_FILE,
    ENV_ROLE_SESSION_NAME,
    ENV_CONTAINER_RELATIVE_URI,
    ENV_CONTAINER_FULL_URI,
    ENV_CONTAINER_TOKEN,
    ENV_CONTAINER_TOKEN_FILE,
    ENV_METADATA_DISABLED,
    ENV_METADATA_ENDPOINT,
    ENV_METADATA_ENDPOINT_MODE,
    ENV_METADATA_V1_DISABLED,
    ENV_HOME,
    ENV_BROWSER,
    ENV_DISPLAY,
    ENV_WAYLAND_DISPLAY,
    ENV_COUNT
};

struct creds_env {
    const char *values[ENV_COUNT]; /* NULL: not set, or empty */
};

/* get: secure_getenv, or a test's. */
void creds_env_read(struct creds_env *e, char *(*get)(const char *name));

/* "AWS_PROFILE": what a value is called. Static storage. */
const char *creds_env_variable(enum creds_env_name name);

/*
 * The keys in the environment; c->key_id stays NULL when there are none. 28000 for half a pair or
 * an expiration that is no time, HY001.
 */
enum status creds_env_keys(struct aws_credentials *c, const struct creds_env *e, struct fault *f);

/* The profile to use: asked, else the environment's, else "default". asked may be NULL or "". */
const char *creds_env_profile(const struct creds_env *e, const char *asked);

/* AWS_REGION, else AWS_DEFAULT_REGION, else NULL. */
const char *creds_env_region(const struct creds_env *e);

#endif
