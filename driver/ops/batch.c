/*
 * Batches. See batch.h.
 *
 *     WAITS -> RUNS -> HELD -> OPENS -> DONE
 *              |  ^              |
 *              |  |              |
 *              | AGAIN           +----> FAILED
 *              |  ^                      ^
 *              +--+----------------------+
 *
 * AGAIN is a query whose commit collided with another's: nothing is started until all that run have
 * run; then these are, one at a time, before any that has not been started yet.
 * A query that writes is let go as soon as it has run: its answer is a number. Of the others the
 * first BATCH_OPEN_MAX that have not failed are opened, in order.
 */
#include "ops/batch.h"

#include <stdlib.h>
#include <string.h>

#include "base/ascii.h"
#include "engine/engine.h"

enum state { WAITS, RUNS, HELD, OPENS, AGAIN, DONE, FAILED };

/*
 * A reason that is in the values: data exceptions, violated constraints, a subquery of many rows; not
 * a list of columns that does not fit (21S01).
 */
static bool is_of_one_set(enum sqlstate state)
{
    static const char *const classes[] = {"22", "23", "21000", NULL};
    const char *code = sqlstate_code(state);

    for (size_t i = 0; classes[i]; i++) {
        if (strncmp(code, classes[i], strlen(classes[i])) == 0) return true;
    }
    return false;
}

static void activate(struct batch *b, size_t i, enum state state) RUNS_ON(io_thread);
static void activate(struct batch *b, size_t i, enum state state)
{
    b->io.states[i] = (unsigned char)state;
    b->io.active[b->io.active_count++] = i;
    if (state == RUNS) b->io.running_count++;
}

/*
 * A commit that was refused because of another and has left nothing behind. Iceberg also tells of
 * commits of which it does not know: "Cannot determine whether the commit was successful".
 */
static bool has_collided(const struct query *q)
{
    return q->op.fault.state == SQLSTATE_40001 && q->out.execution &&
           !ascii_contains(q->out.execution->state_change_reason, "cannot determine");
}

static bool may_run_again(const struct batch *b, size_t i) RUNS_ON(io_thread);
static bool may_run_again(const struct batch *b, size_t i)
{
    return b->in.at_once > 1 && !b->io.has_stopped && !(b->out.again && b->out.again[i]) &&
           has_collided(b->in.queries[i]);
}

/* The first of those that collided together is the one that tells of it. */
static void put_back(struct batch *b, size_t i) RUNS_ON(io_thread);
static void put_back(struct batch *b, size_t i)
{
    b->io.states[i] = AGAIN;
    if (b->io.again_count++ == 0 && b->io.at_once > 1) b->io.at_once /= 2;
}

static void fail(struct batch *b, size_t i) RUNS_ON(io_thread);
static void fail(struct batch *b, size_t i)
{
    if (may_run_again(b, i)) {
        put_back(b, i);
        return;
    }
    b->io.states[i] = FAILED;
    if (!is_of_one_set(b->in.queries[i]->op.fault.state)) b->io.has_stopped = true;
}

/* What has become of an active query; whether it goes on being active. */
static bool look_at(struct batch *b, size_t i) RUNS_ON(io_thread);
static bool look_at(struct batch *b, size_t i)
{
    struct query *q = b->in.queries[i];
    const bool was_running = b->io.states[i] == RUNS;
    const enum status st = op_poll(&q->op);

    if (st == ST_WAIT && !(was_running && query_has_run(q))) return true;
    if (was_running) b->io.running_count--;
    if (st == ST_WAIT) {
        b->io.states[i] = query_is_writing(q) ? OPENS : HELD;
        if (b->io.states[i] == OPENS) query_let_go(q);
        return b->io.states[i] == OPENS;
    }
    if (st == ST_ERR) {
        fail(b, i);
    } else {
        b->io.states[i] = DONE;
    }
    return false;
}

static void look_at_all(struct batch *b) RUNS_ON(io_thread);
static void look_at_all(struct batch *b)
{
    size_t kept = 0;

    for (size_t k = 0; k < b->io.active_count; k++) {
        const size_t i = b->io.active[k];

        if (look_at(b, i)) b->io.active[kept++] = i;
    }
    b->io.active_count = kept;
}

static void open_results(struct batch *b) RUNS_ON(io_thread);
static void open_results(struct batch *b)
{
    for (; b->out.next < b->out.started && b->io.opened < BATCH_OPEN_MAX; b->out.next++) {
        const size_t i = b->out.next;

        if (b->io.states[i] == RUNS || b->io.states[i] == AGAIN) {
            return; /* it comes before those behind it */
        }
        if (b->io.states[i] != HELD) continue;
        query_let_go(b->in.queries[i]);
        activate(b, i, OPENS);
        b->io.opened++;
    }
}

static void start(struct batch *b, size_t i) RUNS_ON(io_thread);
static void start(struct batch *b, size_t i)
{
    struct query *q = b->in.queries[i];

    query_set_parent(q, &b->op);
    op_submit(&q->op);
    if (op_poll(&q->op) == ST_WAIT) {
        activate(b, i, RUNS);
    } else {
        fail(b, i); /* the process is ending */
    }
}

/* A new query in the place of one that is over. False: no memory. */
static bool replace(struct batch *b, size_t i) RUNS_ON(io_thread);
static bool replace(struct batch *b, size_t i)
{
    struct query *old = b->in.queries[i], *again;

    if (!b->out.again) b->out.again = calloc(b->in.count, sizeof(*b->out.again));
    again = b->out.again ? query_again(old) : NULL;
    if (!again) return false;
    query_set_parent(old, NULL);
    op_release(&old->op);
    op_hold(&again->op);
    b->in.queries[i] = b->out.again[i] = again;
    return true;
}

/* The first of those that are to be run once more. */
static void start_again(struct batch *b) RUNS_ON(io_thread);
static void start_again(struct batch *b)
{
    size_t i = 0;

    while (b->io.states[i] != AGAIN)
        i++;
    b->io.again_count--;
    if (replace(b, i)) {
        start(b, i);
    } else {
        b->io.states[i] = FAILED;
        b->io.has_stopped = true;
    }
}

static void start_some(struct batch *b) RUNS_ON(io_thread);
static void start_some(struct batch *b)
{
    while (b->io.again_count && !b->io.running_count && !b->io.has_stopped)
        start_again(b);
    while (!b->io.again_count && !b->io.has_stopped && b->out.started < b->in.count &&
           b->io.running_count < b->io.at_once) {
        start(b, b->out.started++);
    }
}

static void stop_all(struct batch *b) RUNS_ON(io_thread);
static void stop_all(struct batch *b)
{
    const bool is_late = op_cancelled(&b->op) == OP_TIMED_OUT;

    b->io.has_stopped = true;
    for (size_t k = 0; k < b->io.active_count; k++) {
        struct op *op = &b->in.queries[b->io.active[k]]->op;

        if (is_late) {
            op_expire(op);
        } else {
            op_cancel(op);
        }
    }
}

static void release_queries(struct batch *b)
{
    for (size_t i = 0; i < b->in.count; i++) {
        if (b->in.queries[i]) op_release(&b->in.queries[i]->op);
        b->in.queries[i] = NULL;
    }
}

/* Nobody is woken any more, whatever becomes of the queries; the memory of each is their owner's. */
static void leave(struct batch *b) RUNS_ON(io_thread);
static void leave(struct batch *b)
{
    for (size_t i = 0; i < b->out.started; i++)
        query_set_parent(b->in.queries[i], NULL);
    release_queries(b);
}

static bool has_been_cut_short(const struct batch *b) RUNS_ON(io_thread);
static bool has_been_cut_short(const struct batch *b)
{
    if (!op_cancelled(&b->op)) return false;
    if (b->out.started < b->in.count || b->io.again_count) return true;
    for (size_t i = 0; i < b->in.count; i++) {
        const enum sqlstate why = b->in.queries[i]->op.fault.state;

        if (b->io.states[i] == FAILED && (why == SQLSTATE_HY008 || why == SQLSTATE_HYT00)) {
            return true;
        }
    }
    return false;
}

static enum status finish(struct batch *b) RUNS_ON(io_thread);
static enum status finish(struct batch *b)
{
    const bool is_late = op_cancelled(&b->op) == OP_TIMED_OUT;
    const bool is_cut_short = has_been_cut_short(b);

    leave(b);
    if (!is_cut_short) return ST_OK;
    return fault_set(&b->op.fault, is_late ? SQLSTATE_HYT00 : SQLSTATE_HY008, 0,
                     is_late ? "running the query for each set of parameters: the query time-out "
                               "has expired; what ran was stopped"
                             : "running the query for each set of parameters: cancelled by the "
                               "application");
}

static enum status batch_advance(struct op *op)
{
    struct batch *b = container_of(op, struct batch, op);

    engine_assert();
    if (op_cancelled(op)) stop_all(b);
    look_at_all(b);
    start_some(b);
    open_results(b);
    return b->io.active_count ? ST_WAIT : finish(b);
}

static void batch_free(struct op *op)
{
    struct batch *b = container_of(op, struct batch, op);

    release_queries(b);
    for (size_t i = 0; b->out.again && i < b->in.count; i++) {
        if (b->out.again[i]) op_release(&b->out.again[i]->op);
    }
    free(b->out.again);
    free(b->in.queries);
    free(b->io.states);
    free(b->io.active);
    free(b);
}

struct batch *batch_new(struct engine *e, struct query *const *queries, size_t count,
                        unsigned at_once)
{
    struct batch *b = calloc(1, sizeof *b);

    if (!b) return NULL;
    op_init(&b->op, e, batch_advance, batch_free);
    b->in.at_once = b->io.at_once = at_once;
    b->in.queries = calloc(count, sizeof(*b->in.queries));
    b->io.states = calloc(count, sizeof *b->io.states);
    b->io.active = calloc(count, sizeof *b->io.active);
    if (!b->in.queries || !b->io.states || !b->io.active) {
        op_release(&b->op);
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        b->in.queries[i] = queries[i];
        op_hold(&queries[i]->op);
    }
    b->in.count = count;
    return b;
}
