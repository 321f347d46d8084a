/*
 * Scrollable cursors: SQL_CURSOR_STATIC over any row source.
 *
 *     source    rows as they come, in order (results/rows.h): file, API pages, catalog
 *     store     those that have been read, in memory and then in a temporary file (results/spill.h)
 *     s->rows   the current rowset, picked out of the store (results/picked.h)
 *
 * Rows go from the source to the store as far as a fetch needs them: SQL_FETCH_LAST reads all,
 * SQL_FETCH_NEXT what it delivers and one row more. That is done by the application's thread in
 * the call that wants them, never by the I/O thread, which must not wait for a disk; the
 * download's window waits meanwhile as it does for any reader. An asynchronous call moves a MiB or so
 * at a time and says SQL_STILL_EXECUTING in between. Where the application is notified, each of
 * these pauses ends with a signal, and the call that follows it may say SQL_STILL_EXECUTING again.
 *
 * Once all rows have come SQLRowCount says how many there are (s->row_count).
 *
 * How a deferred call may end (the driver manager's S11 trap, see fetch.h): SQLFetch is
 * deferred only while a row that it can deliver is in the store. SQLFetchScroll is deferred freely;
 * what then fails (download, cancel, time-out, disk) with no row to deliver is told as an error of
 * the rowset's first row, SQL_SUCCESS_WITH_INFO and SQL_ROW_ERROR, and again as SQL_ERROR by the next
 * fetch. The cursor stays where it was. SQLExtendedFetch may end in anything.
 *
 * Called between stmt_enter() and stmt_leave().
 */
#ifndef ATHENA_EXEC_SCROLL_H
#define ATHENA_EXEC_SCROLL_H

#include "base/status.h"
#include "handle/stmt.h"

/*
 * Makes the cursor that has just been opened on s->rows a scrollable one: s->scroll takes the
 * source (s->owns_rows says whether to free it), and s->rows becomes the rowset. False: no memory,
 * and nothing has changed.
 */
bool scroll_open(struct stmt *s);

/* Ends it, s->rows included. Nothing happens when s->scroll is NULL. */
void scroll_close(struct stmt *s);

/* What SQLFetch, SQLFetchScroll and SQLExtendedFetch ask for. */
struct scroll_ask {
    SQLUSMALLINT function;
    int orientation;
    SQLLEN offset; /* SQLExtendedFetch's bookmark, with SQL_FETCH_BOOKMARK */
    SQLULEN rowset_size;
    SQLULEN *rows_fetched;    /* may be NULL */
    SQLUSMALLINT *row_status; /* may be NULL */
};

/* Any cursor: a forward-only one takes SQL_FETCH_NEXT alone (HY106). */
SQLRETURN exec_fetch_scroll(struct stmt *s, const struct scroll_ask *ask);

/*
 * Rows by their bookmarks, for SQL_FETCH_BY_BOOKMARK; only with s->scroll. Whether a number is the
 * bookmark of a row; the row with that bookmark as the only one in hand of s->rows (HY001, HY000);
 * and before and after it, the cursor on no row.
 */
bool scroll_has_bookmark(const struct stmt *s, uint64_t row);
enum status scroll_pick(struct stmt *s, uint64_t row, struct fault *f);
void scroll_leave(struct stmt *s);

#endif
