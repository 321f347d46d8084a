/*
 * A role is assumed: one AssumeRole of STS, with its retries (AWS STS API Reference).
 *
 *     SEND -> DONE           an answer, or none worth another try
 *      ^ |
 *      | v
 *     PAUSE                  trouble that passes; a clock that is off is corrected once
 *
 * Part of the search for credentials (ops/search.h), which has neither a session nor quotas: hence
 * no struct call. I/O thread.
 */
#ifndef ATHENA_OPS_ROLE_CALL_H
#define ATHENA_OPS_ROLE_CALL_H

#include "aws/creds_profile.h"
#include "aws/credentials.h"
#include "aws/region.h"
#include "aws/sigv4.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/http.h"
#include "engine/op.h"
#include "engine/timer.h"

/* How STS is reached; borrowed by a call until it is cleared. */
struct sts_place {
    const struct http_settings *http;
    const struct endpoint *endpoint;
    unsigned max_retries;
    int64_t *clock_offset_s; /* of AWS's clock against ours; a call may correct it */
};

enum role_step { ROLE_IDLE, ROLE_SEND, ROLE_PAUSE, ROLE_DONE };

/* Zeroed: idle. */
struct role_call {
    enum role_step step;
    struct op *owner;
    const struct sts_place *place;
    const struct aws_credentials *with;
    struct arena arena; /* of the attempt */
    struct buf body;
    char doing[160]; /* "assuming role arn:... of profile x" */
    struct http http;
    struct timer pause;
    struct sigv4_key key;
    unsigned attempts;
    bool has_fixed_clock;
};

/* Asks for the role with credentials that are borrowed until the call is over. */
enum status role_call_start(struct role_call *c, struct op *owner, const struct sts_place *place,
                            const struct creds_role *role, const struct aws_credentials *with,
                            struct fault *f) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: *out are the role's keys, which the caller clears; ST_ERR: f, 28000 when STS
 * refuses, 08xxx when it cannot be reached.
 */
enum status role_call_ready(struct role_call *c, struct aws_credentials *out, struct fault *f)
    RUNS_ON(io_thread);

/* Ends it; idle again. */
void role_call_clear(struct role_call *c) RUNS_ON(io_thread);

#endif
