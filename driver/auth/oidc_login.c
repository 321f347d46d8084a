/* Signing in by OpenID Connect. See oidc_login.h for the drawing. */
#include "auth/oidc_login.h"

#include <stdio.h>
#include <string.h>

#include "auth/code_address.h"
#include "auth/wish.h"
#include "aws/form.h"
#include "base/ascii.h"
#include "base/log.h"

enum { FORM_BYTES_MAX = 64 << 10, ANSWER_BYTES_MAX = 512 << 10 };

static const char *option(const struct oidc_login *l, enum option_id id)
{
    return options_text(l->in->options, id);
}

/* ---- asking ------------------------------------------------------------------------------- */

static enum status start_discovery(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status start_discovery(struct oidc_login *l, struct fault *f)
{
    l->step = OIDC_DISCOVERY;
    return exchange_start(&l->exchange, l->in->owner,
                          &(struct exchange_wish){
                              .doing = "reading IdpWellKnownConfigurationUrl",
                              .method = "GET",
                              .url = option(l, OPTION_IDP_WELL_KNOWN_CONFIGURATION_URL),
                              .headers = {{"Accept", "application/json"}},
                              .http = l->in->wish->idp_http,
                              .max_answer_bytes = ANSWER_BYTES_MAX,
                              .max_attempts = l->in->wish->max_retries + 1,
                              .errors = EXCHANGE_STATUS,
                          },
                          f);
}

/* Asks the token endpoint; form holds what the grant needs, and is wiped. */
static enum status start_grant(struct oidc_login *l, enum oidc_step step, struct buf *form,
                               struct fault *f) RUNS_ON(io_thread);
static enum status start_grant(struct oidc_login *l, enum oidc_step step, struct buf *form,
                               struct fault *f)
{
    enum status st;

    l->step = step;
    form_put(form, "client_id", option(l, OPTION_CLIENT_ID));
    form_put(form, "client_secret", option(l, OPTION_CLIENT_SECRET));
    st = !buf_ok(form) ? fault_no_memory(f)
                       : exchange_start(&l->exchange, l->in->owner,
                                        &(struct exchange_wish){
                                            .doing = "asking the identity provider for a token",
                                            .method = "POST",
                                            .url = l->places.token_endpoint,
                                            .headers = {{"Content-Type", FORM_CONTENT_TYPE},
                                                        {"Accept", "application/json"}},
                                            .body = form->bytes,
                                            .body_bytes = form->count,
                                            .http = l->in->wish->idp_http,
                                            .max_answer_bytes = ANSWER_BYTES_MAX,
                                            .max_attempts = l->in->wish->max_retries + 1,
                                            .errors = EXCHANGE_STATUS,
                                        },
                                        f);
    buf_clear(form);
    buf_clear(form);
    return st;
}

static enum status start_refresh(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status start_refresh(struct oidc_login *l, struct fault *f)
{
    struct buf form;

    buf_init_secret(&form, FORM_BYTES_MAX);
    form_put(&form, "grant_type", "refresh_token");
    form_put(&form, "refresh_token", l->in->wish->refresh_token->bytes);
    form_put(&form, "scope", option(l, OPTION_SCOPE));
    return start_grant(l, OIDC_REFRESH, &form, f);
}

static enum status start_token(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status start_token(struct oidc_login *l, struct fault *f)
{
    struct buf form;

    buf_init_secret(&form, FORM_BYTES_MAX);
    form_put(&form, "grant_type", "authorization_code");
    form_put(&form, "code", l->loopback.proof.bytes);
    form_put(&form, "redirect_uri", l->loopback.redirect_uri);
    form_put(&form, "code_verifier", l->verifier);
    loopback_clear(&l->loopback);
    return start_grant(l, OIDC_TOKEN, &form, f);
}

/* ---- the person --------------------------------------------------------------------------- */

/* Where the browser is sent; in the arena. */
static enum status write_address(const char **url, struct oidc_login *l, struct fault *f)
{
    const struct code_parameter more[] = {
        {"scope", option(l, OPTION_SCOPE)}, {"nonce", l->nonce}, {NULL, NULL}};

    if (!pkce_random_text(l->nonce)) {
        return fault_set(f, SQLSTATE_HY000, 0, "making a nonce: libcrypto or the system fails");
    }
    return code_address(url, l->in->arena, l->places.authorization_endpoint,
                        option(l, OPTION_CLIENT_ID), &l->loopback, more, l->verifier, f);
}

static enum status ask_person(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status ask_person(struct oidc_login *l, struct fault *f)
{
    const struct options *o = l->in->options;
    struct loopback_wish wish = {.doing = "signing in with the browser",
                                 .port = options_number(o, OPTION_LISTEN_PORT),
                                 .timeout_s = options_number(o, OPTION_IDP_RESPONSE_TIMEOUT),
                                 .timeout_option = "IdpResponseTimeout",
                                 .proof = "code",
                                 .echo = "state"};
    const char *url = NULL;

    l->step = OIDC_PERSON;
    if (loopback_start(&l->loopback, l->in->owner, &wish, f) || write_address(&url, l, f)) {
        return ST_ERR;
    }
    return browser_open(&l->browser, l->in->owner, l->in->wish->env, url,
                        "the provider's authorization_endpoint", f);
}

/* ---- what comes back ---------------------------------------------------------------------- */

static enum status finish_discovery(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status finish_discovery(struct oidc_login *l, struct fault *f)
{
    const struct exchange *x = &l->exchange;
    enum status st = exchange_ready(&l->exchange, f);

    if (st) return st;
    if (x->http.status != 200) {
        return exchange_refuse(x,
                               "it gives no document; its address often ends in "
                               "/.well-known/openid-configuration",
                               f);
    }
    if (!oauth_places_read(&l->places, l->in->arena, x->http.body.bytes, x->http.body.count)) {
        return exchange_refuse(x, "it is no OpenID Connect discovery document with https addresses",
                               f);
    }
    return l->in->wish->refresh_token->count ? start_refresh(l, f) : ask_person(l, f);
}

static enum status refuse_grant(const struct exchange *x, const struct oauth_answer *o,
                                struct fault *f)
{
    char said[400];

    oauth_words(said, sizeof said, *o->error_description ? o->error_description : o->error);
    return exchange_refuse(x, *said ? said : "it refuses", f);
}

/* The token is the answer to our question, of the provider that was asked. */
static enum status check_id_token(const struct oidc_login *l, const char *token, struct fault *f)
{
    const struct exchange *x = &l->exchange;
    struct id_claims claims;
    struct arena a;
    enum status st = ST_OK;

    arena_init(&a);
    if (!id_claims_read(&claims, &a, token)) {
        st = exchange_refuse(x, "it gives no id token", f);
    } else if (l->step == OIDC_TOKEN && !pkce_same(claims.nonce, l->nonce)) {
        st = exchange_refuse(x, "its id token has another nonce than was asked for", f);
    } else if (*l->places.issuer && strcmp(claims.issuer, l->places.issuer) != 0) {
        st = exchange_refuse(x, "its id token is of another issuer than its document says", f);
    }
    arena_clear(&a);
    return st;
}

static enum status take_tokens(struct oidc_login *l, const struct oauth_answer *o, struct fault *f)
{
    struct buf *refresh_token = l->in->wish->refresh_token;

    if (l->exchange.http.status != 200) return refuse_grant(&l->exchange, o, f);
    if (check_id_token(l, o->id_token, f)) return ST_ERR;
    buf_puts(&l->id_token, o->id_token);
    if (*o->refresh_token) {
        buf_clear(refresh_token);
        buf_puts(refresh_token, o->refresh_token);
        if (!buf_ok(refresh_token)) buf_reset(refresh_token);
    }
    return buf_ok(&l->id_token) ? ST_OK : fault_no_memory(f);
}

static enum status finish_grant(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status finish_grant(struct oidc_login *l, struct fault *f)
{
    const struct buf *body = &l->exchange.http.body;
    enum status st = exchange_ready(&l->exchange, f);
    struct oauth_answer o;
    struct arena a;

    if (st) return st;
    arena_init(&a);
    oauth_answer_read(&o, &a, body->bytes, body->count);
    st = take_tokens(l, &o, f);
    oauth_answer_wipe(&o);
    arena_clear(&a);
    exchange_clear(&l->exchange);
    if (!st) l->step = OIDC_DONE;
    return st;
}

/* A refresh token may have ended or been taken back: that is no failure. */
static enum status finish_refresh(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status finish_refresh(struct oidc_login *l, struct fault *f)
{
    struct fault why = {0};
    enum status st = finish_grant(l, &why);

    if (st != ST_ERR) return st;
    if (why.state != SQLSTATE_28000) {
        fault_copy(f, &why);
        return ST_ERR;
    }
    log_info("the refresh token is not taken any more: %s", why.text);
    buf_clear(l->in->wish->refresh_token);
    return ask_person(l, f);
}

static enum status finish_person(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status finish_person(struct oidc_login *l, struct fault *f)
{
    enum status st;

    browser_go_on(&l->browser);
    st = loopback_ready(&l->loopback, f);
    return st ? st : start_token(l, f);
}

/* ---- the machine -------------------------------------------------------------------------- */

static bool has_openid(const char *scope)
{
    while (*scope) {
        size_t bytes = strcspn(scope, " ");

        if (bytes == 6 && !memcmp(scope, "openid", 6)) return true;
        scope += bytes + (scope[bytes] == ' ');
    }
    return false;
}

enum status oidc_login_start(struct oidc_login *l, const struct sign_in *in, struct fault *f)
{
    const char *url = options_text(in->options, OPTION_IDP_WELL_KNOWN_CONFIGURATION_URL);
    const char *scope = options_text(in->options, OPTION_SCOPE);

    l->in = in;
    l->step = OIDC_DISCOVERY;
    buf_init_secret(&l->id_token, FORM_BYTES_MAX);
    if (!ascii_begins(url, "https://")) {
        return fault_set(f, SQLSTATE_HY024, 0,
                         "option IdpWellKnownConfigurationUrl: \"%.200s\" does not begin with "
                         "https://",
                         url);
    }
    if (!has_openid(scope)) {
        return fault_set(f, SQLSTATE_HY024, 0, "option Scope: \"%.200s\" lacks openid", scope);
    }
    return start_discovery(l, f);
}

static enum status login_step(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status login_step(struct oidc_login *l, struct fault *f)
{
    switch (l->step) {
    case OIDC_DISCOVERY:
        return finish_discovery(l, f);
    case OIDC_REFRESH:
        return finish_refresh(l, f);
    case OIDC_PERSON:
        return finish_person(l, f);
    case OIDC_TOKEN:
        return finish_grant(l, f);
    case OIDC_IDLE:
    case OIDC_DONE:
        break;
    }
    return ST_OK;
}

enum status oidc_login_ready(struct oidc_login *l, struct fault *f)
{
    enum status st = ST_OK;

    while (!st && l->step != OIDC_DONE)
        st = login_step(l, f);
    return st;
}

void oidc_login_clear(struct oidc_login *l)
{
    if (l->step == OIDC_IDLE) return;
    exchange_clear(&l->exchange);
    loopback_clear(&l->loopback);
    browser_clear(&l->browser);
    buf_clear(&l->id_token);
    buf_clear(&l->id_token);
    explicit_bzero(l, sizeof *l);
}
