/*
 * From a profile, or from the default chain, to a plan: where keys come from, and which roles are
 * then assumed with them (AWS SDKs and Tools Reference Guide).
 *
 * The plan does nothing itself: ops/ runs the program, asks STS. What the driver cannot do yet is
 * refused here, with the profile's key in the message.
 *
 * Pure: profile files are asked through a function (config/profile.h joined by ops/).
 */
#ifndef ATHENA_AWS_CREDS_PROFILE_H
#define ATHENA_AWS_CREDS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aws/creds_env.h"
#include "aws/creds_sso.h"
#include "aws/credentials.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

struct creds_files {
    /* The value of a profile's key, NULL when absent. */
    const char *(*get)(void *context, const char *profile, const char *key);
    bool (*exists)(void *context, const char *profile);
    /* The same of an sso-session. */
    const char *(*session)(void *context, const char *session, const char *key);
    void *context;
};

enum creds_source {
    CREDS_KEYS,         /* plan->keys */
    CREDS_PROCESS,      /* run plan->argv, read its output with creds_process_parse() */
    CREDS_CONTAINER,    /* ask plan->url, the endpoint that the container was given */
    CREDS_INSTANCE,     /* ask the instance metadata service whose base is plan->url */
    CREDS_WEB_IDENTITY, /* assume plan->web_role with the token in the file plan->token_file */
    CREDS_SSO,          /* plan->sso, with the token that "aws sso login" has left */
    CREDS_PLUGIN        /* sign in as the authentication type plan->plugin does */
};

/* A role to assume with what came before it. NULL: not given. */
struct creds_role {
    const char *origin;   /* "profile x": who asks for it */
    const char *role_arn; /* NULL: none, but a session with a code of the device mfa_serial */
    const char *session_name, *external_id, *mfa_serial;
    int64_t duration_s; /* 0: STS's default */
};

struct creds_plan {
    enum creds_source source;
    struct aws_credentials keys;         /* CREDS_KEYS; cleared by creds_plan_clear */
    char *const *argv;                   /* CREDS_PROCESS, NULL-terminated, in the arena */
    const char *plugin, *plugin_profile; /* CREDS_PLUGIN; the profile that says it; in the arena */
    const struct creds_sso *sso;         /* CREDS_SSO; in the arena */
    const char *url;                     /* CREDS_CONTAINER, CREDS_INSTANCE; in the arena */
    const struct creds_role *roles;      /* in the arena, in the order of assuming */
    size_t role_count;
    const char *token_file; /* CREDS_WEB_IDENTITY, like the next; in the arena */
    struct creds_role web_role;
    bool is_v1_disabled; /* CREDS_INSTANCE: version 1 of the service may not be asked */
    const char *region;  /* of the profile first asked for; NULL: not given */
    const char *origin;  /* "environment", "profile x": for messages; in the arena */
    const char *guess;   /* set when nothing points to the source: what a failure then means */
};

/*
 * The plan of a profile. 28000 when the profile does not exist, has no keys, has half a pair, half of
 * what IAM Identity Center needs, or its chain of source profiles is a loop; HYC00, naming the key,
 * for login_session. What a profile says of a metadata service stands in for what env does not say.
 */
enum status creds_profile_plan(struct creds_plan *plan, struct arena *a,
                               const struct creds_files *files, const struct creds_env *env,
                               const char *profile, struct fault *f);

/* AuthenticationType=Instance Profile. 28000 when the environment forbids or misplaces the service. */
enum status creds_instance_plan(struct creds_plan *plan, struct arena *a,
                                const struct creds_files *files, const struct creds_env *env,
                                struct fault *f);

/*
 * The default chain: environment keys, the profile of the environment (or "default") when it has a
 * role, the environment's web identity, the profile when it says anything else of credentials, the
 * container's endpoint, the instance metadata service (with
 * plan->guess). 28000, with where was looked, when there is nothing; HYC00 for sources not
 * implemented.
 */
enum status creds_default_plan(struct creds_plan *plan, struct arena *a,
                               const struct creds_files *files, const struct creds_env *env,
                               struct fault *f);

/* Wipes the keys. */
void creds_plan_clear(struct creds_plan *plan);

#endif
