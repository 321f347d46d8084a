/* Waiting for rows. See refill.h. */
#include "ops/refill.h"

#include <stdlib.h>

#include "engine/engine.h"

static enum status give_up(struct refill *r)
{
    bool is_late = op_cancelled(&r->op) == OP_TIMED_OUT;

    return fault_set(&r->op.fault, is_late ? SQLSTATE_HYT00 : SQLSTATE_HY008, 0,
                     is_late ? "fetching rows: the query time-out has expired"
                             : "fetching rows: cancelled by the application");
}

static bool is_pausing(struct refill *r) RUNS_ON(io_thread);
static bool is_pausing(struct refill *r)
{
    if (r->pause_ms && !r->has_begun) timer_start(&r->pause, &r->op, r->pause_ms);
    r->has_begun = true;
    if (op_cancelled(&r->op)) timer_stop(&r->pause, r->op.engine);
    return timer_ready(&r->pause) == ST_WAIT;
}

static enum status refill_advance(struct op *op)
{
    struct refill *r = container_of(op, struct refill, op);
    enum status st = ST_OK;

    engine_assert();
    if (is_pausing(r)) return ST_WAIT;
    query_set_reader(r->query, op);
    rows_gather(r->rows, r->want);
    if (r->rows->in_hand < r->want && r->rows->more == ROWS_MORE) {
        if (!op_cancelled(op)) return ST_WAIT;
        st = give_up(r);
    }
    query_set_reader(r->query, NULL);
    return st;
}

static void refill_free(struct op *op)
{
    struct refill *r = container_of(op, struct refill, op);

    op_release(&r->query->op);
    free(r);
}

struct refill *refill_new(struct query *q, size_t want)
{
    struct refill *r = calloc(1, sizeof *r);

    if (!r) return NULL;
    op_init(&r->op, q->op.engine, refill_advance, refill_free);
    op_hold(&q->op);
    r->query = q;
    r->rows = q->out.rows;
    r->want = want;
    return r;
}
