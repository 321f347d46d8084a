/*
 * STS in bytes: the form body of a request, the XML of its answer (AWS STS API Reference).
 *
 * POST / with Content-Type FORM_CONTENT_TYPE (aws/form.h). Pure. Any thread.
 */
#ifndef ATHENA_AWS_STS_CODEC_H
#define ATHENA_AWS_STS_CODEC_H

#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

/* NULL: not given. */
struct sts_assume_role {
    const char *role_arn; /* NULL: no role, but a session of the keys that sign (GetSessionToken) */
    const char *session_name;
    const char *external_id;
    const char *serial_number, *token_code; /* of an MFA device */
    const char *context_provider, *context; /* who a person is, and who vouches for it */
    const char *web_identity_token;         /* AssumeRoleWithWebIdentity: not signed */
    int64_t duration_s;                     /* 0: leave it to STS */
};

/* Not signed: the assertion says who asks. */
struct sts_assume_role_with_saml {
    const char *role_arn, *provider_arn;
    const char *assertion; /* base64 */
    int64_t duration_s;    /* 0: leave it to STS */
};

struct sts_identity {
    const char *arn, *user_id, *account; /* never NULL */
};

void sts_write_caller_identity(struct buf *b);
/* GetSessionToken, AssumeRoleWithWebIdentity or AssumeRole, as the request has it. */
void sts_write_assume_role(struct buf *b, const struct sts_assume_role *request);
void sts_write_assume_role_with_saml(struct buf *b,
                                     const struct sts_assume_role_with_saml *request);

/* Faults: 08S01 for an answer that is not what was asked for, HY001. */
enum status sts_parse_caller_identity(struct sts_identity *id, struct arena *a, const char *body,
                                      size_t bytes, struct fault *f);
/* Of each of the AssumeRole... operations. */
enum status sts_parse_assume_role(struct aws_credentials *c, const char *body, size_t bytes,
                                  struct fault *f);

#endif
