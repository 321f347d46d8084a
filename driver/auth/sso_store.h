/*
 * Where a token of IAM Identity Center is kept from one sign-in to the next.
 *
 *     a profile's            ~/.aws/sso/cache/HASH.json, which the AWS CLI and the SDKs share
 *     an authentication type's   the identity's keepsake, and with sso_oidc_cache=1 a file of the
 *                                driver's own (auth/token_cache.h)
 *
 * The AWS CLI's file is replaced as botocore does it: written beside its place, 0600, and renamed.
 * Nothing is made where the AWS CLI has left none. Storing that fails is logged and no fault: the
 * token works all the same. I/O thread; the files are small and local.
 */
#ifndef ATHENA_AUTH_SSO_STORE_H
#define ATHENA_AUTH_SSO_STORE_H

#include <stdbool.h>

#include "auth/sign_in.h"
#include "auth/token_cache.h"
#include "aws/sso_token.h"
#include "base/buf.h"

struct sso_store {
    char path[512];           /* the AWS CLI's file; "": it is not there that tokens are kept */
    struct buf *keepsake;     /* NULL with path */
    struct token_cache cache; /* no home: none */
};

/* The place of a profile's token: key is the session's name or the start URL. HY001, 28000. */
enum status sso_store_of_profile(struct sso_store *s, const char *home, const char *key,
                                 struct fault *f);

/* The place of a type's token. */
void sso_store_of_type(struct sso_store *s, const struct sign_in *in);

/* False when there is none that can be read. *t is replaced. */
bool sso_store_load(const struct sso_store *s, struct sso_token *t);

void sso_store_save(const struct sso_store *s, const struct sso_token *t);

#endif
