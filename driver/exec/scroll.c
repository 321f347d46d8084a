/*
 * Scrollable cursors. See scroll.h.
 *
 *     enter     bindings are checked, the move is known                  nothing has changed on error
 *     collect   rows that the move needs are in the store                may end in ST_WAIT
 *     arrive    the new position; its rows are picked and converted
 *
 * The rules of the move are in position.h. SQL_ATTR_MAX_ROWS, as it was when the cursor was opened,
 * ends the result for all of them.
 */
#include "exec/scroll.h"

#include <stdlib.h>

#include "base/clock.h"
#include "exec/await.h"
#include "exec/bookmark.h"
#include "exec/fetch.h"
#include "exec/plan.h"
#include "exec/position.h"
#include "exec/rowset.h"
#include "ops/refill.h"
#include "results/picked.h"
#include "results/spill.h"

enum {
    BATCH_ROWS = 1024,    /* gathered at once */
    MOVED_ROWS = 64,      /* moved at once: rows of a megabyte are no rarity */
    STEP_BYTES = 1 << 20, /* moved in one call of an asynchronous statement, about */
    STEP_ROWS = 8 * 1024, /* likewise */
    STEP_PAUSE_MS = 1     /* after a step: long enough that the call says SQL_STILL_EXECUTING */
};

struct scroll {
    struct rows *source;
    bool owns_source;
    struct spill *store;
    uint64_t max_rows; /* UINT64_MAX: no limit */
    struct position position;
    struct move move;    /* the one being made */
    int64_t deadline_ms; /* of the call that is pending or waits */
};

/* Rows that can be delivered by now. */
static uint64_t count_known(const struct scroll *c)
{
    return spill_count(c->store);
}

/*
 * SQLRowCount and SQL_DIAG_CURSOR_ROW_COUNT, as soon as the last row has come, if it is not the last
 * that is asked for. Of no rows nothing is said: applications take 0 for "none affected".
 */
static void tell_row_count(struct stmt *s)
{
    const struct scroll *c = s->scroll;
    const uint64_t there = count_known(c) + c->source->in_hand;

    if (there >= c->max_rows) {
        s->row_count = (SQLLEN)c->max_rows;
    } else if (c->source->more == ROWS_END && there) {
        s->row_count = (SQLLEN)there;
    }
}

/* ---- beginning and end --------------------------------------------------------------------- */

bool scroll_open(struct stmt *s)
{
    struct scroll *c = calloc(1, sizeof *c);
    struct rows *picked = NULL;

    if (c) c->store = spill_new(s->column_count);
    if (c && c->store) picked = picked_new(s->columns, s->column_count, c->store);
    if (!picked) {
        if (c) spill_free(c->store);
        free(c);
        return false;
    }
    c->source = s->rows;
    c->owns_source = s->owns_rows;
    c->max_rows = s->attr.max_rows ? s->attr.max_rows : UINT64_MAX;
    s->scroll = c;
    s->rows = picked;
    s->owns_rows = true;
    rows_gather(c->source, c->source->in_hand + 1); /* those at hand may be all: then it says so */
    tell_row_count(s);
    return true;
}

void scroll_close(struct stmt *s)
{
    struct scroll *c = s->scroll;

    if (!c) return;
    rows_free(s->rows);
    s->rows = NULL;
    s->owns_rows = false;
    if (c->owns_source) rows_free(c->source);
    spill_free(c->store);
    free(c);
    s->scroll = NULL;
}

/* ---- from the source to the store ---------------------------------------------------------- */

/* Whether the last row is known. */
static bool is_complete(const struct scroll *c)
{
    if (count_known(c) >= c->max_rows) return true;
    return c->source->more == ROWS_END && !c->source->in_hand;
}

static bool has_failed(const struct scroll *c)
{
    if (count_known(c) >= c->max_rows) return false;
    return c->source->more == ROWS_FAILED && !c->source->in_hand;
}

/* Whether there are so many rows, or as many as there will ever be. */
static bool is_settled(const struct scroll *c, uint64_t needed)
{
    return count_known(c) >= needed || is_complete(c) || has_failed(c);
}

/* Moves rows in hand, as many as are needed. */
static enum status move_batch(struct scroll *c, uint64_t needed, struct fault *f)
{
    const uint64_t before = count_known(c);
    const uint64_t end = needed < c->max_rows ? needed : c->max_rows;
    size_t count = c->source->in_hand;
    enum status st;

    if (count > MOVED_ROWS) count = MOVED_ROWS;
    if (count > end - before) count = (size_t)(end - before);
    st = spill_add(c->store, c->source, count, f);
    rows_drop(c->source, (size_t)(count_known(c) - before));
    return st;
}

/*
 * Moves what is there without waiting. has_stepped, unless it is NULL, asks for no more than a step;
 * it is set when there may be more to move at once.
 */
static enum status move_rows(struct scroll *c, uint64_t needed, bool *has_stepped, struct fault *f)
{
    const uint64_t rows_before = count_known(c), bytes_before = spill_bytes(c->store);

    while (!is_settled(c, needed)) {
        if (!c->source->in_hand) rows_gather(c->source, BATCH_ROWS);
        if (!c->source->in_hand) break;
        if (move_batch(c, needed, f)) return ST_ERR;
        if (has_stepped && (count_known(c) - rows_before >= STEP_ROWS ||
                            spill_bytes(c->store) - bytes_before >= STEP_BYTES)) {
            *has_stepped = true;
            break;
        }
    }
    return ST_OK;
}

static enum status cancelled(struct fault *f)
{
    return fault_set(f, SQLSTATE_HY008, 0, "fetching rows: cancelled by the application");
}

/* An SQLCancel that came while this thread moved rows found nothing to cancel but the cursor. */
static bool is_cancelled(const struct stmt *s)
{
    return atomic_load(&s->is_cursor_given_up);
}

/* For one row: the rest of what has come by then is gathered by this thread. */
static enum status start_wait(struct stmt *s, int64_t pause_ms, struct fault *f)
{
    struct scroll *c = s->scroll;

    if (rowset_start_refill(s, 1, pause_ms, c->deadline_ms, f)) return ST_ERR;
    c->deadline_ms = s->refill->op.deadline_ms; /* all waits of a call have one */
    return ST_OK;
}

static enum status finish_wait(struct stmt *s, enum status st, struct fault *f)
{
    /* a wait that was over when it was cancelled is not the end of the call */
    const bool is_cancelled = op_cancelled(&s->refill->op) == OP_CANCELLED;

    st = rowset_end_refill(s, st, f);
    return st == ST_OK && is_cancelled ? cancelled(f) : st;
}

/* Whether an SQLFetch would have a row to deliver, or know that there is none. */
static bool can_go_on(const struct scroll *c)
{
    const struct move one_on = {.orientation = SQL_FETCH_NEXT, .size = 1};

    return is_settled(c, position_needs(&c->position, &one_on));
}

/* Brings so many rows into the store, for a call of function. */
static enum status collect(struct stmt *s, SQLUSMALLINT function, uint64_t needed, struct fault *f)
{
    const bool by_steps = s->attr.async_enable == SQL_ASYNC_ENABLE_ON && s->query;
    struct scroll *c = s->scroll;
    enum status st;

    for (;;) {
        if (!s->refill) {
            bool has_stepped = false;

            if (move_rows(c, needed, by_steps ? &has_stepped : NULL, f)) return ST_ERR;
            if (is_settled(c, needed)) return ST_OK;
            if (is_cancelled(s)) return cancelled(f);
            if (start_wait(s, has_stepped ? STEP_PAUSE_MS : 0, f)) return ST_ERR;
        }
        /* an SQLFetch with empty hands would have nothing to end a deferred call with */
        st = await(s, function != SQL_API_SQLFETCH || can_go_on(c) ? function : 0, &s->refill->op);
        if (st == ST_WAIT) return st;
        if (finish_wait(s, st, f)) return ST_ERR;
    }
}

/* ---- the call begins ------------------------------------------------------------------------ */

static SQLRETURN find_bookmark(struct stmt *s, const struct scroll_ask *ask, struct move *m)
{
    if (s->attr.use_bookmarks == SQL_UB_OFF) {
        return diag_push(&s->base.diag, SQLSTATE_HY106, 0,
                         "SQL_FETCH_BOOKMARK needs SQL_ATTR_USE_BOOKMARKS");
    }
    if (ask->function == SQL_API_SQLEXTENDEDFETCH) {
        m->bookmark = (uint64_t)ask->offset;
        m->offset = 0;
    } else if (s->attr.fetch_bookmark) {
        m->bookmark = bookmark_read(s->attr.fetch_bookmark, SQL_C_BOOKMARK);
    } else {
        return diag_push(&s->base.diag, SQLSTATE_HY111, 0,
                         "SQL_ATTR_FETCH_BOOKMARK_PTR points to no bookmark");
    }
    if (scroll_has_bookmark(s, m->bookmark)) return SQL_SUCCESS;
    return diag_push(&s->base.diag, SQLSTATE_HY111, 0, "%llu is no bookmark of this result",
                     (unsigned long long)m->bookmark);
}

static SQLRETURN make_move(struct stmt *s, const struct scroll_ask *ask, struct move *m)
{
    *m = (struct move){.orientation = (SQLSMALLINT)ask->orientation,
                       .offset = ask->offset,
                       .size = ask->rowset_size < ROWSET_MAX ? ask->rowset_size : ROWSET_MAX};
    if (!m->size) m->size = 1;
    switch (ask->orientation) {
    case SQL_FETCH_NEXT:
    case SQL_FETCH_PRIOR:
    case SQL_FETCH_FIRST:
    case SQL_FETCH_LAST:
    case SQL_FETCH_ABSOLUTE:
    case SQL_FETCH_RELATIVE:
        return SQL_SUCCESS;
    case SQL_FETCH_BOOKMARK:
        return find_bookmark(s, ask, m);
    default:
        return diag_push(&s->base.diag, SQLSTATE_HY106, 0, "there is no fetch orientation %d",
                         ask->orientation);
    }
}

/*
 * What a former, deferred fetch could not say. It is said again until a row has come: before, an
 * SQLFetch could not be deferred.
 */
static SQLRETURN tell_late_fault(struct stmt *s)
{
    struct scroll *c = s->scroll;
    SQLRETURN rc = diag_fault(&s->base.diag, &s->late_fault);
    struct fault again = {.state = SQLSTATE_NONE};

    if (!can_go_on(c)) move_rows(c, count_known(c) + 1, NULL, &again);
    if (can_go_on(c) || fault_is_set(&again)) fault_clear(&s->late_fault);
    return rc;
}

static SQLRETURN enter(struct stmt *s, const struct scroll_ask *ask)
{
    struct scroll *c = s->scroll;
    struct move move;
    SQLRETURN rc;

    if (fault_is_set(&s->late_fault)) return tell_late_fault(s);
    rc = make_move(s, ask, &move);
    if (!rc) rc = plan_make(s);
    if (rc) return rc;
    c->move = move;
    c->deadline_ms = CLOCK_NEVER;
    return SQL_SUCCESS;
}

/* ---- the call ends -------------------------------------------------------------------------- */

static enum status pick(struct stmt *s, uint64_t first, size_t count, struct fault *f)
{
    picked_begin(s->rows);
    for (size_t i = 0; i < count; i++) {
        if (picked_add(s->rows, first - 1 + i, f)) return ST_ERR;
    }
    return picked_end(s->rows, f);
}

/* The cursor stands on no row: before the start, after the end, or where an error has left it. */
static void leave_rowset(struct stmt *s)
{
    s->rowset_count = s->rowset_row = 0;
    s->getdata_column = 0;
    s->is_past_end = true;
}

/* The fetch has failed. A deferred one may not: see scroll.h. */
static SQLRETURN fail(struct stmt *s, const struct rowset *r, const struct fault *f)
{
    if (!r->was_deferred || r->function == SQL_API_SQLEXTENDEDFETCH) {
        return diag_fault(&s->base.diag, f);
    }
    fault_copy(&s->late_fault, f);
    leave_rowset(s);
    rowset_tell_counts(r, 1);
    if (r->row_status) r->row_status[0] = SQL_ROW_ERROR;
    diag_push_at(&s->base.diag, f->state, 1, SQL_NO_COLUMN_NUMBER, f->text);
    return SQL_SUCCESS_WITH_INFO;
}

/* The rows from to->first on, which are in the store, become the rowset. */
static SQLRETURN deliver(struct stmt *s, const struct rowset *r, const struct position *to,
                         size_t count, bool is_overlap)
{
    struct scroll *c = s->scroll;
    struct fault f = {.state = SQLSTATE_NONE};
    SQLRETURN rc;

    leave_rowset(s);
    if (!r->row_status && !plan_status(s, count)) fault_no_memory(&f);
    if (fault_is_set(&f) || pick(s, to->first, count, &f)) return fail(s, r, &f);
    c->position = *to;
    s->rowset_first = to->first;
    s->is_past_end = false;
    if (r->was_deferred) rowset_plan_again(s);
    rc = rowset_deliver(s, r, count);
    if (!is_overlap) return rc;
    diag_warn(&s->base.diag, SQLSTATE_01S06,
              "the rowset would begin before the result: it is the first one instead");
    return rc == SQL_SUCCESS ? SQL_SUCCESS_WITH_INFO : rc;
}

static SQLRETURN no_data(struct stmt *s, const struct rowset *r, const struct position *to)
{
    s->scroll->position = *to;
    leave_rowset(s);
    rowset_tell_counts(r, 0);
    return SQL_NO_DATA;
}

static SQLRETURN arrive(struct stmt *s, const struct rowset *r)
{
    struct scroll *c = s->scroll;
    const uint64_t known = count_known(c);
    bool is_overlap;
    const struct position to = position_move(&c->position, &c->move, known, &is_overlap);
    uint64_t count;

    if (to.place != PLACE_ON) return no_data(s, r, &to);
    count = known - to.first + 1;
    return deliver(s, r, &to, (size_t)(count < to.size ? count : to.size), is_overlap);
}

/*
 * Not all rows that the move needs have come, and f says why. If it begins at one that has, those
 * there are delivered as an SQLFetch of a forward-only cursor would; a wait that was cut short leaves one
 * for the next call to end with. needs: as position_needs() says.
 */
static SQLRETURN arrive_short(struct stmt *s, const struct rowset *r, uint64_t needs,
                              const struct fault *f, bool is_cut_short)
{
    struct scroll *c = s->scroll;
    const uint64_t known = count_known(c);
    struct position to;
    bool is_overlap;
    uint64_t count;

    if (needs == POSITION_NEEDS_ALL) return fail(s, r, f);
    if (known >= needs && !r->was_deferred) return arrive(s, r); /* the next call will say it */
    to = position_move(&c->position, &c->move, known, &is_overlap);
    if (to.place == PLACE_AFTER || (is_cut_short && !r->was_deferred)) return fail(s, r, f);
    if (to.place == PLACE_BEFORE) return no_data(s, r, &to);
    if (is_cut_short) fault_copy(&s->late_fault, f);
    count = known - to.first + 1;
    if (count > to.size) count = to.size;
    if (is_cut_short && count > 1 && to.first + count > known) count--;
    to.size = count; /* the next rowset begins behind these */
    return deliver(s, r, &to, (size_t)count, is_overlap);
}

/* ---- rows by bookmark ----------------------------------------------------------------------- */

bool scroll_has_bookmark(const struct stmt *s, uint64_t row)
{
    return row >= 1 && row <= count_known(s->scroll); /* whoever has one has fetched its row */
}

void scroll_leave(struct stmt *s)
{
    leave_rowset(s);
    picked_begin(s->rows);
}

enum status scroll_pick(struct stmt *s, uint64_t row, struct fault *f)
{
    return pick(s, row, 1, f);
}

/* ---- the call ------------------------------------------------------------------------------- */

static SQLRETURN scroll(struct stmt *s, const struct scroll_ask *ask)
{
    struct scroll *c = s->scroll;
    const struct rowset r = {.function = ask->function,
                             .size = ask->rowset_size ? ask->rowset_size : 1,
                             .rows_fetched = ask->rows_fetched,
                             .row_status = ask->row_status,
                             .was_deferred = s->pending != 0};
    SQLRETURN rc = r.was_deferred ? SQL_SUCCESS : enter(s, ask);
    struct fault f;
    uint64_t needs, needed;

    if (rc) return rc;
    fault_clear(&f);
    needs = position_needs(&c->position, &c->move);
    needed = needs && needs != POSITION_NEEDS_ALL ? needs + 1 : needs; /* one is held back */
    switch (collect(s, ask->function, needed, &f)) {
    case ST_WAIT:
        return SQL_STILL_EXECUTING;
    case ST_OK:
        break;
    case ST_ERR:
        return arrive_short(s, &r, needs, &f, true);
    }
    if (count_known(c) < needs && has_failed(c)) {
        return arrive_short(s, &r, needs, &c->source->fault, false);
    }
    return arrive(s, &r);
}

/* What an SQLCancel before this call has meant stays so, and is not taken for one of now. */
static SQLRETURN scroll_and_count(struct stmt *s, const struct scroll_ask *ask)
{
    const bool was_given_up = atomic_exchange(&s->is_cursor_given_up, false);
    SQLRETURN rc = scroll(s, ask);

    if (was_given_up) atomic_store(&s->is_cursor_given_up, true);
    if (rc != SQL_STILL_EXECUTING) tell_row_count(s);
    return rc;
}

SQLRETURN exec_fetch_scroll(struct stmt *s, const struct scroll_ask *ask)
{
    if (s->scroll) return scroll_and_count(s, ask);
    if (ask->orientation == SQL_FETCH_NEXT) {
        return exec_fetch(s, ask->function, ask->rowset_size, ask->rows_fetched, ask->row_status);
    }
    return diag_push(&s->base.diag, SQLSTATE_HY106, 0,
                     "the cursor runs forward only (SQL_ATTR_CURSOR_TYPE): SQL_FETCH_NEXT is the "
                     "one fetch there is");
}
