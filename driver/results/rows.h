/*
 * A row source: the one interface through which rows reach the application.
 *
 * Its reader asks with rows_gather() for so many rows to stand in hand, reads their cells column by
 * column, and gives them back with rows_drop(). What is not there yet is said (ROWS_MORE), never
 * waited for: whoever wants to wait watches the source's feed (results/feed.h).
 *
 *     in hand:   row 0 ... in_hand - 1      their cells stay valid until dropped
 *     behind:    ROWS_MORE    more rows may come, call again when the feed has moved
 *                ROWS_END     no row follows those in hand
 *                ROWS_FAILED  the rows in hand are good, what follows is lost: fault says why
 *
 * Sources: results/csv.h (a result file), results/pages.h (API pages, rows made in memory).
 *
 * Thread: one reader at a time. The reader is an application thread, or the I/O thread while an
 * operation that waits for rows is pending; the operation hands it over.
 */
#ifndef ATHENA_RESULTS_ROWS_H
#define ATHENA_RESULTS_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/value.h"

enum rows_more { ROWS_MORE, ROWS_END, ROWS_FAILED };

struct rows;

struct rows_class {
    const char *name;
    void (*gather)(struct rows *r, size_t want);
    void (*drop)(struct rows *r, size_t count);
    void (*free)(struct rows *r);
};

struct rows {
    const struct rows_class *class;
    const struct column *columns; /* borrowed from the result's owner, outlives the source */
    unsigned column_count;
    size_t in_hand;
    enum rows_more more;
    struct fault fault; /* set when more is ROWS_FAILED */
    uint64_t dropped;   /* rows given back so far, so that row i in hand is row dropped + i */

    /* cells[c] + first: column c of the rows in hand, one after the other */
    struct cell **cells;
    size_t first;
};

/*
 * Tries to have want rows in hand. Afterwards in_hand may be less (when more says so) or more than
 * want (what an API page brings along). Does not block.
 */
static inline void rows_gather(struct rows *r, size_t want)
{
    if (r->in_hand < want && r->more == ROWS_MORE) r->class->gather(r, want);
}

/* Gives the first count rows in hand back; their cells become invalid at the next gather or drop. */
static inline void rows_drop(struct rows *r, size_t count)
{
    if (count) r->class->drop(r, count);
}

/* The cells of a column, in_hand of them. */
static inline const struct cell *rows_column(const struct rows *r, unsigned column)
{
    return r->cells[column] + r->first;
}

/* Frees the source and releases all it holds of its feed; NULL is allowed. */
static inline void rows_free(struct rows *r)
{
    if (r) r->class->free(r);
}

#endif
