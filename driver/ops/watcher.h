/*
 * Asks for the state of all running queries of one identity together.
 *
 * BatchGetQueryExecution takes 50 ids, so a thousand running queries cost twenty requests a round.
 * A query is asked about often while it is young and less often as it ages (session->poll_*), and
 * all of them seldom enough for the quota: ten thousand every ten seconds, which is 20 requests a
 * second. One or two alone are asked after by GetQueryExecution, whose quota is five times larger.
 *
 * Batches are also bounded by the size of the answer that is to be expected, since it repeats every
 * query's text. Where IAM denies the batch call, GetQueryExecution is used, and that is remembered.
 *
 * However many are watched, an event costs O(log n) for each query that it concerns.
 *
 * Thread: the I/O thread.
 */
#ifndef ATHENA_OPS_WATCHER_H
#define ATHENA_OPS_WATCHER_H

#include "aws/athena_codec.h"
#include "base/arena.h"
#include "base/fault.h"
#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/op.h"
#include "ops/due_heap.h"
#include "ops/session.h"

struct quota;
struct watcher;

/* One watched query; embedded in its operation. Zeroed: watches nothing. */
struct watched {
    struct due_entry due;    /* in the watcher's heap unless it is being asked after */
    struct watcher *watcher; /* NULL: not watched */
    struct watched **asked;  /* its place in a request that is on its way; NULL: in none */
    struct op *owner;        /* woken at each news */
    struct session *session;
    const char *id;    /* QueryExecutionId, borrowed */
    size_t text_bytes; /* of the query, to foresee the size of an answer */
    int64_t since_ms, interval_ms;

    struct arena arena;                /* holds execution's strings */
    struct athena_execution execution; /* the last that was heard */
    bool is_over;                      /* execution.state is final */
    bool has_failed; /* Athena does not answer for this query; owner->fault says why */
};

/* NULL: no memory. quota is borrowed. */
struct watcher *watcher_new(struct engine *e, struct quota *quota);
/* Watches nothing any more. */
void watcher_free(struct watcher *w);

/* How many queries are watched. */
size_t watcher_count(const struct watcher *w) RUNS_ON(io_thread);

/* Starts watching; owner is woken when something changed. */
enum status watcher_add(struct watched *x, struct op *owner, struct session *s, const char *id,
                        size_t text_bytes, struct fault *f) RUNS_ON(io_thread);

/* ST_WAIT while the query runs; ST_OK when it is over; ST_ERR with owner->fault. */
enum status watcher_ready(const struct watched *x) RUNS_ON(io_thread);

/* Ends watching; what was heard stays. */
void watcher_remove(struct watched *x) RUNS_ON(io_thread);

/* Frees what was heard too. Any thread once stopped. */
void watcher_forget(struct watched *x);

#endif
