/* SQLSetPos and SQLBulkOperations. See setpos.h; the SQLSTATEs are those of the two functions. */
#include "exec/setpos.h"

#include "exec/bookmark.h"
#include "exec/plan.h"
#include "exec/rowset.h"
#include "exec/scroll.h"

static bool is_excluded(const struct stmt *s, SQLULEN row)
{
    return s->ard->array_status_ptr && s->ard->array_status_ptr[row] == SQL_ROW_IGNORE;
}

/* Some rows of count are bad, or all of them. */
static SQLRETURN judge(struct stmt *s, const struct plan_outcome *outcome, SQLULEN count)
{
    if (outcome->bad_rows && outcome->bad_rows == count) return SQL_ERROR;
    if (outcome->bad_rows) {
        return diag_warn(&s->base.diag, SQLSTATE_01S01, "%zu of %llu rows are in error",
                         outcome->bad_rows, (unsigned long long)count);
    }
    return outcome->has_warnings ? SQL_SUCCESS_WITH_INFO : SQL_SUCCESS;
}

/* ---- SQLSetPos ------------------------------------------------------------------------------ */

static SQLRETURN check_operation(struct stmt *s, SQLUSMALLINT operation, SQLUSMALLINT lock)
{
    struct diag *d = &s->base.diag;

    if (operation > SQL_ADD || lock > SQL_LOCK_UNLOCK) {
        return diag_push(d, SQLSTATE_HY092, 0, "operation %u, lock %u: there is no such thing",
                         operation, lock);
    }
    if (operation == SQL_UPDATE || operation == SQL_DELETE) {
        return diag_push(d, SQLSTATE_HY092, 0,
                         "rows cannot be changed: SQL_ATTR_CONCURRENCY is SQL_CONCUR_READ_ONLY");
    }
    if (operation == SQL_ADD) return diag_push(d, SQLSTATE_HYC00, 0, "results are read only");
    if (lock != SQL_LOCK_NO_CHANGE) {
        return diag_push(d, SQLSTATE_HYC00, 0, "rows cannot be locked");
    }
    return SQL_SUCCESS;
}

static SQLRETURN check_row(struct stmt *s, SQLSETPOSIROW row, SQLUSMALLINT operation)
{
    struct diag *d = &s->base.diag;

    if (!s->rowset_count || s->is_past_end) {
        return diag_push(d, SQLSTATE_24000, 0, "the cursor is on no row");
    }
    if (row == 0 && operation == SQL_POSITION) {
        return diag_push(d, SQLSTATE_HY109, 0, "SQL_POSITION needs a row, from 1");
    }
    if (row > s->rowset_count) {
        return diag_push(d, SQLSTATE_HY107, 0, "no row %llu; the rowset has %llu",
                         (unsigned long long)row, (unsigned long long)s->rowset_count);
    }
    return SQL_SUCCESS;
}

static void stand_on(struct stmt *s, SQLSETPOSIROW row)
{
    s->rowset_row = row - 1;
    s->getdata_column = 0;
}

/* Row 0: all of them. */
static SQLRETURN refresh(struct stmt *s, SQLSETPOSIROW row)
{
    SQLUSMALLINT *status = s->row_status;
    struct plan_outcome outcome;
    SQLRETURN rc = plan_make(s);
    SQLULEN count = 0;

    if (rc) return rc;
    if (!status) status = plan_status(s, s->rowset_count);
    if (!status) return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "out of memory");
    plan_outcome_clear(&outcome);
    for (SQLULEN i = row ? row - 1 : 0; i < (row ? row : s->rowset_count); i++) {
        if (!row && is_excluded(s, i)) continue;
        plan_run_row(s, i, i, status, &outcome);
        count++;
    }
    return judge(s, &outcome, count);
}

SQLRETURN exec_set_pos(struct stmt *s, SQLSETPOSIROW row, SQLUSMALLINT operation, SQLUSMALLINT lock)
{
    SQLRETURN rc = check_operation(s, operation, lock);

    if (!rc) rc = check_row(s, row, operation);
    if (rc) return rc;
    if (row) stand_on(s, row);
    return operation == SQL_REFRESH ? refresh(s, row) : SQL_SUCCESS;
}

/* ---- SQLBulkOperations ---------------------------------------------------------------------- */

static SQLRETURN check_bulk(struct stmt *s, SQLSMALLINT operation)
{
    struct diag *d = &s->base.diag;

    if (operation < SQL_ADD || operation > SQL_FETCH_BY_BOOKMARK) {
        return diag_push(d, SQLSTATE_HY092, 0, "there is no bulk operation %d", operation);
    }
    if (operation != SQL_FETCH_BY_BOOKMARK) {
        return diag_push(d, SQLSTATE_HYC00, 0, "results are read only");
    }
    if (!s->scroll) {
        return diag_push(d, SQLSTATE_HYC00, 0,
                         "a cursor that runs forward only cannot go to a bookmark");
    }
    return SQL_SUCCESS;
}

/* A row that is not what its bookmark says, or cannot be read. */
static void fail_row(struct stmt *s, SQLULEN row, enum sqlstate state, const char *text,
                     SQLUSMALLINT *status, struct plan_outcome *outcome)
{
    diag_push_at(&s->base.diag, state, (SQLLEN)row + 1, 0, text);
    status[row] = SQL_ROW_ERROR;
    outcome->bad_rows++;
}

static void fetch_row(struct stmt *s, const struct c_target *bookmarks, SQLULEN row,
                      SQLUSMALLINT *status, struct plan_outcome *outcome)
{
    const char *place = (const char *)bookmarks->data + row * bookmarks->data_stride;
    const uint64_t number = bookmark_read(place, bookmarks->c_type);
    struct fault f;

    if (!scroll_has_bookmark(s, number)) {
        fail_row(s, row, SQLSTATE_HY111, "this is no bookmark of the result", status, outcome);
        return;
    }
    fault_clear(&f);
    if (scroll_pick(s, number, &f)) {
        fail_row(s, row, f.state, f.text, status, outcome);
    } else {
        plan_run_row(s, 0, row, status, outcome);
    }
}

static SQLRETURN fetch_by_bookmark(struct stmt *s)
{
    const struct rowset r = {.size = s->ard->array_size,
                             .rows_fetched = s->ird->rows_processed_ptr,
                             .row_status = s->ird->array_status_ptr};
    SQLUSMALLINT *status = r.row_status;
    struct c_target bookmarks;
    struct plan_outcome outcome;
    SQLRETURN rc = plan_make(s);
    SQLULEN count = 0;

    if (rc) return rc;
    if (!plan_take_bookmarks(s, &bookmarks)) {
        return diag_push(&s->base.diag, SQLSTATE_HY092, 0, "no bookmarks are bound to column 0");
    }
    if (!status) status = plan_status(s, r.size);
    if (!status) return diag_push(&s->base.diag, SQLSTATE_HY001, 0, "out of memory");
    plan_outcome_clear(&outcome);
    scroll_leave(s);
    for (SQLULEN row = 0; row < r.size; row++) {
        if (is_excluded(s, row)) continue;
        fetch_row(s, &bookmarks, row, status, &outcome);
        count++;
    }
    scroll_leave(s);
    desc_tell_count(r.rows_fetched, count);
    return judge(s, &outcome, count);
}

SQLRETURN exec_bulk_operations(struct stmt *s, SQLSMALLINT operation)
{
    SQLRETURN rc = check_bulk(s, operation);

    return rc ? rc : fetch_by_bookmark(s);
}
