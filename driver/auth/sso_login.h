/*
 * A person signs in at IAM Identity Center, and allows the driver to act for them (AWS SSO OIDC API
 * Reference; RFC 6749, 7636 and 8628).
 *
 *     REGISTER -> BROWSER -> TOKEN -> DONE              sso_oidc_flow=code
 *     REGISTER -> DEVICE -> PAUSE <-> POLL -> DONE      sso_oidc_flow=device
 *
 *   REGISTER  waits for RegisterClient: who asks, and where a browser will come back to
 *   BROWSER   waits for the browser to bring the code (auth/loopback.h)
 *   TOKEN     waits for CreateToken with the code
 *   DEVICE    waits for StartDeviceAuthorization: a code for a browser anywhere; it is shown on
 *             standard error
 *   PAUSE     waits for the time that the service wants between questions
 *   POLL      waits for CreateToken: whether the person has decided
 *   DONE      the token is there
 *
 * The person has sso_oidc_timeout. I/O thread.
 */
#ifndef ATHENA_AUTH_SSO_LOGIN_H
#define ATHENA_AUTH_SSO_LOGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "auth/browser.h"
#include "auth/loopback.h"
#include "auth/sign_in.h"
#include "auth/sso_call.h"
#include "aws/pkce.h"
#include "aws/sso_codec.h"
#include "aws/sso_token.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/timer.h"

struct sso_login_wish {
    bool is_device;
    const char *scopes;
    int64_t port; /* of the loopback */
    int64_t timeout_s;
};

enum sso_login_step {
    SSO_LOGIN_IDLE,
    SSO_LOGIN_REGISTER,
    SSO_LOGIN_BROWSER,
    SSO_LOGIN_TOKEN,
    SSO_LOGIN_DEVICE,
    SSO_LOGIN_PAUSE,
    SSO_LOGIN_POLL,
    SSO_LOGIN_DONE
};

/* Zeroed: idle. */
struct sso_login {
    enum sso_login_step step;
    const struct sign_in *in;
    const struct sso_login_wish *wish;
    struct sso_token *token;
    struct arena arena; /* the device code in it is wiped */
    struct loopback loopback;
    struct browser browser;
    char verifier[PKCE_TEXT_BYTES];
    struct sso_device device;
    int64_t interval_ms;
    struct timer deadline, pause;
    struct sso_call call;
};

/*
 * Begins. token holds the start URL and the region, and is filled by the end: client, access token,
 * refresh token. in, wish and token are borrowed until the login is cleared.
 */
enum status sso_login_start(struct sso_login *l, const struct sign_in *in,
                            const struct sso_login_wish *wish, struct sso_token *token,
                            struct fault *f) RUNS_ON(io_thread);

/* ST_WAIT; ST_OK; ST_ERR: 28000 refused, HYT00 nobody has decided in time, 08xxx. */
enum status sso_login_ready(struct sso_login *l, struct fault *f) RUNS_ON(io_thread);

/* Ends it in any state; wipes and frees. Idle again. */
void sso_login_clear(struct sso_login *l) RUNS_ON(io_thread);

#endif
