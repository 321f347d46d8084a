/*
 * A role is assumed by STS, with its retries: signed (AssumeRole), by a person's or a program's token
 * (AssumeRoleWithWebIdentity), or no role but a session with a code of an MFA device
 * (GetSessionToken). AWS STS API Reference.
 *
 * Part of the search for credentials (auth/search.h). I/O thread.
 */
#ifndef ATHENA_AUTH_ROLE_CALL_H
#define ATHENA_AUTH_ROLE_CALL_H

#include "auth/exchange.h"
#include "auth/wish.h"
#include "aws/credentials.h"
#include "aws/region.h"
#include "aws/sts_codec.h"

/* Zeroed: idle. */
struct role_call {
    struct exchange exchange;
};

struct role_wish {
    const struct search_wish *search;
    const struct endpoint *sts;
    const struct aws_credentials *with; /* who asks; NULL when the request has a token */
    const char *origin;                 /* "profile x": who wants it, for messages; copied */
    struct sts_assume_role request;     /* copied; a session name is made up unless it has one */
};

/* Asks. What wish points to, but for what is copied, is borrowed until the call is cleared. */
enum status role_call_start(struct role_call *c, struct op *owner, const struct role_wish *wish,
                            struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: *out are the role's keys, which the caller clears; ST_ERR: f, 28000 when STS
 * refuses, with what may be done about it, 08xxx when it cannot be reached.
 */
enum status role_call_ready(struct role_call *c, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);

/* Ends it; idle again. */
void role_call_clear(struct role_call *c) RUNS_ON(io_thread);

#endif
