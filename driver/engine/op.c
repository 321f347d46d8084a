/*
 * Operations: submission, the one end, and everybody who wants to know of it.
 *
 *     idle --op_submit()--> submitted --advance says so, or the engine ends--> done
 *
 * References: one the creator's, one the engine's while submitted, one for mail on its way. The
 * mail is embedded, so that waking up allocates nothing and several wake-ups collapse into one.
 *
 * The end is made visible under op->lock, together with taking on_done: whoever asks to be told
 * either comes before, and is told, or after, and sees that it is done.
 *
 * After a fork() the child has copies of operations that nobody runs: they end with a fault when
 * they are looked at. Their locks may have been held by a thread that the child does not have, so
 * none is taken there.
 */
#include "engine/op.h"

#include <assert.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/loop.h"

static void receive(struct mail *m);

void op_init(struct op *op, struct engine *engine, op_advance_fn *advance, op_free_fn *free)
    NO_THREAD_CHECK
{
    op->engine = engine;
    op->advance = advance;
    op->free = free;
    op->deadline_ms = CLOCK_NEVER;
    fault_clear(&op->fault);
    log_subject_inherit(&op->log);
    op->process = getpid();
    atomic_init(&op->references, 1);
    atomic_init(&op->cancel, OP_GO_ON);
    atomic_init(&op->phase, OP_IDLE);
    atomic_init(&op->result, ST_WAIT);
    atomic_init(&op->is_posted, false);
    op->mail = (struct mail){NULL, receive};
    mutex_init(&op->lock);
    cond_init(&op->changed);
    op->on_done = NULL;
    op->on_done_context = NULL;
    op->is_telling = false;
    list_init(&op->ready);
    list_init(&op->live);
    op->deadline = (struct timer){0};
}

static bool is_ours(const struct op *op)
{
    return op->process == getpid();
}

static bool is_done(const struct op *op)
{
    return atomic_load_explicit(&op->phase, memory_order_acquire) == OP_DONE;
}

/* ---- references ---- */

void op_hold(struct op *op)
{
    atomic_fetch_add_explicit(&op->references, 1, memory_order_relaxed);
}

void op_release(struct op *op)
{
    if (op == NULL) return;
    if (atomic_fetch_sub_explicit(&op->references, 1, memory_order_acq_rel) != 1) return;
    if (is_ours(op)) {
        cond_clear(&op->changed);
        mutex_clear(&op->lock);
    }
    log_subject_leave(&op->log);
    op->free(op);
}

/* ---- the end ---- */

static void tell(struct op *op, op_done_fn *done, void *context)
{
    done(context);
    mutex_lock(&op->lock);
    op->is_telling = false;
    cond_broadcast(&op->changed);
    mutex_unlock(&op->lock);
}

static void set_done(struct op *op, enum status result)
{
    op_done_fn *done;
    void *context;

    mutex_lock(&op->lock);
    atomic_store_explicit(&op->result, (int)result, memory_order_relaxed);
    atomic_store_explicit(&op->phase, OP_DONE, memory_order_release);
    done = op->on_done;
    context = op->on_done_context;
    op->on_done = NULL;
    op->is_telling = done != NULL;
    cond_broadcast(&op->changed);
    mutex_unlock(&op->lock);
    if (done != NULL) tell(op, done, context);
}

static void finish(struct op *op, enum status result) RUNS_ON(io_thread)
{
    if (result == ST_ERR) { /* no effect when advance has said why, as it should have */
        assert(fault_is_set(&op->fault));
        fault_set(&op->fault, SQLSTATE_HY000, 0, "the operation failed without saying why");
    }
    timer_stop(&op->deadline, op->engine);
    list_remove(&op->ready);
    list_remove(&op->live);
    set_done(op, result);
    op_release(op); /* the engine's reference */
}

void op_run(struct op *op)
{
    const struct log_subject *outer = log_about(&op->log);
    enum status result = op->advance(op);

    log_about(outer);
    if (result != ST_WAIT) finish(op, result);
}

void op_drop(struct op *op)
{
    fault_set(&op->fault, SQLSTATE_HY008, 0,
              "the operation was cancelled: the last connection was closed while it ran");
    finish(op, ST_ERR);
}

/* ---- submission and waking ---- */

static void time_out(struct timer *t)
{
    struct op *op = container_of(t, struct op, deadline);
    int go_on = OP_GO_ON;

    engine_assert();
    atomic_compare_exchange_strong(&op->cancel, &go_on, OP_TIMED_OUT);
    op_wake(op);
}

static void begin(struct op *op) RUNS_ON(io_thread)
{
    list_append(&op->engine->live, &op->live);
    if (op->deadline_ms == CLOCK_NEVER) return;
    timer_call(&op->deadline, op->engine, op->deadline_ms - clock_now_ms(), time_out);
}

static void receive(struct mail *m)
{
    struct op *op = container_of(m, struct op, mail);

    engine_assert();
    atomic_store(&op->is_posted, false); /* first: a wake-up from now on is new mail */
    if (!is_done(op)) {
        if (list_is_empty(&op->live)) begin(op);
        op_wake(op);
    }
    op_release(op); /* the mail's reference */
}

static void post(struct op *op)
{
    if (atomic_exchange(&op->is_posted, true)) return;
    op_hold(op);
    mailbox_post(&op->engine->mailbox, &op->mail);
}

/*
 * The child of a fork() met an operation of its parent, or tried to start one with its engine; or
 * the process is ending and somebody still starts one.
 */
static void end_without_engine(struct op *op)
{
    fault_set(&op->fault, SQLSTATE_HY000, 0, "%s",
              op->engine->process == getpid()
                  ? "the process is ending"
                  : "this process was forked after connecting; connect again");
    atomic_store(&op->result, ST_ERR);
    atomic_store(&op->phase, OP_DONE);
}

void op_submit(struct op *op)
{
    int idle = OP_IDLE;

    if (!engine_is_usable(op->engine)) {
        end_without_engine(op);
        return;
    }
    if (!atomic_compare_exchange_strong(&op->phase, &idle, OP_SUBMITTED)) {
        assert(idle == OP_IDLE); /* an operation is submitted once */
        return;
    }
    op_hold(op);
    post(op);
}

void op_wake(struct op *op)
{
    if (list_is_empty(&op->live) || !list_is_empty(&op->ready)) return;
    list_append(&op->engine->ready, &op->ready);
}

void op_wake_from_anywhere(struct op *op)
{
    if (atomic_load(&op->phase) == OP_SUBMITTED && is_ours(op)) post(op);
}

static void ask_for_end(struct op *op, enum op_cancel why)
{
    int go_on = OP_GO_ON;

    if (is_done(op)) return;
    atomic_compare_exchange_strong(&op->cancel, &go_on, (int)why);
    op_wake_from_anywhere(op);
}

void op_cancel(struct op *op)
{
    ask_for_end(op, OP_CANCELLED);
}

void op_expire(struct op *op)
{
    ask_for_end(op, OP_TIMED_OUT);
}

enum op_cancel op_cancelled(const struct op *op)
{
    return (enum op_cancel)atomic_load(&op->cancel);
}

/* ---- waiting ---- */

enum status op_poll(struct op *op)
{
    if (!is_done(op)) {
        if (is_ours(op)) return ST_WAIT;
        end_without_engine(op);
    }
    return (enum status)atomic_load_explicit(&op->result, memory_order_relaxed);
}

enum status op_wait(struct op *op, int64_t deadline_ms)
{
    enum status result = op_poll(op);

    assert(!loop_is_here());
    if (result != ST_WAIT) return result;
    mutex_lock(&op->lock);
    while (!is_done(op) && cond_wait(&op->changed, &op->lock, deadline_ms)) {}
    mutex_unlock(&op->lock);
    return op_poll(op);
}

bool op_on_done(struct op *op, op_done_fn *done, void *context)
{
    bool will_be_told;

    if (op_poll(op) != ST_WAIT) return false;
    mutex_lock(&op->lock);
    will_be_told = !is_done(op);
    if (will_be_told) {
        op->on_done = done;
        op->on_done_context = context;
    }
    mutex_unlock(&op->lock);
    return will_be_told;
}

void op_settle(struct op *op)
{
    if (!is_ours(op) || loop_is_here()) return;
    mutex_lock(&op->lock);
    while (op->is_telling)
        cond_wait(&op->changed, &op->lock, CLOCK_NEVER);
    mutex_unlock(&op->lock);
}
