/*
 * A chain of profiles is followed from the one asked for to the one that has keys: each on the way
 * names a role and the profile (or the place) that has the keys to assume it with. Roles are met
 * last-assumed first, so the list is turned round in the end.
 */
#include "aws/creds_profile.h"

#include <string.h>

#include "aws/creds_host.h"
#include "aws/creds_process.h"

enum { CHAIN_MAX = 16, DURATION_MIN_S = 900, DURATION_MAX_S = 43200 };

struct planner {
    struct creds_plan *plan;
    struct arena *arena;
    const struct creds_files *files;
    const struct creds_env *env;
    struct creds_role roles[CHAIN_MAX];
    const char *names[CHAIN_MAX]; /* of the profiles that asked for them; borrowed */
    size_t role_count;
};

static const char *get(const struct planner *p, const char *profile, const char *key)
{
    return p->files->get(p->files->context, profile, key);
}

static bool exists(const struct planner *p, const char *profile)
{
    return p->files->exists(p->files->context, profile);
}

/* Keys that decide where credentials come from and that nothing here can execute yet. */
static const char *const unimplemented[] = {"login_session"};

static enum status refuse_unimplemented(const struct planner *p, const char *profile,
                                        struct fault *f)
{
    for (size_t i = 0; i < sizeof unimplemented / sizeof *unimplemented; i++) {
        if (!get(p, profile, unimplemented[i])) continue;
        return fault_set(f, SQLSTATE_HYC00, 0,
                         "profile %s: %s is not implemented in this version; have "
                         "credential_process print the keys instead (\"aws configure "
                         "export-credentials --profile %s --format process\" does)",
                         profile, unimplemented[i], profile);
    }
    return ST_OK;
}

/* ---- the end of the chain: keys ---- */

static bool has_keys(const struct planner *p, const char *profile)
{
    return get(p, profile, "aws_access_key_id") || get(p, profile, "aws_secret_access_key");
}

static enum status take_keys(struct planner *p, const char *profile, struct fault *f)
{
    const char *key_id = get(p, profile, "aws_access_key_id");
    const char *secret = get(p, profile, "aws_secret_access_key");

    if (!key_id || !secret) {
        return fault_set(f, SQLSTATE_28000, 0, "profile %s has %s, but no %s", profile,
                         key_id ? "aws_access_key_id" : "aws_secret_access_key",
                         key_id ? "aws_secret_access_key" : "aws_access_key_id");
    }
    p->plan->source = CREDS_KEYS;
    return credentials_set(&p->plan->keys, key_id, secret, get(p, profile, "aws_session_token"), 0,
                           f);
}

static enum status take_process(struct planner *p, const char *command, struct fault *f)
{
    p->plan->source = CREDS_PROCESS;
    return creds_process_split(&p->plan->argv, p->arena, command, f);
}

static enum status take_plugin(struct planner *p, const char *profile, const char *plugin,
                               struct fault *f)
{
    p->plan->source = CREDS_PLUGIN;
    p->plan->plugin = arena_text(p->arena, plugin);
    p->plan->plugin_profile = arena_text(p->arena, profile);
    return p->plan->plugin && p->plan->plugin_profile ? ST_OK : fault_no_memory(f);
}

static enum status take_sso(struct planner *p, const char *profile, struct fault *f)
{
    p->plan->source = CREDS_SSO;
    return creds_sso_plan(&p->plan->sso, p->arena, p->files, profile, f);
}

/* *value is the profile's duration_seconds; 0: not given. */
static enum status read_duration(const struct planner *p, const char *profile, int64_t *value,
                                 struct fault *f)
{
    const char *text = get(p, profile, "duration_seconds");
    int64_t n = 0;

    *value = 0;
    if (!text) return ST_OK;
    for (const char *at = text; n >= 0 && *at; at++)
        n = *at >= '0' && *at <= '9' && n <= DURATION_MAX_S ? n * 10 + (*at - '0') : -1;
    if (n < DURATION_MIN_S || n > DURATION_MAX_S) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "profile %s: duration_seconds is no number from %d to %d", profile,
                         DURATION_MIN_S, DURATION_MAX_S);
    }
    *value = n;
    return ST_OK;
}

/* What a profile says of a role, but for whose keys assume it. */
static enum status read_role(const struct planner *p, const char *profile, const char *role_arn,
                             struct creds_role *role, struct fault *f)
{
    *role = (struct creds_role){
        .origin = arena_printf(p->arena, "profile %s", profile),
        .role_arn = arena_text(p->arena, role_arn),
        .session_name = arena_text(p->arena, get(p, profile, "role_session_name")),
        .external_id = arena_text(p->arena, get(p, profile, "external_id")),
        .mfa_serial = arena_text(p->arena, get(p, profile, "mfa_serial")),
    };
    if (!role->origin || !role->role_arn) return fault_no_memory(f);
    return read_duration(p, profile, &role->duration_s, f);
}

static enum status take_token_file(struct planner *p, const char *profile, const char *path,
                                   struct fault *f)
{
    const char *role_arn = get(p, profile, "role_arn");

    if (!role_arn) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "profile %s: web_identity_token_file needs a role_arn", profile);
    }
    p->plan->source = CREDS_WEB_IDENTITY;
    p->plan->token_file = arena_text(p->arena, path);
    return p->plan->token_file ? read_role(p, profile, role_arn, &p->plan->web_role, f)
                               : fault_no_memory(f);
}

static enum status end_chain(struct planner *p, const char *profile, struct fault *f)
{
    const char *token_file = get(p, profile, "web_identity_token_file");
    const char *command = get(p, profile, "credential_process");
    const char *plugin = get(p, profile, "plugin_name");
    enum status st = refuse_unimplemented(p, profile, f);

    if (st) return st;
    if (plugin) return take_plugin(p, profile, plugin, f);
    if (token_file) return take_token_file(p, profile, token_file, f);
    if (creds_sso_is_said(p->files, profile)) return take_sso(p, profile, f);
    if (has_keys(p, profile)) return take_keys(p, profile, f);
    if (command) return take_process(p, command, f);
    return fault_set(f, SQLSTATE_28000, 0,
                     "profile %s has no credentials: no aws_access_key_id, credential_process, "
                     "role_arn, or sso_account_id with sso_role_name",
                     profile);
}

/* ---- the end of the chain: places outside the files ---- */

static enum status take_environment(struct creds_plan *plan, struct arena *a,
                                    const struct creds_env *env, struct fault *f)
{
    enum status st = creds_env_keys(&plan->keys, env, f);

    (void)a;
    plan->source = CREDS_KEYS;
    if (!st && !plan->keys.key_id) {
        st =
            fault_set(f, SQLSTATE_28000, 0, "%s is not set", creds_env_variable(ENV_ACCESS_KEY_ID));
    }
    return st;
}

static enum status take_container(struct creds_plan *plan, struct arena *a,
                                  const struct creds_env *env, struct fault *f)
{
    plan->source = CREDS_CONTAINER;
    return creds_host_container(&plan->url, a, env, f);
}

static enum status take_instance(struct creds_plan *plan, struct arena *a,
                                 const struct creds_env *env, struct fault *f)
{
    plan->source = CREDS_INSTANCE;
    plan->is_v1_disabled = creds_host_is_v1_disabled(env);
    return creds_host_instance(&plan->url, a, env, f);
}

static enum status take_credential_source(struct planner *p, const char *profile,
                                          const char *source, struct fault *f)
{
    static const struct {
        const char *name;
        enum status (*take)(struct creds_plan *plan, struct arena *a, const struct creds_env *env,
                            struct fault *f);
    } places[] = {{"Environment", take_environment},
                  {"EcsContainer", take_container},
                  {"Ec2InstanceMetadata", take_instance}};
    struct fault why = {0};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strcmp(source, places[i].name) != 0) continue;
        if (!places[i].take(p->plan, p->arena, p->env, &why)) return ST_OK;
        return fault_set(f, why.state, why.native, "profile %s: credential_source = %s: %s",
                         profile, source, why.text);
    }
    return fault_set(f, SQLSTATE_28000, 0,
                     "profile %s: there is no credential_source = %.64s; allowed are Environment, "
                     "EcsContainer and Ec2InstanceMetadata",
                     profile, source);
}

/* ---- the links of the chain: roles ---- */

static bool is_in_chain(const struct planner *p, const char *profile)
{
    for (size_t i = 0; i < p->role_count; i++) {
        if (!strcmp(p->names[i], profile)) return true;
    }
    return false;
}

static enum status add_role(struct planner *p, const char *profile, const char *role_arn,
                            struct fault *f)
{
    if (p->role_count == CHAIN_MAX || is_in_chain(p, profile)) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "profile %s: its source_profile leads back to it, or through more than %d "
                         "profiles",
                         profile, CHAIN_MAX);
    }
    p->names[p->role_count] = profile;
    return read_role(p, profile, role_arn, &p->roles[p->role_count++], f);
}

/*
 * One link: *profile becomes the source profile, or NULL when the chain has ended. A profile may
 * name itself as source when it has keys of its own.
 */
static enum status follow(struct planner *p, const char **profile, const char *role_arn,
                          struct fault *f)
{
    const char *from = *profile;
    const char *source = get(p, from, "source_profile");
    const char *place = get(p, from, "credential_source");
    enum status st = add_role(p, from, role_arn, f);

    *profile = NULL;
    if (st) return st;
    if (!source == !place) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "profile %s: role_arn needs source_profile or credential_source, and not "
                         "both",
                         from);
    }
    if (place) return take_credential_source(p, from, place, f);
    if (!exists(p, source)) {
        return fault_set(f, SQLSTATE_28000, 0, "profile %s: its source_profile %s does not exist",
                         from, source);
    }
    if (!strcmp(source, from)) return end_chain(p, from, f);
    *profile = source;
    return ST_OK;
}

static enum status follow_chain(struct planner *p, const char *profile, struct fault *f)
{
    enum status st = ST_OK;

    while (profile && !st) {
        const char *role_arn = get(p, profile, "role_arn");

        if (role_arn && !get(p, profile, "web_identity_token_file")) {
            st = follow(p, &profile, role_arn, f);
            continue;
        }
        st = end_chain(p, profile, f);
        profile = NULL;
    }
    return st;
}

static enum status keep_roles(struct planner *p, struct fault *f)
{
    struct creds_role *roles = arena_array(p->arena, p->role_count + 1, sizeof *roles);

    if (!roles) return fault_no_memory(f);
    for (size_t i = 0; i < p->role_count; i++)
        roles[i] = p->roles[p->role_count - 1 - i];
    p->plan->roles = roles;
    p->plan->role_count = p->role_count;
    return ST_OK;
}

/* ---- plans ---- */

/* What is said of a metadata service: the profile's words where the environment has none. */
static struct creds_env with_profile(const struct creds_env *env, const struct creds_files *files,
                                     const char *profile)
{
    static const struct {
        enum creds_env_name name;
        const char *key;
    } rows[] = {{ENV_METADATA_ENDPOINT, "ec2_metadata_service_endpoint"},
                {ENV_METADATA_ENDPOINT_MODE, "ec2_metadata_service_endpoint_mode"},
                {ENV_METADATA_V1_DISABLED, "ec2_metadata_v1_disabled"}};
    struct creds_env both = *env;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char **value = &both.values[rows[i].name];

        if (!*value) *value = files->get(files->context, profile, rows[i].key);
    }
    return both;
}

enum status creds_profile_plan(struct creds_plan *plan, struct arena *a,
                               const struct creds_files *files, const struct creds_env *env,
                               const char *profile, struct fault *f)
{
    struct creds_env both = with_profile(env, files, profile);
    struct planner p = {.plan = plan, .arena = a, .files = files, .env = &both};
    enum status st;

    *plan = (struct creds_plan){0};
    if (!exists(&p, profile)) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "profile %s is in neither of the AWS files (~/.aws/config and "
                         "~/.aws/credentials, or what AWS_CONFIG_FILE and "
                         "AWS_SHARED_CREDENTIALS_FILE name)",
                         profile);
    }
    plan->region = arena_text(a, get(&p, profile, "region"));
    plan->origin = arena_printf(a, "profile %s", profile);
    st = follow_chain(&p, profile, f);
    if (!st) st = keep_roles(&p, f);
    if (st) creds_plan_clear(plan);
    return st;
}

/* The environment's web identity: what EKS gives its pods. */
static enum status take_web_identity(struct creds_plan *plan, struct arena *a,
                                     const struct creds_env *env, struct fault *f)
{
    const char *role_arn = env->values[ENV_ROLE_ARN];

    if (!role_arn) {
        return fault_set(f, SQLSTATE_28000, 0, "default credentials: %s is set, but %s is not",
                         creds_env_variable(ENV_WEB_IDENTITY_TOKEN_FILE),
                         creds_env_variable(ENV_ROLE_ARN));
    }
    plan->source = CREDS_WEB_IDENTITY;
    plan->token_file = arena_text(a, env->values[ENV_WEB_IDENTITY_TOKEN_FILE]);
    plan->web_role = (struct creds_role){
        .origin = "the environment",
        .role_arn = arena_text(a, role_arn),
        .session_name = arena_text(a, env->values[ENV_ROLE_SESSION_NAME]),
    };
    return plan->token_file && plan->web_role.role_arn ? ST_OK : fault_no_memory(f);
}

/* A profile may well say a region alone: the chain then goes on. */
static bool says_where_keys_are(const struct creds_files *files, const char *profile)
{
    static const char *const keys[] = {
        "aws_access_key_id", "aws_secret_access_key",   "role_arn",       "credential_process",
        "plugin_name",       "web_identity_token_file", "sso_account_id", "sso_role_name"};
    size_t i;

    for (i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (files->get(files->context, profile, keys[i])) return true;
    }
    for (i = 0; i < sizeof unimplemented / sizeof *unimplemented; i++) {
        if (files->get(files->context, profile, unimplemented[i])) return true;
    }
    return false;
}

/* Nothing has been said of credentials: the container's, or at last the instance's. */
static enum status host_plan(struct creds_plan *plan, struct arena *a, const struct creds_env *env,
                             const char *profile, struct fault *f)
{
    if (creds_host_has_container(env)) return take_container(plan, a, env, f);
    if (creds_host_is_instance_disabled(env)) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "default credentials: none found; looked at %s in the environment and at "
                         "profile %s in the AWS files (%s keeps from asking the instance "
                         "metadata service)",
                         creds_env_variable(ENV_ACCESS_KEY_ID), profile,
                         creds_env_variable(ENV_METADATA_DISABLED));
    }
    plan->guess = arena_printf(a,
                               "default credentials: none found; looked at %s in the environment, "
                               "at profile %s in the AWS files, and asked for those of an instance",
                               creds_env_variable(ENV_ACCESS_KEY_ID), profile);
    return plan->guess ? take_instance(plan, a, env, f) : fault_no_memory(f);
}

enum status creds_instance_plan(struct creds_plan *plan, struct arena *a,
                                const struct creds_files *files, const struct creds_env *env,
                                struct fault *f)
{
    struct creds_env both = with_profile(env, files, creds_env_profile(env, NULL));

    *plan = (struct creds_plan){.origin = "the instance profile"};
    return take_instance(plan, a, &both, f);
}

/* Chains of roles come before the environment's web identity, as in AWS's own command line. */
static bool has_role(const struct creds_files *files, const char *profile)
{
    return files->get(files->context, profile, "role_arn") &&
           !files->get(files->context, profile, "web_identity_token_file");
}

enum status creds_default_plan(struct creds_plan *plan, struct arena *a,
                               const struct creds_files *files, const struct creds_env *env,
                               struct fault *f)
{
    const char *profile = creds_env_profile(env, NULL);
    bool is_there = files->exists(files->context, profile);
    struct creds_env both = with_profile(env, files, profile);
    enum status st;

    *plan = (struct creds_plan){.origin = "environment"};
    st = creds_env_keys(&plan->keys, env, f);
    if (st || plan->keys.key_id) return st;

    if (env->values[ENV_WEB_IDENTITY_TOKEN_FILE] && !has_role(files, profile)) {
        return take_web_identity(plan, a, env, f);
    }
    if (is_there ? says_where_keys_are(files, profile) : strcmp(profile, "default") != 0) {
        return creds_profile_plan(plan, a, files, env, profile, f);
    }
    return host_plan(plan, a, &both, profile, f);
}

void creds_plan_clear(struct creds_plan *plan)
{
    credentials_clear(&plan->keys);
    *plan = (struct creds_plan){0};
}
