/*
 * BrowserSAML: a browser is sent to the identity provider (login_url), which posts its SAML response to
 * the loopback.
 *
 * The provider is to hand RelayState back, as SAML has it (SAML 2.0 Bindings, section 3.5.3): what
 * comes without is somebody else's.
 */
#include <string.h>

#include "auth/browser.h"
#include "auth/loopback.h"
#include "auth/via.h"
#include "auth/wish.h"

struct via_browser_saml {
    struct sign_in base;
    struct loopback loopback;
    struct browser browser;
};

/* login_url with RelayState in its query, before a fragment. */
static const char *address(struct sign_in *in, const char *state)
{
    const char *url = options_text(in->options, OPTION_LOGIN_URL);
    size_t bytes = strcspn(url, "#");
    bool has_query = memchr(url, '?', bytes) != NULL;

    return arena_printf(in->arena, "%.*s%cRelayState=%s%s", (int)bytes, url, has_query ? '&' : '?',
                        state, url + bytes);
}

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_browser_saml *v = container_of(in, struct via_browser_saml, base);
    const struct options *o = in->options;
    const char *url;

    if (loopback_start(&v->loopback, in->owner,
                       &(struct loopback_wish){.doing = "signing in with the browser",
                                               .port = options_number(o, OPTION_LISTEN_PORT),
                                               .timeout_s = options_number(o, OPTION_TIMEOUT),
                                               .timeout_option = "timeout",
                                               .proof = "SAMLResponse",
                                               .echo = "RelayState"},
                       f)) {
        return ST_ERR;
    }
    url = address(in, v->loopback.state);
    if (!url) return fault_no_memory(f);
    return browser_open(&v->browser, in->owner, in->wish->env, url, "option login_url", f);
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_browser_saml *v = container_of(in, struct via_browser_saml, base);
    enum status st;

    browser_go_on(&v->browser);
    st = loopback_ready(&v->loopback, f);
    if (!st) buf_put(&out->assertion, v->loopback.proof.bytes, v->loopback.proof.count);
    return st;
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    struct via_browser_saml *v = container_of(in, struct via_browser_saml, base);

    loopback_clear(&v->loopback);
    browser_clear(&v->browser);
}

const struct sign_in_kind via_browser_saml = {
    .name = "BrowserSAML",
    .bytes = sizeof(struct via_browser_saml),
    .needs_person = true,
    .start = start,
    .ready = ready,
    .clear = clear,
};
