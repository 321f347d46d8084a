/*
 * JSON web tokens (RFC 7519), as far as one who merely hands them on looks into them.
 *
 * Signatures are not verified: that is for those who act on a token. Pure. Any thread.
 */
#ifndef ATHENA_AWS_JWT_H
#define ATHENA_AWS_JWT_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Appends the claims of a signed token: JSON, of whatever is in there. False when it has not three
 * parts, the second no base64, or the buffer has failed. What is read may be secret: the buffer's
 * owner wipes it.
 */
bool jwt_read_claims(struct buf *out, const char *token);

#endif
