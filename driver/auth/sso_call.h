/*
 * One request to IAM Identity Center: SSO OIDC's, or the portal's (aws/sso_codec.h).
 *
 * With retries; unsigned. Part of the ways to credentials. I/O thread.
 */
#ifndef ATHENA_AUTH_SSO_CALL_H
#define ATHENA_AUTH_SSO_CALL_H

#include "auth/exchange.h"
#include "auth/wish.h"
#include "aws/sso_codec.h"
#include "aws/sso_token.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/op.h"

#define SSO_REGISTER_PATH "/client/register"
#define SSO_DEVICE_PATH   "/device_authorization"
#define SSO_TOKEN_PATH    "/token"

/* Zeroed: idle. */
struct sso_call {
    struct exchange exchange;
    struct arena arena; /* of the error */
};

/*
 * Posts a body to SSO OIDC in a region. The body is copied. doing: how faults
 * begin, copied. max_attempts 0: as many as the wish says.
 */
enum status sso_call_oidc(struct sso_call *c, struct op *owner, const struct search_wish *wish,
                          const char *region, const char *path, const struct buf *body,
                          const char *doing, struct fault *f) RUNS_ON(io_thread);

/* Asks the portal for the keys of a role. */
enum status sso_call_role(struct sso_call *c, struct op *owner, const struct search_wish *wish,
                          const char *region, const char *account_id, const char *role_name,
                          const char *access_token, const char *doing, struct fault *f)
    RUNS_ON(io_thread);

/* As exchange_ready(): ST_OK with any status. */
enum status sso_call_ready(struct sso_call *c, struct fault *f) RUNS_ON(io_thread);

/* Of an answer that is not 200; borrowed until the call is started again or cleared. */
void sso_call_error(struct sso_call *c, struct sso_error *e) RUNS_ON(io_thread);

/* "doing: message (InvalidGrantException). advice" as 28000; advice may be NULL. */
enum status sso_call_refuse(struct sso_call *c, const char *advice, struct fault *f)
    RUNS_ON(io_thread);

/* Ends it; wipes and frees. Idle again. */
void sso_call_clear(struct sso_call *c) RUNS_ON(io_thread);

#endif
