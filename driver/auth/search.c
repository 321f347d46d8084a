/* The search for credentials. See search.h for the drawing. */
#include "auth/search.h"

#include <stdlib.h>
#include <string.h>

#include "auth/plugin.h"
#include "auth/profile_files.h"
#include "auth/role_call.h"
#include "auth/role_option.h"
#include "auth/saml_call.h"
#include "auth/sign_in.h"
#include "auth/token_cache.h"
#include "aws/creds_profile.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/log.h"
#include "config/options.h"
#include "config/profile.h"
#include "engine/op.h"

enum search_step { SEARCH_PLAN, SEARCH_SOURCE, SEARCH_SAML, SEARCH_ROLE, SEARCH_END };

enum { ASSERTION_BYTES_MAX = 2 << 20 };

/*
 * Cached keys are good for a while: where a person is asked, for as long as they can be used
 * (ops/identity.c); elsewhere for so long that they are not replaced at once.
 */
enum { CACHE_MARGIN_S = 11 * 60, CACHE_PERSON_MARGIN_S = 61 };

struct search {
    struct op op;
    const struct search_wish *wish;
    enum search_step step ONLY_ON(io_thread);
    struct arena arena;
    struct profiles profiles;
    struct creds_plan plan;         /* keys: those found last, which assume the next role */
    struct options plugin;          /* a profile's plug-in; else empty */
    const struct options *options;  /* the wish's, or the plug-in's */
    struct search_wish plugin_wish; /* the wish, but for how a plug-in reaches its provider */
    struct http_settings plugin_http;
    struct sign_in *source;
    bool is_behind; /* the source is what goes on from keys */
    bool needs_person;
    struct token_cache cache; /* where the keys are kept; no home: nowhere */
    struct saml_call saml;
    const char *code; /* of the MFA device, when a role asks for one; borrowed */
    struct endpoint sts;
    struct role_call role;
    size_t roles_done;
};

/* ---- the plan ----------------------------------------------------------------------------- */

static const char *profile_value(void *context, const char *profile, const char *key)
{
    return profile_get(context, PROFILE_PROFILE, profile, key);
}

static bool profile_is_there(void *context, const char *profile)
{
    return profile_exists(context, PROFILE_PROFILE, profile);
}

static const char *session_value(void *context, const char *session, const char *key)
{
    return profile_get(context, PROFILE_SSO_SESSION, session, key);
}

static struct creds_files files_of(struct search *s)
{
    return (struct creds_files){.get = profile_value,
                                .exists = profile_is_there,
                                .session = session_value,
                                .context = &s->profiles};
}

static enum status plan_from_profile(struct search *s)
{
    const struct search_wish *w = s->wish;
    struct creds_files files = files_of(s);
    const char *asked = options_text(w->options, OPTION_AWS_PROFILE);
    const char *profile = creds_env_profile(w->env, asked);
    const char *plugin = options_text(w->options, OPTION_PLUGIN_NAME);

    if (plugin && profile_exists(&s->profiles, PROFILE_PROFILE, profile)) {
        s->plan = (struct creds_plan){.source = CREDS_PLUGIN,
                                      .plugin = plugin,
                                      .plugin_profile = profile,
                                      .origin = arena_printf(&s->arena, "profile %s", profile)};
        return s->plan.origin ? ST_OK : fault_no_memory(&s->op.fault);
    }
    return creds_profile_plan(&s->plan, &s->arena, &files, w->env, profile, &s->op.fault);
}

static enum status plan_by_default(struct search *s)
{
    struct creds_files files = files_of(s);

    return creds_default_plan(&s->plan, &s->arena, &files, s->wish->env, &s->op.fault);
}

static enum status plan_for_instance(struct search *s)
{
    struct creds_files files = files_of(s);

    return creds_instance_plan(&s->plan, &s->arena, &files, s->wish->env, &s->op.fault);
}

static enum status plan_given_keys(struct search *s)
{
    const struct options *o = s->options;

    s->plan.source = CREDS_KEYS;
    s->plan.origin = "UID and PWD";
    return credentials_set(&s->plan.keys, options_text(o, OPTION_UID), options_text(o, OPTION_PWD),
                           options_text(o, OPTION_SESSION_TOKEN), 0, &s->op.fault);
}

/* The keys that ask for a project's. */
static enum status plan_for_project(struct search *s)
{
    enum status st;

    if (options_is_set(s->options, OPTION_UID) && options_is_set(s->options, OPTION_PWD)) {
        return plan_given_keys(s);
    }
    if (options_is_set(s->options, OPTION_UID)) {
        return fault_set(&s->op.fault, SQLSTATE_28000, 0,
                         "AuthenticationType=SageMakerIam: there is a UID, but no PWD");
    }
    st = plan_by_default(s);
    if (st || s->plan.source != CREDS_PLUGIN) return st;
    return fault_set(
        &s->op.fault, SQLSTATE_28000, 0,
        "AuthenticationType=SageMakerIam needs keys: UID and PWD, or a profile without "
        "plugin_name");
}

/* Those whose keys a provider gives have no row: the type says it all. */
static enum status make_plan(struct search *s)
{
    static enum status (*const plans[AUTHENTICATION_TYPE_COUNT])(struct search * s) = {
        [AUTHENTICATION_IAM_CREDENTIALS] = plan_given_keys,
        [AUTHENTICATION_IAM_PROFILE] = plan_from_profile,
        [AUTHENTICATION_DEFAULT_CREDENTIALS] = plan_by_default,
        [AUTHENTICATION_INSTANCE_PROFILE] = plan_for_instance,
        [AUTHENTICATION_SAGEMAKER_IAM] = plan_for_project,
    };
    const struct options *o = s->options = s->wish->options;
    unsigned type = options_choice(o, OPTION_AUTHENTICATION_TYPE);
    enum status st = profile_files_read(&s->profiles, s->wish->env, &s->op.fault);

    if (st) return st;
    s->plan.origin = options_text(o, OPTION_AUTHENTICATION_TYPE);
    return plans[type] ? plans[type](s) : ST_OK;
}

/* ---- roles -------------------------------------------------------------------------------- */

static enum status start_role(struct search *s) RUNS_ON(io_thread);
static enum status start_role(struct search *s)
{
    const struct search_wish *w = s->wish;
    const struct creds_role *role = &s->plan.roles[s->roles_done];
    struct role_wish wish = {.search = w,
                             .sts = &s->sts,
                             .with = &s->plan.keys,
                             .origin = role->origin,
                             .request = {.role_arn = role->role_arn,
                                         .session_name = role->session_name,
                                         .external_id = role->external_id,
                                         .serial_number = role->mfa_serial,
                                         .token_code = role->mfa_serial ? s->code : NULL,
                                         .duration_s = role->duration_s}};
    enum status st = ST_OK;

    if (!s->sts.url)
        st = places_endpoint(&s->sts, &s->arena, w->places, AWS_STS, NULL, &s->op.fault);
    return st ? st : role_call_start(&s->role, &s->op, &wish, &s->op.fault);
}

static enum status go_on(struct search *s) RUNS_ON(io_thread);
static enum status finish_role(struct search *s) RUNS_ON(io_thread);
static enum status finish_role(struct search *s)
{
    struct aws_credentials keys = {0};
    enum status st = role_call_ready(&s->role, &keys, &s->op.fault);

    if (st) return st;
    role_call_clear(&s->role);
    credentials_clear(&s->plan.keys);
    s->plan.keys = keys;
    if (s->plan.roles[s->roles_done].mfa_serial) *s->wish->has_used_code = true;
    s->roles_done++;
    return go_on(s);
}

/* True when an earlier process has left keys; else those that are found will be kept. */
static bool take_cached_keys(struct search *s, const struct sign_in_kind *kind) RUNS_ON(io_thread);
static bool take_cached_keys(struct search *s, const struct sign_in_kind *kind)
{
    const struct search_wish *w = s->wish;
    int64_t now_s = clock_wall_s() + *w->clock_offset_s;
    int64_t margin_s = kind->needs_person ? CACHE_PERSON_MARGIN_S : CACHE_MARGIN_S;
    struct aws_credentials keys = {0};

    if (!sign_in_is_cached(kind, s->options)) return false;
    if (!token_cache_find(&s->cache, w->env->values[ENV_HOME], kind->name, s->options))
        return false;
    if (!token_cache_get_keys(&s->cache, &keys, now_s, margin_s)) return false;
    if (strcmp(w->refused_key_id, keys.key_id) == 0) {
        credentials_clear(&keys);
        return false;
    }
    s->cache.home = NULL; /* they are there */
    s->needs_person = kind->needs_person;
    credentials_clear(&s->plan.keys);
    s->plan.keys = keys;
    return true;
}

static enum status start_source(struct search *s, const struct sign_in_kind *kind)
    RUNS_ON(io_thread);

/* The next role, what goes on from keys, or the end: the keys are those that were looked for. */
static enum status go_on(struct search *s)
{
    const struct sign_in_kind *behind = sign_in_kind_behind(s->options);

    if (s->roles_done < s->plan.role_count) {
        s->step = SEARCH_ROLE;
        return start_role(s);
    }
    if (behind && !s->is_behind) {
        s->is_behind = true;
        return start_source(s, behind);
    }
    s->step = SEARCH_END;
    return ST_OK;
}

/* ---- where keys come from ----------------------------------------------------------------- */

static void end_source(struct search *s) RUNS_ON(io_thread);
static void end_source(struct search *s)
{
    sign_in_free(s->source);
    s->source = NULL;
}

static enum status start_source(struct search *s, const struct sign_in_kind *kind)
{
    s->step = SEARCH_SOURCE;
    s->needs_person |= kind->needs_person;
    s->source =
        sign_in_new(kind,
                    &(struct sign_in){.owner = &s->op,
                                      .wish = s->options == &s->plugin ? &s->plugin_wish : s->wish,
                                      .options = s->options,
                                      .plan = &s->plan,
                                      .profiles = &s->profiles,
                                      .arena = &s->arena},
                    &s->op.fault);
    if (!s->source) return ST_ERR;
    log_debug("credentials: %s of %s", kind->name, s->plan.origin);
    return kind->start(s->source, &s->op.fault);
}

/* What was found, once the source is over. */
static enum status take_keys(struct search *s, const struct aws_credentials *keys)
    RUNS_ON(io_thread);
static enum status take_keys(struct search *s, const struct aws_credentials *keys)
{
    enum status st = credentials_copy(&s->plan.keys, keys, &s->op.fault);

    if (st) return st;
    saml_call_clear(&s->saml);
    end_source(s);
    return go_on(s);
}

static enum status finish_source(struct search *s) RUNS_ON(io_thread);
static enum status finish_source(struct search *s)
{
    struct sign_in_result result = {0};
    enum status st;

    buf_init_secret(&result.assertion, ASSERTION_BYTES_MAX);
    st = s->source->kind->ready(s->source, &result, &s->op.fault);
    s->needs_person |= result.needs_person;
    if (!st && result.assertion.count) {
        s->step = SEARCH_SAML;
        st = saml_call_start(&s->saml, s->source, &result.assertion, &s->op.fault);
    } else if (!st) {
        st = take_keys(s, &result.keys);
    }
    sign_in_result_clear(&result);
    return st;
}

static enum status finish_saml(struct search *s) RUNS_ON(io_thread);
static enum status finish_saml(struct search *s)
{
    struct aws_credentials keys = {0};
    enum status st = saml_call_ready(&s->saml, &keys, &s->op.fault);

    if (!st) st = take_keys(s, &keys);
    credentials_clear(&keys);
    return st;
}

/* ---- the machine -------------------------------------------------------------------------- */

/* A profile has its say in how the identity provider is reached: SSL_Insecure, UseProxyForIdP. */
static void take_plugin_settings(struct search *s)
{
    http_settings_copy(&s->plugin_http, s->wish->http, NULL);
    sign_in_idp_settings(&s->plugin_http, s->options);
    s->plugin_wish = *s->wish;
    s->plugin_wish.idp_http = &s->plugin_http;
}

static enum status take_plugin(struct search *s)
{
    enum status st;

    if (s->plan.source != CREDS_PLUGIN) return ST_OK;
    st = plugin_options(&s->plugin, s->wish->options, &s->profiles, s->plan.plugin_profile,
                        s->plan.plugin, &s->op.fault);
    s->options = &s->plugin;
    if (!st) take_plugin_settings(s);
    return !st && sign_in_kind_behind(s->options) ? plan_for_project(s) : st;
}

/* The roles that the options add, and the code of an MFA device: a person has read it. */
static enum status take_roles(struct search *s)
{
    enum status st = role_option_apply(&s->plan, &s->arena, s->options, &s->op.fault);

    if (st || !role_option_needs_code(&s->plan)) return st;
    s->needs_person = true;
    return role_option_code(&s->code, &s->plan, s->options, *s->wish->has_used_code, &s->op.fault);
}

static enum status search_begin(struct search *s) RUNS_ON(io_thread);
static enum status search_begin(struct search *s)
{
    const struct sign_in_kind *kind;
    enum status st = make_plan(s);

    if (!st) st = take_plugin(s);
    if (!st) st = take_roles(s);
    if (st) return st;
    kind = sign_in_kind_of(s->options, &s->plan);
    if (kind && take_cached_keys(s, kind)) {
        s->step = SEARCH_END;
        return ST_OK;
    }
    return kind ? start_source(s, kind) : go_on(s);
}

static enum status search_step(struct search *s) RUNS_ON(io_thread);
static enum status search_step(struct search *s)
{
    if (op_cancelled(&s->op)) {
        return fault_set(&s->op.fault, SQLSTATE_HY008, 0, "the search for credentials was ended");
    }
    switch (s->step) {
    case SEARCH_PLAN:
        return search_begin(s);

    case SEARCH_SOURCE:
        return finish_source(s);

    case SEARCH_SAML:
        return finish_saml(s);

    case SEARCH_ROLE:
        return finish_role(s);

    case SEARCH_END:
        break;
    }
    return ST_OK;
}

static enum status search_advance(struct op *op)
{
    struct search *s = container_of(op, struct search, op);
    enum status st = ST_OK;

    engine_assert();
    while (!st && s->step != SEARCH_END)
        st = search_step(s);
    if (st == ST_WAIT) return st;
    role_call_clear(&s->role);
    saml_call_clear(&s->saml);
    end_source(s);
    if (!st) token_cache_put_keys(&s->cache, &s->plan.keys);
    s->wish->done(s->wish->context, st, &s->plan.keys, s->needs_person, &op->fault);
    return st;
}

static void search_free(struct op *op) NO_THREAD_CHECK;
static void search_free(struct op *op)
{
    struct search *s = container_of(op, struct search, op);

    role_call_clear(&s->role); /* the engine's end may have cut the search short */
    saml_call_clear(&s->saml);
    end_source(s);
    options_clear(&s->plugin);
    creds_plan_clear(&s->plan);
    profile_clear(&s->profiles);
    arena_clear(&s->arena);
    s->wish->release(s->wish->context, s);
    free(s);
}

enum status search_start(struct search **search, struct engine *e, const struct search_wish *wish,
                         struct fault *f)
{
    struct search *s = calloc(1, sizeof *s);

    if (!s) return fault_no_memory(f);
    op_init(&s->op, e, search_advance, search_free);
    arena_init(&s->arena);
    profile_init(&s->profiles);
    s->wish = wish;
    *search = s;
    op_submit(&s->op);
    op_release(&s->op);
    return ST_OK;
}

bool search_asks_person(const struct search *s)
{
    return s->step == SEARCH_SOURCE && s->source && s->source->kind->needs_person;
}

void search_cancel(struct search *s)
{
    op_cancel(&s->op);
}
