/*
 * What forward-only and scrollable cursors do alike with a rowset: wait for rows, convert those at
 * hand into the bound buffers, say how many there were.
 *
 * Called between stmt_enter() and stmt_leave().
 */
#ifndef ATHENA_EXEC_ROWSET_H
#define ATHENA_EXEC_ROWSET_H

#include "base/status.h"
#include "handle/stmt.h"

/* More rows than memory can hold, few enough that row counts times sizes do not overflow. */
#define ROWSET_MAX (SIZE_MAX / 4096)

struct rowset {
    SQLUSMALLINT function;    /* SQL_API_... of the entry point */
    SQLULEN size;             /* as asked for; row_status has so many elements */
    SQLULEN *rows_fetched;    /* may be NULL */
    SQLUSMALLINT *row_status; /* may be NULL */
    bool was_deferred;        /* SQL_STILL_EXECUTING has been returned: may not end in SQL_ERROR */
};

/*
 * Begins the wait for so many rows of the query's own source to be in hand: s->refill, which
 * ends in rowset_end_refill(). From now on the rows are the I/O thread's, until it is done. The wait
 * ends at SQL_ATTR_QUERY_TIMEOUT or at deadline_ms, CLOCK_NEVER for none, whichever comes first, and
 * not before pause_ms have passed.
 */
enum status rowset_start_refill(struct stmt *s, size_t want, int64_t pause_ms, int64_t deadline_ms,
                                struct fault *f);

/* s->refill is over, with st; its fault goes to f when it has failed. Returns st. */
enum status rowset_end_refill(struct stmt *s, enum status st, struct fault *f);

/*
 * Bindings may have been changed under a pending fetch, through a descriptor of the application's:
 * the rows are then positioned and not converted, and the next call says why (s->late_fault).
 */
void rowset_plan_again(struct stmt *s);

/*
 * Converts the first count rows in hand, which become the current rowset, and judges the outcome.
 * The caller has planned, and has counted s->rowset_first.
 */
SQLRETURN rowset_deliver(struct stmt *s, const struct rowset *r, size_t count);

/* Tells the application that count rows have been fetched: its counter, and no row behind them. */
void rowset_tell_counts(const struct rowset *r, size_t count);

#endif
