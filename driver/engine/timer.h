/*
 * Waiting for a point in time: an entry of the engine's timer heap.
 *
 * Embedded in an operation; wakes it. Arming allocates nothing and cannot fail. I/O thread only.
 */
#ifndef ATHENA_ENGINE_TIMER_H
#define ATHENA_ENGINE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/thread.h"

struct engine;
struct op;

struct timer {
    struct op *owner; /* woken when due; NULL: call due_fn instead */
    void (*due_fn)(struct timer *t);
    int64_t due_ms;
    bool is_armed;

    /* private to timer.c: a node of a pairing heap */
    struct timer *child;  /* first of the later ones below */
    struct timer *next;   /* the next child of the same parent */
    struct timer *before; /* the previous child, or the parent when there is none */
};

/* A zeroed struct timer is a disarmed one. Arms it (or moves it) to delay_ms from now. */
void timer_start(struct timer *t, struct op *owner, int64_t delay_ms) RUNS_ON(io_thread);

/* The same for a timer that belongs to no operation: due_fn is called on the I/O thread. */
void timer_call(struct timer *t, struct engine *e, int64_t delay_ms,
                void (*due_fn)(struct timer *t)) RUNS_ON(io_thread);

/* ST_WAIT while armed, ST_OK when due or never armed. */
enum status timer_ready(const struct timer *t) RUNS_ON(io_thread);

/* I/O thread; any thread when the timer is not armed, which then does nothing. */
void timer_stop(struct timer *t, struct engine *e);

#endif
