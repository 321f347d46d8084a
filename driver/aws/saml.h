/*
 * What a SAML response says of roles, and how it is turned into keys (AWS IAM User Guide, "Configure
 * SAML assertions for the authentication response"; AWS Lake Formation API Reference).
 *
 * Pure. Any thread. An assertion is a secret: it is never quoted.
 */
#ifndef ATHENA_AWS_SAML_H
#define ATHENA_AWS_SAML_H

#include <stddef.h>
#include <stdint.h>

#include "aws/credentials.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"

enum { SAML_BYTES_MAX = 1 << 20, SAML_DEPTH_MAX = 100, SAML_ROLES_MAX = 256 };

/* A role that may be assumed, and the identity provider that says so. */
struct saml_role {
    const char *role_arn, *provider_arn;
};

struct saml_roles {
    const struct saml_role *items; /* in the order of the assertion; in the arena */
    size_t count;
};

/*
 * The roles of a SAML response in base64 (blanks in it are skipped): the values of the attribute
 * https://aws.amazon.com/SAML/Attributes/Role, two ARNs in either order with a comma between. 28000
 * when it is no such response, is too large or too deep, says that signing in failed, or names no role.
 */
enum status saml_read_roles(struct saml_roles *roles, struct arena *a, const char *assertion,
                            size_t bytes, struct fault *f);

/* The preferred role (NULL or "": the first). 28000, with those there are, when it is not offered. */
enum status saml_choose_role(const struct saml_role **role, const struct saml_roles *roles,
                             const char *preferred, struct fault *f);

/* Lake Formation's AssumeDecoratedRoleWithSAML: the JSON asked with, and that of the answer. */
void saml_write_decorated_role(struct buf *b, const struct saml_role *role, const char *assertion,
                               int64_t duration_s);
/* 08S01 for an answer that is not what was asked for. */
enum status saml_parse_decorated_role(struct aws_credentials *c, const char *body, size_t bytes,
                                      struct fault *f);

#endif
