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

#include "exec/await.h"
#include "exec/execute.h"
#include "exec/plan.h"
#include "ops/refill.h"

/* More rows than memory can hold, few enough that row counts times sizes do not overflow. */
#define ROWSET_MAX (SIZE_MAX / 4096)

struct rowset {
    SQLUSMALLINT function;
    SQLULEN size; /* as asked for; row_status has so many elements */
    SQLULEN *rows_fetched;
    SQLUSMALLINT *row_status;
    size_t limit;      /* rows to deliver at most */
    size_t want;       /* rows to have in hand before delivering, unless no more come */
    bool was_deferred; /* SQL_STILL_EXECUTING has been returned: may not end in SQL_ERROR */
};

/* How many rows the next rowset may have, and how many must be in hand for it. */
static void measure(const struct stmt *s, struct rowset *r)
{
    const uint64_t delivered = s->rowset_first - 1;

    r->limit = r->size < ROWSET_MAX ? (size_t)r->size : ROWSET_MAX;
    r->want = r->limit + 1;
    if (s->attr.max_rows) {
        const uint64_t left = s->attr.max_rows > delivered ? s->attr.max_rows - delivered : 0;

        if (left <= r->limit) r->limit = r->want = (size_t)left;
    }
}

static bool is_settled(const struct stmt *s, const struct rowset *r)
{
    return s->rows->in_hand >= r->want || s->rows->more != ROWS_MORE;
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

/* From now on the rows are the I/O thread's, until the refill is done. */
static enum status start_refill(struct stmt *s, const struct rowset *r, struct fault *f)
{
    if (!s->query) return fault_set(f, SQLSTATE_HY000, 0, "the rows of this result ended early");
    s->refill = refill_new(s->query, r->want);
    if (!s->refill) return fault_no_memory(f);
    exec_set_deadline(s, &s->refill->op);
    op_submit(&s->refill->op);
    return ST_OK;
}

static enum status settle(struct stmt *s, const struct rowset *r, struct fault *f)
{
    SQLUSMALLINT function = r->function;
    enum status st = ST_OK;

    if (!s->refill) {
        rows_gather(s->rows, r->want);
        if (is_settled(s, r)) return ST_OK;
        if (s->rows->in_hand == 0) function = 0; /* nothing to end a deferred call with */
        st = start_refill(s, r, f);
        if (st) return st;
    }
    st = await(s, function, &s->refill->op);
    if (st == ST_WAIT) return st;
    if (st == ST_ERR) fault_copy(f, &s->refill->op.fault);
    op_release(&s->refill->op);
    s->refill = NULL;
    return st;
}

/* How many of the rows in hand make the rowset. */
static size_t count_rows(const struct stmt *s, const struct rowset *r)
{
    const size_t in_hand = s->rows->in_hand;

    if (in_hand >= r->want) return r->limit;
    if (s->rows->more != ROWS_MORE) return in_hand < r->limit ? in_hand : r->limit;
    return in_hand > 1 ? in_hand - 1 : in_hand; /* the wait was cut short */
}

static void tell_counts(const struct rowset *r, size_t count)
{
    if (r->rows_fetched) *r->rows_fetched = count;
    for (SQLULEN row = count; r->row_status && row < r->size; row++) {
        r->row_status[row] = SQL_ROW_NOROW;
    }
}

/* No row is left, or none that may be given out. */
static SQLRETURN end(struct stmt *s, const struct rowset *r)
{
    tell_counts(r, 0);
    s->is_past_end = true;
    if (s->rows->more == ROWS_FAILED && r->limit > 0) {
        return diag_fault(&s->base.diag, &s->rows->fault);
    }
    return SQL_NO_DATA;
}

static SQLRETURN judge(struct stmt *s, const struct rowset *r, size_t count,
                       const struct plan_outcome *outcome)
{
    if (outcome->bad_rows == count) {
        if (!r->was_deferred) return SQL_ERROR;
        fault_copy(&s->late_fault, &outcome->first_error); /* so that nobody overlooks it */
    }
    if (outcome->bad_rows || outcome->has_warnings) return SQL_SUCCESS_WITH_INFO;
    return fault_is_set(&s->late_fault) && s->base.diag.count ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

static SQLRETURN deliver(struct stmt *s, const struct rowset *r)
{
    const size_t count = count_rows(s, r);
    struct plan_outcome outcome;

    if (count == 0) return end(s, r);
    plan_run(s, count, r->row_status ? r->row_status : plan_status(s, count), &outcome);
    s->rowset_count = count;
    tell_counts(r, count);
    return judge(s, r, count, &outcome);
}

/*
 * Bindings may have been changed under a pending fetch, through a descriptor of the application's:
 * the rows are then positioned and not converted, and the next call says why.
 */
static void plan_again(struct stmt *s)
{
    struct diag *d = &s->base.diag;

    if (plan_make(s) == SQL_SUCCESS || d->count == 0) return;
    fault_set(&s->late_fault, d->records[0].state, 0, "%s", d->records[0].text);
}

SQLRETURN exec_fetch(struct stmt *s, SQLUSMALLINT function, SQLULEN rowset_size,
                     SQLULEN *rows_fetched, SQLUSMALLINT *row_status)
{
    struct rowset r = {
        .function = function,
        .size = rowset_size ? rowset_size : 1,
        .was_deferred = s->pending != 0,
    };
    SQLRETURN rc = r.was_deferred ? SQL_SUCCESS : enter(s);
    struct fault fault;

    if (rc) return rc;
    r.rows_fetched = rows_fetched;
    r.row_status = row_status;
    fault_clear(&fault); /* no initialiser: its kilobyte would be zeroed for each row */
    measure(s, &r);
    if (!row_status && !r.was_deferred && !plan_status(s, r.limit)) {
        return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "no memory for a rowset of %zu rows",
                         r.limit);
    }
    switch (settle(s, &r, &fault)) {
    case ST_WAIT:
        return SQL_STILL_EXECUTING;
    case ST_OK:
        break;
    case ST_ERR:
        if (!r.was_deferred) return diag_fault(&s->base.diag, &fault);
        fault_copy(&s->late_fault, &fault);
        break;
    }
    if (r.was_deferred) plan_again(s);
    return deliver(s, &r);
}
