/*
 * BrowserAzureAD: a person signs in at Entra ID (Azure AD) in a browser, which brings a code to the
 * loopback; the code becomes a SAML assertion.
 *
 *     PERSON -> TOKEN
 *
 *   PERSON  the loopback listens, the browser is open
 *   TOKEN   waits for Entra ID: the code and the proof key (RFC 7636) for an assertion
 *
 * Entra ID takes any port of http://localhost/athena as the application's redirect address.
 */
#include <string.h>

#include "auth/azure_call.h"
#include "auth/browser.h"
#include "auth/code_address.h"
#include "auth/loopback.h"
#include "auth/via.h"
#include "auth/wish.h"
#include "aws/form.h"
#include "aws/pkce.h"

enum { FORM_BYTES_MAX = 64 << 10 };

enum step { STEP_PERSON, STEP_TOKEN };

struct via_browser_azure {
    struct sign_in base;
    enum step step;
    struct loopback loopback;
    struct browser browser;
    char verifier[PKCE_TEXT_BYTES];
    struct azure_call call;
};

/* Where the browser is sent; in the arena. */
static enum status write_address(const char **url, struct via_browser_azure *v, struct fault *f)
{
    static const struct code_parameter more[] = {
        {"response_mode", "form_post"}, {"scope", "openid"}, {NULL, NULL}};
    const struct options *o = v->base.options;
    const char *page;

    if (azure_url(&page, v->base.arena, o, "authorize", f)) return ST_ERR;
    return code_address(url, v->base.arena, page, options_text(o, OPTION_CLIENT_ID), &v->loopback,
                        more, v->verifier, f);
}

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_browser_azure *v = container_of(in, struct via_browser_azure, base);
    const struct options *o = in->options;
    bool has_port = options_is_set(o, OPTION_LISTEN_PORT);
    struct loopback_wish wish = {.doing = "signing in with the browser",
                                 .port = has_port ? options_number(o, OPTION_LISTEN_PORT) : 0,
                                 .timeout_s = options_number(o, OPTION_TIMEOUT),
                                 .timeout_option = "timeout",
                                 .proof = "code",
                                 .echo = "state"};
    const char *url = NULL;

    v->step = STEP_PERSON;
    if (loopback_start(&v->loopback, in->owner, &wish, f) || write_address(&url, v, f)) {
        return ST_ERR;
    }
    return browser_open(&v->browser, in->owner, in->wish->env, url, "the sign-in page", f);
}

static enum status start_token(struct via_browser_azure *v, struct fault *f) RUNS_ON(io_thread);
static enum status start_token(struct via_browser_azure *v, struct fault *f)
{
    struct buf form;
    enum status st;

    v->step = STEP_TOKEN;
    buf_init_secret(&form, FORM_BYTES_MAX);
    form_put(&form, "grant_type", "authorization_code");
    form_put(&form, "code", v->loopback.proof.bytes);
    form_put(&form, "redirect_uri", v->loopback.redirect_uri);
    form_put(&form, "code_verifier", v->verifier);
    st = azure_call_start(&v->call, &v->base, &form, f);
    buf_clear(&form);
    loopback_clear(&v->loopback);
    return st;
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_browser_azure *v = container_of(in, struct via_browser_azure, base);
    enum status st = ST_OK;

    browser_go_on(&v->browser);
    if (v->step == STEP_PERSON) {
        st = loopback_ready(&v->loopback, f);
        if (!st) st = start_token(v, f);
    }
    return st ? st : azure_call_ready(&v->call, &out->assertion, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    struct via_browser_azure *v = container_of(in, struct via_browser_azure, base);

    loopback_clear(&v->loopback);
    browser_clear(&v->browser);
    azure_call_clear(&v->call);
}

const struct sign_in_kind via_browser_azure = {
    .name = "BrowserAzureAD",
    .bytes = sizeof(struct via_browser_azure),
    .needs_person = true,
    .cache_option = OPTION_BROWSER_AZURE_CACHE,
    .is_cached_by_default = true,
    .start = start,
    .ready = ready,
    .clear = clear,
};
