/*
 * A role is assumed: one AssumeRole of STS, with its retries (AWS STS API Reference).
 *
 * Part of the search for credentials (auth/search.h). I/O thread.
 */
#ifndef ATHENA_AUTH_ROLE_CALL_H
#define ATHENA_AUTH_ROLE_CALL_H

#include "auth/exchange.h"
#include "auth/wish.h"
#include "aws/creds_profile.h"

/* Zeroed: idle. */
struct role_call {
    struct exchange exchange;
};

/* Asks sts for the role with credentials; both are borrowed until the call is cleared. */
enum status role_call_start(struct role_call *c, struct op *owner, const struct search_wish *wish,
                            const struct endpoint *sts, const struct creds_role *role,
                            const struct aws_credentials *with, struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: *out are the role's keys, which the caller clears; ST_ERR: f, 28000 when STS
 * refuses, 08xxx when it cannot be reached.
 */
enum status role_call_ready(struct role_call *c, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);

/* Ends it; idle again. */
void role_call_clear(struct role_call *c) RUNS_ON(io_thread);

#endif
