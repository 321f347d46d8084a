/*
 * What Entra ID (Azure AD) gives for requested_token_type=urn:ietf:params:oauth:token-type:saml2: a
 * SAML assertion in base64 for URLs, which AWS takes in a response around it.
 *
 * Pure. Any thread. Both are secret: the buffer's owner wipes it.
 */
#ifndef ATHENA_AWS_AZURE_TOKEN_H
#define ATHENA_AWS_AZURE_TOKEN_H

#include <stdbool.h>

#include "base/buf.h"

#define AZURE_SAML_TOKEN "urn:ietf:params:oauth:token-type:saml2"

/* Appends the response, in base64. False when the token is no assertion, and when out has failed. */
bool azure_token_wrap(struct buf *out, const char *token);

#endif
