/*
 * Where a browser is sent for an authorization code with a proof key (RFC 6749, section 4.1.1; RFC
 * 7636, section 4.3).
 *
 * I/O thread.
 */
#ifndef ATHENA_AUTH_CODE_ADDRESS_H
#define ATHENA_AUTH_CODE_ADDRESS_H

#include "auth/loopback.h"
#include "aws/pkce.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/status.h"

/* A parameter of a provider's own; a list ends at the first without a name. */
struct code_parameter {
    const char *name, *value; /* without a value it is left out */
};

/*
 * The address in a, for the page (which may have a query), with what every provider wants: client_id,
 * response_type, redirect_uri and state of the loopback, which listens, the challenge; then more. The
 * verifier is made, and goes with the code later. HY000 when the system gives no random bits, HY001.
 */
enum status code_address(const char **url, struct arena *a, const char *page, const char *client_id,
                         const struct loopback *l, const struct code_parameter *more,
                         char verifier[PKCE_TEXT_BYTES], struct fault *f);

#endif
