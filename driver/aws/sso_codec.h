/*
 * IAM Identity Center in bytes: the bodies of SSO OIDC's requests and answers, and the portal's keys
 * (AWS SSO OIDC and SSO Portal API References; RFC 6749, 7636, 8628).
 *
 *     POST oidc   /client/register          sso_write_register()  sso_read_client()
 *     POST oidc   /device_authorization     sso_write_device()    sso_read_device()
 *     POST oidc   /token                    sso_write_grant()     sso_read_token()
 *     GET  portal /federation/credentials   sso_role_path()       sso_read_role()
 *
 * None is signed. A refusal is JSON too: sso_read_error(). Pure. Faults of answers are 28000
 * "doing: ..." without anything secret of them; HY001.
 */
#ifndef ATHENA_AWS_SSO_CODEC_H
#define ATHENA_AWS_SSO_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "aws/sso_token.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

#define SSO_CODE_GRANT    "authorization_code"
#define SSO_DEVICE_GRANT  "urn:ietf:params:oauth:grant-type:device_code"
#define SSO_REFRESH_GRANT "refresh_token"

struct sso_client_wish {
    const char *name;
    const char *scopes;       /* blanks or commas between */
    const char *grant;        /* of these above; the refresh token's comes by itself */
    const char *redirect_uri; /* NULL: none */
    const char *start_url;
};

/* What a token is asked for with; what is not of the grant is NULL. */
struct sso_grant {
    const char *grant;
    const char *code, *verifier, *redirect_uri;
    const char *device_code;
};

struct sso_device {
    const char *device_code, *user_code, *url, *whole_url; /* never NULL; whole_url may be "" */
    int64_t expires_in_s, interval_s;
};

/* What a refusal says: "AuthorizationPendingException" and a text; never NULL. */
struct sso_error {
    const char *code, *message;
};

void sso_write_register(struct buf *b, const struct sso_client_wish *wish);

/* The client's id, secret and end into *t. */
enum status sso_read_client(struct sso_token *t, const char *body, size_t bytes, const char *doing,
                            struct fault *f);

/* For the client and the start URL that are in *t. */
void sso_write_device(struct buf *b, const struct sso_token *t);

/* Texts in the arena; the device code is secret. */
enum status sso_read_device(struct sso_device *d, struct arena *a, const char *body, size_t bytes,
                            const char *doing, struct fault *f);

/* For the client of *t, and with its refresh token where that is the grant. */
void sso_write_grant(struct buf *b, const struct sso_token *t, const struct sso_grant *grant);

/*
 * The access token, its end as reckoned from wall_s, and the refresh token into *t. An answer without
 * a refresh token leaves the one that is there (RFC 6749, section 6).
 */
enum status sso_read_token(struct sso_token *t, const char *body, size_t bytes, int64_t wall_s,
                           const char *doing, struct fault *f);

/* "/federation/credentials?..." in the arena; NULL when memory has run out. */
const char *sso_role_path(struct arena *a, const char *account_id, const char *role_name);

/* The portal's keys. */
enum status sso_read_role(struct aws_credentials *c, const char *body, size_t bytes,
                          const char *doing, struct fault *f);

/* header_type: of x-amzn-errortype, or NULL. Any body is fine. */
void sso_read_error(struct sso_error *e, struct arena *a, const char *header_type, const char *body,
                    size_t bytes);

#endif
