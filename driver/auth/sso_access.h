/*
 * An access token of IAM Identity Center that is good: the one that is kept, one that is asked for
 * with the kept refresh token, or, where a person may be asked, one of a new login.
 *
 *     KEPT --> GOOD
 *      | ^      |  refused by who it was shown to
 *      v |      v
 *     RENEW <---+
 *      |
 *      v
 *     LOGIN --> GOOD
 *
 *   KEPT    what is kept has been read; decides
 *   RENEW   waits for CreateToken with the refresh token; then keeps what came
 *   LOGIN   waits for a person (auth/sso_login.h); then keeps what came
 *   GOOD    token is to be used
 *
 * A token is renewed some minutes before its end; when that fails and it still works, it is used. The
 * AWS CLI or another process may have renewed it meanwhile, which ends the refresh token that is at
 * hand: so what is kept is read again before anybody is told. I/O thread.
 */
#ifndef ATHENA_AUTH_SSO_ACCESS_H
#define ATHENA_AUTH_SSO_ACCESS_H

#include <stdbool.h>

#include "auth/sign_in.h"
#include "auth/sso_call.h"
#include "auth/sso_login.h"
#include "auth/sso_store.h"
#include "aws/sso_token.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"

enum sso_access_step { SSO_ACCESS_KEPT, SSO_ACCESS_RENEW, SSO_ACCESS_LOGIN, SSO_ACCESS_GOOD };

/* Zeroed: idle. */
struct sso_access {
    enum sso_access_step step;
    const struct sign_in *in;
    struct sso_token token; /* the caller reads it when it is good */
    struct sso_store store;
    const char *start_url, *region; /* borrowed */
    char who[100], advice[160]; /* of messages: "profile x"; what to do when there is no token */
    char doing[200];
    bool may_login; /* a person may be asked, as wish says */
    struct sso_login_wish wish;
    bool has_renewed, has_asked;
    unsigned refusals;
    struct sso_call call;
    struct sso_login login;
};

/* As the options of an authentication type say; scopes: those that it asks for unless told. */
void sso_access_of_type(struct sso_access *a, const struct sign_in *in, const char *scopes);

/*
 * Begins. The caller has set what precedes has_renewed before, by itself for a profile, by
 * sso_access_of_type() else.
 */
enum status sso_access_start(struct sso_access *a, const struct sign_in *in, struct fault *f)
    RUNS_ON(io_thread);

/* ST_WAIT; ST_OK: a->token holds a good token; ST_ERR: f, 28000, 08xxx, HYT00 from a person. */
enum status sso_access_ready(struct sso_access *a, struct fault *f) RUNS_ON(io_thread);

/*
 * The token was refused: another one is looked for, once each way. ST_OK: ask sso_access_ready()
 * again. ST_ERR: there is no other, and f says what is to be done.
 */
enum status sso_access_refused(struct sso_access *a, struct fault *f) RUNS_ON(io_thread);

/* Ends it in any state; wipes and frees. */
void sso_access_clear(struct sso_access *a) RUNS_ON(io_thread);

#endif
