/*
 * A token of IAM Identity Center together with the client that it was given to, as the AWS CLI and
 * botocore keep it in ~/.aws/sso/cache: one line of JSON in a file that is named by the SHA-1 of the
 * sso-session's name, or of the start URL where there is no session.
 *
 *     {"startUrl": "https://x.awsapps.com/start", "region": "eu-west-1", "accessToken": "...",
 *      "expiresAt": "2026-11-22T12:00:00Z", "clientId": "...", "clientSecret": "...",
 *      "registrationExpiresAt": "2027-02-20T12:00:00Z", "refreshToken": "..."}
 *
 * What is written is what botocore writes, byte for byte. Pure; one owner at a time. Secret: cleared
 * by who owns it, and never in a message.
 */
#ifndef ATHENA_AWS_SSO_TOKEN_H
#define ATHENA_AWS_SSO_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

/* In the order of the file. */
enum sso_field {
    SSO_START_URL,
    SSO_REGION,
    SSO_ACCESS_TOKEN,
    SSO_EXPIRES_AT,
    SSO_CLIENT_ID,
    SSO_CLIENT_SECRET,
    SSO_REGISTRATION_EXPIRES_AT,
    SSO_REFRESH_TOKEN,
    SSO_FIELD_COUNT
};

/* Zeroed: nothing is known. */
struct sso_token {
    char *texts[SSO_FIELD_COUNT]; /* NULL: not there */
};

enum { SSO_CACHE_NAME_BYTES = 46 };

/* The name of the file for a session's name or a start URL. False when libcrypto fails. */
bool sso_cache_name(char name[SSO_CACHE_NAME_BYTES], const char *session_or_url);

/* Replaces a field; NULL or "" takes it away. What was there is wiped. HY001. */
enum status sso_token_set(struct sso_token *t, enum sso_field field, const char *text,
                          struct fault *f);

/* The same for a time, as text. */
enum status sso_token_set_time(struct sso_token *t, enum sso_field field, int64_t wall_s,
                               struct fault *f);

/* Seconds of 1970; 0 when the field is not there or no time. */
int64_t sso_token_time(const struct sso_token *t, enum sso_field field);

/* Whether it holds an access token that is good at wall_s. */
bool sso_token_is_good(const struct sso_token *t, int64_t wall_s);

/* Whether it holds what a new access token can be asked for with at wall_s. */
bool sso_token_is_renewable(const struct sso_token *t, int64_t wall_s);

/* Reads a file; *t is replaced. 28000 when it is no such JSON, or holds no access token; HY001. */
enum status sso_token_read(struct sso_token *t, const char *bytes, size_t count, struct fault *f);

/* Appends the file's content. */
void sso_token_write(struct buf *b, const struct sso_token *t);

/* Wipes and frees; as good as zeroed. */
void sso_token_clear(struct sso_token *t);

#endif
