/*
 * How often one identity may call: a token bucket for each of Athena's operations.
 *
 * Quotas are counted by account, region and operation; whoever signs alike shares them. What is
 * assumed at first is what Athena allows every account (a little less burst, so that the service's
 * own bucket is never quite empty when ours is); then each bucket learns (ops/bucket.h).
 *
 * A call waits for its token as part of its operation: it stands in a list, and is woken. No
 * thread, no polling. Those who decide by themselves when to send (watcher, start queue) take
 * tokens without waiting.
 *
 * Thread: made and freed anywhere; the rest on the I/O thread.
 */
#ifndef ATHENA_OPS_QUOTA_H
#define ATHENA_OPS_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/engine.h"
#include "engine/op.h"

enum quota_group {
    QUOTA_START,    /* StartQueryExecution */
    QUOTA_STOP,     /* StopQueryExecution */
    QUOTA_STATUS,   /* GetQueryExecution */
    QUOTA_BATCH,    /* BatchGetQueryExecution */
    QUOTA_RESULTS,  /* GetQueryResults */
    QUOTA_METADATA, /* every other operation, together */
    QUOTA_GROUPS
};

struct quota;
struct quota_line;

/* One that waits for a token; embedded in a call. Zeroed: waits for nothing. */
struct quota_waiter {
    struct list link;
    struct op *owner;
    struct quota_line *line; /* NULL: does not wait */
    bool is_granted;
};

/* NULL: no memory. */
struct quota *quota_new(struct engine *e);
/* Nobody waits any more. NULL is allowed. */
void quota_free(struct quota *q);

/* Which quota an operation of Athena counts against. */
enum quota_group quota_group_of(const char *operation);

/* ST_OK: a token was taken, the call may be sent now. ST_WAIT: owner is woken when it is its turn. */
enum status quota_ready(struct quota *q, enum quota_group group, struct quota_waiter *w,
                        struct op *owner) RUNS_ON(io_thread);

/* Waits no more; a token that was granted and not used goes back. */
void quota_forget(struct quota_waiter *w) RUNS_ON(io_thread);

/* Takes a token now, or does not. */
bool quota_take(struct quota *q, enum quota_group group) RUNS_ON(io_thread);

/* Takes one that may not be there yet: for a call that is sent in any case. */
void quota_charge(struct quota *q, enum quota_group group) RUNS_ON(io_thread);

/* A call now would not be sent at once. */
bool quota_would_wait(struct quota *q, enum quota_group group) RUNS_ON(io_thread);

/* When quota_take() may succeed; milliseconds from now, at least 1. */
int64_t quota_wait_ms(struct quota *q, enum quota_group group) RUNS_ON(io_thread);

/* Calls a second that are allowed at present. */
double quota_rate(const struct quota *q, enum quota_group group) RUNS_ON(io_thread);

/* What came of a call: taken, or refused for its rate (sent at sent_ms). */
void quota_succeeded(struct quota *q, enum quota_group group) RUNS_ON(io_thread);
void quota_throttled(struct quota *q, enum quota_group group, int64_t sent_ms) RUNS_ON(io_thread);

#endif
