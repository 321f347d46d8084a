/*
 * Where a fetch takes a scrollable cursor: the rules of "SQLFetchScroll Function", ODBC
 * Programmer's Reference, headings "Positioning the Cursor" and "Cursor Positioning Rules".
 *
 * Rows count from 1. What the reference calls LastResultRow is known only when all rows have come,
 * so a fetch has two steps: position_needs() says how many rows must have come, or that all must;
 * position_move(), when they have, where the new rowset begins.
 *
 * Plain functions, any thread.
 */
#ifndef ATHENA_EXEC_POSITION_H
#define ATHENA_EXEC_POSITION_H

#include <stdbool.h>
#include <stdint.h>
#include <sql.h>
#include <sqlext.h>

enum place { PLACE_BEFORE, PLACE_ON, PLACE_AFTER };

struct position {
    enum place place;
    uint64_t first; /* PLACE_ON: CurrRowsetStart */
    uint64_t size;  /* the rowset size that was used to get there */
};

struct move {
    SQLSMALLINT orientation; /* SQL_FETCH_... */
    SQLLEN offset;
    uint64_t size;     /* RowsetSize: of the new rowset, at least 1 */
    uint64_t bookmark; /* BookmarkRow of SQL_FETCH_BOOKMARK */
};

#define POSITION_NEEDS_ALL UINT64_MAX

/*
 * How many rows must have come to make the move and fill the new rowset: POSITION_NEEDS_ALL when
 * it counts from the end.
 */
uint64_t position_needs(const struct position *from, const struct move *m);

/*
 * The new position. last: LastResultRow, or, while more are to come, what has come already and
 * is no less than position_needs() says. *is_overlap: the move went before the start and
 * gives the first rowset instead (01S06). m->orientation is one of the seven.
 */
struct position position_move(const struct position *from, const struct move *m, uint64_t last,
                              bool *is_overlap);

#endif
