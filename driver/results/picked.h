/*
 * Rows picked out of a store (results/spill.h) by their numbers: the rowset of a scrollable cursor
 * as a row source, so that what reads rows need not know where they come from.
 *
 *     picked_begin(r);
 *     for each row: picked_add(r, row, &fault)
 *     picked_end(r, &fault)                       now they are in hand
 *
 * The rows are copied: they stay until picked_begin(), whatever happens to the store. Neither
 * rows_gather() nor rows_drop() is of use here. Thread: as the store.
 */
#ifndef ATHENA_RESULTS_PICKED_H
#define ATHENA_RESULTS_PICKED_H

#include "results/rows.h"
#include "results/spill.h"

/* columns and store are borrowed and outlive it. Ends with rows_free(). NULL: no memory. */
struct rows *picked_new(const struct column *columns, unsigned column_count, struct spill *store);

void picked_begin(struct rows *r);
enum status picked_add(struct rows *r, uint64_t row, struct fault *f);
enum status picked_end(struct rows *r, struct fault *f);

#endif
