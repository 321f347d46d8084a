/*
 * Waiting for a point in time: an entry of the engine's timer heap.
 *
 * Embedded in an operation; wakes it. I/O thread only.
 */
#ifndef ATHENA_ENGINE_TIMER_H
#define ATHENA_ENGINE_TIMER_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/thread.h"
#include "engine/op.h"

struct timer {
    struct op *owner; /* woken when due; NULL: call due_fn instead */
    void (*due_fn)(struct timer *t);
    int64_t due_ms;
    size_t place; /* in the heap, 1-based; 0: not armed */
};

/* A zeroed struct timer is a disarmed one. Arms it (or moves it) to delay_ms from now. */
void timer_start(struct timer *t, struct op *owner, int64_t delay_ms) RUNS_ON(io_thread);

/* The same for a timer that belongs to no operation: due_fn is called on the I/O thread. */
void timer_call(struct timer *t, struct engine *e, int64_t delay_ms,
                void (*due_fn)(struct timer *t)) RUNS_ON(io_thread);

/* ST_WAIT while armed, ST_OK when due or never armed. */
enum status timer_ready(const struct timer *t) RUNS_ON(io_thread);

void timer_stop(struct timer *t, struct engine *e) RUNS_ON(io_thread);

#endif
