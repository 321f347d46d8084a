/*
 * Room for the cells of the rows in hand: one array per column, of which struct rows shows the
 * part that starts at first. What has been dropped in front is taken up again, so the memory is
 * bounded by the rows in hand and each row costs the same.
 */
#ifndef ATHENA_RESULTS_CELLS_H
#define ATHENA_RESULTS_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "results/rows.h"

struct cells {
    struct cell *block; /* of all columns */
    size_t room;        /* rows that an array holds */
};

/* Sets r->cells up, without room for a row. False when memory has run out. */
bool cells_init(struct cells *t, struct rows *r);
void cells_clear(struct cells *t, struct rows *r);

/*
 * Makes room for count rows behind those in hand; the arrays may move. False when memory has run
 * out; r is unharmed.
 */
bool cells_reserve(struct cells *t, struct rows *r, size_t count);

/* Whether one more row fits as it is. */
static inline bool cells_is_full(const struct cells *t, const struct rows *r)
{
    return r->first + r->in_hand == t->room;
}

/* For the beginning of a gather: when no row is in hand the arrays are filled from their start. */
static inline void cells_rewind(struct rows *r)
{
    if (r->in_hand == 0) r->first = 0;
}

/* r->class->drop for every source: the count first rows are no longer in hand. */
static inline void cells_drop(struct rows *r, size_t count)
{
    r->first += count;
    r->in_hand -= count;
    r->dropped += count;
}

#endif
