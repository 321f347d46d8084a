/*
 * Rowsets. See fetch.h for the rule of the row that is held back.
 *
 *     enter     the rowset before is dropped, bindings are checked     nothing is consumed on error
 *     settle    rows gathered; too few and more may come: a refill     may end in ST_WAIT
 *     deliver   converted into the bound buffers, counted
 *
 * Of k rows in hand with more to come, a rowset of n is delivered when k > n, so that k - n >= 1 row
 * is there for the next call to end with. Otherwise a refill for n + 1 is waited for, and k >= 1
 * lets that call end in SQL_SUCCESS whatever happens: what happened is kept in s->late_fault for the
 * call that follows. Only SQL_ATTR_MAX_ROWS, behind which nothing is fetched, needs no row more.
 *
 * A cancel that finds a single row in hand has to deliver it and leaves none. Calls after that one
 * cannot be deferred: they repeat the fault, at once, until a row has arrived.
 */
#include "exec/fetch.h"

#include "base/clock.h"
#include "exec/await.h"
#include "exec/plan.h"
#include "exec/rowset.h"
#include "ops/refill.h"

struct next {
    struct rowset rowset;
    size_t limit; /* rows to deliver at most */
    size_t want;  /* rows to have in hand before delivering, unless no more come */
};

/* How many rows the next rowset may have, and how many must be in hand for it. */
static void measure(const struct stmt *s, struct next *n)
{
    const uint64_t delivered = s->rowset_first - 1;

    n->limit = n->rowset.size < ROWSET_MAX ? (size_t)n->rowset.size : ROWSET_MAX;
    n->want = n->limit + 1;
    if (s->attr.max_rows) {
        const uint64_t left = s->attr.max_rows > delivered ? s->attr.max_rows - delivered : 0;

        if (left <= n->limit) n->limit = n->want = (size_t)left;
    }
}

static bool is_settled(const struct stmt *s, const struct next *n)
{
    return s->rows->in_hand >= n->want || s->rows->more != ROWS_MORE;
}

/* What a former, deferred fetch could not say. */
static SQLRETURN tell_late_fault(struct stmt *s)
{
    SQLRETURN rc = diag_fault(&s->base.diag, &s->late_fault);

    rows_gather(s->rows, (size_t)s->rowset_count + 1);
    if (s->rows->in_hand > s->rowset_count || s->rows->more != ROWS_MORE) {
        fault_clear(&s->late_fault);
    }
    return rc;
}

static SQLRETURN enter(struct stmt *s)
{
    SQLRETURN rc;

    if (s->state != STMT_CURSOR) {
        return diag_push(&s->base.diag, SQLSTATE_24000, 0, "no cursor is open on this statement");
    }
    if (fault_is_set(&s->late_fault)) return tell_late_fault(s);
    rc = plan_make(s);
    if (rc) return rc;
    rows_drop(s->rows, (size_t)s->rowset_count);
    s->rowset_first += s->rowset_count;
    s->rowset_count = s->rowset_row = 0;
    s->getdata_column = 0;
    return SQL_SUCCESS;
}

static enum status settle(struct stmt *s, const struct next *n, struct fault *f)
{
    SQLUSMALLINT function = n->rowset.function;
    enum status st = ST_OK;

    if (!s->refill) {
        rows_gather(s->rows, n->want);
        if (is_settled(s, n)) return ST_OK;
        if (s->rows->in_hand == 0) function = 0; /* nothing to end a deferred call with */
        st = rowset_start_refill(s, n->want, 0, CLOCK_NEVER, f);
        if (st) return st;
    }
    st = await(s, function, &s->refill->op);
    return st == ST_WAIT ? st : rowset_end_refill(s, st, f);
}

/* How many of the rows in hand make the rowset. */
static size_t count_rows(const struct stmt *s, const struct next *n)
{
    const size_t in_hand = s->rows->in_hand;

    if (in_hand >= n->want) return n->limit;
    if (s->rows->more != ROWS_MORE) return in_hand < n->limit ? in_hand : n->limit;
    return in_hand > 1 ? in_hand - 1 : in_hand; /* the wait was cut short */
}

/* No row is left, or none that may be given out. */
static SQLRETURN end(struct stmt *s, const struct next *n)
{
    rowset_tell_counts(&n->rowset, 0);
    s->is_past_end = true;
    if (s->rows->more == ROWS_FAILED && n->limit > 0) {
        return diag_fault(&s->base.diag, &s->rows->fault);
    }
    return SQL_NO_DATA;
}

static SQLRETURN deliver(struct stmt *s, const struct next *n)
{
    const size_t count = count_rows(s, n);

    return count ? rowset_deliver(s, &n->rowset, count) : end(s, n);
}

SQLRETURN exec_fetch(struct stmt *s, SQLUSMALLINT function, SQLULEN rowset_size,
                     SQLULEN *rows_fetched, SQLUSMALLINT *row_status)
{
    struct next n = {
        .rowset.function = function,
        .rowset.size = rowset_size ? rowset_size : 1,
        .rowset.was_deferred = s->pending != 0,
    };
    const struct rowset *r = &n.rowset;
    SQLRETURN rc = r->was_deferred ? SQL_SUCCESS : enter(s);
    struct fault fault;

    if (rc) return rc;
    n.rowset.rows_fetched = rows_fetched;
    n.rowset.row_status = row_status;
    fault_clear(&fault); /* no initialiser: its kilobyte would be zeroed for each row */
    measure(s, &n);
    if (!row_status && !r->was_deferred && !plan_status(s, n.limit)) {
        return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for a rowset of %zu rows",
                         n.limit);
    }
    switch (settle(s, &n, &fault)) {
    case ST_WAIT:
        return SQL_STILL_EXECUTING;
    case ST_OK:
        break;
    case ST_ERR:
        if (!r->was_deferred) return diag_fault(&s->base.diag, &fault);
        fault_copy(&s->late_fault, &fault);
        break;
    }
    if (r->was_deferred) rowset_plan_again(s);
    return deliver(s, &n);
}
