/*
 * A role is assumed with a SAML assertion: AssumeRoleWithSAML of STS, or, with
 * LakeformationEnabled=1, AssumeDecoratedRoleWithSAML of Lake Formation (AWS STS and AWS Lake
 * Formation API References).
 *
 * Which role is preferred_role's business, for how long duration's. Part of the search for credentials
 * (auth/search.h). I/O thread.
 */
#ifndef ATHENA_AUTH_SAML_CALL_H
#define ATHENA_AUTH_SAML_CALL_H

#include <stdbool.h>

#include "auth/exchange.h"
#include "auth/sign_in.h"

/* Zeroed: idle. */
struct saml_call {
    bool is_lake_formation;
    struct exchange exchange;
};

/*
 * Asks. What in points to is borrowed until the call is cleared; the assertion (base64, as it was
 * received) is not. 28000 when the assertion is none or lacks the role.
 */
enum status saml_call_start(struct saml_call *c, const struct sign_in *in,
                            const struct buf *assertion, struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: *out are the role's keys, which the caller clears; ST_ERR: f, 28000 when it is
 * refused, 08xxx when nobody can be reached.
 */
enum status saml_call_ready(struct saml_call *c, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);

/* Ends it; idle again. */
void saml_call_clear(struct saml_call *c) RUNS_ON(io_thread);

#endif
