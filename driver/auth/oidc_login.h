/*
 * A person signs in at an OpenID Connect provider: from a discovery document to an id token (OpenID
 * Connect Core 1.0; authorization code flow with a proof key, RFC 7636).
 *
 *     DISCOVERY -> PERSON -> TOKEN -> DONE
 *         |           ^                ^
 *         +-> REFRESH-+----------------+
 *
 *   DISCOVERY  waits for the document of IdpWellKnownConfigurationUrl
 *   REFRESH    waits for the token endpoint: the refresh token of an earlier sign-in for an id token;
 *              when that is refused a person is asked
 *   PERSON     the loopback listens, the browser is open
 *   TOKEN      waits for the token endpoint: the code for an id token
 *
 * The refresh token that comes with it is kept in wish->refresh_token while the identity lives. Used by
 * BrowserOidcTip. I/O thread.
 */
#ifndef ATHENA_AUTH_OIDC_LOGIN_H
#define ATHENA_AUTH_OIDC_LOGIN_H

#include "auth/browser.h"
#include "auth/exchange.h"
#include "auth/loopback.h"
#include "auth/sign_in.h"
#include "aws/oauth.h"
#include "aws/pkce.h"

enum oidc_step { OIDC_IDLE, OIDC_DISCOVERY, OIDC_REFRESH, OIDC_PERSON, OIDC_TOKEN, OIDC_DONE };

/* Zeroed: idle. */
struct oidc_login {
    enum oidc_step step;
    const struct sign_in *in;
    struct exchange exchange;
    struct oauth_places places; /* texts in the search's arena */
    struct loopback loopback;
    struct browser browser;
    char verifier[PKCE_TEXT_BYTES], nonce[PKCE_TEXT_BYTES];
    struct buf id_token; /* secret; DONE */
};

/* Begins; in is the way's own. HY024 for a Scope without openid or an address without https. */
enum status oidc_login_start(struct oidc_login *l, const struct sign_in *in, struct fault *f)
    RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: l->id_token; ST_ERR: 28000 what the provider says, HYT00 nobody came in time, 08xxx
 * when the provider cannot be reached.
 */
enum status oidc_login_ready(struct oidc_login *l, struct fault *f) RUNS_ON(io_thread);

/* Ends it in any state; wipes and frees. Idle again. */
void oidc_login_clear(struct oidc_login *l) RUNS_ON(io_thread);

#endif
