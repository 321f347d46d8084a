/*
 * An operation: something an application waits for and the I/O thread does.
 *
 * A concrete operation (ops/query.c, ops/refill.c ...) is a struct that starts with struct op and
 * one advance function. The engine calls advance on the I/O thread after submission and whenever
 * something the operation waits for has happened; it returns ST_WAIT to be called again, ST_OK or
 * ST_ERR (with op->fault set) when it is over, which happens exactly once.
 *
 *     application thread                        I/O thread
 *     op_init, fill in.*, op_submit  ------->   advance ... advance -> ST_OK or ST_ERR
 *     op_wait or op_poll, op_on_done <-------   done: outcome visible, waiters woken, on_done called
 *     op_release                                (the engine lets go of it too)
 *
 * Memory: an operation is counted. op_init gives the first reference to the caller, op_submit takes
 * one for the engine and drops it after the operation is done. The last release calls free, on
 * whichever thread that is.
 *
 * Cancelling sets a flag and wakes the operation; what the flag means is for advance to decide.
 */
#ifndef ATHENA_ENGINE_OP_H
#define ATHENA_ENGINE_OP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/log.h"
#include "base/status.h"
#include "base/thread.h"
#include "engine/mailbox.h"
#include "engine/timer.h"

struct engine;
struct op;

typedef enum status op_advance_fn(struct op *op);
typedef void op_free_fn(struct op *op);
typedef void op_done_fn(void *context);

enum op_cancel {
    OP_GO_ON,
    OP_CANCELLED, /* op_cancel(): the application does not want it any more */
    OP_TIMED_OUT  /* deadline_ms has passed */
};

enum op_phase { OP_IDLE, OP_SUBMITTED, OP_DONE };

struct op {
    struct engine *engine;
    op_advance_fn *advance;
    op_free_fn *free;
    int64_t deadline_ms; /* set before op_submit(); CLOCK_NEVER for none */
    struct fault fault;  /* the I/O thread's until done, then the owner's */
    /* whom its lines in the log are about: whoever has made it; then as fault */
    struct log_subject log;

    /* private to engine/ */
    pid_t process; /* that made it: a fork()ed child only has a copy */
    atomic_int references;
    atomic_int cancel;     /* enum op_cancel */
    atomic_int phase;      /* enum op_phase */
    atomic_int result;     /* enum status, valid once done */
    atomic_bool is_posted; /* mail is on its way */
    struct mail mail;      /* "begin", and "wake up" from anywhere */
    struct mutex lock;
    struct cond changed; /* done, or on_done has returned */
    op_done_fn *on_done UNDER(lock);
    void *on_done_context UNDER(lock);
    bool is_telling UNDER(lock);          /* on_done is being called */
    struct list ready ONLY_ON(io_thread); /* link: waits to be advanced */
    struct list live ONLY_ON(io_thread);  /* link: all submitted operations */
    struct timer deadline ONLY_ON(io_thread);
};

/* Makes an idle operation with one reference, the caller's. No deadline. Any thread. */
void op_init(struct op *op, struct engine *engine, op_advance_fn *advance, op_free_fn *free);

/*
 * Hands the operation to the I/O thread. From now until done only advance touches its io and out
 * parts. When the engine is not usable (after fork) the operation is done at once with a fault.
 * Any thread, the I/O thread included (a query that starts its download).
 */
void op_submit(struct op *op);

/* ST_WAIT until the operation is done, then its result. Any thread; never blocks. */
enum status op_poll(struct op *op);

/* Waits for done until deadline_ms (clock_now_ms); ST_WAIT when that has passed. Not the I/O thread. */
enum status op_wait(struct op *op, int64_t deadline_ms);

/*
 * Asks to be told, once, on the I/O thread, with no lock held, after the operation is done. False,
 * and nothing will be called, when it is done already: so no outcome is missed and none signalled
 * twice. A second call replaces the first; done == NULL takes the wish back, and false then means
 * that the call has been made or is being made. Any thread.
 */
bool op_on_done(struct op *op, op_done_fn *done, void *context);

/*
 * Waits until a call of on_done that is being made has returned, so that its context may be freed:
 * op_on_done(op, NULL, NULL) first, then this. Returns at once on the I/O thread, where the call
 * would be waiting for itself.
 */
void op_settle(struct op *op);

/* Sets the flag and wakes the operation. Any thread, any lock; harmless when done or idle. */
void op_cancel(struct op *op);

/* The same for an operation whose time is measured by another one: as if its deadline had passed. */
void op_expire(struct op *op);

/* What has been asked; sticky. OP_TIMED_OUT and OP_CANCELLED do not replace each other. Any thread. */
enum op_cancel op_cancelled(const struct op *op);

/* Another reference, and one less. NULL is allowed in op_release(). Any thread. */
void op_hold(struct op *op);
void op_release(struct op *op);

/* Has advance called soon; calls collapse. Harmless when the operation is done. */
void op_wake(struct op *op) RUNS_ON(io_thread);

/* The same from any thread, through the mailbox. */
void op_wake_from_anywhere(struct op *op);

#endif
