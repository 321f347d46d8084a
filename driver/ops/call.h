/*
 * One request to AWS, from its turn to an answer: quota, credentials, signature, exchange, retries.
 *
 *   QUEUE -> SIGN_IN -> SEND -> DONE
 *     ^ ^       ^         |
 *     | |       | start   v
 *     | +-------+------ PAUSE      5xx, lost connection, throttled: full jitter, signed afresh
 *     +-------------------+        a start that is throttled, or meets a full queue
 *
 * In QUEUE a call of Athena waits for its turn: StartQueryExecution in the start queue of its
 * identity (ops/start_queue.h), any other for a token of its operation (ops/quota.h).
 *
 * A call is part of an operation and moves only when the operation asks call_ready(); everything
 * it waits for wakes the operation. Expired credentials, a clock that is off and a bucket in
 * another region are each put right once and tried again. I/O thread.
 */
#ifndef ATHENA_OPS_CALL_H
#define ATHENA_OPS_CALL_H

#include "aws/aws_error.h"
#include "aws/retry.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/http.h"
#include "engine/timer.h"
#include "ops/http_way.h"
#include "ops/identity.h"
#include "ops/quota.h"
#include "ops/session.h"
#include "ops/start_queue.h"

enum call_step { CALL_IDLE, CALL_QUEUE, CALL_SIGN_IN, CALL_SEND, CALL_PAUSE, CALL_DONE };

/* How an Athena call behaves; flags. */
enum {
    CALL_WAITS_FOR_THROTTLING = 1, /* however long: the operation has its own time-out */
    CALL_HAS_TOKEN = 2,            /* its owner has taken the token of the first attempt */
    CALL_IS_DDL = 4                /* starts a statement that Athena counts as DDL */
};

/* A piece of an S3 object. Strings are copied. */
struct call_get {
    const char *bucket, *key;
    uint64_t first, last; /* bytes, inclusive */
    const char *if_match; /* ETag; NULL or "": whatever is there */
    http_sink_fn *sink;
    void *sink_context;
};

struct call {
    enum call_step step;
    struct op *owner;
    struct session *session; /* held by the owner */
    const char *doing;       /* "starting the query": how faults begin; static */

    /* what is asked */
    const char *operation; /* of Athena; NULL: S3 GetObject */
    struct buf body;
    struct call_get get;
    size_t max_body_bytes; /* of the answer; set after call_start(); 0: http.h's own limit */
    struct arena arena;    /* holds get's strings */

    /* how it goes */
    struct arena scratch; /* of the attempt in flight */
    struct http http;
    struct timer pause;
    struct identity_waiter waiter;
    struct quota_waiter token;
    struct start_ticket ticket; /* StartQueryExecution */
    enum quota_group group;
    enum start_kind kind;
    unsigned attempts;
    bool waits_for_throttling, has_token;
    bool has_refreshed, has_fixed_clock, has_moved;
    bool was_lost;       /* an attempt has ended without an answer */
    enum http_turn turn; /* how the attempt went, see ops/http_way.h */
    bool was_throttled;  /* an attempt was refused for the rate; its owner may clear it */
    bool may_have_begun; /* an attempt was sent and came to nothing that says it was refused */
    size_t sunk_bytes;   /* body bytes the sink has taken in this attempt */

    struct aws_error error; /* what the service said; all empty when it did not answer */
    struct fault fault;     /* why call_ready() returned ST_ERR */
};

/* A zeroed struct call is idle. Starts an Athena operation; takes body's bytes. */
enum status call_start(struct call *c, struct op *owner, struct session *s, const char *doing,
                       const char *operation, struct buf *body, unsigned flags) RUNS_ON(io_thread);

/*
 * Starts reading a piece of an S3 object into a sink. Once the sink has taken bytes the call does
 * not retry by itself: it fails, and its owner goes on from where it broke.
 */
enum status call_start_get(struct call *c, struct op *owner, struct session *s, const char *doing,
                           const struct call_get *get) RUNS_ON(io_thread);

/*
 * ST_WAIT; ST_OK: a 2xx answer stands in c->http; ST_ERR: c->fault and c->error say why, and
 * c->http.was_too_large, when it is set, that less should be asked for.
 */
enum status call_ready(struct call *c) RUNS_ON(io_thread);

/* The transfer broke in a way that another attempt may mend. After ST_ERR. */
bool call_is_worth_another(const struct call *c) RUNS_ON(io_thread);

/*
 * True while nothing is on its way to the service and what was sent has been refused: ending the call
 * now loses nothing. A call whose answers keep getting lost is given up all the same after some
 * seconds of attempts.
 */
bool call_is_between_attempts(const struct call *c) RUNS_ON(io_thread);

/* Ends it, in any step, and frees what it holds. Idle again. */
void call_clear(struct call *c) RUNS_ON(io_thread);

#endif
