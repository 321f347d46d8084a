/*
 * AuthenticationType=BrowserOidcTip: a person signs in at an OpenID Connect provider (auth/oidc_login.h);
 * the id token goes the way of trusted identity propagation (auth/tip.h).
 *
 *     LOGIN -> TIP
 *
 *   LOGIN  waits for an id token; left out while what an earlier sign-in has left is good
 *   TIP    waits for keys that name the person
 */
#include "auth/oidc_login.h"
#include "auth/tip.h"
#include "auth/via.h"

struct via_browser_oidc_tip {
    struct sign_in base;
    struct oidc_login login; /* idle in TIP */
    struct tip tip;
};

static enum status start(struct sign_in *in, struct fault *f) RUNS_ON(io_thread);
static enum status start(struct sign_in *in, struct fault *f)
{
    struct via_browser_oidc_tip *v = container_of(in, struct via_browser_oidc_tip, base);

    return tip_is_kept(in) ? tip_start(&v->tip, in, NULL, f) : oidc_login_start(&v->login, in, f);
}

static enum status finish_login(struct via_browser_oidc_tip *v, struct fault *f) RUNS_ON(io_thread);
static enum status finish_login(struct via_browser_oidc_tip *v, struct fault *f)
{
    enum status st = oidc_login_ready(&v->login, f);

    if (!st) st = tip_start(&v->tip, &v->base, v->login.id_token.bytes, f);
    if (!st) oidc_login_clear(&v->login);
    return st;
}

static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
    RUNS_ON(io_thread);
static enum status ready(struct sign_in *in, struct sign_in_result *out, struct fault *f)
{
    struct via_browser_oidc_tip *v = container_of(in, struct via_browser_oidc_tip, base);
    enum status st = v->login.step == OIDC_IDLE ? ST_OK : finish_login(v, f);

    return st ? st : tip_ready(&v->tip, &out->keys, f);
}

static void clear(struct sign_in *in) RUNS_ON(io_thread);
static void clear(struct sign_in *in)
{
    struct via_browser_oidc_tip *v = container_of(in, struct via_browser_oidc_tip, base);

    oidc_login_clear(&v->login);
    tip_clear(&v->tip);
}

const struct sign_in_kind via_browser_oidc_tip = {
    .name = "BrowserOidcTip",
    .bytes = sizeof(struct via_browser_oidc_tip),
    .needs_person = true,
    .cache_option = OPTION_JWT_TIP_FILE_CACHE,
    .start = start,
    .ready = ready,
    .clear = clear,
};
