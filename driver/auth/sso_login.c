/* Logins at IAM Identity Center. See sso_login.h for the drawing. */
#include "auth/sso_login.h"

#include <stdio.h>
#include <string.h>

#include "auth/code_address.h"
#include "auth/places.h"
#include "auth/wish.h"
#include "aws/form.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/quiet.h"
#include "base/wipe.h"

enum {
    BODY_BYTES_MAX = 64 << 10,
    INTERVAL_S = 5,      /* between polls, where the service says nothing (RFC 8628, section 3.2) */
    SLOWER_S = 5,        /* what slow_down adds (section 3.5) */
    INTERVAL_MAX_S = 60, /* more is no interval */
    SHOWN_BYTES = 2048
};

static const char registering[] = "registering at IAM Identity Center";
static const char starting[] = "starting a login at IAM Identity Center";
static const char polling[] = "logging in at IAM Identity Center";

static enum status send(struct sso_login *l, enum sso_login_step step, const char *path,
                        struct buf *body, const char *doing, struct fault *f) RUNS_ON(io_thread);
static enum status send(struct sso_login *l, enum sso_login_step step, const char *path,
                        struct buf *body, const char *doing, struct fault *f)
{
    enum status st = sso_call_oidc(&l->call, l->in->owner, l->in->wish, l->token->texts[SSO_REGION],
                                   path, body, doing, f);

    l->step = step;
    buf_clear(body);
    return st;
}

/* ---- clients ------------------------------------------------------------------------------ */

static enum status start_register(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status start_register(struct sso_login *l, struct fault *f)
{
    struct buf body;

    buf_init_secret(&body, BODY_BYTES_MAX);
    sso_write_register(&body,
                       &(struct sso_client_wish){
                           .name = "odbc-athena",
                           .scopes = l->wish->scopes,
                           .grant = l->wish->is_device ? SSO_DEVICE_GRANT : SSO_CODE_GRANT,
                           .redirect_uri = l->wish->is_device ? NULL : l->loopback.redirect_uri,
                           .start_url = l->token->texts[SSO_START_URL]});
    return send(l, SSO_LOGIN_REGISTER, SSO_REGISTER_PATH, &body, registering, f);
}

static enum status finish_register(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status finish_register(struct sso_login *l, struct fault *f)
{
    const struct http *http = &l->call.exchange.http;

    if (http->status == 200) {
        return sso_read_client(l->token, http->body.bytes, http->body.count, registering, f);
    }
    return sso_call_refuse(&l->call, "are sso_oidc_region and sso_oidc_scopes right?", f);
}

/* ---- browsers ----------------------------------------------------------------------------- */

static enum status listen(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status listen(struct sso_login *l, struct fault *f)
{
    const struct loopback_wish wish = {.doing = polling,
                                       .port = l->wish->port,
                                       .timeout_s = l->wish->timeout_s,
                                       .timeout_option = "sso_oidc_timeout",
                                       .proof = "code",
                                       .echo = "state"};

    return loopback_start(&l->loopback, l->in->owner, &wish, f);
}

/* An address has blanks between scopes, whatever the option has. */
static const char *scopes_of(struct sso_login *l)
{
    char *text = arena_text(&l->arena, l->wish->scopes);

    for (char *at = text; at && *at; at++) {
        if (*at == ',') *at = ' ';
    }
    return text;
}

/* Where the browser is sent; in the arena. */
static enum status write_address(const char **url, struct sso_login *l, struct fault *f)
{
    const struct code_parameter more[] = {{"scopes", scopes_of(l)}, {NULL, NULL}};
    const char *page;
    struct endpoint oidc;

    if (places_endpoint(&oidc, &l->arena, l->in->wish->places, AWS_SSO_OIDC,
                        l->token->texts[SSO_REGION], f)) {
        return ST_ERR;
    }
    page = arena_printf(&l->arena, "%s/authorize", oidc.url);
    if (!page || !more->value) return fault_no_memory(f);
    return code_address(url, &l->arena, page, l->token->texts[SSO_CLIENT_ID], &l->loopback, more,
                        l->verifier, f);
}

static enum status start_browser(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status start_browser(struct sso_login *l, struct fault *f)
{
    const char *url = NULL;

    l->step = SSO_LOGIN_BROWSER;
    if (write_address(&url, l, f)) return ST_ERR;
    return browser_open(&l->browser, l->in->owner, l->in->wish->env, url, "the sign-in page", f);
}

static enum status start_token(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status start_token(struct sso_login *l, struct fault *f)
{
    struct buf body;

    buf_init_secret(&body, BODY_BYTES_MAX);
    sso_write_grant(&body, l->token,
                    &(struct sso_grant){.grant = SSO_CODE_GRANT,
                                        .code = l->loopback.proof.bytes,
                                        .verifier = l->verifier,
                                        .redirect_uri = l->loopback.redirect_uri});
    return send(l, SSO_LOGIN_TOKEN, SSO_TOKEN_PATH, &body, polling, f);
}

/* ---- devices ------------------------------------------------------------------------------ */

static enum status start_device(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status start_device(struct sso_login *l, struct fault *f)
{
    struct buf body;

    buf_init_secret(&body, BODY_BYTES_MAX);
    sso_write_device(&body, l->token);
    return send(l, SSO_LOGIN_DEVICE, SSO_DEVICE_PATH, &body, starting, f);
}

static void show(const struct sso_device *d)
{
    char text[SHOWN_BYTES];
    int bytes = snprintf(text, sizeof text,
                         "To sign in to Amazon Athena, open this address in a browser:\n%s\nand "
                         "check that it shows the code %s\n",
                         *d->whole_url ? d->whole_url : d->url, d->user_code);

    quiet_tell(text, bytes < SHOWN_BYTES ? (size_t)bytes : SHOWN_BYTES - 1);
}

static enum status finish_device(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status finish_device(struct sso_login *l, struct fault *f)
{
    const struct http *http = &l->call.exchange.http;
    int64_t interval_s;

    if (http->status != 200) return sso_call_refuse(&l->call, "is sso_oidc_start_url right?", f);
    if (sso_read_device(&l->device, &l->arena, http->body.bytes, http->body.count, starting, f)) {
        return ST_ERR;
    }
    interval_s = l->device.interval_s;
    if (interval_s < 1 || interval_s > INTERVAL_MAX_S) interval_s = INTERVAL_S;
    l->interval_ms = interval_s * 1000;
    show(&l->device);
    log_info("%s: a code for a browser was shown on standard error", polling);
    return ST_OK;
}

/* ---- polls -------------------------------------------------------------------------------- */

static void start_pause(struct sso_login *l) RUNS_ON(io_thread);
static void start_pause(struct sso_login *l)
{
    l->step = SSO_LOGIN_PAUSE;
    timer_start(&l->pause, l->in->owner, l->interval_ms);
}

static enum status start_poll(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status start_poll(struct sso_login *l, struct fault *f)
{
    struct buf body;

    buf_init_secret(&body, BODY_BYTES_MAX);
    sso_write_grant(
        &body, l->token,
        &(struct sso_grant){.grant = SSO_DEVICE_GRANT, .device_code = l->device.device_code});
    return send(l, SSO_LOGIN_POLL, SSO_TOKEN_PATH, &body, polling, f);
}

/* Of both flows. */
static enum status take_token(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status take_token(struct sso_login *l, struct fault *f)
{
    const struct http *http = &l->call.exchange.http;

    l->step = SSO_LOGIN_DONE;
    if (http->status != 200) return sso_call_refuse(&l->call, NULL, f);
    return sso_read_token(l->token, http->body.bytes, http->body.count, clock_wall_s(), polling, f);
}

static enum status finish_poll(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status finish_poll(struct sso_login *l, struct fault *f)
{
    struct sso_error e;

    if (l->call.exchange.http.status == 200) return take_token(l, f);
    sso_call_error(&l->call, &e);
    if (!strcmp(e.code, "SlowDownException")) l->interval_ms += SLOWER_S * 1000;
    if (!strcmp(e.code, "SlowDownException") || !strcmp(e.code, "AuthorizationPendingException")) {
        start_pause(l);
        return ST_OK;
    }
    return take_token(l, f);
}

/* ---- the machine -------------------------------------------------------------------------- */

enum status sso_login_start(struct sso_login *l, const struct sign_in *in,
                            const struct sso_login_wish *wish, struct sso_token *token,
                            struct fault *f)
{
    sso_login_clear(l);
    l->in = in;
    l->wish = wish;
    l->token = token;
    arena_init(&l->arena);
    l->step = SSO_LOGIN_REGISTER;
    if (wish->is_device) {
        timer_start(&l->deadline, in->owner, wish->timeout_s * 1000);
    } else if (listen(l, f)) {
        return ST_ERR;
    }
    return start_register(l, f);
}

static enum status login_step(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);
static enum status login_step(struct sso_login *l, struct fault *f)
{
    enum status st;

    switch (l->step) {
    case SSO_LOGIN_REGISTER:
        st = sso_call_ready(&l->call, f);
        if (!st) st = finish_register(l, f);
        if (st) return st;
        return l->wish->is_device ? start_device(l, f) : start_browser(l, f);

    case SSO_LOGIN_BROWSER:
        browser_go_on(&l->browser);
        st = loopback_ready(&l->loopback, f);
        return st ? st : start_token(l, f);

    case SSO_LOGIN_TOKEN:
        st = sso_call_ready(&l->call, f);
        return st ? st : take_token(l, f);

    case SSO_LOGIN_DEVICE:
        st = sso_call_ready(&l->call, f);
        if (!st) st = finish_device(l, f);
        if (!st) start_pause(l);
        return st;

    case SSO_LOGIN_PAUSE:
        st = timer_ready(&l->pause);
        return st ? st : start_poll(l, f);

    case SSO_LOGIN_POLL:
        st = sso_call_ready(&l->call, f);
        return st ? st : finish_poll(l, f);

    case SSO_LOGIN_IDLE:
    case SSO_LOGIN_DONE:
        break;
    }
    return ST_OK;
}

enum status sso_login_ready(struct sso_login *l, struct fault *f)
{
    enum status st = ST_OK;

    while (!st && l->step != SSO_LOGIN_DONE)
        st = login_step(l, f);
    if (st != ST_WAIT || !l->wish->is_device || timer_ready(&l->deadline)) return st;
    return fault_set(f, SQLSTATE_HYT00, 0,
                     "%s: nobody has signed in within %lld s (option sso_oidc_timeout)", polling,
                     (long long)l->wish->timeout_s);
}

void sso_login_clear(struct sso_login *l)
{
    const char *code = l->device.device_code;

    if (l->step == SSO_LOGIN_IDLE) return;
    timer_stop(&l->deadline, l->in->owner->engine);
    timer_stop(&l->pause, l->in->owner->engine);
    sso_call_clear(&l->call);
    loopback_clear(&l->loopback);
    browser_clear(&l->browser);
    wipe_text(code);
    arena_clear(&l->arena);
    explicit_bzero(l, sizeof *l);
}
