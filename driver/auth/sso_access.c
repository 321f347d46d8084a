/* Access tokens of IAM Identity Center. See sso_access.h for the drawing. */
#include "auth/sso_access.h"

#include <stdio.h>
#include <string.h>

#include "aws/region.h"
#include "base/clock.h"
#include "base/log.h"

/* As botocore: a token in its last minutes is renewed while the refresh token surely works. */
enum { RENEW_MARGIN_S = 15 * 60, BODY_BYTES_MAX = 64 << 10, REFUSALS_MAX = 3 };

/* ---- the steps' beginnings ---------------------------------------------------------------- */

static enum status start_renew(struct sso_access *a, struct fault *f) RUNS_ON(io_thread);
static enum status start_renew(struct sso_access *a, struct fault *f)
{
    struct buf body;
    enum status st;

    a->step = SSO_ACCESS_RENEW;
    a->has_renewed = true;
    buf_init_secret(&body, BODY_BYTES_MAX);
    sso_write_grant(&body, &a->token, &(struct sso_grant){.grant = SSO_REFRESH_GRANT});
    st = sso_call_oidc(&a->call, a->in->owner, a->in->wish, a->region, SSO_TOKEN_PATH, &body,
                       a->doing, f);
    buf_clear(&body);
    return st;
}

/* Nothing that is kept will do: a person is asked, or f says what is to be done. */
static enum status start_login(struct sso_access *a, struct fault *f) RUNS_ON(io_thread);
static enum status start_login(struct sso_access *a, struct fault *f)
{
    if (!a->may_login || a->has_asked) {
        return fault_set(f, SQLSTATE_28000, 0,
                         "%s: there is no token of IAM Identity Center that still works; %s",
                         a->who, a->advice);
    }
    fault_clear(f);
    a->step = SSO_ACCESS_LOGIN;
    a->has_asked = true;
    sso_token_clear(&a->token);
    if (sso_token_set(&a->token, SSO_START_URL, a->start_url, f)) return ST_ERR;
    if (sso_token_set(&a->token, SSO_REGION, a->region, f)) return ST_ERR;
    return sso_login_start(&a->login, a->in, &a->wish, &a->token, f);
}

static enum status decide(struct sso_access *a, struct fault *f) RUNS_ON(io_thread);
static enum status decide(struct sso_access *a, struct fault *f)
{
    int64_t now_s = clock_wall_s();

    if (sso_token_is_good(&a->token, now_s + RENEW_MARGIN_S)) {
        a->step = SSO_ACCESS_GOOD;
        return ST_OK;
    }
    if (!a->has_renewed && sso_token_is_renewable(&a->token, now_s)) return start_renew(a, f);
    if (sso_token_is_good(&a->token, now_s)) {
        a->step = SSO_ACCESS_GOOD;
        return ST_OK;
    }
    return start_login(a, f);
}

/* ---- their ends --------------------------------------------------------------------------- */

/* Another process may have renewed the token since it was read, and used the refresh token up. */
static bool has_another(struct sso_access *a) RUNS_ON(io_thread);
static bool has_another(struct sso_access *a)
{
    struct sso_token kept = {0};
    bool is_another = sso_store_load(&a->store, &kept) &&
                      sso_token_is_good(&kept, clock_wall_s()) &&
                      (!a->token.texts[SSO_ACCESS_TOKEN] ||
                       strcmp(kept.texts[SSO_ACCESS_TOKEN], a->token.texts[SSO_ACCESS_TOKEN]) != 0);

    if (is_another) {
        sso_token_clear(&a->token);
        a->token = kept;
    } else {
        sso_token_clear(&kept);
    }
    return is_another;
}

static enum status keep_renewed(struct sso_access *a, struct fault *f) RUNS_ON(io_thread);
static enum status keep_renewed(struct sso_access *a, struct fault *f)
{
    const struct buf *body = &a->call.exchange.http.body;
    enum status st =
        sso_read_token(&a->token, body->bytes, body->count, clock_wall_s(), a->doing, f);

    if (!st) st = sso_token_set(&a->token, SSO_START_URL, a->start_url, f);
    if (!st) st = sso_token_set(&a->token, SSO_REGION, a->region, f);
    if (st) return st;
    sso_store_save(&a->store, &a->token);
    log_info("%s: the token was renewed", a->doing);
    a->step = SSO_ACCESS_GOOD;
    return ST_OK;
}

/*
 * The network's trouble is told as it is where no token is left: a login would meet it too, and it
 * may pass.
 */
static enum status finish_renew(struct sso_access *a, struct fault *f) RUNS_ON(io_thread);
static enum status finish_renew(struct sso_access *a, struct fault *f)
{
    struct fault why = {0};
    enum status st = sso_call_ready(&a->call, &why);

    if (st == ST_WAIT) return st;
    if (!st && a->call.exchange.http.status == 200)
        st = keep_renewed(a, &why);
    else if (!st)
        sso_call_refuse(&a->call, a->may_login ? NULL : a->advice, &why);
    sso_call_clear(&a->call);
    if (a->step == SSO_ACCESS_GOOD) return ST_OK;
    log_info("no new token: %s", why.text);
    if (has_another(a) || sso_token_is_good(&a->token, clock_wall_s())) {
        a->step = SSO_ACCESS_GOOD;
        return ST_OK;
    }
    if (st || !a->may_login) {
        fault_copy(f, &why);
        return ST_ERR;
    }
    return start_login(a, f);
}

static enum status finish_login(struct sso_access *a, struct fault *f) RUNS_ON(io_thread);
static enum status finish_login(struct sso_access *a, struct fault *f)
{
    enum status st = sso_login_ready(&a->login, f);

    if (st) return st;
    sso_login_clear(&a->login);
    sso_store_save(&a->store, &a->token);
    a->step = SSO_ACCESS_GOOD;
    return ST_OK;
}

/* ---- the machine -------------------------------------------------------------------------- */

void sso_access_of_type(struct sso_access *a, const struct sign_in *in, const char *scopes)
{
    const struct options *o = in->options;

    sso_store_of_type(&a->store, in);
    a->start_url = options_text(o, OPTION_SSO_OIDC_START_URL);
    a->region = options_text(o, OPTION_SSO_OIDC_REGION);
    snprintf(a->who, sizeof a->who, "AuthenticationType=%s", in->kind->name);
    snprintf(a->advice, sizeof a->advice, "connect anew to sign in");
    a->may_login = true;
    a->wish = (struct sso_login_wish){
        .is_device = options_choice(o, OPTION_SSO_OIDC_FLOW) == SSO_FLOW_DEVICE,
        .scopes = options_is_set(o, OPTION_SSO_OIDC_SCOPES)
                      ? options_text(o, OPTION_SSO_OIDC_SCOPES)
                      : scopes,
        .port = options_number(o, OPTION_LISTEN_PORT),
        .timeout_s = options_number(o, OPTION_SSO_OIDC_TIMEOUT),
    };
}

enum status sso_access_start(struct sso_access *a, const struct sign_in *in, struct fault *f)
{
    if (!region_is_name(a->region)) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "%s: \"%.64s\" is no region's name, such as us-east-1, where IAM Identity "
                         "Center could be",
                         a->who, a->region);
    }
    a->in = in;
    a->step = SSO_ACCESS_KEPT;
    snprintf(a->doing, sizeof a->doing, "renewing the token of IAM Identity Center for %s", a->who);
    sso_store_load(&a->store, &a->token);
    return decide(a, f);
}

enum status sso_access_ready(struct sso_access *a, struct fault *f)
{
    enum status st = ST_OK;

    while (!st && a->step != SSO_ACCESS_GOOD) {
        st = a->step == SSO_ACCESS_RENEW ? finish_renew(a, f) : finish_login(a, f);
    }
    return st;
}

enum status sso_access_refused(struct sso_access *a, struct fault *f)
{
    if (++a->refusals < REFUSALS_MAX && has_another(a)) return ST_OK;
    /* whatever its time says, it is over */
    if (sso_token_set(&a->token, SSO_EXPIRES_AT, NULL, f)) return ST_ERR;
    return decide(a, f);
}

void sso_access_clear(struct sso_access *a)
{
    sso_call_clear(&a->call);
    sso_login_clear(&a->login);
    sso_token_clear(&a->token);
}
