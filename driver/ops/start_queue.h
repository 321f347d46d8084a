/*
 * Where statements wait for their StartQueryExecution: thousands of them, at the cost of their
 * memory.
 *
 *     connection 1   [ticket] [ticket] [ticket]  \
 *     connection 2   [ticket]                     >  in turn  -->  at most `window` on their way
 *     connection 3   [ticket] [ticket]           /
 *
 * A statement has its turn when a start may be sent: the rate allows it (ops/quota.h), not too many
 * are on their way, and Athena's queue is not known to be full. Connections take turns; those of
 * one connection go in the order they came in. A start that Athena refuses goes back to its place.
 *
 *   OPEN  the window grows with each start that is accepted, up to what the rate and the time an
 *    | ^  answer takes ask for
 *    | '-- a probe was accepted
 *    v     TooManyRequestsException: as many queries are active as the account may have
 *   FULL  one start for each query that ends; when none ends for a while, one start as a probe, and
 *         longer and longer times between probes
 *
 * An identity has a queue for each kind of statement that Athena counts by itself: twenty slow DDL
 * statements do not hold up a SELECT. I/O thread but for new and free.
 */
#ifndef ATHENA_OPS_START_QUEUE_H
#define ATHENA_OPS_START_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/engine.h"
#include "engine/op.h"

struct quota;
struct start_queue;

enum start_kind { START_DML, START_DDL, START_KINDS };

/* The statements of one connection and kind; embedded in its session. */
struct start_line {
    struct list link; /* in the queue, while somebody waits in it */
    struct list waiting;
};

enum start_state { START_NONE, START_WAITS, START_SENT };

/* One statement's place; embedded in its call. Zeroed: not in the queue. */
struct start_ticket {
    struct list link;
    struct start_queue *queue;
    struct start_line *line;
    struct op *owner; /* woken when it is its turn */
    uint64_t number;  /* later ones have higher ones */
    enum start_state state;
    bool is_probe;
};

/* NULL: no memory. quota is borrowed. */
struct start_queue *start_queue_new(struct engine *e, struct quota *quota);
/* Nobody waits any more. NULL is allowed. */
void start_queue_free(struct start_queue *q);

void start_line_init(struct start_line *line);

/* Takes a place at the end of the line, or keeps it. ST_OK: its turn has come, send the start. */
enum status start_queue_ready(struct start_queue *q, struct start_line *line,
                              struct start_ticket *t, struct op *owner) RUNS_ON(io_thread);

/* Athena has accepted what was sent at sent_ms: the ticket is used up. */
void start_queue_accepted(struct start_ticket *t, int64_t sent_ms) RUNS_ON(io_thread);

/* Athena has refused it, for the rate or (is_full) for the number of active queries. */
void start_queue_refused(struct start_ticket *t, bool is_full, int64_t sent_ms) RUNS_ON(io_thread);

/* Gives up the place or the turn, whichever it has. */
void start_queue_leave(struct start_ticket *t) RUNS_ON(io_thread);

/* A query of this identity and kind is active no more. */
void start_queue_query_ended(struct start_queue *q) RUNS_ON(io_thread);

#endif
