/* Rowsets of any cursor. See rowset.h. */
#include "exec/rowset.h"

#include "exec/execute.h"
#include "exec/plan.h"
#include "ops/refill.h"

enum status rowset_start_refill(struct stmt *s, size_t want, int64_t pause_ms, int64_t deadline_ms,
                                struct fault *f)
{
    if (!s->query) return fault_set(f, SQLSTATE_HY000, 0, "the rows of this result ended early");
    s->refill = refill_new(s->query, want);
    if (!s->refill) return fault_no_memory(f);
    s->refill->pause_ms = pause_ms;
    exec_set_deadline(s, &s->refill->op);
    if (deadline_ms < s->refill->op.deadline_ms) s->refill->op.deadline_ms = deadline_ms;
    op_submit(&s->refill->op);
    return ST_OK;
}

enum status rowset_end_refill(struct stmt *s, enum status st, struct fault *f)
{
    if (st == ST_ERR) fault_copy(f, &s->refill->op.fault);
    op_release(&s->refill->op);
    s->refill = NULL;
    return st;
}

void rowset_plan_again(struct stmt *s)
{
    struct diag *d = &s->base.diag;

    if (plan_make(s) == SQL_SUCCESS || d->count == 0) return;
    fault_set(&s->late_fault, d->records[0].state, 0, "%s", d->records[0].text);
}

void rowset_tell_counts(const struct rowset *r, size_t count)
{
    desc_tell_count(r->rows_fetched, count);
    for (SQLULEN row = count; r->row_status && row < r->size; row++) {
        r->row_status[row] = SQL_ROW_NOROW;
    }
}

/*
 * A rowset of nothing but bad rows is an error, unless it may not be one. SQLExtendedFetch has always
 * counted them instead: 01S01.
 */
static SQLRETURN judge(struct stmt *s, const struct rowset *r, size_t count,
                       const struct plan_outcome *outcome)
{
    if (outcome->bad_rows && r->function == SQL_API_SQLEXTENDEDFETCH) {
        return diag_warn(&s->base.diag, SQLSTATE_01S01, "%zu of %zu rows are in error",
                         outcome->bad_rows, count);
    }
    if (outcome->bad_rows == count) {
        if (!r->was_deferred) return SQL_ERROR;
        fault_copy(&s->late_fault, &outcome->first_error); /* so that nobody overlooks it */
    }
    if (outcome->bad_rows || outcome->has_warnings) return SQL_SUCCESS_WITH_INFO;
    return fault_is_set(&s->late_fault) && s->base.diag.count ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

SQLRETURN rowset_deliver(struct stmt *s, const struct rowset *r, size_t count)
{
    struct plan_outcome outcome;

    s->row_status = r->row_status;
    plan_run(s, count, r->row_status ? r->row_status : plan_status(s, count), &outcome);
    s->rowset_count = count;
    rowset_tell_counts(r, count);
    return judge(s, r, count, &outcome);
}
