/*
 * Keys of a role that IAM Identity Center gives: to a profile, with the token that "aws sso login" has
 * left, and to AuthenticationType=BrowserSSOOIDC.
 *
 *     ACCESS -> ROLE -> keys
 *       ^        |
 *       +--------+  the token was refused: another one, once each way
 *
 *   ACCESS  waits for a good access token (auth/sso_access.h)
 *   ROLE    waits for the portal's GetRoleCredentials
 */
#include <stdio.h>
#include <string.h>

#include "auth/sso_access.h"
#include "auth/sso_call.h"
#include "auth/via.h"
#include "auth/wish.h"

enum sso_step { SSO_STEP_ACCESS, SSO_STEP_ROLE };

struct via_sso {
    struct sign_in base;
    enum sso_step step;
    const char *account_id, *role_name;
    char doing[200];
    struct sso_access access;
    struct sso_call call;
};

/* ---- asking ------------------------------------------------------------------------------- */

static enum status start_role(struct via_sso *v, struct fault *f) RUNS_ON(io_thread);
static enum status start_role(struct via_sso *v, struct fault *f)
{
    v->step = SSO_STEP_ROLE;
    return sso_call_role(&v->call, v->base.owner, v->base.wish, v->access.region, v->account_id,
                         v->role_name, v->access.token.texts[SSO_ACCESS_TOKEN], v->doing, f);
}

static enum status begin(struct via_sso *v, struct fault *f) RUNS_ON(io_thread);
static enum status begin(struct via_sso *v, struct fault *f)
{
    snprintf(v->doing, sizeof v->doing,
             "asking IAM Identity Center for role %.64s of account %.12s", v->role_name,
             v->account_id);
    return sso_access_start(&v->access, &v->base, f);
}

static enum status start_profile(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start_profile(struct sign_in *in, struct fault *f)
{
    struct via_sso *v = container_of(in, struct via_sso, base);
    const struct creds_sso *sso = in->plan->sso;
    enum status st = sso_store_of_profile(&v->access.store, in->wish->env->values[ENV_HOME],
                                          sso->session ? sso->session : sso->start_url, f);

    if (st) return st;
    v->account_id = sso->account_id;
    v->role_name = sso->role_name;
    v->access.start_url = sso->start_url;
    v->access.region = sso->region;
    snprintf(v->access.who, sizeof v->access.who, "profile %s", sso->profile);
    snprintf(v->access.advice, sizeof v->access.advice, "run \"aws sso login --profile %s\"",
             sso->profile);
    return begin(v, f);
}

static enum status start_type(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start_type(struct sign_in *in, struct fault *f)
{
    struct via_sso *v = container_of(in, struct via_sso, base);

    v->account_id = options_text(in->options, OPTION_SSO_OIDC_ACCOUNT_ID);
    v->role_name = options_text(in->options, OPTION_SSO_OIDC_ROLE_NAME);
    sso_access_of_type(&v->access, in, "sso:account:access");
    return begin(v, f);
}

/* ---- what came of it ---------------------------------------------------------------------- */

/* What a status of the portal's means, and what can be done. */
static const char *meaning_of(int status)
{
    static const struct {
        int status;
        const char *why;
    } rows[] = {
        {403, "this user has no such role in that account"},
        {404, "there is no such role in that account"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].status == status) return rows[i].why;
    }
    return NULL;
}

static enum status finish_role(struct via_sso *v, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status finish_role(struct via_sso *v, struct aws_credentials *out, struct fault *f)
{
    const struct http *http = &v->call.exchange.http;
    enum status st = sso_call_ready(&v->call, f);

    if (st) return st;
    if (http->status == 200) {
        return sso_read_role(out, http->body.bytes, http->body.count, v->doing, f);
    }
    if (http->status != 401) return sso_call_refuse(&v->call, meaning_of(http->status), f);
    v->step = SSO_STEP_ACCESS;
    return sso_access_refused(&v->access, f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_sso *v = container_of(in, struct via_sso, base);
    enum status st = ST_OK;

    while (!st && !out->keys.key_id) {
        if (v->step == SSO_STEP_ACCESS) {
            st = sso_access_ready(&v->access, f);
            if (!st) st = start_role(v, f);
        } else {
            st = finish_role(v, &out->keys, f);
        }
    }
    return st;
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    struct via_sso *v = container_of(in, struct via_sso, base);

    sso_access_clear(&v->access);
    sso_call_clear(&v->call);
}

const struct sign_in_kind via_sso = {
    .name = "sso_session",
    .bytes = sizeof(struct via_sso),
    .start = start_profile,
    .ready = ready,
    .clear = clear,
};

const struct sign_in_kind via_browser_sso_oidc = {
    .name = "BrowserSSOOIDC",
    .bytes = sizeof(struct via_sso),
    .needs_person = true,
    .cache_option = OPTION_SSO_OIDC_CACHE,
    .is_cached_by_default = true,
    .start = start_type,
    .ready = ready,
    .clear = clear,
};
